"""What rows are ordered by comes from a map, and the calls around it are judged all the same."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE rides (id INT PRIMARY KEY, driver VARCHAR(9), state VARCHAR(9), fare INT, started_at DATETIME);\n"
GIVEN = Settings(schema=("schema.sql",))
SOURCE = """package store

import (
	"database/sql"
	"strings"
)

type filter struct {
	State, Driver, Sort string
	From, To            *int
	Desc                bool
}

func (f filter) where() (string, []any) {
	var conds []string
	var args []any
	if f.State != "" {
		conds = append(conds, "state = ?")
		args = append(args, f.State)
	}
	if f.Driver != "" {
		conds = append(conds, "driver = ?")
		args = append(args, f.Driver)
	}
	if f.From != nil {
		conds = append(conds, "fare >= ?")
		args = append(args, *f.From)
	}
	if len(conds) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conds, " AND "), args
}

func (f filter) order() string {
%s
}

func list(db *sql.DB, f filter, size, page int) error {
	where, args := f.where()
	rows, err := db.Query("SELECT %s FROM rides"+where+f.order()+" LIMIT ? OFFSET ?", append(args, %s)...)
	if err != nil {
		return err
	}
	for rows.Next() {
		var id int
		var driver string
		if err := rows.Scan(&id, &driver); err != nil {
			return err
		}
	}
	return nil
}
"""
ORDERS = {
    "two maps": """	column, ok := map[string]string{"fare": "fare", "start": "started_at"}[f.Sort]
	if !ok {
		column = "id"
	}
	return " ORDER BY " + column + " " + map[bool]string{true: "DESC", false: "ASC"}[f.Desc]""",
    "a map alone": """	columns := map[string]string{"fare": "fare DESC, id", "start": "started_at", "": "id"}
	return " ORDER BY " + columns[f.Sort]""",
    "a list": """	return " ORDER BY " + []string{"id", "fare", "driver", "state", "started_at"}[len(f.Sort)]""",
}
COLUMNS, GIVEN_ARGUMENTS = "id, driver", "size, page * size"


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_missing_argument_and_a_missing_column_are_found(tree: Tree, order: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", SOURCE % (order, COLUMNS, "size"))
    assert {each.rule for each in tree.audit("a.go", settings=GIVEN).findings} == {"NP107"}
    tree.write("a.go", SOURCE % (order, "id", GIVEN_ARGUMENTS))
    assert {each.rule for each in tree.audit("a.go", settings=GIVEN).findings} == {"NP108"}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_right_code_is_left_alone(tree: Tree, order: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", SOURCE % (order, COLUMNS, GIVEN_ARGUMENTS))
    report = tree.audit("a.go", settings=GIVEN)
    assert (list(report.findings), list(report.unresolved)) == ([], [])


@pytest.mark.parametrize(
    "entries",
    [
        '"one": "SELECT id FROM rides", "two": "SELECT id, driver FROM rides"',
        '"one": "SELECT id FROM rides ORDER BY id", "two": "SELECT id, driver FROM rides ORDER BY driver"',
    ],
)
def test_what_may_be_more_than_an_order_says_nothing_of_the_calls(tree: Tree, entries: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "a.go",
        'package store\n\nimport "database/sql"\n\nvar queries = map[string]string{' + entries + "}\n\n"
        "type asked struct{ kind string }\n\n"
        "func (a asked) two(db *sql.DB) (id int, driver string, err error) {\n"
        "\terr = db.QueryRow(queries[a.kind]).Scan(&id, &driver)\n\treturn\n}\n",
    )
    assert not tree.audit("a.go", settings=GIVEN).findings


def test_columns_that_a_map_chooses_say_nothing_of_the_targets(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "a.go",
        'package store\n\nimport "database/sql"\n\n'
        'var columns = map[string]string{"short": "id", "long": "id, driver"}\n\n'
        "type asked struct{ kind string }\n\n"
        "func (a asked) two(db *sql.DB) (id int, driver string, err error) {\n"
        '\terr = db.QueryRow("SELECT " + columns[a.kind] + " FROM rides ORDER BY id").Scan(&id, &driver)\n'
        "\treturn\n}\n",
    )
    assert not tree.audit("a.go", settings=GIVEN).findings
