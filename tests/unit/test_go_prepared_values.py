"""The values of a prepared statement are no SQL, whatever they look like."""

from __future__ import annotations

import pytest

from tests.unit.go_host import texts

HEAD = 'package a\n\nimport "database/sql"\n\ntype log struct {\n\tadd  *sql.Stmt\n\tconn *sql.DB\n}\n\n'


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('l.add.Exec(id, "SELECT a FROM t")', []),
        ('l.add.Exec("SELECT " + tables, id)', []),
        ('l.add.QueryRow(id, "DELETE FROM " + tables)', []),
        ('l.conn.Exec("DELETE FROM t WHERE a = ?", "SELECT a FROM t")', ["DELETE FROM t WHERE a = ?"]),
        ('stmtCache.Exec("DELETE FROM t")', ["DELETE FROM t"]),
    ],
)
def test_what_a_statement_is_given_is_no_sql(call: str, expected: list[str]) -> None:
    assert texts(f"{HEAD}func (l *log) f(id int, tables string) {{\n\t{call}\n}}\n") == expected


def test_what_prepares_it_is() -> None:
    source = f'{HEAD}func (l *log) f(text string) {{\n\tl.add, _ = l.conn.Prepare("INSERT INTO t (a) VALUES (?)")\n'
    assert texts(source + '\tl.add.Exec("SELECT a FROM " + text)\n}\n') == ["INSERT INTO t (a) VALUES (?)"]
