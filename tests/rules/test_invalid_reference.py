"""NP114: whatever else the server refuses when it prepares the statement."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.finding import Severity
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, go, place

DDL = "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT, c INT);"


@pytest.mark.parametrize(
    ("statement", "errno"),
    [
        ("INSERT INTO t (a, a) VALUES (1, 2)", 1110),
        ("SELECT 1 FROM t x JOIN u x ON 1", 1066),
        ("SELECT a FROM t UNION SELECT a, c FROM u", 1222),
        ("SELECT d.a FROM (SELECT t.a, u.a FROM t JOIN u ON 1) d", 1060),
        ("DELETE nosuch FROM t JOIN u ON t.a = u.a", 1109),
        ("SELECT nosuch.* FROM t", 1051),
        ("SELECT NULLIF(a) FROM t", 1582),
        ("UPDATE t SET a = POW(b)", 1582),
        ("INSERT INTO t (a) VALUES (IFNULL(1, 2, 3))", 1582),
        ("SELECT LEFT(a) FROM t", 1064),
        ("SELECT COUNT(a, b) FROM t", 1064),
        ("SELECT a FROM t WHERE COUNT(*) > 1", 1111),
        ("SELECT a FROM t GROUP BY COUNT(*)", 1111),
        ("SELECT t.a FROM t JOIN u ON SUM(u.a) = t.a", 1111),
        ("UPDATE t SET a = MAX(b)", 1111),
        ("DELETE FROM t WHERE MAX(b) = 1", 1111),
        ("SELECT SUM(MAX(a)) FROM t", 1111),
        ("SELECT a FROM t WHERE a IN (SELECT a, c FROM u)", 1241),
        ("SELECT (SELECT a, c FROM u) FROM t", 1241),
        ("SELECT a FROM t WHERE a = (SELECT a, c FROM u)", 1241),
        ("SELECT a FROM t WHERE (a, b) IN ((1, 2), (3, 4, 5))", 1241),
        ("INSERT INTO t (a, b) VALUES (1, (3, 4))", 1241),
        ("SELECT a FROM t GROUP BY (a, b)", 1241),
        # MySQL's numbers, by its manual.
        ("SELECT a FROM t WHERE ROW_NUMBER() OVER (ORDER BY a) = 1", 3593),
        ("SELECT a, RANK() OVER (ORDER BY a) AS place FROM t HAVING place = 1", 3594),
        ("SELECT RANK() FROM t", 1064),
        ("SELECT COUNT (*) FROM t", 1064),
        ("SELECT MAX (a) FROM t", 1630),
        ("DELETE FROM t;; DELETE FROM u", 1064),
        # Texts put together without a blank.
        ("SELECT a FROM t WHERE a = ?AND b = 1", 1064),
        ("SELECT a FROM t WHERE a = ?ORDER BY b", 1064),
    ],
)
def test_the_server_s_error_number_is_given(tree: Tree, statement: str, errno: int) -> None:
    (finding,) = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.errno) == ("NP109" if errno == 1064 else "NP114", errno)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT COUNT(DISTINCT a, b), GROUP_CONCAT(a, b ORDER BY a SEPARATOR '-') FROM t",
        "SELECT SUM(SUM(a)) OVER (), SUM((SELECT MAX(c) FROM u)) FROM t GROUP BY b",
        "SELECT CONCAT(a), COALESCE(a, b, 1, 2), NOW(), NOW(6), IF(a, b, 1), my_own(a, b, 1, 2) FROM t",
        # MariaDB's own: the last of several values.
        "SELECT LAST_VALUE(a, b) FROM t",
        "DELETE FROM t; DELETE FROM u;;",
        "SELECT IFNULL (a, b), COALESCE (a, b), MAX(a) FROM t GROUP BY a, b",
        "SELECT a FROM t WHERE (a, b) IN (?) AND (a, b) = (?, ?) AND a IN (?)",
        "SELECT a FROM t WHERE (a, b) IN (SELECT a, c FROM u) AND EXISTS (SELECT a, c FROM u)",
        "SELECT (SELECT a, c FROM u LIMIT 1) = (a, b) FROM t",
        # The aggregate, or the inner one of two, is one of the query around.
        "SELECT a, (SELECT GROUP_CONCAT(COUNT(t.b)) FROM u) FROM t GROUP BY a",
        "SELECT a FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM u WHERE u.a = SUM(t.b))",
    ],
)
def test_calls_and_subqueries_that_the_server_takes_are_not_reported(tree: Tree, statement: str) -> None:
    assert tree.findings(DDL, f'"{statement}"') == []


MYSQL = Settings(schema=("schema.sql",), dialect=Dialect("mysql", (8, 0)), dialect_given=True)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT DISTINCT a FROM t ORDER BY b",
        "SELECT DISTINCT t.a FROM t JOIN u ON u.a = t.a ORDER BY t.a, u.c DESC",
        "SELECT DISTINCT a AS x FROM t ORDER BY x, t.b",
        "SELECT a FROM u WHERE a IN (SELECT a FROM (SELECT DISTINCT a FROM t ORDER BY b LIMIT 1) d)",
    ],
)
def test_mysql_by_its_manual_wants_what_distinct_rows_are_ordered_by_in_the_list(tree: Tree, statement: str) -> None:
    (finding,) = tree.findings(DDL, f'"{statement}"', settings=MYSQL)
    assert (finding.rule, finding.errno) == ("NP114", 3065)
    # It may be MariaDB, which takes it, or a MySQL whose mode does.
    assumed = replace(MYSQL, dialect=Dialect("mysql", (8, 0), assumed=True))
    for settings in (None, assumed):
        (finding,) = tree.findings(DDL, f'"{statement}"', settings=settings)
        assert finding.severity is Severity.WARNING
    for dialect in (
        Dialect("mariadb", (10, 11)),
        Dialect("mysql", (5, 6)),
        Dialect("mysql", (8, 0), full_group_by=False),
    ):
        assert tree.findings(DDL, f'"{statement}"', settings=replace(MYSQL, dialect=dialect)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT DISTINCT a, b FROM t ORDER BY b",
        "SELECT DISTINCT a, b AS x FROM t ORDER BY t.b",
        "SELECT DISTINCT * FROM t ORDER BY b",
        "SELECT DISTINCT t.* FROM t JOIN u ON u.a = t.a ORDER BY b",
        "SELECT DISTINCT a FROM t ORDER BY 1",
        "SELECT a FROM t ORDER BY b",
        "SELECT DISTINCT a, (SELECT MAX(c) FROM u) AS b FROM t ORDER BY b",
        "SELECT DISTINCT COUNT(*) FROM t GROUP BY a ORDER BY a",
        "SELECT DISTINCT a FROM t UNION SELECT a FROM u ORDER BY a",
        "SELECT a, (SELECT DISTINCT c FROM u ORDER BY t.b LIMIT 1) FROM t",
    ],
)
def test_what_distinct_rows_may_be_ordered_by(tree: Tree, statement: str) -> None:
    assert tree.findings(DDL, f'"{statement}"', settings=MYSQL) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("SELECT IFNUL(a, b) FROM t", "did you mean IFNULL?"),
        ("SELECT a FROM t WHERE DATE_TRUNC('day', b) = 1", "PostgreSQL has one of that name"),
        ("UPDATE t SET a = LEN(b)", "SQL Server has one of that name"),
        ("UPDATE t SET a = SHA256(b)", "did you mean SHA2?"),
        ("SELECT NVL3(a, b) FROM t", "neither MySQL nor MariaDB has one of that name"),
        ("UPDATE t SET a = json_array_push(a, ?)", "neither MySQL nor MariaDB has one of that name"),
        ("SELECT JSON_GROUP_ARRAY(a) FROM t", "SQLite has one of that name"),
        ("SELECT a FROM t WHERE b < CURRENTDATE()", "did you mean CURRENT_DATE?"),
        ("SELECT VERSIONS()", "did you mean VERSION?"),
        ("SELECT a FROM t WHERE b = TODAY()", "did you mean CURDATE?"),
        ("SELECT LISTAGG(a, ',') FROM t", "Oracle has one of that name"),
    ],
)
def test_a_function_that_there_most_probably_is_not_is_a_warning(tree: Tree, statement: str, why: str) -> None:
    (finding,) = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", 1305, Severity.WARNING)
    assert finding.message.endswith(why)


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [("@@session.timezone", True), ("@@sql_modes", True), ("@@time_zone", False), ("@@wsrep_on", False), ("@n", False)],
)
def test_a_system_variable_that_there_most_probably_is_not(tree: Tree, variable: str, wrong: bool) -> None:
    findings = tree.findings(DDL, f'"SELECT {variable}"')
    assert [(each.rule, each.errno) for each in findings] == [("NP114", 1193)] * wrong


@pytest.mark.parametrize(
    ("locked", "wrong"), [("t", True), ("u", False), ("x", False), ("x, u", False), ("u, y", True), ("T1", True)]
)
def test_mysql_by_its_manual_locks_tables_by_their_aliases(tree: Tree, locked: str, wrong: bool) -> None:
    sql = f"SELECT x.a FROM t AS x JOIN u ON u.c = x.a FOR UPDATE OF {locked} SKIP LOCKED"
    findings = tree.findings(DDL, f'"{sql}"', settings=MYSQL)
    assert [(each.rule, each.errno) for each in findings] == [("NP114", 3568)] * wrong


def test_a_function_that_the_tree_creates_or_that_may_be_anywhere_is_one(tree: Tree) -> None:
    tree.write("functions.sql", "CREATE DEFINER=`a`@`b` FUNCTION json_push(a TEXT) RETURNS TEXT RETURN a;")
    tree.write("schema.sql", DDL)
    calls = ("JSON_PUSH(a)", "IFNUL(a)", "shop.JSON_POP(a)", "distance_km(a)", "JSON_KEY_VALUE(a, '$')")
    tree.write("store.go", go(*(f'"SELECT {call} FROM t"' for call in calls)))
    findings = tree.audit(".").findings
    assert [each.identifier for each in findings if each.errno == 1305] == ["IFNUL"]
    tree.write("functions.sql", "CREATE FUNCTION IF NOT EXISTS shop.ifnul(a INT) RETURNS INT RETURN a;")
    assert [each.identifier for each in tree.audit(".").findings if each.errno == 1305] == ["JSON_PUSH"]


@pytest.mark.parametrize(
    ("statement", "errno"),
    [
        ("UPDATE t SET a = (SELECT MAX(x.a) FROM t x)", 1093),
        ("DELETE FROM t WHERE a IN (SELECT b FROM t)", 1093),
        ("UPDATE t, u SET t.a = 1 LIMIT 10", 1221),
        ("UPDATE t JOIN u ON u.a = t.a SET t.a = 1 ORDER BY t.a", 1221),
    ],
)
def test_mysql_by_its_manual_refuses_what_mariadb_takes_and_where_it_may_be_that_one_it_is_a_warning(
    tree: Tree, statement: str, errno: int
) -> None:
    (finding,) = tree.findings(DDL, f'"{statement}"', settings=MYSQL)
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", errno, Severity.ERROR)
    (finding,) = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", errno, Severity.WARNING)
    assert "MariaDB takes it" in finding.message
    assert tree.findings(DDL, f'"{statement}"', settings=replace(MYSQL, dialect=Dialect("mariadb", (10, 11)))) == []


ROUTINES = """
DELIMITER $$
CREATE DEFINER=`root`@`localhost` FUNCTION fn_balance(pid BIGINT, kind ENUM('a,b', 'c'), most DECIMAL(10,2))
RETURNS DECIMAL(10,2) READS SQL DATA
BEGIN
  RETURN 1;
END$$
CREATE PROCEDURE close_month(IN month CHAR(7), OUT n INT)
BEGIN
  SELECT 1;
END$$
CREATE PROCEDURE tidy() SELECT 1$$
CREATE PROCEDURE gone() SELECT 1$$
DROP PROCEDURE IF EXISTS gone$$
DELIMITER ;
"""


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT fn_balance(1, 'a', 2) FROM t", ""),
        ("SELECT FN_BALANCE(a, CONCAT(b, 'c'), ?) FROM t", ""),
        ("SELECT fn_balance(1, 2)", "1318 incorrect number of arguments for function fn_balance; expected 3, got 2"),
        ("INSERT INTO t (a) VALUES (fn_balance())", "1318 incorrect number of arguments for function fn_balance; "),
        ("CALL close_month('2024-01', @n)", ""),
        ("CALL close_month(?)", "1318 incorrect number of arguments for procedure close_month; expected 2, got 1"),
        ("CALL tidy", ""),
        ("CALL tidy()", ""),
        ("CALL `tidy`(1)", "1318 incorrect number of arguments for procedure tidy; expected 0, got 1"),
        ("CALL gone()", "1305 procedure gone does not exist"),
        ("CALL close_months(1, 2)", "1305 procedure close_months does not exist: did you mean close_month?"),
        ("CALL other.close_months(1, 2)", ""),
        ("SELECT fn_balance_of(1)", "1305 function fn_balance_of does not exist"),
        ("SELECT TOTAL(a) FROM t", "1305 function TOTAL does not exist"),
        ("SELECT other.fn(a) FROM t", ""),
        (
            "SELECT COUNT(a), POINT(1, 2), TIMESTAMPDIFF(DAY, a, b), ST_ASTEXT(a), UUID_TO_BIN(a) FROM t GROUP BY a, b",
            "",
        ),
        ("SELECT a FROM t WHERE (a) IN (1, 2) AND EXISTS (SELECT 1)", ""),
        ("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES (a)", ""),
        ("WITH x (y) AS (SELECT a FROM t) SELECT y FROM x", ""),
    ],
)
def test_calls_of_the_routines_that_the_schema_s_script_makes(tree: Tree, statement: str, told: str) -> None:
    findings = tree.findings(DDL + ROUTINES, f'"{statement}"')
    assert [f"{each.errno} {each.message}" for each in findings if not told] == []
    if told:
        (finding,) = findings
        assert f"{finding.errno} {finding.message}".startswith(told)
        assert finding.severity is (Severity.WARNING if finding.errno == 1305 else Severity.ERROR)


def test_a_schema_without_routines_tells_of_none(tree: Tree) -> None:
    """A dump is often made without them."""
    statements = ('"SELECT fn_balance(1)"', '"CALL close_month(1)"')
    assert tree.findings(DDL, *statements) == []
    # Functions alone say nothing of procedures.
    assert tree.findings(DDL + "CREATE FUNCTION f(a INT) RETURNS INT RETURN a;", statements[1]) == []


def test_routines_found_in_the_tree_are_some_of_those_there_are(tree: Tree) -> None:
    tree.write("m/001_a.up.sql", DDL + "CREATE FUNCTION fn_balance(a INT) RETURNS INT RETURN a;")
    tree.write("a.go", go('"SELECT fn_balanse(a) FROM t"', '"SELECT other(a) FROM t"', '"SELECT fn_balance() FROM t"'))
    found = [each for each in tree.audit(".").findings if each.rule == "NP114"]
    assert [(each.errno, each.identifier) for each in found] == [(1305, "fn_balanse"), (1318, "fn_balance")]


def test_a_routine_that_two_scripts_make_otherwise_takes_any_number_of_arguments(tree: Tree) -> None:
    twice = "CREATE FUNCTION f(a INT) RETURNS INT RETURN a; CREATE FUNCTION f(a INT, b INT) RETURNS INT RETURN a;"
    assert tree.findings(DDL + twice, '"SELECT f(1, 2, 3)"') == []
    assert tree.findings(DDL + twice.replace(" CREATE", " CREATE OR REPLACE"), '"SELECT f(1, 2)"') == []


def test_a_call_that_the_program_puts_together_may_have_any_number_of_arguments(tree: Tree) -> None:
    """A list without elements leaves no argument, and the program guards against that."""
    tree.write("schema/s.sql", DDL)
    tree.write(
        "a.go",
        'package a\n\nimport "database/sql"\n\nfunc f(db *sql.DB, rows *sql.Rows) {\n\tparts := ""\n'
        '\tfor rows.Next() {\n\t\tparts += "a,"\n\t}\n\tdb.Query("SELECT CONCAT(" + parts + ") FROM t")\n}\n',
    )
    assert not [each for each in tree.audit(".").findings if each.rule == "NP114"]


@pytest.mark.parametrize(
    ("statement", "framed"),
    [
        ("WITH x AS (SELECT a FROM u) SELECT t.a, x.a FROM t LEFT JOIN x t ON x.a = t.a", "t ON"),
        ("SELECT t.a, u.c FROM t JOIN u t ON u.a = t.a ORDER BY a", "u t"),
        ("SELECT x.a, t.a FROM (SELECT a FROM u) t JOIN (SELECT a FROM u) t ON x.a = t.a", "t ON"),
    ],
)
def test_two_tables_of_one_name_are_one_finding(tree: Tree, statement: str, framed: str) -> None:
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    (finding,) = tree.findings(DDL, f'"{statement}"', settings=settings)
    assert (finding.rule, finding.errno, finding.identifier) == ("NP114", 1066, "t")
    source = go(f'"{statement}"')
    assert (finding.position.line, finding.position.column) == place(source, framed)


def test_a_row_alias_has_the_columns_that_get_values_as_mysql_s_source_has_it(tree: Tree) -> None:
    statement = "INSERT INTO t (a) VALUES (?) AS n ON DUPLICATE KEY UPDATE b = LAST_INSERT_ID(b), a = n.a"
    assert tree.findings(DDL, f'"{statement}"', settings=MYSQL) == []
    [finding] = tree.findings(DDL, f'"{statement.replace("= n.a", "= a")}"', settings=MYSQL)
    assert (finding.rule, finding.identifier) == ("NP103", "a")


@pytest.mark.parametrize("call", ["NVL(a, 1)", "JSON_DETAILED(b)", "SFORMAT('{}', a)"])
def test_functions_that_mariadb_alone_has_by_its_documentation(tree: Tree, call: str) -> None:
    [finding] = tree.findings(DDL, f'"SELECT {call} FROM t"')
    assert (finding.rule, finding.severity) == ("NP113", Severity.WARNING)
    mariadb = replace(MYSQL, dialect=Dialect("mariadb", (10, 11)))
    assert tree.findings(DDL, f'"SELECT {call} FROM t"', settings=mariadb) == []
