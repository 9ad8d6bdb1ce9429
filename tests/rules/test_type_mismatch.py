"""NP111: values that do not fit the type of the column that they are compared with or set to."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.tree import Tree

DDL = """
CREATE TABLE flows (id CHAR(36) PRIMARY KEY, nodes INT, price DECIMAL(9,2), made DATETIME, day DATE,
    stamp VARCHAR(30), kind ENUM('a','b'), body JSON, bits BIT(3));
"""


@pytest.mark.parametrize(
    ("statement", "column", "errno"),
    [
        ("SELECT nodes FROM flows WHERE id = 5", "id", None),
        ("SELECT nodes FROM flows WHERE 5 = id", "id", None),
        ("SELECT nodes FROM flows f WHERE f.id IN ('x', 7, 8)", "id", None),
        ("SELECT id FROM flows WHERE nodes = 'many' OR nodes > 3", "nodes", None),
        ("SELECT id FROM flows WHERE made > 'yesterday'", "made", None),
        ("DELETE FROM flows WHERE stamp < NOW() - INTERVAL 1 DAY", "stamp", None),
        ("DELETE FROM flows WHERE stamp < DATE_SUB(NOW(), INTERVAL 1 DAY)", "stamp", None),
        ("UPDATE flows SET nodes = 'many'", "nodes", 1366),
        ("UPDATE flows SET price = ''", "price", 1366),
        ("INSERT INTO flows (id, made) VALUES ('x', 'now')", "made", 1292),
        ("INSERT INTO flows (id, day) VALUES ('x', 5)", "day", 1292),
        ("INSERT INTO flows (id) VALUES ('0123456789-0123456789-0123456789-0123456789')", "id", 1406),
        ("UPDATE flows SET stamp = IF(nodes > 1, 'a text that is longer than thirty letters', stamp)", "stamp", 1406),
    ],
)
def test_a_value_of_another_type_is_a_warning(tree: Tree, statement: str, column: str, errno: int | None) -> None:
    [finding] = tree.findings(DDL, f"`{statement}`")
    assert (finding.rule, finding.identifier, finding.errno) == ("NP111", column, errno)
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT nodes FROM flows WHERE id = '5' AND nodes = '12' AND price > 3.5 AND nodes IN (1, '2')",
        "SELECT id FROM flows WHERE made > '2026-01-01' AND day = 20260101 AND made >= NOW() - INTERVAL 1 DAY",
        "SELECT id FROM flows WHERE id = ? AND nodes = id + 5 AND LENGTH(id) = 36 AND id + 0 = 5",
        "SELECT id FROM flows WHERE kind = 1 AND body = 5 AND bits = 'a'",
        "SELECT id FROM flows WHERE STR_TO_DATE(stamp, '%Y') < NOW()",
        "SELECT nodes FROM flows WHERE id = 0x6162 AND nodes = 0b101",
        "UPDATE flows SET stamp = 5, id = 7, nodes = nodes + 1, made = NOW(), stamp = NOW()",
        "UPDATE IGNORE flows SET nodes = 'many'",
        # Blanks at the end are cut off without an error.
        "UPDATE flows SET stamp = 'short                                   '",
        "INSERT INTO flows (id, nodes, price, made) VALUES (7, '12', '1e2', '20260101')",
    ],
)
def test_what_fits_or_is_converted_as_meant_is_no_finding(tree: Tree, statement: str) -> None:
    assert [each.message for each in tree.findings(DDL, f"`{statement}`")] == []


@pytest.mark.parametrize(("value", "errno"), [("'many'", 1366), ("-1", 1264), ("7", None), ("NULL", None)])
def test_serial_is_a_number_without_sign(tree: Tree, value: str, errno: int | None) -> None:
    ddl = "CREATE TABLE counted (id SERIAL PRIMARY KEY AUTO_INCREMENT, name VARCHAR(9));"
    found = tree.findings(ddl, f"`INSERT INTO counted (id) VALUES ({value})`")
    assert [each.errno for each in found if each.rule == "NP111"] == ([errno] if errno else [])


def test_an_enum_in_the_join_of_an_update(tree: Tree) -> None:
    ddl = "CREATE TABLE t (a INT, kind ENUM('x','y')); CREATE TABLE u (a INT, b INT);"
    sql = "UPDATE u LEFT JOIN t ON t.a = u.a AND t.kind <> '{}' SET u.b = 1"
    [finding] = tree.findings(ddl, f'"{sql.format("z")}"')
    assert finding.rule == "NP111" and "none of its values" in finding.message
    assert tree.findings(ddl, f'"{sql.format("y")}"') == []
