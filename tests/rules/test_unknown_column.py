"""NP101: every wrong column, at its place, with the likeliest replacement first."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, brief, go, place

DDL = """
CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, id_device VARCHAR(20), amount INT, stage VARCHAR(9));
CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(99), created_at DATETIME);
"""


def test_every_wrong_column_of_a_statement_is_found_where_it_stands(tree: Tree) -> None:
    source = go("`INSERT INTO orders (nosuch, amount, other) VALUES (?, ?, ?)\n\t\tON DUPLICATE KEY UPDATE third = ?`")
    tree.write("schema.sql", DDL)
    tree.write("a.go", source)
    findings = tree.audit("a.go").findings
    assert brief(list(findings)) == [("NP101", "nosuch"), ("NP101", "other"), ("NP101", "third")]
    for finding in findings:
        assert finding.identifier is not None
        line, column = place(source, finding.identifier)
        assert (finding.position.line, finding.position.column) == (line, column)
        assert (finding.position.end_line, finding.position.end_column) == (line, column + len(finding.identifier))


@pytest.mark.parametrize(
    ("statement", "clause"),
    [
        ("SELECT nosuch FROM orders", "field list"),
        ("SELECT id FROM orders WHERE nosuch = 1", "where clause"),
        ("SELECT o.id FROM orders o JOIN users u ON u.nosuch = o.id", "on clause"),
        ("SELECT id FROM orders ORDER BY nosuch", "order clause"),
        ("SELECT COUNT(*) FROM orders GROUP BY nosuch", "group statement"),
        ("SELECT id FROM orders HAVING nosuch > 1", "having clause"),
        ("UPDATE orders SET nosuch = 1", "field list"),
        ("DELETE FROM orders WHERE nosuch = 1", "where clause"),
        ("INSERT INTO orders (id) VALUES (nosuch)", "field list"),
    ],
)
def test_the_clause_is_named_in_the_words_of_mysql_as_its_manual_gives_them(
    tree: Tree, statement: str, clause: str
) -> None:
    (finding,) = tree.findings(DDL, f"`{statement}`")
    assert (finding.rule, finding.identifier, finding.clause) == ("NP101", "nosuch", clause)
    assert finding.errno == 1054
    assert finding.message == (f"unknown column '{'u.nosuch' if clause == 'on clause' else 'nosuch'}' in '{clause}'")


def test_the_clause_is_named_in_the_words_of_mariadb_where_that_is_the_dialect(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    (finding,) = tree.findings(DDL, "`INSERT INTO orders (nosuch) VALUES (1)`", settings=settings)
    assert finding.clause == "INSERT INTO"


def test_a_configured_rename_comes_before_everything_else(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), renames=(("orders.amounts", "stage"),))
    (finding,) = tree.findings(DDL, '"SELECT amounts FROM orders"', settings=settings)
    assert [each.replacement for each in finding.suggestions] == ["stage", "amount"]


def test_a_rename_of_another_table_is_not_offered(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), renames=(("users.zzz", "email"),))
    (finding,) = tree.findings(DDL, '"SELECT zzz FROM orders"', settings=settings)
    assert finding.suggestions == ()


def test_a_far_name_is_not_offered_beside_a_proven_one(tree: Tree) -> None:
    settings = Settings(schema=("schema.sql",), renames=(("t.street", "address"),))
    ddl = "CREATE TABLE t (address INT, created_at INT, streets INT);"
    findings = tree.findings(ddl, '"SELECT street FROM t"', '"SELECT created_at FROM t"', settings=settings)
    assert [each.replacement for each in findings[0].suggestions] == ["address", "streets"]


def test_words_in_another_order_are_recognised(tree: Tree) -> None:
    (finding,) = tree.findings(DDL, '"SELECT device_id FROM orders"')
    assert finding.suggestions[0].replacement == "id_device"


def test_a_column_that_other_statements_use_comes_before_one_that_is_merely_alike(tree: Tree) -> None:
    ddl = "CREATE TABLE t (stage_name INT, stage_code INT);"
    findings = tree.findings(ddl, '"SELECT stage_node FROM t"', '"UPDATE t SET stage_name = 1"')
    assert findings[0].suggestions[0].replacement == "stage_name"
    assert "used by another statement" in findings[0].suggestions[0].reason


def test_the_former_names_of_the_lock_tables_are_known_without_any_configuration(tree: Tree) -> None:
    tree.write(
        "a.go",
        go('"UPDATE ai_whatsapp_session_nodepath SET locked_at = NULL WHERE phone_number = ? AND device_id = ?"'),
    )
    findings = tree.audit("a.go").findings
    offered = {finding.identifier: finding.suggestions[0].replacement for finding in findings}
    assert offered == {"locked_at": "timestamp", "phone_number": "id_prospect", "device_id": "id_device"}
    assert {finding.confidence for finding in findings} == {"certain"}


def test_a_column_of_a_table_that_does_not_exist_is_not_reported_again(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"SELECT nosuch FROM orderz"')) == [("NP102", "orderz")]


def test_a_used_column_that_shares_no_word_with_the_name_is_not_offered(tree: Tree) -> None:
    ddl = "CREATE TABLE rooms (id INT, price_cents INT);"
    findings = tree.findings(ddl, '"SELECT retired_at FROM rooms"', '"UPDATE rooms SET price_cents = 1"')
    assert findings[0].suggestions == ()


def test_what_tidb_has_beside_mysql_is_not_told(tree: Tree) -> None:
    ddl = "CREATE TABLE t (a INT);"
    right = "`SELECT TIDB_TABLE_ID FROM INFORMATION_SCHEMA.TABLES`", "`SELECT x._tidb_rowid FROM t x`"
    assert tree.findings(ddl, *right) == []
    wrong = "`SELECT NOPE FROM INFORMATION_SCHEMA.TABLES`", "`SELECT tidb_id FROM t`"
    assert [each.identifier for each in tree.findings(ddl, *wrong)] == ["NOPE", "tidb_id"]


def test_a_blank_that_is_missing_around_and_is_said(tree: Tree) -> None:
    ddl = "CREATE TABLE t (a INT, b INT);"
    code = "`SELECT t.a FROM t WHERE 1ANDt.b = ? `", "`SELECT t.a FROM t WHERE a = 1 AND b = 2ORa`"
    messages = [each.message for each in tree.findings(ddl, *code)]
    assert [each.partition(": ")[2] for each in messages] == [
        "a blank is missing around AND in '1ANDt'",
        "a blank is missing around OR in '2ORa'",
    ]
    (finding,) = tree.findings(ddl, '"SELECT 1st FROM t"')
    assert ": " not in finding.message
