"""The Alembic revisions end in more than one head.

Why it matters: `upgrade head` then refuses to run ("multiple heads"), mostly in the deploy job, or only one branch is
ever applied. It happens when two branches add a revision behind the same one.

Example: 0007_a and 0007_b, both with `down_revision = "0006"`.

What to write instead: let the later one follow the other (`down_revision`), or merge them: `alembic merge heads`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History


def check(history: History) -> Iterator[MigrationHit]:
    """Yield every head but the first, where there are several."""
    if len(history.heads) < 2:
        return
    for migration in history.migrations:
        if migration.tool == "alembic" and migration.revision in history.heads[1:]:
            yield migration.hit(
                f"{migration.revision} is one of {len(history.heads)} heads: {', '.join(history.heads)}"
            )


RULE = Rule("NP311", "several-heads", Severity.WARNING, "the revisions end in several heads", check_migrations=check)
