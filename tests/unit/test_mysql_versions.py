"""What differs between the versions of MySQL, by the words of its manuals: no MySQL server is at hand to ask."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.sql.parse import Parsed, parse
from nodepath_cli.sql.words import RESERVED, reserved_words
from tests.resolving import MARIADB, errors, reason, resolved, variant


def mysql(*version: int) -> Dialect:
    """A MySQL of a version."""
    return Dialect("mysql", version)


def understood(sql: str, dialect: Dialect) -> bool:
    """Whether the dialect's grammar has the statement."""
    return isinstance(parse(variant(sql), dialect), Parsed)


BORN = {
    "SELECT id FROM (SELECT id FROM orders) x, LATERAL (SELECT x.id AS y) z": ((5, 7), (8, 0, 13), (8, 0, 14)),
    "WITH q AS (SELECT id FROM orders) SELECT id FROM q": ((5, 7), (5, 7, 44), (8, 0, 11)),
    "WITH q AS (SELECT 1) UPDATE orders SET total = 1": ((5, 7), (8, 0, 11)),
    "WITH q AS (SELECT 1) DELETE FROM orders": ((5, 7), (8, 0, 11)),
    "SELECT RANK() OVER (ORDER BY id) FROM orders": ((5, 7), (8, 0, 11)),
    "SELECT SUM(id) OVER w FROM orders WINDOW w AS (ORDER BY id)": ((5, 7), (8, 0, 11)),
    "SELECT j.p FROM JSON_TABLE('[]', '$[*]' COLUMNS (p INT PATH '$')) j": ((5, 7), (8, 0, 4)),
    "SELECT id FROM orders FOR SHARE": ((5, 7), (8, 0, 11)),
    "SELECT id FROM orders FOR UPDATE OF orders": ((5, 7), (8, 0, 11)),
    "SELECT id FROM orders FOR UPDATE SKIP LOCKED": ((5, 7), (8, 0, 11)),
    "SELECT id FROM orders FOR UPDATE NOWAIT": ((5, 7), (8, 0, 11)),
    "DELETE FROM orders AS o WHERE o.id = 1": ((5, 7), (8, 0, 15), (8, 0, 16)),
    "SELECT 1 MEMBER OF ('[1]')": ((5, 7), (8, 0, 16), (8, 0, 17)),
    "INSERT INTO orders (id) VALUES (1) AS n ON DUPLICATE KEY UPDATE total = n.id": ((5, 7), (8, 0, 18), (8, 0, 19)),
    "SELECT p FROM (SELECT id FROM orders) x (p)": ((5, 7), (8, 0, 18), (8, 0, 19)),
    "TABLE orders": ((5, 7), (8, 0, 18), (8, 0, 19)),
    "VALUES ROW(1, 2)": ((5, 7), (8, 0, 18), (8, 0, 19)),
    "SELECT id FROM orders EXCEPT SELECT id FROM customers": ((5, 7), (8, 0, 30), (8, 0, 31)),
    "SELECT id FROM orders INTERSECT SELECT id FROM customers": ((5, 7), (8, 0, 30), (8, 0, 31)),
    "SELECT state->'$.a' FROM orders": ((5, 6), (5, 7, 8), (5, 7, 9)),
    "SELECT state->>'$.a' FROM orders": ((5, 7, 12), (5, 7, 13)),
}
"""The versions in order: in all but the last the manual has no such statement."""


@pytest.mark.parametrize(("sql", "versions"), BORN.items())
def test_by_the_manual_a_statement_exists_from_a_version_on(sql: str, versions: tuple[tuple[int, ...], ...]) -> None:
    *before, since = versions
    for version in before:
        assert "which answers 1064" in reason(sql, mysql(*version)), version
    assert understood(sql, mysql(*since))
    assert understood(sql, mysql(8, 4))
    # A version without patch level stands for its newest release, and none for the newest.
    assert understood(sql, mysql(*since[:2]))
    assert understood(sql, mysql())


@pytest.mark.parametrize(
    ("sql", "last", "gone"),
    [
        ("SELECT id FROM orders GROUP BY id DESC", (8, 0, 12), (8, 0, 13)),
        ("SELECT SQL_CACHE id FROM orders", (5, 7), (8, 0, 3)),
        ("SELECT id FROM orders PROCEDURE ANALYSE()", (5, 7), (8, 0, 11)),
    ],
)
def test_by_the_manual_a_statement_exists_up_to_a_version(
    sql: str, last: tuple[int, ...], gone: tuple[int, ...]
) -> None:
    assert understood(sql, mysql(*last))
    assert "which answers 1064" in reason(sql, mysql(*gone))
    assert "which answers 1064" in reason(sql, mysql(8, 4))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO orders (id) VALUES (1) RETURNING id",
        "DELETE FROM orders WHERE id = 1 RETURNING id",
        "REPLACE INTO orders (id) VALUES (1) RETURNING id",
        "SELECT id FROM orders LIMIT ROWS EXAMINED 5",
        "SELECT id FROM orders FETCH FIRST 1 ROWS ONLY",
        "SELECT id FROM orders FOR SYSTEM_TIME ALL",
        "SELECT id FROM orders FOR UPDATE WAIT 5",
        "VALUES (1, 2), (3, 4)",
        "SELECT NEXT VALUE FOR numbers",
    ],
)
def test_what_is_mariadbs_alone_is_in_no_manual_of_mysql(sql: str) -> None:
    for version in ((5, 7), (8, 0), (8, 4)):
        assert "which answers 1064" in reason(sql, mysql(*version))
    assert understood(sql, MARIADB)


WORDS = {
    (5, 7): "GENERATED STORED VIRTUAL OPTIMIZER_COSTS",
    (8, 0, 1): "CUBE GROUPING OF FUNCTION RECURSIVE",
    (8, 0, 2): "RANK GROUPS WINDOW ROW_NUMBER DENSE_RANK NTILE LAG LEAD OVER ROWS ROW CUME_DIST",
    (8, 0, 3): "SYSTEM EXCEPT",
    (8, 0, 4): "EMPTY JSON_TABLE",
    (8, 0, 14): "LATERAL",
    (8, 0, 31): "INTERSECT",
    (8, 4): "MANUAL PARALLEL QUALIFY TABLESAMPLE",
}  # fmt: skip


@pytest.mark.parametrize(("since", "word"), [(since, word) for since, words in WORDS.items() for word in words.split()])
def test_by_the_manual_a_word_is_reserved_from_a_version_on(since: tuple[int, ...], word: str) -> None:
    before = mysql(5, 6) if since == (5, 7) else mysql(5, 7)
    for sql in ("SELECT id, {} FROM orders", "SELECT id AS {} FROM orders", "INSERT INTO orders ({}) VALUES (1)"):
        plain, quoted = sql.format(word.lower()), sql.format(f"`{word.lower()}`")
        assert understood(plain, before)
        assert understood(plain, MARIADB) == (word not in reserved_words("mariadb", ()))
        assert not understood(plain, mysql(*since))
        assert not understood(plain, mysql(8, 4))
        assert understood(quoted, mysql(8, 4))
    # A word behind a dot is a name, reserved or not.
    assert understood(f"SELECT orders.{word.lower()} FROM orders", mysql(8, 4))


def test_a_word_that_no_version_reserves_is_a_name() -> None:
    for word in ("status", "timestamp", "date", "type", "name", "value", "position", "level", "hash", "names", "at"):
        assert errors(f"SELECT {word} FROM orders", mysql(8, 4)) == [(1054, word)]
        assert word.upper() not in RESERVED


def test_mysql_does_not_look_into_a_common_table_expression_that_nothing_uses() -> None:
    """Its sources read the body where FROM first names it; MariaDB resolves every body (measured)."""
    unused = "WITH q AS (SELECT nosuch FROM nowhere), w AS (SELECT nope FROM q) SELECT id FROM orders"
    assert errors(unused, mysql(8, 0)) == []
    assert not resolved(unused, mysql(8, 0)).violations
    assert errors(unused, MARIADB) == [(1146, "nowhere"), (1054, "nope")]
    used = "WITH q AS (SELECT nosuch FROM orders), w AS (SELECT nosuch FROM q) SELECT nosuch FROM w"
    assert errors(used, mysql(8, 0)) == [(1054, "nosuch")]
