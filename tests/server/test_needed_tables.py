"""Statements that are no DML and need a table: TRUNCATE, LOCK TABLES, SHOW, DESCRIBE, LOAD DATA."""

from __future__ import annotations

import itertools

import pymysql
import pytest

from nodepath_cli.config import Dialect, Settings
from tests.mariadb import PrivateMariaDB
from tests.server.judge import load_schema, nodepath_says
from tests.tree import Tree, go

pytestmark = pytest.mark.server

DDL = ("CREATE TABLE t (a INT PRIMARY KEY, b INT)", "CREATE TABLE u (c INT)", "CREATE VIEW v AS SELECT a FROM t")
FORMS = (
    "TRUNCATE TABLE {0}",
    "TRUNCATE {0}",
    "TRUNCATE TABLE {0} NOWAIT",
    "TRUNCATE TABLE {0} WAIT 1",
    "TRUNCATE TABLE {0};",
    "LOCK TABLES {0} WRITE",
    "LOCK TABLE {0} READ",
    "LOCK TABLES u READ, {0} WRITE",
    "LOCK TABLES {0} AS x READ LOCAL",
    "LOCK TABLES {0} x LOW_PRIORITY WRITE",
    "LOCK TABLES {0} WRITE, u AS y READ",
    "LOCK TABLES {0} READ NOWAIT",
    "SHOW COLUMNS FROM {0}",
    "SHOW FULL COLUMNS FROM {0} LIKE 'a%'",
    "SHOW FIELDS IN {0} WHERE Field = 'a'",
    "SHOW INDEX FROM {0}",
    "SHOW INDEXES IN {0} WHERE Key_name = 'PRIMARY'",
    "SHOW KEYS FROM {0}",
    "SHOW CREATE TABLE {0}",
    "DESCRIBE {0}",
    "DESC {0}",
    "DESC {0} a",
    "DESCRIBE {0} 'a%'",
    "LOAD DATA INFILE '/nosuch' INTO TABLE {0}",
    "LOAD DATA INFILE '/nosuch' IGNORE INTO TABLE {0} FIELDS TERMINATED BY ',' (a)",
    "SHOW COLUMNS FROM {1} FROM {db}",
    "SHOW INDEX IN {1} IN {db}",
    "SHOW COLUMNS FROM {0} FROM {db}",
)
TABLES = (
    "t",
    "nosuch",
    "`t`",
    "`no such`",
    "T",
    "{db}.t",
    "{db}.nosuch",
    "`{db}`.`t`",
    "tt",
)
OTHERS = (
    "SHOW TABLES",
    "SHOW TABLES LIKE 'nosuch'",
    "SHOW TABLE STATUS LIKE 'nosuch'",
    "ANALYZE TABLE nosuch",
    "CHECK TABLE nosuch",
    "OPTIMIZE TABLE nosuch",
    "REPAIR TABLE nosuch",
    "CHECKSUM TABLE nosuch",
    "SHOW STATUS",
    "SHOW CREATE DATABASE {db}",
    "UNLOCK TABLES",
    "SHOW INDEX FROM t FROM {db}",
    "SHOW COLUMNS FROM v",
    "DESC v",
    "SHOW CREATE TABLE v",
    "LOCK TABLES v READ",
    "SHOW COLUMNS FROM information_schema.tables",
    "DESCRIBE SELECT 1",
    "DESC SELECT a FROM t",
    "SHOW FULL TABLES IN {db}",
)


def test_what_a_utility_needs_is_there_or_refused(mariadb: PrivateMariaDB, database: str) -> None:
    differ, refused, taken = [], 0, 0
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for ddl in DDL:
            cursor.execute(ddl)
        schema = load_schema(connection, database)
        pairs = list(itertools.product(FORMS, TABLES))
        statements = [form.format(table, table.rpartition(".")[2], db="{db}") for form, table in pairs] + list(OTHERS)
        for sql in dict.fromkeys(each.format(db=database) for each in statements):
            try:
                cursor.execute("UNLOCK TABLES")
                cursor.execute(sql)
                theirs = 0
            except pymysql.MySQLError as error:
                theirs = int(error.args[0])
            # A file that is not there is looked for when the table is.
            theirs = 0 if "/nosuch" in sql and theirs in (13, 29, 1105, 1290) else theirs
            refused, taken = refused + (theirs != 0), taken + (theirs == 0)
            if {each.errno for each in nodepath_says(sql, schema).verdicts} != ({theirs} if theirs else set()):
                differ.append((sql, theirs, nodepath_says(sql, schema)))
    assert not differ, "\n".join(map(str, differ))
    assert refused > 120
    assert taken > 120


def errnos(tree: Tree, *statements: str) -> list[int | None]:
    tree.write("schema.sql", ";\n".join(DDL) + ";\n")
    tree.write("store.go", go(*(f'"{each}"' for each in statements)))
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    return [each.errno for each in tree.audit("store.go", settings=settings).findings]


@pytest.mark.parametrize(
    "sql", ["TRUNCATE TABLE nosuch", "LOCK TABLES t READ, nosuch WRITE", "SHOW COLUMNS FROM nosuch"]
)
def test_code_that_needs_a_table_that_no_source_has(tree: Tree, sql: str) -> None:
    assert errnos(tree, sql) == [1146]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE made (a INT); TRUNCATE TABLE made; INSERT INTO made (a) VALUES (1)",
        "CREATE TEMPORARY TABLE made (a INT); TRUNCATE made",
        "DROP TABLE nosuch",
        "ALTER TABLE t DROP COLUMN nosuch",
        "ALTER TABLE t ADD COLUMN a INT",
        "ALTER TABLE nosuch ADD COLUMN a INT",
        "CREATE INDEX i ON nosuch (a)",
    ],
)
def test_what_makes_or_changes_the_schema_is_a_step_of_it(tree: Tree, sql: str) -> None:
    assert errnos(tree, sql) == []


def test_a_table_of_an_inferred_schema_may_be_somewhere_else(tree: Tree) -> None:
    tree.write("store.go", go('"CREATE TABLE made (a INT)"', '"TRUNCATE TABLE elsewhere"', '"SHOW INDEX FROM made"'))
    assert [each.errno for each in tree.audit("store.go").findings if each.severity == "error"] == []
