"""A statement of a migration that the server refuses, after all that runs before it.

Why it matters: the migration stops there. What stands before it in the same file has been committed, what stands behind
it never runs, and neither does any later migration.

Example: two scripts that rename the same column: the second one meets a name that is gone (1054).

What to write instead: look at what the earlier migrations leave (`nodepath schema show --schema FOLDER`), and change
the later one, if no database has run it yet.

`nodepath db lint` follows the migrations from an empty database, and reports this as an error. `nodepath audit-columns`
finds the migrations of the tree itself, and warns where nothing but one or two statements of numbered scripts does not
fit: ALTER and DROP of a column or key that is not there, or is there already, or of a table that a letter is wrong in.
Where more does not fit, the beginning of the schema is elsewhere, or the order another one: a note tells how much.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.ddl_refused import hit_at_name, problem_of, refused_syntax
from nodepath_cli.audit.finding import Confidence, Hit, MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History
from nodepath_cli.audit.near import near_tables
from nodepath_cli.patterns import lazy
from nodepath_cli.source.migrations import version_of
from nodepath_cli.sql.resolution import Resolution, Unparsed

_NOT_THERE = frozenset({1146, 1049, 1051, 1824, 1005, 1215})
"""A table or database that no migration makes may have been there before the first one."""

_TOLD = frozenset({1064, 4161, 1822})
"""What is not understood is listed as unresolved, and a reference without an index is NP312."""


_MOST = 2
"""How many statements may not fit where that is told of each."""
_STEPS = frozenset({1054, 1060, 1061, 1064, 1072, 1091, 1146})
_NO_TABLE = 1146
_TABLE = lazy(r"Table '(?:[^'.]*\.)?([^']*)'")
_CHANGES = lazy(r"(?i)(?:\s|--[^\n]*\n|#[^\n]*\n)*(?:ALTER\s+TABLE|(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX)\b")


def check_script(outcome: Resolution | Unparsed, context: Context) -> Iterator[Hit]:
    """Yield a step of the tree's numbered scripts that does not fit those before it, where all others do."""
    problem = problem_of(context) if context.schema.problems else None
    if problem is None or not context.schema.inferred or not _alone(context):
        return
    sql = outcome.variant.sql
    if not _CHANGES.match(sql) or not context.statement.closed or any(refused_syntax(outcome, context)):
        return
    if problem.errno == _NO_TABLE:
        named = _TABLE.search(problem.message)
        if named is None or not near_tables(named[1], context.schema):
            return
    hit = hit_at_name(sql, problem.errno, problem.message)
    message = f"the server refuses this behind the statements before it: {problem.message}"
    yield Hit(
        message,
        hit.start,
        hit.end,
        identifier=hit.identifier,
        errno=problem.errno,
        confidence=Confidence.LIKELY,
        severity=Severity.WARNING,
    )


def _alone(context: Context) -> bool:
    """Say whether all but one or two steps fit, and those are steps of numbered scripts."""
    problems = context.schema.problems
    return len(problems) <= _MOST and all(
        each.errno in _STEPS and each.path.endswith(".sql") and version_of(each.path) is not None for each in problems
    )


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each statement that was understood and would be refused for a name or a shape that is known."""
    for migration in history.migrations:
        for change in migration.changes:
            for problem in change.refused:
                if problem.errno is not None and problem.errno not in _NOT_THERE | _TOLD:
                    yield change.hit(f"the server refuses this here: {problem.message}", errno=problem.errno)


RULE = Rule(
    "NP313",
    "refused-statement",
    Severity.ERROR,
    "a statement of a migration that the server refuses after those before it",
    check_script,
    check_migrations=check,
)
