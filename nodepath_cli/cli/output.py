"""Where a command's answer goes: the terminal, with colours or without, and the files of `--output`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from nodepath_cli.errors import UsageError

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report
    from nodepath_cli.config import Settings
    from nodepath_cli.report import Format, RenderOptions


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
    from nodepath_cli.report import find

    write_files(report, settings)
    options = render_options(settings, unresolved=_unresolved(settings))
    find(settings.format).render(report, sys.stdout, options)


def write_files(report: Report, settings: Settings, own: Mapping[str, Callable[[TextIO], None]] | None = None) -> None:
    """Write the files of `--output`; `own` has the formats that a command writes in a form of its own.

    Raises UsageError where a file cannot be written.
    """
    from nodepath_cli.report import RenderOptions, find

    options = RenderOptions(unresolved=_unresolved(settings))
    for name, file in settings.output:
        write = (own or {}).get(name) or partial(_render, find(name), report, options)
        _write_file(file, write)


def _render(chosen: Format, report: Report, options: RenderOptions, out: TextIO) -> None:
    chosen.render(report, out, options)


def _unresolved(settings: Settings) -> bool:
    if not settings.select and not settings.ignore:
        # Every rule then, without loading any.
        return True
    from nodepath_cli.audit.rules import selected

    return any(rule.id == "NP501" for rule in selected(settings.select, settings.ignore))


def _write_file(file: str, write: Callable[[TextIO], None]) -> None:
    try:
        with Path(file).open("w", encoding="utf-8", newline="\n") as stream:
            write(stream)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"--output: {file} cannot be written: {why}", "name a file in a folder that exists") from None
