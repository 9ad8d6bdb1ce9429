"""Helpers that count marks out (`for i := 0; i < n; i++`): as many as the length that they are given."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE riders (id INT PRIMARY KEY, stage VARCHAR(9));\n"
GIVEN = Settings(schema=("schema.sql",))
HEAD = """package store

import (
	"database/sql"
	"slices"
	"strings"
)

var _, _ = strings.Join, slices.Max[[]int]

"""
MARKS = {
    "appended": """func marks(n int) string {
	var s []string
	for i := 0; i < n; i++ {
		s = append(s, "?")
	}
	return strings.Join(s, ",")
}
""",
    "written with a separator": """func marks(n int) string {
	var b strings.Builder
	for i := 0; i < n; i++ {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('?')
	}
	return b.String()
}
""",
    "added with a separator": """func marks(n int) string {
	s := ""
	for i := 0; i != n; i++ {
		if i != 0 {
			s += ","
		}
		s += "?"
	}
	return s
}
""",
}
SENT = """
func kill(db *sql.DB, ids []int64, why string) error {
	args := []any{%s}
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := db.Exec("UPDATE riders SET stage = ? WHERE id IN ("+marks(len(ids))+")", args...)
	return err
}
"""


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_an_argument_that_is_missing_beside_them_is_found(tree: Tree, marks: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + marks + SENT % "why")
    assert not tree.audit("a.go", settings=GIVEN).findings
    tree.write("a.go", HEAD + marks + SENT % "")
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    assert (finding.rule, finding.message) == ("NP107", "1 placeholder beside those of a loop, 0 arguments")


@pytest.mark.parametrize(
    "marks",
    [
        MARKS["appended"].replace("i := 0", "i := 1"),
        MARKS["appended"].replace("i < n", "i < n+1"),
        MARKS["appended"].replace('s = append(s, "?")', 's = append(s, "?")\n\t\ti++'),
        MARKS["appended"].replace('s = append(s, "?")', 'if i > 0 {\n\t\t\ts = append(s, "?")\n\t\t}'),
    ],
    ids=["from one", "one more", "by two", "one fewer"],
)
def test_another_number_of_them_proves_nothing(tree: Tree, marks: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + marks + SENT % "")
    assert not tree.audit("a.go", settings=GIVEN).findings


@pytest.mark.parametrize(("more", "expected"), [(', "b"', []), ("", ["NP107"])])
def test_rows_of_a_chunk_have_the_arguments_of_that_chunk(tree: Tree, more: str, expected: list[str]) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "a.go",
        HEAD
        + """func add(db *sql.DB, ids []int64) error {
	for part := range slices.Chunk(ids, 100) {
		q := "INSERT INTO riders (id, stage) VALUES " + strings.TrimSuffix(strings.Repeat("(?, ?),", len(part)), ",")
		args := []any{}
		for _, id := range part {
			args = append(args, id"""
        + more
        + """)
		}
		if _, err := db.Exec(q, args...); err != nil {
			return err
		}
	}
	return nil
}
""",
    )
    assert [each.rule for each in tree.audit("a.go", settings=GIVEN).findings] == expected


@pytest.mark.parametrize("leaves", ["if err := rows.Scan(&id); err != nil {\n\t\t\tcontinue\n\t\t}", "rows.Scan(&id)"])
def test_one_mark_and_one_fewer_than_there_are_arguments_fit(tree: Tree, leaves: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "a.go",
        HEAD
        + """func marks(n int) string { return strings.Repeat("?, ", n-1) + "?" }

func found(db *sql.DB) ([]int64, error) {
	ids := []int64{}
	rows, err := db.Query("SELECT id FROM riders")
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var id int64
		"""
        + leaves
        + """
		ids = append(ids, id)
	}
	return ids, nil
}

func prune(db *sql.DB, stage string) error {
	ids, _ := found(db)
	if len(ids) == 0 {
		return nil
	}
	args := []any{stage}
	for _, id := range ids {
		args = append(args, id)
	}
	_, err := db.Exec("DELETE FROM riders WHERE stage = ? AND id IN ("+marks(len(ids))+")", args...)
	return err
}
""",
    )
    assert not tree.audit("a.go", settings=GIVEN).findings
