"""Several DDL statements in one migration, run by a tool that keeps no record of the single statements.

Why it matters: MySQL and MariaDB commit at every DDL statement, whatever transaction is around it. Where the second one
fails, the first one stays, the tool has recorded nothing (or a "dirty" version), and the next run fails at the first
statement with 1050 or 1060. Somebody then mends production by hand.

Example: one file with `ALTER TABLE orders ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;`

What to write instead: one DDL statement in each migration, or one ALTER TABLE with several parts, which is done as a
whole. Alembic revisions that `nodepath db upgrade` runs are recorded statement by statement and go on where they
stopped: they are not reported.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import History


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each numbered SQL migration with more than one DDL statement, at its second one."""
    if history.dialect.name == "sqlite":
        return
    for migration in history.migrations:
        if migration.tool == "sql" and migration.number is not None and len(migration.ddl) > 1:
            count = len(migration.ddl)
            yield migration.ddl[1].hit(f"{count} DDL statements in one migration: each commits by itself")


RULE = Rule(
    "NP306",
    "several-ddl-statements",
    Severity.WARNING,
    "several DDL statements in one migration, each of which commits by itself",
    check_migrations=check,
)
