"""NP104: values against columns."""

from __future__ import annotations

import pytest

from tests.tree import Tree, brief

DDL = "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT, b INT, hidden INT INVISIBLE);"


@pytest.mark.parametrize(
    ("statement", "row", "counts"),
    [
        ("INSERT INTO t (a, b) VALUES (?)", 1, "2 columns, 1 value"),
        ("INSERT INTO t (a, b) VALUES (?, ?), (?, ?, ?)", 2, "2 columns, 3 values"),
        ("INSERT INTO t (a) SELECT a, b FROM t", 1, "1 column, 2 values"),
        ("REPLACE INTO t (a, b) VALUES (1, 2, 3)", 1, "2 columns, 3 values"),
        ("INSERT INTO t VALUES (1, 2)", 1, "3 columns, 2 values"),
    ],
)
def test_another_number_of_values_is_an_error_inside_the_statement(
    tree: Tree, statement: str, row: int, counts: str
) -> None:
    (finding,) = tree.findings(DDL, f"`{statement}`")
    assert finding.message == f"column count doesn't match value count at row {row}: {counts}"
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


@pytest.mark.parametrize(
    ("code", "rules"),
    [
        ('m := "?"; for range ids { m += ",?" }; db.Exec("INSERT INTO t (a, b) VALUES (" + m + ")")', []),
        ('m := strings.Repeat("?,", n) + "?"; db.Exec("INSERT INTO t (a, b) VALUES (" + m + ")")', []),
        ('c := "a"; for range ids { c += ", b" }; db.Exec("INSERT INTO t (" + c + ") VALUES (?, ?, ?)")', []),
        ('m := "?"; for range ids { m += ",?" }; db.Exec("INSERT INTO t (a) SELECT " + m + " FROM t")', []),
        (
            'm := "?,"; for range ids { m += "?," }; m = strings.TrimRight(m, ","); '
            'db.Exec("INSERT INTO t (a, b) VALUES (" + m + ")")',
            [],
        ),
        ('m := "(?)"; for range ids { m += ",(?)" }; db.Exec("INSERT INTO t (a, b) VALUES " + m)', ["NP104", "NP104"]),
        ('m := ""; for range 3 { m += "?," }; db.Exec("INSERT INTO t (a, b) VALUES (" + m + "?)")', ["NP104"]),
    ],
)
def test_values_that_a_loop_of_unknown_length_adds_prove_nothing(tree: Tree, code: str, rules: list[str]) -> None:
    tree.write("schema.sql", DDL)
    source = (
        'package s\n\nimport (\n\t"database/sql"\n\t"strings"\n)\n\nfunc F(db *sql.DB, ids []int, n int) {\n\t'
        f"{code}\n}}\n"
    )
    tree.write("a.go", source)
    report = tree.audit("a.go")
    assert [finding.rule for finding in report.findings if finding.rule != "NP107"] == rules
