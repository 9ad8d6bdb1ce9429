"""Texts with formatting verbs of a program's own: listed, and a verb is a name or a value by its place."""

from __future__ import annotations

import pytest

from tests.unit.go_host import only, statements, texts

FORMATS = """package repo

import (
\t"context"
\t"database/sql"
)

func escape(text string, args ...any) ([]byte, error) {
\tmade := make([]byte, 0, len(text))
\tfor i := 0; i < len(text); i++ {
\t\tmade = append(made, text[i])
\t}
\treturn made, nil
}

func Run(ctx context.Context, db *sql.DB, text string, args ...any) error {
\tquery, err := escape(text, args...)
\tif err != nil {
\t\treturn err
\t}
\t_, err = db.ExecContext(ctx, string(query))
\treturn err
}

func Do(ctx context.Context, db *sql.DB, a, b string) error {
\treturn Run(ctx, db, "TEXT", a, b)
}
"""
FORMATS_ELSEWHERE = """package repo

import (
\t"database/sql"

\t"example.com/elsewhere"
)

func Do(db *sql.DB, a, b string) error {
\t_, err := db.Exec(elsewhere.Format("TEXT", a, b))
\treturn err
}
"""


def _given(text: str) -> list[str]:
    """Return the statement that a wrapper of the tree is given, which another package's function makes the same of."""
    own = [each for each in texts(FORMATS.replace("TEXT", text)) if each]
    assert texts(FORMATS_ELSEWHERE.replace("TEXT", text)) == own
    return own


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("DROP TABLE IF EXISTS %n.%n", "DROP TABLE IF EXISTS <>.<>"),
        ("DROP TABLE `%n`", "DROP TABLE `<>`"),
        ("CREATE TABLE %n (a INT)", "CREATE TABLE <> (a INT)"),
        ("INSERT INTO %n.%n (a, b) VALUES (%?, %?)", "INSERT INTO <>.<> (a, b) VALUES (<>, <>)"),
        ("UPDATE %n SET %n = %? WHERE id = %?", "UPDATE <> SET <> = <> WHERE id = <>"),
        ("DELETE FROM orders_%d WHERE a > %d AND b LIKE %s", "DELETE FROM orders_<> WHERE a > <> AND b LIKE <>"),
        ("SELECT a FROM t WHERE b IN (%s) LIMIT %d", "SELECT a FROM t WHERE b IN (<>) LIMIT <>"),
    ],
)
def test_a_verb_of_the_programs_own_is_a_hole(text: str, sql: str) -> None:
    assert _given(text) == [sql]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT a FROM t WHERE b %c = 0",
        "SELECT a FROM t WHERE b % c = 0",
        "SELECT a FROM t WHERE b % ? = 0",
        "SELECT a FROM t WHERE b %? = 0",
        "SELECT a FROM t WHERE (b) %c = 0",
        "SELECT a FROM t WHERE b LIKE '%s' AND c LIKE '%d%'",
        "SELECT DATE_FORMAT(a, '%Y-%m-%d') FROM t",
        "SELECT a FROM t WHERE b = '(%s' AND c = 1",
    ],
)
def test_a_remainder_and_what_stands_in_quotes_stay_as_they_are(text: str) -> None:
    assert _given(text) == [text]


def test_what_the_hole_is_can_be_read_in_the_source() -> None:
    found = only(statements(FORMATS_ELSEWHERE.replace("TEXT", "DROP TABLE %n")))
    (hole,) = found.variants[0].holes
    assert (hole.expression, hole.reason) == ("%n", "formatting verb")


def test_a_database_gets_its_text_as_it_stands() -> None:
    sent = """package repo

import "database/sql"

func Do(db *sql.DB) { db.Exec("DELETE FROM t WHERE a = %d") }
"""
    assert only(statements(sent)).sql == "DELETE FROM t WHERE a = %d"


def test_a_sentence_that_is_logged_is_no_statement() -> None:
    logged = """package repo

import "log"

func Do(a string) { log.Printf("drop table %s", a) }
"""
    assert statements(logged) == []
