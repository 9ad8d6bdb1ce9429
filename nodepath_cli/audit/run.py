"""The audit: from resolutions through rules to the finished report."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.agreement import CrossCheck
from nodepath_cli.audit.analyse import Analysis, Progress, column_label, no_such_path, opened
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.baseline_file import load
from nodepath_cli.audit.branches import shared
from nodepath_cli.audit.checking import checked
from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import (
    Check,
    CheckUnread,
    Counts,
    Finding,
    Hit,
    InventoryItem,
    Position,
    RelatedPlace,
    Report,
    Rule,
    SchemaSummary,
    Skipped,
    Status,
    Unresolved,
    WrapperPlace,
)
from nodepath_cli.audit.fingerprint import digest, fingerprint, normal
from nodepath_cli.audit.full_dump import full_dump
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.rules import selected
from nodepath_cli.audit.settle import settle
from nodepath_cli.audit.several_tables import said_once
from nodepath_cli.audit.suppress import by_line
from nodepath_cli.audit.target import Target
from nodepath_cli.config import Settings
from nodepath_cli.errands import Errand
from nodepath_cli.errors import NodepathError, NothingToAudit
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import FileSet, SourceFile, collect
from nodepath_cli.source.hosts import suffixes
from nodepath_cli.source.statement import CallSite, Span, legible
from nodepath_cli.sql.resolution import Resolution, Unparsed

_HEAD = 8_000
"""Bytes of a generated file in which its imports stand."""
_DATABASE = lazy(rb'"(?:database/sql|[^"\s]*/(?:sqlx|sqlboiler(?:/v\d+)?/\w+|boil|gorm|pgx(?:/v\d+)?|dialect/sql))"')
_STATEMENT = lazy(
    rb'["`]\s*(?:--[^\n]*\s+)?(?:select\s|insert\s+(?:ignore\s+)?into\s|update\s+\S+\s+set\s|delete\s+from\s)',
    re.IGNORECASE,
)


def audit(
    paths: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
    judge: Callable[[Analysis], CrossCheck] | None = None,
    files: FileSet | None = None,
    keep: Callable[[Analysis], None] = lambda _: None,
) -> Report:
    """Audit the paths and return the finished report, with what `judge` says of the same statements.

    `files` is what the paths hold, where that was read before; `keep` is given what would be taken apart at the end.

    Raises UsageError, NothingToAudit, ConfigError for a baseline that cannot be read, the errors of the schema sources
    and those of `judge`.
    """
    started = time.perf_counter()
    active = selected(settings.select, settings.ignore)
    baseline = load(settings.baseline) if settings.baseline else None
    read = files if files is not None else collect(paths or (".",), settings, suffixes())
    comments = Errand(lambda: by_line(read.files))
    analysis = opened(paths, settings, read)
    keep(analysis)
    by_path = {file.path: file for file in read.files}
    findings = _findings(analysis, active, by_path, settings.processes, progress)
    settled = settle(findings, analysis, by_path, active, baseline, comments.result())
    unresolved = _with_status(analysis, "unresolved")
    checked = judge(analysis) if judge else None
    return Report(
        schema=_summed(analysis.main, settings),
        counts=replace(
            counted(analysis),
            suppressed=settled.suppressed,
            baselined=settled.baselined,
            seconds=time.perf_counter() - started,
        ),
        findings=settled.findings,
        unresolved=unresolved,
        partial=_with_status(analysis, "partial"),
        skipped=_skipped(analysis),
        unread=analysis.files.unread,
        notes=tuple(_notes(analysis)),
        sources=_texts(settled.findings, unresolved, by_path) | dict(settled.sources),
        cross_check=checked,
        not_replayed=analysis.main.schema.problems,
        error=_error(analysis),
        judged=settled.judged,
    )


def inventory(
    paths: Sequence[str],
    settings: Settings,
    progress: Progress | None = None,
    files: FileSet | None = None,
    keep: Callable[[Analysis], None] = lambda _: None,
) -> tuple[tuple[InventoryItem, ...], Counts]:
    """Return every statement of the paths in source order, and how completely they were understood.

    The counts are of all statements, DDL included. Raises as `audit` does.
    """
    started = time.perf_counter()
    analysis = opened(paths, settings, files)
    keep(analysis)
    by_path = {file.path: file for file in analysis.files.files}
    items = tuple(checked(analysis, lambda each: _item(each, by_path), settings.processes, progress))
    counts = _counts(analysis, [item.status for item in items])
    return items, replace(counts, seconds=time.perf_counter() - started)


def counted(analysis: Analysis) -> Counts:
    """Return how completely the DML statements were understood."""
    return _counts(analysis, [each.verdict[0] for each in analysis.statements if each.counted])


def _counts(analysis: Analysis, statuses: Sequence[Status]) -> Counts:
    return Counts(
        files=len(analysis.files.files),
        statements=len(statuses),
        resolved=statuses.count("resolved"),
        partial=statuses.count("partial"),
        unresolved=statuses.count("unresolved"),
    )


class _Placed(Struct, frozen=True):
    """A hit with its place in the source, before the branches are told apart."""

    rule: Rule
    hit: Hit
    span: Span
    outcome: Resolution | Unparsed


def findings_in(analysis: Analysis, active: Sequence[Rule]) -> list[Finding]:
    """Return what the rules find, in order of place, before comments and the baseline have their say."""
    return _findings(analysis, active, {file.path: file for file in analysis.files.files})


def _findings(
    analysis: Analysis,
    active: Sequence[Rule],
    files: dict[str, SourceFile],
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[Finding]:
    # Most rules look at one kind of outcome only: that is told once, not for each text.
    understood = [(rule, rule.check) for rule in active if rule.check]
    unread = [(rule, rule.check_unread) for rule in active if rule.check_unread]

    def check(analysed: Analysed) -> list[Finding]:
        if not analysed.outcomes:
            return []
        return list(_of_statement(analysed, analysis.context(analysed), understood, unread, files))

    findings = [finding for found in checked(analysis, check, jobs, progress) for finding in found]
    findings.extend(_of_program(analysis, active, files))
    return sorted(findings, key=lambda each: (each.path, each.position.line, each.position.column, each.rule))


def _of_program(analysis: Analysis, active: Sequence[Rule], files: dict[str, SourceFile]) -> Iterator[Finding]:
    """Yield what the rules about the whole program find, each place once."""
    protocols = Protocols(analysis)
    seen: set[tuple[str, Span, str | None]] = set()
    for rule in active:
        for found in said_once(rule.check_program(protocols)) if rule.check_program else ():
            span = found.outcome.variant.offsets.locate(found.hit.start, found.hit.end)
            key = (rule.id, span, found.hit.identifier)
            if key not in seen:
                seen.add(key)
                yield _finding(_Placed(rule, found.hit, span, found.outcome), found.analysed, "", files)


def _of_statement(
    analysed: Analysed,
    context: Context,
    understood: Sequence[tuple[Rule, Check]],
    unread: Sequence[tuple[Rule, CheckUnread]],
    files: dict[str, SourceFile],
) -> Iterator[Finding]:
    """Yield each finding of a statement once, with its branch where not every text of the statement has it."""
    groups: dict[tuple[str, Span, str | None], list[_Placed]] = {}

    def place(rule: Rule, hits: Iterable[Hit], outcome: Resolution | Unparsed) -> None:
        for hit in hits:
            span = outcome.variant.offsets.locate(hit.start, hit.end)
            groups.setdefault((rule.id, span, hit.identifier), []).append(_Placed(rule, hit, span, outcome))

    for outcome in analysed.outcomes:
        if isinstance(outcome, Resolution):
            for rule, check in understood:
                place(rule, check(outcome, context), outcome)
        else:
            for rule, check_unread in unread:
                place(rule, check_unread(outcome, context), outcome)
    for group in groups.values():
        # A text that is understood has no syntax error; what one that is not understood lacks is not known.
        broken = isinstance(group[0].outcome, Unparsed)
        alike = [each for each in analysed.outcomes if broken or isinstance(each, Resolution)]
        everywhere = len({id(placed.outcome) for placed in group}) == len(alike)
        yield _finding(group[0], analysed, "" if everywhere else _branch(group, alike), files)


def _branch(group: Sequence[_Placed], alike: Sequence[Resolution | Unparsed]) -> str:
    """Return the branches under which the first hit of a group holds as it is worded."""
    having = [placed.outcome for placed in group if placed.hit.message == group[0].hit.message]
    lacking = [each for each in alike if not any(each is other for other in having)]
    return shared([each.variant.branch for each in having], [each.variant.branch for each in lacking])


def _finding(placed: _Placed, analysed: Analysed, branch: str, files: dict[str, SourceFile]) -> Finding:
    statement, hit, rule = analysed.statement, placed.hit, placed.rule
    outcome = placed.outcome
    sql = outcome.display if isinstance(outcome, Resolution) else legible(outcome.variant.sql)
    home = files[statement.span.path]
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=hit.severity or rule.severity,
        confidence=hit.confidence,
        message=hit.message,
        path=placed.span.path,
        position=_position(placed.span, files),
        statement_id=digest(statement.span.path, statement.function or "", normal(sql)),
        statement_path=statement.span.path,
        statement_line=home.position(statement.span.start)[0],
        sql=sql,
        fingerprint=fingerprint(rule.id, placed.span.path, statement.function, sql, hit.identifier),
        errno=hit.errno,
        function=hit.function or statement.function,
        table=hit.table,
        identifier=hit.identifier,
        clause=hit.clause,
        branch=branch,
        suggestions=hit.suggestions,
        related=tuple(
            RelatedPlace(each.span.path, _position(each.span, files), each.message)
            for each in hit.related
            if each.span.path in files
        ),
    )


def _position(span: Span, files: dict[str, SourceFile]) -> Position:
    file = files[span.path]
    return Position(*file.position(span.start), *file.position(span.end))


def _with_status(analysis: Analysis, wanted: Status) -> tuple[Unresolved, ...]:
    found = []
    for analysed in analysis.statements:
        status, reason = analysed.verdict
        if status == wanted and analysed.counted:
            statement = analysed.statement
            line, column = analysed.file.position(statement.span.start)
            sql = legible(statement.sql)
            found.append(Unresolved(statement.span.path, line, column, statement.function, reason or "", sql))
    return tuple(found)


def _summed(target: Target, settings: Settings) -> SchemaSummary:
    schema, dialect = target.schema, target.dialect
    named = settings.dialect_given or schema.server_known
    version = ".".join(map(str, dialect.version)) if named else ""
    return SchemaSummary(schema.sources, dialect.name, len(schema.tables), schema.column_count, version)


def _skipped(analysis: Analysis) -> tuple[Skipped, ...]:
    skipped = dict(analysis.files.skipped)
    for analysed in analysis.statements:
        if analysed.statement.foreign_file:
            skipped.setdefault(analysed.statement.span.path, analysed.verdict[1] or "")
    return tuple(Skipped(path, reason) for path, reason in sorted(skipped.items()))


def _notes(analysis: Analysis) -> Iterator[str]:
    without = sum(
        (analysed.verdict[1] or "").startswith("no schema for table")
        for analysed in analysis.statements
        if analysed.counted
    )
    if without:
        statements = "statement names a table" if without == 1 else "statements name tables"
        yield f"{without} {statements} that no schema source defines: give one with --schema, or list external-tables"
    problems = analysis.main.schema.problems
    if problems:
        statements = "DDL statement" if len(problems) == 1 else "DDL statements"
        first = problems[0].place if len(problems) == 1 else f"the first at {problems[0].place}"
        dump = full_dump(problems, (each.statement for each in analysis.statements))
        why = f"; a full dump ({dump}) and migrations seem to be both here: give the one that counts with --schema"
        yield f"{len(problems)} {statements} could not be replayed into the schema: {first}{why if dump else ''}"
    generated = sum(_may_send(file.data) for file in analysis.files.generated)
    if generated:
        what = "1 generated file with SQL is" if generated == 1 else f"{generated:,} generated files with SQL are"
        sent = "it sends" if generated == 1 else "they send"
        yield f"{what} not audited: --include-generated reads what {sent}, too"


def _may_send(data: bytes) -> bool:
    """Say whether a generated file imports a database package and has SQL."""
    return bool(_DATABASE.search(data, 0, _HEAD)) and bool(_STATEMENT.search(data))


def _error(analysis: Analysis) -> NodepathError | None:
    """Return what went wrong beside the audit."""
    if analysis.files.missing:
        return no_such_path(analysis.files)
    if analysis.statements and all(each.statement.foreign_file for each in analysis.statements):
        # Nothing was audited: that must not look like a clean tree.
        return NothingToAudit(
            "nothing to audit: all SQL here is for another database than " + analysis.main.dialect.name,
            "name the folder that holds the queries, or give --dialect",
        )
    return None


def _texts(
    findings: Sequence[Finding], unresolved: Sequence[Unresolved], files: dict[str, SourceFile]
) -> dict[str, str]:
    paths = {each.path for each in findings} | {each.path for each in unresolved}
    paths |= {place.path for each in findings for place in each.related}
    return {path: files[path].text for path in sorted(paths) if path in files}


def _item(analysed: Analysed, files: dict[str, SourceFile]) -> InventoryItem:
    statement = analysed.statement
    status, reason = analysed.verdict
    line, column = analysed.file.position(statement.span.start)
    texts = tuple(dict.fromkeys(each.display for each in analysed.resolutions)) or tuple(
        dict.fromkeys(legible(variant.sql) for variant in statement.variants if variant.sql)
    )
    call = statement.call
    tables = dict.fromkeys(table.name for each in analysed.resolutions for table in each.tables)
    columns = dict.fromkeys(column_label(each) for resolution in analysed.resolutions for each in resolution.columns)
    return InventoryItem(
        path=statement.span.path,
        line=line,
        column=column,
        function=statement.function,
        sql=texts[0] if texts else "",
        status=status,
        reason=reason,
        dialect=statement.dialect or analysed.target.dialect.name,
        kind=analysed.kind,
        call_path=call.span.path if call else None,
        call_line=files[call.span.path].position(call.span.start)[0] if call else None,
        call_name=call.name if call else None,
        variants=texts,
        tables=tuple(tables),
        columns=tuple(columns),
        wrapper=_wrapper_place(call, files),
    )


def _wrapper_place(call: CallSite | None, files: dict[str, SourceFile]) -> WrapperPlace | None:
    if call is None or call.wrapper is None:
        return None
    span = call.wrapper.span
    line, _ = files[span.path].position(span.start)
    return WrapperPlace(span.path, line, call.wrapper.name, call.wrapper.argument)
