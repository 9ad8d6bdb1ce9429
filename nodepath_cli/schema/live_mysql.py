"""information_schema of MySQL and MariaDB as a Schema.

Facts: the columns of information_schema are those of the MySQL 8.0 and 5.7 manuals; what MariaDB 10.11 answers was
measured. The one great difference is COLUMN_DEFAULT: MariaDB gives SQL text (`'x'`, `NULL`, `current_timestamp()`),
MySQL the bare value (`x`), with DEFAULT_GENERATED in EXTRA where it is an expression (8.0 and later).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import (
    Column,
    ForeignKey,
    Generated,
    Key,
    Problem,
    Schema,
    Table,
    TableKind,
)

if TYPE_CHECKING:
    import pymysql

_TABLES = """SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION
FROM information_schema.TABLES WHERE TABLE_SCHEMA = %(database)s{only} ORDER BY TABLE_NAME"""
_COLUMNS = """SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA,
CHARACTER_SET_NAME, COLLATION_NAME, GENERATION_EXPRESSION
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %(database)s{only} ORDER BY TABLE_NAME, ORDINAL_POSITION"""
_KEYS = """SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %(database)s{only}"""
_FOREIGN_KEYS = """SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME,
k.REFERENCED_COLUMN_NAME, r.DELETE_RULE, r.UPDATE_RULE
FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
WHERE k.TABLE_SCHEMA = %(database)s AND k.REFERENCED_TABLE_NAME IS NOT NULL{only}
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"""
_JSON_CHECKS = """SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = %(database)s AND LEVEL = 'Column'{only}"""

_KINDS: dict[str, TableKind] = {"VIEW": "view", "SYSTEM VIEW": "view", "SEQUENCE": "sequence"}
_NUMBER = lazy(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")
_TEXT_TYPE = lazy(r"(var)?char|(tiny|medium|long)?(text|blob)|(var)?binary|enum|set|date|time|year", re.IGNORECASE)
_NOW = lazy(r"(?:current_timestamp|now|localtime|localtimestamp)(?:\((\d*)\))?", re.IGNORECASE)
Server = Literal["mysql", "mariadb"]


def read_mysql(connection: pymysql.connections.Connection[Any], only: Sequence[str] | None = None) -> Schema:
    """Return the schema of the connection's database, or of the tables named in `only`.

    Raises pymysql.err.Error where the server refuses a query.
    """
    rows = _Reader(connection, only)
    server, version, sensitive = rows.server()
    json = _json_columns(rows, server, version)
    columns: dict[str, list[Column]] = defaultdict(list)
    for name, *rest in rows.read(_COLUMNS):
        column = _column(server, *rest)
        columns[name].append(replace(column, type="json") if (name, column.name) in json else column)
    keys = _grouped_keys(rows.read(_KEYS))
    foreign = _grouped_foreign_keys(rows.read(_FOREIGN_KEYS, "k."))
    tables: list[Table] = []
    problems: list[Problem] = []
    for name, kind_name, engine, collation in rows.read(_TABLES):
        kind = _KINDS.get(kind_name, "table")
        found = tuple(columns.get(name, ()))
        if not found:
            # A view over a table that is gone: the server lists no columns for it.
            problems.append(Problem("information_schema", 0, f"the server lists no columns for '{name}'", 1356))
        primary, unique, indexes = _split_keys(keys.get(name, {})) if kind == "table" else ((), (), ())
        tables.append(
            Table(
                name,
                found,
                kind=kind,
                versioned=kind_name == "SYSTEM VERSIONED",
                open=not found,
                primary_key=primary,
                unique_keys=unique,
                indexes=indexes,
                foreign_keys=foreign.get(name, ()),
                engine=engine if kind == "table" else None,
                charset=collation.partition("_")[0] if collation else None,
                collation=collation,
            )
        )
    return Schema(
        dialect=server,
        version=version,
        database=rows.database,
        problems=tuple(problems),
        case_sensitive_tables=sensitive,
    ).with_tables(tables)


def _json_columns(rows: _Reader, server: Server, version: tuple[int, ...]) -> set[tuple[str, str]]:
    """Return the (table, column) pairs of type JSON on MariaDB, which makes of it LONGTEXT with a check of its own
    (MariaDB Knowledge Base, "JSON Data Type"; the view of the checks is there from 10.3 on)."""
    if server != "mariadb" or version < (10, 3):
        return set()
    return {(table, name) for table, name, check in rows.read(_JSON_CHECKS) if check == f"json_valid(`{name}`)"}


class _Reader:
    """Queries over information_schema, for one database and, where asked, a few of its tables."""

    def __init__(self, connection: pymysql.connections.Connection[Any], only: Sequence[str] | None) -> None:
        self._connection = connection
        self._only = tuple(only) if only is not None else None
        self.database = str(self._rows("SELECT DATABASE()")[0][0])

    def server(self) -> tuple[Server, tuple[int, ...], bool]:
        """Return which server it is, its version, and whether table names are case-sensitive."""
        text, lower_case = self._rows("SELECT VERSION(), @@lower_case_table_names")[0]
        numbers = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?", text)
        version = tuple(int(part) for part in numbers.groups() if part is not None) if numbers else ()
        return ("mariadb" if "mariadb" in text.lower() else "mysql"), version, int(lower_case) == 0

    def read(self, query: str, prefix: str = "") -> list[tuple[Any, ...]]:
        """Run one of the queries of this module."""
        if self._only == ():
            return []
        only = f" AND {prefix}TABLE_NAME IN %(only)s" if self._only is not None else ""
        return self._rows(query.format(only=only), {"database": self.database, "only": self._only})

    def _rows(self, query: str, arguments: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, arguments)
            return [tuple(_text(value) for value in row) for row in cursor.fetchall()]


def _text(value: Any) -> Any:
    # MySQL 8 answers some columns of information_schema with a binary collation.
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _column(
    server: Server,
    name: str,
    kind: str,
    nullable: str,
    default: str | None,
    extra: str | None,
    charset: str | None,
    collation: str | None,
    expression: str | None,
) -> Column:
    extra = (extra or "").lower()
    generated = None
    if "generated" in extra.replace("default_generated", "") or "persistent" in extra:
        stored = "stored" in extra or "persistent" in extra
        text = (expression or "").replace("\\'", "'") if server == "mysql" else expression or ""
        generated = Generated("stored" if stored else "virtual", text)
    update = re.search(r"on update (\w+(?:\(\d*\))?)", extra)
    return Column(
        name,
        kind.lower() if not re.search(r"['\"]", kind) else _lower_outside_quotes(kind),
        nullable == "YES",
        None if generated else _default(server, kind, default, extra),
        _now(update[1]) if update else None,
        "auto_increment" in extra,
        generated,
        "invisible" in extra,
        charset,
        collation,
    )


def _default(server: Server, kind: str, default: str | None, extra: str) -> str | None:
    """Return a default as SQL text, in MariaDB's spelling for both servers; None for none and for NULL."""
    if default is None or (server == "mariadb" and default.upper() == "NULL"):
        return None
    if server == "mariadb" or "default_generated" in extra:
        return _now(default)
    if _NOW.fullmatch(default) and re.match(r"timestamp|datetime", kind, re.IGNORECASE):
        return _now(default)
    if _NUMBER.fullmatch(default) and not _TEXT_TYPE.match(kind):
        return default
    if re.fullmatch(r"b'[01]*'", default):
        return default
    return "'" + default.replace("\\", "\\\\").replace("'", "''") + "'"


def _now(text: str) -> str:
    match = _NOW.fullmatch(text)
    return f"current_timestamp({match[1] or ''})" if match else text


def _lower_outside_quotes(text: str) -> str:
    parts = re.split(r"('(?:[^']|'')*')", text)
    return "".join(part if part.startswith("'") else part.lower() for part in parts)


Parts = dict[str, list[tuple[bool, str | None]]]


def _grouped_keys(rows: list[tuple[Any, ...]]) -> dict[str, Parts]:
    tables: dict[str, Parts] = defaultdict(lambda: defaultdict(list))
    # Unsorted: the server lists the keys as SHOW CREATE TABLE does, their columns in order.
    for table, name, non_unique, column in rows:
        tables[table][name].append((not int(non_unique), column))
    return tables


def _split_keys(keys: Parts) -> tuple[tuple[str, ...], tuple[Key, ...], tuple[Key, ...]]:
    primary: tuple[str, ...] = ()
    unique: list[Key] = []
    indexes: list[Key] = []
    for name, parts in keys.items():
        columns = tuple(column for _, column in parts)
        if name == "PRIMARY":
            primary = tuple(column for column in columns if column is not None)
        else:
            (unique if parts[0][0] else indexes).append(Key(name, columns))
    return primary, tuple(unique), tuple(indexes)


def _grouped_foreign_keys(rows: list[tuple[Any, ...]]) -> dict[str, tuple[ForeignKey, ...]]:
    grouped: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
    for table, name, *rest in rows:
        grouped[table, name].append(tuple(rest))
    tables: dict[str, tuple[ForeignKey, ...]] = defaultdict(tuple)
    for (table, name), parts in grouped.items():
        tables[table] += (
            ForeignKey(
                name,
                tuple(str(part[0]) for part in parts),
                str(parts[0][1]),
                tuple(str(part[2]) for part in parts),
                _action(parts[0][3]),
                _action(parts[0][4]),
            ),
        )
    return tables


def _action(rule: str) -> str | None:
    """Return a rule in lower case; None for the default, which servers call RESTRICT or NO ACTION as they like."""
    return None if rule in ("RESTRICT", "NO ACTION") else rule.lower()
