"""The statements that can cause a server error (`nodepath explain 1054 NAME`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TextIO

from nodepath_cli.audit.causes import Cause, Likelihood, Logged
from nodepath_cli.audit.finding import Severity
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._excerpt import excerpt
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural

_SEVERITIES = {
    Likelihood.FAILS: Severity.ERROR,
    Likelihood.DEPENDS: Severity.WARNING,
    Likelihood.UNKNOWN: Severity.INFO,
}
_EXPLAINED = {
    Likelihood.FAILS: "fails against this schema",
    Likelihood.DEPENDS: "fails where the server's schema is not the one that was read",
    Likelihood.UNKNOWN: "names it, but could not be checked",
}


def render_json(error: Logged, found: Sequence[Cause], out: TextIO) -> None:
    """Write one document."""
    statements = [
        {
            "path": clean(each.path),
            "line": each.position.line,
            "column": each.position.column,
            "end_line": each.position.end_line,
            "end_column": each.position.end_column,
            "function": None if each.function is None else clean(each.function),
            "likelihood": each.likelihood.value,
            "reason": clean(each.why),
            "sql": clean(each.sql),
        }
        for each in found
    ]
    document = {"version": 1, "errno": error.errno, "name": clean(error.name), "meaning": error.meaning}
    json.dump(document | {"statements": statements}, out, indent=2)
    out.write("\n")


def render_text(
    error: Logged, found: Sequence[Cause], sources: Mapping[str, str], out: TextIO, options: RenderOptions
) -> None:
    """Write each statement with its source line, the likeliest first; `sources` holds the files' texts by path."""
    style = Style(options.color)
    heading = f"{error.errno} for '{one_line(error.name)}': {error.meaning}"
    out.write(f"{style.strong(heading)}\n")
    for each in found:
        out.write("\n" + "\n".join(_lines(each, sources, style)) + "\n")
    fail = sum(each.likelihood is Likelihood.FAILS for each in found)
    if not found:
        out.write("\nno statement here can cause it\n")
    else:
        out.write(f"\n{plural(len(found), 'place')} can cause it; against this schema {fail} of {len(found)} fail\n")


def _lines(cause: Cause, sources: Mapping[str, str], style: Style) -> list[str]:
    place = style.strong(f"{one_line(cause.path)}:{cause.position.line}:{cause.position.column}:")
    label = style.severity(_SEVERITIES[cause.likelihood], _EXPLAINED[cause.likelihood])
    where = f" (in {one_line(cause.function)})" if cause.function else ""
    lines = [f"{place} {label}{where}"]
    found = excerpt(sources[cause.path], cause.position) if cause.path in sources else None
    gutter = " " * len(str(cause.position.line))
    if found:
        bar = style.faint("|")
        lines += [f"{gutter} {bar}", f"{found.line} {bar} {found.source}"]
        lines.append(f"{gutter} {bar} {style.severity(_SEVERITIES[cause.likelihood], found.carets)}")
    lines.append(f"{gutter} = {one_line(cause.why)}")
    return lines
