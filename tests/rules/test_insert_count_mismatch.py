"""NP104: values against columns."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

DDL = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b INT, hidden INT INVISIBLE);"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (a, b) VALUES (?)",
        "INSERT INTO t (a, b) VALUES (?, ?), (?, ?, ?)",
        "INSERT INTO t (a) SELECT a, b FROM t",
        "REPLACE INTO t (a, b) VALUES (1, 2, 3)",
    ],
)
def test_another_number_of_values_is_an_error_inside_the_statement(tree: Tree, statement: str) -> None:
    (finding,) = tree.findings(DDL, f"`{statement}`")
    assert (finding.rule, finding.errno, finding.position.line) == ("NP104", 1136, 6)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t (a, b) VALUES (?, ?), (1, 2)",
        "INSERT INTO t (a) SELECT MAX(b) FROM t",
        "INSERT INTO t () VALUES ()",
    ],
)
def test_equal_numbers_are_right(tree: Tree, statement: str) -> None:
    assert brief(tree.findings(DDL, f"`{statement}`")) == []


def test_a_dynamic_row_proves_nothing(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    tree.write(
        "a.go",
        'package s\n\nimport (\n\t"database/sql"\n\t"fmt"\n)\n\nfunc F(db *sql.DB, rows string) {\n'
        '\tdb.Exec(fmt.Sprintf("INSERT INTO t (a, b) VALUES %s", rows))\n}\n',
    )
    assert tree.audit("a.go").findings == ()
