"""Functions with a blank before the parenthesis (1630, 1064), and names that are no function (1305)."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.builtins import BUILT_IN, may_be_stored, probably_none
from nodepath_cli.sql.ddl import DdlText, replay
from nodepath_cli.sql.features import FUNCTIONS, lacks
from nodepath_cli.sql.words import TOUCHING
from tests.mariadb import PrivateMariaDB
from tests.server.judge import MARIADB, nodepath_says, server_verdict
from tests.server.test_changed_tables import both

pytestmark = pytest.mark.server

DDL = "CREATE TABLE t (a INT PRIMARY KEY, b INT, c VARCHAR(20))"
ARGUMENTS = (
    "",
    "a",
    "*",
    "a, b",
    "DISTINCT a",
    "a AS CHAR",
    "DAY FROM c",
    "a IN c",
    "c, INTERVAL 1 DAY",
    "c FROM 1 FOR 2",
)
OTHERS = (
    "IFNULL",
    "COALESCE",
    "AVG",
    "CONCAT",
    "LOWER",
    "ROUND",
    "JSON_EXTRACT",
    "DATE_FORMAT",
    "LEFT",
    "IF",
    "GREATEST",
    "CHAR",
)
FORMS = ("SELECT {} FROM t", "SELECT a FROM t HAVING {} > 1", "SELECT a FROM t ORDER BY {}")
NUMBERS = {1630, 1064, 1305}


def test_a_blank_before_a_parenthesis_as_on_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    schema = replay([DdlText(DDL, "x.sql")], Schema(), MARIADB)
    differ, found, clean = [], 0, 0
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(DDL)
        for name in sorted((*TOUCHING, *OTHERS)):
            # Nobody else takes words among its arguments, with a blank or without.
            lists = ("",) if name == "SYSDATE" else ARGUMENTS if name in TOUCHING else ("a", "a, b")
            for text in (f"{name}{blank}({each})" for each in lists for blank in ("", " ", "\n")):
                sql = FORMS[len(text) % len(FORMS)].format(text)
                verdict, ours = both(connection, schema, sql)
                unread = nodepath_says(sql, schema).unparsed is not None
                theirs = {verdict.errno} & NUMBERS if verdict else set()
                touching = "(" not in (text[len(name)], "")
                if unread or not touching or not theirs:
                    # What is wrong without the blank, too, is none of this.
                    if ours & {1630} and not theirs:
                        differ.append((sql, theirs, ours))
                    clean += not theirs
                    continue
                found += 1
                if not theirs <= ours:
                    differ.append((sql, theirs, ours))
    assert not differ, "\n".join(map(str, differ))
    assert found > 150
    assert clean > 50


def test_a_blank_is_taken_where_the_mode_says_so() -> None:
    schema = replay([DdlText(DDL, "x.sql")], Schema(), MARIADB)
    for dialect in (Dialect("mariadb", (10, 11), ignore_space=True), Dialect("mysql", (8, 0), ignore_space=True)):
        assert nodepath_says("SELECT COUNT (*) FROM t", schema, dialect).verdicts == ()


def test_what_is_called_no_function_is_none(mariadb: PrivateMariaDB, database: str) -> None:
    slips = {f"{name[:at]}{name[at + 1 :]}" for name in BUILT_IN for at in range(1, len(name))}
    slips |= {
        f"{name[:at]}{name[at + 1]}{name[at]}{name[at + 2 :]}" for name in BUILT_IN for at in range(1, len(name) - 1)
    }
    called = {
        name for name in (*slips, "LEN", "GETDATE", "DATE_TRUNC", "STRING_AGG", "STRFTIME") if probably_none(name)
    }
    with mariadb.connect(database) as connection:
        wrong = [
            name
            for name in sorted(called)
            if getattr(server_verdict(connection, f"SELECT {name}()"), "errno", 0) != 1305
        ]
        functions = [name for name in sorted(BUILT_IN) if probably_none(name)]
    assert wrong == []
    assert functions == []
    assert len(called) > 300


def test_every_function_of_the_server_is_known(mariadb: PrivateMariaDB, database: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT UPPER(FUNCTION) FROM information_schema.SQL_FUNCTIONS")
        functions = {name for (name,) in cursor.fetchall()}
    assert functions <= BUILT_IN
    assert len(functions) > 200


def test_functions_that_mariadb_lacks(mariadb: PrivateMariaDB, database: str) -> None:
    with mariadb.connect(database) as connection:
        for name in FUNCTIONS:
            verdict = server_verdict(connection, f"SELECT {name}(1)")
            assert (verdict is not None and verdict.errno == 1305) == lacks(name, "mariadb", (10, 11)), name


def test_what_may_be_a_stored_function_is_none_of_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT UPPER(word) FROM information_schema.KEYWORDS")
        names = {str(word) for (word,) in cursor.fetchall() if str(word).isidentifier()}
        cursor.execute("SELECT UPPER(name) FROM mysql.help_topic")
        names |= {str(name) for (name,) in cursor.fetchall() if str(name).isidentifier()}
        # What the grammar reads as something else is no call.
        wrong = [
            name
            for name in sorted(names)
            if may_be_stored(name)
            and getattr(server_verdict(connection, f"SELECT {name}(1)"), "errno", 0) not in (1305, 1064)
        ]
    assert wrong == []
    assert len(names) > 600
    assert may_be_stored("FN_BALANCE")
