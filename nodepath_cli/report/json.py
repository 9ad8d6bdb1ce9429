"""The JSON document of version 1: keys may be added, none is renamed or removed."""

from __future__ import annotations

from typing import Any, TextIO

from nodepath_cli import __version__
from nodepath_cli.audit.agreement import CrossCheck, Disagreement
from nodepath_cli.audit.finding import Finding, RelatedPlace, Report, Severity, Unresolved
from nodepath_cli.report import Format, RenderOptions
from nodepath_cli.report._indented import indented
from nodepath_cli.report._words import clean


def render(report: Report, out: TextIO, options: RenderOptions) -> None:
    """Write one document; `error` is in it where something went wrong beside the audit."""
    del options
    # Escaped, so that the document is the same in every locale's encoding.
    out.write(indented(document(report)))


def document(report: Report) -> dict[str, Any]:
    """Return the document of a report."""
    found: dict[str, Any] = {
        "version": 1,
        "tool": {"name": "nodepath", "version": __version__},
        "schema": schema(report),
        "summary": summary(report),
        "findings": [finding(each) for each in report.findings],
        "unresolved": [unresolved(each) for each in report.unresolved],
        "partial": [unresolved(each) for each in report.partial],
        "skipped": [{"path": clean(each.path), "reason": clean(each.reason)} for each in report.skipped],
    }
    if report.cross_check:
        found["summary"]["cross_check"] = _counts(report.cross_check)
        found["cross_check"] = [_disagreement(each) for each in report.cross_check.disagreements]
    if report.error:
        error = report.error
        found["error"] = {"code": error.code, "message": clean(error.message), "next": clean(error.next_step)}
    return found


def schema(report: Report) -> dict[str, Any]:
    """Return what the statements were checked against; `not_replayed` is there where some DDL could not be replayed."""
    found: dict[str, Any] = {
        "sources": [clean(each) for each in report.schema.sources],
        "dialect": report.schema.dialect,
        "tables": report.schema.tables,
        "columns": report.schema.columns,
    }
    if report.not_replayed:
        found["not_replayed"] = [
            {"path": clean(each.path), "line": each.line or None, "message": clean(each.message), "errno": each.errno}
            for each in report.not_replayed
        ]
    return found


def summary(report: Report) -> dict[str, Any]:
    """Return the counts; `seconds` is the only value that differs between two runs on the same input."""
    counts = report.counts
    return {
        "files": counts.files,
        "statements": counts.statements,
        "resolved": counts.resolved,
        "partial": counts.partial,
        "unresolved": counts.unresolved,
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "infos": report.count(Severity.INFO),
        "suppressed": counts.suppressed,
        "baselined": counts.baselined,
        "seconds": round(counts.seconds, 3),
    }


def finding(each: Finding) -> dict[str, Any]:
    """Return one finding."""
    position = each.position
    return {
        "rule": each.rule,
        "name": each.name,
        "severity": each.severity.value,
        "confidence": each.confidence.value,
        "message": clean(each.message),
        "errno": each.errno,
        "path": clean(each.path),
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "end_column": position.end_column,
        "function": _text(each.function),
        "table": _text(each.table),
        "identifier": _text(each.identifier),
        "clause": each.clause,
        "suggestions": [
            {"replacement": clean(one.replacement), "reason": clean(one.reason)} for one in each.suggestions
        ],
        "statement": {
            "id": each.statement_id,
            "path": clean(each.statement_path),
            "line": each.statement_line,
            "sql": clean(each.sql),
        },
        "related": [_related(place) for place in each.related],
        "fingerprint": each.fingerprint,
        "branch": _text(each.branch or None),
    }


def unresolved(each: Unresolved) -> dict[str, Any]:
    """Return one statement that was not understood."""
    return {
        "path": clean(each.path),
        "line": each.line,
        "function": _text(each.function),
        "reason": clean(each.reason),
    }


def _counts(checked: CrossCheck) -> dict[str, Any]:
    return {
        "server": clean(checked.server),
        "asked": checked.asked,
        "agreed": checked.agreed,
        "disagreed": len(checked.disagreements),
        "undecided": checked.undecided,
        "not_asked": [{"reason": clean(each.text), "count": each.count} for each in checked.not_asked],
        "asked_in_part": [{"reason": clean(each.text), "count": each.count} for each in checked.in_part],
    }


def _disagreement(each: Disagreement) -> dict[str, Any]:
    return {
        "path": clean(each.path),
        "line": each.line,
        "column": each.column,
        "function": _text(each.function),
        "sql": clean(each.sql),
        "nodepath": clean(each.nodepath),
        "server": clean(each.server),
        "kind": each.kind,
        "names": [clean(name) for name in each.names],
    }


def _related(place: RelatedPlace) -> dict[str, Any]:
    return {
        "path": clean(place.path),
        "line": place.position.line,
        "column": place.position.column,
        "end_line": place.position.end_line,
        "end_column": place.position.end_column,
        "message": clean(place.message),
    }


def _text(text: str | None) -> str | None:
    return None if text is None else clean(text)


FORMAT = Format("json", render)
