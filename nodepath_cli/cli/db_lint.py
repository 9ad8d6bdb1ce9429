"""`nodepath db lint`: migrations checked without a database. Arguments in, one call, a renderer out."""

from __future__ import annotations

from typing import Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import AuditOptions


@flattened
def lint(
    options: AuditOptions,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Versions folders, folders of SQL migrations, SQL scripts.")
    ] = None,
    diff_base: Annotated[
        str | None,
        typer.Option("--diff-base", metavar="REF", help="Report only files that differ from this Git revision."),
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", metavar="PATH", help="Code that may name what is dropped; default: here."),
    ] = None,
) -> None:
    """Check migrations, without a database. What blocks, loses data, breaks the code or cannot run twice."""
    from nodepath_cli.audit.exit_codes import exit_code
    from nodepath_cli.cli.output import write_report
    from nodepath_cli.lint.run import lint as run
    from nodepath_cli.report import format_names

    settings = options.settings(format_names())
    report = run(tuple(paths or ()), settings, code=tuple(code or (".",)), diff_base=diff_base)
    write_report(report, settings)
    raise typer.Exit(exit_code(report, settings))
