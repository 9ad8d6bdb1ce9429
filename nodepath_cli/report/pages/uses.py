"""The reverse index (`nodepath uses`) and the columns that no statement names (`nodepath uses --unused`)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TextIO

from nodepath_cli.audit.finding import Counts, Severity
from nodepath_cli.audit.unused_columns import UnusedColumn
from nodepath_cli.audit.uses import Blind, Subject, Use
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._indented import indented
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural, understood_counts

_PLACES = 3
"""How many statements that were not understood are named without -v."""


def render_json(uses: Sequence[Use], blind: Sequence[Blind], counts: Counts, out: TextIO) -> None:
    """Write one document; `not_understood` has the statements that may use it in ways that were not seen."""
    document = {
        "version": 1,
        "uses": [
            {
                "table": clean(each.table),
                "column": None if each.column is None else clean(each.column),
                "access": each.access,
                "path": clean(each.path),
                "line": each.line,
                "column_number": each.column_number,
                "function": None if each.function is None else clean(each.function),
            }
            for each in uses
        ],
        "not_understood": [_blind(each) for each in blind],
        "summary": _summary(counts),
    }
    out.write(indented(document))


def render_text(
    asked: Subject,
    uses: Sequence[Use],
    blind: Sequence[Blind],
    counts: Counts,
    out: TextIO,
    options: RenderOptions,
) -> None:
    """Write a line for each use, in source order, and how far the answer can be trusted."""
    style = Style(options.color)
    functions = {(each.path, each.function) for each in uses if each.function}
    heading = f"{one_line(asked.label)}: {plural(len(uses), 'use')} in {plural(len(functions), 'function')}"
    if not options.quiet:
        out.write(f"{style.strong(heading)}\n")
    places = [f"{one_line(each.path)}:{each.line}:{each.column_number}" for each in uses]
    columns = [one_line(each.column or "(the table)") for each in uses]
    widths = max(map(len, places), default=0), max(map(len, columns), default=0)
    for each, place, column in zip(uses, places, columns, strict=True):
        name = "" if asked.column and each.column == asked.column else column
        shown = f"{name:<{widths[1]}}  " if not asked.column or "*" in columns else ""
        out.write(f"{each.access:<6}  {shown}{place:<{widths[0]}}  {one_line(each.function or '')}".rstrip() + "\n")
    if options.quiet:
        return
    out.write("\n")
    if blind:
        note = style.severity(Severity.INFO, "note")
        out.write(f"{note}: {_may(len(blind))} not fully understood:\n")
        shown_places = blind if options.verbose else blind[:_PLACES]
        out.writelines(f"      {one_line(each.path)}:{each.line}: {one_line(each.reason)}\n" for each in shown_places)
        if len(shown_places) < len(blind):
            out.write(f"      and {len(blind) - len(shown_places):,} more (-v lists all)\n")
    out.write(f"{understood_counts(counts)}\n")


def render_unused_json(columns: Sequence[UnusedColumn], counts: Counts, out: TextIO) -> None:
    """Write one document with every column that no statement names."""
    unused = [
        {
            "rule": "NP601",
            "severity": Severity.INFO.value,
            "table": clean(each.table),
            "column": clean(each.column),
            "proved": each.doubt is None,
            "reason": None if each.doubt is None else clean(each.doubt),
        }
        for each in columns
    ]
    out.write(indented({"version": 1, "unused": unused, "summary": _summary(counts)}))


def render_unused_text(columns: Sequence[UnusedColumn], counts: Counts, out: TextIO, options: RenderOptions) -> None:
    """Write the columns by table: first what is proved, then what may be used all the same, and why."""
    style = Style(options.color)
    proved = [each for each in columns if each.doubt is None]
    doubtful = [each for each in columns if each.doubt is not None]
    for heading, group in (
        ("named by no statement:", proved),
        ("named by no statement that was understood, so nothing is proved:", doubtful),
    ):
        if group:
            out.write(f"{style.severity(Severity.INFO, 'info[NP601]')} {heading}\n")
            for table, found in groupby(group, key=lambda each: each.table):
                of_table = list(found)
                names = ", ".join(each.column for each in of_table)
                out.write(f"  {style.strong(one_line(table))}: {one_line(names)}\n")
                if of_table[0].doubt:
                    out.write(style.faint(f"    because {one_line(of_table[0].doubt)}") + "\n")
            out.write("\n")
    if options.quiet:
        return
    out.write(f"{plural(len(columns), 'column')} unused, {len(proved)} of them proved\n")
    out.write(f"{understood_counts(counts)}\n")


def _may(number: int) -> str:
    return "1 statement that may use it was" if number == 1 else f"{number:,} statements that may use it were"


def _blind(each: Blind) -> dict[str, Any]:
    return {
        "path": clean(each.path),
        "line": each.line,
        "function": None if each.function is None else clean(each.function),
        "reason": clean(each.reason),
    }


def _summary(counts: Counts) -> dict[str, int]:
    return {
        "files": counts.files,
        "statements": counts.statements,
        "resolved": counts.resolved,
        "partial": counts.partial,
        "unresolved": counts.unresolved,
    }
