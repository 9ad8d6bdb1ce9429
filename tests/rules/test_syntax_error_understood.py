"""NP109 in a text whose names are understood: words that no server takes, with the names told all the same."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, go, place

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), made DATETIME);"

WRONG = [
    ("SELECT id FROM flows ORDER BY name DESC, id ASC ASC", "ASC ASC"),
    ("SELECT GROUP_CONCAT(name ORDER BY id ASC DESC) FROM flows", "ASC DESC"),
    ("SELECT ROW_NUMBER() OVER (ORDER BY id DESC DESC) FROM flows", "DESC DESC"),
    ("SELECT CAST(id AS VARCHAR) FROM flows", "VARCHAR"),
    ("SELECT CAST(id AS STRING) FROM flows", "STRING"),
    ("SELECT CONVERT(id, TEXT) FROM flows", "TEXT"),
    ("SELECT CAST(name AS UNSIGNED BIGINT) FROM flows", "BIGINT"),
    ("SELECT GROUP_CONCAT(name SEPARATOR ',' ORDER BY id) FROM flows", "ORDER"),
    ("UPDATE flows SET name = 'x' ORDER BY id LIMIT 1, 2", "LIMIT 1, 2"),
    ("DELETE FROM flows WHERE id > 1 LIMIT 1 OFFSET 2", "LIMIT 1 OFFSET"),
    ("TRUNCATE TABLE flows WHERE id = 1", "WHERE"),
    ("SELECT id FROM flows WHERE made > NOW() - INTERVAL 1 DAYS", "DAYS"),
    ("SELECT id FROM flows WHERE made > NOW() - INTERVAL '1 day'", "INTERVAL '1 day'"),
    ("SELECT id FROM flows WHERE EXTRACT(YEAR, made) = 2026", "YEAR, made"),
    ("SELECT a.id FROM flows a FULL OUTER JOIN flows b ON b.id = a.id", "FULL OUTER"),
]
RIGHT = [
    "SELECT id FROM flows ORDER BY name DESC, id ASC",
    "SELECT GROUP_CONCAT(name ORDER BY id DESC SEPARATOR ',') FROM flows",
    # MySQL makes these; what MariaDB alone makes is NP113.
    "SELECT CAST(name AS JSON), CAST(made AS YEAR) FROM flows",
    "SELECT CAST(name AS UNSIGNED INTEGER), CONVERT(id, CHAR), CONVERT(name USING utf8mb4) FROM flows",
    "SELECT id FROM flows LIMIT 1, 2",
    "UPDATE flows SET name = 'x' ORDER BY id LIMIT 2",
    "DELETE FROM flows WHERE id IN (SELECT id FROM (SELECT id FROM flows LIMIT 1, 2) f) LIMIT 5",
    "TRUNCATE TABLE flows",
    "SELECT id FROM flows WHERE made > NOW() - INTERVAL '1' DAY AND made < NOW() + INTERVAL '1 2' DAY_HOUR",
    "SELECT EXTRACT(YEAR FROM made) FROM flows",
    # A table that is called so.
    "SELECT full.id FROM flows full JOIN flows b ON b.id = full.id",
]


@pytest.mark.parametrize(("sql", "framed"), WRONG)
@pytest.mark.parametrize("server", ["mysql", "mariadb"])
def test_words_that_no_server_takes(tree: Tree, server: str, sql: str, framed: str) -> None:
    version = (8, 0) if server == "mysql" else (10, 11)
    settings = Settings(schema=("schema.sql",), dialect=Dialect(server, version))
    [finding] = tree.findings(DDL, f'"{sql}"', settings=settings)
    unknown_type = server == "mariadb" and framed == "STRING"
    assert (finding.rule, finding.errno) == (("NP114", 4161) if unknown_type else ("NP109", 1064))
    assert (finding.position.line, finding.position.column) == place(go(f'"{sql}"'), framed)


@pytest.mark.parametrize("sql", RIGHT)
def test_words_that_a_server_takes(tree: Tree, sql: str) -> None:
    assert tree.findings(DDL, f'"{sql}"') == []


def test_the_names_of_such_a_text_are_told_too(tree: Tree) -> None:
    found = tree.findings(DDL, '"SELECT CAST(ident AS TEXT) FROM flows ORDER BY id ASC ASC"')
    assert sorted(each.rule for each in found) == ["NP101", "NP109", "NP109"]


def test_words_of_two_literals_may_be_parted(tree: Tree) -> None:
    assert tree.findings(DDL, '"SELECT id FROM flows ORDER BY id ASC" + " DESC"') == []
