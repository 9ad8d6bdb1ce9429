"""A migration drops or renames a column or a table that the code still names.

Why it matters: from the moment the statement has run until the new code is everywhere, every statement that names the
old one fails with 1054 or 1146. On MySQL the ALTER commits at once and cannot be taken back with the transaction.

Example:

    ALTER TABLE users DROP COLUMN nickname;      -- and somewhere: SELECT id, nickname FROM users

What to write instead: expand, then contract. Ship code that no longer names the column, then drop it; for a rename, add
the new column, write both, copy, move the readers, and drop the old one last. `nodepath audit-deploy --contract
TABLE.COLUMN` proves that nobody names it any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.finding import MigrationHit, Rule, Severity
from nodepath_cli.audit.history import Change, History
from nodepath_cli.sql.ddl import nodes

_SHOWN = 3
"""How many places of the code a finding names."""


def check(history: History) -> Iterator[MigrationHit]:
    """Yield each drop or rename of something that the code names and that the last migration does not have."""
    for change in history.changes:
        for table, column, verb in _taken(change):
            if _there(history, table, column):
                continue
            uses = history.uses.get((table.lower(), column.lower() if column else None), ())
            if not uses:
                continue
            name = f"{table}.{column}" if column else table
            count = len(uses)
            yield change.hit(
                f"{verb} {name}, which {count} {'place' if count == 1 else 'places'} in the code still "
                f"{'names' if count == 1 else 'name'}",
                identifier=column or table,
                table=table,
                errno=1054 if column else 1146,
                related=tuple(each.place for each in uses[:_SHOWN]),
            )


def _taken(change: Change) -> Iterator[tuple[str, str | None, str]]:
    match change.ddl:
        case nodes.DropTables(kind="table" | "view", names=names, temporary=False):
            yield from ((name.name, None, "drops") for name in names if not change.is_new(name.name))
        case nodes.RenameTables(pairs=pairs):
            yield from ((old.name, None, "renames") for old, _ in pairs if not change.is_new(old.name))
        case nodes.AlterTable(name=table, actions=actions) if not change.is_new(table.name):
            for action in actions:
                match action:
                    case nodes.DropColumn(name=name):
                        yield table.name, name, "drops"
                    case nodes.RenameColumn(old=old):
                        yield table.name, old, "renames"
                    case nodes.ChangeColumn(old=old, column=column) if column.name.lower() != old.lower():
                        yield table.name, old, "renames"
                    case nodes.RenameTo():
                        yield table.name, None, "renames"


def _there(history: History, table: str, column: str | None) -> bool:
    """Say whether a later migration brings it back."""
    found = history.final.table(table)
    return found is not None and (column is None or found.column(column) is not None)


RULE = Rule(
    "NP301",
    "drop-in-use",
    Severity.WARNING,
    "a migration drops or renames what the code still names (1054, 1146)",
    check_migrations=check,
)
