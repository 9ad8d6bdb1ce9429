"""NP105: a required column that an INSERT leaves out."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, brief

DDL = """
CREATE TABLE t (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    must VARCHAR(9) NOT NULL,
    may INT,
    given INT NOT NULL DEFAULT 3,
    choice ENUM('a', 'b') NOT NULL,
    twice INT AS (given * 2) STORED NOT NULL,
    at TIMESTAMP NOT NULL
);
"""


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (may) VALUES (1)",
        "INSERT INTO t SET may = 1",
        "INSERT INTO t (may) SELECT 1",
        "REPLACE INTO t (may) VALUES (1)",
        "INSERT INTO t (may) VALUES (1) ON DUPLICATE KEY UPDATE may = 2",
        "INSERT INTO t () VALUES ()",
    ],
)
def test_each_required_column_that_is_left_out_is_reported(tree: Tree, statement: str) -> None:
    findings = tree.findings(DDL, f'"{statement}"')
    assert brief(findings) == [("NP105", "must"), ("NP105", "at")]
    assert {finding.errno for finding in findings} == {1364}


def test_insert_ignore_makes_it_a_warning_of_the_server_and_nothing_here(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"INSERT IGNORE INTO t (may) VALUES (1)"')) == []


def test_an_insert_that_names_all_of_them_is_right(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"INSERT INTO t (must, at) VALUES (?, NOW())"')) == []


def test_a_not_null_timestamp_has_an_implicit_default_on_mysql_5_7_as_its_manual_says(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mysql", (5, 7)), dialect_given=True)
    assert brief(tree.findings(DDL, '"INSERT INTO t (must) VALUES (?)"', settings=settings)) == []


def test_a_wrong_column_name_is_reported_alone(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"INSERT INTO t (must, att) VALUES (?, ?)"')) == [("NP101", "att")]


@pytest.mark.parametrize(
    ("statement", "column"),
    [
        ("INSERT INTO t (must, at) VALUES (NULL, NOW())", "must"),
        ("INSERT INTO t (must, given, at) VALUES ('a', 1, NOW()), ('b', NULL, NOW())", "given"),
        ("INSERT INTO t SET must = NULL, at = NOW()", "must"),
        ("UPDATE t SET given = NULL WHERE id = 1", "given"),
        ("UPDATE t SET choice = NULL, may = 1", "choice"),
        ("INSERT INTO t (must, at) VALUES ('a', NOW()) ON DUPLICATE KEY UPDATE must = NULL", "must"),
    ],
)
def test_null_for_a_column_that_takes_none(tree: Tree, statement: str, column: str) -> None:
    [finding] = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.identifier, finding.errno) == ("NP105", column, 1048)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (id, must, may, twice, at) VALUES (NULL, 'a', NULL, NULL, NULL)",
        "INSERT IGNORE INTO t (must, at) VALUES (NULL, NOW())",
        "UPDATE t SET may = NULL WHERE must IS NULL AND given = NULL",
        "UPDATE t SET given = IFNULL(NULL, 3), must = COALESCE(?, '')",
    ],
)
def test_null_that_the_server_takes_or_replaces_is_no_finding(tree: Tree, statement: str) -> None:
    assert tree.findings(DDL, f'"{statement}"') == []
