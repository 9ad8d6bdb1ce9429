"""Copies of a database in a tree: what the code's own migrations make of a table counts, not an older copy of it."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

MIGRATIONS = """package store

import "database/sql"

func Up_1(tx *sql.Tx) { tx.Exec("CREATE TABLE hosts (id INT PRIMARY KEY, name VARCHAR(40))") }
func Up_2(tx *sql.Tx) { tx.Exec("ALTER TABLE hosts ADD COLUMN seen INT") }
"""
QUERY = """package store

import "database/sql"

func get(db *sql.DB) {
\tdb.Query("SELECT seen FROM hosts")
\tdb.Query("SELECT nosuch FROM hosts")
}
"""
COPY = """DROP TABLE IF EXISTS `hosts`;
CREATE TABLE `hosts` (`id` INT PRIMARY KEY, `name` VARCHAR(40));
INSERT INTO `hosts` VALUES (1, 'a');
"""
EMPTY = """DROP TABLE IF EXISTS `packs`;
CREATE TABLE `packs` (`id` INT PRIMARY KEY);
"""


@pytest.mark.parametrize("copy", [COPY, COPY.replace("INSERT INTO", "INSERT IGNORE INTO").lower()])
def test_a_copy_with_rows_does_not_take_the_place_of_the_migrations(tree: Tree, copy: str) -> None:
    tree.write("store/migrations.go", MIGRATIONS)
    tree.write("store/get.go", QUERY)
    tree.write("tools/demo.sql", copy)
    report = tree.audit(".")
    assert brief(list(report.findings)) == [("NP101", "nosuch")]
    assert (report.counts.resolved, report.counts.statements) == (3, 3)


def test_its_empty_tables_are_copies_too(tree: Tree) -> None:
    tree.write("store/migrations.go", MIGRATIONS.replace("hosts", "packs"))
    tree.write("store/get.go", QUERY.replace("hosts", "packs"))
    tree.write("tools/demo.sql", COPY + EMPTY)
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_a_copy_is_the_schema_of_the_tables_that_nothing_else_makes(tree: Tree) -> None:
    tree.write("store/get.go", QUERY)
    tree.write("tools/demo.sql", COPY)
    assert brief(list(tree.audit(".").findings)) == [("NP101", "seen"), ("NP101", "nosuch")]


def test_the_rows_of_a_copy_are_judged_by_its_own_tables(tree: Tree) -> None:
    tree.write("store/migrations.go", MIGRATIONS)
    tree.write("tools/demo.sql", COPY + "INSERT INTO hosts VALUES (1, 'a', 3);\n")
    assert [(each.rule, each.position.line) for each in tree.audit(".").findings] == [("NP104", 4)]


def test_a_table_is_told_by_its_name_not_by_its_database(tree: Tree) -> None:
    """Another file that makes another table of the same database makes no copy of this one."""
    tree.write("store/get.go", QUERY)
    tree.write("sql/one.sql", COPY.replace("`hosts`", "app.hosts"))
    tree.write("sql/two.sql", "CREATE TABLE app.packs (id INT PRIMARY KEY);")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "seen"), ("NP101", "nosuch")]
