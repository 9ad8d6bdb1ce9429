"""The same DDL through MariaDB and through the replay, and every difference between the two results."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pymysql
from pymysql.cursors import Cursor

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.sql.ddl import DdlText, Replay, column_type_text

Connection: TypeAlias = "pymysql.connections.Connection[Cursor]"

Restart: TypeAlias = Callable[[], Connection]

MARIADB = Dialect("mariadb", (10, 11))
DATABASE_CHARSET = "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
"""What the database fixture is made with, told to the replay as its first statement."""

_DROP = re.compile(
    r"\s*(?:/\*.*?\*/\s*)*(?:DROP\s+(?:TABLE|VIEW|DATABASE)|CREATE\s+OR\s+REPLACE)\b", re.IGNORECASE | re.DOTALL
)
_COLUMNS = """SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, CHARACTER_SET_NAME,
COLLATION_NAME, GENERATION_EXPRESSION, IS_GENERATED FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = %(database)s ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_TABLES = """SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION FROM information_schema.TABLES
WHERE TABLE_SCHEMA = %(database)s"""
_KEYS = """SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = %(database)s ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"""
_FOREIGN = """SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME,
r.DELETE_RULE, r.UPDATE_RULE FROM information_schema.KEY_COLUMN_USAGE k
JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA
AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
WHERE k.TABLE_SCHEMA = %(database)s AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"""

Facts = dict[str, object]
"""Everything that is compared of one column, or of a table beside its columns, by name."""


@dataclass
class Judged:
    """The differences after one script."""

    statements: int = 0
    tables: int = 0
    columns: int = 0
    attributes: int = 0
    verdicts: list[str] = field(default_factory=list)
    """Statements that one side takes and the other refuses, or refuses with another error number."""
    shapes: list[str] = field(default_factory=list)
    """Tables or columns that one side has and the other has not, or in another order."""
    details: list[str] = field(default_factory=list)
    """Attributes that differ."""

    @property
    def all(self) -> list[str]:
        """Every difference."""
        return self.verdicts + self.shapes + self.details


def judge(
    connection: Connection,
    statements: Iterable[str],
    dialect: Dialect = MARIADB,
    restart: Restart | None = None,
    numbers: bool = True,
) -> Judged:
    """Run the statements on the connection's empty database and through the replay, and compare.

    The results are compared before every DROP and at the end. Without `numbers` any refusal agrees with any other:
    which of several faults the server names first is left open. `restart` empties the database and returns the
    connection: with it, both sides begin anew where they disagree on a statement, so that one disagreement counts once.
    """
    judged = Judged()
    running = begin(database_of(connection), dialect)
    for number, text in enumerate(statements):
        judged.statements += 1
        if _DROP.match(text):
            compare(connection, running.schema(), dialect, judged)
        errno = execute(connection, text)
        problems = running.run(DdlText(text, "", number + 1))
        ours = (problems[0].errno or -1) if problems else 0
        if errno == ours or (not numbers and errno and ours):
            continue
        shown = " ".join(text.split())[:300]
        judged.verdicts.append(f"server {errno}, replay {ours} {problems[0].message if problems else ''}: {shown}")
        if restart is not None:
            connection = restart()
            running = begin(database_of(connection), dialect)
    compare(connection, running.schema(), dialect, judged)
    return judged


def database_of(connection: Connection) -> str:
    """Return the database that the connection was opened with."""
    name = connection.db
    return name.decode() if isinstance(name, bytes) else str(name)


def begin(database: str, dialect: Dialect) -> Replay:
    """Return a replay of an empty database with the fixture's charset."""
    running = Replay(Schema(dialect=dialect.name, version=dialect.version, database=database), dialect)
    running.run(DdlText(DATABASE_CHARSET))
    return running


def execute(connection: Connection, text: str) -> int:
    """Run one statement; 0, or the server's error number."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(text)
            while cursor.nextset():
                pass
    except pymysql.err.Error as error:
        return int(error.args[0])
    return 0


def compare(connection: Connection, schema: Schema, dialect: Dialect, judged: Judged) -> None:
    """Compare the connection's database with a schema."""
    theirs, their_columns = of_server(connection)
    ours = {table.name: table for table in schema.tables if table.database is None}
    for name in sorted(set(theirs) | set(ours)):
        judged.tables += 1
        if name not in ours:
            judged.shapes.append(f"{name}: only on the server")
        elif name not in theirs:
            judged.shapes.append(f"{name}: only in the replay")
        else:
            _compare_table(name, theirs[name], their_columns.get(name, {}), ours[name], dialect, judged)


def _compare_table(
    name: str, facts: Facts, columns: dict[str, Facts], table: Table, dialect: Dialect, judged: Judged
) -> None:
    judged.columns += len(columns)
    if table.open:
        judged.shapes.append(f"{name}: the replay cannot tell its columns")
        return
    if table.kind == "view" and not columns:
        # A view over a table that has gone: the server lists no columns for it.
        return
    names = [column.name for column in table.columns]
    if names != list(columns):
        judged.shapes.append(f"{name}: server {list(columns)}, replay {names}")
    for label, value in of_table(table).items():
        judged.attributes += 1
        if facts.get(label) != value:
            judged.details.append(f"{name} {label}: server {facts.get(label)}, replay {value}")
    for column in table.columns:
        there = columns.get(column.name)
        if there is None or table.kind != "table":
            continue
        for label, value in of_column(column, dialect).items():
            judged.attributes += 1
            if there[label] != value and column.type:
                judged.details.append(f"{name}.{column.name} {label}: server {there[label]!r}, replay {value!r}")


def of_server(connection: Connection) -> tuple[dict[str, Facts], dict[str, dict[str, Facts]]]:
    """Return what information_schema says of tables and columns."""
    keys: dict[str, dict[str, tuple[bool, list[str | None]]]] = defaultdict(dict)
    for table, name, non_unique, column in _rows(connection, _KEYS):
        keys[table].setdefault(name, (not int(non_unique), []))[1].append(column)
    foreign: dict[str, dict[str, list[object]]] = defaultdict(dict)
    for table, name, column, other, other_column, on_delete, on_update in _rows(connection, _FOREIGN):
        entry = foreign[table].setdefault(name, [other, _action(on_delete), _action(on_update)])
        entry.append((column, other_column))
    tables: dict[str, Facts] = {}
    for name, kind, engine, collation in _rows(connection, _TABLES):
        view = kind == "VIEW"
        tables[name] = {
            "kind": {"VIEW": "view", "SEQUENCE": "sequence"}.get(kind, "table"),
            "versioned": kind == "SYSTEM VERSIONED",
            "collation": None if view or kind == "SEQUENCE" else collation,
            "engine": None if view or kind == "SEQUENCE" else (engine or "").lower(),
            "keys": {key: (unique, tuple(columns)) for key, (unique, columns) in keys[name].items()},
            "foreign keys": {key: tuple(entry) for key, entry in foreign[name].items()},
        }
    columns: dict[str, dict[str, Facts]] = defaultdict(dict)
    for table, name, kind, nullable, default, extra, charset, collation, expression, generated in _rows(
        connection, _COLUMNS
    ):
        extra = extra.lower()
        columns[table][name] = {
            "type": kind,
            "nullable": nullable == "YES",
            "default": _default(default) if generated != "ALWAYS" else None,
            "on update": next(iter(re.findall(r"on update (\S+)", extra)), None),
            "auto_increment": "auto_increment" in extra,
            "generated": ("stored" in extra and "stored") or ("virtual" in extra and "virtual") or None,
            "expression": expression_text(expression),
            "invisible": "invisible" in extra,
            "charset": charset,
            "collation": collation,
        }
    return tables, columns


def _rows(connection: Connection, query: str) -> Iterator[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"database": database_of(connection)})
        yield from cursor.fetchall()


def _action(rule: str) -> str | None:
    return None if rule in ("RESTRICT", "NO ACTION") else rule.lower()


def _default(text: str | None) -> str | None:
    if text is None or text.upper() == "NULL":
        return None
    return text if text.startswith("'") else expression_text(text)


def expression_text(text: str | None) -> str | None:
    """Return an expression without what the server adds to it or leaves out of it."""
    if text is None:
        return None
    text = re.sub(r"\b(_utf8mb4|_latin1)(?=')", "", text)
    text = re.sub(r"\bcharset \w+(?=\))|`\w+`\.(?=`)", "", text).replace('"', "'")
    return re.sub(r"[`\s()]+", "", text).lower()


def of_table(table: Table) -> Facts:
    """Return the same facts of the replay's table."""
    plain = table.kind == "table"
    keys: dict[str, tuple[bool, tuple[str | None, ...]]] = {}
    if table.primary_key:
        keys["PRIMARY"] = (True, tuple(table.primary_key))
    keys |= {key.name: (True, key.columns) for key in table.unique_keys}
    keys |= {key.name: (False, key.columns) for key in table.indexes}
    return {
        "kind": table.kind,
        "versioned": table.versioned,
        "collation": table.collation if plain else None,
        "engine": (table.engine or "InnoDB").lower() if plain else None,
        "keys": keys,
        "foreign keys": {
            key.name: (
                key.table.rpartition(".")[2],
                _action((key.on_delete or "restrict").upper()),
                _action((key.on_update or "restrict").upper()),
                *zip(key.columns, key.references, strict=True),
            )
            for key in table.foreign_keys
        },
    }


def of_column(column: Column, dialect: Dialect) -> Facts:
    """Return the same facts of the replay's column."""
    return {
        "type": column_type_text(column.type, dialect),
        "nullable": column.nullable,
        "default": _default(column.default),
        "on update": column.on_update,
        "auto_increment": column.auto_increment,
        "generated": column.generated.kind if column.generated else None,
        "expression": expression_text(column.generated.expression if column.generated else None),
        "invisible": column.invisible,
        "charset": column.charset,
        "collation": column.collation,
    }
