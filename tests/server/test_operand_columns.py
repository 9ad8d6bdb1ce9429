"""Rows and subqueries where a value, or a row of another width, is meant (1241, on MariaDB also 4078)."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB
from tests.server.judge import MARIADB, nodepath_says, server_verdict
from tests.server.test_changed_tables import both

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE t (a INT PRIMARY KEY, b INT, c VARCHAR(20))",
    "CREATE TABLE u (d INT, e INT)",
    "CREATE VIEW v AS SELECT a, b, c FROM t",
)
OPERANDS = (
    *("a", "1", "'x'", "NULL", "(a)", "-b", "a + 1", "COALESCE(a, 1)", "CASE WHEN a THEN 1 END", "(1, 2)", "(a, b)"),
    *(
        "ROW(a, b)",
        "((a, b))",
        "(1, 2, 3)",
        "(a, (1, 2))",
        "(a, (1, 2, 3))",
        "((1, 2), a)",
        "(a = 1, b)",
        "(SELECT d FROM u)",
    ),
    *("(SELECT d, e FROM u)", "(SELECT * FROM u)", "((SELECT d, e FROM u))", "(SELECT * FROM v)", "(SELECT 1, 2, 3)"),
    *(
        "(SELECT d FROM u UNION SELECT 1)",
        "(SELECT d, e FROM u UNION SELECT 1, 2)",
        "EXISTS (SELECT 1, 2)",
        "(SELECT MAX(d) FROM u)",
    ),
)
COMPARED = (
    *("SELECT a FROM t WHERE {} = {}", "SELECT a FROM t WHERE {} <=> {}", "SELECT {} < {} FROM t"),
    *(
        "SELECT a FROM t WHERE {} IN ({})",
        "UPDATE t SET b = 1 WHERE {} <> {}",
        "SELECT a FROM t WHERE NOT {} IN (1, {})",
    ),
    *("SELECT a FROM t HAVING {} IN ({}, (3, 4))", "DELETE FROM t WHERE {} NOT IN ({}, 5)"),
    *(
        "SELECT CASE WHEN {} >= {} THEN 1 END FROM t",
        "SELECT a FROM t ORDER BY {} = {}",
        "SELECT a FROM t JOIN u ON {} != {}",
    ),
    *("SELECT a FROM t WHERE ({} = {}) = 1", "SELECT a FROM t WHERE {} + {}", "SELECT {} * {} FROM t"),
)
ALONE = (
    *(
        "SELECT {} FROM t",
        "SELECT a FROM t WHERE {}",
        "SELECT a FROM t WHERE a = 1 AND {}",
        "SELECT a FROM t WHERE NOT {}",
    ),
    *("SELECT a FROM t WHERE {} IS NULL", "SELECT a FROM t WHERE {} IS NOT TRUE", "SELECT a FROM t ORDER BY {}"),
    *(
        "SELECT a FROM t WHERE {} LIKE 'x'",
        "SELECT a FROM t WHERE c LIKE {}",
        "SELECT a FROM t WHERE {} BETWEEN 1 AND 2",
    ),
    *("SELECT a FROM t WHERE a BETWEEN 1 AND {}", "SELECT a FROM t WHERE a NOT BETWEEN {} AND 2", "SELECT -{} FROM t"),
    *(
        "UPDATE t SET b = {}",
        "INSERT INTO t (a) VALUES ({})",
        "SELECT COALESCE({}, 1) FROM t",
        "SELECT COUNT({}) FROM t",
    ),
    *(
        "SELECT COUNT(DISTINCT {}) FROM t",
        "SELECT a FROM t GROUP BY {}",
        "SELECT CONCAT('x', {}) FROM t",
        "SELECT IF({}, 1, 2) FROM t",
    ),
    *("SELECT CASE {} WHEN 1 THEN 1 END FROM t", "SELECT CASE a WHEN 1 THEN {} END FROM t", "SELECT {} XOR 1 FROM t"),
    *("SELECT a FROM t WHERE c REGEXP {}", "SELECT NOW() - INTERVAL {} DAY FROM t", "SELECT CAST({} AS CHAR) FROM t"),
    *("SELECT a FROM t JOIN u ON {}", "SELECT MAX(a) OVER (ORDER BY {}) FROM t", "SELECT DISTINCT {} FROM t"),
    *("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE b = {}", "SELECT GROUP_CONCAT(a ORDER BY {}) FROM t"),
)
SUBQUERIES = (
    "(SELECT d FROM u)",
    "(SELECT d, e FROM u)",
    "(SELECT * FROM v)",
    "(SELECT 1, 2 UNION SELECT d, e FROM u)",
)
QUANTIFIED = (
    *("SELECT a FROM t WHERE {} IN {}", "SELECT a FROM t WHERE {} NOT IN {}", "SELECT {} = ANY {} FROM t"),
    *("SELECT a FROM t WHERE {} <> ALL {}", "SELECT a FROM t WHERE {} > ALL {}", "SELECT a FROM t WHERE {} <= SOME {}"),
)
NUMBERS = {1241, 4078}


def statements() -> Iterator[str]:
    dice = random.Random(1241)
    for form in ALONE:
        yield from (form.format(each) for each in OPERANDS)
    for form in QUANTIFIED:
        yield from (form.format(each, query) for each in OPERANDS for query in SUBQUERIES)
    pairs = [(one, two) for one in OPERANDS for two in OPERANDS]
    for form in COMPARED:
        yield from (form.format(*pair) for pair in dice.sample(pairs, 120))


def test_columns_of_operands_as_on_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    differ = []
    found = clean = 0
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for ddl in DDL:
            cursor.execute(ddl)
        for sql in statements():
            verdict, ours = both(connection, schema, sql)
            # Some subqueries are looked at when the statement runs.
            verdict = verdict or server_verdict(connection, sql, execute=True)
            if verdict is not None and verdict.errno not in NUMBERS:
                continue
            theirs = {verdict.errno} if verdict else set()
            found, clean = found + bool(theirs), clean + (not theirs)
            # The server tells the first of several.
            if bool(ours & NUMBERS) != bool(theirs) or not theirs <= ours:
                differ.append((sql, theirs, ours))
    assert not differ, "\n".join(map(str, differ))
    assert found > 1000
    assert clean > 600


def test_mysql_knows_one_number_for_it_by_its_manual() -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL[:2]], Schema(), MARIADB)
    for sql in (
        "SELECT a FROM t WHERE a = (SELECT d, e FROM u)",
        "SELECT a FROM t WHERE (a, b) IN ((1, 2), 3)",
        "SELECT a FROM t WHERE (a, b) + 1",
    ):
        said = nodepath_says(sql, schema, Dialect("mysql", (8, 0)))
        assert [each.errno for each in said.verdicts] == [1241], sql


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE (a, b) IN (?)",
        "SELECT a FROM t WHERE (a, b) = ?",
        "SELECT a FROM t WHERE ? IN (SELECT d, e FROM u)",
    ],
)
def test_a_placeholder_may_be_a_row_that_the_client_writes_out(sql: str) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL[:2]], Schema(), MARIADB)
    assert nodepath_says(sql, schema).verdicts == ()
