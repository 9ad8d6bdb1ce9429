"""Queries in a map, of which one is chosen at run time: each has to fit the one Scan that takes the rows of all."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, a VARCHAR(20), b INT);"
HEAD = """package a

import ("database/sql"; "fmt"; "net/http")

type report struct{ title, query string; scan func(*sql.Rows) error; wide bool; cols int }
type S struct{ db *sql.DB }

"""
ANY = """var reports = map[string]report{
	"daily":   {title: "d", query: "SELECT id, a, b FROM flows"},
	"weekly":  {title: "w", query: "SELECT id, a FROM flows WHERE b = 1"},
}
func (s *S) Run(name string) error {
	r, ok := reports[name]
	if !ok {
		return nil
	}
	rows, err := s.db.Query(r.query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, a, b string
		if err := rows.Scan(&id, &a, &b); err != nil {
			return err
		}
	}
	return rows.Err()
}
var reports2 = map[string]report{
	"daily":   {title: "d", query: "SELECT id, a, b FROM flows WHERE b = 2"},
	"weekly":  {title: "w", query: "SELECT id, a FROM flows WHERE b = 3"},
}
func (s *S) Handle(w http.ResponseWriter, req *http.Request) {
	name := req.URL.Query().Get("name")
	if r, ok := reports2[name]; ok {
		var id, a, b string
		s.db.QueryRow(r.query).Scan(&id, &a, &b)
	}
}
"""
EACH_ITS_OWN = """// right: each with its own
var own = map[string]report{
	"daily":   {query: "SELECT id, a, b FROM flows WHERE b = 4", scan: three},
	"weekly":  {query: "SELECT id, a FROM flows WHERE b = 5", scan: two},
}
func (s *S) Own(name string) error {
	r := own[name]
	rows, _ := s.db.Query(r.query)
	return r.scan(rows)
}
var wide = map[string]report{
	"daily":   {query: "SELECT id, a, b FROM flows WHERE b = 6", wide: true},
	"weekly":  {query: "SELECT id, a FROM flows WHERE b = 7"},
}
func (s *S) Wide(name string) (x string) {
	r := wide[name]
	row := s.db.QueryRow(r.query)
	if r.wide {
		row.Scan(&x, &x, &x)
	} else {
		row.Scan(&x, &x)
	}
	return
}
func (s *S) Named(name string) (x string) {
	row := s.db.QueryRow(named[name])
	if name == "daily" {
		row.Scan(&x, &x, &x)
	} else {
		row.Scan(&x, &x)
	}
	return
}
var named = map[string]string{
	"daily":   "SELECT id, a, b FROM flows WHERE b = 8",
	"weekly":  "SELECT id, a FROM flows WHERE b = 9",
}
var named2 = map[string]string{
	"one":   "SELECT id, a, b FROM flows WHERE b = 10",
	"count":  "SELECT COUNT(*) FROM flows WHERE b = 11",
}
func (s *S) row(key string) *sql.Row { return s.db.QueryRow(named2[key]) }
func (s *S) count(key string) (n int) { s.db.QueryRow(named2[key]).Scan(&n); return }
func (s *S) Use() (x string) {
	s.row("one").Scan(&x, &x, &x)
	fmt.Println(s.count("count"))
	return
}
func (s *S) Early(name string) (x string) {
	if name == "daily" { return "" }
	s.db.QueryRow(named[name]).Scan(&x, &x)
	return
}
func (s *S) Indirect(kind string) int { return s.count2(kind) }
func (s *S) count2(key string) (n int) { s.db.QueryRow(named3[key]).Scan(&n); return }
func (s *S) Use2() int { return s.Indirect("count") }
var named3 = map[string]string{
	"one":   "SELECT id, a, b FROM flows WHERE b = 12",
	"count":  "SELECT COUNT(*) FROM flows WHERE b = 13",
}
func three(r *sql.Rows) error { var x string; return r.Scan(&x, &x, &x) }
func two(r *sql.Rows) error { var x string; return r.Scan(&x, &x) }
"""


def test_the_entry_that_does_not_fit_is_told(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + ANY)
    lines = (HEAD + ANY).split("\n")
    found = [(each.message, lines[each.position.line - 1].split('"')[1]) for each in tree.audit("a.go").findings]
    assert found == [("2 columns, 3 targets of Scan", "weekly")] * 2
    tree.write("a.go", HEAD + ANY.replace("SELECT id, a FROM", "SELECT id, a, b FROM"))
    assert tree.audit("a.go").findings == ()


def test_entries_that_their_code_tells_apart_are_none_of_it(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + EACH_ITS_OWN)
    assert tree.audit("a.go").findings == ()


@pytest.mark.parametrize(("argument", "count"), [('"weekly"', 0), ("chosen()", 1), ("Weekly", 0)])
def test_a_caller_that_fixes_the_key_leaves_it_open(tree: Tree, argument: str, count: int) -> None:
    caller = f'const Weekly = "weekly"\n\nfunc (s *S) Week() error {{ return s.Run({argument}) }}\n'
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + ANY.split("var reports2")[0])
    tree.write("b.go", "package a\n\n" + caller)
    # Which entries such callers leave is not known.
    assert len(tree.audit("a.go", "b.go").findings) == count
