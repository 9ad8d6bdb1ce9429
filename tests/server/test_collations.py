"""Collations and character sets that a query names itself: 1115, 1253, 1267 and 1273."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql._ddl.charsets import CHARSETS
from nodepath_cli.sql.collations import full_name, unknown_charset, unknown_collation
from nodepath_cli.sql.ddl import DdlText, replay
from tests.server.judge import MARIADB, Connection, nodepath_says, server_verdict

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE a (id INT PRIMARY KEY, n VARCHAR(20), l VARCHAR(20) CHARACTER SET latin1, t TEXT CHARACTER SET utf8) "
    "DEFAULT CHARSET=utf8mb4",
    "CREATE TABLE b (id INT PRIMARY KEY, n VARCHAR(20)) DEFAULT CHARSET=utf8mb4",
)
STATEMENTS = (
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_bin = b.n COLLATE utf8mb4_general_ci",
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_unicode_ci <> b.n COLLATE utf8mb4_general_ci",
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_bin LIKE b.n COLLATE utf8mb4_general_ci",
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_bin NOT LIKE CONCAT(b.n, '%') COLLATE utf8mb4_general_ci",
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_bin = b.n COLLATE UTF8MB4_BIN",
    "SELECT 1 FROM a, b WHERE a.n COLLATE utf8mb4_bin = b.n",
    "SELECT 1 FROM a JOIN b ON a.n COLLATE utf8mb4_bin = b.n AND b.n COLLATE utf8mb4_general_ci = a.n",
    "SELECT 1 FROM a WHERE n COLLATE utf8mb4_bin = 'x' COLLATE utf8mb4_general_ci",
    "SELECT n COLLATE utf8mb4_bin COLLATE utf8mb4_general_ci FROM a",
    "SELECT 1 FROM a WHERE n COLLATE latin1_swedish_ci = 'x'",
    "SELECT 1 FROM a WHERE (n) COLLATE latin1_bin = 'x'",
    "SELECT 1 FROM a WHERE l COLLATE latin1_bin = 'x'",
    "SELECT 1 FROM a WHERE l COLLATE utf8mb4_bin = 'x'",
    "SELECT 1 FROM a WHERE t COLLATE utf8_bin = 'x'",
    "SELECT 1 FROM a WHERE t COLLATE utf8mb3_bin = 'x'",
    "SELECT 1 FROM a WHERE t COLLATE utf8mb4_bin = 'x'",
    "SELECT 1 FROM a WHERE id COLLATE utf8mb4_bin = 'x'",
    "SELECT n FROM a ORDER BY n COLLATE latin1_bin",
    "SELECT n FROM a ORDER BY n COLLATE utf8mb4_bin DESC",
    "SELECT n FROM a GROUP BY a.n COLLATE latin1_bin",
    "SELECT (SELECT MAX(a.n COLLATE latin1_bin) FROM b) FROM a",
    "SELECT 1 FROM a WHERE n COLLATE utf8mb4_unicod_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE utf8mb5_general_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE latin1_swedisch_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE utf8mb4_0900_ai_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE uca1400_ai_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE utf8mb4_unicode_520_nopad_ci = 'x'",
    "SELECT 1 FROM a WHERE n COLLATE 'utf8mb4_bin' = `n`",
    "SELECT CONVERT(n USING utf8mb5) FROM a",
    "SELECT CONVERT(n USING utf8) FROM a",
    "SELECT CONVERT(n USING latin1) COLLATE latin1_bin FROM a",
    "SELECT CONVERT(n USING latin1) COLLATE utf8mb4_bin FROM a",
    "SELECT CAST(n AS CHAR CHARACTER SET utf8mb5) FROM a",
    "SELECT CAST(n AS CHAR(5) CHARACTER SET latin1) FROM a",
    "SELECT CHAR(65 USING utf8mb5)",
    "SELECT CHAR(65, 66 USING latin1)",
    "UPDATE a SET n = 'x' WHERE n COLLATE latin1_bin = 'y'",
    "DELETE FROM a WHERE n COLLATE utf8mb4_bin = 'x'",
)


READY = ("SET NAMES utf8mb4",)


def test_collations_as_on_the_server(connection: Connection) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    differ, refused = [], 0
    for sql in STATEMENTS:
        server = server_verdict(connection, sql)
        ours = {each.errno for each in nodepath_says(sql, schema).verdicts}
        refused += server is not None
        if ({server.errno} if server else set()) != ours:
            differ.append((sql, server, ours))
    assert differ == []
    assert refused > 15


def test_each_collation_and_character_set_of_the_server_is_known(connection: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COLLATION_NAME FROM information_schema.COLLATIONS")
        collations = [str(name) for (name,) in cursor.fetchall()]
        cursor.execute("SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS")
        charsets = [str(name) for (name,) in cursor.fetchall()]
    for dialect, version in (("mariadb", (10, 11)), ("mysql", (8, 0)), ("mysql", ())):
        assert [each for each in collations if unknown_collation(each, dialect, version)] == []
    assert [each for each in charsets if unknown_charset(each)] == []
    assert len(collations) > 400
    # MySQL alone has it, by its manual.
    assert {full_name(each) for each in CHARSETS} - set(charsets) == {"gb18030"}


def test_mysql_s_own_collations_by_its_manual() -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), Dialect())
    for name in ("utf8mb4_0900_ai_ci", "utf8mb4_ja_0900_as_cs_ks", "utf8mb4_0900_bin", "utf8mb4_de_pb_0900_as_cs"):
        assert nodepath_says(f"SELECT n COLLATE {name} FROM a", schema, Dialect()).verdicts == ()
    for name in ("NOCASE", "BINARY", '"C"', "Latin1_General_100_CI_AS"):
        # What another database has is no slip.
        assert not unknown_collation(name, "mysql", (8, 0))
