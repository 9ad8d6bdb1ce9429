"""NP310: rows or values that are gone for good."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders DROP COLUMN note;", ["note"]),
        ("DROP TABLE orders;", ["orders"]),
        ("DROP TABLE IF EXISTS later; CREATE TABLE later (id INT PRIMARY KEY);", []),
        ("TRUNCATE TABLE orders;", ["orders"]),
        ("DROP DATABASE chat;", ["chat"]),
        ("CREATE TABLE a (b INT, c INT); ALTER TABLE a DROP COLUMN c; DROP TABLE a;", []),
        ("CREATE TEMPORARY TABLE a (b INT); DROP TEMPORARY TABLE a;", []),
    ],
)
def test_what_is_taken_away_is_said(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP310") == expected
