"""`nodepath fix`: identifiers with a proven replacement, rewritten."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import Paths, ScanOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.cli.progress import progress
from nodepath_cli.errors import EXIT_FINDINGS, UsageError

_FORMATS = ("json", "text")


@flattened
def fix(
    options: ScanOptions,
    paths: Paths = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show a unified diff.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write the files; without it nothing is changed.")] = False,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Take a table's only near name for the one meant.")] = False,
) -> None:
    """Rewrite tables and columns whose new name is proven. A statement that would not be right as a whole is left."""
    from nodepath_cli.fixing.run import plan, write_all
    from nodepath_cli.report.pages.fix import render_json, render_text

    settings = options.settings(_FORMATS)
    given = tuple(paths or ())
    if write and "-" in given:
        raise UsageError("the standard input cannot be written", "name a file, or leave --write out")
    with progress("Reading statements", quiet=settings.quiet) as told:
        found = plan(given, settings, unsafe=unsafe, progress=told)
    if write:
        found = write_all(found)
    if settings.format == "json":
        render_json(found, sys.stdout, diff=diff)
    else:
        render_text(found, sys.stdout, render_options(settings), diff=diff)
    if found.edits or found.left:
        raise typer.Exit(EXIT_FINDINGS)
