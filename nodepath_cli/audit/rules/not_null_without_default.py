"""A migration makes a column NOT NULL without a default, in a table that is there already.

Why it matters: an INSERT of the running code does not name the new column, and in strict mode the server answers 1364
to each. A column that becomes NOT NULL meets rows with NULL: in strict mode the ALTER fails (1138, 1265), without it
they turn into zeros and empty texts.

Example:

    ALTER TABLE orders ADD COLUMN currency CHAR(3) NOT NULL;

What to write instead: give a DEFAULT, or add the column as NULL, let the code write it, fill the rows, and make it
NOT NULL in a later migration.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.schema.model import Column
from nodepath_cli.sql.ddl import nodes


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each column that an existing table gets NOT NULL without a default, or that becomes NOT NULL."""
    for change in history.changes:
        if not isinstance(change.ddl, nodes.AlterTable) or change.is_new(change.ddl.name.name):
            continue
        for action in change.ddl.actions:
            yield from _action(change, action, change.ddl.name.name)


def _action(change: Change, action: nodes.Action, table: str) -> Iterator[MigrationHit]:
    match action:
        case nodes.AddColumns(columns):
            for each in columns:
                made = _after(change, each.name)
                if (
                    made is not None
                    and _required(made)
                    and (change.table is None or not change.table.column(each.name))
                ):
                    yield change.hit(
                        f"{table}.{each.name} is NOT NULL without a default: an INSERT that does not name it fails",
                        identifier=each.name,
                        table=table,
                        errno=1364,
                    )
        case nodes.ChangeColumn(old=old, column=each):
            before, made = change.table.column(old) if change.table else None, _after(change, each.name)
            if before is not None and made is not None and before.nullable and not made.nullable:
                yield change.hit(
                    f"{table}.{each.name} becomes NOT NULL: rows with NULL stop the ALTER, or lose their NULL",
                    identifier=each.name,
                    table=table,
                    errno=1138,
                )


def _was_there(change: Change, name: str) -> bool:
    return change.table is not None and change.table.column(name) is not None


def _after(change: Change, name: str) -> Column | None:
    if not isinstance(change.ddl, nodes.AlterTable):
        return None
    renamed = next((each.name for each in change.ddl.actions if isinstance(each, nodes.RenameTo)), change.ddl.name)
    table = change.after.table(renamed.name, renamed.database)
    return table.column(name) if table else None


def _required(column: Column) -> bool:
    """Say whether an INSERT has to name it: an ENUM takes its first member (manual, "Data Type Default Values")."""
    return not (
        column.nullable
        or column.default is not None
        or column.generated
        or column.auto_increment
        or column.type.startswith("enum")
    )


RULE = Rule(
    "NP302",
    "not-null-without-default",
    Severity.WARNING,
    "a column of an existing table is made NOT NULL without a default (1364, 1138)",
    check_migrations=check,
)
