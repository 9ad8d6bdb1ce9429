"""NP101 and NP108: a table, its columns and their targets that the methods of one value behind an interface give."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), node INT); CREATE TABLE tags (id INT, tag VARCHAR(9));"
CODE = """package store

import (
	"database/sql"
	"strings"
)

type entity interface {
	Table() string
	Columns() []string
	Targets() []any
}

type base struct{ id int }

func (b *base) targets() []any { return []any{&b.id} }

type flow struct {
	base
	name string
	node int
}

func (*flow) Table() string     { return "flows" }
func (*flow) Columns() []string { return []string{"id", "name", "node"} }
func (f *flow) Targets() []any  { return append(f.targets(), &f.name, &f.node) }

type tag struct {
	base
	tag string
}

func (*tag) Table() string     { return "tags" }
func (*tag) Columns() []string { return []string{"id", "tag"} }
func (t *tag) Targets() []any  { return append(t.targets(), &t.tag) }

func load(db *sql.DB, e entity, id int) error {
	q := "SELECT " + strings.Join(e.Columns(), ", ") + " FROM " + e.Table() + " WHERE id = ?"
	return db.QueryRow(q, id).Scan(e.Targets()...)
}

func Do(db *sql.DB) { load(db, &flow{}, 1); load(db, &tag{}, 1) }
"""
PAIR = """
func Copy(db *sql.DB, e, other entity) {
	db.QueryRow("SELECT " + strings.Join(e.Columns(), ", ") + " FROM " + e.Table()).Scan(other.Targets()...)
}
"""


def audited(tree: Tree, code: str) -> tuple[list[tuple[str, str]], int]:
    """The findings, and how many statements are understood in part alone."""
    tree.write("schema.sql", DDL)
    tree.write("a.go", code)
    done = tree.audit("a.go")
    return [(each.rule, each.message) for each in done.findings], done.counts.partial


@pytest.mark.parametrize("code", [CODE, CODE + PAIR, CODE.replace(", &f.name, &f.node)", ", &f.node, &f.name)")])
def test_what_one_value_gives_goes_together(tree: Tree, code: str) -> None:
    assert audited(tree, code) == ([], 0)


@pytest.mark.parametrize(
    ("old", "new", "rule", "message"),
    [
        ("&f.name, &f.node)", "&f.name)", "NP108", "3 columns, 2 targets of Scan"),
        ("[]any{&b.id}", "[]any{}", "NP108", ""),
        ("return append(t.targets(), &t.tag)", "return t.targets()", "NP108", "2 columns, 1 target of Scan"),
        ('"id", "tag"}', '"id", "name"}', "NP101", "unknown column 'name' in 'field list'"),
    ],
)
def test_what_does_not_fit_the_value_s_own_table(tree: Tree, old: str, new: str, rule: str, message: str) -> None:
    found, partial = audited(tree, CODE.replace(old, new))
    assert {each for each, _ in found} == {rule}
    assert partial == 0
    assert not message or {each for _, each in found} == {message}


def test_one_type_alone(tree: Tree) -> None:
    start, end = CODE.index("type tag"), CODE.index("func load")
    code = CODE[:start] + CODE[end:].replace(" load(db, &tag{}, 1)", "")
    assert audited(tree, code)[0] == []
    assert audited(tree, code.replace("&f.name, &f.node)", "&f.name)"))[0] == [
        ("NP108", "3 columns, 2 targets of Scan")
    ]
