"""Builders whose fields several methods set: one chain's table is not put together with another chain's joins."""

from __future__ import annotations

from tests.unit.go_host import statements, variants

BUILDER = """package store

import (
\t"database/sql"
\t"strings"
)

type choice struct {
\ttable string
\tcols  []string
\tjoins []string
\ttail  string
}

func From(table string) *choice { return &choice{table: table} }

func (c *choice) Cols(cols ...string) *choice {
\tc.cols = append(c.cols, cols...)
\treturn c
}

func (c *choice) Join(clause string) *choice {
\tc.joins = append(c.joins, "JOIN "+clause)
\treturn c
}

func (c *choice) Left(clause string) *choice {
\tc.joins = append(c.joins, "LEFT JOIN "+clause)
\treturn c
}

func (c *choice) Ordered(by string) *choice {
\tc.tail = " ORDER BY " + by
\treturn c
}

func (c *choice) text() string {
\tvar b strings.Builder
\tb.WriteString("SELECT " + strings.Join(c.cols, ", ") + " FROM " + c.table)
\tfor _, each := range c.joins {
\t\tb.WriteString(" " + each)
\t}
\treturn b.String() + c.tail
}

func (c *choice) Run(db *sql.DB) (*sql.Rows, error) {
\treturn db.Query(c.text())
}
"""
CHAINS = """
func Tours(db *sql.DB) (*sql.Rows, error) {
\treturn From("tours t").Cols("t.id").Join("riders r ON r.id = t.rider").Run(db)
}

func Stops(db *sql.DB) (*sql.Rows, error) {
\treturn From("stops s").Cols("t.rider").Join("tours t ON t.id = s.tour").Left("parts p ON p.id = s.part").Run(db)
}
"""


def texts(source: str) -> set[str]:
    return {text for each in statements(source) for text in variants(each)}


def test_what_one_chain_sets_is_not_mixed_with_what_another_one_does() -> None:
    assert texts(BUILDER + CHAINS) == {
        "SELECT t.id FROM tours t JOIN riders r ON r.id = t.rider",
        "SELECT t.rider FROM stops s JOIN tours t ON t.id = s.tour LEFT JOIN parts p ON p.id = s.part",
    }


def test_a_chain_that_is_made_elsewhere_has_what_the_methods_set() -> None:
    found = texts(BUILDER + 'var made = From("tours t").Cols("t.id")\n\nfunc All(db *sql.DB) { made.Run(db) }\n')

    assert any("FROM tours t" in text for text in found)
