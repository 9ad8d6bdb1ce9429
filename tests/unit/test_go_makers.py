"""Whose fields they are: structs embedded in several others, values that hold a table with its columns, options."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief
from tests.unit.go_host import statements, variants

DDL = "CREATE TABLE a (id INT, x INT); CREATE TABLE b (id INT, y INT);"

EMBEDDED = """package store

import "database/sql"

type base struct {
    db    *sql.DB
    table string
}

func newBase(db *sql.DB, table string) base { return base{db: db, table: table} }

type First struct{ base }
type Second struct{ *base }

func NewSecond(db *sql.DB) *Second { return &Second{&base{db, "b"}} }

func (s *Second) Get(id int) *sql.Row { return s.db.QueryRow("SELECT y FROM "+s.table+" WHERE id = ?", id) }
func (f *First) Get(id int) *sql.Row { return f.db.QueryRow("SELECT x FROM "+f.table+" WHERE id = ?", id) }
func (b *base) Count() *sql.Row { return b.db.QueryRow("SELECT COUNT(*) FROM " + b.table) }
"""
MADE = (
    'return &First{base: base{db: db, table: "%s"}}',
    'return &First{base{db, "%s"}}',
    'return &First{base: newBase(db, "%s")}',
    'first := &First{}\n    first.db = db\n    first.table = "%s"\n    return first',
    'first := new(First)\n    first.base = newBase(db, "%s")\n    return first',
)

VALUES = """package store

import (
    "database/sql"
    "strings"
)

type kind struct {
    table   string
    columns []string
    order   string
}

var (
    first  = kind{table: "a", columns: []string{"id", "%s"}, order: "id"}
    second = kind{table: "b", columns: []string{"id", "y"}, order: "id"}
)

func (k kind) read(db *sql.DB, after int) (*sql.Rows, error) {
    list := strings.Join(k.columns, ", ")
    return db.Query("SELECT "+list+" FROM "+k.table+" WHERE "+k.order+" > ? ORDER BY "+k.order, after)
}

func (k kind) write(db *sql.DB, id, n int) error {
    _, err := db.Exec("INSERT INTO "+k.table+" ("+strings.Join(k.columns, ", ")+") VALUES (?, ?)", id, n)
    return err
}
"""

OPTIONS = """package store

import (
    "database/sql"
    "strings"
)

type query struct {
    columns, table, order string
    where                 []string
}

type option func(*query)

func where(condition string) option { return func(q *query) { q.where = append(q.where, condition) } }
func order(column string) option    { return func(q *query) { q.order = column } }

func build(columns, table string, options ...option) string {
    q := &query{columns: columns, table: table}
    for _, each := range options {
        each(q)
    }
    text := "SELECT " + q.columns + " FROM " + q.table
    if len(q.where) > 0 {
        text += " WHERE " + strings.Join(q.where, " AND ")
    }
    if q.order != "" {
        text += " ORDER BY " + q.order
    }
    return text
}

func ordered(db *sql.DB) (*sql.Rows, error) {
    return db.Query(build("y", "b", where("id > 1"), order("y")))
}

func plain(db *sql.DB) (*sql.Rows, error) {
    return db.Query(build("x", "a", where("%s > 1")))
}
"""


def audited(tree: Tree, code: str) -> list[tuple[str, str | None]]:
    """The findings in a file of code."""
    tree.write("schema.sql", DDL)
    tree.write("store.go", code)
    return brief(list(tree.audit("store.go").findings))


@pytest.mark.parametrize("made", MADE)
def test_an_embedded_struct_holds_what_the_constructor_of_its_own_outer_struct_puts_in(tree: Tree, made: str) -> None:
    constructor = "\nfunc NewFirst(db *sql.DB) *First {\n    " + made + "\n}\n"
    assert audited(tree, EMBEDDED + constructor % "a") == []
    assert audited(tree, EMBEDDED + constructor % "b") == [("NP101", "x")]


def test_a_method_of_the_embedded_struct_itself_may_be_called_on_any() -> None:
    code = EMBEDDED + '\nfunc NewFirst(db *sql.DB) *First { return &First{base{db, "a"}} }\n'
    [count] = [each for each in statements({"store.go": code}) if "COUNT" in each.sql]
    assert {variant.sql for variant in count.variants} == {"SELECT COUNT(*) FROM a", "SELECT COUNT(*) FROM b"}


def test_the_fields_of_one_value_go_together(tree: Tree) -> None:
    code = VALUES % "x"
    assert audited(tree, code) == []
    found = statements({"store.go": code})
    assert [sorted(variant.sql for variant in each.variants) for each in found] == [
        [
            "SELECT id, x FROM a WHERE id > ? ORDER BY id",
            "SELECT id, y FROM b WHERE id > ? ORDER BY id",
        ],
        ["INSERT INTO a (id, x) VALUES (?, ?)", "INSERT INTO b (id, y) VALUES (?, ?)"],
    ]


def test_a_value_whose_column_is_not_in_its_table_is_named(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", VALUES % "nosuch")
    report = tree.audit("store.go")
    assert brief(list(report.findings)) == [("NP101", "nosuch"), ("NP101", "nosuch")]
    assert {each.branch for each in report.findings} == {"set in store.go:15:18"}


def test_what_the_options_of_one_call_set_is_not_in_the_statement_of_another(tree: Tree) -> None:
    assert audited(tree, OPTIONS % "x") == []
    assert audited(tree, OPTIONS % "nosuch") == [("NP101", "nosuch")]
    assert audited(tree, OPTIONS.replace('order("y")', 'order("x")') % "x") == [("NP101", "x")]


def test_options_that_nobody_knows_may_set_what_any_option_sets() -> None:
    code = OPTIONS % "x" + "\nfunc given(db *sql.DB, options ...option) (*sql.Rows, error) {\n    "
    code += 'return db.Query(build("id", "a", options...))\n}\n'
    found = statements({"store.go": code})
    last = {variant.sql for variant in found[-1].variants if "FROM a" in variant.sql}
    assert any("ORDER BY" in each for each in last)


def test_what_comes_out_of_a_channel_was_put_into_some_struct_with_that_field() -> None:
    run = 'ch := make(chan job, 1); go func() { for j := range ch { db.Exec(j.q) } }(); ch <- job{"DELETE FROM WHERE"}'
    code = 'package a\n\nimport "database/sql"\n\ntype job struct{ q string }\n'
    for name, condition in (("first", "guests WHERE id = 1"), ("second", "orders WHERE id = 2")):
        code += f"func {name}(db *sql.DB) {{ {run.replace('WHERE', condition)} }}\n"
    found = {text for each in statements(code) for text in variants(each)}
    assert found == {"DELETE FROM guests WHERE id = 1", "DELETE FROM orders WHERE id = 2"}
