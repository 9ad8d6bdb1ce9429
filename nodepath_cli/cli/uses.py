"""`nodepath uses`: the reverse index of tables and columns."""

from __future__ import annotations

import glob
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import ScanOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.cli.progress import progress
from nodepath_cli.errors import UsageError

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Counts
    from nodepath_cli.audit.uses import Index
    from nodepath_cli.config import Settings

_FORMATS = ("json", "text")


@flattened
def uses(
    options: ScanOptions,
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TABLE[.COLUMN] [PATHS]...",
            help="A table or a column of it, then paths. With --unused the table may be left out.",
        ),
    ] = None,
    unused: Annotated[
        bool, typer.Option("--unused", help="List the columns that no statement names, of all tables or of TABLE.")
    ] = False,
) -> None:
    """Say which statements use a table or a column. Reads, writes, filters, joins, sorts and groups are told apart."""
    given = arguments or []
    if not unused and not given:
        raise UsageError("uses needs a table", "run `nodepath uses TABLE.COLUMN`, or `nodepath uses --unused`")
    settings = options.settings(_FORMATS)
    if unused:
        named = given[0] if given and not _is_path(given[0]) else None
        _unused(named, given[1:] if named else given, settings)
    else:
        _uses(given[0], given[1:], settings)


def _uses(name: str, paths: list[str], settings: Settings) -> None:
    from nodepath_cli.audit.uses import blind_of, subject, uses_of
    from nodepath_cli.report.pages.uses import render_json, render_text

    known, counts = _index(paths, settings)
    asked = subject(name, known)
    found, blind = uses_of(asked, known), blind_of(asked.table, known)
    if settings.format == "json":
        render_json(found, blind, counts, sys.stdout)
    else:
        render_text(asked, found, blind, counts, sys.stdout, render_options(settings))


def _unused(name: str | None, paths: list[str], settings: Settings) -> None:
    from nodepath_cli.audit.unused_columns import unused
    from nodepath_cli.audit.uses import subject
    from nodepath_cli.report.pages.uses import render_unused_json, render_unused_text

    known, counts = _index(paths, settings)
    asked = subject(name, known) if name else None
    columns = tuple(
        each
        for each in unused(known, asked.table if asked else None)
        if asked is None or asked.column in (None, each.column)
    )
    if settings.format == "json":
        render_unused_json(columns, counts, sys.stdout)
    else:
        render_unused_text(columns, counts, sys.stdout, render_options(settings))


def _index(paths: list[str], settings: Settings) -> tuple[Index, Counts]:
    """Return the index of the paths. A path that does not exist ends the command: the index would be short of it."""
    from nodepath_cli.audit.remembered import uses as remembered

    with progress("Reading statements", quiet=settings.quiet) as told:
        return remembered(tuple(paths), settings, told)


def _is_path(text: str) -> bool:
    return text == "-" or Path(text).exists() or bool(any(mark in text for mark in "*?[") and glob.glob(text))  # noqa: PTH207
