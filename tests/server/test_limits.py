"""Where LIMIT and ORDER BY may stand: in the subqueries of IN, and in what changes the rows of several tables."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.server.judge import MARIADB, Connection, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = ("CREATE TABLE a (id INT PRIMARY KEY, j INT)", "CREATE TABLE b (id INT PRIMARY KEY, j INT)")
SUBQUERIES = (
    "SELECT id FROM b LIMIT 10",
    "SELECT id FROM b LIMIT ?",
    "SELECT id FROM b ORDER BY id LIMIT 0",
    "SELECT 1 FROM DUAL LIMIT 1",
    "(SELECT id FROM b LIMIT 10)",
    "SELECT id FROM b UNION SELECT 1 LIMIT 10",
    "(SELECT id FROM b LIMIT 1) UNION SELECT 1",
    "SELECT id FROM b OFFSET 3 ROWS",
    "SELECT id FROM b LIMIT ROWS EXAMINED 10",
    "SELECT id FROM (SELECT id FROM b LIMIT 10) x",
    "WITH c AS (SELECT id FROM b LIMIT 1) SELECT id FROM c",
    "SELECT id FROM b WHERE id = (SELECT id FROM a LIMIT 1)",
    "SELECT id FROM b ORDER BY id",
)
PLACES = (
    "SELECT id FROM a WHERE id IN ({})",
    "SELECT id NOT IN ({}) FROM a",
    "SELECT id FROM a WHERE id = ANY ({})",
    "SELECT id FROM a WHERE id > ALL ({})",
    "UPDATE a SET j = 1 WHERE id IN ({})",
    "DELETE FROM a WHERE id IN ({})",
    "SELECT id FROM a WHERE EXISTS ({})",
    "SELECT id FROM a WHERE id = ({})",
)
WRITES = (
    "DELETE a FROM a JOIN b ON a.id = b.id LIMIT 10",
    "DELETE a FROM a JOIN b ON a.id = b.id ORDER BY a.id",
    "DELETE a FROM a JOIN b ON a.id = b.id WHERE b.j = ? ORDER BY a.id LIMIT ?",
    "DELETE a FROM a ORDER BY a.id",
    "DELETE FROM a USING a JOIN b ON a.id = b.id LIMIT 10",
    "DELETE FROM a WHERE j = 1 ORDER BY id LIMIT 1",
    "UPDATE a, b SET a.j = 1 LIMIT 10",
    "UPDATE a JOIN b ON a.id = b.id SET a.j = 1 ORDER BY a.id",
    "UPDATE a AS x SET x.j = 1 ORDER BY x.id LIMIT 10",
    "REPLACE INTO a (id) VALUES (1) ON DUPLICATE KEY UPDATE j = 1",
    "REPLACE INTO a SET id = 1 ON DUPLICATE KEY UPDATE j = 1",
    "REPLACE INTO a (id) SELECT id FROM b ON DUPLICATE KEY UPDATE j = 1",
    "INSERT INTO a (id) SELECT id FROM b ON DUPLICATE KEY UPDATE j = 1",
    "REPLACE INTO a (id) VALUES (1)",
)


def schema(dialect: Dialect) -> Schema:
    """The tables as nodepath sees them."""
    return replay([DdlText(each, "x.sql") for each in DDL], Schema(), dialect)


def test_limit_and_order_by_as_on_the_server(connection: Connection) -> None:
    statements = [place.format(query) for place in PLACES for query in SUBQUERIES] + list(WRITES)
    known = schema(MARIADB)
    differ = []
    for sql in statements:
        server, said = server_verdict(connection, sql), nodepath_says(sql, known)
        ours = {1064} if said.unparsed else {each.errno for each in said.verdicts}
        if ({server.errno} if server else set()) != ours:
            differ.append((sql, server, ours))
    assert differ == []


@pytest.mark.parametrize(
    ("sql", "errors"),
    [
        ("UPDATE a, b SET a.j = 1 LIMIT 10", [1221]),
        ("UPDATE a JOIN b ON a.id = b.id SET a.j = 1 ORDER BY a.id", [1221]),
        ("UPDATE a SET j = 1 ORDER BY id LIMIT 10", []),
        ("UPDATE a, b SET a.j = 1", []),
        ("DELETE a FROM a JOIN b ON a.id = b.id LIMIT 10", [1064]),
        ("SELECT id FROM a WHERE id IN (SELECT id FROM b LIMIT 10)", [1235]),
        # Of a UNION's branches its manual says nothing.
        ("SELECT id FROM a WHERE id IN ((SELECT id FROM b LIMIT 1) UNION SELECT 1)", []),
    ],
)
def test_mysql_by_its_manual(sql: str, errors: list[int]) -> None:
    dialect = Dialect("mysql", (8, 0))
    assert [each.errno for each in nodepath_says(sql, schema(dialect), dialect).verdicts] == errors


def test_mariadb_s_later_versions_delete_some_rows_of_several_tables() -> None:
    # Not measured: the release notes of 11.8 have it as new.
    dialect = Dialect("mariadb", (11, 8))
    assert nodepath_says(WRITES[0], schema(dialect), dialect).verdicts == ()
