"""The judge: what MariaDB says of a statement, and the schema that nodepath is asked with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pymysql

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Key, Schema, Table, TableKind
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Ambiguous, Missing, Resolution, Unparsed, clause_words
from nodepath_cli.sql.resolve import resolve

MARIADB = Dialect("mariadb", (10, 11))
NAME_ERRORS = frozenset((1054, 1052, 1146, 1136))
SYSTEM = ("information_schema", "mysql", "performance_schema", "sys")
_MESSAGES = {
    1054: re.compile(r"Unknown column '(?P<name>.*)' in '(?P<clause>.*)'\Z", re.DOTALL),
    1052: re.compile(r"Column '(?P<name>.*)' in (?P<clause>.*) is ambiguous\Z", re.DOTALL),
    1146: re.compile(r"Table '(?:[^']*?\.)?(?P<name>[^.]*)' doesn't exist\Z", re.DOTALL),
    1110: re.compile(r"Column '(?P<name>.*)' specified twice\Z", re.DOTALL),
    1051: re.compile(r"Unknown table '(?P<name>.*)'\Z", re.DOTALL),
    1056: re.compile(r"Can't group on '(?P<name>.*)'\Z", re.DOTALL),
    1060: re.compile(r"Duplicate column name '(?P<name>.*)'\Z", re.DOTALL),
    1066: re.compile(r"Not unique table/alias: '(?P<name>.*)'\Z", re.DOTALL),
    1109: re.compile(r"Unknown table '(?P<name>.*)' in (?:MULTI DELETE|(?P<clause>.*))\Z", re.DOTALL),
    1247: re.compile(r"Reference '(?P<name>.*)' not supported .*\Z", re.DOTALL),
    1250: re.compile(r"Table '(?P<name>.*)' from one of the SELECTs cannot be used in .*\Z", re.DOTALL),
    1471: re.compile(r"The target table (?P<name>.*) of the .* is not insertable-into\Z", re.DOTALL),
    1093: re.compile(r"Table '(?P<name>.*)' is specified twice", re.DOTALL),
    1288: re.compile(r"The target table (?P<name>.*) of the .* is not updatable\Z", re.DOTALL),
    4004: re.compile(r"Duplicate query name `(?P<name>.*)` in WITH clause\Z", re.DOTALL),
    4009: re.compile(r"Window specification with name '(?P<name>.*)' is not defined\Z", re.DOTALL),
    1327: re.compile(r"Undeclared variable: (?P<name>.*)\Z", re.DOTALL),
}

Connection = pymysql.connections.Connection


@dataclass(frozen=True, slots=True)
class Verdict:
    """One error: its number, the bare identifier and the clause, where they are told."""

    errno: int
    name: str | None = None
    clause: str | None = None

    def names(self, own: Verdict) -> bool:
        """Say whether this, the server's verdict, is about what `own` is about; the server names it qualified."""
        if self.errno != own.errno:
            return False
        if self.name is None:
            return True
        ours, theirs = (own.name or "").lower(), self.name.lower()
        return theirs == ours or theirs.endswith("." + ours)

    def agrees(self, own: Iterable[Verdict]) -> list[Verdict]:
        """Return nodepath's verdicts that are about the same."""
        return [verdict for verdict in own if self.names(verdict)]


@dataclass(frozen=True, slots=True)
class Said:
    """What nodepath says of a statement."""

    unparsed: str | None
    verdicts: tuple[Verdict, ...]
    unknown: bool
    """Something could not be told."""
    spans: tuple[tuple[int, int], ...] = ()
    tables: tuple[str, ...] = ()
    """The tables that the statement names."""


def server_verdict(connection: Connection, sql: str, execute: bool = False) -> Verdict | None:
    """Return the error of PREPARE (and of EXECUTE, rolled back), None where the server accepts the statement."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SET @nodepath_sql = %s", (sql,))
            cursor.execute("PREPARE nodepath_statement FROM @nodepath_sql")
            if execute:
                cursor.execute("START TRANSACTION")
                try:
                    cursor.execute("EXECUTE nodepath_statement")
                finally:
                    cursor.execute("ROLLBACK")
        except pymysql.err.MySQLError as error:
            errno = int(error.args[0]) if error.args else 0
            return _verdict(errno, str(error.args[1]) if len(error.args) > 1 else "")
    return None


def _verdict(errno: int, message: str) -> Verdict:
    pattern = _MESSAGES.get(errno)
    match = pattern.match(message) if pattern else None
    if not match:
        return Verdict(errno)
    found = match.groupdict()
    return Verdict(errno, found["name"], found.get("clause"))


def nodepath_says(sql: str, schema: Schema, dialect: Dialect = MARIADB) -> Said:
    """Return nodepath's verdicts on a statement."""
    parsed = parse(Variant(sql, OffsetMap.identity("x.sql", 0, len(sql))), dialect)
    if isinstance(parsed, Unparsed):
        return Said(parsed.reason, (), True)
    return said_of(resolve(parsed, schema), dialect)


def said_of(resolution: Resolution, dialect: Dialect = MARIADB) -> Said:
    """Return the verdicts of a resolution."""
    verdicts: list[Verdict] = []
    spans: list[tuple[int, int]] = []
    unknown = bool(resolution.open)
    for table in resolution.tables:
        if isinstance(table.outcome, Missing):
            verdicts.append(Verdict(table.errno, table.name))
            spans.append((table.start, table.end))
    for column in resolution.columns:
        if isinstance(column.outcome, (Missing, Ambiguous)):
            verdicts.append(Verdict(column.errno or 0, column.name, clause_words(column.clause, dialect.name)))
            spans.append((column.start, column.end))
    for violation in resolution.violations:
        words = clause_words(violation.clause, dialect.name) if violation.clause else None
        verdicts.append(Verdict(violation.errno, violation.identifier, words))
        spans.append((violation.start, violation.end))
    return Said(None, tuple(verdicts), unknown, tuple(spans), tuple(table.name for table in resolution.tables))


def name_quoted(name: str) -> str:
    """Return a name in backquotes."""
    return "`" + name.replace("`", "``") + "`"


_COLUMNS = """
    SELECT c.TABLE_SCHEMA, c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT, c.EXTRA,
           t.TABLE_TYPE
      FROM information_schema.COLUMNS c
      JOIN information_schema.TABLES t
        ON BINARY t.TABLE_SCHEMA = c.TABLE_SCHEMA AND BINARY t.TABLE_NAME = c.TABLE_NAME
     WHERE c.TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
     ORDER BY c.TABLE_SCHEMA, c.TABLE_NAME, c.ORDINAL_POSITION
"""
_KEYS = """
    SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, COLUMN_NAME, NON_UNIQUE
      FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
     ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""


def load_schema(connection: Connection, database: str, temporary: Iterable[str] = ()) -> Schema:
    """Read the tables of every database of a server as nodepath's schema, with `database` as the default one."""
    columns: dict[tuple[str, str], list[Column]] = {}
    kinds: dict[tuple[str, str], str] = {}
    keys: dict[tuple[str, str], dict[str, list[str]]] = {}
    indexes: dict[tuple[str, str], dict[str, list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for schema, table, name, kind, nullable, default, extra, table_type in cursor.fetchall():
            columns.setdefault((schema, table), []).append(_column(name, kind, nullable, default, extra))
            kinds[schema, table] = table_type
        cursor.execute(_KEYS)
        for schema, table, key, name, repeats in cursor.fetchall():
            (indexes if repeats else keys).setdefault((schema, table), {}).setdefault(key, []).append(name)
        for name in temporary:
            try:
                cursor.execute(f"SHOW COLUMNS FROM {name_quoted(database)}.{name_quoted(name)}")
            except pymysql.err.MySQLError:
                continue
            columns[database, name] = [_column(row[0], row[1], row[2], row[4], row[5]) for row in cursor.fetchall()]
            kinds[database, name] = "BASE TABLE"
    tables = [
        _table(where, found, kinds[where], keys.get(where, {}), indexes.get(where, {}), database)
        for where, found in columns.items()
    ]
    return Schema(dialect="mariadb", version=(10, 11), database=database).with_tables(tables)


def _column(name: str, kind: str, nullable: str, default: str | None, extra: str) -> Column:
    return Column(
        name,
        kind,
        nullable == "YES",
        default,
        auto_increment="auto_increment" in extra,
        invisible="INVISIBLE" in extra,
    )


def _table(
    where: tuple[str, str],
    columns: list[Column],
    kind: str,
    keys: dict[str, list[str]],
    indexes: dict[str, list[str]],
    database: str,
) -> Table:
    kinds: dict[str, TableKind] = {"VIEW": "view", "SEQUENCE": "sequence"}
    return Table(
        where[1],
        tuple(columns),
        None if where[0] == database else where[0],
        kinds.get(kind, "table"),
        versioned="VERSIONED" in kind,
        primary_key=tuple(keys.get("PRIMARY", ())),
        unique_keys=tuple(Key(name, tuple(names)) for name, names in keys.items() if name != "PRIMARY"),
        indexes=tuple(Key(name, tuple(names)) for name, names in indexes.items()),
    )
