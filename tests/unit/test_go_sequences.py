"""Functions that return what a loop goes through: their SQL, with what they were given."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements

HEAD = """package store

import ("database/sql"; "iter"; "github.com/jmoiron/sqlx")

type guest struct {
	ID int `db:"id"`
}

func stream[T any](db *sqlx.DB, query string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := db.Queryx(query, args...)
		if err != nil {
			return
		}
		for rows.Next() {
			var v T
			err := rows.StructScan(&v)
			if !yield(v, err) {
				return
			}
		}
	}
}

func numbers(db *sql.DB, table string) (all func(yield func(int) bool), err error) {
	all = func(yield func(int) bool) {
		rows, _ := db.Query("SELECT id FROM " + table)
		var id int
		rows.Scan(&id)
		yield(id)
	}
	return all, nil
}

func do(db *sqlx.DB, plain *sql.DB) {
"""


def uses(code: str) -> set[tuple[str, str, object]]:
    """Return each text with what is given to it and taken from it."""
    found = statements(HEAD + code + "\n}\n")
    return {
        (flat(each.variants[text].sql), use.kind, use.names if use.kind == "fields" else use.count)
        for each in found
        for use in each.uses
        for text in use.texts
    }


@pytest.mark.parametrize(
    "call", ["for g, err := range {} {{\n_, _ = g, err\n}}", "all := {}\nfor range all {{\n}}", "collect({})"]
)
def test_what_a_sequence_sends_and_takes(call: str) -> None:
    found = uses(call.format('stream[guest](db, "SELECT id FROM guests WHERE id = ?", 1, 2)'))
    sql = "SELECT id FROM guests WHERE id = ?"
    assert {(sql, "arguments", 2), (sql, "fields", ("id",))} <= found


def test_a_sequence_of_a_table() -> None:
    found = uses('all, _ := numbers(plain, "guests")\nfor range all {\n}')
    assert ("SELECT id FROM guests", "targets", 1) in found


def test_what_a_sequence_gives_is_no_index() -> None:
    code = """
    names := func(yield func(string) bool) { yield("id") }
    for n := range names {
        db.Query("SELECT " + n + " FROM t")
    }
    """
    texts = {flat(variant.sql) for each in statements(HEAD + code + "\n}\n") for variant in each.variants}
    assert "SELECT <> FROM t" in texts
