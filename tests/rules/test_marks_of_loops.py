"""What a loop itself puts between the elements of a list: NP109 where they cannot stand so."""

from __future__ import annotations

import pytest

from tests.tree import Tree

HEAD = """package store

import (
\t"database/sql"
\t"fmt"
\t"strings"
)

var _ = fmt.Sprint(strings.ToLower(""))

func Run(db *sql.DB, ids []int, n int) {
\targs := []any{}
"""


def loop(begin: str, mark: str, element: str, send: str, head: str = "for i, id := range ids") -> str:
    """A function that adds an element in each round, and a mark in front of all but the first."""
    return (
        f"{HEAD}\tq := {begin}\n\t{head} {{\n\t\tif i > 0 {{\n\t\t\tq += {mark}\n\t\t}}\n\t\tq += {element}\n"
        f"\t\targs = append(args, {'id' if 'id' in head else 'i'})\n\t}}\n\t{send}\n}}\n"
    )


def rules(tree: Tree, code: str) -> list[str]:
    tree.write("schema.sql", "CREATE TABLE parts (id INT, sku INT);")
    tree.write("store.go", code)
    return [each.rule for each in tree.audit("store.go").findings]


IN = '"SELECT id FROM parts WHERE id IN ("'
ROWS = '"INSERT INTO parts (id) VALUES "'
COUNTED = "for i := 0; i < n; i++"


@pytest.mark.parametrize(
    "code",
    [
        loop(IN, '";"', '"?"', 'db.Query(q+")", args...)'),
        loop(IN, '" "', '"?"', 'db.Query(q+")", args...)', COUNTED),
        loop(ROWS, '" "', '"(?)"', "db.Exec(q, args...)"),
        loop(ROWS, '""', '"(?)"', "db.Exec(q, args...)", COUNTED),
        loop('"SELECT id FROM parts WHERE "', '", "', '"id = ?"', "db.Query(q, args...)"),
        HEAD + '\tvar b strings.Builder\n\tfor i, id := range ids {\n\t\tif i > 0 {\n\t\t\tb.WriteString(" ")\n\t\t}\n'
        '\t\tb.WriteString("?")\n\t\targs = append(args, id)\n\t}\n'
        '\tdb.Query("SELECT id FROM parts WHERE id IN ("+b.String()+")", args...)\n}\n',
    ],
)
def test_a_mark_that_cannot_stand_between_two_elements_is_a_syntax_error(tree: Tree, code: str) -> None:
    assert rules(tree, code) == ["NP109"]


@pytest.mark.parametrize(
    "code",
    [
        loop(IN, '","', '"?"', 'db.Query(q+")", args...)'),
        loop(IN, '", "', '"?"', 'db.Query(q+") ORDER BY id", args...)', COUNTED),
        loop(ROWS, '",\\n"', '"(?)"', "db.Exec(q, args...)"),
        loop('"SELECT id FROM parts WHERE "', '" OR "', '"id = ?"', "db.Query(q, args...)"),
        loop('""', '" UNION ALL "', '"SELECT id FROM parts WHERE sku = ?"', "db.Query(q, args...)", COUNTED),
        loop(ROWS, '"\\n"', '"(?),"', 'db.Exec(strings.TrimSuffix(q, ","), args...)'),
        loop(ROWS, '" "', '"(?),"', "db.Exec(q[:len(q)-1], args...)"),
        # What stands in front of each element is a part of it.
        HEAD + '\tq := "SELECT id FROM parts WHERE id IN (0"\n\tfor _, id := range ids {\n\t\tq += ", ?"\n'
        '\t\targs = append(args, id)\n\t}\n\tdb.Query(q+")", args...)\n}\n',
        # Rounds that differ in more than the mark are not compared.
        HEAD
        + '\tq := "SELECT id FROM parts WHERE "\n\tfor i, id := range ids {\n\t\tif i > 0 {\n\t\t\tq += " "\n\t\t}\n'
        '\t\tif i > 1 {\n\t\t\tq += "OR "\n\t\t}\n\t\tq += "id = ?"\n\t\targs = append(args, id)\n\t}\n'
        "\tdb.Query(q, args...)\n}\n",
    ],
)
def test_a_mark_that_can_stand_there_is_right(tree: Tree, code: str) -> None:
    assert rules(tree, code) == []
