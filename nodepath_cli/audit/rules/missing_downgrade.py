"""A migration that nothing undoes, in a folder where the others can be undone.

Why it matters: when the deploy has to be taken back at night, the schema stays where it is, and the old code meets it.

Example: `000012_add_index.up.sql` without `000012_add_index.down.sql`; an Alembic revision whose `downgrade()` only
says `pass`.

What to write instead: the statements that take it back. Where data would be lost, say so in the file, so that it is
known to be a decision.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each migration without a way back, where its folder has such ways."""
    with_way = {each.folder for each in history.migrations if each.down}
    for migration in history.migrations:
        if migration.down is False and migration.ddl and (migration.tool == "alembic" or migration.folder in with_way):
            yield migration.hit(f"nothing undoes {migration.revision}")


RULE = Rule("NP305", "missing-downgrade", Severity.WARNING, "a migration that nothing undoes", check_migrations=check)
