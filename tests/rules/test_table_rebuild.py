"""NP304: an ALTER TABLE that copies the table and blocks writes, or rewrites all rows."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders MODIFY total BIGINT;", [None]),
        ("ALTER TABLE orders MODIFY note VARCHAR(50) NOT NULL;", [None]),
        ("ALTER TABLE orders ADD COLUMN a INT;", []),
        ("ALTER TABLE orders ADD INDEX (note);", []),
        ("CREATE TABLE a (b INT); ALTER TABLE a MODIFY b BIGINT;", []),
    ],
)
def test_what_is_costly_is_said(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP304") == expected


def test_what_blocks_is_a_warning_and_what_only_rewrites_an_information(tree: Tree) -> None:
    blocks, rewrites = found(
        tree, "ALTER TABLE orders MODIFY total BIGINT;", "ALTER TABLE orders MODIFY note VARCHAR(50) NULL FIRST;"
    )
    assert (str(blocks.severity), str(rewrites.severity)) == ("warning", "info")
    assert "blocks writes" in blocks.message
    assert "writes go on" in rewrites.message


def test_a_foreign_key_without_checks_copies_nothing(tree: Tree) -> None:
    key = "ALTER TABLE orders ADD FOREIGN KEY (total) REFERENCES orders (id);"
    assert identifiers(found(tree, key), "NP304") == [None]
    assert identifiers(found(tree, f"SET FOREIGN_KEY_CHECKS = 0; {key}"), "NP304") == []
