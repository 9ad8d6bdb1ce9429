"""Texts of several statements: each meets what the DDL before it in the same text has made."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, brief, go

REBUILT = """
CREATE TABLE notes_new (id INT, title TEXT);
INSERT INTO notes_new (id, title) SELECT id, name FROM notes;
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;
UPDATE notes SET {} = '';
"""
LITE = Settings(dialect=Dialect("sqlite"))


def _text(sql: str) -> str:
    return "`" + sql + "`"


def test_a_table_that_the_text_itself_makes_is_known_in_it(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("a.go", go(_text(REBUILT.format("title"))))
    assert tree.audit("a.go").findings == ()


def test_a_column_that_the_text_has_taken_is_missing_behind_that(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("a.go", go(_text(REBUILT.format("name"))))
    assert brief(list(tree.audit("a.go").findings)) == [("NP101", "name")]


def test_ddl_behind_another_statement_counts(tree: Tree) -> None:
    tree.write(
        "a.go",
        go(_text("PRAGMA foreign_keys = off; CREATE TABLE notes (id INT, title TEXT);"), '"SELECT nosuch FROM notes"'),
    )
    assert brief(list(tree.audit("a.go", settings=LITE).findings)) == [("NP101", "nosuch")]


@pytest.mark.parametrize("first", ["", "UPDATE notes SET id = 1;"])
def test_a_block_of_a_migration_is_checked_step_by_step(tree: Tree, first: str) -> None:
    tree.write("migrations/001_start.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write(
        "migrations/002_move.sql",
        f"-- +goose Up\n-- +goose StatementBegin\n{first}ALTER TABLE notes ADD COLUMN title TEXT;\n"
        "UPDATE notes SET title = name;\nALTER TABLE notes DROP COLUMN name;\n-- +goose StatementEnd\n",
    )
    tree.write("a.go", go('"SELECT title FROM notes"', '"SELECT name FROM notes"'))
    found = tree.audit(".", settings=LITE).findings
    assert [(each.path, each.identifier) for each in found] == [("a.go", "name")]


@pytest.mark.parametrize("begin", ["BEGIN", "BEGIN WORK", "START TRANSACTION"])
def test_what_stands_behind_the_beginning_of_a_transaction_is_checked(tree: Tree, begin: str) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("a.go", go(_text(f"{begin}; UPDATE notes SET nosuch = 1; COMMIT")))
    assert brief(list(tree.audit("a.go").findings)) == [("NP101", "nosuch")]


def test_a_table_that_the_text_has_dropped_is_not_offered_for_itself(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE notes (id INT, name TEXT);")
    tree.write("a.go", go(_text("DROP TABLE notes; SELECT id FROM notes")))
    (found,) = tree.audit("a.go").findings
    assert (found.rule, found.suggestions) == ("NP102", ())
