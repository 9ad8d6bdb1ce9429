"""GitLab's Code Quality report: an array of issues, as its manual describes ("Code Quality report format")."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any, TextIO

from nodepath_cli.audit.finding import Report, Severity
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._indented import indented
from nodepath_cli.report._words import clean, full_message, one_line

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write an issue for each finding and each unresolved statement."""
    issues = [
        _issue(
            each.rule,
            full_message(each),
            _SEVERITIES[each.severity],
            each.fingerprint,
            each.path,
            (each.position.line, each.position.end_line),
        )
        for each in report.findings
    ]
    if options.unresolved:
        issues += [
            _issue(
                "NP501",
                one_line(each.reason),
                "info",
                _digest(each.path, each.function or "", each.reason, each.sql),
                each.path,
                (each.line, each.line),
            )
            for each in report.unresolved
        ]
    _tell_apart(issues)
    out.write(indented(issues))


def _issue(
    rule: str, description: str, severity: str, fingerprint: str, path: str, lines: tuple[int, int]
) -> dict[str, Any]:
    return {
        "type": "issue",
        "check_name": rule,
        "description": description,
        "severity": severity,
        "fingerprint": fingerprint,
        "location": {"path": clean(path), "lines": {"begin": lines[0], "end": lines[1]}},
    }


def _tell_apart(issues: list[dict[str, Any]]) -> None:
    """Number equal fingerprints: GitLab shows only one issue of each."""
    seen: Counter[str] = Counter()
    for issue in issues:
        fingerprint = issue["fingerprint"]
        seen[fingerprint] += 1
        if seen[fingerprint] > 1:
            issue["fingerprint"] = f"{fingerprint}-{seen[fingerprint]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]


FORMAT = Format("gitlab", render)
