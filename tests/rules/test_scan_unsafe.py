"""NP108 beside handles of sqlx that leave out columns for which a struct has no field."""

from __future__ import annotations

import pytest

from tests.tree import Tree

SOURCE = """package store

import (
\t"context"

\t"github.com/jmoiron/sqlx"
)

type Flow struct {
\tID int `db:"id"`
}

type Store struct {
\tx     *sqlx.DB
\tloose *sqlx.DB
}

var shared *sqlx.DB

func list(ctx context.Context, db *sqlx.DB) (fs []Flow) {
\tdb.Select(&fs, "SELECT id, one FROM flows")
\treturn fs
}

func outer(db *sqlx.DB) []Flow { return list(context.Background(), db) }

func read[T any](db *sqlx.DB) (v T) {
\tdb.Get(&v, "SELECT id, two FROM flows")
\treturn v
}

func (s *Store) strict() (f Flow) {
\ts.x.Get(&f, "SELECT id, three FROM flows")
\treturn f
}

func (s *Store) lenient() (f Flow) {
\ts.loose.Get(&f, "SELECT id, four FROM flows")
\treturn f
}

func global() (f Flow) {
\tshared.Get(&f, "SELECT id, five FROM flows")
\treturn f
}

func started(db *sqlx.DB) (f Flow) {
\ttx := open(db).MustBegin()
\ttx.Get(&f, "SELECT id, six FROM flows")
\trows, _ := tx.Queryx("SELECT id, seven FROM flows")
\trows.StructScan(&f)
\treturn f
}

func open(db *sqlx.DB) *sqlx.DB { return OPENED }

func do(s *Store, fn func(*sqlx.DB)) {
\tread[Flow](s.x)
\tCODE
}
"""
ALL = {"one", "two", "three", "four", "five", "six", "seven"}


def found(tree: Tree, code: str, opened: str = "db") -> set[str]:
    """Return the columns that NP108 has no field for."""
    tree.write(
        "schema.sql",
        "CREATE TABLE flows (id INT, one INT, two INT, three INT, four INT, five INT, six INT, seven INT);",
    )
    tree.write("a.go", SOURCE.replace("CODE", code).replace("OPENED", opened))
    return {each.message.split("'")[1] for each in tree.audit("a.go").findings if each.rule == "NP108"}


@pytest.mark.parametrize(
    ("code", "exempt"),
    [
        ("", ""),
        ('u := s.x.Unsafe()\nvar f Flow\nu.Get(&f, "SELECT id, one AS nine FROM flows")', ""),
        ('u := s.x.Unsafe()\nvar f Flow\nsqlx.Get(u, &f, "SELECT id, one AS nine FROM flows")', ""),
        ("list(nil, s.x.Unsafe())", "one"),
        ("u := s.x.Unsafe()\nouter(u)", "one"),
        ("read[Flow](s.x.Unsafe())", "two"),
        ("n := &Store{x: s.x, loose: s.x.Unsafe()}\n_ = n", "four"),
        ("s.loose = s.x.Unsafe()", "four"),
        ("shared = s.x.Unsafe()", "five"),
    ],
)
def test_only_the_calls_that_such_a_handle_gets_to_are_exempt(tree: Tree, code: str, exempt: str) -> None:
    assert found(tree, code) == ALL - {exempt}


def test_what_a_function_returns_leaves_columns_out_and_so_does_all_that_comes_of_it(tree: Tree) -> None:
    assert found(tree, "", "db.Unsafe()") == ALL - {"six", "seven"}


@pytest.mark.parametrize(
    "code",
    [
        "fn(s.x.Unsafe())",
        "all := []*sqlx.DB{s.x.Unsafe()}\n_ = all",
        "n := Store{s.x, s.x.Unsafe()}\n_ = n",
        "get := s.x.Unsafe().Get\n_ = get",
        'all := map[string]*sqlx.DB{}\nall["a"] = s.x.Unsafe()',
    ],
)
def test_where_it_is_not_followed_it_may_be_any_handle(tree: Tree, code: str) -> None:
    assert found(tree, code) == set()
