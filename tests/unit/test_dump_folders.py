"""Folders with one dump of a database: its files stand for themselves, whatever else has the tables' names."""

from __future__ import annotations

from nodepath_cli.config import Settings
from nodepath_cli.source.dump_folders import dumps
from nodepath_cli.source.migrations import numbered
from tests.tree import Tree, brief, go


def test_the_files_of_a_dump_come_in_the_order_in_which_they_are_loaded() -> None:
    names = ["shop.users.0001.sql", "shop.users-schema.sql", "shop-schema-create.sql", "shop.v-schema-view.sql"]
    found = dumps([f"d/{name}" for name in [*names, "other.sql", "readme.md"]])
    order = ["shop-schema-create.sql", "shop.users-schema.sql", "shop.v-schema-view.sql", "shop.users.0001.sql"]
    assert list(found) == [f"d/{name}" for name in order]
    assert set(found.values()) == {("d", "shop")}


def test_each_database_of_a_folder_is_a_dump() -> None:
    names = ["a.t-schema.sql", "a.t.sql", "b.t-schema.sql", "b.t.1.sql"]
    assert list(dumps(names).items()) == [(name, ("", name[0])) for name in names]


def test_a_name_alone_makes_no_dump() -> None:
    names = ["001.initial-schema.sql", "002.users.sql", "app-schema.sql", "app.sql"]
    assert dumps(names) == {}
    assert numbered(names, "mysql") == ["001.initial-schema.sql", "002.users.sql"]


def test_the_numbers_of_a_dump_are_no_migrations() -> None:
    assert numbered(["issue410-schema-create.sql", "issue410.t-schema.sql", "issue410.t.1.sql"], "mysql") == []


def _two(tree: Tree) -> None:
    for folder, columns in (("one", "id INT PRIMARY KEY, name VARCHAR(9)"), ("two", "s INT NOT NULL, x INT NOT NULL")):
        tree.write(f"{folder}/{folder}01-schema-create.sql", f"CREATE DATABASE `{folder}01`;")
        tree.write(f"{folder}/{folder}01.t-schema.sql", f"CREATE TABLE `t` ({columns});")
    tree.write("one/one01.t.1.sql", "INSERT INTO `t` VALUES (1, 'a');\nINSERT INTO `t` (id) VALUES (2);")
    tree.write("two/two01.t.1.sql", "INSERT INTO `t` (s, x) VALUES (1, 2);\nINSERT INTO `t` (name) VALUES (2);")


def test_rows_are_checked_against_the_tables_of_their_own_dump(tree: Tree) -> None:
    _two(tree)
    found = tree.audit(".").findings
    assert {each.path for each in found} == {"two/two01.t.1.sql"}
    assert [each.identifier for each in found if each.rule == "NP101"] == ["name"]


def test_a_table_of_another_dump_is_not_that_of_this_one(tree: Tree) -> None:
    _two(tree)
    tree.write("one/one01.u.1.sql", "INSERT INTO `u` (a) VALUES (1);\nINSERT INTO `owned` (nosuch) VALUES (1);")
    tree.write("two/two01.u-schema.sql", "CREATE TABLE `u` (b INT);")
    tree.write("migrations/001_owned.sql", "CREATE TABLE owned (id INT);")
    report = tree.audit("one", "two", "migrations")
    assert brief([each for each in report.findings if each.path.startswith("one/")]) == [("NP101", "nosuch")]
    assert [each.reason for each in report.unresolved] == ["no schema for table u"]


def test_the_program_may_use_the_columns_of_every_dump(tree: Tree) -> None:
    _two(tree)
    tree.write("a.go", go('"SELECT id, s FROM t"', '"SELECT nosuch FROM t"'))
    assert brief(list(tree.audit("a.go", "one").findings)) == [("NP101", "s"), ("NP101", "nosuch")]
    found = [each for each in tree.audit(".").findings if each.path == "a.go"]
    assert brief(found) == [("NP101", "nosuch")]


def test_where_a_schema_is_given_it_counts_for_what_the_dump_does_not_make(tree: Tree) -> None:
    _two(tree)
    tree.write("schema.sql", "CREATE TABLE u (id INT);")
    tree.write("one/one01.u.1.sql", "INSERT INTO `u` (nosuch) VALUES (1);")
    report = tree.audit("one", settings=Settings(schema=("schema.sql",)))
    assert brief(list(report.findings)) == [("NP101", "nosuch")]
