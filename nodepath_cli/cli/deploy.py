"""`nodepath audit-deploy`: what must go first, code or migration."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from nodepath_cli.cli.failure import masked
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import AuditOptions, Paths
from nodepath_cli.cli.output import render_options, write_files, write_report
from nodepath_cli.cli.progress import progress
from nodepath_cli.errors import EXIT_CLEAN, EXIT_COVERAGE, EXIT_FINDINGS, UsageError

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.deploy.records import Deploy


@flattened
def audit_deploy(
    options: AuditOptions,
    paths: Paths = None,
    from_source: Annotated[
        str | None,
        typer.Option("--from", metavar="SOURCE", help="The schema before the pending revisions; default: live."),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="REF", help="The Git revision whose code runs now: both must stay up."),
    ] = None,
    contract: Annotated[
        str | None,
        typer.Option("--contract", metavar="TABLE.COLUMN", help="Prove that no statement uses it any more."),
    ] = None,
) -> None:
    """Say what must go first: the code or a pending migration. The code is checked before, between and after all."""
    from nodepath_cli.audit.exit_codes import short_of_coverage
    from nodepath_cli.deploy.run import audit_deploy as run
    from nodepath_cli.report import format_names

    settings = options.settings(format_names())
    if contract is not None and not contract.strip():
        raise UsageError("--contract is empty", "give it a column as TABLE.COLUMN, or leave it out")
    if settings.cross_check is not None and options.cross_check is not None:
        raise UsageError("audit-deploy asks no server for its verdict", "leave --cross-check out")
    given = tuple(options.schema or ())
    source = from_source or settings.from_source
    if contract and not source and given and _no_database(settings):
        # Who uses a column is asked of the code alone: any schema that has it will do.
        given, source = given[:-1], given[-1]
    settings = replace(settings, from_source=source, base_ref=base or settings.base_ref)
    with progress("Checking statements", quiet=settings.quiet) as told:
        found = run(tuple(paths or ()), settings, below=given, column=contract, progress=told)
    if found.report.error:
        error = masked(found.report.error, paths or ())
        found = replace(found, report=replace(found.report, error=error))
    _write(found, settings)
    sys.stdout.flush()
    short = short_of_coverage(found.report, settings)
    if short and not settings.quiet:
        typer.echo(f"note: {short}", err=True)
    if found.report.error:
        typer.echo(found.report.error.line(), err=True)
    raise typer.Exit(_exit_code(found, settings))


def _no_database(settings: Settings) -> bool:
    from nodepath_cli.database_url import find

    return find(settings.database_url, os.environ) is None


def _write(found: Deploy, settings: Settings) -> None:
    """Write the files of `--output` and the main format; text and JSON have a form of their own here."""
    from nodepath_cli.report.pages.deploy import render_json, render_text

    if settings.format not in ("json", "text"):
        write_report(found.report, settings)
        return
    write_files(found.report, settings, {"json": lambda out: render_json(found, out)})
    if settings.format == "json":
        render_json(found, sys.stdout)
    else:
        render_text(found, sys.stdout, render_options(settings))


def _exit_code(found: Deploy, settings: Settings) -> int:
    """Return the exit code: findings go before what was not understood."""
    from nodepath_cli.audit.exit_codes import exit_code

    code = exit_code(found.report, settings)
    asked = found.contract
    if asked is not None and asked.uses and code in (EXIT_CLEAN, EXIT_COVERAGE):
        return EXIT_FINDINGS
    if code == EXIT_CLEAN and ((asked is not None and asked.blind) or (settings.strict and found.problems)):
        return EXIT_COVERAGE
    return code
