"""Under which conditions a finding is said to hold."""

from __future__ import annotations

from nodepath_cli.audit.branches import shared
from tests.tree import Tree

DDL = "CREATE TABLE rooms (id INT PRIMARY KEY, building VARCHAR(20), seats INT, state INT);"
SEARCH = """package store

import (
	"database/sql"
	"strings"
)

func Search(db *sql.DB, state, seats int, building string) (*sql.Rows, error) {
	where := []string{"1 = 1"}
	var args []any
	if state > 0 {
		where = append(where, "state = ?")
		args = append(args, state)
	}
	if building != "" {
		where = append(where, "COLUMN = ?")
		args = append(args, building)
	}
	if seats > 0 {
		where = append(where, "seats >= ?")
		args = append(args, seats)
	}
	return db.Query("SELECT id FROM rooms WHERE "+strings.Join(where, " AND "), args...)
}
"""


def test_of_several_conditions_that_alone_is_named_which_brings_the_wrong_column(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("store.go", SEARCH.replace("COLUMN", "building_name"))
    [finding] = tree.audit("store.go").findings
    assert (finding.identifier, finding.branch) == ("building_name", 'if building != ""')


def test_what_tells_the_texts_with_the_finding_from_those_without_is_named() -> None:
    assert shared(["if a and if b", "if b"], ["if a", ""]) == "if b"
    assert shared(["if a and if b"], ["if a", "if b", ""]) == "if a and if b"
    assert shared(["if a and if b and if c", "if a and if b"], ["if a and if c", "if a", "if c"]) == "if b"


def test_where_nothing_common_tells_them_apart_the_first_text_is_named() -> None:
    assert shared(["if a and if b", "unless a"], ["if a"]) == "if a and if b"
    assert shared(["if a", "if a and if b"], ["if a and if c"]) == "if a"


def test_a_cut_off_choice_is_left_as_it_is() -> None:
    assert shared(["if a and if bbb...", "if a"], [""]) == "if a and if bbb..."
