"""NP306: several DDL statements in one SQL migration."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;", [None]),
        ("ALTER TABLE orders ADD COLUMN a INT, ADD COLUMN b INT;", []),
        ("SET NAMES utf8mb4; ALTER TABLE orders ADD COLUMN a INT; UPDATE orders SET a = 1;", []),
    ],
)
def test_each_commits_by_itself(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP306") == expected
