"""NP309: a password or key in a migration, which no finding shows."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CREATE USER u@localhost IDENTIFIED BY 'geheim';", [None]),
        ("SET PASSWORD FOR u@localhost = 'geheim';", [None]),
        ("INSERT INTO orders (id, note) VALUES (1, 'AKIAABCDEFGHIJKLMNOP');", [None]),
        ("INSERT INTO orders (id, note) VALUES (1, 'password');", []),
    ],
)
def test_a_password_or_key_is_found(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP309") == expected


def test_the_text_itself_is_in_no_finding(tree: Tree) -> None:
    (each,) = found(tree, "CREATE USER u@localhost IDENTIFIED BY 'geheim';")
    assert "geheim" not in each.message + each.sql
