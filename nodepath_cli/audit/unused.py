"""NP502: ignore comments and entries of the baseline that hide nothing any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from nodepath_cli.audit.baseline_file import Baseline, Entry
from nodepath_cli.audit.finding import Confidence, Finding, Position
from nodepath_cli.audit.fingerprint import digest, fingerprint
from nodepath_cli.audit.rules.unused_suppression import RULE
from nodepath_cli.audit.suppress import Comment
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import display

_ID = lazy(r"NP\d{3}")


def of_comments(
    unused: Iterable[Comment], ran: Collection[str], unjudged: Collection[tuple[str, int]]
) -> Iterator[Finding]:
    """Yield a finding for each rule of a comment that hid nothing.

    Only for rules that ran, and never at the places (path and line) in `unjudged`: what was not understood there may
    well be what the comment hides. A text between the brackets that can be no rule's id hides nothing in any run. A
    comment that names NP502 itself stays.
    """
    for comment in unused:
        if (comment.path, comment.line) in unjudged or RULE.id in comment.rules:
            continue
        for rule in comment.rules:
            if not _ID.fullmatch(rule):
                yield _of_comment(comment, rule, f"'{rule}' is no rule's id: this comment hides nothing")
            elif rule in ran:
                yield _of_comment(comment, rule, f"this comment hides nothing: no {rule} is found here; delete it")


def of_entries(unmatched: Iterable[Entry], baseline: Baseline) -> Iterator[Finding]:
    """Yield a finding for each entry of the baseline that covers more than was found, at its place in the file."""
    lines = baseline.text.split("\n")
    for entry in unmatched:
        line = lines[entry.line - 1] if 0 < entry.line <= len(lines) else ""
        name = f" '{entry.identifier}'" if entry.identifier else ""
        where = f"{baseline.source_path(entry)}" + (f" in {entry.function}" if entry.function else "")
        number = f"{entry.count} findings" if entry.count > 1 else "a finding"
        are = "are" if entry.count > 1 else "is"
        yield _finding(
            display(baseline.file),
            Position(
                max(entry.line, 1),
                len(line) - len(line.lstrip()) + 1,
                max(entry.line, 1),
                max(len(line.rstrip()), 1) + 1,
            ),
            f"the baseline holds {number} {entry.rule}{name} of {where} that {are} no longer there: "
            "run `nodepath baseline prune`",
            entry.fingerprint,
        )


def _of_comment(comment: Comment, rule: str, message: str) -> Finding:
    place = Position(comment.line, comment.column, comment.line, comment.end_column)
    return _finding(comment.path, place, message, rule)


def _finding(path: str, position: Position, message: str, identifier: str) -> Finding:
    return Finding(
        rule=RULE.id,
        name=RULE.name,
        severity=RULE.severity,
        confidence=Confidence.CERTAIN,
        message=message,
        path=path,
        position=position,
        statement_id=digest(path, "", ""),
        statement_path=path,
        statement_line=position.line,
        sql="",
        fingerprint=fingerprint(RULE.id, path, None, "", identifier),
    )
