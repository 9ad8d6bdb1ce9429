"""SQLite: where its rules are wider than MySQL's, nodepath is silent; a name that nothing has is still wrong."""

from __future__ import annotations

import pytest

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.ddl import replay_script
from tests.resolving import SQLITE, errors


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "id", [total], `state`, rowid, "no such text" FROM ORDERS',
        "SELECT total AS t FROM orders WHERE t > 1 GROUP BY t HAVING t < 9",
        "SELECT name || city, name IS NOT city, name NOTNULL FROM customers WHERE name GLOB 'x*' LIMIT 1 + 2",
        "INSERT OR IGNORE INTO orders (id) VALUES (?1)",
        "INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = excluded.total WHERE orders.id > 1",
        "INSERT INTO orders DEFAULT VALUES",
        "UPDATE items SET amount = stock.amount FROM warehouse.stock WHERE stock.product = items.product",
        "DELETE FROM orders AS o WHERE o.id = 1 RETURNING id",
        "SELECT value FROM json_each('[1]')",
        "SELECT name FROM sqlite_master WHERE type = 'table'",
        "SELECT id FROM orders INDEXED BY by_state ORDER BY state COLLATE nocase ASC NULLS LAST",
        "PRAGMA foreign_keys = ON",
    ],
)
def test_what_sqlite_accepts_is_no_error(sql: str) -> None:
    assert errors(sql, SQLITE) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT nosuch FROM orders",
        "SELECT orders.nosuch FROM orders",
        "INSERT INTO orders (nosuch) VALUES (1)",
        "UPDATE orders SET nosuch = 1",
        "INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = excluded.nosuch",
    ],
)
def test_a_name_that_nothing_has_is_wrong_there_as_well(sql: str) -> None:
    assert errors(sql, SQLITE) == [(1054, "nosuch")]


WORDS = [
    "key",
    "blob",
    "range",
    "read",
    "write",
    "trigger",
    "int",
    "char",
    "double",
    "procedure",
    "condition",
    "release",
]


@pytest.mark.parametrize("word", WORDS)
def test_words_that_other_servers_reserve_are_names(word: str) -> None:
    empty = Schema(dialect="sqlite", case_sensitive_tables=False)
    schema = replay_script(f"CREATE TABLE t (id INTEGER, {word} TEXT);", "t.sql", empty, SQLITE)
    for sql in (
        f"SELECT {word}, t.{word} AS {word} FROM t WHERE {word} = ? AND id > 1 ORDER BY {word} DESC",
        f"INSERT INTO t (id, {word}) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET {word} = excluded.{word}",
        f"UPDATE t SET {word} = ? WHERE id = CAST(? AS INTEGER)",
        "SELECT CAST(t.id AS CHAR), CAST(t.id AS INT) FROM t JOIN t AS u USING (id) LEFT JOIN t AS v ON v.id = u.id",
    ):
        assert errors(sql, SQLITE, schema) == []
    assert errors(f"SELECT nosuch, {word} FROM t", SQLITE, schema) == [(1054, "nosuch")]
