"""The report for people: each finding with its source line and carets, then what was not understood, then the count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from nodepath_cli.audit.finding import Finding, Position, Report, Severity, Unresolved
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._cross_check import cross_check
from nodepath_cli.report._excerpt import excerpt
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import (
    WORDS,
    by_reason,
    cross_checked,
    help_lines,
    message,
    one_line,
    plural,
    schema_line,
    understood,
    verdict,
)

_PLACES = 3
"""How many places of one reason, and how many skipped files, are named without -v."""
_REASONS = 10
"""How many reasons are named without -v."""


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write the report."""
    style = Style(options.color)
    for alike in _alike(report.findings):
        out.write("\n".join(finding_lines(alike[0], report, style, functions=_functions(alike))) + "\n\n")
    if not options.quiet:
        blocks = (
            _unresolved(report.unresolved, style, options) if options.unresolved else [],
            _partial(report.partial, style, options),
            _skipped(report, style, options),
            _notes(report, style, options),
        )
        for block in blocks:
            if block:
                out.write("\n".join(block) + "\n\n")
    if report.cross_check:
        for block in cross_check(report.cross_check, style, options):
            out.write("\n".join(block) + "\n\n")
    out.write("\n".join(_summary(report, style, options)) + "\n")


def _notes(report: Report, style: Style, options: RenderOptions) -> list[str]:
    lines = [f"{style.severity(Severity.INFO, 'note')}: {one_line(each)}" for each in report.notes]
    if options.verbose and len(report.not_replayed) > 1:
        lines += [f"      {one_line(each.place)}" for each in report.not_replayed]
    return lines


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return findings in order, those together that differ in their statements alone: constants are a part of many."""
    groups: dict[object, list[Finding]] = {}
    for each in findings:
        shown = each.severity, each.rule, each.path, each.position, message(each), each.suggestions, each.related
        groups.setdefault(shown, []).append(each)
    return list(groups.values())


def _functions(alike: Sequence[Finding]) -> str:
    """Return the functions of findings that are alike, empty where none of them is in one."""
    names = list(dict.fromkeys(one_line(each.function) for each in alike if each.function))
    more = f" and {len(names) - _PLACES:,} more" if len(names) > _PLACES else ""
    return ", ".join(names[:_PLACES]) + more


def finding_lines(finding: Finding, report: Report, style: Style, *, functions: str = "") -> list[str]:
    """Return a finding with its source excerpt, its suggestions and its related places.

    `functions` are those that it is told of, where they are more than its own.
    """
    position = finding.position
    place = style.strong(f"{one_line(finding.path)}:{position.line}:{position.column}:")
    label = style.severity(finding.severity, f"{WORDS[finding.severity]}[{finding.rule}]")
    width = len(str(max(position.line, *(each.position.line for each in finding.related), 0)))
    gutter = " " * width
    lines = [f"{place} {label} {style.strong(message(finding))}"]
    if functions or finding.function:
        lines.append(style.faint(f"{gutter}--> in {functions or one_line(finding.function or '')}"))
    lines += _source(report, finding.path, position, width, style)
    lines += [f"{gutter} = {style.good('help')}: {each}" for each in help_lines(finding)]
    for related in finding.related:
        where = f"{one_line(related.path)}:{related.position.line}:{related.position.column}"
        lines.append(f"{gutter} = {style.severity(Severity.INFO, 'note')}: {one_line(related.message)}")
        lines.append(f"{gutter}--> {where}")
        lines += _source(report, related.path, related.position, width, style)
    return lines


def _partial(partial: Sequence[Unresolved], style: Style, options: RenderOptions) -> list[str]:
    label = style.severity(Severity.INFO, "note")
    if not options.verbose:
        return []
    return [
        f"{style.strong(f'{one_line(each.path)}:{each.line}:{each.column}:')} {label} in part: {one_line(each.reason)}"
        + (f" (in {one_line(each.function)})" if each.function else "")
        for each in partial
    ]


def _source(report: Report, path: str, position: Position, width: int, style: Style) -> list[str]:
    """Return the source line and, directly under it, its carets; nothing where the file's text is not at hand."""
    found = excerpt(report.sources[path], position) if path in report.sources else None
    if found is None:
        return []
    bar = style.faint("|")
    number = style.faint(str(found.line).rjust(width))
    return [
        f"{' ' * width} {bar}",
        f"{number} {bar} {found.source}",
        f"{' ' * width} {bar} {style.severity(Severity.ERROR, found.carets)}",
    ]


def _unresolved(unresolved: Sequence[Unresolved], style: Style, options: RenderOptions) -> list[str]:
    if not unresolved:
        return []
    label = style.severity(Severity.INFO, "note[NP501]")
    if options.verbose:
        return [
            f"{style.strong(f'{one_line(each.path)}:{each.line}:{each.column}:')} {label} {one_line(each.reason)}"
            + (f" (in {one_line(each.function)})" if each.function else "")
            for each in unresolved
        ]
    lines = [f"{label} {_were_not_followed(len(unresolved))} (-v lists all):"]
    groups = by_reason(unresolved)
    for reason, group in groups[:_REASONS]:
        places = ", ".join(f"{one_line(each.path)}:{each.line}" for each in group[:_PLACES])
        lines.append(f"{len(group):5d}  {reason} ({places}{', ...' if len(group) > _PLACES else ''})")
    rest = sum(len(group) for _, group in groups[_REASONS:])
    return [*lines, f"{rest:5d}  for {len(groups) - _REASONS} other reasons"] if rest else lines


def _were_not_followed(number: int) -> str:
    if number == 1:
        return "1 statement was not followed, so nothing is known of it"
    return f"{number:,} statements were not followed, so nothing is known of them"


def _skipped(report: Report, style: Style, options: RenderOptions) -> list[str]:
    if not report.skipped:
        return []
    label = style.severity(Severity.INFO, "note")
    shown = report.skipped if options.verbose else report.skipped[:_PLACES]
    lines = [f"{label}: {plural(len(report.skipped), 'file')} skipped:"]
    lines += [f"       {one_line(each.path)}: {one_line(each.reason)}" for each in shown]
    if len(shown) < len(report.skipped):
        lines.append(f"       and {len(report.skipped) - len(shown):,} more (-v lists all)")
    return lines


def _summary(report: Report, style: Style, options: RenderOptions) -> list[str]:
    counted = style.strong(understood(report))
    checked = [cross_checked(report.cross_check)] if report.cross_check else []
    if options.quiet:
        return [counted, *checked]
    worst = max((each.severity for each in report.findings), key=lambda each: each.rank, default=None)
    found = verdict(report)
    painted = style.severity(worst, found) if worst else style.good(found) if not report.counts.unresolved else found
    files = plural(report.counts.files, "file")
    return [
        counted,
        f"{painted} in {files}, {report.counts.seconds:.2f} s",
        style.faint(f"checked against {schema_line(report)}"),
        *checked,
    ]


FORMAT = Format("text", render)
