"""NP313: a statement that the server refuses after those before it."""

from __future__ import annotations

import pytest

from tests.migrations import found, identifiers
from tests.tree import Tree


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE orders ADD COLUMN note INT;", [None]),
        ("ALTER TABLE orders DROP COLUMN nothing;", [None]),
        ("ALTER TABLE orders DROP INDEX nothing;", [None]),
        ("ALTER TABLE elsewhere DROP INDEX a;", []),
        ("CREATE TABLE IF NOT EXISTS orders (id INT);", []),
    ],
)
def test_what_the_server_refuses_is_an_error(tree: Tree, sql: str, expected: list[str | None]) -> None:
    assert identifiers(found(tree, sql), "NP313") == expected


def test_two_scripts_that_rename_the_same_column(tree: Tree) -> None:
    rename = "ALTER TABLE orders CHANGE note remark VARCHAR(50);"
    (refused,) = [each for each in found(tree, rename, rename) if each.rule == "NP313"]
    assert (refused.path, refused.errno, str(refused.severity)) == ("db/0003_step.sql", 1054, "error")
