"""The output formats: one module each, found by discovery (`module.FORMAT`).

A format takes a finished report and a stream: suppression, order and exit code are settled before.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

if TYPE_CHECKING:
    from nodepath_cli.audit.finding import Report


class RenderOptions(Struct, frozen=True):
    """What a reader asked for; formats for machines heed `unresolved` alone."""

    color: bool = False
    verbose: bool = False
    """List every unresolved statement and skipped file."""
    quiet: bool = False
    """Nothing but the findings and the count of statements."""
    unresolved: bool = True
    """NP501 was not left out by `--select` or `--ignore`. The counts name unresolved statements all the same."""


Render = Callable[["Report", TextIO, RenderOptions], None]


class Format(Struct, frozen=True):
    """An output format: a function and its record."""

    name: str
    """What `--format` calls it, and its module's name."""
    render: Render


@cache
def format_names() -> tuple[str, ...]:
    """Return the names of all formats in order, without importing them."""
    modules = (each for each in pkgutil.iter_modules(__path__) if not each.ispkg)
    return tuple(sorted(each.name for each in modules if not each.name.startswith("_")))


@cache
def find(name: str) -> Format:
    """Return the format of that name. Raises KeyError where there is none."""
    if name not in format_names():
        raise KeyError(name)
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    return found


def formats() -> dict[str, Format]:
    """Return every format by its name."""
    return {name: find(name) for name in format_names()}
