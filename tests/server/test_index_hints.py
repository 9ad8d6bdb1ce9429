"""USE, FORCE and IGNORE INDEX with keys that a table has and with others (1176)."""

from __future__ import annotations

import pytest

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB
from tests.server.judge import MARIADB
from tests.server.test_changed_tables import both

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE p (id INT PRIMARY KEY, code CHAR(2) UNIQUE) ENGINE=InnoDB",
    "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT, d INT, KEY by_a (a), KEY by_ab (a, b), UNIQUE one_c (c), "
    "CONSTRAINT of_p FOREIGN KEY (b) REFERENCES p (id), FOREIGN KEY (d) REFERENCES p (id)) ENGINE=InnoDB",
    "CREATE TABLE bare (x INT, y INT)",
    "CREATE INDEX later ON bare (y)",
    "ALTER TABLE t RENAME INDEX by_ab TO both_ab",
    "CREATE VIEW v AS SELECT a, b FROM t",
)
KEYS = (
    *("by_a", "BY_A", "both_ab", "by_ab", "both", "one_c", "one", "o", "of_p", "d", "b", "c", "a", "code", "nosuch"),
    *("PRIMARY", "primary", "`PRIMARY`", "later", "by_a, both_ab", "by_a, nosuch", "PRIMARY, one_c", "x", "y"),
)
FORMS = (
    "SELECT a FROM t FORCE INDEX ({}) WHERE a = 1",
    "SELECT z.a FROM t AS z USE INDEX ({}) JOIN p ON p.id = z.b",
    "SELECT a FROM t IGNORE KEY FOR ORDER BY ({}) ORDER BY a",
    "UPDATE t USE INDEX ({}) SET a = 1 WHERE a = 2",
    "SELECT id FROM p FORCE INDEX ({})",
    "SELECT x FROM bare USE INDEX ({})",
    "SELECT a FROM t WHERE a IN (SELECT id FROM p USE INDEX ({}))",
    "SELECT a FROM v USE INDEX ({})",
    "WITH q AS (SELECT a FROM t) SELECT a FROM q USE INDEX ({})",
)


def test_keys_of_hints_as_on_the_server(mariadb: PrivateMariaDB, database: str) -> None:
    schema = replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)
    differ = []
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for ddl in DDL:
            cursor.execute(ddl)
        for sql in [form.format(key) for form in FORMS for key in KEYS]:
            verdict, ours = both(connection, schema, sql)
            theirs = {verdict.errno} if verdict else set()
            if (1176 in ours) != (1176 in theirs):
                differ.append((sql, theirs, ours))
    assert not differ, "\n".join(map(str, differ))
