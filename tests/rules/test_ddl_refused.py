"""NP109 and NP114 of DDL that a program sends."""

from __future__ import annotations

import pytest

from tests.tree import Tree, go

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), area INT);"

WRONG = [
    ("CREATE TABLE a (id INT, )", 1064, "syntax error at ', )'"),
    ("CREATE TABLE a (id INT,, b INT)", 1064, "syntax error at ',,'"),
    ("CREATE TABLE a (id INT, b INT", 1064, "syntax error: a parenthesis that is never closed"),
    ("CREATE TABLE a (id INT))", 1064, "syntax error: a closing parenthesis too many"),
    ("ALTER TABLE flows ADD COLUMN b INT AFTER", 1064, "the statement ends at 'AFTER'"),
    ("ALTER TABLE flows ADD COLUMN b INT NOT", 1064, "the statement ends at 'NOT'"),
    ("CREATE TABLE a (id INT, ID INT)", 1060, "duplicate column name 'ID'"),
    ("CREATE TABLE IF NOT EXISTS a (id INT PRIMARY KEY, b INT, PRIMARY KEY (b))", 1068, "multiple primary key defined"),
    ("CREATE TABLE a (id INT, b INT, KEY k (id), KEY k (b))", 1061, "duplicate key name 'k'"),
    ("CREATE TABLE a (id INT, KEY k (nosuch))", 1072, "key column 'nosuch' doesn't exist in table"),
    ("ALTER TABLE flows ADD COLUMN b INT AFTER nosuch", 1054, "unknown column 'nosuch' in 'flows'"),
    ("ALTER TABLE flows MODIFY nosuch INT", 1054, "unknown column 'nosuch' in 'flows'"),
    ("ALTER TABLE flows ADD INDEX k (nosuch)", 1072, "key column 'nosuch' doesn't exist in table"),
    ("CREATE INDEX k ON flows (nosuch)", 1072, "key column 'nosuch' doesn't exist in table"),
]


@pytest.mark.parametrize(("sql", "errno", "message"), WRONG)
def test_what_is_wrong_at_any_moment(tree: Tree, sql: str, errno: int, message: str) -> None:
    [finding] = tree.findings(DDL, f'"{sql}"')
    assert (finding.rule, finding.errno, finding.message) == ("NP109" if errno == 1064 else "NP114", errno, message)


@pytest.mark.parametrize(
    "sql",
    [
        # They may have run before.
        "ALTER TABLE flows DROP COLUMN nosuch",
        "ALTER TABLE flows ADD COLUMN name INT",
        "ALTER TABLE flows CHANGE COLUMN nosuch name VARCHAR(30)",
        "ALTER TABLE flows ADD COLUMN b INT, ADD COLUMN c INT AFTER b",
        "ALTER TABLE elsewhere ADD COLUMN b INT AFTER nosuch",
        "CREATE TABLE a LIKE flows",
        "CREATE TABLE a (KEY k (name)) AS SELECT name FROM flows",
        # Another database's.
        "DROP INDEX k",
        "CREATE TABLE a (id SERIAL PRIMARY KEY, b TEXT[])",
        "ALTER TABLE flows ALTER COLUMN name TYPE TEXT",
    ],
)
def test_what_may_be_right(tree: Tree, sql: str) -> None:
    assert tree.findings(DDL, f'"{sql}"') == []


def test_a_column_that_other_ddl_has_made_at_some_time(tree: Tree) -> None:
    tree.write("old.sql", "ALTER TABLE flows ADD COLUMN zone INT;")
    tree.write("schema.sql", DDL)
    tree.write("store.go", go('"ALTER TABLE flows ADD COLUMN b INT AFTER zone"'))
    assert [each.rule for each in tree.audit("store.go").findings] == ["NP114"]
    assert [each for each in tree.audit("store.go", "old.sql").findings if each.path == "store.go"] == []


def test_the_field_of_a_struct_that_makes_the_column(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write("model.go", "package store\n\ntype Flow struct {\n\tLastSeen int\n}\n")
    tree.write("store.go", go('"CREATE INDEX k ON flows (last_seen)"'))
    assert tree.audit("store.go", "model.go").findings == ()
