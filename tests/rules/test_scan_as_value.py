"""NP108: Scan of rows that is handed to a function which calls it."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20)); CREATE TABLE tags (flow INT, tag VARCHAR(9), at INT);"
HEAD = """package store

import "database/sql"

func each(db *sql.DB, q string, args []any, fn func(scan func(...any) error) error) error {
	rows, err := db.Query(q, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

type flow struct {
	id   int
	name string
}

func one(scan func(...any) error) (f flow, err error) {
	err = scan(&f.id, &f.name)
	return f, err
}

func Do(db *sql.DB, all bool, fn func(...any) error, given func(func(...any) error) error, a, b string) {
"""


def messages(tree: Tree, code: str) -> list[str]:
    """What NP108 says of the body of a function."""
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + code + "\n}\n")
    return [each.message for each in tree.audit("a.go").findings if each.rule == "NP108"]


CALLED = 'each(db, "SELECT id, name FROM flows", nil, func(scan func(...any) error) error {{ return scan({}) }})'
BOTH = """
rows, _ := db.Query("SELECT id, name FROM flows")
scan := rows.Scan
if all {{
	more, _ := db.Query("SELECT flow, tag, at FROM tags")
	scan = more.Scan
}}
{}"""


@pytest.mark.parametrize(
    "code",
    [
        CALLED.format("&a"),
        CALLED.format("&a, &b, &a"),
        'one(db.QueryRow("SELECT id FROM flows").Scan)',
        'rows, _ := db.Query("SELECT id, name, id FROM flows")\nfor rows.Next() {\n\tone(rows.Scan)\n}',
        'scan := db.QueryRow("SELECT id, name FROM flows").Scan\nscan(&a)',
        BOTH.format("scan(&a)"),
    ],
)
def test_scan_with_other_targets_than_the_rows_have_columns(tree: Tree, code: str) -> None:
    assert messages(tree, code) != []


@pytest.mark.parametrize(
    "code",
    [
        CALLED.format("&a, &b"),
        'one(db.QueryRow("SELECT id, name FROM flows").Scan)',
        "scan := fn\nscan(&a)",
        'rows, _ := db.Query("SELECT id, name FROM flows")\nscan := rows.Scan\nif all {\n\tscan = fn\n}\nscan(&a)',
        BOTH.format("if all {\n\tscan(&a, &b, &a)\n} else {\n\tscan(&a, &b)\n}"),
        'each(db, "SELECT id, name FROM flows", nil, given)',
    ],
)
def test_scan_that_fits_or_is_not_known(tree: Tree, code: str) -> None:
    assert messages(tree, code) == []


def test_each_call_has_its_own_rows(tree: Tree) -> None:
    fits = CALLED.format("&a, &b")
    other = CALLED.replace("SELECT id, name FROM flows", "SELECT flow, tag, at FROM tags")
    assert messages(tree, f"{fits}\n{other.format('&a, &b, &a')}") == []
    [message] = messages(tree, f"{fits}\n{other.format('&a, &b')}")
    assert message == "3 columns, 2 targets of Scan"
