"""The answer of `nodepath audit-deploy`: findings, the matrix of states, and the order for each revision."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from msgspec.structs import replace

from nodepath_cli import __version__
from nodepath_cli.audit.finding import Severity
from nodepath_cli.deploy.records import CodeBlind, CodeUse, Contract, Deploy, DeployFinding, State, Verdict
from nodepath_cli.report import RenderOptions
from nodepath_cli.report import json as documents
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import clean, one_line, plural, understood
from nodepath_cli.report.text import finding_lines

_WIDE = 40
"""Characters of a path in the matrix; of a longer one the file's name is shown."""
_PLACES = 3
"""How many statements that were not understood are named without -v."""


def render_json(found: Deploy, out: TextIO) -> None:
    """Write one document."""
    report = found.report
    document: dict[str, Any] = {
        "version": 1,
        "tool": {"name": "nodepath", "version": __version__},
        "schema": documents.schema(report),
        "base": None if found.base_ref is None else clean(found.base_ref),
        "states": [_state(each) for each in found.states],
        "verdicts": [_verdict(each) for each in found.verdicts],
        "summary": documents.summary(report),
        "unresolved": [documents.unresolved(each) for each in report.unresolved],
        "partial": [documents.unresolved(each) for each in report.partial],
        "skipped": [{"path": clean(each.path), "reason": clean(each.reason)} for each in report.skipped],
        "notes": [clean(each) for each in _notes(found)],
    }
    if found.contract is not None:
        document["contract"] = _contract(found.contract)
    if report.error is not None:
        error = report.error
        document["error"] = {"code": error.code, "message": clean(error.message), "next": clean(error.next_step)}
    json.dump(document, out, indent=2)
    out.write("\n")


def _state(each: State) -> dict[str, Any]:
    return {
        "name": clean(each.name),
        "revision": None if each.revision is None else clean(each.revision),
        "step": each.step,
    }


def _verdict(each: Verdict) -> dict[str, Any]:
    return {
        "revision": clean(each.revision),
        "verdict": each.order,
        "message": clean(each.sentence),
        "findings": [_finding(one) for one in each.findings],
        "problems": [
            {"path": clean(one.path), "line": one.line, "message": clean(one.message)} for one in each.problems
        ],
    }


def _finding(each: DeployFinding) -> dict[str, Any]:
    """Return a finding of audit-columns with the version of the code and the states in which the name fails."""
    return documents.finding(each.finding) | {
        "ref": None if each.ref is None else clean(each.ref),
        "fails": [number for number, fails in enumerate(each.fails) if fails],
    }


def _contract(found: Contract) -> dict[str, Any]:
    return {
        "table": clean(found.subject.table),
        "column": None if found.subject.column is None else clean(found.subject.column),
        "proved": found.proved,
        "uses": [_use(each) for each in found.uses],
        "not_understood": [_blind(each) for each in found.blind],
    }


def _use(each: CodeUse) -> dict[str, Any]:
    use = each.use
    return {
        "ref": each.ref,
        "table": clean(use.table),
        "column": None if use.column is None else clean(use.column),
        "access": use.access,
        "path": clean(use.path),
        "line": use.line,
        "column_number": use.column_number,
        "function": None if use.function is None else clean(use.function),
    }


def _blind(each: CodeBlind) -> dict[str, Any]:
    blind = each.blind
    return {
        "ref": each.ref,
        "path": clean(blind.path),
        "line": blind.line,
        "function": None if blind.function is None else clean(blind.function),
        "reason": clean(blind.reason),
    }


def render_text(found: Deploy, out: TextIO, options: RenderOptions) -> None:
    """Write the findings, the matrix of states, and last the order for each revision."""
    style = Style(options.color)
    blocks: list[list[str]] = []
    if not options.quiet:
        for verdict in found.verdicts:
            blocks += [_excerpted(each, found, style) for each in verdict.findings]
        blocks.append(list(_matrix(found, style)))
    if found.contract is not None:
        blocks.append(list(_contract_lines(found.contract, style, options)))
    notes = [f"{style.severity(Severity.INFO, 'note')}: {one_line(each)}" for each in _notes(found)]
    blocks.append([] if options.quiet else notes)
    blocks.append([_sentence(each, style) for each in found.verdicts] or [_nothing(found)])
    blocks.append([style.strong(understood(found.report))])
    out.write("\n\n".join("\n".join(block) for block in blocks if block) + "\n")


def _excerpted(each: DeployFinding, found: Deploy, style: Style) -> list[str]:
    """Return a finding with the source of its version of the code."""
    report = found.report if each.ref is None else replace(found.report, sources=found.base_sources)
    return finding_lines(each.finding, report, style)


def _nothing(found: Deploy) -> str:
    return f"no revision is pending after {one_line(found.states[0].name)}: nothing to decide"


def _notes(found: Deploy) -> Iterator[str]:
    yield from found.report.notes
    if found.unexplained:
        names = "1 name fails" if found.unexplained == 1 else f"{found.unexplained} names fail"
        yield f"{names} even with all migrations, whatever goes first: nodepath audit-columns shows which"


_PAINT = {
    "either": None,
    "migrate-first": Severity.WARNING,
    "code-first": Severity.WARNING,
    "expand-contract": Severity.ERROR,
}


def _sentence(each: Verdict, style: Style) -> str:
    name, _, rest = each.sentence.partition(": ")
    severity = _PAINT[each.order]
    words = one_line(rest)
    return f"{style.strong(one_line(name))}: {style.severity(severity, words) if severity else style.good(words)}"


def _matrix(found: Deploy, style: Style) -> Iterator[str]:
    """Yield the states, and for every finding in which of them the server refuses its statement (`x`)."""
    rows = [each for verdict in found.verdicts for each in verdict.findings]
    if not rows:
        return
    shown = _telling(found.states, rows)
    for number, index in enumerate(shown):
        yield f"{style.faint(f'{number:>3}')}  {one_line(found.states[index].name)}"
    yield ""
    labels = [_row_label(each) for each in rows]
    width = max(map(len, labels))
    yield " " * width + "".join(f"{number:>4}" for number in range(len(shown)))
    for each, label in zip(rows, labels, strict=True):
        cells = "".join(
            "   " + (style.severity(each.finding.severity, "x") if each.fails[index] else style.faint("."))
            for index in shown
        )
        yield f"{label:<{width}}{cells}"


def _telling(states: Sequence[State], rows: Sequence[DeployFinding]) -> list[int]:
    """Return the states that differ from the one before for some finding, with the first and the last."""
    last = len(states) - 1
    return [
        index
        for index in range(len(states))
        if index in (0, last) or any(each.fails[index] != each.fails[index - 1] for each in rows)
    ]


def _row_label(each: DeployFinding) -> str:
    finding = each.finding
    name = finding.identifier or finding.table or ""
    ref = f" at {each.ref}" if each.ref else ""
    path = finding.path if len(finding.path) <= _WIDE else f".../{finding.path.rpartition('/')[2]}"
    return one_line(f"{finding.rule} {path}:{finding.position.line} {name}{ref}", 100)


def _contract_lines(found: Contract, style: Style, options: RenderOptions) -> Iterator[str]:
    label = style.strong(one_line(found.subject.label))
    code = " and ".join("the code now" if ref is None else f"the code at {one_line(ref)}" for ref in found.refs)
    if found.proved:
        yield f"{label}: {style.good('proved')}: no statement of {code} reads or writes it"
        return
    for each in found.uses:
        use = each.use
        where = f"{one_line(use.path)}:{use.line}:{use.column_number}" + (f" at {each.ref}" if each.ref else "")
        yield f"{label}: {use.access} in {where}" + (f" ({one_line(use.function)})" if use.function else "")
    if found.uses:
        yield f"{label}: {plural(len(found.uses), 'use')} left in {code}"
    if found.blind:
        shown = found.blind if options.verbose or not found.uses else found.blind[:_PLACES]
        for one in shown:
            where = f"{one_line(one.blind.path)}:{one.blind.line}" + (f" at {one.ref}" if one.ref else "")
            yield f"{label}: not proved: {where} may use it: {one_line(one.blind.reason)}"
        if len(shown) < len(found.blind):
            yield f"{label}: and {len(found.blind) - len(shown):,} more that may use it (-v lists all)"
