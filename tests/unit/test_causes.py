"""From an error in a log to the statements that can cause it."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.analyse import analyse
from nodepath_cli.audit.causes import Logged, causes, from_line, logged
from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from tests.tree import Tree, go, place

DDL = (
    "CREATE TABLE sessions (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, id_prospect VARCHAR(20) NOT NULL,"
    " note TEXT, stamp VARCHAR(20) NOT NULL);\n"
    "CREATE TABLE devices (id INT NOT NULL PRIMARY KEY, phone VARCHAR(20));\n"
)


def found(tree: Tree, error: Logged, *statements: str, table: str | None = None) -> list[tuple[str, int, int, str]]:
    """Likelihood, line, column and reason of each statement that can cause the error."""
    tree.write("schema.sql", DDL)
    tree.write("store.go", go(*statements))
    analysis = analyse(("store.go",), Settings(schema=("schema.sql",)))
    return [
        (each.likelihood.value, each.position.line, each.position.column, each.why)
        for each in causes(analysis, error, table)
    ]


def test_a_column_that_the_schema_lacks_comes_before_one_that_it_has(tree: Tree) -> None:
    statements = ("`SELECT phone FROM devices`", "`UPDATE sessions SET phone = ?`")
    text = go(*statements)
    assert found(tree, logged(1054, "phone"), *statements) == [
        ("fails", *place(text, "phone", 2), "in field list: no such column in sessions"),
        ("depends", *place(text, "phone", 1), "in field list: a column of devices"),
    ]


def test_a_qualifier_in_the_log_is_no_part_of_the_column(tree: Tree) -> None:
    assert len(found(tree, logged(1054, "d.phone"), "`SELECT d.phone FROM devices d`")) == 1


def test_the_table_narrows(tree: Tree) -> None:
    statements = ("`SELECT id FROM devices`", "`SELECT id FROM sessions`")
    assert len(found(tree, logged(1054, "id"), *statements)) == 2
    assert len(found(tree, logged(1054, "id"), *statements, table="chat.devices")) == 1


def test_a_table_is_found_under_its_database(tree: Tree) -> None:
    statements = ("`SELECT 1 FROM lost`", "`SELECT 1 FROM devices`")
    text = go(*statements)
    assert found(tree, logged(1146, "chat.lost"), *statements) == [
        ("fails", *place(text, "lost"), "table lost: no such table")
    ]
    assert [each[0] for each in found(tree, logged(1146, "chat.devices"), *statements)] == ["depends"]


def test_a_value_that_is_left_out(tree: Tree) -> None:
    statements = (
        "`INSERT INTO sessions (id_prospect) VALUES (?)`",
        "`INSERT INTO sessions (id_prospect, stamp) VALUES (?, ?)`",
        "`INSERT IGNORE INTO sessions (note) VALUES (?)`",
        "`INSERT INTO devices (id) VALUES (?)`",
    )
    assert [(each[0], each[3]) for each in found(tree, logged(1364, "stamp"), *statements)] == [
        ("fails", "leaves out sessions.stamp"),
        ("depends", "leaves out sessions.stamp"),
    ]


def test_nothing_that_names_it_is_nothing(tree: Tree) -> None:
    assert found(tree, logged(1054, "colour"), "`SELECT id FROM devices`") == []


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (
            "time=\"2025-10-14T08:11:42Z\" error=\"Error 1054 (42S22): Unknown column 'phone_number' in 'field list'\"",
            Logged(1054, "phone_number"),
        ),
        ("(1054, \"Unknown column 's.x' in 'where clause'\")", Logged(1054, "s.x")),
        ("ERROR 1146 (42S02) at line 3: Table 'chat.flows' doesn't exist", Logged(1146, "chat.flows")),
        ("Error 1364: Field 'timestamp' doesn't have a default value", Logged(1364, "timestamp")),
        ("2025-10-14 08:11:42 all is well", None),
        ("Error 2013 (HY000): Lost connection to 'server'", None),
    ],
)
def test_an_error_is_read_from_a_line_of_a_log(line: str, error: Logged | None) -> None:
    assert from_line(line) == error


@pytest.mark.parametrize(("errno", "name"), [(1062, "x"), (1054, ""), (1054, "''"), (99999, "x")])
def test_an_error_that_names_nothing_in_a_statement_is_refused(errno: int, name: str) -> None:
    with pytest.raises(UsageError):
        logged(errno, name)


def test_every_error_has_a_meaning() -> None:
    assert logged(1054, "`a`").meaning == "the server has no such column"
