"""Changes become findings in the words of every audit: the code's position, and the migration's in `related`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.branches import shared
from nodepath_cli.audit.finding import Finding, Position, RelatedPlace, Suggestion
from nodepath_cli.audit.fingerprint import digest, fingerprint, normal
from nodepath_cli.deploy.across import Status
from nodepath_cli.deploy.changes import Change
from nodepath_cli.deploy.records import DeployFinding, Step
from nodepath_cli.deploy.verdict import NO_SUCH_NAME
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.statement import Span


def findings(changes: Sequence[Change], files: Mapping[str, SourceFile], ref: str | None) -> Iterator[DeployFinding]:
    """Yield each finding of one version of the code once, with its branch where not every text of its statement has it.

    The same place of the same statement may fail in several of its texts.
    """
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        site = change.course.site
        statement = change.course.analysed.statement
        key = (id(statement), change.revision, change.rule.id, _span(change), site.identifier, site.kind)
        groups.setdefault(key, []).append(change)
    for group in groups.values():
        first = group[0]
        everywhere = len(group) >= len(first.course.analysed.resolutions)
        finding = _finding(first, "" if everywhere else _branch(group), files, ref)
        yield DeployFinding(finding, first.revision, ref, _fails(group))


def _branch(group: Sequence[Change]) -> str:
    having = [change.told.resolution for change in group]
    lacking = [each for each in group[0].course.analysed.resolutions if not any(each is other for other in having)]
    return shared([each.variant.branch for each in having], [each.variant.branch for each in lacking])


def _fails(group: Sequence[Change]) -> tuple[bool, ...]:
    return tuple(Status.FAILS in each for each in zip(*(change.course.statuses for change in group), strict=True))


def _span(change: Change) -> Span:
    hit = change.told.hit
    return change.told.resolution.variant.offsets.locate(hit.start, hit.end)


def _finding(change: Change, branch: str, files: Mapping[str, SourceFile], ref: str | None) -> Finding:
    analysed, hit, rule = change.course.analysed, change.told.hit, change.rule
    statement = analysed.statement
    sql = change.told.resolution.display
    span = _span(change)
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        confidence=hit.confidence,
        message=_message(change, ref),
        path=span.path,
        position=_position(span, files),
        statement_id=digest(statement.span.path, statement.function or "", normal(sql)),
        statement_path=statement.span.path,
        statement_line=_home(analysed).position(statement.span.start)[0],
        sql=sql,
        fingerprint=fingerprint(rule.id, span.path, statement.function, sql, hit.identifier),
        errno=hit.errno,
        function=statement.function,
        table=hit.table,
        identifier=hit.identifier,
        clause=hit.clause,
        branch=branch,
        suggestions=_suggestions(change),
        related=tuple(_related(change)),
    )


def _home(analysed: Analysed) -> SourceFile:
    return analysed.file


def _position(span: Span, files: Mapping[str, SourceFile]) -> Position:
    file = files[span.path]
    return Position(*file.position(span.start), *file.position(span.end))


def _message(change: Change, ref: str | None) -> str:
    whose = f" (code at {ref})" if ref else ""
    what = change.told.hit.message
    if change.rule.id == "NP201":
        return f"{what} until {change.revision} has run{whose}"
    if change.place is None:
        return f"{what} once {change.revision} has run{whose}"
    return f"{what} after statement {change.place.step} of {change.place.of} of {change.revision}{whose}"


def _suggestions(change: Change) -> tuple[Suggestion, ...]:
    """A name that a revision brings is right, and one that it takes was: no other is meant, but what a rename tells."""
    return () if change.rule.id == "NP201" else tuple(each for each in change.told.hit.suggestions if not each.guessed)


def _related(change: Change) -> Iterator[RelatedPlace]:
    if change.cause is not None:
        taken = "takes what it needs" if change.told.hit.errno in NO_SUCH_NAME else "breaks it"
        verb = {"NP201": "brings what it needs", "NP202": taken}.get(change.rule.id, "breaks it")
        yield _place(change.cause, f"this statement of {change.revision} {verb}")
    if change.mended is not None:
        yield _place(change.mended, f"this statement of {change.revision} mends it")


def _place(step: Step, message: str) -> RelatedPlace:
    if not step.end_line:
        return RelatedPlace(step.path, Position(step.line, step.column, step.line, step.column + 1), message)
    return RelatedPlace(step.path, Position(step.line, step.column, step.end_line, step.end_column), message)
