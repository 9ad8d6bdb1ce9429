"""Arguments that are handed to a database by a method of an interface of the tree."""

from __future__ import annotations

import pytest

from tests.tree import Tree

CODE = """package store

import "database/sql"

type runner interface {
\trun(q string, args ...any) error
}

type store struct{ runner runner }

type direct struct{ db *sql.DB }

func (d direct) run(q string, args ...any) error {
\t_, err := d.db.Exec(q, args...)
\treturn err
}
MORE
func (s *store) Move(id int) error { return s.runner.run("UPDATE parts SET sku = ? WHERE id = ?", GIVEN) }
"""
SECOND = """
type inside struct{ tx *sql.Tx }

func (i inside) run(q string, args ...any) error {
\trows, err := i.tx.Query(q, args...)
\tif err != nil {
\t\treturn err
\t}
\treturn rows.Close()
}
"""
ANOTHER = """
type tagged struct{ db *sql.DB }

func (t tagged) run(q string, args ...any) error {
\t_, err := t.db.Exec(BODY)
\treturn err
}
"""


def found(tree: Tree, given: str, more: str = "") -> list[tuple[str, str]]:
    tree.write("schema.sql", "CREATE TABLE parts (id INT, sku INT);")
    tree.write("store.go", CODE.replace("MORE", more).replace("GIVEN", given))
    return [(each.rule, each.message) for each in tree.audit("store.go").findings]


@pytest.mark.parametrize("more", ["", SECOND])
def test_a_method_that_hands_its_arguments_on_is_counted(tree: Tree, more: str) -> None:
    assert found(tree, "id", more) == [("NP107", "2 placeholders, 1 argument")]
    assert found(tree, "1, id", more) == []


@pytest.mark.parametrize(
    "body",
    ['q+" AND deleted = ?", append(args, 0)...', "q, append([]any{1}, args...)...", "rebind(q, args)"],
)
def test_where_one_of_them_does_something_else_nothing_is_said(tree: Tree, body: str) -> None:
    assert found(tree, "id", ANOTHER.replace("BODY", body)) == []


def test_a_method_that_changes_its_arguments_hands_on_others(tree: Tree) -> None:
    more = ANOTHER.replace("BODY", "q, args...").replace("\t_, err", "\targs = append(args, 1)\n\t_, err")
    assert found(tree, "id", more) == []
