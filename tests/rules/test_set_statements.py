"""NP114 of SET and DO: variables, modes and functions that there are not."""

from __future__ import annotations

import pytest

from tests.tree import Tree, go

WRONG = [
    ("SET SESSION sql_modes = 'ANSI'", 1193, "sql_modes"),
    ("SET SESSION time_zone = '+00:00', SESSION sql_mod = ''", 1193, "sql_mod"),
    ("SET GLOBAL wait_timeouts = 60", 1193, "wait_timeouts"),
    ("SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUPBY'", 1231, "ONLY_FULL_GROUPBY"),
    ("DO RELEASE_LOCKS('a')", 1305, "RELEASE_LOCKS"),
]
RIGHT = [
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,no_zero_date,'",
    "SET SESSION sql_mode = ''",
    "SET SESSION wait_timeout = 60",
    "SET @sql_modes = 1",
    "DO RELEASE_LOCK('a')",
    "DO SLEEP(0)",
]


@pytest.mark.parametrize(("sql", "errno", "name"), WRONG)
def test_a_name_that_there_is_not(tree: Tree, sql: str, errno: int, name: str) -> None:
    [finding] = tree.findings("CREATE TABLE t (a INT);", f'"{sql}"')
    assert (finding.rule, finding.errno, finding.identifier) == ("NP114", errno, name)
    assert finding.severity == ("warning" if errno == 1305 else "error")


@pytest.mark.parametrize(
    "sql", [*RIGHT, "SET SESSION rocksdb_bulk_load = 1", "SET SESSION sql_mode = CONCAT(@@sql_mode, ',x')"]
)
def test_names_that_there_are_or_may_be(tree: Tree, sql: str) -> None:
    assert tree.findings("CREATE TABLE t (a INT);", f'"{sql}"') == []


def test_a_mode_that_is_known_only_at_run_time_is_not_told(tree: Tree) -> None:
    tree.write("schema.sql", "CREATE TABLE t (a INT);")
    tree.write("store.go", go('"SET SESSION sql_mode = \'" + values[0].(string) + "\'"'))
    assert tree.audit("store.go").findings == ()


def test_a_function_that_the_tree_creates_is_one(tree: Tree) -> None:
    tree.write("functions.sql", "CREATE FUNCTION RELEASE_LOCKS(a INT) RETURNS INT RETURN a;")
    tree.write("store.go", go("\"DO RELEASE_LOCKS('a')\""))
    assert tree.audit("store.go", "functions.sql").findings == ()


@pytest.mark.parametrize("call", ["ST_DistanceSphere(a, b)", "MINIMUM(a, 5)", "AVERAGE(a)"])
def test_functions_of_other_databases_and_other_words_for_one(tree: Tree, call: str) -> None:
    [finding] = tree.findings("CREATE TABLE t (a INT, b INT);", f'"SELECT {call} FROM t"')
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", 1305, "warning")


def test_a_path_of_json_begins_with_a_dollar_sign_as_the_manual_of_mysql_has_it(tree: Tree) -> None:
    ddl = "CREATE TABLE t (a INT, body JSON);"
    [finding] = tree.findings(ddl, "`SELECT body->>'tools' FROM t`")
    assert (finding.rule, finding.errno, finding.severity) == ("NP114", 3143, "error")
    right = ("`SELECT body->'$.tools', body->>' $[0]' FROM t`", '"SELECT body->\'" + values[0].(string) + "\' FROM t"')
    assert tree.findings(ddl, *right) == []
