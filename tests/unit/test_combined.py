"""Texts that join one caller's table with another's columns."""

from __future__ import annotations

from tests.tree import Tree, brief

DDL = """
CREATE TABLE tasks (guid INT, body TEXT);
CREATE TABLE actors (name INT, body TEXT);
CREATE TABLE jobs (number INT);
"""
CODE = """package store

import (
    "database/sql"
    "fmt"
)

type kind struct {
    table, column string
}

func All(db *sql.DB) {
    fill(db, kind{table: "tasks", column: "guid"})
    fill(db, kind{table: "actors", column: "%s"})
    fill(db, kind{table: "jobs", column: "number"})
}

func fill(db *sql.DB, each kind) {
    db.Query(fmt.Sprintf("SELECT %%s FROM %%s", each.column, each.table))
    %s
}
"""


def audited(tree: Tree, column: str, more: str = "") -> list[tuple[str, str | None]]:
    """The findings in the code with a column of the second table, and another statement."""
    tree.write("schema.sql", DDL)
    tree.write("store.go", CODE % (column, more))
    return brief(list(tree.audit("store.go").findings))


def test_a_column_that_fits_the_table_it_comes_with_is_right(tree: Tree) -> None:
    assert audited(tree, "name") == []


def test_a_column_that_fits_none_of_the_tables_is_wrong(tree: Tree) -> None:
    assert audited(tree, "nosuch") == [("NP101", "nosuch")]


def test_what_all_texts_share_must_fit_every_table(tree: Tree) -> None:
    more = 'db.Query("SELECT body FROM " + each.table)'
    assert audited(tree, "name", more) == [("NP101", "body")]
