"""Statements in embedded files, each behind a line with its name, that a map has by those names."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20));"
QUERIES = """-- name: find
-- By id.
SELECT name
FROM flows WHERE id = ?;

-- name: rename
UPDATE flows SET name = ? WHERE id = ?;

-- name: both
UPDATE flows SET name = 'a'; UPDATE flows SET name = 'b';
"""
CODE = """package store

import (
	"database/sql"
	"embed"
	"strings"
)

//go:embed queries/*.sql
var files embed.FS

type Store struct {
	db      *sql.DB
	queries map[string]string
}

func Open(db *sql.DB) *Store {
	s := &Store{db: db, queries: map[string]string{}}
	entries, _ := files.ReadDir("queries")
	for _, entry := range entries {
		raw, _ := files.ReadFile("queries/" + entry.Name())
		for _, part := range strings.Split(string(raw), "-- name: ")[1:] {
			name, body, _ := strings.Cut(part, "\\n")
			s.queries[name] = body
		}
	}
	return s
}

func (s *Store) Do(id int, long bool) (name string, err error) {
	CALL
	return
}
"""
FIND = 's.db.QueryRow(s.queries["find"], id).Scan(&name)'
SETTINGS = Settings(schema=("schema/schema.sql",))


def audited(tree: Tree, call: str, queries: str = QUERIES, folder: str = "store/") -> list[tuple[str, str, int]]:
    """Rule and place of what is found, and `statements` with how many there are of each status."""
    tree.write("schema/schema.sql", DDL)
    tree.write(f"{folder}queries/flows.sql", queries)
    tree.write(f"{folder}store.go", CODE.replace("CALL", call))
    report = tree.audit(folder.rstrip("/") or ".", settings=SETTINGS)
    return [(each.rule, each.path, each.position.line) for each in report.findings]


@pytest.mark.parametrize("folder", ["store/", ""])
def test_what_fits_its_call_is_one_statement(tree: Tree, folder: str) -> None:
    assert audited(tree, FIND, folder=folder) == []
    assert audited(tree, 's.db.Exec(s.queries["rename"], name, id)', folder=folder) == []
    counts = tree.audit(folder.rstrip("/") or ".", settings=SETTINGS).counts
    # Those that are not sent by name are statements of the file, once each.
    assert (counts.statements, counts.unresolved) == (4, 0)


@pytest.mark.parametrize(
    ("call", "rule", "line"),
    [
        (FIND.replace("id)", "id, name)"), "NP107", 4),
        (FIND.replace("&name", "&id, &name"), "NP108", 3),
        ('s.db.Exec(s.queries["rename"], id)', "NP107", 7),
        ('q := "rename"\n\tif long {\n\t\tq = "find"\n\t}\n\ts.db.Query(s.queries[q])', "NP107", 4),
    ],
)
def test_arguments_and_targets_are_checked(tree: Tree, call: str, rule: str, line: int) -> None:
    assert (rule, "store/queries/flows.sql", line) in audited(tree, call)


def test_a_wrong_name_of_a_column_is_told_once(tree: Tree) -> None:
    assert audited(tree, FIND, QUERIES.replace("SELECT name", "SELECT title")) == [
        ("NP101", "store/queries/flows.sql", 3)
    ]
    assert audited(tree, FIND, QUERIES.replace("SET name = ?", "SET title = ?")) == [
        ("NP101", "store/queries/flows.sql", 7)
    ]


@pytest.mark.parametrize(
    ("call", "queries"),
    [
        (FIND.replace('"find"', '"none"'), QUERIES),
        (FIND.replace('"find"', '"both"'), QUERIES),
        # Of two with one name it is not known which one is meant.
        (FIND, QUERIES + "\n-- name: find\nSELECT id, name FROM flows WHERE id = ?\n"),
        (FIND, QUERIES.replace("-- name: find", "-- find")),
    ],
)
def test_what_is_not_known_stays_so(tree: Tree, call: str, queries: str) -> None:
    assert audited(tree, call, queries) == []
    assert tree.audit("store", settings=SETTINGS).counts.unresolved == 1
