"""Methods of a database as values: in fields, variables and arguments."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements

HEAD = """package store

import ("context"; "database/sql")

type runner func(ctx context.Context, query string, args ...any) (sql.Result, error)

type texts struct{ add string }

type store struct {
	exec func(ctx context.Context, query string, args ...any) (sql.Result, error)
	row  func(query string, args ...any) *sql.Row
	run  runner
	q    texts
}

func newStore(db *sql.DB) *store {
	q := texts{add: "INSERT INTO t VALUES (?, ?)"}
	return &store{exec: db.ExecContext, row: db.QueryRow, run: db.ExecContext, q: q}
}

func apply(ctx context.Context, exec runner, id int) { exec(ctx, "DELETE FROM t WHERE id = ?", id) }

func (s *store) own(ctx context.Context, query string, args ...any) (sql.Result, error) { return nil, nil }

func (s *store) do(ctx context.Context, db *sql.DB, tx *sql.Tx, inside bool, a, b int) {
"""


def uses(code: str) -> list[tuple[str, str, int | None]]:
    """Return each statement with what is given to it and taken from it."""
    found = statements(HEAD + code + "\n}\n")
    return [(flat(each.sql), use.kind, use.count) for each in found for use in each.uses]


@pytest.mark.parametrize(
    "call",
    [
        's.exec(ctx, "SELECT ?", a, b)',
        's.run(ctx, "SELECT ?", a, b)',
        'exec := s.exec\nexec(ctx, "SELECT ?", a, b)',
        'exec := db.ExecContext\nexec(ctx, "SELECT ?", a, b)',
        'var exec runner = db.ExecContext\nexec(ctx, "SELECT ?", a, b)',
        'exec := runner(db.ExecContext)\nexec(ctx, "SELECT ?", a, b)',
        'exec := db.ExecContext\nif inside {\nexec = tx.ExecContext\n}\nexec(ctx, "SELECT ?", a, b)',
        'other := store{run: tx.ExecContext}\nother.run(ctx, "SELECT ?", a, b)',
        'prepare := db.Prepare\nst, _ := prepare("SELECT ?")\nst.Exec(a, b)',
    ],
)
def test_arguments_are_those_of_the_method(call: str) -> None:
    assert ("SELECT ?", "arguments", 2) in uses(call)


def test_rows_are_those_of_the_method() -> None:
    found = uses(
        's.row("SELECT a, b FROM t").Scan(&a)\nall := db.Query\nrows, _ := all("SELECT c FROM t")\nrows.Scan(&a, &b)'
    )
    assert ("SELECT a, b FROM t", "targets", 1) in found
    assert ("SELECT c FROM t", "targets", 2) in found


def test_the_sql_of_a_field_is_sent_by_the_method_in_another() -> None:
    assert ("INSERT INTO t VALUES (?, ?)", "arguments", 1) in uses("s.exec(ctx, s.q.add, a)")


def test_a_method_that_a_function_is_given() -> None:
    assert ("DELETE FROM t WHERE id = ?", "arguments", 1) in uses("apply(ctx, db.ExecContext, a)")


@pytest.mark.parametrize(
    "call",
    [
        'exec := s.own\nexec(ctx, "SELECT ?", a, b)',
        'exec := given()\nexec(ctx, "SELECT ?", a, b)',
        'exec := db.ExecContext\nif inside {\nexec = s.own\n}\nexec(ctx, "SELECT ?", a, b)',
    ],
)
def test_other_functions_give_their_arguments_to_whatever_they_like(call: str) -> None:
    assert not [use for use in uses(call) if use[0] == "SELECT ?"]
