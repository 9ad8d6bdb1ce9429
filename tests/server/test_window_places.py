"""Window functions where none may stand (4015, 4074), without OVER (1064), and functions with a blank (1064, 1630)."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB
from tests.server.judge import MARIADB, nodepath_says, server_verdict
from tests.server.test_changed_tables import both

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE t (a INT PRIMARY KEY, b INT, c VARCHAR(20), n INT)",
    "CREATE TABLE u (d INT, e INT)",
)
FUNCTIONS = (
    *("ROW_NUMBER() OVER ()", "SUM(a) OVER ()", "RANK() OVER (ORDER BY a)", "COUNT(*) OVER (PARTITION BY a)", "a"),
    *("LAG(a) OVER (ORDER BY a)", "1 + ROW_NUMBER() OVER ()", "COALESCE(MAX(a) OVER (), 1)", "SUM(a)", "(a + 1)"),
    *("CASE WHEN ROW_NUMBER() OVER () > 1 THEN 1 END", "(SELECT ROW_NUMBER() OVER () FROM u LIMIT 1)", "COUNT(*)"),
    *(
        "SUM(SUM(a)) OVER ()",
        "SUM(ROW_NUMBER() OVER ())",
        "MAX(1 + RANK() OVER (ORDER BY a))",
        "NTILE(2) OVER (ORDER BY a)",
    ),
    *("ROW_NUMBER() OVER (ORDER BY SUM(a) OVER ())", "RANK() OVER (PARTITION BY ROW_NUMBER() OVER () ORDER BY a)"),
    *("ROW_NUMBER()", "RANK()", "DENSE_RANK()", "LAG(a)", "LEAD(a, 1)", "NTILE(2)", "FIRST_VALUE(a)", "LAST_VALUE(a)"),
    *("NTH_VALUE(a, 1)", "CUME_DIST()", "PERCENT_RANK()", "FIRST_VALUE(a) OVER (ORDER BY a)", "MIN(a) + MAX(a)"),
)
PLACES = (
    *(
        "SELECT {} FROM t",
        "SELECT a FROM t WHERE {} = 1",
        "SELECT a FROM t WHERE a IN (1, {})",
        "SELECT a FROM t GROUP BY {}",
    ),
    *("SELECT a FROM t HAVING {} > 1", "SELECT a FROM t JOIN u ON {} = d", "SELECT a FROM t ORDER BY {}"),
    *(
        "UPDATE t SET b = {}",
        "UPDATE t SET b = 1 WHERE {} = 1",
        "UPDATE t JOIN u ON d = a SET b = {}",
        "UPDATE t SET b = 1 ORDER BY {}",
    ),
    *("DELETE FROM t WHERE {} = 1", "SELECT b FROM t WHERE EXISTS (SELECT d FROM u WHERE {} = 1)"),
    *(
        "SELECT b FROM t WHERE b IN (SELECT {} FROM t)",
        "SELECT {} AS m FROM t HAVING m = 1",
        "SELECT {} AS m FROM t GROUP BY m",
    ),
    *(
        "SELECT {} AS m FROM t GROUP BY 1",
        "SELECT {} AS m FROM t ORDER BY m",
        "SELECT {} AS m FROM t HAVING m + 1 = 2 OR b",
    ),
    *("SELECT {} AS m FROM t ORDER BY m + 1", "SELECT {} AS n FROM t HAVING n = 1", "SELECT {} AS n FROM t GROUP BY n"),
    *("SELECT x.m FROM (SELECT {} AS m FROM t) x WHERE x.m = 1", "SELECT {} AS m FROM t GROUP BY m + 1"),
    "INSERT INTO u (d) SELECT {} FROM t",
    *(
        "SELECT COUNT({}) FROM t",
        "SELECT MAX(a) OVER (ORDER BY {}) FROM t",
        "SELECT {} AS m FROM t GROUP BY a HAVING MAX(m) = 1",
    ),
)
VALUES = (
    "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE b = {}",
    "INSERT INTO t (a) SELECT d FROM u ON DUPLICATE KEY UPDATE b = {}",
    "INSERT INTO t (a) VALUES ({})",
    "INSERT INTO t SET a = {}",
    "INSERT INTO t (a) VALUES (1), ({})",
)
WINDOWED = ("ROW_NUMBER() OVER ()", "COUNT(*) OVER ()", "ROW_NUMBER()", "1")
NUMBERS = {4015, 4074}


def test_places_of_window_functions_as_on_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    statements = [place.format(function) for place in PLACES for function in FUNCTIONS]
    statements += [place.format(function) for place in VALUES for function in WINDOWED]
    wrong, missed, found, clean = [], [], 0, 0
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for ddl in DDL:
            cursor.execute(ddl)
        for sql in statements:
            verdict, ours = both(connection, schema, sql)
            verdict = verdict or server_verdict(connection, sql, execute=True)
            # Where no aggregate may stand that is told first.
            if ours and (
                verdict is None or (verdict.errno not in ours and (verdict.errno != 1111 or not ours <= NUMBERS))
            ):
                wrong.append((sql, verdict, ours))
            if verdict is not None and verdict.errno in {*NUMBERS, 1064} and verdict.errno not in ours:
                missed.append((sql, verdict, ours))
            found, clean = (
                found + (verdict is not None and verdict.errno in {*NUMBERS, 1064}),
                clean + (verdict is None),
            )
    assert not wrong, "\n".join(map(str, wrong))
    assert not missed, "\n".join(map(str, missed))
    assert found > 400
    assert clean > 150


def test_mysqls_numbers_are_those_of_its_manual() -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    for sql, errno in (
        ("SELECT a FROM t WHERE ROW_NUMBER() OVER () = 1", 3593),
        ("SELECT a, ROW_NUMBER() OVER () AS m FROM t HAVING m = 1", 3594),
        ("SELECT SUM(ROW_NUMBER() OVER ()) FROM t", 3593),
        ("SELECT ROW_NUMBER() FROM t", 1064),
    ):
        assert [each.errno for each in nodepath_says(sql, schema, Dialect("mysql", (8, 0))).verdicts] == [errno], sql
    # It has no window functions before 8.0.2: ROW_NUMBER may be a stored function there.
    assert nodepath_says("SELECT ROW_NUMBER() FROM t", schema, Dialect("mysql", (5, 7))).verdicts == ()
