"""Temporary tables that the program makes are known, whatever the schema has."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect, Settings
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


TWO = ("CREATE TEMPORARY TABLE work (a INT NOT NULL, kind ENUM('x') NOT NULL)", "CREATE TEMPORARY TABLE work (a INT)")
"""Shapes of one name."""


@pytest.mark.parametrize(
    "used",
    [
        "INSERT INTO work VALUES (1)",
        "INSERT INTO work VALUES (1, 2)",
        "INSERT INTO work SELECT id FROM orders",
        "INSERT INTO orders SELECT * FROM work",
        "INSERT INTO work (a, kind) VALUES (1, 'other')",
    ],
)
def test_nothing_is_said_against_what_fits_one_of_several_shapes(shop: Tree, used: str) -> None:
    other = "CREATE TEMPORARY TABLE work (a INT, kind VARCHAR(9))"
    shop.write("a.go", HEAD + function("One", TWO[0]) + function("Two", TWO[1], other, used))
    assert not shop.audit(".", settings=GIVEN).findings


def test_a_column_that_one_shape_alone_has_makes_no_name_ambiguous(shop: Tree) -> None:
    used = "SELECT total FROM orders JOIN work ON work.id = orders.id"
    made = "CREATE TEMPORARY TABLE work (id INT)"
    shop.write("a.go", HEAD + function("One", "CREATE TEMPORARY TABLE work (total INT)") + function("Two", made, used))
    assert not shop.audit(".", settings=GIVEN).findings


def test_a_column_that_one_shape_does_not_require_need_not_be_filled(shop: Tree) -> None:
    made = "CREATE TEMPORARY TABLE work (a INT, b INT)"
    required = "CREATE TEMPORARY TABLE work (a INT NOT NULL, b INT)"
    shop.write("a.go", HEAD + function("One", required) + function("Two", made, "INSERT INTO work (b) VALUES (1)"))
    assert not shop.audit(".", settings=GIVEN).findings


def test_names_that_differ_in_case_are_tables_of_their_own(shop: Tree) -> None:
    shop.write(
        "a.go",
        HEAD
        + function("One", "CREATE TEMPORARY TABLE Work (a INT)", "SELECT a FROM Work", "SELECT b FROM Work")
        + function("Two", "CREATE TEMPORARY TABLE work (b INT)", "SELECT b FROM work"),
    )
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "b")]


def test_sqlite_finds_it_in_any_case(shop: Tree) -> None:
    made = function("One", "CREATE TEMP TABLE Work (a INT)", "SELECT a FROM work", "SELECT b FROM WORK")
    shop.write("a.go", HEAD + made)
    settings = Settings(schema=("schema.sql",), dialect=Dialect("sqlite"), dialect_given=True)
    assert brief(list(shop.audit(".", settings=settings).findings)) == [("NP101", "b")]


@pytest.mark.parametrize("made", ["big LIKE orders", "big AS SELECT * FROM orders"])
def test_one_that_is_made_from_a_table_of_the_schema_has_its_columns(shop: Tree, made: str) -> None:
    hiding = "CREATE TEMPORARY TABLE orders (other INT)"
    used = ("SELECT total FROM big", "SELECT other FROM big")
    shop.write("a.go", HEAD + function("One", hiding) + function("Two", f"CREATE TEMPORARY TABLE {made}", *used))
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "other")]


def test_one_that_is_made_from_one_of_several_shapes_may_have_any_column(shop: Tree) -> None:
    used = ("SELECT a FROM big", "SELECT kind FROM big")
    shop.write("a.go", HEAD + function("One", *TWO, "CREATE TEMPORARY TABLE big LIKE work", *used))
    assert not shop.audit(".", settings=GIVEN).findings


@pytest.mark.parametrize(
    "made",
    [
        "/* by whom */ CREATE TEMPORARY TABLE work (a INT)",
        "-- by whom\nCREATE TEMPORARY TABLE work (a INT)",
        "CREATE /* by whom */ TEMPORARY TABLE work (a INT)",
        "CREATE TEMPORARY TABLE shop.work (a INT)",
    ],
)
def test_comments_and_the_database_make_no_difference(shop: Tree, made: str) -> None:
    used = ("SELECT a FROM work", "SELECT a FROM shop.work" if "shop" in made else "SELECT work.a FROM work")
    shop.write("a.go", HEAD + function("One", made, *used, "SELECT b FROM work"))
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "b")]


def test_a_quoted_name_may_have_any_character(shop: Tree) -> None:
    made = (
        '\tdb.Exec("CREATE TEMPORARY TABLE `my-work` (a INT)")\n'
        '\tdb.Exec("SELECT a FROM `my-work`")\n\tdb.Exec("SELECT b FROM `my-work`")\n'
    )
    shop.write("a.go", HEAD + f"func One(db *sql.DB) {{\n{made}}}\n")
    assert brief(list(shop.audit(".", settings=GIVEN).findings)) == [("NP101", "b")]


@pytest.mark.parametrize("kind", ["TEMPORARY TABLE", "TABLE"])
def test_a_select_list_that_is_not_known_gives_any_column(shop: Tree, kind: str) -> None:
    made = f'\tdb.Exec("CREATE {kind} big AS SELECT " + columns + " FROM orders")\n\tdb.Exec("SELECT z FROM big")\n'
    shop.write("a.go", HEAD + f"func One(db *sql.DB, columns string) {{\n{made}}}\n")
    assert not shop.audit(".", settings=Settings()).findings
