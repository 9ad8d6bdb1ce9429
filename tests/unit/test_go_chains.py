"""Builders of the program's own whose methods return them (`From(t).Where(c).OrderBy(o)`): each chain by itself."""

from __future__ import annotations

from tests.unit.go_host import statements

BUILDER = """package store

import (
\t"database/sql"
\t"fmt"
\t"strings"
)

type query struct {
\tfrom  string
\twhere []string
\targs  []any
\torder string
\tlimit int
}

func From(table string) *query { return &query{from: table} }

func (q *query) Where(cond string, args ...any) *query {
\tq.where = append(q.where, cond)
\tq.args = append(q.args, args...)
\treturn q
}

func (q *query) WhereIf(ok bool, cond string, args ...any) *query {
\tif ok {
\t\treturn q.Where(cond, args...)
\t}
\treturn q
}

func (q *query) OrderBy(order string) *query {
\tq.order = order
\treturn q
}

func (q *query) Page(limit int) *query {
\tq.limit = limit
\treturn q
}

func (q *query) SQL() (string, []any) {
\ttext := "SELECT id FROM " + q.from
\tif len(q.where) > 0 {
\t\ttext += " WHERE " + strings.Join(q.where, " AND ")
\t}
\tif q.order != "" {
\t\ttext += " ORDER BY " + q.order
\t}
\tif q.limit > 0 {
\t\ttext += fmt.Sprintf(" LIMIT %d", q.limit)
\t}
\treturn text, q.args
}

"""


def texts(code: str) -> dict[str | None, set[str]]:
    """Return the texts of each function."""
    found: dict[str | None, set[str]] = {}
    for each in statements({"store/a.go": BUILDER + code}):
        found.setdefault(each.function, set()).update(variant.sql for variant in each.variants)
    return found


def test_what_one_chain_sets_is_no_part_of_another_chain() -> None:
    found = texts(
        "func orders(db *sql.DB) {\n"
        '\ttext, args := From("orders").Where("paid = ?", 1).OrderBy("paid_at").SQL()\n\tdb.Query(text, args...)\n}\n'
        'func leads(db *sql.DB) {\n\ttext, args := From("leads").Where("stage = ?", 1).SQL()\n'
        "\tdb.Query(text, args...)\n}\n"
    )
    assert found["orders"] == {"SELECT id FROM orders WHERE paid = ? ORDER BY paid_at"}
    assert found["leads"] == {"SELECT id FROM leads WHERE stage = ?"}


def test_a_chain_keeps_its_parts_through_methods_that_take_only_numbers() -> None:
    found = texts(
        "func orders(db *sql.DB, user string) {\n"
        '\ttext, args := From("orders").WhereIf(user != "", "user_id = ?", user).OrderBy("id").Page(25).SQL()\n'
        "\tdb.Query(text, args...)\n}\n"
        'func leads(db *sql.DB) {\n\ttext, args := From("leads").Where("stage = ?", 1).Page(5).SQL()\n'
        "\tdb.Query(text, args...)\n}\n"
    )
    assert found["orders"] == {
        "SELECT id FROM orders WHERE user_id = ? ORDER BY id LIMIT 25",
        "SELECT id FROM orders ORDER BY id LIMIT 25",
    }
    assert found["leads"] == {"SELECT id FROM leads WHERE stage = ? LIMIT 5"}


def test_a_text_that_two_databases_get_alike_is_the_audited_ones() -> None:
    code = BUILDER + (
        "type dialect int\n\nconst (\n\tDialectSQLite dialect = iota\n\tDialectMySQL\n)\n\n"
        "func (d dialect) From(table string) *query {\n\tswitch d {\n"
        "\tcase DialectSQLite:\n\t\treturn &query{limit: 1, from: table}\n"
        "\tcase DialectMySQL:\n\t\treturn &query{limit: 1, from: table}\n"
        '\tdefault:\n\t\tpanic("no such database")\n\t}\n}\n\n'
        "func orders(db *sql.DB, d dialect) {\n"
        '\ttext, args := d.From("orders").Where("id = ?", 1).SQL()\n\tdb.Query(text, args...)\n}\n'
    )
    found = [each for each in statements({"store/a.go": code}) if each.function == "orders"]
    assert [(each.dialect, each.sql) for each in found] == [(None, "SELECT id FROM orders WHERE id = ? LIMIT 1")]
