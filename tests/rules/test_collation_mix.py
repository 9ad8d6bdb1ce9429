"""NP112: comparisons across collations; `tests/server/test_values.py` asks the server about each pair."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.tree import Tree

DDL = """
CREATE TABLE a (id INT PRIMARY KEY, phone VARCHAR(20), old VARCHAR(20) CHARACTER SET latin1)
    CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE b (id INT PRIMARY KEY, phone VARCHAR(20), exact VARCHAR(20) COLLATE utf8mb4_bin, raw VARBINARY(20))
    CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
"""


@pytest.mark.parametrize(
    ("condition", "errno"),
    [
        ("a.phone = b.phone", 1267),
        ("b.phone <=> a.phone AND a.id = 1", 1267),
        ("a.id = 1 AND (a.phone < b.phone OR a.id = b.id)", 1267),
        ("a.old = b.phone", None),
    ],
)
def test_columns_of_two_collations_are_a_warning(tree: Tree, condition: str, errno: int | None) -> None:
    [finding] = tree.findings(DDL, f"`SELECT 1 FROM a JOIN b ON {condition}`")
    assert (finding.rule, finding.errno, finding.severity) == ("NP112", errno, Severity.WARNING)


@pytest.mark.parametrize(
    "condition",
    [
        "a.phone = a.phone",
        "a.id = b.id",
        "a.phone = b.exact",
        "a.phone = b.raw",
        "a.phone = b.phone COLLATE utf8mb4_bin",
        "a.phone = CONVERT(b.phone USING utf8mb4) COLLATE utf8mb4_general_ci",
        "a.phone = ?",
    ],
)
def test_what_the_server_compares_as_meant_is_no_finding(tree: Tree, condition: str) -> None:
    assert tree.findings(DDL, f"`SELECT 1 FROM a JOIN b ON {condition}`") == []
