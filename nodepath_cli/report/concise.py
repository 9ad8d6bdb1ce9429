"""One line for each finding, `path:line:col: error[NP101] message`, for editors and grep; then the count."""

from __future__ import annotations

from typing import TextIO

from nodepath_cli.audit.finding import Report, Severity
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import (
    WORDS,
    both_verdicts,
    cross_checked,
    full_message,
    one_line,
    understood,
    verdict,
)


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write the report; unresolved statements are listed with -v."""
    style = Style(options.color)
    for finding in report.findings:
        place = f"{one_line(finding.path)}:{finding.position.line}:{finding.position.column}"
        label = style.severity(finding.severity, f"{WORDS[finding.severity]}[{finding.rule}]")
        out.write(f"{place}: {label} {full_message(finding)}\n")
    if options.verbose and options.unresolved:
        label = style.severity(Severity.INFO, "note[NP501]")
        for each in report.unresolved:
            out.write(f"{one_line(each.path)}:{each.line}:{each.column}: {label} {one_line(each.reason)}\n")
    for one in report.cross_check.disagreements if report.cross_check else ():
        label = style.severity(Severity.ERROR, f"cross-check[{one.kind}]")
        out.write(f"{one_line(one.path)}:{one.line}:{one.column}: {label} {both_verdicts(one)}\n")
    counted = understood(report)
    out.write(f"{counted}\n" if options.quiet else f"{counted}; {verdict(report)}\n")
    if report.cross_check:
        out.write(cross_checked(report.cross_check) + "\n")


FORMAT = Format("concise", render)
