"""Where a command's answer goes: the terminal, with colours or without, and the files of `--output`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nodepath_cli.errors import UsageError

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report
    from nodepath_cli.config import Settings
    from nodepath_cli.report import RenderOptions


def colored(when: str) -> bool:
    """Say whether the standard output takes colours; NO_COLOR (no-color.org) is heard where nothing else is said."""
    if when == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return when == "always"


def render_options(settings: Settings, *, unresolved: bool = True) -> RenderOptions:
    """Return how the standard output is written."""
    from nodepath_cli.report import RenderOptions

    return RenderOptions(colored(settings.color), settings.verbose, settings.quiet, unresolved)


def write_report(report: Report, settings: Settings) -> None:
    """Write the files of `--output`, then the main format. Raises UsageError where a file cannot be written."""
    from nodepath_cli.audit.rules import selected
    from nodepath_cli.report import find

    unresolved = any(rule.id == "NP501" for rule in selected(settings.select, settings.ignore))
    options = render_options(settings, unresolved=unresolved)
    for name, file in settings.output:
        _write_file(report, name, file, unresolved=unresolved)
    find(settings.format).render(report, sys.stdout, options)


def _write_file(report: Report, name: str, file: str, *, unresolved: bool) -> None:
    from nodepath_cli.report import RenderOptions, find

    try:
        with Path(file).open("w", encoding="utf-8", newline="\n") as stream:
            find(name).render(report, stream, RenderOptions(unresolved=unresolved))
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"--output: {file} cannot be written: {why}", "name a file in a folder that exists") from None
