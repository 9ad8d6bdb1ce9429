"""Loops over lists that are known at run time only: what just their later rounds do is audited, too."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE rides (id INT AUTO_INCREMENT PRIMARY KEY, driver VARCHAR(9), note TEXT);\n"
GIVEN = Settings(schema=("schema.sql",))
HEAD = """package store

import (
	"database/sql"
	"strings"
)

var _ = strings.Join

func find(db *sql.DB, words []string) (*sql.Rows, error) {
"""
FORMS = {
    "else of the first round": """	q, args := "SELECT id FROM rides WHERE ", []any{}
	for i, word := range words {
		if i == 0 {
			q += "note LIKE ?"
		} else {
			q += " OR {later} LIKE ?"
		}
		args = append(args, word)
	}
	return db.Query(q, args...)
""",
    "rounds behind the first": """	var b strings.Builder
	args := make([]any, 0, len(words))
	b.WriteString("SELECT id FROM rides WHERE note = ?")
	for i := range words {
		if i > 0 {
			b.WriteString(" OR {later} = ?")
		}
		args = append(args, words[i])
	}
	return db.Query(b.String(), args...)
""",
    "a counted loop": """	q := "SELECT id FROM rides WHERE"
	args := []any{}
	for i := 0; i < len(words); i++ {
		if i == 0 {
			q += " note <> ?"
		} else {
			q += " AND {later} <> ?"
		}
		args = append(args, words[i])
	}
	return db.Query(q, args...)
""",
    "a first round that ends early": """	q, args := "SELECT id FROM rides WHERE ", []any{}
	for i, word := range words {
		args = append(args, word)
		if i == 0 {
			q += "note = ?"
			continue
		}
		q += " OR {later} = ?"
	}
	return db.Query(q+" ORDER BY id LIMIT ?", append(args, 5)...)
""",
    "a list of conditions": """	args := []any{}
	conds := []string{}
	for i, word := range words {
		if i != 0 {
			conds = append(conds, "{later} <> ?")
			args = append(args, word)
			continue
		}
		conds = append(conds, "note = ?")
		args = append(args, word)
	}
	return db.Query("SELECT id FROM rides WHERE "+strings.Join(conds, " OR "), args...)
""",
}


def test_a_statement_of_later_rounds_is_one_of_the_program(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    body = """	for i, word := range words {
		if i == 0 {
			db.Exec("DELETE FROM rides WHERE note = ?", word)
		} else {
			db.Exec("DELETE FROM rides WHERE nosuch = ?", word)
		}
	}
	return nil, nil
"""
    tree.write("a.go", HEAD + body + "}\n")
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    assert (finding.rule, finding.identifier) == ("NP101", "nosuch")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_right_code_is_left_alone(tree: Tree, form: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + form.replace("{later}", "driver") + "}\n")
    report = tree.audit("a.go", settings=GIVEN)
    assert (list(report.findings), list(report.unresolved)) == ([], [])


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_wrong_column_is_found_where_it_stands(tree: Tree, form: str) -> None:
    tree.write("schema.sql", DDL)
    source = HEAD + form.replace("{later}", "nosuch") + "}\n"
    tree.write("a.go", source)
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    line = source[: source.index("nosuch")].count("\n") + 1
    assert (finding.rule, finding.identifier, finding.position.line) == ("NP101", "nosuch", line)


@pytest.mark.parametrize("form", [FORMS["else of the first round"], FORMS["a counted loop"]])
def test_an_argument_too_few_in_each_later_round_is_found(tree: Tree, form: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + form.replace("{later}", "driver = ? OR driver") + "}\n")
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    assert (finding.rule, finding.message) == ("NP107", "2 placeholders in each round of a loop, 1 argument")


def test_separators_and_rows_of_an_insert_are_as_before(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    body = """	q, args := "INSERT INTO rides (driver, note) VALUES ", []any{}
	for i, word := range words {
		if i > 0 {
			q += ", "
		}
		q += "(?, ?)"
		args = append(args, word{more})
	}
	_, err := db.Exec(q, args...)
	return nil, err
"""
    tree.write("a.go", HEAD + body.replace("{more}", ", word") + "}\n")
    assert not tree.audit("a.go", settings=GIVEN).findings
    tree.write("a.go", HEAD + body.replace("{more}", "") + "}\n")
    (finding,) = tree.audit("a.go", settings=GIVEN).findings
    assert (finding.rule, finding.message) == ("NP107", "2 placeholders in each round of a loop, 1 argument")
