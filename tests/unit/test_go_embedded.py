"""`//go:embed query.sql`: a statement in a file of its own, and the call that sends it."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20));"
CODE = """package store

import (
\t"database/sql"
\t_ "embed"
)

//go:embed query.sql
var query string

func Find(db *sql.DB, id int) (name string, err error) {
\terr = db.QueryRow(query, id).Scan(&name)
\treturn
}
"""
SETTINGS = Settings(schema=("schema/schema.sql",))


def audited(tree: Tree, query: str, code: str = CODE) -> list[tuple[str, str | None, str, int]]:
    """Rule, identifier and place of what is found in the code and the file that it embeds."""
    tree.write("schema/schema.sql", DDL)
    tree.write("store/query.sql", query)
    tree.write("store/find.go", code)
    report = tree.audit("store", settings=SETTINGS)
    return [(each.rule, each.identifier, each.path, each.position.line) for each in report.findings]


def test_a_statement_that_fits_its_call_is_one_statement_without_a_finding(tree: Tree) -> None:
    assert audited(tree, "-- by id\nSELECT name FROM flows WHERE id = ?;\n") == []
    counts = tree.audit("store", settings=SETTINGS).counts
    assert (counts.statements, counts.resolved) == (1, 1)


@pytest.mark.parametrize(
    ("query", "rule", "identifier", "line"),
    [
        ("-- by id\nSELECT title\nFROM flows WHERE id = ?\n", "NP101", "title", 2),
        ("SELECT name FROM flows WHERE id = ? AND name = ?\n", "NP107", None, 1),
        ("SELECT id, name FROM flows WHERE id = ?\n", "NP108", None, 1),
    ],
)
def test_names_arguments_and_targets_are_checked(
    tree: Tree, query: str, rule: str, identifier: str | None, line: int
) -> None:
    assert audited(tree, query) == [(rule, identifier, "store/query.sql", line)]


def test_a_script_is_no_statement_of_its_call(tree: Tree) -> None:
    script = "UPDATE flows SET name = 'a' WHERE id = 1;\nUPDATE flows SET title = 'b' WHERE id = 2;\n"
    assert audited(tree, script) == [("NP101", "title", "store/query.sql", 2)]


def test_a_file_that_is_not_audited_is_not_read(tree: Tree) -> None:
    tree.write("schema/schema.sql", DDL)
    tree.write("store/query.sql", "SELECT title FROM flows WHERE id = ?")
    tree.write("store/find.go", CODE)
    report = tree.audit("store/find.go", settings=SETTINGS)
    assert report.findings == ()
    assert report.counts.unresolved == 1


READ = """package store

import (
\t"database/sql"
\t"embed"
)

//go:embed *.sql
var files embed.FS

func load(name string) string {
\tdata, err := files.ReadFile(name + ".sql")
\tif err != nil {
\t\tpanic(err)
\t}
\treturn string(data)
}

func Find(db *sql.DB, id int, which string) (name string, err error) {
\terr = db.QueryRow(TEXT, id).Scan(&name)
\treturn
}
"""


@pytest.mark.parametrize("text", ['load("query")', "string(text)"])
def test_a_file_that_is_read_by_its_name_is_known(tree: Tree, text: str) -> None:
    code = READ.replace("\terr = ", '\ttext, _ := files.ReadFile("query.sql")\n\terr = ').replace("TEXT", text)
    assert audited(tree, "SELECT name FROM flows WHERE id = ?;\n", code) == []
    assert tree.audit("store", settings=SETTINGS).counts.statements == 1
    found = audited(tree, "SELECT name FROM flows WHERE id = ? AND name = ?", code)
    assert found == [("NP107", None, "store/query.sql", 1)]


def test_a_file_whose_name_is_known_only_at_run_time_is_not(tree: Tree) -> None:
    assert audited(tree, "SELECT name FROM flows WHERE id = ? AND name = ?", READ.replace("TEXT", "load(which)")) == []
    assert tree.audit("store", settings=SETTINGS).counts.unresolved == 1
