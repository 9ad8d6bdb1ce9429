"""Which statements name their one table in their first words."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.sql.ddl_objects import DdlObject, touched
from nodepath_cli.sql.plain_ddl import plain_table

PLAIN = [
    ("CREATE TABLE a (x INT)", "a", True),
    ("\nCREATE  TABLE `a``b`(x INT)", "a`b", True),
    ("create table a (like b)", "a", True),
    ("CREATE INDEX i ON a (x)", "a", False),
    ("CREATE UNIQUE INDEX `i` ON `a`(x)", "a", False),
    ("ALTER TABLE a ADD COLUMN x INT", "a", False),
    ("ALTER TABLE a ADD x INT, ADD INDEX (x)", "a", False),
    ("ALTER TABLE a DROP COLUMN x", "a", False),
    ("ALTER TABLE a CHANGE x y INT", "a", False),
    ("ALTER TABLE a ALTER x SET DEFAULT 1", "a", False),
]


@pytest.mark.parametrize(("sql", "name", "made"), PLAIN)
def test_a_plain_statement_is_told_as_the_grammar_tells_it(sql: str, name: str, made: bool) -> None:
    found = plain_table(sql)
    assert found is not None and (found.name, found.made) == (name, made)
    assert touched(sql, Dialect("mariadb", (10, 11))).objects == (DdlObject("table", name),)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE IF NOT EXISTS a (x INT)",
        "CREATE OR REPLACE TABLE a (x INT)",
        "CREATE TEMPORARY TABLE a (x INT)",
        "CREATE TABLE d.a (x INT)",
        "CREATE TABLE a SELECT 1",
        "CREATE INDEX IF NOT EXISTS i ON a (x)",
        "ALTER TABLE a RENAME TO b",
        "ALTER TABLE a ADD x INT, RENAME TO b",
        "ALTER TABLE a DROP PARTITION p",
        "ALTER TABLE a EXCHANGE PARTITION p WITH TABLE b",
        "ALTER TABLE d.a ADD x INT",
        "ALTER IGNORE TABLE a ADD UNIQUE (x)",
        "ALTER TABLE IF EXISTS a ADD x INT",
        "ALTER TABLE a /* RENAME */ ADD x INT",
        "ALTER TABLE a ADD x INT -- RENAME",
        "RENAME TABLE a TO b",
        "DROP TABLE a",
        "DROP INDEX i ON a",
        "CREATE VIEW a AS SELECT 1",
        "/*!50000 CREATE TABLE a (x INT) */",
    ],
)
def test_what_may_name_more_is_left_to_the_grammar(sql: str) -> None:
    assert plain_table(sql) is None
