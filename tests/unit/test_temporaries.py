"""Temporary tables that the program makes are known, whatever the schema has."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree, brief

HEAD = 'package store\n\nimport "database/sql"\n\n'
GIVEN = Settings(schema=("schema.sql",))


def function(name: str, *statements: str) -> str:
    """A Go function that runs these statements."""
    calls = "".join(f"\tdb.Exec(`{statement}`)\n" for statement in statements)
    return f"func {name}(db *sql.DB) {{\n{calls}}}\n\n"


@pytest.fixture
def shop(tree: Tree) -> Tree:
    tree.write("schema.sql", "CREATE TABLE orders (id INT PRIMARY KEY, total INT NOT NULL);")
    return tree


@pytest.mark.parametrize("settings", [GIVEN, Settings()], ids=["given schema", "schema of the tree"])
@pytest.mark.parametrize(
    "made",
    [
        "CREATE TEMPORARY TABLE big (id INT, total INT)",
        "CREATE TEMPORARY TABLE IF NOT EXISTS big LIKE orders",
        "CREATE TEMPORARY TABLE big AS SELECT id, total FROM orders WHERE total > 100",
        "CREATE OR REPLACE TEMPORARY TABLE big (id INT, total INT)",
    ],
)
def test_a_temporary_table_has_the_columns_that_it_is_made_with(shop: Tree, settings: Settings, made: str) -> None:
    used = ("SELECT id FROM big", "DELETE FROM orders WHERE id IN (SELECT id FROM big)", "SELECT nosuch FROM big")
    shop.write("a.go", HEAD + function("Prune", made, *used))
    assert brief(list(shop.audit(".", settings=settings).findings)) == [("NP101", "nosuch")]


def test_it_is_known_in_the_text_that_makes_it(shop: Tree) -> None:
    text = "CREATE TEMPORARY TABLE big (id INT); INSERT INTO big SELECT id FROM orders; DROP TEMPORARY TABLE big"
    shop.write("a.go", HEAD + function("Prune", text))
    assert not shop.audit(".", settings=GIVEN).findings


def test_a_table_of_the_schema_goes_before_one_of_its_name(shop: Tree) -> None:
    shop.write(
        "a.go",
        HEAD
        + function("Copy", "CREATE TEMPORARY TABLE orders (other INT)")
        + function("Read", "SELECT total FROM orders", "SELECT other FROM orders"),
    )
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "other")]


def test_of_several_with_one_name_the_columns_of_all_are_known(shop: Tree) -> None:
    shop.write(
        "a.go",
        HEAD
        + function("One", "CREATE TEMPORARY TABLE work (a INT NOT NULL)", "INSERT INTO work (a) VALUES (1)")
        + function("Two", "CREATE TEMPORARY TABLE work (b INT NOT NULL)", "SELECT b FROM work", "SELECT c FROM work"),
    )
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "c")]


@pytest.mark.parametrize(
    "made",
    ["CREATE TEMPORARY TABLE work AS SELECT x FROM elsewhere", "CREATE TEMPORARY TABLE work (a INT)"],
    ids=["from a table that is not known", "changed later"],
)
def test_one_whose_shape_is_not_known_may_have_any_column(shop: Tree, made: str) -> None:
    later = "ALTER TABLE work ADD COLUMN z INT"
    shop.write("a.go", HEAD + function("One", made, later, "SELECT z FROM work"))
    report = shop.audit(".", settings=GIVEN)
    assert ("NP101", "z") not in brief(list(report.findings))
    assert ("NP102", "work") not in brief(list(report.findings))


def test_the_schema_that_is_reported_has_no_temporary_tables(shop: Tree) -> None:
    shop.write("a.go", HEAD + function("One", "CREATE TEMPORARY TABLE work (a INT)", "SELECT a FROM work"))
    report = shop.audit(".", settings=GIVEN)
    assert (report.schema.tables, report.schema.columns) == (1, 2)


def test_a_name_of_which_a_part_is_not_known_makes_no_table(shop: Tree) -> None:
    made = 'func One(db *sql.DB, n string) {\n\tdb.Exec("CREATE TEMPORARY TABLE work_" + n + " (a INT)")\n}\n\n'
    shop.write("a.go", HEAD + made + function("Two", "SELECT a FROM work_"))
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP102", "work_")]
