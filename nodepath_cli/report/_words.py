"""Texts that several formats share: the severity's word, the suggestion, the summary, and what is safe to print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nodepath_cli.audit.agreement import CrossCheck, Disagreement
from nodepath_cli.audit.finding import Counts, Finding, Report, Severity, Suggestion, Unresolved
from nodepath_cli.patterns import lazy

# Control characters could steer a terminal, bidirectional ones could show a line other than it is (CVE-2021-42574), and
# a lone surrogate, which stands for a byte that is not UTF-8, cannot be written at all.
_UNSAFE = lazy("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BLANKS = lazy(r"\s+")

_NO_SCHEMA = "no schema for table "
_TABLES = 6
"""How many tables without a schema are named where they are counted together."""

_OF_CALLS = frozenset(("NP107", "NP108"))
"""Rules that find what a call does with SQL."""
_NEAR = 10
"""Lines from a finding to a call that is in sight."""

WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def clean(text: str) -> str:
    """Return the text with a replacement character for each one that must not reach a terminal or a document."""
    return _UNSAFE.sub("\ufffd", text)


def one_line(text: str, most: int = 0) -> str:
    """Return the text in one clean line, cut to `most` characters where that is not 0."""
    line = clean(_BLANKS.sub(" ", text).strip())
    return line[: most - 3] + "..." if most and len(line) > most else line


def message(finding: Finding) -> str:
    """Return the finding's message in one line, with the branch that it holds in."""
    branch = f" ({finding.branch})" if finding.branch else ""
    return one_line(finding.message + branch)


def help_lines(finding: Finding) -> list[str]:
    """Return one line for each suggestion."""
    return [_help(number, each) for number, each in enumerate(finding.suggestions)]


def _help(number: int, suggestion: Suggestion) -> str:
    question = "did you mean" if number == 0 else "or"
    return one_line(f"{question} `{suggestion.replacement}`? ({suggestion.reason})")


def full_message(finding: Finding) -> str:
    """Return the message and its suggestions, for formats that have one text only.

    What is about a call names its place where that is not where the SQL stands.
    """
    return "; ".join([message(finding), *_calls(finding), *help_lines(finding)])


def _calls(finding: Finding) -> list[str]:
    if finding.rule not in _OF_CALLS:
        return []
    first, last = finding.position.line - _NEAR, finding.position.end_line + _NEAR
    return [
        one_line(f"{each.message}: {each.path}:{each.position.line}")
        for each in finding.related
        if each.path != finding.path or not first <= each.position.line <= last
    ]


def plural(number: int, noun: str) -> str:
    """Return `1 error`, `2 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def understood(report: Report) -> str:
    """Return how many statements were understood, and how far: the line that no summary leaves out."""
    return understood_counts(report.counts)


def understood_counts(counts: Counts) -> str:
    """Return the same for the counts alone."""
    noun = "statement" if counts.statements == 1 else "statements"
    return (
        f"{counts.statements} {noun}: {counts.resolved} resolved, {counts.partial} partial, "
        f"{counts.unresolved} unresolved"
    )


def verdict(report: Report) -> str:
    """Return how many findings of each severity there are, and how many were taken away before."""
    parts = [
        plural(report.count(severity), noun)
        for severity, noun in ((Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "note"))
        if severity is not Severity.INFO or report.count(severity)
    ]
    if report.counts.suppressed:
        parts.append(f"{report.counts.suppressed:,} suppressed")
    if report.counts.baselined:
        parts.append(f"{report.counts.baselined:,} in the baseline")
    return ", ".join(parts)


def schema_line(report: Report) -> str:
    """Return what the statements were checked against."""
    schema = report.schema
    sources = ", ".join(schema.sources) or "nothing"
    server = f"{schema.dialect} {schema.version}".rstrip()
    return one_line(f"{server}, {plural(schema.tables, 'table')}, {plural(schema.columns, 'column')} from {sources}")


def cross_checked(found: CrossCheck) -> str:
    """Return how many texts the server was asked about, and how far it agrees."""
    disagreed = len(found.disagreements)
    parts = [f"{found.asked:,} asked", f"{found.agreed:,} agreed", f"{disagreed:,} disagreed"]
    if found.undecided:
        parts.append(f"{found.undecided:,} accepted that nodepath had no verdict on")
    parts.append(f"{sum(each.count for each in found.not_asked):,} not asked")
    return one_line(f"cross-check with {found.server}: {', '.join(parts)}")


def both_verdicts(each: Disagreement) -> str:
    """Return what nodepath and the server say, in one line."""
    return one_line(f"{_says('nodepath', each.nodepath)}, {_says('the server', each.server)}")


def _says(who: str, verdict: str) -> str:
    return f"{who} {verdict}" if verdict == "accepts" else f"{who} says {verdict}"


def by_reason(unresolved: Sequence[Unresolved]) -> list[tuple[str, list[Unresolved]]]:
    """Return the unresolved statements by reason, the most frequent first; tables without a schema are one reason."""
    groups: dict[str, list[Unresolved]] = defaultdict(list)
    for each in unresolved:
        reason = one_line(each.reason)
        groups[_NO_SCHEMA if reason.startswith(_NO_SCHEMA) else reason].append(each)
    ordered = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(_tables(group) if reason == _NO_SCHEMA else reason, group) for reason, group in ordered]


def _tables(unresolved: Sequence[Unresolved]) -> str:
    listed = [name for each in unresolved for name in one_line(each.reason).removeprefix(_NO_SCHEMA).split(", ")]
    names = sorted(set(listed), key=lambda name: (-listed.count(name), name))
    return _NO_SCHEMA + ", ".join(names[:_TABLES]) + (", ..." if len(names) > _TABLES else "")
