"""A migration takes rows or a column's values away for good.

Why it matters: DROP and TRUNCATE commit at once; what was there comes back from a backup alone, and the downgrade that
makes the column anew leaves it empty.

Example:

    ALTER TABLE devices DROP COLUMN owner_id;

What to write instead: first prove that nobody reads it (`nodepath uses devices.owner_id`, `nodepath audit-deploy
--contract devices.owner_id`), keep a copy (`CREATE TABLE ... SELECT`), and say with an ignore comment that it is meant:
`-- nodepath: ignore[NP310] moved to accounts in 0031`.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.sql.ddl import nodes


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each drop or truncation of a table that was there before the migration, and each dropped column."""
    for migration in history.migrations:
        for change in migration.changes:
            # Which databases there are is not known here: a DROP DATABASE is taken as it stands.
            if not change.refused or isinstance(change.ddl, nodes.DropDatabase):
                yield from _change(change)


def _change(change: Change) -> Iterator[MigrationHit]:
    match change.ddl:
        case nodes.DropTables(kind="table", names=names, temporary=False):
            for name in names:
                if not change.is_new(name.name) and _known(change, name):
                    yield change.hit(f"drops {name.name} with its rows", identifier=name.name, table=name.name)
        case nodes.DropDatabase(name=database):
            yield change.hit(f"drops the database {database} with all its tables", identifier=database)
        case nodes.Truncate(name=name) if not change.is_new(name.name):
            yield change.hit(f"empties {name.name}", identifier=name.name, table=name.name)
        case nodes.AlterTable(name=table, actions=actions) if not change.is_new(table.name):
            for action in actions:
                if isinstance(action, nodes.DropColumn) and _holds_values(change, action.name):
                    yield change.hit(
                        f"drops {table.name}.{action.name} with its values", identifier=action.name, table=table.name
                    )


def _known(change: Change, name: nodes.Name) -> bool:
    """Say whether the table is there: DROP TABLE IF EXISTS in front of a CREATE TABLE takes nothing away."""
    return change.before.table(name.name, name.database) is not None


def _holds_values(change: Change, name: str) -> bool:
    column = change.table.column(name) if change.table else None
    return change.table is None or (column is not None and column.generated is None)


RULE = Rule(
    "NP310",
    "destructive-change",
    Severity.WARNING,
    "a migration takes rows or a column's values away for good",
    check_migrations=check,
)
