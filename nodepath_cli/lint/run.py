"""`lint`: the rules over the history, and the finished report."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import (
    Confidence,
    Counts,
    Finding,
    MigrationHit,
    Report,
    Rule,
    SchemaSummary,
    Unresolved,
)
from nodepath_cli.audit.fingerprint import digest, fingerprint, normal
from nodepath_cli.audit.history import Change, History, Migration
from nodepath_cli.audit.rules import selected
from nodepath_cli.audit.rules.dialect_only_syntax import RULE as DIALECT_ONLY
from nodepath_cli.audit.suppress import apply
from nodepath_cli.config import Settings
from nodepath_cli.deploy.git import changed_since
from nodepath_cli.lint.code import uses
from nodepath_cli.lint.history import collected
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.statement import OffsetMap, Span, Statement, Variant
from nodepath_cli.sql.resolution import Resolution

_NOT_UNDERSTOOD = frozenset({None, 1064, 4161})


def lint(paths: Sequence[str], settings: Settings, *, code: Sequence[str] = (), diff_base: str | None = None) -> Report:
    """Check migrations without a database and return the finished report.

    `code` is where statements are looked for that name what a migration takes away; `diff_base` leaves only the
    findings in files that differ from that Git revision. Raises UsageError, NothingToAudit and what the schema sources
    and the code raise.
    """
    started = time.perf_counter()
    active = selected(settings.select, settings.ignore)
    wanted = changed_since(diff_base) if diff_base is not None else None
    found = collected(paths, settings)
    history = replace(found.history, uses=uses(code, settings) if code else {})
    hits = [(rule, hit) for rule in active for hit in _hits(rule, history)]
    findings = [_finding(rule, hit) for rule, hit in hits if wanted is None or _real(hit.path) in wanted]
    findings.sort(key=lambda each: (each.path, each.position.line, each.position.column, each.rule))
    settled = apply(findings, found.files)
    unresolved = tuple(_unresolved(history))
    statements = sum(len(migration.changes) for migration in history.migrations)
    lost = sum(1 for migration in history.migrations for change in migration.changes if _lost(change))
    schema = history.final
    return Report(
        # Revisions begin with an empty database: what they lead to is `head`.
        schema=SchemaSummary(
            schema.sources or ("head",), history.dialect.name, len(schema.tables), schema.column_count
        ),
        counts=Counts(
            files=len(history.migrations),
            statements=statements,
            resolved=statements - lost,
            unresolved=lost,
            suppressed=settled.suppressed,
            seconds=time.perf_counter() - started,
        ),
        findings=settled.kept,
        unresolved=unresolved,
        sources=_texts(settled.kept, unresolved, found.files),
    )


def _real(path: str) -> Path:
    return Path(path).resolve()


def _hits(rule: Rule, history: History) -> Iterator[MigrationHit]:
    if rule.check_migrations:
        yield from rule.check_migrations(history)
    if rule.id == DIALECT_ONLY.id:
        for migration in history.migrations:
            for change in migration.changes:
                yield from _of_text(rule, change, history)


def _of_text(rule: Rule, change: Change, history: History) -> Iterator[MigrationHit]:
    """Yield what a rule about the text of DDL says of a statement of a migration."""
    if change.ddl is None or rule.check is None:
        return
    offsets = OffsetMap.identity(change.path, 0, len(change.sql))
    variant = Variant(change.sql, offsets)
    statement = Statement((variant,), Span(change.path, 0, len(change.sql)), "sql")
    context = Context(change.before, history.dialect, statement)
    for hit in rule.check(Resolution(variant, "ddl"), context):
        yield change.hit(hit.message, identifier=hit.identifier, errno=hit.errno)


def _finding(rule: Rule, hit: MigrationHit) -> Finding:
    return Finding(
        rule=rule.id,
        name=rule.name,
        severity=hit.severity or rule.severity,
        confidence=Confidence.CERTAIN,
        message=hit.message,
        path=hit.path,
        position=hit.position,
        statement_id=digest(hit.path, hit.revision, normal(hit.sql)),
        statement_path=hit.path,
        statement_line=hit.position.line,
        sql=hit.sql,
        fingerprint=fingerprint(rule.id, hit.path, hit.revision, hit.sql, hit.identifier),
        errno=hit.errno,
        table=hit.table,
        identifier=hit.identifier,
        related=hit.related,
    )


def _lost(change: Change) -> bool:
    return any(problem.errno in _NOT_UNDERSTOOD for problem in change.refused)


def _unresolved(history: History) -> Iterator[Unresolved]:
    for migration in history.migrations:
        if migration.problem:
            yield Unresolved(migration.path, 1, 1, None, migration.problem)
        yield from _not_understood(migration)


def _not_understood(migration: Migration) -> Iterator[Unresolved]:
    for change in migration.changes:
        for problem in change.refused:
            if problem.errno in _NOT_UNDERSTOOD:
                line, column = change.position.line, change.position.column
                yield Unresolved(change.path, line, column, None, problem.message, change.sql)


def _texts(
    findings: Sequence[Finding], unresolved: Sequence[Unresolved], files: Mapping[str, SourceFile]
) -> dict[str, str]:
    paths = {each.path for each in findings} | {each.path for each in unresolved}
    paths |= {place.path for each in findings for place in each.related}
    return {path: files[path].text for path in sorted(paths) if path in files}
