"""NP303: a new type that does not hold every value of the old one."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders MODIFY note VARCHAR(20);", ["note"]),
        ("ALTER TABLE orders MODIFY note VARCHAR(60);", []),
        ("ALTER TABLE orders MODIFY note TEXT;", []),
        ("ALTER TABLE orders CHANGE total total SMALLINT;", ["total"]),
        ("ALTER TABLE orders MODIFY total INT UNSIGNED;", ["total"]),
        ("ALTER TABLE orders MODIFY total BIGINT;", []),
        ("ALTER TABLE orders MODIFY note VARCHAR(50) CHARACTER SET latin1;", ["note"]),
        ("ALTER TABLE orders CONVERT TO CHARACTER SET latin1;", ["note", "email"]),
        ("CREATE TABLE a (b INT); ALTER TABLE a MODIFY b TINYINT;", []),
    ],
)
def test_values_would_be_lost(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP303") == expected
