"""`nodepath init` and `nodepath doctor`: first contact."""

from __future__ import annotations

import glob
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from msgspec.structs import replace

from nodepath_cli.cli.failure import masked
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions, Paths, ScanOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.config import Settings
from nodepath_cli.config_file import FILE_NAME, find_file
from nodepath_cli.errors import EXIT_FINDINGS, NodepathError, UsageError

if TYPE_CHECKING:
    from nodepath_cli.diagnose import Check

_FORMATS = ("json", "text")


@flattened
def init(options: OutputOptions) -> None:
    """Write a commented nodepath.toml. It has every key that matters; an existing one is never overwritten."""
    found = find_file()
    if found is not None:
        raise UsageError(f"{found} is the configuration here already", "edit it, or run `nodepath doctor`")
    settings = options.settings(_FORMATS)
    _write()
    if settings.format == "json":
        sys.stdout.write(json.dumps({"version": 1, "written": FILE_NAME}, indent=2) + "\n")
    elif not settings.quiet:
        typer.echo(f"wrote {FILE_NAME}. Next: run `nodepath doctor`, then `nodepath audit-columns`")


def _write() -> None:
    text = (Path(__file__).parent / "template.toml").read_text(encoding="utf-8")
    try:
        # Exclusive: what another process has just written is not overwritten either.
        with Path(FILE_NAME).open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise UsageError(f"{FILE_NAME} is there already", "edit it, or run `nodepath doctor`") from None
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"{FILE_NAME} cannot be written: {why}", "run it in a folder that you may write to") from None


@flattened
def doctor(options: ScanOptions, paths: Paths = None) -> None:
    """Check the set-up and say what to do about it. Configuration, schema sources, database, privileges, coverage."""
    from nodepath_cli.diagnose import diagnose
    from nodepath_cli.report.pages.doctor import render_json, render_text

    read: Settings | NodepathError
    try:
        read = shown = options.settings(_FORMATS)
    except NodepathError as error:
        read, shown = error, Settings(format=options.format or "text", quiet=bool(options.quiet))
        if shown.format not in _FORMATS:
            raise
    given = (*(paths or ()), *(options.schema or ()))
    missing = _missing(paths or (), given)
    checks = tuple(_safe(check, given) for check in diagnose(tuple(paths or ()), read, options.config))
    if shown.format == "json":
        render_json(checks, sys.stdout, missing)
    else:
        render_text(checks, sys.stdout, render_options(shown))
    if missing is not None:
        typer.echo(missing.line(), err=True)
        raise typer.Exit(missing.exit_code)
    if any(check.health == "problem" for check in checks):
        raise typer.Exit(EXIT_FINDINGS)


def _missing(paths: Sequence[str], arguments: Sequence[str]) -> NodepathError | None:
    """Return the error of the first path that does not exist. The other checks are made all the same."""
    for path in paths:
        if path != "-" and not os.path.lexists(path) and not glob.glob(path, recursive=True):  # noqa: PTH207 - as audits do
            error = UsageError(f"no such path: {path or repr('')}", "name a file or folder that exists")
            return masked(error, arguments)
    return None


def _safe(check: Check, arguments: Sequence[str]) -> Check:
    """Return a check without the password of a database URL that was given as a path."""
    error = masked(UsageError(check.message, check.next_step or ""), arguments)
    return replace(check, message=error.message, next_step=error.next_step or None)
