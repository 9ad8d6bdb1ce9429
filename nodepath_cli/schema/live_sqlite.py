"""SQLite's catalogue as a Schema (sqlite.org, "PRAGMA Statements")."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from nodepath_cli.schema.model import Column, ForeignKey, Generated, Key, Problem, Schema, Table


def read_sqlite(connection: sqlite3.Connection, only: Sequence[str] | None = None, *, name: str = "") -> Schema:
    """Return the schema of an open SQLite database, or of the tables named in `only`. `name` says whose problems
    are reported.

    Raises sqlite3.Error where the file is not a database.
    """
    tables: list[Table] = []
    problems: list[Problem] = []
    for kind, table, sql in connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' "
        "ESCAPE '\\' ORDER BY name"
    ).fetchall():
        if only is not None and table not in only:
            continue
        try:
            tables.append(_view(connection, table) if kind == "view" else _table(connection, table, sql or ""))
        except sqlite3.OperationalError as error:
            # A view over a table that is gone.
            problems.append(Problem(name, 0, f"{kind} '{table}': {error}"))
            tables.append(Table(table, kind="view" if kind == "view" else "table", open=True))
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    # SQLite compares table names without regard to case.
    return Schema(dialect="sqlite", version=version, problems=tuple(problems), case_sensitive_tables=False).with_tables(
        tables
    )


def _view(connection: sqlite3.Connection, name: str) -> Table:
    rows = connection.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
    return Table(name, tuple(Column(row[1], (row[2] or "").lower()) for row in rows), kind="view")


def _table(connection: sqlite3.Connection, name: str, sql: str) -> Table:
    # cid, name, type, notnull, dflt_value, pk (1-based place in the key), hidden (1 hidden, 2 virtual, 3 stored)
    rows = connection.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
    primary = tuple(row[1] for row in sorted((row for row in rows if row[5]), key=lambda row: int(row[5])))
    rowid = primary[0] if len(primary) == 1 and not re.search(r"WITHOUT\s+ROWID\s*$", sql, re.IGNORECASE) else None
    columns = []
    for _, column, kind, not_null, default, place, hidden in rows:
        # An INTEGER PRIMARY KEY is the row's number: SQLite fills it in, AUTOINCREMENT or not.
        numbered = column == rowid and (kind or "").upper() == "INTEGER"
        columns.append(
            Column(
                column,
                (kind or "").lower(),
                nullable=not not_null and not place,
                default=None if default is None or str(default).upper() == "NULL" else str(default),
                auto_increment=numbered,
                generated=Generated("virtual" if hidden == 2 else "stored", "") if hidden in (2, 3) else None,
                invisible=hidden == 1,
            )
        )
    unique, indexes = _keys(connection, name)
    return Table(
        name,
        tuple(columns),
        primary_key=primary,
        unique_keys=unique,
        indexes=indexes,
        foreign_keys=_foreign_keys(connection, name),
    )


def _keys(connection: sqlite3.Connection, table: str) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    unique: list[Key] = []
    indexes: list[Key] = []
    rows = connection.execute(f"PRAGMA index_list({_quoted(table)})").fetchall()
    for _, name, is_unique, origin, *partial in reversed(rows):
        if origin == "pk":
            continue
        columns = connection.execute(f"PRAGMA index_info({_quoted(name)})").fetchall()
        key = Key(name, tuple(row[2] for row in columns))
        # A partial unique index lets rows in twice: it is no unique key of the table.
        (unique if is_unique and not (partial and partial[0]) else indexes).append(key)
    return tuple(unique), tuple(indexes)


def _foreign_keys(connection: sqlite3.Connection, table: str) -> tuple[ForeignKey, ...]:
    grouped: dict[int, list[tuple[object, ...]]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({_quoted(table)})").fetchall():
        grouped.setdefault(row[0], []).append(row)
    return tuple(
        ForeignKey(
            "",
            tuple(str(row[3]) for row in rows),
            str(rows[0][2]),
            tuple(str(row[4]) for row in rows if row[4] is not None),
            _action(str(rows[0][6])),
            _action(str(rows[0][5])),
        )
        for _, rows in sorted(grouped.items())
    )


def _action(rule: str) -> str | None:
    return None if rule in ("NO ACTION", "RESTRICT") else rule.lower()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
