"""What nodepath itself fails on is told with its place, and the rest of the tree is audited all the same."""

from __future__ import annotations

from unittest.mock import patch

from nodepath_cli.source.hosts._go import strings_package, texts
from nodepath_cli.source.hosts._go.values import Alternative, Atom, Unknown, Value, just
from tests.tree import Tree
from tests.unit.go_host import flat, statements

GO = """package a

import ("database/sql"; "strings")

func first(db *sql.DB) { db.Exec("DELETE FROM one") }

func second(db *sql.DB, names []string) {
	db.Exec("DELETE FROM two")
	db.Query("SELECT a FROM three WHERE a IN (" + strings.Join(names, ",") + ")")
	db.Exec("DELETE FROM four")
}

func third(db *sql.DB) { db.Exec("DELETE FROM five") }
"""


def failing(*_: object) -> Value:
    raise IndexError("a text that may hold anything")


def test_a_function_that_fails_is_told_and_loses_no_other_call() -> None:
    with patch.object(strings_package, "combine", failing), patch.object(strings_package, "product", failing):
        found = statements(GO)

    told = {flat(each.sql) or each.opaque for each in found}
    assert {"DELETE FROM one", "DELETE FROM two", "DELETE FROM four", "DELETE FROM five"} <= told
    failed = [
        each for each in found if each.opaque and each.opaque.startswith("nodepath itself failed here: IndexError")
    ]
    assert [each.function for each in failed] == ["second"]
    assert not any("may hold anything" in (each.opaque or "") for each in found)


def test_a_statement_that_cannot_be_resolved_for_a_fault_is_unresolved(tree: Tree) -> None:
    tree.write("a.go", GO)
    with patch("nodepath_cli.audit.analyse.resolve", failing):
        report = tree.audit()

    assert report.counts.statements == report.counts.unresolved == 5
    assert all("nodepath itself failed here: IndexError" in each.reason for each in report.unresolved)


def test_values_of_which_no_choice_is_consistent_are_unknown() -> None:
    def joined(atoms: tuple[Atom, ...]) -> Atom:
        return atoms[0]

    one = tuple(Alternative(((1, 0),), each.atom) for each in just(Unknown("a")))
    other = tuple(Alternative(((1, 1),), each.atom) for each in just(Unknown("b")))

    assert [type(each.atom) for each in texts.combine((one, other), joined)] == [Unknown]
