"""A foreign key refers to columns that no index of the other table begins with.

Why it matters: InnoDB refuses it (1822 on MySQL 8, 1215 on 5.7, 1005 on MariaDB), or, where foreign_key_checks was off
while the tables were made, every change of the parent reads the whole table.

Example:

    ALTER TABLE orders ADD FOREIGN KEY (device) REFERENCES devices (serial);   -- devices.serial has no index

What to write instead: refer to the primary key, or give the referenced columns a UNIQUE key first. The index on the
columns of the foreign key itself is made by the server where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.schema.model import Table
from nodepath_cli.sql.ddl import nodes


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each foreign key whose referenced columns begin no key, in a table that is known."""
    if history.dialect.name == "sqlite":
        return
    for migration in history.migrations:
        for change in migration.changes:
            for key in _foreign_keys(change.ddl):
                parent = change.before.table(key.reference.table.name, key.reference.table.database)
                if parent is not None and parent.kind == "table" and not parent.open and not _indexed(parent, key):
                    yield _hit(change, key, parent)


def _hit(change: Change, key: nodes.ForeignKeyDef, parent: Table) -> MigrationHit:
    columns = ", ".join(key.reference.columns)
    return change.hit(
        f"no key of {parent.name} begins with ({columns})", identifier=parent.name, table=parent.name, errno=1822
    )


def _foreign_keys(ddl: nodes.Ddl | None) -> Sequence[nodes.ForeignKeyDef]:
    match ddl:
        case nodes.CreateTable(elements=elements):
            return [each for each in elements if isinstance(each, nodes.ForeignKeyDef)]
        case nodes.AlterTable(actions=actions):
            added = [each.element for each in actions if isinstance(each, nodes.AddConstraint)]
            return [each for each in added if isinstance(each, nodes.ForeignKeyDef)]
    return ()


def _indexed(parent: Table, key: nodes.ForeignKeyDef) -> bool:
    wanted = [each.lower() for each in key.reference.columns]
    if not wanted or any(parent.column(each) is None for each in wanted):
        return True
    keys: list[Sequence[str | None]] = [parent.primary_key]
    keys += [each.columns for each in (*parent.unique_keys, *parent.indexes)]
    return any([(part or "").lower() for part in each[: len(wanted)]] == wanted for each in keys)


RULE = Rule(
    "NP312",
    "foreign-key-without-index",
    Severity.WARNING,
    "a foreign key refers to columns that begin no key of the other table",
    check_migrations=check,
)
