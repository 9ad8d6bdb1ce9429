"""`nodepath explain` and `nodepath rules`: documentation at the prompt, and the way from a log to the code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from nodepath_cli.cli.failure import masked
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions, ScanOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.errors import UsageError

if TYPE_CHECKING:
    from nodepath_cli.audit.causes import Logged

_FORMATS = ("json", "text")


@flattened
def explain(
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A rule (NP101), a server's error number (1054), or a line of a log.")
    ],
    options: ScanOptions,
    rest: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [PATHS]...", help="With a number: the column or table that it names; then paths."
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="Only statements that name this table.")
    ] = None,
) -> None:
    """Explain a rule, or find what can cause a server error. The statements are looked for in PATHS."""
    rest = rest or []
    error, paths = _error(what, rest)
    if error is not None:
        _causes(error, paths, table, options)
    elif rest or table:
        raise UsageError(f"{what!r} is a rule, which needs nothing else", f"run `nodepath explain {what}`")
    else:
        _page(what, options)


@flattened
def rules(options: OutputOptions) -> None:
    """List every rule."""
    from nodepath_cli.audit.rules import rules as every
    from nodepath_cli.report.pages.rules import render_list_json, render_list_text

    settings = options.settings(_FORMATS)
    if settings.format == "json":
        render_list_json(every(), sys.stdout)
    else:
        render_list_text(every(), sys.stdout, render_options(settings))


def _error(what: str, rest: list[str]) -> tuple[Logged | None, list[str]]:
    """Return the server error that the arguments mean, if any, and the paths behind it."""
    from nodepath_cli.audit.causes import from_line, logged

    if what.isascii() and what.isdigit():
        return logged(int(what[:9]), rest[0] if rest else ""), rest[1:]
    if " " not in what:
        return None, rest
    error = from_line(what)
    if error is None:
        raise UsageError(
            "this line holds no server error that names a column or table",
            "give the number and the name, as in `nodepath explain 1054 phone_number`",
        )
    return error, rest


def _page(what: str, options: ScanOptions) -> None:
    from nodepath_cli.audit.rules import find, page
    from nodepath_cli.report.pages.rules import render_page_json, render_page_text

    settings = options.settings(_FORMATS)
    rule = find(what)
    if settings.format == "json":
        render_page_json(rule, page(rule), sys.stdout)
    else:
        render_page_text(rule, page(rule), sys.stdout, render_options(settings))


def _causes(error: Logged, paths: list[str], table: str | None, options: ScanOptions) -> None:
    from nodepath_cli.audit.analyse import analyse
    from nodepath_cli.audit.causes import causes
    from nodepath_cli.cli.progress import progress
    from nodepath_cli.report.pages.causes import render_json, render_text

    settings = options.settings(_FORMATS)
    with progress("Reading statements", quiet=settings.quiet) as told:
        analysis = analyse(tuple(paths), settings, told)
    found = causes(analysis, error, table)
    # A database URL in the name's place is not repeated with its password.
    error = replace(error, name=masked(UsageError(error.name, ""), [error.name]).message)
    if settings.format == "json":
        render_json(error, found, sys.stdout)
        return
    named = {each.path for each in found}
    sources = {file.path: file.text for file in analysis.files.files if file.path in named}
    render_text(error, found, sources, sys.stdout, render_options(settings))
