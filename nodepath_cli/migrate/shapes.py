"""How the owned tables look in a database: as revision 0001 makes them, with their former names, or in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.migrate.guard import FIRST, OWNED
from nodepath_cli.migrate.records import Shape, TableShape
from nodepath_cli.schema import live, migrated
from nodepath_cli.schema.diff import Difference, differences
from nodepath_cli.schema.model import Schema, Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORMER = {"phone_number": "id_prospect", "device_id": "id_device"}
"""What the columns of the key were called for a while, and what they are called now."""
RENAMED = frozenset(FORMER)
ADDED = frozenset({"locked_at", "last_activity", "created_at"})
"""What a script that ran on some databases made of the tables: two columns renamed, three added."""


def shapes(url: DatabaseUrl, connection: Connection) -> tuple[TableShape, ...]:
    """Return the shape of each owned table, with its rows counted over `connection`.

    Raises a DatabaseError where the database does not answer as needed.
    """
    found = live.read(url, only=OWNED)
    expected = expected_tables(found)
    return tuple(_shape(expected[name], found.table(name), connection) for name in OWNED)


def expected_tables(found: Schema) -> dict[str, Table]:
    """Return the owned tables as revision 0001 makes them on a server like the one that `found` was read from."""
    dialect = Dialect(found.dialect, found.version)
    schema = migrated.load(FIRST, Schema(dialect=found.dialect, version=found.version), Settings(dialect=dialect))
    tables = ((name, schema.table(name)) for name in OWNED)
    return {name: table for name, table in tables if table is not None}


def _shape(expected: Table, actual: Table | None, connection: Connection) -> TableShape:
    found = differences(expected, actual)
    if actual is None:
        return TableShape(expected.name, "absent", None, found)
    return TableShape(expected.name, classified(expected, actual, found), _rows(expected.name, connection), found)


def classified(expected: Table, actual: Table, found: tuple[Difference, ...]) -> Shape:
    """Return the name of a table's shape. `renamed` goes by column names alone, `production` by every difference."""
    if not found:
        return "production"
    names = set(actual.by_name)
    production = set(expected.by_name)
    if names >= RENAMED | ADDED and not names & {"id_prospect", "id_device"}:
        return "renamed"
    is_ours = names & (production | RENAMED) and names <= production | RENAMED | ADDED
    return (
        "partial" if is_ours and set(expected.primary_key) <= {column.name for column in actual.columns} else "unknown"
    )


def _rows(table: str, connection: Connection) -> int:
    from sqlalchemy import func, select
    from sqlalchemy import table as named

    return int(connection.execute(select(func.count()).select_from(named(table))).scalar_one())
