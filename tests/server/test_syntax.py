"""What is called a syntax error is one to the server, and what the server accepts is never called one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Unparsed
from nodepath_cli.sql.syntax import refused_word, syntax_fault
from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection, server_verdict
from tests.server.points import POINTS, SETUP

pytestmark = pytest.mark.server

DATABASE = "syntax"


@pytest.fixture(scope="module")
def connection(mariadb: PrivateMariaDB) -> Iterator[Connection]:
    """A connection to a database with the tables of the points."""
    with mariadb.connect() as opened, opened.cursor() as cursor:
        for name in (DATABASE, "r2"):
            cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"USE {DATABASE}")
        for statement in SETUP:
            cursor.execute(statement)
        yield opened
        for name in (DATABASE, "r2"):
            cursor.execute(f"DROP DATABASE {name}")


def fault(sql: str) -> bool:
    variant, dialect = Variant(sql, OffsetMap(())), Dialect("mysql", (8, 0))
    if syntax_fault(variant) is not None:
        return True
    unread = parse(variant, dialect)
    return isinstance(unread, Unparsed) and refused_word(unread, dialect, lambda _name: True) is not None


def spoilt(sql: str, dice: random.Random) -> str:
    """The statement with a word taken out, doubled, or followed by a comma or AND."""
    words = sql.split(" ")
    at = dice.randrange(len(words))
    word = words[at]
    words[at : at + 1] = dice.choice(([], [word, word], [word + ","], [word, "AND"], [",", word], [word, "="]))
    return " ".join(words)


def test_no_statement_without_a_syntax_error_has_one(connection: Connection) -> None:
    dice = random.Random(20)
    statements = [sql.format(db=DATABASE) for listed in POINTS.values() for sql in listed]
    statements += [spoilt(sql, dice) for sql in statements for _ in range(8)]
    called = [sql for sql in statements if fault(sql)]
    verdicts = {sql: server_verdict(connection, sql) for sql in called}
    # These are found by the server's parser before it comes to the fault: 1327, an undeclared variable; 1109, a DELETE
    # of a table that FROM does not name; 1066, two tables of one name; 1054, a column of a window or a SET.
    earlier = {1054, 1066, 1109, 1327}
    wrong = {sql for sql, verdict in verdicts.items() if verdict is None or verdict.errno not in {1064, *earlier}}
    assert wrong == set()
    assert len(called) >= 100


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a, FROM t1",
        "SELECT FROM t1",
        "SELECT a FROM t1 WHERE AND b = 1",
        "SELECT a FROM t1 WHERE a = 1 AND ORDER BY a",
        "SELECT a FROM t1 WHERE a = AND b = 2",
        "SELECT a FROM t1 WHERE a IN (1, 2,)",
        "SELECT a FROM t1 ORDER BY LIMIT 1",
        "INSERT INTO t1 (a, b,) VALUES (1, 2)",
        "INSERT INTO t1 (a, b) VALUES (1, , 2)",
        "INSERT INTO VALUES (1)",
        "UPDATE t1 SET WHERE a = 1",
        "UPDATE t1 SET b = 1, WHERE a = 1",
        "UPDATE t1 SET b = WHERE a = 1",
        "DELETE FROM WHERE a = 1",
        "SELECT COUNT(*) FORM t1 WHERE a = 1",
        "SELECT a FROM t1 WHERE a = 1 GROUP a",
        "SELECT a FROM t1 ORDER a DESC",
        "SELECT a FROM t1 WHERE (a = 1))",
        "SELECT a b c FROM t1",
        "UPDATE t1 SET a = 1 b = 2 WHERE a = 1",
        "UPDATE t1 SET a 'x' WHERE a = 1",
        "INSERT INTO t1 (a) VALUES (1) ON DUPLICATE KEY a = 2",
        "INSERT INTO t1 (a b) VALUES (1, 2)",
        "DELETE FROM t1 WERE a = 1",
    ],
)
def test_a_frequent_slip_is_found_and_is_one(connection: Connection, sql: str) -> None:
    verdict = server_verdict(connection, sql)
    assert verdict is not None
    assert verdict.errno == 1064
    assert fault(sql)
