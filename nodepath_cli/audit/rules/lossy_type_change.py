"""A migration changes a column to a type, or a character set, that does not hold every value of the old one.

Why it matters: in strict mode the ALTER fails half way through the rows; without it, values are cut, clamped or turned
into zeros, and no downgrade brings them back. `INT` to `CHAR(36)` keeps the digits, but the owner that they stood for
is not found any more.

Example:

    ALTER TABLE devices MODIFY name VARCHAR(50);      -- it was VARCHAR(255)

What to write instead: look for rows that do not fit first (`SELECT COUNT(*) ... WHERE CHAR_LENGTH(name) > 50`); or add
a new column, copy with a rule of your own for what does not fit, and drop the old one when nobody reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.config import Dialect
from nodepath_cli.sql.column_types import loss
from nodepath_cli.sql.ddl import nodes


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each column of an existing table whose new type or charset can lose values."""
    if history.dialect.name == "sqlite":
        return
    for change in history.changes:
        ddl = change.ddl
        if isinstance(ddl, nodes.AlterTable) and change.table is not None and not change.is_new(ddl.name.name):
            for action in ddl.actions:
                yield from _action(change, ddl.name.name, action, history.dialect)


def _action(change: Change, table: str, action: nodes.Action, dialect: Dialect) -> Iterator[MigrationHit]:
    match action:
        case nodes.ChangeColumn(old=old, column=column):
            yield from _column(change, table, old, column.name, dialect)
        case nodes.SetOptions(convert=True):
            for each in change.table.columns if change.table else ():
                yield from _column(change, table, each.name, each.name, dialect)


def _column(change: Change, table: str, old: str, new: str, dialect: Dialect) -> Iterator[MigrationHit]:
    before = change.table.column(old) if change.table else None
    found = change.after.table(table)
    after = found.column(new) if found else None
    if before is None or after is None or before.generated or after.generated:
        return
    lost = loss(before, after, dialect)
    if lost:
        types = f"{before.type} becomes {after.type}"
        if before.type == after.type:
            types = f"{before.charset} becomes {after.charset}"
        yield change.hit(f"{table}.{new}: {types}, which loses {lost}", identifier=new, table=table, errno=1265)


RULE = Rule(
    "NP303",
    "lossy-type-change",
    Severity.WARNING,
    "a column's new type does not hold every value of the old one (1265, 1406, 1366)",
    check_migrations=check,
)
