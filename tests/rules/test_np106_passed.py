"""NP106 for constants that a function is given and hands on to a database as they are."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

SCHEMA = "CREATE TABLE staff (id INT, role ENUM('admin', 'clerk'), mail VARCHAR(9));"
HEAD = """package store

import (
	"context"
	"database/sql"
	"strings"
)

type role string

type coded string

func (c coded) Value() (any, error) { return string(c[:1]), nil }

type auth struct{ db *sql.DB }

"""


def _found(tree: Tree, code: str) -> list[tuple[str, str | None]]:
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", HEAD + code)
    return brief(list(tree.audit(".").findings))


ADD = """func add(db *sql.DB, id int, role TYPE) error {
	_, err := db.Exec("INSERT INTO staff (id, mail, role) VALUES (?, ?, ?)", id, "x", role)
	return err
}

"""


@pytest.mark.parametrize("kind", ["string", "any", "role"])
@pytest.mark.parametrize(("value", "found"), [("boss", [("NP106", "role")]), ("clerk", [])])
def test_a_constant_is_known_behind_a_function_that_hands_it_on(
    tree: Tree, kind: str, value: str, found: list[tuple[str, str | None]]
) -> None:
    call = f'func first(db *sql.DB) error {{ return add(db, 1, "{value}") }}\n'
    assert _found(tree, ADD.replace("TYPE", kind) + call) == found


def test_it_is_known_behind_two_of_them_and_behind_methods(tree: Tree) -> None:
    code = """func (a *auth) add(ctx context.Context, id int, role string) error {
	_, err := a.db.ExecContext(ctx, "INSERT INTO staff (id, role) VALUES (?, ?)", id, role)
	return err
}

func (a *auth) first(ctx context.Context) error { return a.add(ctx, 1, "boss") }
"""
    assert _found(tree, code) == [("NP106", "role")]
    code = """func both(db *sql.DB, role string) error { return add(db, 1, role) }

func first(db *sql.DB) error { return both(db, "boss") }
"""
    assert _found(tree, ADD.replace("TYPE", "string") + code) == [("NP106", "role")]


@pytest.mark.parametrize(
    "body",
    [
        # What the function makes of it is another text, or a branch asks what it is.
        'role = strings.TrimSuffix(role, "x")\n\tdb.Exec("UPDATE staff SET role = ?", role)',
        'db.Exec("UPDATE staff SET role = ?", strings.TrimSuffix(role, "x"))',
        'role = strings.ToLower(role)\n\tdb.Exec("UPDATE staff SET role = ?", role)',
        'if role != "Boss" {\n\t\tdb.Exec("UPDATE staff SET role = ?", role)\n\t}',
        'if role == "Boss" {\n\t\trole = "admin"\n\t}\n\tdb.Exec("UPDATE staff SET role = ?", role)',
        'known := map[string]string{"Boss": "admin"}\n\tdb.Exec("UPDATE staff SET role = ?", known[role])',
        'each(func(role string) { db.Exec("UPDATE staff SET role = ?", role) })',
        'db.Exec("UPDATE staff SET mail = ?", role)',
    ],
)
def test_what_is_not_handed_on_as_it_is_says_nothing(tree: Tree, body: str) -> None:
    code = f"func each(f func(string)) {{}}\n\nfunc set(db *sql.DB, role string) {{\n\t{body}\n}}\n\n"
    assert _found(tree, code + 'func first(db *sql.DB) { set(db, "Boss") }\n') == []


def test_a_type_that_says_itself_what_is_sent(tree: Tree) -> None:
    code = ADD.replace("TYPE", "coded") + 'func first(db *sql.DB) error { return add(db, 1, "boss") }\n'
    assert _found(tree, code) == []
