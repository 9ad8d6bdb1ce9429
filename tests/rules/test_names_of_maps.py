"""NP107: the names that a map has which branches fill, against the parameters of sqlx."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), node INT);"
HEAD = """package store

import (
	"maps"

	"github.com/jmoiron/sqlx"
)

type filter struct{ names map[string]any }

func fill(names map[string]any) { names["name"] = "x" }

type Store struct {
	x     *sqlx.DB
	named *sqlx.NamedStmt
}

func NewStore(x *sqlx.DB) *Store {
	s := &Store{x: x}
	s.named, _ = x.PrepareNamed("UPDATE flows SET name = :name WHERE id = :id")
	return s
}

func (s *Store) Do(name, kind string, more map[string]any, list []string) {
	q := "SELECT id FROM flows WHERE id = :id"
	arg := map[string]any{"id": 1}
"""
SEND = "s.x.NamedQuery(q, arg)\n"
IF_NAME = 'if name != "" {\nq += " AND name = :name"\narg["name"] = name\n}\n'
ALWAYS = 'q += " AND name = :name"\n'


def messages(tree: Tree, code: str) -> list[str]:
    """What NP107 says of the body of a method."""
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + code + "\n}\n")
    return [each.message for each in tree.audit("a.go").findings if each.rule == "NP107"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (IF_NAME.replace('arg["name"]', 'arg["title"]') + SEND, "name"),
        ('delete(more, "x")\nif name != "" {\narg["name"] = name\n}\nq += " AND node = :node"\n' + SEND, "node"),
        (IF_NAME + 'q += " AND node = :node"\n' + SEND, "node"),
        (ALWAYS + 'if name != "" {\narg["name"] = name\n}\n' + SEND, "name"),
        ('s.named.Exec(map[string]any{"id": 1, "title": name})', "name"),
        ("s.named.Exec(arg)", "name"),
    ],
)
def test_a_parameter_that_no_key_has(tree: Tree, code: str, name: str) -> None:
    assert set(messages(tree, code)) == {f"parameter ':{name}' has no key in the map"}


@pytest.mark.parametrize(
    "code",
    [
        IF_NAME + SEND,
        IF_NAME + IF_NAME.replace("name", "kind").replace("AND kind", "AND node") + SEND,
        # Who gets the map may put more in.
        ALWAYS + "fill(arg)\n" + SEND,
        ALWAYS + "maps.Copy(arg, more)\n" + SEND,
        ALWAYS + "if len(more) > 0 {\nfill(arg)\n}\n" + SEND,
        ALWAYS + 'other := arg\nother["name"] = name\n' + SEND,
        ALWAYS + 'f := filter{names: arg}\nf.names["name"] = name\n' + SEND,
        # None of the cases, and no round, may never be.
        ALWAYS + 'switch kind {\ncase "a":\narg["name"] = 1\ncase "b":\narg["name"] = 2\n}\n' + SEND,
        ALWAYS + 'for _, each := range list {\narg["name"] = each\n}\n' + SEND,
        ALWAYS + "for key, each := range more {\narg[key] = each\n}\n" + SEND,
        # The same branch in other words.
        'has := name != ""\nif has {\narg["name"] = name\n}\nif name != "" {\nq += " AND name = :name"\n}\n' + SEND,
        'if name != "" {\narg["name"] = name\n}\nif _, ok := arg["name"]; ok {\nq += " AND name = :name"\n}\n' + SEND,
        's.named.Exec(map[string]any{"id": 1, "name": name})',
        "s.named.Exec(more)",
    ],
)
def test_a_map_that_has_them_or_may_have_them(tree: Tree, code: str) -> None:
    assert messages(tree, code) == []
