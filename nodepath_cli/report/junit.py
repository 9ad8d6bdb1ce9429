"""JUnit XML, for servers that show test results: a suite for each file, a failed case for each finding.

An unresolved statement is a skipped case: it was neither proved nor refuted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from nodepath_cli.audit.finding import Finding, Report, Severity, Unresolved
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._words import clean, full_message, understood


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write one document. Where nothing was found it holds one case that passed."""
    unresolved = report.unresolved if options.unresolved else ()
    failed = [each for each in report.findings if each.severity is not Severity.INFO]
    paths = sorted({each.path for each in report.findings} | {each.path for each in unresolved})
    cases = len(report.findings) + len(unresolved) or 1
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        f'<testsuites name="nodepath" tests="{cases}" failures="{len(failed)}" skipped="{len(unresolved)}" '
        f'time="{report.counts.seconds:.3f}">\n'
    )
    for path in paths:
        findings = [each for each in report.findings if each.path == path]
        _suite(path, findings, [each for each in unresolved if each.path == path], out)
    if not paths:
        out.write('  <testsuite name="nodepath" tests="1" failures="0" skipped="0">\n')
        out.write(f'    <testcase classname="nodepath" name={_attribute(understood(report))}/>\n')
        out.write("  </testsuite>\n")
    out.write("</testsuites>\n")


def _suite(path: str, findings: Sequence[Finding], unresolved: Sequence[Unresolved], out: TextIO) -> None:
    failures = sum(each.severity is not Severity.INFO for each in findings)
    out.write(
        f'  <testsuite name={_attribute(path)} tests="{len(findings) + len(unresolved)}" '
        f'failures="{failures}" skipped="{len(unresolved)}">\n'
    )
    for finding in findings:
        _finding(finding, out)
    for each in unresolved:
        name = f"NP501 line {each.line} column {each.column}"
        out.write(f"    <testcase classname={_attribute(path)} name={_attribute(name)}>\n")
        out.write(f"      <skipped message={_attribute(each.reason)}/>\n    </testcase>\n")
    out.write("  </testsuite>\n")


def _finding(finding: Finding, out: TextIO) -> None:
    position = finding.position
    name = f"{finding.rule} line {position.line} column {position.column}"
    out.write(f"    <testcase classname={_attribute(finding.path)} name={_attribute(name)}>\n")
    text = escape(clean(f"{finding.path}:{position.line}:{position.column}\n{finding.sql}"))
    message = _attribute(full_message(finding))
    if finding.severity is Severity.INFO:
        out.write(f"      <system-out>{escape(full_message(finding))}</system-out>\n    </testcase>\n")
    else:
        kind = f"type={_attribute(finding.severity.value)}"
        out.write(f"      <failure message={message} {kind}>{text}</failure>\n    </testcase>\n")


def _attribute(text: str) -> str:
    return quoteattr(clean(text))


FORMAT = Format("junit", render)
