"""`nodepath fix` as a function: the paths and the settings in, the plan out; `write_all` carries it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from nodepath_cli.audit.analyse import Analysis, Progress, analyse
from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.finding import Finding, Rule, Severity
from nodepath_cli.audit.rules import rules
from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from nodepath_cli.fixing.check import new_errors
from nodepath_cli.fixing.records import Edit, Fix, Fixed, Left, applied
from nodepath_cli.fixing.rewrite import Proposal, Stop, has_unknown_names, proposal
from nodepath_cli.fixing.shared import Letters, disagreeing
from nodepath_cli.fixing.write import write
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.migrations import is_down, version_of


def plan(paths: Sequence[str], settings: Settings, *, unsafe: bool = False, progress: Progress | None = None) -> Fix:
    """Return what can be rewritten in the paths and what is left; nothing is written.

    `unsafe` takes a table's only near name for the one that is meant. Raises UsageError for a path that does not exist,
    NothingToAudit, and what the schema sources raise.
    """
    analysis = analyse(paths, settings, progress)
    if analysis.files.missing:
        raise UsageError(f"no such path: {analysis.files.missing[0]}", "name a file or folder that exists")
    active = [rule for rule in rules() if rule.check and rule.severity is Severity.ERROR and rule.id.startswith("NP1")]
    proposals, left = _proposals(analysis, active, unsafe=unsafe)
    letters = Letters(analysis)
    files = {file.path: file for file in analysis.files.files}
    while proposals:
        proposals = _agreeing(proposals, letters, left)
        fixed = _fixed(proposals, files)
        errors = new_errors(analysis, {each.after.path: each.after for each in fixed}, active, settings)
        if not errors:
            break
        proposals = _without(errors, proposals, left)
    edits = tuple(sorted({edit for each in proposals for edit in each.edits}))
    return Fix(edits, tuple(sorted(left)), tuple(_fixed(proposals, files)))


def write_all(fix: Fix) -> Fix:
    """Write the files of a plan. Raises UsageError where one has changed since or cannot be written."""
    for each in fix.files:
        write(each)
    return replace(fix, written=bool(fix.files))


def _proposals(analysis: Analysis, active: Sequence[Rule], *, unsafe: bool) -> tuple[list[Proposal], list[Left]]:
    files = {file.path: file for file in analysis.files.files}
    scripts = _migrations(analysis)
    proposals: list[Proposal] = []
    left: list[Left] = []
    for analysed in analysis.statements:
        context = analysis.context(analysed)
        if not analysed.outcomes or not has_unknown_names(analysed, context):
            continue
        try:
            if analysed.statement.span.path in scripts:
                raise Stop("it belongs to a migration, which may have run")
            proposals.append(proposal(analysed, context, active, files, unsafe=unsafe))
        except Stop as stop:
            left.append(_left(analysed, str(stop)))
    return proposals, left


def _migrations(analysis: Analysis) -> frozenset[str]:
    """Return the paths of numbered SQL files and of scripts that make tables."""
    return frozenset(
        each.statement.span.path
        for each in analysis.statements
        if each.statement.host == "sql"
        and (each.kind == "ddl" or version_of(each.statement.span.path) or is_down(each.statement.span.path))
    )


def _left(analysed: Analysed, reason: str) -> Left:
    line = analysed.file.position(analysed.statement.span.start)[0]
    return Left(analysed.statement.span.path, line, reason)


def _agreeing(proposals: list[Proposal], letters: Letters, left: list[Left]) -> list[Proposal]:
    """Leave the proposals whose letters another statement uses in another way."""
    while found := disagreeing(proposals, letters):
        left += [_left(proposals[number].analysed, reason) for number, reason in found.items()]
        proposals = [each for number, each in enumerate(proposals) if number not in found]
    return proposals


def _without(errors: Sequence[Finding], proposals: list[Proposal], left: list[Left]) -> list[Proposal]:
    """Leave the proposals in the files of new errors, or all where none lies there."""
    paths = {path for error in errors for path in (error.path, error.statement_path)}
    guilty = [each for each in proposals if paths & {edit.path for edit in each.edits}] or proposals
    reason = f"the audit of the fixed file finds: {errors[0].message}"
    left += [_left(each.analysed, reason) for each in guilty]
    return [each for each in proposals if each not in guilty]


def _fixed(proposals: Sequence[Proposal], files: dict[str, SourceFile]) -> list[Fixed]:
    by_path: dict[str, set[Edit]] = defaultdict(set)
    for each in proposals:
        for edit in each.edits:
            by_path[edit.path].add(edit)
    return [Fixed(files[path], applied(files[path], list(by_path[path]))) for path in sorted(by_path)]
