"""`nodepath baseline`: adopt the audit on a code base that has findings today."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import Paths, ScanOptions
from nodepath_cli.cli.progress import progress

if TYPE_CHECKING:
    from nodepath_cli.audit.baseline import Change
    from nodepath_cli.audit.finding import Report
    from nodepath_cli.config import Settings

_FORMATS = ("json", "text")

app = typer.Typer(
    name="baseline",
    help="Record today's findings. An audit with --baseline fails for new ones only.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True, kw_only=True)
class BaselineOptions(ScanOptions):
    """What is recorded, and where."""

    baseline: Annotated[
        str | None,
        typer.Option("--baseline", metavar="FILE", help="The baseline; default nodepath-baseline.json."),
    ] = None
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="RULE", help="These rules only: ids or prefixes, separated by commas."),
    ] = None
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="RULE", help="Leave these rules out, as for --select.")
    ] = None


@app.command()
@flattened
def create(options: BaselineOptions, paths: Paths = None) -> None:
    """Write a new baseline of everything that is found. An existing file is never overwritten."""
    from nodepath_cli.audit.baseline import create as create_file

    settings, file = _settings(options)
    report = _audited(paths, settings)
    _write(create_file(report.findings, file), settings)


@app.command()
@flattened
def update(options: BaselineOptions, paths: Paths = None) -> None:
    """Add what is new and take out what is gone. Files that are not read and rules that do not run keep theirs."""
    from nodepath_cli.audit.baseline import update as update_file

    settings, file = _settings(options)
    report = _audited(paths, settings)
    _write(update_file(report.findings, file, report.judged), settings)


@app.command()
@flattened
def prune(options: BaselineOptions, paths: Paths = None) -> None:
    """Take out what is gone; nothing is added."""
    from nodepath_cli.audit.baseline import prune as prune_file

    settings, file = _settings(options)
    report = _audited(paths, settings)
    _write(prune_file(report.findings, file, report.judged), settings)


def _settings(options: BaselineOptions) -> tuple[Settings, str]:
    """Return the settings of an audit that hides nothing, and the file."""
    from nodepath_cli.audit.baseline_file import DEFAULT_FILE

    settings = options.settings(_FORMATS)
    return replace(settings, baseline=None), settings.baseline or DEFAULT_FILE


def _audited(paths: list[str] | None, settings: Settings) -> Report:
    """Return the audit's report. A path that does not exist ends the command: the file would be short of it."""
    from nodepath_cli.audit.run import audit

    with progress("Checking statements", quiet=settings.quiet) as told:
        report = audit(tuple(paths or ()), settings, told)
    if report.error:
        raise report.error
    return report


def _write(change: Change, settings: Settings) -> None:
    from nodepath_cli.report.pages.baseline import render_json, render_text

    if settings.format == "json":
        render_json(change, sys.stdout)
    elif not settings.quiet:
        render_text(change, sys.stdout)
