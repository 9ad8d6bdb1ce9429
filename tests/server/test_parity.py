"""nodepath says of a statement what the server says: the same error, about the same name, in the same clause."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection, load_schema, nodepath_says, server_verdict
from tests.server.points import POINTS, SETUP

pytestmark = pytest.mark.server

DATABASE = "points"


@pytest.fixture(scope="module")
def prepared(mariadb: PrivateMariaDB) -> Iterator[tuple[Connection, Schema]]:
    """A connection to a database with the tables of the points, and their schema."""
    with mariadb.connect() as connection, connection.cursor() as cursor:
        for name in (DATABASE, "r2"):
            cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"USE {DATABASE}")
        for statement in SETUP:
            cursor.execute(statement)
        yield connection, load_schema(connection, DATABASE)
        for name in (DATABASE, "r2"):
            cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize(("point", "sql"), [(point, sql) for point, statements in POINTS.items() for sql in statements])
def test_the_verdict_is_the_servers(prepared: tuple[Connection, Schema], point: str, sql: str) -> None:
    connection, schema = prepared
    sql = sql.format(db=DATABASE)
    # What the server checks only when it runs the statement is an error of the statement, too.
    server = server_verdict(connection, sql) or server_verdict(connection, sql, execute=True)
    said = nodepath_says(sql, schema)
    assert said.unparsed is None or (server is not None and server.errno == 1064), said.unparsed
    if server is None or server.errno in NOT_NAMES:
        assert said.verdicts == (), f"{point}: the server accepts it"
        return
    same = server.agrees(said.verdicts)
    assert same, f"{point}: the server says {server}, nodepath {said.verdicts}"
    if server.clause:
        assert server.clause.lower() in {(verdict.clause or "").lower() for verdict in same}, point


NOT_NAMES = frozenset((1048, 1111, 1364, 1265, 1366, 1062, 1906, 4161, 4015, 1210, 1292, 4079))
"""Errors of values and of aggregates: no name is wrong."""
