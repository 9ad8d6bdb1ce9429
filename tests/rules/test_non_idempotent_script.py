"""NP307: a script without a number that fails when it is run again."""

from __future__ import annotations

import pytest

from tests.migrations import ORDERS, audited, told
from tests.tree import Tree


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (ORDERS + "ALTER TABLE orders ADD COLUMN b INT;", [("NP307", None)]),
        (ORDERS, []),
        (ORDERS.replace("TABLE", "TABLE IF NOT EXISTS") + "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 1;", []),
    ],
)
def test_a_script_that_changes_tables_can_run_once_only(
    tree: Tree, script: str, expected: list[tuple[str, str | None]]
) -> None:
    tree.write("fix.sql", script)
    assert told(audited("fix.sql")) == expected
