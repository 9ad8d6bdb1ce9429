"""NP109, NP114 and NP313 of the DDL in scripts of the tree."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree

MARIADB = Settings(dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
MYSQL = Settings(dialect=Dialect("mysql", (8, 0)), dialect_given=True)

WRONG = [
    ("CREATE TABLE a (id INT,\n b INT,\n)", 1064),
    ("-- the flows\nCREATE TABLE a (id INT,, b INT)", 1064),
    ("CREATE TABLE a (id INT, b INT, ID INT)", 1060),
    ("CREATE TABLE a (id INT, b INT, KEY k (id), KEY k (b))", 1061),
    ("CREATE TABLE a (id INT PRIMARY KEY, b INT, PRIMARY KEY (b))", 1068),
    ("CREATE TABLE a (id INT PRIMARY KEY, KEY k (nosuch))", 1072),
    ("CREATE TABLE a (id INT PRIMARY KEY, FOREIGN KEY (nosuch) REFERENCES b (id))", 1072),
    ("CREATE TABLE a (id INT, b INT AS (id + nosuch) STORED)", 1054),
    ("CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, b INT NOT NULL AUTO_INCREMENT)", 1075),
    ("CREATE TABLE a (id INT, b DECIMAL(2,7))", 1427),
    ("CREATE TABLE a (id INT, b ENUM('x','y') NOT NULL DEFAULT 'z')", 1067),
    ("CREATE TABLE a (id INT) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_cs", 1273),
    ("CREATE TABLE a (id INT, b VARCHAR(9) COLLATE utf8mb4_unicod_ci)", 1273),
]


def told(tree: Tree, settings: Settings, *scripts: str) -> list[Finding]:
    """Audit numbered migrations."""
    for number, script in enumerate(scripts, 1):
        tree.write(f"migrations/00{number}_step.up.sql", script + ";\n")
    return list(tree.audit(".", settings=settings).findings)


@pytest.mark.parametrize("settings", [MARIADB, MYSQL, Settings()])
@pytest.mark.parametrize(("sql", "errno"), WRONG)
def test_a_table_that_no_server_makes_is_an_error(tree: Tree, sql: str, errno: int, settings: Settings) -> None:
    [finding] = told(tree, settings, sql)
    assert (finding.rule, finding.errno) == ("NP109" if errno == 1064 else "NP114", errno)
    assert finding.severity == "error"


def test_a_text_with_a_default_is_refused_by_mysql_as_its_manual_says(tree: Tree) -> None:
    sql = "CREATE TABLE a (id INT, b TEXT NOT NULL DEFAULT 'x')"
    assert told(tree, MARIADB, sql) == []
    [finding] = told(tree, MYSQL, sql)
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", 1101, "error")
    [finding] = told(tree, Settings(), sql)
    assert finding.severity == "warning" and finding.message.startswith("BLOB, TEXT")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE a (id INT, b DECIMAL(7,2), c ENUM('x','y') DEFAULT 'y') COLLATE=utf8mb4_0900_ai_ci",
        "CREATE TABLE a (id INT, b TIMESTAMP NOT NULL DEFAULT '0000-00-00 00:00:00')",
        "CREATE TABLE a (id INT COMMENT 'was a, )', b INT AS (id + 1))",
        "CREATE TABLE a (id SERIAL PRIMARY KEY, b TEXT[])",
    ],
)
def test_a_table_that_a_server_makes_is_not_told(tree: Tree, sql: str) -> None:
    assert told(tree, Settings(), sql) == []


BEGIN = "CREATE TABLE workflows (id INT PRIMARY KEY, name VARCHAR(20), area INT, KEY k (name))"
STEPS = [
    ("ALTER TABLE workflows DROP COLUMN nosuch", 1091),
    ("ALTER TABLE workflows ADD COLUMN area INT", 1060),
    ("ALTER TABLE workflows MODIFY COLUMN areas INT", 1054),
    ("ALTER TABLE workflow ADD COLUMN b INT", 1146),
    ("ALTER TABLE workflows ADD KEY k (area)", 1061),
    ("CREATE INDEX i ON workflows (zone)", 1072),
    ("ALTER TABLE workflows ADD COLUMN b VARCHAR NULL AFTER name", 1064),
]


@pytest.mark.parametrize(("sql", "errno"), STEPS)
def test_one_step_that_does_not_fit_those_before_it_is_a_warning(tree: Tree, sql: str, errno: int) -> None:
    [finding] = told(tree, MARIADB, BEGIN, sql, "ALTER TABLE workflows ADD COLUMN last INT")
    assert (finding.rule, finding.errno, finding.severity) == ("NP313", errno, "warning")
    assert (finding.path, finding.position.line) == ("migrations/002_step.up.sql", 1)


def test_where_more_than_two_do_not_fit_the_beginning_is_elsewhere(tree: Tree) -> None:
    steps = ";\n".join(sql for sql, _ in STEPS[:3])
    assert told(tree, MARIADB, BEGIN, steps) == []


def test_a_step_without_a_number_or_of_a_table_that_is_made_elsewhere_is_not_told(tree: Tree) -> None:
    assert told(tree, MARIADB, BEGIN, "ALTER TABLE elsewhere ADD COLUMN b INT") == []
    tree.write("migrations/002_step.up.sql", "SELECT 1;")
    tree.write("fix.sql", STEPS[0][0] + ";")
    assert told(tree, MARIADB, BEGIN) == []
