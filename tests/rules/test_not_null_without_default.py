"""NP302: a column of an existing table is made NOT NULL without a default."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3) NOT NULL;", ["kind"]),
        ("ALTER TABLE orders ADD (a INT NOT NULL, b INT);", ["a"]),
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3) NOT NULL DEFAULT 0;", []),
        ("ALTER TABLE orders ADD COLUMN kind ENUM('a','b') NOT NULL;", []),
        ("ALTER TABLE orders ADD COLUMN kind CHAR(3);", []),
        ("ALTER TABLE orders ADD COLUMN twice INT AS (total * 2) STORED NOT NULL;", []),
        ("ALTER TABLE orders MODIFY note VARCHAR(50) NOT NULL;", ["note"]),
        ("ALTER TABLE orders CHANGE note remark VARCHAR(50) NOT NULL;", ["remark"]),
        ("ALTER TABLE orders MODIFY id INT NOT NULL;", []),
        ("CREATE TABLE a (id INT PRIMARY KEY, b INT NOT NULL);", []),
        ("CREATE TABLE a (id INT PRIMARY KEY); ALTER TABLE a ADD COLUMN b INT NOT NULL;", []),
    ],
)
def test_an_insert_that_does_not_name_it_would_fail(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP302") == expected
