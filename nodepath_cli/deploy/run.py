"""`nodepath audit-deploy` as a function: the paths and the settings in, the finished answer out."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

from msgspec.structs import replace

from nodepath_cli.audit.analyse import Progress
from nodepath_cli.audit.baseline import hold
from nodepath_cli.audit.baseline_file import load as load_baseline
from nodepath_cli.audit.finding import Finding, Judged, Report, SchemaSummary, Skipped, Unresolved
from nodepath_cli.audit.rules import selected
from nodepath_cli.audit.run import counted
from nodepath_cli.audit.suppress import apply
from nodepath_cli.config import Settings
from nodepath_cli.deploy.across import Course, Status, courses
from nodepath_cli.deploy.changes import Change, changes
from nodepath_cli.deploy.code import Code, Read, read, understood
from nodepath_cli.deploy.contract import contract
from nodepath_cli.deploy.findings import findings
from nodepath_cli.deploy.git import checked_out, there
from nodepath_cli.deploy.pending import plan
from nodepath_cli.deploy.records import Deploy, DeployFinding, Failure, Plan, State, Verdict
from nodepath_cli.deploy.states import Replayed, replayed
from nodepath_cli.deploy.verdict import verdict
from nodepath_cli.errors import NothingToAudit, SchemaError, UsageError
from nodepath_cli.source.statement import legible


def audit_deploy(
    paths: Sequence[str],
    settings: Settings,
    *,
    below: Sequence[str] = (),
    column: str | None = None,
    progress: Progress | None = None,
) -> Deploy:
    """Return which has to go first, code or migration, for every pending revision.

    The base schema is `settings.from_source`, the database by default, laid over the sources `below`; the migrations
    are those of `settings.migrations`. With `settings.base_ref` the code of that Git revision counts as the code that
    runs now. `column` (`TABLE.COLUMN`) asks who still uses it. Raises ConfigError where no database is configured,
    UsageError, NothingToAudit, and what the schema sources and the migrations raise.
    """
    started = time.perf_counter()
    active = frozenset(rule.id for rule in selected(settings.select, settings.ignore))
    try:
        planned, dialect = plan(settings, below)
    except SchemaError:
        # A path that does not exist goes before a schema that is not available.
        with contextlib.suppress(NothingToAudit):
            read(paths, settings)
        raise
    settings = replace(settings, dialect=dialect)
    made = replayed(planned, dialect)
    codes = _codes(paths, planned, settings, progress)
    found, unexplained = _findings(codes, made.states, active, settings)
    kept, suppressed, baselined = _kept(found, codes, settings)
    verdicts = _verdicts(planned, made, kept, settings.base_ref)
    report = _report(planned, codes, verdicts, settings)
    seconds = time.perf_counter() - started
    counts = replace(report.counts, suppressed=suppressed, baselined=baselined, seconds=seconds)
    asked = contract(column, codes) if column else None
    return Deploy(
        made.states,
        verdicts,
        replace(report, counts=counts),
        settings.base_ref,
        _base_sources(codes, verdicts) | planned.texts,
        asked,
        unexplained,
    )


def _codes(paths: Sequence[str], planned: Plan, settings: Settings, progress: Progress | None) -> tuple[Code, ...]:
    """Return the code now and, with `--base`, the code at that revision."""
    reads: list[tuple[str | None, Read]] = [(None, read(paths, settings))]
    if settings.base_ref is not None:
        named = there(paths)
        # Code without SQL breaks on nothing.
        with contextlib.suppress(NothingToAudit), checked_out(settings.base_ref, named):
            reads.append((settings.base_ref, read(named, settings)))
    return tuple(understood(each, ref, planned.base, settings, progress) for ref, each in reads)


def _findings(
    codes: Sequence[Code], states: Sequence[State], active: frozenset[str], settings: Settings
) -> tuple[list[DeployFinding], int]:
    """Return the findings of all versions of the code, and how many places of the code now fail even at the end."""
    found: list[DeployFinding] = []
    known: set[str] = set()
    unexplained = 0
    steps = settings.dialect.family != "sqlite"
    for code in codes:
        files = {file.path: file for file in code.analysis.files.files}
        made: list[Change] = []
        for course in courses(code, states, settings):
            told = list(changes(course, states, steps=steps))
            made += [each for each in told if each.rule.id in active]
            unexplained += code.ref is None and _unexplained(course, told)
        # What both versions have is told of the code now.
        fresh = [each for each in findings(made, files, code.ref) if code.ref is None or _is_new(each, known)]
        known |= {each.finding.fingerprint for each in fresh}
        found += fresh
    return found, unexplained


def _unexplained(course: Course, told: Sequence[Change]) -> bool:
    """Say whether a site fails at the end though no revision takes what it needs."""
    return course.statuses[-1] is Status.FAILS and all(each.rule.id != "NP202" for each in told)


def _is_new(each: DeployFinding, known: set[str]) -> bool:
    """Say whether a finding of the code at `--base` tells something: what a revision mends for it does not."""
    return each.finding.rule != "NP201" and each.finding.fingerprint not in known


def _kept(
    found: Sequence[DeployFinding], codes: Sequence[Code], settings: Settings
) -> tuple[list[DeployFinding], int, int]:
    """Return what comments and the baseline leave, and how much each takes away."""
    by_id = {id(each.finding): each for each in found}
    kept: list[Finding] = []
    suppressed = 0
    for code in codes:
        files = {file.path: file for file in code.analysis.files.files}
        applied = apply([each.finding for each in found if each.ref == code.ref], files)
        kept += applied.kept
        suppressed += applied.suppressed
    baselined = 0
    if settings.baseline:
        held = hold(kept, load_baseline(settings.baseline), Judged())
        kept, baselined = list(held.kept), held.baselined
    return [by_id[id(each)] for each in kept], suppressed, baselined


def _verdicts(
    planned: Plan, made: Replayed, found: Sequence[DeployFinding], base_ref: str | None
) -> tuple[Verdict, ...]:
    return tuple(
        verdict(
            pending,
            sorted((each for each in found if each.revision == pending.revision), key=_place),
            [each for each in made.failures if each.revision == pending.revision],
            base_ref,
        )
        for pending in planned.pending
    )


def _base_sources(codes: Sequence[Code], verdicts: Sequence[Verdict]) -> dict[str, str]:
    used = {each.finding.path for one in verdicts for each in one.findings if each.ref is not None}
    old = [file for code in codes if code.ref is not None for file in code.analysis.files.files]
    return {file.path: file.text for file in old if file.path in used}


def _place(each: DeployFinding) -> tuple[bool, str, int, int, str]:
    position = each.finding.position
    return each.ref is not None, each.finding.path, position.line, position.column, each.finding.rule


def _report(planned: Plan, codes: Sequence[Code], verdicts: Sequence[Verdict], settings: Settings) -> Report:
    analysis = codes[0].analysis
    missing = analysis.files.missing
    found = tuple(each.finding for one in verdicts for each in one.findings)
    sources = {file.path: file.text for file in analysis.files.files} | planned.texts
    used = {each.path for each in found} | {place.path for each in found for place in each.related}
    unresolved = _unresolved(codes[0], "unresolved")
    used |= {each.path for each in unresolved}
    schema = planned.base
    return Report(
        schema=SchemaSummary(schema.sources, settings.dialect.name, len(schema.tables), schema.column_count),
        counts=counted(analysis),
        findings=tuple(sorted(found, key=_order)),
        unresolved=unresolved,
        partial=_unresolved(codes[0], "partial"),
        skipped=tuple(Skipped(path, reason) for path, reason in analysis.files.skipped),
        unread=analysis.files.unread,
        notes=(*planned.notes, *_problem_notes(verdicts)),
        sources={path: sources[path] for path in sorted(used) if path in sources},
        error=UsageError(f"no such path: {missing[0]}", "name a file or folder that exists") if missing else None,
    )


def _order(each: Finding) -> tuple[str, int, int, str]:
    return each.path, each.position.line, each.position.column, each.rule


def _unresolved(code: Code, wanted: str) -> tuple[Unresolved, ...]:
    found = []
    for analysed in code.analysis.statements:
        status, reason = analysed.verdict
        if status == wanted and analysed.counted:
            statement = analysed.statement
            line, column = analysed.file.position(statement.span.start)
            sql = legible(statement.sql)
            found.append(Unresolved(statement.span.path, line, column, statement.function, reason or "", sql))
    return tuple(found)


def _problem_notes(verdicts: Sequence[Verdict]) -> tuple[str, ...]:
    def note(each: Failure) -> str:
        return f"{each.path}:{each.line}: not replayed: {each.message}"

    return tuple(note(each) for one in verdicts for each in one.problems)
