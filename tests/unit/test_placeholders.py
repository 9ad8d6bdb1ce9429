"""Placeholders as the driver counts them, and the columns of a result."""

from __future__ import annotations

import pytest

from tests.resolving import MARIADB, SQLITE, resolved


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT id FROM orders WHERE id = ? AND state = ?", [None, None]),
        ("SELECT '?', \"?\", `id` FROM orders WHERE state = 'a?b' /* ? */ AND id = ? -- ?", [None]),
        ("SELECT id FROM orders WHERE JSON_EXTRACT(state, '$.a?') = ? # ?", [None]),
        ("UPDATE orders SET state = :state, total = :item.total WHERE id = :id", ["state", "item.total", "id"]),
        ("SELECT id FROM orders LIMIT ? OFFSET ?; DELETE FROM orders WHERE id = ?", [None, None, None]),
        ("SELECT id FROM orders WHERE placed_at > '10:20:30'", []),
    ],
)
def test_placeholders(sql: str, names: list[str | None]) -> None:
    found = resolved(sql).placeholders
    assert [each.name for each in found.found] == names
    assert found.open is None
    assert all(sql[each.start] in "?:" for each in found.found)


@pytest.mark.parametrize(
    "sql", ["SELECT id FROM orders WHERE @@", "SELECT id FROM orders WHERE id IN (@@)", "SELECT id FROM @@"]
)
def test_a_hole_may_hold_others(sql: str) -> None:
    assert resolved(sql).placeholders.open is not None


def test_a_part_of_a_name_holds_none() -> None:
    assert resolved("SELECT 1 FROM orders_@@ WHERE id = ?").placeholders.open is None


def test_numbered_placeholders() -> None:
    assert [each.name for each in resolved("SELECT id FROM orders WHERE id = ?1", SQLITE).placeholders.found] == ["?1"]


def test_replaced_text_counts_where_it_is_a_name() -> None:
    named = resolved("SELECT id FROM __T__ WHERE id = ?", replace=(("__T__", "orders"),))
    assert (len(named.placeholders.found), named.placeholders.open) == (1, None)
    text = resolved("SELECT id FROM orders WHERE __C__", replace=(("__C__", "1 = 1"),))
    assert text.placeholders.open is not None


@pytest.mark.parametrize(
    ("sql", "names", "star"),
    [
        ("SELECT id, total AS sum, COUNT(*) FROM orders", ("id", "sum", "COUNT(*)"), ()),
        ("SELECT * FROM items", ("order_id", "product", "amount"), ("items",)),
        (
            "SELECT i.*, o.id FROM items i JOIN orders o ON o.id = order_id",
            ("order_id", "product", "amount", "id"),
            ("items",),
        ),
        ("SELECT id FROM orders UNION SELECT id FROM customers", ("id",), ()),
        ("WITH x AS (SELECT id, total FROM orders) SELECT * FROM x", ("id", "total"), ("",)),
    ],
)
def test_columns_of_a_result(sql: str, names: tuple[str, ...], star: tuple[str, ...]) -> None:
    selected = resolved(sql).selected
    assert selected is not None
    assert (selected.names, selected.star, selected.open) == (names, star, None)


def test_columns_that_cannot_be_told() -> None:
    for sql in ("SELECT * FROM nowhere", "SELECT @@ FROM orders", "SELECT t.* FROM @@ t"):
        selected = resolved(sql).selected
        assert selected is not None
        assert selected.open is not None
    assert resolved("DELETE FROM orders").selected is None
    assert resolved("SELECT 1; SELECT 2").selected is None


def test_columns_of_returning() -> None:
    selected = resolved("DELETE FROM orders WHERE id = 1 RETURNING id, total", MARIADB).selected
    assert selected is not None
    assert (selected.names, selected.star) == (("id", "total"), ())
