"""What is understood as what, and what is not understood, with the reason."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Resolution, Unparsed
from tests.fuzz import answer, texts
from tests.resolving import MARIADB, MYSQL, MYSQL57, reason, resolved, variant


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT 1", "select"),
        ("(SELECT 1) UNION (SELECT 2)", "select"),
        ("WITH q AS (SELECT 1) SELECT * FROM q", "select"),
        ("TABLE orders", "select"),
        ("VALUES ROW(1, 2)", "values"),
        ("INSERT INTO orders VALUES (1, 2, 3, 4, 5)", "insert"),
        ("REPLACE INTO orders SET id = 1", "replace"),
        ("UPDATE orders SET total = 1", "update"),
        ("WITH q AS (SELECT 1) UPDATE orders SET total = 1", "update"),
        ("DELETE FROM orders", "delete"),
        ("EXPLAIN SELECT id FROM orders", "select"),
        ("CREATE TABLE x (a INT)", "ddl"),
        ("ALTER TABLE nosuch ADD nope INT", "ddl"),
        ("DROP TABLE nosuch", "ddl"),
        ("SHOW TABLES", "other"),
        ("SET SESSION time_zone = '+00:00'", "other"),
        ("BEGIN", "other"),
        ("CALL refresh(1)", "other"),
        ("UNLOCK TABLES", "other"),
        ("START TRANSACTION", "other"),
    ],
)
def test_a_statement_is_known_by_its_kind(sql: str, kind: str) -> None:
    found = resolved(sql)
    assert found.kind == kind
    if kind in ("ddl", "other"):
        assert (found.tables, found.columns, found.complete) == ((), (), True)


@pytest.mark.parametrize(
    ("sql", "kind", "tables"),
    [
        ("LOCK TABLES nosuch WRITE, orders AS o READ LOCAL", "other", ["nosuch", "orders"]),
        ("TRUNCATE TABLE nosuch", "ddl", ["nosuch"]),
        ("SHOW FULL COLUMNS FROM nosuch LIKE 'a%'", "other", ["nosuch"]),
        ("DESCRIBE nosuch", "other", ["nosuch"]),
        ("LOAD DATA LOCAL INFILE 'x' INTO TABLE nosuch", "other", ["nosuch"]),
        ("TRUNCATE TABLE @@", "ddl", []),
        ("LOCK TABLE nosuch IN EXCLUSIVE MODE", "other", []),
    ],
)
def test_a_statement_beside_queries_and_changes_names_the_tables_that_it_needs(
    sql: str, kind: str, tables: list[str]
) -> None:
    found = resolved(sql)
    assert (found.kind, [each.name for each in found.tables]) == (kind, tables)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("", "no statement"),
        ("-- nothing", "no statement"),
        ("SELEC id FROM orders", "SELEC"),
        ("SELECT id, FROM orders", "FROM"),
        ("SELECT id FROM orders WHERE", "ends too early"),
        ("SELECT id FROM orders WHERE id = 'x", "never closed"),
        ("SELECT id FROM orders GROUP id", "GROUP"),
        ("INSERT orders (id VALUES (1)", "never closed"),
        ("UPDATE orders SET total WHERE id = 1", "WHERE"),
        ("{{ template }}", "{"),
        ("error: could not update row", "error"),
    ],
)
def test_a_text_that_is_no_statement_is_not_read_and_says_where(sql: str, word: str) -> None:
    assert word in reason(sql)


@pytest.mark.parametrize(
    ("sql", "word"),
    [("SELECT id, FROM orders", "FROM"), ("SELECT id FROM orders WHERE id = 'x", "'x"), ("UPDATE orders SET (", "(")],
)
def test_where_the_grammar_ends_is_told_for_a_text_that_is_wholly_known(sql: str, word: str) -> None:
    parsed = parse(variant(sql), MYSQL)
    assert isinstance(parsed, Unparsed) and parsed.syntax and parsed.start is not None
    assert sql[parsed.start :].startswith(word)


@pytest.mark.parametrize("sql", ["SELECT @@, FROM t", "SELECT " + "(" * 300 + "id" + ")" * 300])
def test_what_is_beyond_the_grammar_is_no_syntax_error(sql: str) -> None:
    parsed = parse(variant(sql), MYSQL)
    assert isinstance(parsed, Unparsed) and not parsed.syntax


def test_several_statements_in_one_text_are_all_read() -> None:
    found = resolved("UPDATE orders SET nosuch = 1; DELETE FROM items WHERE nope = 1;")
    assert [column.name for column in found.columns if column.errno] == ["nosuch", "nope"]


def test_mariadb_and_mysql_5_take_no_alias_in_a_plain_delete() -> None:
    sql = "DELETE FROM orders AS o WHERE o.id = 1"
    assert resolved(sql).kind == "delete"
    assert "o" in reason(sql, MARIADB)
    assert "o" in reason(sql, MYSQL57)


def test_no_text_whatever_raises_anything() -> None:
    for number, sql in enumerate(texts(4_000, seed=3)):
        assert isinstance(answer(sql, number), (Unparsed, Resolution))
