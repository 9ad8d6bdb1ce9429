"""The INSERT that a trigger runs: its table, its columns, and those behind NEW and OLD."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

TABLES = """
CREATE TABLE incidents (id INT PRIMARY KEY, status VARCHAR(9));
CREATE TABLE changes (incident INT NOT NULL, was VARCHAR(9), now VARCHAR(9), at DATETIME);
"""
HEAD = "CREATE TRIGGER t AFTER UPDATE ON incidents FOR EACH ROW "
WRONG = [
    ("INSERT INTO changes (incident, was, now) VALUES (NEW.id, OLD.state, NEW.status)", "NP101", "state", 1054),
    ("INSERT INTO changes (incident, was) SELECT NEW.nr, NEW.status", "NP101", "nr", 1054),
    ("INSERT INTO changes (incident, old) VALUES (NEW.id, OLD.status)", "NP101", "old", 1054),
    ("INSERT INTO changes (incident, was, at) VALUES (NEW.id, NOW())", "NP104", None, 1136),
    ("INSERT INTO changez (incident) VALUES (NEW.id)", "NP102", "changez", 1146),
    ("INSERT INTO changes (incident, was) VALUES (NEW.id, status)", "NP101", "status", 1054),
]


def told(tree: Tree, *scripts: str) -> list[tuple[str, str | None]]:
    """Audit numbered migrations."""
    for number, script in enumerate(scripts, 1):
        tree.write(f"migrations/00{number}_x.up.sql", script + "\n")
    return brief(list(tree.audit(".").findings))


@pytest.mark.parametrize(("body", "rule", "name", "errno"), WRONG)
def test_what_fails_when_the_trigger_runs(tree: Tree, body: str, rule: str, name: str | None, errno: int) -> None:
    assert told(tree, TABLES, HEAD + body + ";") == [(rule, name)]


def test_a_trigger_on_a_table_that_is_not_there(tree: Tree) -> None:
    sql = HEAD.replace("incidents", "incident") + "INSERT INTO changes (incident) VALUES (NEW.nr);"
    assert told(tree, TABLES, sql) == [("NP102", "incident")]


@pytest.mark.parametrize(
    "sql",
    [
        HEAD + "INSERT INTO changes (incident, was, now) VALUES (NEW.id, OLD.Status, new.status);",
        HEAD + "INSERT INTO changes (incident, was) SELECT i.id, OLD.status FROM incidents i WHERE i.id = NEW.id;",
        HEAD + "SET NEW.state = 1;",
        "CREATE DEFINER=`a`@`%` TRIGGER t AFTER DELETE ON incidents FOR EACH ROW FOLLOWS u INSERT INTO changes "
        "(incident, now) VALUES (OLD.id, 'gone') ON DUPLICATE KEY UPDATE now = OLD.status;",
    ],
)
def test_what_is_right_or_not_looked_at(tree: Tree, sql: str) -> None:
    assert told(tree, TABLES, sql) == []


def test_the_columns_are_those_of_the_moment(tree: Tree) -> None:
    sql = HEAD + "INSERT INTO changes (incident, was) VALUES (NEW.id, OLD.status);"
    later = "DROP TRIGGER t;\nALTER TABLE incidents RENAME COLUMN status TO state;"
    assert told(tree, TABLES, sql, later) == []
