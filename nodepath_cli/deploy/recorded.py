"""What a live database records of the migrations that it has seen, read-only.

The tables are nodepath's own version table and those of golang-migrate, dbmate, goose, Flyway and sql-migrate.

The tables' shapes are from the tools' own documentation and sources. A table that is not there, or that may not be
read, records nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from msgspec import Struct

from nodepath_cli.audit.fingerprint import normal
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.deploy.sql_folder import Migration
from nodepath_cli.migrate.ledger import LEDGER_TABLE
from nodepath_cli.schema.connection import driver_error, one_line_errors, open_mysql, open_sqlite
from nodepath_cli.schema.model import Schema, Table
from nodepath_cli.schema.revisions import VERSION_TABLE

_READ_SECONDS = 30.0


class Ask(Protocol):
    """Runs a query."""

    def __call__(self, query: str) -> list[tuple[Any, ...]] | None:
        """Return the rows, None where the server refuses the query."""


@contextmanager
def asking(url: DatabaseUrl) -> Iterator[Ask]:
    """Open the database for queries. Raises a DatabaseError where it does not answer."""
    with one_line_errors(url):
        connection: Any = open_sqlite(url, "read") if url.dialect == "sqlite" else open_mysql(url, _READ_SECONDS)
        try:
            yield lambda query: _rows(connection, query)
        finally:
            connection.close()


def _rows(connection: Any, query: str) -> list[tuple[Any, ...]] | None:
    cursor = connection.cursor()
    try:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]
    except Exception as error:
        if driver_error(error) is None:
            raise
        return None
    finally:
        cursor.close()


def alembic_heads(ask: Ask, schema: Schema) -> tuple[str, ...] | None:
    """Return the revisions that nodepath's version table holds, None where it holds none or is not there."""
    if schema.table(VERSION_TABLE) is None:
        return None
    rows = ask(f"SELECT version_num FROM {VERSION_TABLE}")
    return tuple(sorted(str(row[0]) for row in rows)) if rows else None


def done_statements(ask: Ask, schema: Schema) -> dict[str, frozenset[str]]:
    """Return, by revision, the DDL statements that nodepath's ledger has as done, with every run of blanks as one."""
    if schema.table(LEDGER_TABLE) is None:
        return {}
    rows = ask(f"SELECT revision, statement FROM {LEDGER_TABLE} WHERE direction = 'up' AND state = 'done'") or []
    found: dict[str, set[str]] = {}
    for revision, statement in rows:
        found.setdefault(str(revision), set()).add(normal(str(statement)))
    return {revision: frozenset(statements) for revision, statements in found.items()}


class Recorded(Struct, frozen=True):
    """Which migrations of a folder have run."""

    applied: frozenset[str]
    """Their names."""
    table: str
    """The table that says so."""
    note: str | None = None
    """What is to be known of it: a run that has died half way."""


def applied(ask: Ask, schema: Schema, migrations: Sequence[Migration]) -> Recorded | None:
    """Return what the database's own migration tool records, None where no table of a known tool is there."""
    for table, read in _TOOLS:
        there = schema.table(table)
        if there is not None:
            found = read(ask, there, migrations)
            if found is not None:
                return found
    return None


def _schema_migrations(ask: Ask, there: Table, known: Sequence[Migration]) -> Recorded | None:
    """golang-migrate keeps one row, (version, dirty); dbmate and others one row for each migration."""
    table = there.name
    if there.column("version") is None:
        return None
    if there.column("dirty") is None:
        rows = ask(f"SELECT version FROM {table}")
        return None if rows is None else _by_name_or_number(rows, known, table)
    rows = ask(f"SELECT version, dirty FROM {table}")
    if rows is None:
        return None
    note = None
    done: set[str] = set()
    for version, dirty in rows:
        number = (int(version),)
        done |= {each.name for each in known if each.version and each.version <= number}
        if dirty:
            half = [each.name for each in known if each.version == number]
            done -= set(half)
            note = f"{table} says that {', '.join(half) or version} has died half way"
    return Recorded(frozenset(done), table, note)


def _goose(ask: Ask, there: Table, known: Sequence[Migration]) -> Recorded | None:
    """goose appends a row for each run, up or down: the last one of a version counts."""
    rows = ask(f"SELECT version_id, is_applied FROM {there.name} ORDER BY id")
    if rows is None:
        return None
    last = {int(version): bool(is_applied) for version, is_applied in rows}
    return Recorded(frozenset(each.name for each in known if each.version and last.get(each.version[0])), there.name)


def _flyway(ask: Ask, there: Table, known: Sequence[Migration]) -> Recorded | None:
    rows = ask(f"SELECT version, script, type, success FROM {there.name} ORDER BY installed_rank")
    if rows is None:
        return None
    done: set[str] = set()
    note = None
    for version, script, kind, success in rows:
        number = _parts(str(version)) if version else None
        same = {each.name for each in known if (number and each.version == number) or _file(each) == script}
        if not success:
            note = f"{there.name} says that {script} has failed"
        elif str(kind).upper() in ("BASELINE", "SQL_BASELINE") and number:
            done |= {each.name for each in known if each.version and each.version <= number}
        elif str(kind).upper().startswith(("UNDO", "DELETE")):
            done -= same
        else:
            done |= same
    return Recorded(frozenset(done), there.name, note)


def _sql_migrate(ask: Ask, there: Table, known: Sequence[Migration]) -> Recorded | None:
    rows = ask(f"SELECT id FROM {there.name}")
    return None if rows is None else _by_name_or_number(rows, known, there.name)


def _by_name_or_number(rows: Sequence[tuple[Any, ...]], known: Sequence[Migration], table: str) -> Recorded:
    said = {str(row[0]) for row in rows}
    numbers = {_parts(each) for each in said if each.isdigit()}
    return Recorded(
        frozenset(
            each.name
            for each in known
            if _file(each) in said or each.name in said or (each.version is not None and each.version in numbers)
        ),
        table,
    )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.replace("_", ".").split(".") if part.isdigit())


def _file(migration: Migration) -> str:
    return migration.file.path.rpartition("/")[2]


_TOOLS = (
    ("schema_migrations", _schema_migrations),
    ("goose_db_version", _goose),
    ("flyway_schema_history", _flyway),
    ("schema_version", _flyway),
    ("gorp_migrations", _sql_migrate),
)
