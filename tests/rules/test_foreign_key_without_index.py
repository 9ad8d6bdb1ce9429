"""NP312: a foreign key whose referenced columns begin no key."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "CREATE TABLE items (id INT PRIMARY KEY, note VARCHAR(50), FOREIGN KEY (note) REFERENCES orders (note));",
            ["orders"],
        ),
        ("CREATE TABLE items (id INT PRIMARY KEY, o INT, FOREIGN KEY (o) REFERENCES orders (id));", []),
        ("ALTER TABLE orders ADD FOREIGN KEY (total) REFERENCES elsewhere (id);", []),
        (
            "ALTER TABLE orders ADD UNIQUE (total); ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES orders (total);",
            [],
        ),
    ],
)
def test_the_referenced_columns_need_a_key(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP312") == expected
