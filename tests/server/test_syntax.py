"""What is called a syntax error is one to the server, and what the server accepts is never called one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pymysql
import pytest
from pymysql.constants import CLIENT

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.lexer import END, Tokens, tokenize
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import NEEDLESS, Unparsed
from nodepath_cli.sql.syntax import Known, refused_word, syntax_fault
from nodepath_cli.sql.words import words_of
from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection, nodepath_says, server_verdict
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


def fault(sql: str, *, whole: bool = False) -> bool:
    variant, dialect = Variant(sql, OffsetMap(())), Dialect("mysql", (8, 0))
    if syntax_fault(variant) is not None:
        return True
    unread = parse(variant, dialect)
    if not isinstance(unread, Unparsed):
        return any(each.message != NEEDLESS for each in unread.slips)
    return refused_word(unread, dialect, Known(lambda _name: True, lambda _names: True), whole=whole) is not None


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


_WORDS = sorted(
    words_of(
        "SELECT FROM WHERE AND OR , ( ) = == ORDER BY GROUP LIMIT a b t1 1 'x' ? AS ON JOIN IN BETWEEN NOT NULL SET "
        "VALUES INTO * + - . group key DESC ; IS LIKE DAYS INTERVAL EXISTS UNION HAVING USING ' ` order.a"
    )
)


def broken(sql: str, dice: random.Random) -> Iterator[str]:
    """The statement as it breaks off behind each of its words, and with words taken out, put in, or exchanged."""
    tokens = tokenize(sql)
    assert isinstance(tokens, Tokens)
    starts, ends = tokens.starts, tokens.ends
    number = tokens.kinds.index(END)
    yield from (sql[: ends[at]] for at in range(number - 1))
    for _ in range(4):
        at = dice.randrange(number)
        yield sql[: starts[at]] + sql[ends[at] :]
        yield sql[: starts[at]] + dice.choice(_WORDS) + " " + sql[starts[at] :]
        yield sql[: starts[at]] + dice.choice(_WORDS) + sql[ends[at] :]
        first, second = sorted((at, dice.randrange(number)))
        if first != second:
            between = sql[ends[first] : starts[second]]
            yield (
                f"{sql[: starts[first]]}{sql[starts[second] : ends[second]]}{between}"
                f"{sql[starts[first] : ends[first]]}{sql[ends[second] :]}"
            )


def test_whole_texts_with_a_slip_are_refused_wherever_they_are_called_so(connection: Connection) -> None:
    dice = random.Random(64)
    correct = [sql.format(db=DATABASE) for listed in POINTS.values() for sql in listed]
    correct = [sql for sql in correct if server_verdict(connection, sql) is None]
    texts = {text: None for sql in correct for text in broken(sql, dice)}
    verdicts = {text: server_verdict(connection, text) for text in texts}
    called = {text for text in texts if fault(text, whole=True)}
    assert [text for text in called if verdicts[text] is None] == []
    assert [sql for sql in correct if fault(sql, whole=True)] == []
    refused = {text for text, verdict in verdicts.items() if verdict is not None and verdict.errno == 1064}
    # What begins with no verb of a statement may be prose, and a word of another database another database's.
    assert len(called & refused) >= 0.8 * len(refused) >= 3000


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t1 WHERE",
        "SELECT a FROM t1 WHERE a = 1 AND",
        "SELECT a FROM t1 WHERE a = 1 OR",
        "SELECT t1.a FROM t1 JOIN t2 ON",
        "SELECT a FROM t1 LIMIT 5 OFFSET",
        "SELECT a FROM t1 WHERE a BETWEEN 1 AND",
        "SELECT a, b,",
        "SELECT a FROM t1,",
        "SELECT a FROM t1 ORDER BY",
        "SELECT a FROM t1 WHERE a = ;",
        "SELECT a FROM t1 WHERE c = 'x",
        'SELECT a FROM t1 WHERE c = "x',
        "SELECT `a FROM t1",
        "SELECT a FROM t1 WHERE (a = 1",
        "SELECT a FROM t1 WHERE a IN (1, 2",
        "SELECT COUNT(* FROM t1",
        "INSERT INTO t1 (a, b) VALUES (?, ?",
        "INSERT INTO t1 (a, b) VALUES",
        "INSERT INTO t1 (a, b)",
        "INSERT (a, b) VALUES (1, 2)",
        "SELECT t1. FROM t1",
        "UPDATE t1 SET",
        "UPDATE t1 a = 1",
        "DELETE t1",
        "SELECT * t1",
    ],
)
def test_a_whole_text_that_breaks_off_is_refused(connection: Connection, sql: str) -> None:
    verdict = server_verdict(connection, sql)
    assert verdict is not None
    assert verdict.errno == 1064
    assert fault(sql, whole=True)
    assert not fault(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT UNIQUE a FROM t1",
        "SELECT _latin1'a' 'b' '', N'a' 'b' FROM t1",
        "SELECT 1.a FROM t1",
        "UPDATE t1 SET .t1.b = 1",
    ],
)
def test_what_the_server_takes_though_few_write_it(connection: Connection, sql: str) -> None:
    assert server_verdict(connection, sql) is None
    assert not fault(sql, whole=True)
    assert not isinstance(parse(Variant(sql, OffsetMap(())), Dialect("mariadb", (10, 11))), Unparsed)


@pytest.mark.parametrize(
    ("sql", "refused"),
    [
        ("SELECT 1; SELECT 2", False),
        ("SELECT 1;;", False),
        ("SELECT 1; /* x */ ;", False),
        ("SELECT 1;; SELECT 2", True),
        ("SELECT 1; ; SELECT 2", True),
        ("SELECT 1;/* x */; SELECT 2", True),
        ("; SELECT 1", True),
        ("SELECT 1; SELECT 2;;; SELECT 3", True),
    ],
)
def test_a_semicolon_that_ends_no_statement(mariadb: PrivateMariaDB, sql: str, refused: bool) -> None:
    said = nodepath_says(sql, Schema(), Dialect("mariadb", (10, 11)))
    assert [each.errno for each in said.verdicts] == ([1064] if refused else [])
    with (
        pymysql.connect(unix_socket=mariadb.socket, user="root", client_flag=CLIENT.MULTI_STATEMENTS) as several,
        several.cursor() as cursor,
    ):
        try:
            cursor.execute(sql)
            while cursor.nextset():
                pass
            errno = 0
        except pymysql.err.ProgrammingError as error:
            errno = error.args[0]
    assert errno == (1064 if refused else 0)


@pytest.mark.parametrize("word", ["key", "order", "group", "select", "from", "where", "set", "left", "rows"])
def test_a_reserved_word_with_a_dot_behind_it_is_a_name(connection: Connection, word: str) -> None:
    for sql in (
        f"SELECT {word}.a FROM t1 AS `{word}`",
        f"SELECT b FROM t1 AS `{word}` WHERE {word}.a = 1 ORDER BY {word}.b",
        f"UPDATE t1 AS `{word}` SET {word}.b = 1 WHERE {word}.a = 2",
        f"SELECT {word}.* FROM t1 AS `{word}`",
        f"SELECT {word} .a FROM t1 AS `{word}`",
        f"SELECT {word}. a FROM t1 AS `{word}`",
        f"SELECT {word}.`a` FROM t1 AS `{word}`",
        f"SELECT t1.{word} FROM t1",
        f"SELECT t1. {word} FROM t1",
    ):
        variant = Variant(sql, OffsetMap(()))
        unread = isinstance(parse(variant, Dialect("mariadb", (10, 11))), Unparsed)
        verdict = server_verdict(connection, sql)
        assert unread == (verdict is not None and verdict.errno == 1064), sql


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
        "SELECT a FROM t1 WHERE a IN ()",
        "SELECT COUNT(DISTINCT) FROM t1",
        "SELECT a FROM t1 WHERE a == 1",
        "SELECT a AS group FROM t1",
        "SELECT a AS AS x FROM t1",
        "SELECT a FROM t1 WHERE c > NOW() - INTERVAL 7 DAYS",
        "SELECT CAST(a AS SIGNED) AS x y FROM t1",
        "WITH x (SELECT 1) SELECT a FROM t1",
        "SELECT a FROM t1 LIMIT ?,?,?",
        "DELETE t1 WHERE a = 1",
        "INSERT INTO (a, b) VALUES (1, 2)",
    ],
)
def test_a_frequent_slip_is_found_and_is_one(connection: Connection, sql: str) -> None:
    verdict = server_verdict(connection, sql)
    assert verdict is not None
    assert verdict.errno == 1064
    assert fault(sql)
