"""`nodepath audit-columns` and `nodepath queries`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from nodepath_cli.cli.failure import masked
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import AuditOptions, Paths, ScanOptions
from nodepath_cli.cli.output import render_options, write_report
from nodepath_cli.cli.progress import progress

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report
    from nodepath_cli.config import Settings


@flattened
def audit_columns(options: AuditOptions, paths: Paths = None) -> None:
    """Check every SQL statement against the schema. Each table and column has to be there; `rules` lists the rest."""
    from nodepath_cli.audit.exit_codes import exit_code, short_of_coverage
    from nodepath_cli.report import format_names

    settings = options.settings(format_names())
    report = _checked(tuple(paths or ()), settings)
    if report.error:
        report = replace(report, error=masked(report.error, paths or ()))
    write_report(report, settings)
    sys.stdout.flush()
    short = short_of_coverage(report, settings)
    if short and not settings.quiet:
        typer.echo(f"note: {short}", err=True)
    if report.error:
        typer.echo(report.error.line(), err=True)
    raise typer.Exit(exit_code(report, settings))


def _checked(paths: tuple[str, ...], settings: Settings) -> Report:
    if settings.cross_check is None:
        from nodepath_cli.audit import remembered

        with progress("Checking statements", quiet=settings.quiet) as told:
            return remembered.audit(paths, settings, told)
    from nodepath_cli.audit.cross_check import cross_check, judge
    from nodepath_cli.audit.run import audit

    with judge(settings.cross_check, settings) as against:
        if not settings.dialect_given:
            settings = replace(settings, dialect=against.dialect)
        with (
            progress("Checking statements", quiet=settings.quiet) as told,
            progress("Asking the server", quiet=settings.quiet) as asking,
        ):
            return audit(paths, settings, told, lambda analysis: cross_check(analysis, against, settings, asking))


@flattened
def queries(
    options: ScanOptions,
    paths: Paths = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="WHAT", help="Count by table, file, function or status.")
    ] = None,
) -> None:
    """List every SQL statement and how far it was understood. Where it was not, the reason is given."""
    from nodepath_cli.audit.grouping import grouped
    from nodepath_cli.audit.remembered import inventory
    from nodepath_cli.report.pages.inventory import FORMATS, render_groups_text, render_json, render_text

    settings = options.settings(FORMATS)
    if by is not None:
        grouped((), by)
    with progress("Reading statements", quiet=settings.quiet) as told:
        items, counts = inventory(tuple(paths or ()), settings, told)
    groups = grouped(items, by) if by is not None else None
    if settings.format == "json":
        render_json(items, sys.stdout, groups)
    elif groups is not None and by is not None:
        render_groups_text(items, groups, by, counts, sys.stdout, render_options(settings))
    else:
        render_text(items, counts, sys.stdout, render_options(settings))
