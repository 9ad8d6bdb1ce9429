"""GitHub Actions annotations: workflow commands on the standard output.

The escapes are those of GitHub's own toolkit (`actions/toolkit`, packages/core/src/command.ts): `%`, CR and LF
everywhere, `:` and `,` in properties, too.
"""

from __future__ import annotations

from typing import TextIO

from nodepath_cli.audit.finding import Finding, Position, Report, Severity, Unresolved
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._words import both_verdicts, clean, cross_checked, full_message, understood, verdict

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write an annotation for each finding and each unresolved statement, then the count as a line of the log."""
    for finding in report.findings:
        out.write(_finding(finding))
    if options.unresolved:
        for each in report.unresolved:
            out.write(_unresolved(each))
    for one in report.cross_check.disagreements if report.cross_check else ():
        position = Position(one.line, one.column, one.line, one.column)
        out.write(_command("error", one.path, position, f"cross-check {one.kind}", both_verdicts(one)))
    out.write(f"{understood(report)}; {verdict(report)}\n")
    if report.cross_check:
        out.write(cross_checked(report.cross_check) + "\n")


def _finding(finding: Finding) -> str:
    title = f"{finding.rule} {finding.name}"
    return _command(_COMMANDS[finding.severity], finding.path, finding.position, title, full_message(finding))


def _unresolved(each: Unresolved) -> str:
    position = Position(each.line, each.column, each.line, each.column)
    return _command("notice", each.path, position, "NP501 unresolved-sql", each.reason)


def _command(command: str, path: str, position: Position, title: str, text: str) -> str:
    properties = {"file": path, "line": str(position.line), "endLine": str(position.end_line)}
    if position.line == position.end_line:
        # GitHub takes columns only where both ends lie on one line.
        properties |= {"col": str(position.column), "endColumn": str(position.end_column)}
    properties["title"] = title
    joined = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{command} {joined}::{_data(text)}\n"


def _data(text: str) -> str:
    return clean(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = Format("github", render)
