"""A table or view that is made from a query: the query is audited like any other, at the place where it stands."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree, brief

DDL = "CREATE TABLE orders (id INT PRIMARY KEY, total INT NOT NULL, stage VARCHAR(9));\n"
GIVEN = Settings(schema=("schema.sql",))
HEAD = 'package store\n\nimport "database/sql"\n\n'


def sent(*calls: str) -> str:
    """A Go function that makes these calls."""
    return HEAD + "func run(db *sql.DB, stage string) {\n" + "".join(f"\tdb.{call}\n" for call in calls) + "}\n"


MADE = [
    "CREATE TEMPORARY TABLE big AS SELECT id, {} FROM orders WHERE total > 1",
    "CREATE TEMPORARY TABLE IF NOT EXISTS big (PRIMARY KEY (id)) ENGINE=MEMORY SELECT id, {} FROM orders",
    "CREATE TABLE big (id INT, n INT GENERATED ALWAYS AS (id + 1)) IGNORE AS (SELECT id FROM orders WHERE {} > 'a')",
    "CREATE TABLE big AS WITH o AS (SELECT {} FROM orders) SELECT * FROM o",
    "CREATE OR REPLACE VIEW big (a, b) AS SELECT id, {} FROM orders WITH CASCADED CHECK OPTION",
    "CREATE ALGORITHM=MERGE DEFINER='a'@'%' SQL SECURITY INVOKER VIEW big AS SELECT {} FROM orders",
]


@pytest.mark.parametrize("settings", [GIVEN, Settings()], ids=["given schema", "schema of the tree"])
@pytest.mark.parametrize("made", MADE)
def test_a_wrong_column_is_found_and_a_right_one_is_not(tree: Tree, made: str, settings: Settings) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", HEAD + "func run(db *sql.DB) {\n\tdb.Exec(\n\t\t`" + made.format("nosuch") + "`)\n}\n")
    (finding,) = tree.audit("a.go", "schema.sql", settings=settings).findings
    assert (finding.rule, finding.identifier, finding.position.line) == ("NP101", "nosuch", 7)
    tree.write("a.go", HEAD + "func run(db *sql.DB) {\n\tdb.Exec(\n\t\t`" + made.format("stage") + "`)\n}\n")
    assert not tree.audit("a.go", "schema.sql", settings=settings).findings


def test_a_wrong_table_and_a_wrong_number_of_arguments_are_found(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    made = '"CREATE TEMPORARY TABLE big AS SELECT id FROM {} WHERE stage = ? AND total > ?", stage{}'
    tree.write("a.go", sent(f"Exec({made.format('orderz', ', 1')})", f"Exec({made.format('orders', '')})"))
    found = tree.audit(".", settings=GIVEN).findings
    assert [(each.rule, each.position.line) for each in found] == [("NP102", 6), ("NP107", 7)]


def test_what_the_text_makes_is_known_behind_it(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    text = "CREATE TEMPORARY TABLE big AS SELECT id, total AS cost FROM orders; DELETE FROM big WHERE {} > 1"
    tree.write("a.go", sent(f"Exec(`{text.format('cost')}`)"))
    assert not tree.audit(".", settings=GIVEN).findings
    tree.write("a.go", sent(f"Exec(`{text.format('total')}`)"))
    assert brief(list(tree.audit(".", settings=GIVEN).findings)) == [("NP101", "total")]


def test_a_query_that_is_not_understood_is_said_to_be(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", sent("Exec(`CREATE TEMPORARY TABLE big AS SELECT id, FROM orders`)"))
    report = tree.audit(".", settings=GIVEN)
    assert [each.reason for each in report.unresolved] == ["not understood at 'FROM'"]


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE t (a INT, b INT AS (a + 1)) PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (5))",
        "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING",
        "CREATE TABLE t LIKE orders",
        "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW BEGIN SELECT NEW.total; END",
        "CREATE PROCEDURE p() BEGIN CREATE TEMPORARY TABLE x AS SELECT nosuch FROM orders; END",
    ],
)
def test_other_ddl_is_left_alone(tree: Tree, made: str) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", sent(f"Exec(`{made}`)"))
    report = tree.audit(".", settings=GIVEN)
    assert (list(report.findings), list(report.unresolved)) == ([], [])


def test_a_view_whose_query_is_known_at_run_time_only_is_left_alone(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", sent('Exec("CREATE VIEW big AS " + stage)', 'Exec("CREATE TABLE big AS (" + stage + ")")'))
    report = tree.audit(".", settings=GIVEN)
    assert (list(report.findings), list(report.unresolved)) == ([], [])


def test_a_view_of_a_migration_meets_the_schema_of_its_moment(tree: Tree) -> None:
    tree.write("migrations/0001_orders.up.sql", DDL)
    tree.write("migrations/0002_view.up.sql", "CREATE VIEW big AS SELECT id,\n  stage,\n  nosuch FROM orders;\n")
    tree.write("migrations/0003_less.up.sql", "DROP VIEW big;\nALTER TABLE orders DROP COLUMN stage;\n")
    (finding,) = tree.audit(".").findings
    assert (finding.rule, finding.identifier, finding.position.line) == ("NP101", "nosuch", 3)
    assert finding.path == "migrations/0002_view.up.sql"


def test_the_query_of_an_altered_view_counts_too(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("a.go", sent("Exec(`ALTER VIEW big AS SELECT id FROM orders ORDER BY nosuch`)"))
    assert brief(list(tree.audit(".", settings=GIVEN).findings)) == [("NP101", "nosuch")]
