"""Placeholders that each round of a loop adds, and arguments that nobody gives for them."""

from __future__ import annotations

import pytest

from tests.tree import Tree

HEAD = 'package store\n\nimport (\n\t"database/sql"\n\t"strings"\n)\n\nvar _ = strings.ToLower("")\n\n'
BEFORE = 'db.Query("SELECT id FROM parts WHERE sku > ? AND id IN (0"+in+")", args...)'
LOOP = (
    'func Run(db *sql.DB, ids []int, since int) {\n\targs := []any{since}\n\tin := ""\n'
    '\tfor _, id := range ids {\n\t\tin += ", ?"\n'
)


def found(tree: Tree, code: str) -> list[tuple[str, str]]:
    tree.write("schema.sql", "CREATE TABLE parts (id INT, sku INT);")
    tree.write("store.go", HEAD + code)
    return [(each.rule, each.message) for each in tree.audit("store.go").findings]


@pytest.mark.parametrize(
    "code",
    [
        f"{LOOP}\t\t_ = id\n\t}}\n\t{BEFORE}\n}}\n",
        "func Run(db *sql.DB, ids []int, since int) {\n"
        '\tmarks := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")\n'
        '\tdb.Query("SELECT id FROM parts WHERE sku > ? AND id IN ("+marks+")", since)\n}\n',
    ],
)
def test_placeholders_of_a_loop_without_an_argument_are_too_many(tree: Tree, code: str) -> None:
    assert found(tree, code) == [("NP107", "1 placeholder in each round of a loop, no argument for them")]


@pytest.mark.parametrize(
    "code",
    [
        f"{LOOP}\t\targs = append(args, id)\n\t}}\n\t{BEFORE}\n}}\n",
        # Arguments that are not known may be those of the loop.
        f"{LOOP}\t\t_ = id\n\t}}\n\targs = append(args, others()...)\n\t{BEFORE}\n}}\n\n"
        "func others() []any { return load() }\n",
        # A list of a known length may be as long as the arguments are many.
        'func Run(db *sql.DB, n int) {\n\tmarks := strings.TrimSuffix(strings.Repeat("?,", n), ",")\n'
        '\tdb.Query("SELECT id FROM parts WHERE id IN ("+marks+")", 1, 2, 3)\n}\n',
        "func Run(db *sql.DB, values []any) {\n"
        '\tmarks := strings.TrimSuffix(strings.Repeat("?,", len(values)), ",")\n'
        '\tdb.Query("SELECT id FROM parts WHERE id IN ("+marks+")", values...)\n}\n',
    ],
)
def test_what_may_have_its_arguments_is_right(tree: Tree, code: str) -> None:
    assert found(tree, code) == []


HELPER = (
    "func marks(n int) []string {\n\tvar all []string\n\tfor i := 0; i < n; i++ {\n"
    '\t\tall = append(all, "(?, ?)")\n\t}\n\treturn all\n}\n\n'
)
SENT = 'db.Exec("INSERT INTO parts (id, sku) VALUES "+strings.Join(marks(len(rows)), ","), args...)'


@pytest.mark.parametrize("begun", ["var args []any", "args := []any{}", "args := make([]any, 0, 2*len(rows))"])
def test_rows_of_unknown_length_may_be_the_arguments_of_a_helper(tree: Tree, begun: str) -> None:
    code = (
        f"{HELPER}func Run(db *sql.DB, rows [][]any) {{\n\t{begun}\n"
        f"\tfor _, row := range rows {{\n\t\targs = append(args, row...)\n\t}}\n\t{SENT}\n}}\n"
    )
    assert found(tree, code) == []


def test_beside_rows_of_unknown_length_nothing_is_said(tree: Tree) -> None:
    code = (
        "func Run(db *sql.DB, rows [][]any, id int) {\n\targs := []any{id}\n"
        "\tfor _, row := range rows {\n\t\targs = append(args, row...)\n\t}\n"
        '\tmarks := strings.TrimSuffix(strings.Repeat("?,", len(rows)), ",")\n'
        '\tdb.Query("SELECT id FROM parts WHERE sku > ? AND id IN ("+marks+")", args...)\n}\n'
    )
    assert found(tree, code) == []


@pytest.mark.parametrize("given", ["nil", "[]any{}"])
def test_no_argument_for_the_rows_of_a_helper(tree: Tree, given: str) -> None:
    code = f"{HELPER}func Run(db *sql.DB, rows [][]any) {{\n\targs := {given}\n\t{SENT}\n}}\n"
    assert found(tree, code.replace(":= nil", "[]any = nil").replace("\targs []any", "\tvar args []any")) == [
        ("NP107", "2 placeholders in each round of a loop, no argument for them")
    ]


def test_columns_of_a_map_without_their_arguments(tree: Tree) -> None:
    code = (
        "func Set(db *sql.DB, values map[string]any) {\n\tvar sets []string\n\tvar args []any\n"
        '\tfor key := range values {\n\t\tsets = append(sets, key+" = ?")\n\t\targs = append(args, values[key])\n\t}\n'
        "\targs = append(args, 4)\n"
        '\tdb.Exec("UPDATE parts SET "+strings.Join(sets, ", ")+" WHERE id = ?", args...)\n}\n'
    )
    assert found(tree, code) == []
    code = code.replace("\t\targs = append(args, values[key])\n", "")
    assert found(tree, code) == [("NP107", "1 placeholder in each round of a loop, no argument for them")]
