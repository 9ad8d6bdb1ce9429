"""Texts that a list or loop without elements leaves unfinished are told, and whole ones are not."""

from __future__ import annotations

import pytest

from nodepath_cli.source.hosts._go.unfinished import unfinished


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SELECT id FROM t WHERE id IN ()", "IN ()"),
        ("SELECT id FROM t WHERE", "WHERE"),
        ("UPDATE t SET WHERE id = ?", "SET WHERE"),
        ("select id from t where and b = ?", "where and"),
        ("SELECT id FROM t WHERE a = ? AND ORDER BY a", "AND ORDER BY"),
        ("SELECT a, FROM t", ", FROM"),
        ("SELECT FROM t", "SELECT FROM"),
        ("INSERT INTO t (a) VALUES ()", "(a) VALUES ()"),
        ("UPDATE t SET a = WHERE id = 1", "= WHERE"),
        ("UPDATE SET a = 1", "UPDATE SET"),
        ("DELETE FROM WHERE id = 1", "DELETE FROM WHERE"),
        ("SELECT a FROM t JOIN ON t.a = 1", "JOIN ON"),
        ("SELECT `` FROM t", "``"),
        ("INSERT INTO t (a) VALUES  ON DUPLICATE KEY UPDATE a = 1", "VALUES  ON DUPLICATE"),
    ],
)
def test_what_is_missing_is_found(text: str, left: str) -> None:
    found = unfinished(text)
    assert found
    assert text[slice(*found[0])] == left


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a, b FROM t WHERE a IN (?, ?) AND b = NOW() ORDER BY order_id, a LIMIT 1",
        "INSERT INTO t (a, b) VALUES (?, ?)",
        "INSERT INTO t (a) VALUES (?) ON DUPLICATE KEY UPDATE a = VALUES(a)",
        "UPDATE t SET value = ?, wherefrom = ? WHERE id = ?",
        "DELETE FROM orders WHERE android = 1 or ordering = 2",
    ],
)
def test_a_whole_text_is_none(text: str) -> None:
    assert unfinished(text) == ()
