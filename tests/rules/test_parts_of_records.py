"""Parts of SQL that values of an interface make: what one function puts into its record is not in every text."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE api_key (id INT PRIMARY KEY, name VARCHAR(10)); CREATE TABLE flag (id INT PRIMARY KEY, title INT);"
PARTS = """package store

import "database/sql"

type Part interface{ SQL() string }

type Filter struct{ Column string }

func (f *Filter) SQL() string { return f.Column + " = ?" }

type Search struct{ Columns []string }

func NewSearch(columns []string) *Search { return &Search{Columns: columns} }

func (s *Search) SQL() string {
\ttext := "1 = 0"
\tfor _, column := range s.Columns {
\t\ttext += " OR " + column + " LIKE ?"
\t}
\treturn text
}

type Options struct {
\tFilters []*Filter
\tSearch  *Search
}

func (o *Options) Parts() []Part {
\tvar parts []Part
\tfor _, each := range o.Filters {
\t\tparts = append(parts, each)
\t}
\tif o.Search != nil {
\t\tparts = append(parts, o.Search)
\t}
\treturn parts
}

func where(parts []Part) string {
\ttext := " WHERE 1 = 1"
\tfor _, each := range parts {
\t\ttext += " AND " + each.SQL()
\t}
\treturn text
}

func query(base string, o *Options) string { return base + where(o.Parts()) }
"""
KEYS = """
func Keys(db *sql.DB, given []any) {
\tdb.Query(query("SELECT id FROM api_key", &Options{Filters: []*Filter{{Column: "api_key.COLUMN"}}}), given...)
}
"""
FLAGS = """
func Flags(db *sql.DB, given []any) {
\tdb.Query(query("SELECT id FROM flag", &Options{Filters: []*Filter{{Column: "flag.title"}}}), given...)
}
"""
SEARCHES = """
func Found(db *sql.DB, words string, given []any) {
\to := &Options{}
\tif words != "" {
\t\to.Search = NewSearch([]string{"name"})
\t}
\tdb.Query(query("SELECT id FROM api_key", o), given...)
}

func Titles(db *sql.DB, words string, given []any) {
\tdb.Query(query("SELECT id FROM flag", &Options{Search: NewSearch([]string{"title"})}), given...)
}
"""
ANYONES = """
func List(db *sql.DB, o *Options, given []any) {
\tdb.Query(query("SELECT id FROM flag", o), given...)
}

func All(db *sql.DB) string {
\treturn query("SELECT id FROM api_key", &Options{Filters: []*Filter{{Column: "api_key.name"}}})
}
"""


@pytest.mark.parametrize(("column", "wrong"), [("name", []), ("label", ["label"])])
def test_each_text_has_the_parts_of_its_own_record(tree: Tree, column: str, wrong: list[str]) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", PARTS + KEYS.replace("COLUMN", column) + FLAGS)
    report = tree.audit("store.go")
    assert [(each.rule, each.identifier) for each in report.findings] == [("NP101", each) for each in wrong]
    assert (report.counts.statements, report.counts.resolved) == (2, 2)


@pytest.mark.parametrize("code", [SEARCHES, ANYONES, ANYONES + FLAGS, SEARCHES + ANYONES])
def test_what_another_function_has_put_into_a_record_is_a_guess(tree: Tree, code: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", PARTS + code)
    assert tree.audit("store.go").findings == ()


def test_a_name_that_is_wrong_with_every_part_is_no_guess(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    names = KEYS.replace("COLUMN", "id") + FLAGS + ANYONES.replace("SELECT id FROM flag", "SELECT ident FROM flag")
    tree.write("store.go", PARTS + names)
    assert [(each.rule, each.identifier) for each in tree.audit("store.go").findings] == [("NP101", "ident")]
