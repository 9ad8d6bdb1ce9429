"""Markdown, for a comment on a change: a table of findings, what was not understood, and the count."""

from __future__ import annotations

from typing import TextIO

from nodepath_cli.audit.agreement import CrossCheck
from nodepath_cli.audit.finding import Report
from nodepath_cli.patterns import lazy
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._words import (
    WORDS,
    both_verdicts,
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

_MEANINGFUL = lazy(r"[\\`*_\[\]<>|]")


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write the report."""
    out.write(
        f"## nodepath: {verdict(report)}\n\n{understood(report)}. Checked against {_plain(schema_line(report))}.\n"
    )
    if report.findings:
        out.write("\n| | Where | Rule | What | Instead |\n|---|---|---|---|---|\n")
    for each in report.findings:
        where = f"{each.path}:{each.position.line}:{each.position.column}"
        instead = "; ".join(help_lines(each))
        cells = (
            WORDS[each.severity],
            _code(where),
            f"{each.rule} {each.name}",
            _plain(message(each)),
            _plain(instead),
        )
        out.write("| " + " | ".join(cells) + " |\n")
    if report.cross_check:
        out.write(_cross_check(report.cross_check))
    if report.unresolved and options.unresolved:
        out.write(f"\n{plural(len(report.unresolved), 'statement')} could not be followed (NP501):\n\n")
        for reason, group in by_reason(report.unresolved):
            times = f"{len(group)} times" if len(group) > 1 else "once"
            out.write(f"- {times}: {_plain(reason)}\n")
    if report.skipped:
        out.write(f"\n{plural(len(report.skipped), 'file')} skipped:\n\n")
        out.write("".join(f"- {_code(each.path)}: {_plain(each.reason)}\n" for each in report.skipped))


def _cross_check(checked: CrossCheck) -> str:
    lines = [f"\n{_plain(cross_checked(checked))}.\n"]
    if checked.disagreements:
        lines.append("\n| Where | Kind | Verdicts |\n|---|---|---|\n")
    for each in checked.disagreements:
        where = _code(f"{each.path}:{each.line}:{each.column}")
        lines.append(f"| {where} | {each.kind} | {_plain('; '.join((both_verdicts(each), *each.names)))} |\n")
    return "".join(lines)


def _code(text: str) -> str:
    """Return a text as code within a table's cell: a fence longer than any within, and no bar that ends the cell."""
    line = one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max((len(run) for run in _runs(line)), default=0))
    return f"{fence}{line}{fence}" if len(fence) == 1 else f"{fence} {line} {fence}"


def _runs(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(each if each == "`" else " " for each in text).split()]


def _plain(text: str) -> str:
    """Return a text whose characters mean themselves in Markdown and in a table's cell."""
    return _MEANINGFUL.sub(r"\\\g<0>", one_line(text)).replace("&", "&amp;")


FORMAT = Format("markdown", render)
