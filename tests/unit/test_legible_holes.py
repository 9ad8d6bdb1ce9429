"""Parts that are known only at run time are shown as names or dots, never by the character that stands for them."""

from __future__ import annotations

from nodepath_cli.audit.run import inventory
from nodepath_cli.config import Settings
from nodepath_cli.source.statement import HOLE
from tests.tree import Tree

SCHEMA = "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(10));\n"
CODE = """
package a

import (
	"database/sql"
	"fmt"
)

func exists(db *sql.DB, query string) {
	db.QueryRow(fmt.Sprintf("SELECT exists (%s)", query))
}

func quoted(db *sql.DB, column string) {
	db.Exec(fmt.Sprintf("UPDATE t SET name = `%s` `%s`", column, column))
}

func named(db *sql.DB, table string) {
	db.Exec("SELECT id FROM " + table)
}

func saved(db *sql.DB, id int) {
	db.Exec(fmt.Sprintf("XA START 'x-%d'", id))
}
"""


def test_the_reason_names_the_part_at_which_the_grammar_ends(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("a.go", CODE)
    reasons = {each.function: each.reason for each in tree.audit("a.go").unresolved}
    assert reasons["exists"] == "a part is known only at run time: query (function argument)"
    assert reasons["quoted"] == "a part is known only at run time: column (function argument)"


def test_neither_the_inventory_nor_a_report_shows_what_stands_for_a_part_inside(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("a.go", CODE)
    items, _ = inventory(("a.go",), Settings(schema=("schema.sql",)))
    assert [each.sql for each in items] == [
        "SELECT exists (\u2026)",
        "UPDATE t SET name = `\u2026` `\u2026`",
        "SELECT id FROM __h1",
        "XA START 'x-__h'",
    ]
    told = repr(items) + repr(tree.audit("a.go"))
    assert HOLE not in told.replace(repr(CODE), "")
