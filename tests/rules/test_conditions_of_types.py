"""NP107: conditions of several types, each with its text and its arguments, that one function joins."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), node INT);"
CODE = """package store

import (
	"database/sql"
	"strings"
)

type condition interface {
	SQL() (string, []any)
}

type same struct {
	column string
	value  any
}

func (s same) SQL() (string, []any) { return s.column + " = ?", []any{s.value} }

type between struct {
	column   string
	low, top any
}

func (b between) SQL() (string, []any) { return b.column + " BETWEEN ? AND ?", []any{b.low, b.top} }

type empty string

func (e empty) SQL() (string, []any) { return string(e) + " IS NULL", nil }

func all(list ...condition) (string, []any) {
	var parts []string
	var args []any
	for _, each := range list {
		text, given := each.SQL()
		parts = append(parts, text)
		args = append(args, given...)
	}
	return strings.Join(parts, " AND "), args
}

func Do(db *sql.DB, name string, given []any) {
	where, args := all(same{"name", name}, between{"node", 1, 2}, empty("node"))
	db.Query("SELECT id FROM flows WHERE "+where, args...)
}
"""


def messages(tree: Tree, code: str) -> list[str]:
    """What is found in the code."""
    tree.write("schema.sql", DDL)
    tree.write("a.go", code)
    return [each.message for each in tree.audit("a.go").findings]


def test_each_gives_what_it_asks_for(tree: Tree) -> None:
    assert messages(tree, CODE) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[]any{b.low, b.top}", "[]any{b.low}", "3 placeholders, 2 arguments"),
        ('" IS NULL", nil', '" IS NULL", []any{e}', "3 placeholders, 4 arguments"),
        ('" IS NULL", nil', '" <> ?", nil', "4 placeholders, 3 arguments"),
    ],
)
def test_one_that_gives_more_or_less(tree: Tree, old: str, new: str, message: str) -> None:
    assert messages(tree, CODE.replace(old, new)) == [message]


def test_a_list_that_is_not_known_may_have_any_length(tree: Tree) -> None:
    assert messages(tree, CODE.replace('" IS NULL", nil', '" <> ?", arguments()')) == []
