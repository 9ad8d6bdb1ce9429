"""Placeholders and arguments for each element of a list in a field that functions append to."""

from __future__ import annotations

from tests.tree import Tree

HEAD = """package store

import (
	"database/sql"
	"strings"
)

type field struct{ name string }
type part struct{ fields []field }

"""
GROWING = """func load(rows *sql.Rows) *part {
	p := part{fields: make([]field, 0)}
	for rows.Next() {
		var name string
		rows.Scan(&name)
		p.fields = append(p.fields, field{name: name})
	}
	return &p
}

"""
FIND = """func find(db *sql.DB, p *part, given map[string]any) {
	var where []string
	var args []any
	for _, f := range p.fields {
		value, ok := given[f.name]
		if !ok {
			continue
		}
		where = append(where, f.name+" = ?")
		args = append(args, value)
	}
	db.Query("SELECT id FROM parts WHERE "+strings.Join(where, " AND "), args...)
}
"""


def found(tree: Tree, code: str) -> list[tuple[str, str]]:
    tree.write("schema.sql", "CREATE TABLE parts (id INT, sku INT);")
    tree.write("store.go", HEAD + code)
    return [(each.rule, each.message) for each in tree.audit("store.go").findings]


def test_each_element_brings_a_placeholder_and_its_argument(tree: Tree) -> None:
    assert found(tree, GROWING + FIND) == []


def test_a_list_that_is_made_empty_and_filled_elsewhere_is_not_empty(tree: Tree) -> None:
    code = "func make_() *part { return &part{fields: make([]field, 0)} }\n\n"
    code += "func (p *part) add(f field) { p.fields = append(p.fields, f) }\n\n"
    assert found(tree, code + FIND) == []


def test_an_argument_that_no_round_brings_is_missing(tree: Tree) -> None:
    code = GROWING + FIND.replace("\t\targs = append(args, value)\n", "").replace("value, ok", "_, ok")
    assert [rule for rule, _ in found(tree, code)] == ["NP107"]


def test_statements_in_a_field_that_grows_are_each_read(tree: Tree) -> None:
    code = "type steps struct{ all []string }\n\n"
    code += 'func made() *steps { return &steps{all: []string{"DELETE FROM parts WHERE wrong = 1"}} }\n\n'
    code += "func (s *steps) more(text string) { s.all = append(s.all, text) }\n\n"
    code += "func (s *steps) run(db *sql.DB) {\n\tfor _, each := range s.all {\n\t\tdb.Exec(each)\n\t}\n}\n"
    assert [rule for rule, _ in found(tree, code)] == ["NP101"]
