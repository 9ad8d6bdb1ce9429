"""SARIF 2.1.0, for code scanning.

Facts from the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0": columns count Unicode
code points where `columnKind` says so (3.14.17), `endColumn` is exclusive (3.30.8), a URI is percent-encoded (3.10),
`partialFingerprints` tells the same result in another version of the file (3.27.17).
"""

from __future__ import annotations

import json
from typing import Any, TextIO
from urllib.parse import quote

from nodepath_cli import __version__
from nodepath_cli.audit.finding import Finding, Position, RelatedPlace, Report, Rule, Severity, Unresolved
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._words import clean, full_message, one_line

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FINGERPRINT = "nodepath/v1"


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write one log with one run."""
    json.dump(document(report, options), out, indent=2)
    out.write("\n")


def document(report: Report, options: RenderOptions) -> dict[str, Any]:
    """Return the log; unresolved statements are results of NP501 with the level `note`."""
    from nodepath_cli.audit.rules import rules

    known = {rule.id: number for number, rule in enumerate(rules())}
    results = [_result(each, known) for each in report.findings]
    if options.unresolved:
        results += [_unresolved(each, known) for each in report.unresolved]
    run = {
        "tool": {
            "driver": {
                "name": "nodepath",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(each) for each in rules()],
            }
        },
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    from nodepath_cli.audit.rules import page

    text = page(rule)
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": text.partition("\n\n")[0]},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _invocation(report: Report) -> dict[str, Any]:
    notifications = [
        {
            "level": "note",
            "message": {"text": f"skipped: {clean(each.reason)}"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(each.path)}}}],
        }
        for each in report.skipped
    ]
    notifications += [{"level": "note", "message": {"text": clean(note)}} for note in report.notes]
    if report.error:
        notifications.append({"level": "error", "message": {"text": clean(report.error.line())}})
    return {"executionSuccessful": report.error is None, "toolExecutionNotifications": notifications}


def _result(finding: Finding, known: dict[str, int]) -> dict[str, Any]:
    place: dict[str, Any] = {"physicalLocation": _physical(finding.path, finding.position)}
    if finding.function:
        place["logicalLocations"] = [{"name": clean(finding.function), "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": full_message(finding)},
        "locations": [place],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
    }
    if finding.rule in known:
        result["ruleIndex"] = known[finding.rule]
    if finding.related:
        result["relatedLocations"] = [_related(number, each) for number, each in enumerate(finding.related)]
    result["properties"] = {
        "confidence": finding.confidence.value,
        "errno": finding.errno,
        "sql": one_line(finding.sql),
    }
    return result


def _unresolved(each: Unresolved, known: dict[str, int]) -> dict[str, Any]:
    position = Position(each.line, each.column, each.line, each.column)
    place: dict[str, Any] = {"physicalLocation": _physical(each.path, position)}
    if each.function:
        place["logicalLocations"] = [{"name": clean(each.function), "kind": "function"}]
    result: dict[str, Any] = {
        "ruleId": "NP501",
        "level": "note",
        "message": {"text": clean(each.reason)},
        "locations": [place],
    }
    if "NP501" in known:
        result["ruleIndex"] = known["NP501"]
    return result


def _related(number: int, place: RelatedPlace) -> dict[str, Any]:
    return {
        "id": number,
        "message": {"text": clean(place.message)},
        "physicalLocation": _physical(place.path, place.position),
    }


def _physical(path: str, position: Position) -> dict[str, Any]:
    return {
        "artifactLocation": {"uri": _uri(path)},
        "region": {
            "startLine": position.line,
            "startColumn": position.column,
            "endLine": position.end_line,
            "endColumn": position.end_column,
        },
    }


def _uri(path: str) -> str:
    # The bytes of a name that is not UTF-8 are encoded as they are.
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")


FORMAT = Format("sarif", render)
