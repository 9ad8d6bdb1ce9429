"""What is left of the findings when comments and the baseline have had their say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.baseline import hold
from nodepath_cli.audit.baseline_file import Baseline
from nodepath_cli.audit.finding import Finding, Judged, Rule
from nodepath_cli.audit.rules.unused_suppression import RULE as UNUSED
from nodepath_cli.audit.suppress import ByLine, apply
from nodepath_cli.audit.unused import of_comments, of_entries
from nodepath_cli.source.files import SourceFile, display


class Settled(Struct, frozen=True):
    """The findings of a report, and how many were taken away before."""

    findings: tuple[Finding, ...]
    suppressed: int
    baselined: int
    judged: Judged
    sources: Mapping[str, str]
    """The texts of files that findings lie in and that were not audited (the baseline), by path."""


def settle(
    findings: Sequence[Finding],
    analysis: Analysis,
    files: Mapping[str, SourceFile],
    active: Sequence[Rule],
    baseline: Baseline | None,
    comments: ByLine,
) -> Settled:
    """Take away what comments and the baseline hide, and add NP502 for those that hide nothing."""
    ran = frozenset(rule.id for rule in active if rule.check or rule.check_unread or rule.check_program) | {
        finding.rule for finding in findings
    }
    judged = Judged(frozenset(files), ran, _unclear(analysis))
    commented = apply(findings, files, comments)
    judging = any(rule.id == UNUSED.id for rule in active)
    extra = []
    if judging and commented.unused:
        extra = list(of_comments(commented.unused, ran, _unjudged(analysis)))
    kept, baselined, sources = commented.kept, 0, {}
    if baseline is not None:
        held = hold(kept, baseline, judged)
        kept, baselined = held.kept, held.baselined
        if judging and held.unmatched:
            extra += of_entries(held.unmatched, baseline)
            sources[display(baseline.file)] = baseline.text
    ordered = sorted((*kept, *extra), key=lambda each: (each.path, each.position.line, each.position.column, each.rule))
    return Settled(tuple(ordered), commented.suppressed, baselined, judged, sources)


def _unclear(analysis: Analysis) -> frozenset[tuple[str, str]]:
    unclear = (each.statement for each in analysis.statements if each.verdict[0] != "resolved")
    return frozenset((statement.span.path, statement.function or "") for statement in unclear)


def _unjudged(analysis: Analysis) -> frozenset[tuple[str, int]]:
    """Return path and line of every place at which a comment could belong to a statement that is not resolved."""
    places: set[tuple[str, int]] = set()
    for analysed in analysis.statements:
        if analysed.verdict[0] != "resolved":
            span = analysed.statement.span
            first, last = analysed.file.position(span.start)[0], analysed.file.position(span.end)[0]
            while first > 1 and analysed.file.line_text(first - 1).lstrip().startswith(("//", "--", "/*", "#")):
                first -= 1
            places.update((span.path, line) for line in range(first, last + 1))
    return frozenset(places)
