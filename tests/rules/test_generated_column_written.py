"""NP115: a value for a column that the server computes."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, brief

DDL = "CREATE TABLE t (id INT PRIMARY KEY, price INT, total INT AS (price * 2) STORED, more INT AS (price + 1));"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("INSERT INTO t (id, total) VALUES (?, ?)", ["total"]),
        ("INSERT INTO t (id, total, more) VALUES (1, DEFAULT, ?)", ["more"]),
        ("REPLACE INTO t VALUES (1, 2, NULL, 4)", ["more"]),
        ("INSERT INTO t (id, more) SELECT id, price FROM t", ["more"]),
        ("INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE total = VALUES(total)", ["total"]),
        ("UPDATE t SET price = 1, total = price * 2 WHERE id = ?", ["total"]),
        ("INSERT INTO t (id, price, total) VALUES (1, 2, DEFAULT)", []),
        ("UPDATE t SET total = DEFAULT", []),
        ("INSERT IGNORE INTO t (id, total) VALUES (1, 2)", []),
        ("SELECT total FROM t WHERE total = ?", []),
    ],
)
def test_each_generated_column_that_gets_a_value_is_reported(tree: Tree, statement: str, named: list[str]) -> None:
    findings = tree.findings(DDL, f'"{statement}"')
    assert brief(findings) == [("NP115", each) for each in named]


def test_the_finding_stands_at_the_name_and_has_the_dialects_number(tree: Tree) -> None:
    statement = "INSERT INTO t (id, total) VALUES (?, ?)"
    (found,) = tree.findings(DDL, f'"{statement}"')
    assert found.errno == 3105
    mariadb = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    (other,) = tree.findings(DDL, f'"{statement}"', settings=mariadb)
    assert (other.errno, other.position) == (1906, found.position)
    assert other.message == "column 'total' of t is generated and takes no value"


def test_an_update_of_several_tables_is_judged_for_mysql_as_its_manual_says_and_left_alone_for_mariadb(
    tree: Tree,
) -> None:
    statement = '"UPDATE t JOIN t AS u USING (id) SET t.total = 1"'
    assert brief(tree.findings(DDL, statement)) == [("NP115", "total")]
    mariadb = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    assert brief(tree.findings(DDL, statement, settings=mariadb)) == []
