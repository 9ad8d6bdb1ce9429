"""The cross-check in the report for people: each disagreement, and what was not asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodepath_cli.audit.agreement import CrossCheck, Disagreement, Reason
from nodepath_cli.audit.finding import Severity
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import both_verdicts, one_line

_SQL = 160
"""How much of a statement is shown without -v."""
_REASONS = 8
"""How many reasons are named without -v."""


def cross_check(found: CrossCheck, style: Style, options: RenderOptions) -> Iterator[list[str]]:
    """Yield the section's blocks of lines."""
    for each in found.disagreements:
        yield _disagreement(each, style, options)
    if not options.quiet:
        if found.not_asked:
            yield _reasons("the server was not asked", found.not_asked, style, options)
        if found.in_part:
            yield _reasons("the server accepts, and was not asked about", found.in_part, style, options)


def _disagreement(each: Disagreement, style: Style, options: RenderOptions) -> list[str]:
    place = style.strong(f"{one_line(each.path)}:{each.line}:{each.column}:")
    label = style.severity(Severity.ERROR, f"cross-check[{each.kind}]")
    lines = [f"{place} {label} {style.strong(both_verdicts(each))}"]
    if each.function:
        lines.append(style.faint(f"  --> in {one_line(each.function)}"))
    lines.append(f"   = {one_line(each.sql, 0 if options.verbose else _SQL)}")
    lines += [f"   = {style.severity(Severity.INFO, 'note')}: {one_line(name)}" for name in each.names]
    return lines


def _reasons(what: str, reasons: Sequence[Reason], style: Style, options: RenderOptions) -> list[str]:
    shown = reasons if options.verbose else reasons[:_REASONS]
    lines = [f"{style.severity(Severity.INFO, 'note')}: {what}:"]
    lines += [f"{each.count:5d}  {one_line(each.text)}" for each in shown]
    rest = sum(each.count for each in reasons[len(shown) :])
    return [*lines, f"{rest:5d}  for other reasons"] if rest else lines
