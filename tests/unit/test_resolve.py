"""The resolver's verdicts. What MariaDB says of the same rules is tested beside the server (tests/server)."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema, Table
from nodepath_cli.sql.resolution import Ambiguous, Clause, Found, Missing, Unknown, clause_words
from nodepath_cli.sql.resolve import output_columns
from tests.resolving import MARIADB, MYSQL, MYSQL57, SHOP, errors, resolved, table


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT id, nosuch FROM orders WHERE nope = 1 ORDER BY none", ["nosuch", "nope", "none"]),
        ("INSERT INTO orders (id, nosuch) VALUES (1, 2) ON DUPLICATE KEY UPDATE nope = VALUES(none)", None),
        ("UPDATE orders SET nosuch = nope WHERE none = 1", ["nosuch", "nope", "none"]),
        ("DELETE FROM orders WHERE nosuch = 1 ORDER BY nope", ["nosuch", "nope"]),
        ("SELECT o.nosuch FROM orders o JOIN items i ON i.nope = o.id", ["nosuch", "nope"]),
        ("SELECT `nosuch`, orders . `nope` FROM orders", ["nosuch", "nope"]),
        ("SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM items WHERE nosuch = orders.nope)", ["nosuch", "nope"]),
        ("SELECT größe, '🙂', nosuch FROM orders", ["größe", "nosuch"]),
    ],
)
def test_every_wrong_column_is_found_at_its_place(sql: str, expected: list[str] | None) -> None:
    wanted = expected or ["nosuch", "nope", "none"]
    assert errors(sql) == [(1054, name) for name in wanted]


def test_an_unknown_table_takes_its_columns_out_of_question() -> None:
    found = resolved("SELECT x.id, name FROM nosuch x JOIN customers c ON c.id = x.customer_id AND c.nope = 1")
    assert [(each.name, type(each.outcome)) for each in found.tables] == [("nosuch", Missing), ("customers", Found)]
    outcomes = {column.name: type(column.outcome) for column in found.columns}
    assert outcomes == {"id": Found, "customer_id": Unknown, "nope": Missing, "name": Found} | {"id": outcomes["id"]}
    assert [column.name for column in found.columns if isinstance(column.outcome, Missing)] == ["nope"]


def test_a_missing_column_says_in_which_table_it_was_looked_for() -> None:
    (column,) = resolved("SELECT o.nosuch FROM orders o JOIN items i ON i.order_id = o.id").columns[-1:]
    assert column.table is SHOP.table("orders")
    (lone,) = resolved("SELECT nosuch FROM orders").columns
    assert lone.table is SHOP.table("orders")
    (either,) = resolved("SELECT nosuch FROM orders, items").columns
    assert either.table is None
    assert [each.name for each in either.candidates] == ["orders", "items"]


def test_an_ambiguous_column_names_the_tables_as_the_statement_does() -> None:
    found = resolved("SELECT id FROM orders o, customers")
    outcome = found.columns[0].outcome
    assert outcome == Ambiguous(("o", "customers"))
    assert found.columns[0].errno == 1052


@pytest.mark.parametrize(
    ("sql", "access"),
    [
        ("SELECT total FROM orders", "read"),
        ("SELECT 1 FROM orders WHERE total = 1", "filter"),
        ("SELECT 1 FROM orders o JOIN items i ON total = 1", "join"),
        ("SELECT 1 FROM orders GROUP BY total", "group"),
        ("SELECT 1 FROM orders ORDER BY total", "order"),
        ("INSERT INTO orders (total) VALUES (1)", "write"),
        ("UPDATE orders SET total = 1", "write"),
    ],
)
def test_a_reference_says_how_the_column_is_used(sql: str, access: str) -> None:
    assert [column.access for column in resolved(sql).columns if column.name == "total"] == [access]


def test_a_table_says_whether_it_is_written() -> None:
    found = resolved("INSERT INTO items (order_id) SELECT id FROM orders")
    assert {each.name: each.access for each in found.tables} == {"items": "write", "orders": "read"}


@pytest.mark.parametrize(
    ("sql", "mysql", "mariadb"),
    [
        ("SELECT nosuch FROM orders", "field list", "SELECT"),
        ("SELECT 1 FROM orders WHERE nosuch", "where clause", "WHERE"),
        ("SELECT 1 FROM orders JOIN items ON nosuch", "on clause", "ON"),
        ("SELECT 1 FROM orders JOIN items USING (nosuch)", "from clause", "FROM"),
        ("SELECT 1 FROM orders GROUP BY nosuch", "group statement", "GROUP BY"),
        ("SELECT 1 FROM orders HAVING nosuch", "having clause", "HAVING"),
        ("SELECT 1 FROM orders ORDER BY nosuch", "order clause", "ORDER BY"),
        ("SELECT 1 FROM orders WHERE nosuch IN (SELECT 1)", "IN/ALL/ANY subquery", "IN/ALL/ANY"),
        ("INSERT INTO orders (nosuch) VALUES (1)", "field list", "INSERT INTO"),
        ("INSERT INTO orders (id) VALUES (nosuch)", "field list", "VALUES"),
        ("UPDATE orders SET nosuch = 1", "field list", "SET"),
        ("UPDATE orders, items SET total = nosuch", "field list", "SELECT"),
    ],
)
def test_the_clause_is_named_in_the_dialects_words(sql: str, mysql: str, mariadb: str) -> None:
    (column,) = [each for each in resolved(sql).columns if each.errno]
    assert clause_words(column.clause, "mysql") == mysql
    assert clause_words(column.clause, "mariadb") == mariadb


def test_an_insert_tells_its_columns_and_rows() -> None:
    sql = "INSERT IGNORE INTO orders (id, total) VALUES (1, 2), (3, 4) ON DUPLICATE KEY UPDATE total = 1"
    (found,) = resolved(sql).inserts
    assert (found.columns, found.ignore, found.replace, found.on_duplicate) == (("id", "total"), True, False, True)
    assert [row.values for row in found.rows] == [2, 2]
    assert sql[found.columns_start : found.columns_end] == "(id, total)"
    assert sql[found.start : found.end] == "orders"


def test_an_insert_without_list_wants_a_value_for_every_visible_column() -> None:
    hidden = Schema((Table("t", (Column("a"), Column("b", invisible=True))),))
    assert errors("INSERT INTO t VALUES (1)", schema=hidden) == []
    assert errors("INSERT INTO t VALUES (1, 2)", schema=hidden) == [(1136, "(1, 2)")]
    (found,) = resolved("INSERT INTO t VALUES (1)", schema=hidden).inserts
    assert found.columns is None


def test_names_of_tables_follow_the_servers_case_rule() -> None:
    assert errors("SELECT id FROM Orders") == [(1146, "Orders")]
    lower = Schema(SHOP.tables, case_sensitive_tables=False)
    assert errors("SELECT ORDERS.id FROM Orders", schema=lower) == []


def test_the_own_database_may_be_named_and_another_is_not_judged() -> None:
    own = Schema(SHOP.tables, database="shop")
    assert errors("SELECT shop.orders.id, o2.nosuch FROM shop.orders, shop.items o2", schema=own) == [(1054, "nosuch")]
    assert errors("SELECT nosuch FROM warehouse.stock", schema=own) == [(1054, "nosuch")]
    elsewhere = resolved("SELECT anything FROM crm.leads", schema=own)
    assert isinstance(elsewhere.tables[0].outcome, Unknown)
    assert isinstance(elsewhere.columns[0].outcome, Unknown)


def test_a_view_whose_columns_cannot_be_told_accepts_every_name() -> None:
    schema = Schema((*SHOP.tables, Table("v", kind="view", open=True)))
    found = resolved("SELECT v.anything, id FROM v JOIN orders ON orders.nosuch = v.any", schema=schema)
    assert [column.name for column in found.columns if column.errno] == ["nosuch"]
    assert found.open == ()


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT id, total AS sum FROM orders", ("id", "sum")),
        ("SELECT * FROM items", ("order_id", "product", "amount")),
        ("SELECT c.*, 1 FROM customers c", ("id", "name", "email", "city", "1")),
        ("SELECT * FROM items JOIN warehouse.stock USING (product)", ("product", "order_id", "amount", "amount")),
        ("SELECT id FROM orders UNION SELECT product FROM items", ("id",)),
        ("SELECT count( * ), 'x' FROM orders", ("count( * )", "x")),
        ("SELECT * FROM nosuch", None),
        ("UPDATE orders SET id = 1", None),
        ("not a query", None),
    ],
)
def test_a_view_has_the_columns_of_its_query(sql: str, columns: tuple[str, ...] | None) -> None:
    assert output_columns(sql, SHOP, MARIADB) == columns


MANUAL = "by the MySQL manual, as no such server is at hand"


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        (MYSQL, "INSERT INTO items (product) VALUES (1) AS new ON DUPLICATE KEY UPDATE amount = new.product", []),
        (MYSQL, "INSERT INTO items (product) VALUES (1) AS n ON DUPLICATE KEY UPDATE amount = n.nosuch", ["nosuch"]),
        (MYSQL, "INSERT INTO items (product) VALUES (1) AS n(p) ON DUPLICATE KEY UPDATE amount = p + q", ["q"]),
        (
            MYSQL,
            "WITH q AS (SELECT id FROM orders) DELETE FROM items WHERE order_id IN (SELECT nosuch FROM q)",
            ["nosuch"],
        ),
        (MYSQL, "SELECT total FROM orders o, LATERAL (SELECT amount + o.nosuch AS s FROM items) x", ["nosuch"]),
        (MYSQL, "SELECT p, nosuch FROM (SELECT id, total FROM orders) x(p, q)", ["nosuch"]),
        (MYSQL, "SELECT name->>'$.a', nosuch->'$.b' FROM customers", ["nosuch"]),
        (MYSQL, "SELECT (SELECT s FROM (SELECT amount + o.total AS s FROM items) x) FROM orders o", []),
        (MYSQL57, "SELECT (SELECT s FROM (SELECT amount + o.total AS s FROM items) x) FROM orders o", ["total"]),
        (MYSQL, "SELECT column_name, srs_id, nosuch FROM information_schema.columns", ["nosuch"]),
        (MYSQL, "SELECT anything FROM performance_schema.threads", []),
        (
            MYSQL,
            "SELECT user, host, error_name, sum_error_raised, nosuch "
            "FROM performance_schema.events_errors_summary_by_account_by_error",
            ["nosuch"],
        ),
        (MYSQL, "SELECT host FROM performance_schema.events_errors_summary_by_user_by_error", ["host"]),
        (MYSQL, "SELECT digest, bucket_quantile FROM performance_schema.events_statements_histogram_by_digest", []),
        (MYSQL, "SELECT digest FROM performance_schema.events_statements_histogram_global", ["digest"]),
        (MYSQL, "SELECT member_role, nosuch FROM performance_schema.replication_group_members", ["nosuch"]),
        (MYSQL, "SELECT Master_log_name, Uuid, nosuch FROM mysql.slave_master_info", ["nosuch"]),
        (MYSQL, "SELECT Relay_log_pos FROM mysql.slave_relay_log_info WHERE Channel_name = ''", []),
        # Of these the name alone is known.
        (MYSQL, "SELECT anything FROM information_schema.innodb_tablespaces", []),
        (MYSQL, "SELECT anything FROM performance_schema.clone_status", []),
    ],
    ids=str,
)
def test_mysql_by_its_manual(dialect: Dialect, sql: str, expected: list[str]) -> None:
    assert errors(sql, dialect) == [(1054, name) for name in expected], MANUAL


def test_a_table_of_the_servers_own_databases_that_is_in_no_manual_is_not_taken_for_one() -> None:
    for name in ("performance_schema.nosuch", "mysql.nosuch", "information_schema.nosuch"):
        (found,) = resolved(f"SELECT a FROM {name}").tables
        assert found.outcome == Unknown(f"table {name} is not in the catalogue")


def test_the_target_of_an_update_must_be_a_table() -> None:
    assert errors("UPDATE orders JOIN (SELECT 1 AS one) x SET x.one = 2") == [(1288, "one")]


def test_clauses_of_window_functions_have_their_own_place() -> None:
    found = resolved("SELECT row_number() OVER (PARTITION BY nosuch ORDER BY nope) FROM orders")
    assert [column.clause for column in found.columns] == [Clause.WINDOW_PARTITION, Clause.WINDOW_ORDER]


def test_a_hidden_column_can_be_named_but_is_in_no_star() -> None:
    schema = Schema((Table("t", (Column("a"), Column("b", invisible=True))), table("u", "c")))
    assert errors("SELECT b FROM t", schema=schema) == []
    assert errors("SELECT x.b FROM (SELECT * FROM t) x", schema=schema) == [(1054, "b")]
