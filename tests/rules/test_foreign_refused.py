"""NP114 of foreign keys in scripts: tables, columns and types that the tree does not make."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree

PARENTS = "CREATE TABLE suppliers (id INT PRIMARY KEY, code VARCHAR(20) UNIQUE, big BIGINT UNSIGNED UNIQUE)"
WRONG = [
    ("CREATE TABLE a (s INT, FOREIGN KEY (s) REFERENCES supplier (id))", 1824, "supplier"),
    ("CREATE TABLE a (s INT, CONSTRAINT f FOREIGN KEY (s) REFERENCES suppliers (no))", 3734, "no"),
    ("CREATE TABLE a (s BIGINT, FOREIGN KEY (s) REFERENCES suppliers (id))", 3780, "s"),
    ("CREATE TABLE a (s INT UNSIGNED, FOREIGN KEY (s) REFERENCES suppliers (id))", 3780, "s"),
    ("CREATE TABLE a (s INT, FOREIGN KEY (s) REFERENCES suppliers (code))", 3780, "s"),
]
RIGHT = [
    "CREATE TABLE a (s INT, FOREIGN KEY (s) REFERENCES suppliers (id))",
    "CREATE TABLE a (s INTEGER(11), FOREIGN KEY (s) REFERENCES suppliers (ID) ON DELETE CASCADE)",
    "CREATE TABLE a (s VARCHAR(40), FOREIGN KEY (s) REFERENCES suppliers (code))",
    "CREATE TABLE a (s BIGINT UNSIGNED, FOREIGN KEY (s) REFERENCES suppliers (big))",
    "CREATE TABLE a (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES a (id))",
]


def told(tree: Tree, settings: Settings, sql: str) -> list[Finding]:
    """Audit two numbered migrations."""
    tree.write("migrations/001_parents.up.sql", PARENTS + ";\n")
    tree.write("migrations/002_a.up.sql", sql + ";\n")
    return list(tree.audit(".", settings=settings).findings)


@pytest.mark.parametrize(("sql", "errno", "name"), WRONG)
def test_a_foreign_key_that_cannot_be_made(tree: Tree, sql: str, errno: int, name: str) -> None:
    for settings, number in (
        (Settings(dialect=Dialect("mysql", (8, 0)), dialect_given=True), errno),
        (Settings(dialect=Dialect("mariadb", (10, 11)), dialect_given=True), 1005),
    ):
        [finding] = told(tree, settings, sql)
        assert (finding.rule, finding.errno, finding.identifier) == ("NP114", number, name)
        assert finding.severity == "warning"


@pytest.mark.parametrize("sql", [*RIGHT, "CREATE TABLE a (s INT, FOREIGN KEY (s) REFERENCES elsewhere (id))"])
def test_a_foreign_key_that_can_be_made_or_may_be(tree: Tree, sql: str) -> None:
    assert told(tree, Settings(), sql) == []


def test_a_table_that_is_made_later(tree: Tree) -> None:
    tree.write("migrations/003_more.up.sql", "CREATE TABLE supplier (id INT PRIMARY KEY);\n")
    assert told(tree, Settings(), WRONG[0][0]) == []
