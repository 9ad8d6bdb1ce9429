"""Statements of a program's own builders: what methods add to a struct that has parts of the SQL by then."""

from __future__ import annotations

import pytest

from tests.tree import Tree

CODE = """package store

import (
\t"database/sql"
\t"strings"
)

type bulk struct {
\thead string
\trow  string
\ttail string
\trows []string
\targs []any
}

func newBulk(head, row string) *bulk { return &bulk{head: head, row: row} }

func (b *bulk) add(args ...any) {
\tb.rows = append(b.rows, b.row)
\tb.args = append(b.args, args...)
}

func (b *bulk) onDuplicate(tail string) *bulk {
\tb.tail = " ON DUPLICATE KEY UPDATE " + tail
\treturn b
}

func (b *bulk) sql() (string, []any) {
\treturn b.head + " VALUES " + strings.Join(b.rows, ", ") + b.tail, b.args
}

type part struct{ id, sku int }

func AddAll(db *sql.DB, parts []part) error {
\tb := newBulk("INSERT INTO parts (id, sku)", "(?, ?)")
\tfor _, each := range parts {
\t\tb.add(each.id, each.sku)
\t}
\tq, args := b.sql()
\t_, err := db.Exec(q, args...)
\treturn err
}

func AddTwo(db *sql.DB, one, two part) error {
\tb := newBulk("INSERT INTO parts (id, sku)", "(?, ?)").onDuplicate("sku = VALUES(sku)")
\tb.add(one.id, one.sku)
\tb.add(two.id, two.sku)
\tq, args := b.sql()
\t_, err := db.Exec(q, args...)
\treturn err
}
"""


def found(tree: Tree, code: str) -> list[tuple[str, str]]:
    tree.write("schema.sql", "CREATE TABLE parts (id INT PRIMARY KEY, sku INT);")
    tree.write("store.go", code)
    report = tree.audit("store.go")
    assert [each.reason for each in report.unresolved] == []
    return [(each.rule, each.message) for each in report.findings]


def test_rows_that_a_method_adds(tree: Tree) -> None:
    assert found(tree, CODE) == []


@pytest.mark.parametrize(
    ("right", "wrong", "rule", "message"),
    [
        ("parts (id, sku)", "parts (id, sk)", "NP101", "unknown column 'sk' in 'field list'"),
        ('"(?, ?)"', '"(?)"', "NP104", "column count doesn't match value count at row 1: 2 columns, 1 value"),
        ("each.id, each.sku", "each.id", "NP107", "2 placeholders in each round of a loop, 1 argument"),
        ("b.add(two.id, two.sku)", "b.add(two.id)", "NP107", "4 placeholders, 3 arguments"),
        ("VALUES(sku)", "VALUES(sk)", "NP101", "unknown column 'sk' in 'field list'"),
    ],
)
def test_what_is_wrong_with_them_is_told(tree: Tree, right: str, wrong: str, rule: str, message: str) -> None:
    assert (rule, message) in found(tree, CODE.replace(right, wrong, 1))
