"""A statement of a migration that the server refuses, after all that runs before it.

Why it matters: the migration stops there. What stands before it in the same file has been committed, what stands behind
it never runs, and neither does any later migration.

Example: two scripts that rename the same column: the second one meets a name that is gone (1054).

What to write instead: look at what the earlier migrations leave (`nodepath schema show --schema FOLDER`), and change
the later one, if no database has run it yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History

_NOT_THERE = frozenset({1146, 1049, 1051, 1824, 1005, 1215})
"""A table or database that no migration makes may have been there before the first one."""

_TOLD = frozenset({1064, 4161, 1822})
"""What is not understood is listed as unresolved, and a reference without an index is NP312."""


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
    check_migrations=check,
)
