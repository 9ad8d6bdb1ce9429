"""Tables of one name that samples make with hardly a column in common: a script may be about any further one."""

from __future__ import annotations

from nodepath_cli.audit.not_todays import UNLIKE
from tests.tree import Tree, brief, go

ONE = "CREATE TABLE t1 (id INT PRIMARY KEY, f1 INT, f2 INT);"
OTHER = "CREATE TABLE t1 (id INT PRIMARY KEY, city VARCHAR(9), street VARCHAR(9));"
THIRD = "CREATE TABLE t1 (id INT PRIMARY KEY, price INT, tax INT);"


def test_a_script_without_the_table_may_mean_another_one(tree: Tree) -> None:
    tree.write("samples/a.sql", ONE)
    tree.write("samples/b.sql", OTHER)
    tree.write("samples/q.sql", "SELECT nosuch FROM t1;\nSELECT nosuch, f1 FROM t1 AS x;")
    report = tree.audit(".")
    assert report.findings == ()
    assert (report.counts.partial, report.counts.resolved) == (2, 0)
    assert {each.reason for each in report.unresolved} <= {UNLIKE}


def test_a_script_that_makes_other_tables_may_mean_another_one_too(tree: Tree) -> None:
    tree.write("samples/a.sql", ONE)
    tree.write("samples/b.sql", OTHER)
    tree.write("samples/q.sql", "CREATE TABLE own (a INT);\nSELECT t1.nosuch, own.nosuch FROM t1 JOIN own;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_what_a_script_makes_itself_is_meant(tree: Tree) -> None:
    tree.write("samples/a.sql", ONE + "\nSELECT nosuch FROM t1;")
    tree.write("samples/b.sql", OTHER)
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_versions_of_one_table_are_not_unlike(tree: Tree) -> None:
    tree.write("v1/a.sql", ONE)
    tree.write("v2/b.sql", "CREATE TABLE t1 (id INT PRIMARY KEY, f1 INT, f2 INT, city VARCHAR(9), street VARCHAR(9));")
    tree.write("q.sql", "SELECT nosuch FROM t1;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_one_table_is_the_one_that_is_meant(tree: Tree) -> None:
    tree.write("schema.sql", ONE)
    tree.write("q.sql", "SELECT nosuch FROM t1;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_the_program_means_one_of_them(tree: Tree) -> None:
    tree.write("samples/a.sql", ONE)
    tree.write("samples/b.sql", OTHER)
    tree.write("a.go", go('"SELECT f1, city FROM t1"', '"SELECT nosuch FROM t1"'))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_what_migrations_make_counts_unless_the_name_is_anybodys(tree: Tree) -> None:
    tree.write("migrations/001_start.sql", ONE)
    tree.write("samples/a.sql", OTHER)
    tree.write("samples/q.sql", "SELECT nosuch FROM t1;")
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]
    tree.write("samples/b.sql", THIRD)
    assert tree.audit(".").findings == ()
