"""NP106: literals that an ENUM or SET column refuses; `tests/server/test_values.py` asks the server about each kind."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Confidence, Severity, Suggestion
from tests.tree import Tree, go, place

DDL = """
CREATE TABLE users (id INT PRIMARY KEY, status ENUM('active','blocked') NOT NULL, tags SET('new','paid','old'),
    name VARCHAR(20));
"""


def found(tree: Tree, *statements: str) -> list[tuple[str, str | None, int | None]]:
    """Message's first word, column and number of each finding."""
    return [
        (each.message.split(" is no value")[0], each.identifier, each.errno)
        for each in tree.findings(DDL, *(f"`{statement}`" for statement in statements))
        if each.rule == "NP106"
    ]


@pytest.mark.parametrize(
    ("statement", "value", "column"),
    [
        ("INSERT INTO users (id, status) VALUES (1, 'activ')", "'activ'", "status"),
        ("INSERT INTO users VALUES (1, 'activ', '', NULL)", "'activ'", "status"),
        ("INSERT INTO users (id, status) VALUES (1, 'active'), (2, 'gone')", "'gone'", "status"),
        ("INSERT INTO users SET id = 1, status = 'activ'", "'activ'", "status"),
        ("REPLACE INTO users (id, status, tags) VALUES (1, 'active', 'new,free')", "'new,free'", "tags"),
        ("UPDATE users SET status = 'activ' WHERE id = ?", "'activ'", "status"),
        ("UPDATE users u SET u.status = '' WHERE u.id = ?", "''", "status"),
        ("UPDATE users SET status = 3", "3", "status"),
        ("UPDATE users SET status = 'active' 'blocked'", "'activeblocked'", "status"),
        ("UPDATE users SET tags = 8", "8", "tags"),
        ("UPDATE users SET status = IF(id > 1, 'active', 'gone'), name = 'x'", "'gone'", "status"),
        ("UPDATE users SET status = (CASE WHEN id THEN 'gone' WHEN ? THEN ? ELSE 'active' END)", "'gone'", "status"),
        ("INSERT INTO users (id, status) VALUES (1, COALESCE(?, IF(?, 'active', 'gone')))", "'gone'", "status"),
        ("INSERT INTO users (id, status) VALUES (1, 'active') ON DUPLICATE KEY UPDATE status = 'x'", "'x'", "status"),
    ],
)
def test_a_value_that_is_written_and_unknown_is_an_error(tree: Tree, statement: str, value: str, column: str) -> None:
    assert found(tree, statement) == [(value, column, 1265)]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (id, status) VALUES (1, 'ACTIVE ')",
        "INSERT INTO users (id, status, tags) VALUES (1, 2, 'old,NEW')",
        "INSERT INTO users (id, status) VALUES (1, '2')",
        "INSERT INTO users (id, status) VALUES (1, ?)",
        "INSERT INTO users (id, status) VALUES (1, CONCAT('act', 'ive'))",
        "INSERT INTO users (id, status) VALUES (1, 'act' 'ive')",
        "INSERT INTO users (id, status) VALUES (1, IF(?, 'active', status))",
        "INSERT INTO users (id, status) VALUES (1, IF(name = 'x', 'active', COALESCE(?, 'blocked')))",
        "UPDATE users SET status = CASE name WHEN 'x' THEN 'active' ELSE CONCAT('x', 'y') END, name = 'z'",
        "UPDATE users SET status = IF(id, 'x', 'y') || name",
        "INSERT INTO users (id, status) VALUES (1, DEFAULT)",
        "INSERT IGNORE INTO users (id, status) VALUES (1, NULL)",
        "INSERT IGNORE INTO users (id, status) VALUES (1, DEFAULT)",
        "UPDATE users SET tags = '', status = 1",
        "UPDATE users SET name = 'x'",
        "UPDATE users SET status = 'x' || name",
        # No error on the server: the condition is only never true.
        "SELECT id FROM users WHERE status = 'activ'",
        "DELETE FROM users WHERE status = 'activ'",
        "UPDATE users SET name = 'y' WHERE status = 'activ'",
    ],
)
def test_what_the_server_takes_or_may_take_is_no_finding(tree: Tree, statement: str) -> None:
    assert found(tree, statement) == []


def test_the_finding_frames_the_value_and_offers_the_nearest_member(tree: Tree) -> None:
    source = go("`UPDATE users SET status = 'activ' WHERE id = ?`")
    [finding] = tree.findings(DDL, "`UPDATE users SET status = 'activ' WHERE id = ?`")
    assert (finding.position.line, finding.position.column) == place(source, "activ")
    assert finding.position.end_column - finding.position.column == len("activ")
    assert finding.suggestions == (Suggestion("active", "a member"),)
    assert (finding.severity, finding.confidence) == (Severity.ERROR, Confidence.CERTAIN)
    assert (finding.table, finding.identifier) == ("users", "status")


@pytest.mark.parametrize(
    "statement",
    ["INSERT IGNORE INTO users (id, status) VALUES (1, 'x')", "UPDATE IGNORE users SET status = 'x' WHERE id = 1"],
)
def test_ignore_stores_another_value_in_silence(tree: Tree, statement: str) -> None:
    [finding] = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.severity.value, finding.errno) == ("NP106", "warning", None)
    assert finding.message.endswith("; with IGNORE another value is stored in silence")
