"""What a function literal sees: the variables around it, those of blocks that were left before it is called, too."""

from __future__ import annotations

from tests.unit.go_host import body, flat, only, statements, texts, variants

MIGRATION = """
package m

import (
	"database/sql"
	"fmt"
)

type step func() error
type adding func(table, column string) step

func adds(tx *sql.Tx) adding {
	return func(table, column string) step {
		return func() error {
			_, err := tx.Exec(fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s INT", table, column))
			return err
		}
	}
}

func up(tx *sql.Tx) error {
	add := adds(tx)
	return run(add("notes", "rank"), more(add))
}

func more(add adding) step {
	return func() error {
		return run(add("notes", "due"))
	}
}
"""


def test_a_function_that_is_returned_sees_the_variables_of_the_one_that_made_it() -> None:
    code = """
        package repo

        import "database/sql"

        func reader(db *sql.DB, table string) func() error {
            query := "SELECT a FROM " + table
            return func() error {
                _, err := db.Query(query)
                return err
            }
        }

        func all(db *sql.DB) {
            read := reader(db, "notes")
            read()
            later(reader(db, "tags"))
        }
        """
    assert variants(only(statements(code))) == ["SELECT a FROM notes", "SELECT a FROM tags"]


def test_a_function_of_a_function_is_followed_through_both() -> None:
    found = only(statements(MIGRATION))
    assert variants(found) == ["ALTER TABLE notes ADD COLUMN rank INT", "ALTER TABLE notes ADD COLUMN due INT"]


def test_a_literal_that_is_called_behind_its_block_sees_the_block() -> None:
    code = """
        run := func() {}
        if active {
            table := "notes"
            run = func() { r.db.Exec("DELETE FROM " + table) }
        }
        run()
    """
    assert texts(body(code)) == ["DELETE FROM notes"]


def test_a_literal_changes_the_variables_that_are_still_there() -> None:
    code = """
        query := "SELECT a FROM t"
        where := func(column string) func() {
            return func() { query += " WHERE " + column + " = 1" }
        }
        where("b")()
        r.db.Query(query)
    """
    assert texts(body(code)) == ["SELECT a FROM t WHERE b = 1"]


def test_two_functions_made_by_one_keep_their_own_variables() -> None:
    code = """
        from := func(table string) func() {
            return func() { r.db.Query("SELECT a FROM " + table) }
        }
        one, two := from("notes"), from("tags")
        two()
        one()
    """
    assert sorted(variants(only(statements(body(code))))) == ["SELECT a FROM notes", "SELECT a FROM tags"]


def test_a_function_literal_does_not_see_the_inner_variables_of_where_it_is_called() -> None:
    code = """
    q := "SELECT a FROM outer_one"
    run := func() { db.Query(q) }
    if x {
        q := "SELECT b FROM inner_one"
        _ = q
        run()
    }
    """
    assert texts(body(code)) == ["SELECT a FROM outer_one"]


FACTORY = """package store

import "database/sql"

func counter(db *sql.DB, table, cond string) func(limit string) error {
	return func(limit string) error {
		_, err := db.Query("SELECT COUNT(*) FROM " + table + " WHERE " + cond + limit)
		return err
	}
}

func counters(db *sql.DB) map[string]func(string) error {
	return map[string]func(string) error{
		"open": counter(db, "orders", "state = 1"),
		"late": counter(db, "bills", "late = 1"),
	}
}

func direct(db *sql.DB) error { return counter(db, "rooms", "free = 1")(" LIMIT 1") }
"""


def test_a_function_that_a_call_with_texts_returns_is_run_with_those() -> None:
    found = {flat(variant.sql) for each in statements(FACTORY) for variant in each.variants}
    assert found == {
        "SELECT COUNT(*) FROM orders WHERE state = 1<>",
        "SELECT COUNT(*) FROM bills WHERE late = 1<>",
        "SELECT COUNT(*) FROM rooms WHERE free = 1 LIMIT 1",
    }
