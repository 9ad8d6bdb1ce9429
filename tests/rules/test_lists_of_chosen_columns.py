"""Lists that a loop fills with columns which a map has: what stands between two of them, and their arguments."""

from __future__ import annotations

import pytest

from tests.tree import Tree, place

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), area INT);"
HEAD = """package store

import (
\t"database/sql"
\t"errors"
\t"strings"
)

var _ = errors.New

var columns = map[string]string{
\t"title": "name",
\t"part":  "area",
}

"""
LOOKED_UP = "\t\tcolumn, ok := columns[key]\n\t\tif !ok {\n\t\t\tLEAVE\n\t\t}\nADD"
TAKEN_IN = "\t\tif column, ok := columns[key]; ok {\nADD\t\t}\n"
ADD = '\t\tsets = append(sets, column+" = ?")\n\t\targs = append(args, value)\n'
ROUNDS = [
    LOOKED_UP.replace("LEAVE", "continue"),
    LOOKED_UP.replace("LEAVE", 'return errors.New("no " + key)'),
    TAKEN_IN,
]


def written(round_: str, mark: str, last: str, add: str = ADD) -> str:
    return (
        f"{HEAD}func Set(db *sql.DB, id int, given map[string]any) error {{\n\tvar sets []string\n\tvar args []any\n"
        f"\tfor key, value := range given {{\n{round_.replace('ADD', add)}\t}}\n{last}"
        f'\t_, err := db.Exec("UPDATE flows SET "+strings.Join(sets, "{mark}")+" WHERE id = ?", args...)\n'
        "\treturn err\n}\n"
    )


def found(tree: Tree, source: str) -> list[tuple[str, str]]:
    tree.write("schema.sql", DDL)
    tree.write("store.go", source)
    return [(each.rule, each.message) for each in tree.audit("store.go").findings]


LAST = "\targs = append(args, id)\n"
BLANK = "syntax error where the list has several elements: ' ' stands between them"


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_list_that_is_right_says_nothing(tree: Tree, round_: str) -> None:
    assert found(tree, written(round_, ", ", LAST)) == []


@pytest.mark.parametrize("round_", ROUNDS)
def test_what_stands_between_two_columns_is_told_once(tree: Tree, round_: str) -> None:
    source = written(round_, " ", LAST)
    assert found(tree, source) == [("NP109", BLANK)]
    [finding] = tree.audit("store.go").findings
    assert (finding.position.line, finding.position.column - 1) == place(source, '" = ?"')


@pytest.mark.parametrize("round_", ROUNDS)
def test_an_argument_beside_those_of_the_list_is_missing(tree: Tree, round_: str) -> None:
    assert found(tree, written(round_, ", ", "")) == [("NP107", "1 placeholder beside those of a loop, 0 arguments")]


def test_an_argument_of_each_round_is_missing(tree: Tree) -> None:
    source = written(ROUNDS[0], ", ", LAST, ADD.replace("args = append(args, value)", "_ = value"))
    assert found(tree, source) == [("NP107", "1 placeholder in each round of a loop, no argument for them")]


def test_a_loop_that_stops_behind_its_first_column_has_one(tree: Tree) -> None:
    assert found(tree, written(TAKEN_IN, " ", LAST, f"{ADD}\t\tbreak\n")) == []


def test_columns_that_bring_their_comma_may_stand_side_by_side(tree: Tree) -> None:
    source = written(ROUNDS[0], " ", LAST).replace('column+" = ?"', '", "+column+" = ?"')
    assert found(tree, source.replace("SET ", "SET id = id")) == []


def test_where_one_text_fits_its_arguments_the_others_are_not_judged(tree: Tree) -> None:
    source = written(ROUNDS[0], ", ", LAST, ADD.replace(' = ?"', '"')).replace('"name"', '"name = ?"')
    assert found(tree, source.replace('"area"', '"area = 1"')) == []
