"""Words side by side that nodepath says no server takes are refused by MariaDB, and those beside them taken."""

from __future__ import annotations

import pytest

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.cast_types import _NONE
from nodepath_cli.sql.ddl import DdlText, replay
from tests.server.judge import MARIADB, Connection, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), b INT, d DATETIME)",
    "CREATE TABLE u (id INT PRIMARY KEY, e INT)",
    "CREATE TABLE w (id INT PRIMARY KEY, a VARCHAR(20), FULLTEXT (a))",
)
# MySQL's own by its manual ("Cast Functions and Operators"), or nobody's and in no program: nothing is said.
_LEFT = ("JSON", "YEAR", "REAL", "DOUBLE PRECISION", "NATIONAL CHAR(5)", "FLOAT(5)", "BIT", "FIXED", "NUMBER")
TYPES = (
    *sorted(_NONE - {"STRING"}),
    *("INT", "INTEGER", "UNSIGNED", "SIGNED", "UNSIGNED INT", "SIGNED INTEGER", "UNSIGNED BIGINT", "SIGNED SMALLINT"),
    *("INT UNSIGNED", "INTEGER SIGNED", "BIGINT UNSIGNED", "VARCHAR", "VARCHAR(5)", "CHAR", "CHAR(5)", "NCHAR", "DATE"),
    *(
        "BINARY",
        "BINARY(5)",
        "DECIMAL",
        "DECIMAL(5,2)",
        "DEC",
        "NUMERIC(5,2)",
        "DOUBLE",
        "FLOAT",
        "TIME",
        "DATETIME(3)",
    ),
    *("CHAR CHARACTER SET utf8mb4", "CHARACTER", "STRING", "TIMESTAMP(3)", "TEXT(5)", "VARBINARY(5)"),
)
TAILS = ("", " ASC", " DESC", " ASC ASC", " DESC ASC", " DESC DESC DESC", " ASC LIMIT 1", " ASC DESC LIMIT 1")
STATEMENTS = (
    *(f"SELECT CAST(a AS {each}) FROM t" for each in TYPES),
    *(f"SELECT CONVERT(a, {each}) FROM t" for each in TYPES),
    *(f"SELECT id FROM t ORDER BY b, id{each}" for each in TAILS),
    *(f"UPDATE t SET b = 1 ORDER BY id{each}" for each in TAILS),
    *(f"SELECT GROUP_CONCAT(a ORDER BY id{each}) FROM t" for each in TAILS),
    *(f"SELECT RANK() OVER (ORDER BY id{each}) FROM t" for each in TAILS[:-2]),
    *(
        f"SELECT GROUP_CONCAT(a{each}) FROM t"
        for each in (
            " SEPARATOR ','",
            " SEPARATOR ',' ORDER BY id",
            " ORDER BY id SEPARATOR ','",
            " SEPARATOR ',' LIMIT 1",
        )
    ),
    *(
        f"{head} LIMIT {bounds}"
        for head in ("SELECT id FROM t", "UPDATE t SET b = 1", "DELETE FROM t", "UPDATE t, u SET t.b = 1")
        for bounds in ("1", "?", "1, 2", "?, ?", "1 OFFSET 2")
    ),
    *(
        f"SELECT id FROM t WHERE d {each}"
        for each in (
            "> d - INTERVAL '1 day'",
            "+ INTERVAL '20 minutes' > d",
            "< d - INTERVAL '30 days' AND b = 1",
            "+ INTERVAL '20' MINUTE > d",
            "+ INTERVAL '20 minutes' MINUTE > d",
            "BETWEEN ? AND ? - INTERVAL 1 MICROSECOND",
        )
    ),
    *(
        f"SELECT id FROM w WHERE MATCH (a) AGAINST (?{each})"
        for each in (
            *("", " IN BOOLEAN MODE", " IN NATURAL LANGUAGE MODE", " WITH QUERY EXPANSION"),
            *(" IN NATURAL LANGUAGE MODE WITH QUERY EXPANSION", " NATURAL LANGUAGE MODE", " BOOLEAN MODE"),
            *(" IN BOOLEAN", " IN BOOLEAN MODE WITH QUERY EXPANSION", " QUERY EXPANSION"),
        )
    ),
    *(f"TRUNCATE {each}" for each in ("t", "TABLE t", "t WHERE id = 1", "TABLE t LIMIT 1", "TABLE t NOWAIT")),
    *(
        f"SELECT id FROM t WHERE d > {moved}"
        for amount in ("1", "?", "'1'", "b", "(b + 1)", "'1 day'", "'2 hours'")
        for unit in ("", " DAY", " DAYS", " HOURS", " DAY_HOUR", " WEEKS")
        for moved in (f"NOW() - INTERVAL {amount}{unit}", f"DATE_SUB(NOW(), INTERVAL {amount}{unit})")
    ),
    *(
        f"SELECT EXTRACT({each}) FROM t"
        for each in ("YEAR FROM d", "YEAR, d", "DAY_HOUR FROM d", "MONTH, '2026-01-01'")
    ),
    *(
        f"SELECT {name}.id FROM t {alias}{join} u ON u.id = {name}.id"
        for alias, name in (("", "t"), ("x ", "x"), ("AS x ", "x"), ("FULL ", "FULL"))
        for join in ("JOIN", "LEFT OUTER JOIN", "FULL OUTER JOIN")
    ),
    "SELECT x.id FROM t x FULL JOIN u ON u.id = x.id",
    "SELECT full.id FROM t FULL JOIN u ON u.id = full.id",
    "SELECT 1 FROM t x NATURAL FULL JOIN u",
)


@pytest.fixture
def schema() -> Schema:
    """The tables as nodepath sees them."""
    return replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)


def test_words_side_by_side(connection: Connection, schema: Schema) -> None:
    differ, refused = [], 0
    for sql in STATEMENTS:
        verdict, said = server_verdict(connection, sql), nodepath_says(sql, schema)
        ours = {1064} if said.unparsed else {each.errno for each in said.verdicts}
        refused += verdict is not None
        if (verdict is None) != (not ours) or (verdict and verdict.errno not in ours):
            differ.append((sql, verdict, ours))
    assert differ == []
    assert refused > 100


@pytest.mark.parametrize("kind", _LEFT)
def test_what_mysql_alone_may_make_is_not_refused(schema: Schema, kind: str) -> None:
    assert nodepath_says(f"SELECT CAST(a AS {kind}) FROM t", schema).verdicts == ()
