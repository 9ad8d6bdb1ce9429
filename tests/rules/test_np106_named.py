"""NP106 for constants that a struct or a map gives to `:name`."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

SCHEMA = "CREATE TABLE staff (id INT, role ENUM('admin', 'clerk'), mail VARCHAR(9));"
HEAD = """package store

import "github.com/jmoiron/sqlx"

type coded string

func (c coded) Value() (any, error) { return string(c[:1]), nil }

type row struct {
	ID   int    `db:"id"`
	Role string `db:"role"`
	Mail string
	Code coded `db:"code"`
}

func work(db *sqlx.DB, id int, role string) {
"""


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ('row{id, "boss", "x", "y"}', True),
        ('row{ID: id, Role: "boss"}', True),
        ('&row{ID: id, Role: "boss"}', True),
        ('map[string]any{"id": id, "role": "boss"}', True),
        ('row{ID: id, Role: "clerk"}', False),
        ('row{ID: id, Role: role, Mail: "boss"}', False),
        ('map[string]any{"id": id, "role": role, "mail": "boss"}', False),
    ],
)
def test_a_constant_goes_to_the_placeholder_of_its_name(tree: Tree, given: str, found: bool) -> None:
    tree.write("schema.sql", SCHEMA)
    code = f"\tdb.NamedExec(\"UPDATE staff SET role = :role, mail = 'a' WHERE id = :id\", {given})\n}}\n"
    tree.write("store.go", HEAD + code)
    assert brief(list(tree.audit(".").findings)) == ([("NP106", "role")] if found else [])


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ('\tit := row{ID: id, Role: "boss"}\n\tfix(&it)\n\tdb.NamedExec(SQL, it)\n', ":role"),
        ('\tdb.NamedExec(SQL, row{ID: id, Code: "boss"})\n', ":code"),
    ],
)
def test_what_others_make_of_it_is_not_known(tree: Tree, code: str, sql: str) -> None:
    tree.write("schema.sql", SCHEMA)
    text = code.replace("SQL", f'"UPDATE staff SET role = {sql} WHERE id = :id"')
    tree.write("store.go", HEAD + text + '}\n\nfunc fix(it *row) { it.Role = "admin" }\n')
    assert brief(list(tree.audit(".").findings)) == []


def test_a_constant_that_sqlx_in_is_given(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    code = '\tq, args, _ := sqlx.In("UPDATE staff SET role = ? WHERE id IN (?)", "boss", []int{id})\n'
    code += "\tdb.Exec(q, args...)\n}\n"
    tree.write("store.go", HEAD + code)
    assert brief(list(tree.audit(".").findings)) == [("NP106", "role")]


def test_a_part_that_sqlx_in_gives_back_is_that_part(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    code = """	where, args, _ := cond(id)
	db.Select(nil, "SELECT id FROM staff" + where, args...)
}

func cond(ids ...int) (string, []any, error) {
	if len(ids) == 0 {
		return "", nil, nil
	}
	return sqlx.In(" WHERE nosuch = ? AND id IN (?)", "a", ids)
}
"""
    tree.write("store.go", HEAD + code)
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]
