"""Statements with parts that are known only at run time: the rest is checked, and what is open is said."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.resolution import Unknown
from tests.resolving import errors, reason, resolved

NOSUCH = [(1054, "nosuch")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM orders WHERE id = @@ AND nosuch = 1",
        "SELECT id FROM orders WHERE id IN (@@) AND nosuch = 1",
        "SELECT id FROM orders WHERE state LIKE '%@@%' AND nosuch = 1",
        "SELECT id FROM orders WHERE nosuch = 1 LIMIT @@ OFFSET @@",
        "UPDATE orders SET state = @@ WHERE nosuch = 1",
        "SELECT date_add(placed_at, INTERVAL @@ DAY) FROM orders WHERE nosuch = 1",
        "SELECT id FROM orders WHERE total BETWEEN @@ AND @@ AND nosuch = 1",
        "SELECT id FROM orders WHERE total > -@@ AND nosuch = 1",
        "SELECT id FROM orders WHERE total = COALESCE('@@', 0) AND nosuch = 1",
        "UPDATE orders SET state = CASE id WHEN 1 THEN @@ ELSE @@ END WHERE nosuch = 1",
        "SELECT id FROM orders WHERE (id, total) IN ((@@, @@), (1, @@)) AND nosuch = 1",
    ],
)
def test_a_value_takes_nothing_from_what_is_known(sql: str) -> None:
    assert errors(sql) == NOSUCH
    assert resolved(sql).open == ()
    assert resolved(sql).complete


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT @@ FROM orders WHERE nosuch = 1",
        "SELECT id, @@ FROM orders WHERE nosuch = 1",
        "SELECT id @@ FROM orders WHERE nosuch = 1",
        "SELECT id@@ FROM orders WHERE nosuch = 1",
        "SELECT id FROM orders WHERE @@ AND nosuch = 1",
        "SELECT id FROM orders WHERE (@@) AND nosuch = 1",
        "SELECT id FROM orders WHERE nosuch = 1 @@",
        "SELECT id FROM orders WHERE nosuch = ?@@",
        "SELECT id FROM orders WHERE nosuch = 1 @@ ORDER BY id",
        "SELECT id FROM orders WHERE nosuch = 1 @@ @@ LIMIT @@",
        "SELECT id FROM orders WHERE id = 1 @@ AND nosuch = 1",
        "SELECT id FROM orders WHERE id @@ ? AND nosuch = 1",
        "SELECT id FROM orders WHERE orders.@@ = ? AND nosuch = 1",
        "SELECT id FROM orders WHERE nosuch = 1 ORDER BY @@ @@",
        "SELECT id FROM orders WHERE nosuch = 1 GROUP BY @@",
        "SELECT id FROM orders WHERE nosuch = 1 UNION @@",
        "SELECT @@(id) FROM orders WHERE nosuch = 1",
        "INSERT INTO orders (id, nosuch, @@) VALUES (?, ?, @@)",
        "INSERT INTO orders (id, nosuch) VALUES @@",
        "INSERT INTO orders (id, nosuch) VALUES (?, ?)@@",
        "INSERT INTO orders (id, nosuch) VALUES (@@)",
        "INSERT INTO orders (id, nosuch) SELECT @@ FROM items",
        "UPDATE orders SET @@ WHERE nosuch = 1",
        "UPDATE orders SET @@ = ? WHERE nosuch = 1",
        "UPDATE orders SET total = ?, @@ WHERE nosuch = 1",
        "DELETE FROM orders WHERE nosuch = 1 @@",
    ],
)
def test_what_stands_around_a_hole_is_checked_and_the_hole_is_said(sql: str) -> None:
    assert errors(sql) == NOSUCH
    found = resolved(sql)
    assert found.open
    assert "part (function argument)" in found.open[0]
    assert not found.complete


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT COALESCE(@@, 0) FROM orders WHERE nosuch = 1",
        "SELECT SUM(@@) FROM orders WHERE nosuch = 1",
        "SELECT COUNT(DISTINCT @@) FROM orders WHERE nosuch = 1",
        "SELECT CAST(@@ AS CHAR) FROM orders WHERE nosuch = 1",
        "SELECT EXTRACT(YEAR FROM @@) FROM orders WHERE nosuch = 1",
        "SELECT IF(id > 1, total, @@) FROM orders WHERE nosuch = 1",
        "SELECT GROUP_CONCAT(@@ ORDER BY id) FROM orders WHERE nosuch = 1",
        "SELECT id FROM orders WHERE total > customer_id + @@ AND nosuch = 1",
        "SELECT id FROM orders WHERE @@ * 2 > total AND nosuch = 1",
        "SELECT @@ AS part FROM orders WHERE nosuch = 1",
    ],
)
def test_a_text_that_may_be_a_column_is_said(sql: str) -> None:
    assert errors(sql) == NOSUCH
    found = resolved(sql)
    assert found.open == ("a part is known only at run time: part (function argument)",)
    assert not found.complete


def test_beside_a_text_that_may_be_a_column_counts_are_checked() -> None:
    sql = "INSERT INTO orders (id, total) VALUES (1, COALESCE(@@, 0), 3)"
    assert [number for number, _ in errors(sql)] == [1136]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nosuch FROM @@ WHERE nope = 1",
        "SELECT nosuch FROM @@_2024 WHERE nope = 1",
        "SELECT nosuch FROM `@@` WHERE nope = 1",
        "SELECT nosuch FROM orders @@ WHERE nope = 1",
        "SELECT nosuch FROM orders@@",
        "SELECT nosuch FROM orders, @@",
        "SELECT nosuch FROM (@@) x",
        "UPDATE @@ SET nosuch = 1",
        "DELETE FROM @@ WHERE nosuch = 1",
        "INSERT INTO @@ (nosuch) VALUES (1)",
    ],
)
def test_where_a_table_may_be_hidden_no_unqualified_name_is_wrong(sql: str) -> None:
    assert errors(sql) == []
    assert resolved(sql).open


def test_a_name_qualified_by_a_known_table_is_checked_beside_a_hidden_one() -> None:
    sql = "SELECT o.nosuch, x.any FROM orders o JOIN @@ x ON x.order_id = o.id AND o.nope = 1"
    assert errors(sql) == [(1054, "nosuch"), (1054, "nope")]


def test_the_column_of_a_hidden_table_is_unknown_with_a_reason() -> None:
    found = resolved("SELECT x.any FROM @@ x")
    assert [type(column.outcome) for column in found.columns] == [Unknown]


def test_counts_prove_nothing_where_a_hole_could_add_values() -> None:
    assert errors("INSERT INTO orders (id, total) VALUES (?, @@, ?)") == []
    assert errors("INSERT INTO orders (id, total) VALUES (?, ?, ?)") == [(1136, "(?, ?, ?)")]


def test_a_value_in_sight_is_shown_as_a_placeholder() -> None:
    found = resolved("SELECT id FROM orders WHERE state = @@ AND id = :id")
    assert found.display == "SELECT id FROM orders WHERE state = ? AND id = ?"


def test_a_statement_that_begins_with_a_hole_is_not_read() -> None:
    assert "first word" in reason("@@ FROM orders")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT x.total, y.id FROM orders AS @@ JOIN orders AS @@ ON x.id = y.id",
        "SELECT x.total FROM orders AS `@@`",
        "SELECT x.* FROM orders AS @@",
        "SELECT x.n FROM (SELECT total AS n FROM orders) AS @@",
        "WITH o AS (SELECT total AS n FROM orders) SELECT x.n FROM o AS @@",
    ],
)
def test_an_alias_that_is_known_only_at_run_time_may_be_any(sql: str) -> None:
    assert errors(sql) == []
    assert not resolved(sql).complete


def test_behind_an_unknown_alias_the_columns_of_its_table_are_known() -> None:
    assert errors("SELECT x.nosuch FROM orders AS @@ WHERE nope = 1") == [(1054, "nosuch"), (1054, "nope")]
    assert errors("SELECT id FROM orders AS @@ JOIN orders AS @@ ON 1 = 1") == [(1052, "id")]
