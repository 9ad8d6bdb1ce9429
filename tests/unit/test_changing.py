"""Columns that an inferred schema may lack by its own fault: their absence is no error."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.changing import Changes
from nodepath_cli.config import Settings
from nodepath_cli.source.statement import CallSite, Span, Statement
from nodepath_cli.sql.resolution import Missing, Resolution, Unknown
from tests.resolving import MYSQL, SHOP, resolved, variant
from tests.tree import Tree, brief, go

HEAD = 'package store\n\nimport "database/sql"\n\n'


def function(name: str, *statements: str) -> str:
    """A Go function that runs these statements."""
    calls = "".join(f'\tdb.Exec("{statement}")\n' for statement in statements)
    return f"func {name}(db *sql.DB) {{\n{calls}}}\n\n"


def test_a_function_that_alters_a_table_may_use_what_it_takes_away(tree: Tree) -> None:
    tree.write(
        "move.go",
        HEAD
        + function("Create", "CREATE TABLE notes (id INT, old_body TEXT)")
        + function(
            "Move",
            "ALTER TABLE notes ADD COLUMN body TEXT",
            "UPDATE notes SET body = old_body",
            "ALTER TABLE notes DROP COLUMN old_body",
        )
        + function("Read", "SELECT body FROM notes", "SELECT old_body FROM notes"),
    )
    report = tree.audit(".")
    # The function that only reads meets the table as it is at the end.
    assert brief(list(report.findings)) == [("NP101", "old_body")]
    assert report.findings[0].function == "Read"
    assert report.counts.partial == 1


def test_an_alter_before_its_table_in_the_order_that_was_inferred_is_caught_up_with(tree: Tree) -> None:
    tree.write("a.go", HEAD + function("AddDue", "ALTER TABLE orders ADD COLUMN due INT"))
    tree.write("b.go", HEAD + function("CreateOrders", "CREATE TABLE orders (id INT)"))
    tree.write("c.go", HEAD + function("Read", "SELECT due FROM orders", "SELECT nosuch FROM orders"))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]


def test_in_a_given_order_an_alter_before_its_table_fails_as_on_the_server(tree: Tree) -> None:
    tree.write("db/1.sql", "ALTER TABLE orders ADD COLUMN due INT;\nCREATE TABLE orders (id INT);")
    tree.write("a.go", go('"SELECT due FROM orders"'))
    report = tree.audit("a.go", settings=Settings(schema=("db",)))
    assert brief(list(report.findings)) == [("NP101", "due")]


def test_tables_of_a_list_of_ddl_that_was_not_read_to_its_end_may_have_more_columns() -> None:
    call = CallSite("tx.Exec", Span("boot.go", 10, 20))

    def run(sql: str, opaque: str | None = None, at: CallSite = call) -> Statement:
        text = variant(sql)
        return Statement((text,), Span("boot.go", 0, 5), "go", "Boot", at, opaque)

    query = run("SELECT unread FROM orders", at=CallSite("db.Query", Span("read.go", 1, 2)))
    outcomes = (resolved(query.sql),)
    schema = replace(SHOP, inferred=True)
    read = run("CREATE TABLE orders (id INT)")
    unread = run("", opaque="SQL is the element of a list")
    for statements, outcome in (((read, query), Missing), ((read, unread, query), Unknown)):
        settled = Changes(statements, MYSQL).settle(outcomes, schema, frozenset(), query)
        assert isinstance(settled[0], Resolution)
        assert isinstance(settled[0].columns[0].outcome, outcome)
    # A schema that was given, and a table that the migrations own, are what they are.
    everything = Changes((read, unread, query), MYSQL)
    assert everything.settle(outcomes, SHOP, frozenset(), query) is outcomes
    owned = everything.settle(outcomes, schema, frozenset({"orders"}), query)[0]
    assert isinstance(owned, Resolution)
    assert isinstance(owned.columns[0].outcome, Missing)


@pytest.mark.parametrize(("after", "found"), [("", []), ("ALTER TABLE notes DROP COLUMN body", ["body"])])
def test_a_column_that_code_adds_and_nothing_takes_away_is_there(tree: Tree, after: str, found: list[str]) -> None:
    """Whatever the inferred order of two CREATEs and an ALTER makes of it."""
    tree.write("a.go", HEAD + function("AddBody", "ALTER TABLE notes ADD COLUMN body TEXT"))
    tree.write("b.go", HEAD + function("First", "CREATE TABLE notes (id INT)"))
    tree.write("c.go", HEAD + function("Again", "DROP TABLE notes", "CREATE TABLE notes (id INT, at INT)"))
    if after:
        tree.write("d.go", HEAD + function("DropBody", after))
    tree.write("e.go", HEAD + function("Read", "SELECT body FROM notes"))
    assert [each.identifier for each in tree.audit(".").findings] == found
