"""Upgrade scripts without a number: they meet what they begin with, not what they leave behind."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree, brief, go

OLD = "CREATE TABLE users (id INT PRIMARY KEY, fone VARCHAR(20));"
NEW = "CREATE TABLE users (id INT PRIMARY KEY, phone VARCHAR(20));"
FILLED = """ALTER TABLE users ADD COLUMN phone VARCHAR(20);
UPDATE users SET phone = fone;
ALTER TABLE users DROP COLUMN fone;
"""
MADE_ANEW = f"""ALTER TABLE users RENAME TO users_old;
{NEW}
INSERT INTO users (id, phone) SELECT id, fone FROM users_old;
DROP TABLE users_old;
"""
SCRIPTS = pytest.mark.parametrize(
    "script", [FILLED, MADE_ANEW, MADE_ANEW.replace("ALTER TABLE users RENAME TO", "RENAME TABLE users TO")]
)


@SCRIPTS
def test_a_script_may_use_what_it_takes_away(tree: Tree, script: str) -> None:
    tree.write("db/schema.sql", OLD)
    tree.write("db/upgrade.sql", script)
    report = tree.audit(".")
    assert not report.findings
    assert report.counts.partial == 0


@SCRIPTS
def test_what_was_never_there_is_still_an_error(tree: Tree, script: str) -> None:
    tree.write("db/schema.sql", OLD)
    tree.write("db/upgrade.sql", script.replace("= fone", "= fine").replace("id, fone", "id, fine"))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "fine")]


@SCRIPTS
def test_on_a_schema_that_has_been_through_the_script_nothing_is_proved(tree: Tree, script: str) -> None:
    tree.write("given.sql", NEW)
    tree.write("db/upgrade.sql", script)
    report = tree.audit("db", settings=Settings(schema=("given.sql",)))
    assert not report.findings
    assert report.counts.partial == 1
    assert "has been through this script" in report.partial[0].reason


def test_other_tables_are_checked_beside_those_that_it_changes(tree: Tree) -> None:
    tree.write("given.sql", NEW + "\nCREATE TABLE orders (id INT PRIMARY KEY);")
    tree.write("db/upgrade.sql", FILLED + "DELETE FROM orders WHERE nosuch = 1;\n")
    report = tree.audit("db", settings=Settings(schema=("given.sql",)))
    assert brief(list(report.findings)) == [("NP101", "nosuch")]


def test_a_script_that_only_adds_meets_the_schema_of_today(tree: Tree) -> None:
    tree.write(
        "db/a.sql",
        "CREATE TABLE IF NOT EXISTS users (id INT PRIMARY KEY);\nINSERT INTO users (id, phone) VALUES (1, '1');",
    )
    tree.write("db/b.sql", "ALTER TABLE users ADD COLUMN phone VARCHAR(20);")
    assert not tree.audit(".").findings


def test_which_of_two_scripts_runs_first_is_not_known_without_numbers(tree: Tree) -> None:
    tree.write("db/prepare.sql", "CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(20), size INT);")
    tree.write("db/data.sql", "INSERT INTO people (id, name) VALUES (1, 'a'); UPDATE people SET width = 1;")
    tree.write("db/shrink.sql", "ALTER TABLE people DROP COLUMN name;")
    tree.write("store.go", go("`UPDATE people SET name = 'b'`"))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "width"), ("NP101", "name")]


def test_a_row_has_the_columns_of_its_moment(tree: Tree) -> None:
    tree.write("db/schema.sql", "CREATE TABLE t (id INT PRIMARY KEY);")
    tree.write(
        "db/upgrade.sql",
        "ALTER TABLE t ADD COLUMN name VARCHAR(20);\n"
        "INSERT INTO t VALUES (1, 'a'), (2, 'b', 3);\n"
        "ALTER TABLE t ADD COLUMN c INT;\n"
        "INSERT INTO t VALUES (3, 'c', 4);\n"
        "INSERT INTO t VALUES (4, 'd');\n",
    )
    found = tree.audit(".").findings
    assert [(each.rule, each.position.line) for each in found] == [("NP104", 2), ("NP104", 5)]
    assert "row 2" in found[0].message
