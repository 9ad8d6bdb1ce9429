"""NP114: ONLY_FULL_GROUP_BY (1055, 1140), from MySQL's manual: MariaDB knows no dependence, and no MySQL is at hand."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding, Severity
from nodepath_cli.config import Dialect, Settings
from tests.tree import Tree, go, place

DDL = """
CREATE TABLE classes (id INT PRIMARY KEY, code VARCHAR(20) NOT NULL, branch INT, fee INT, at DATETIME,
    twice INT AS (fee * 2), UNIQUE KEY (code));
CREATE TABLE pupils (id INT PRIMARY KEY, class_id INT, name VARCHAR(40), paid INT);
CREATE TABLE marks (pupil INT, class INT, mark INT, PRIMARY KEY (pupil, class));
CREATE VIEW fees AS SELECT branch, code, SUM(fee) AS total FROM classes GROUP BY branch;
"""


def server(dialect: Dialect) -> Settings:
    return Settings(schema=("schema.sql",), dialect=dialect, dialect_given=not dialect.assumed)


MYSQL = server(Dialect("mysql", (8, 0)))


def found(tree: Tree, statement: str, settings: Settings = MYSQL) -> list[Finding]:
    tree.write("schema.sql", DDL)
    tree.write("store.go", go(f"`{statement}`"))
    return list(tree.audit("store.go", settings=settings).findings)


@pytest.mark.parametrize(
    ("statement", "column", "errno"),
    [
        ("SELECT c.code, COUNT(*) FROM classes c GROUP BY c.branch", "c.code", 1055),
        ("SELECT branch, MAX(fee), at FROM classes GROUP BY branch", "classes.at", 1055),
        ("SELECT at, COUNT(*) FROM classes GROUP BY DATE(at)", "classes.at", 1055),
        ("SELECT DATE(at) AS d, fee, COUNT(*) FROM classes GROUP BY d", "classes.fee", 1055),
        ("SELECT branch, fee + 1, COUNT(*) FROM classes GROUP BY 1", "classes.fee", 1055),
        ("SELECT *, COUNT(*) FROM classes GROUP BY branch", "classes.id", 1055),
        ("SELECT p.*, COUNT(*) FROM pupils p JOIN classes c ON c.id = p.class_id GROUP BY c.id", "p.id", 1055),
        ("SELECT m.pupil, m.mark FROM marks m GROUP BY m.pupil", "m.mark", 1055),
        ("SELECT branch, COUNT(*) FROM classes GROUP BY branch ORDER BY at", "classes.at", 1055),
        ("SELECT x.n FROM (SELECT branch, code AS n FROM classes GROUP BY branch) x", "classes.code", 1055),
        # Of a derived table or a CTE, as the tables inside tell.
        ("SELECT d.code, SUM(d.fee) FROM (SELECT code, fee FROM classes) d GROUP BY d.fee", "d.code", 1055),
        ("SELECT n, SUM(fee) FROM (SELECT code AS n, fee FROM classes WHERE at > ?) d GROUP BY fee", "d.n", 1055),
        ("WITH d AS (SELECT branch, fee FROM classes) SELECT branch, SUM(fee) FROM d GROUP BY fee", "d.branch", 1055),
        ("SELECT d.* FROM (SELECT branch, fee FROM classes) d GROUP BY d.fee", "d.branch", 1055),
        (
            "SELECT branch, COUNT(*) FROM (SELECT * FROM (SELECT branch, at FROM classes) i) d GROUP BY at",
            "d.branch",
            1055,
        ),
        (
            "SELECT pupil, SUM(gain) FROM (SELECT pupil, mark, mark - LAG(mark) OVER (ORDER BY class) AS gain "
            "FROM marks) d WHERE gain IS NOT NULL GROUP BY mark",
            "d.pupil",
            1055,
        ),
        ("INSERT INTO pupils (id, name) SELECT branch, code FROM classes GROUP BY branch", "classes.code", 1055),
        ("SELECT c.code, COUNT(*) FROM classes c JOIN pupils p USING (id) GROUP BY c.branch", "c.code", 1055),
        ("SELECT DATE(at), COUNT(*) FROM classes WHERE DATE(at) = ? GROUP BY branch", "classes.at", 1055),
        ("SELECT code, MAX(fee) FROM classes WHERE fee >= 1", "classes.code", 1140),
        ("SELECT code FROM classes HAVING COUNT(*) > 1", "classes.code", 1140),
        ("SELECT (SELECT CONCAT(name, COUNT(*)) FROM pupils) FROM classes", "pupils.name", 1140),
    ],
)
def test_a_column_beside_the_groups_as_the_manual_of_mysql_has_it(
    tree: Tree, statement: str, column: str, errno: int
) -> None:
    [finding] = found(tree, statement)
    assert (finding.rule, finding.severity, finding.errno) == ("NP114", Severity.ERROR, errno)
    assert f"nonaggregated column '{column}'" in finding.message
    assert found(tree, statement, server(Dialect("mariadb", (10, 11)))) == []
    assert "NP114" not in [each.rule for each in found(tree, statement, server(Dialect("mysql", (5, 6))))]
    assert found(tree, statement, server(Dialect("mysql", full_group_by=False))) == []
    [assumed] = found(tree, statement, server(Dialect(assumed=True)))
    assert assumed.severity is Severity.WARNING


@pytest.mark.parametrize(
    "statement",
    [
        # On a key of its table, also one that equalities give.
        "SELECT c.code, c.fee, COUNT(*) FROM classes c GROUP BY c.id",
        "SELECT c.fee, COUNT(*) FROM classes c GROUP BY c.code",
        "SELECT c.*, COUNT(*) FROM pupils p JOIN classes c ON c.id = p.class_id GROUP BY p.class_id",
        "SELECT c.fee, COUNT(*) FROM pupils p, classes c WHERE p.class_id = c.id GROUP BY p.class_id ORDER BY c.at",
        "SELECT c.fee, p.name FROM pupils p LEFT JOIN classes c ON (c.id = p.class_id) GROUP BY p.id",
        "SELECT m.mark FROM marks m GROUP BY m.class, m.pupil",
        # On constants.
        "SELECT code, COUNT(*) FROM classes WHERE id = ?",
        "SELECT branch, COUNT(*) FROM classes WHERE branch = 3",
        "SELECT branch, COUNT(*) FROM classes WHERE 3 = branch AND at > ?",
        "SELECT branch, COUNT(*) FROM classes WHERE branch IN (?)",
        "SELECT branch, COUNT(*) FROM classes WHERE at > ? AND ((branch) = 4)",
        "SELECT c.fee, COUNT(*) FROM classes c JOIN pupils p USING (id) GROUP BY p.id",
        "SELECT mark, COUNT(*) FROM marks WHERE (pupil, class) = (1, 2)",
        "SELECT (SELECT CONCAT(p.name, COUNT(*)) FROM pupils p WHERE p.name = c.code) FROM classes c",
        # What is grouped by, under its alias, its place or as it is written.
        "SELECT DATE(at), COUNT(*) FROM classes GROUP BY DATE(at)",
        "SELECT DATE(at) AS d, COUNT(*) FROM classes GROUP BY d ORDER BY d",
        "SELECT fee % 2, COUNT(*) FROM classes GROUP BY 1",
        "SELECT CONCAT(YEAR(at), '-', MONTH(at)), COUNT(*) FROM classes GROUP BY YEAR(at), MONTH(at)",
        # In aggregates, and in what may be one.
        "SELECT branch, GROUP_CONCAT(code ORDER BY at), JSON_ARRAYAGG(fee) FROM classes GROUP BY branch",
        "SELECT branch, ANY_VALUE(code), my_own(fee) FROM classes GROUP BY branch",
        "SELECT branch, SUM(SUM(fee)) OVER (ORDER BY branch) FROM classes GROUP BY branch",
        # Of what is not a base table nothing is told, and nothing of what is not known.
        "SELECT d.total, d.code, COUNT(*) FROM fees d GROUP BY d.branch",
        "SELECT d.a, d.b FROM (SELECT branch AS a, MAX(fee) AS b FROM classes GROUP BY branch) d GROUP BY d.a",
        "SELECT d.a, d.c FROM (SELECT branch AS a, code AS c FROM classes UNION SELECT 1, 'x') d GROUP BY d.a",
        "SELECT d.a, d.c FROM (SELECT branch AS a, 'x' AS c FROM classes) d GROUP BY d.a",
        "SELECT d.a, d.c FROM (SELECT branch + 1 AS a, branch AS c FROM classes) d GROUP BY d.c",
        # Inside, a key or an equality gives the rest.
        "SELECT d.n, SUM(d.fee) FROM (SELECT id, code AS n, fee FROM classes) d GROUP BY d.id",
        "SELECT d.fee, COUNT(*) FROM (SELECT code AS n, fee FROM classes) d GROUP BY d.n",
        "SELECT d.branch, COUNT(*) FROM (SELECT branch, fee FROM classes WHERE branch = 3) d GROUP BY d.fee",
        "SELECT d.i FROM (SELECT p.id AS i, c.id AS o FROM pupils p JOIN classes c ON c.id = p.id) d GROUP BY d.o",
        "SELECT d.branch, d.fee, COUNT(*) FROM (SELECT branch, fee FROM classes) d GROUP BY d.fee, d.branch",
        "SELECT d.branch, d.fee, COUNT(*) FROM (SELECT branch, fee FROM classes) d WHERE d.branch = ? GROUP BY d.fee",
        "SELECT d.a, d.b FROM (SELECT branch AS a, fee AS b FROM classes GROUP BY branch, fee) d GROUP BY d.a, d.b",
        "WITH d (b, f) AS (SELECT branch, fee FROM classes) SELECT b, SUM(f) FROM d GROUP BY f",
        "SELECT c.twice, COUNT(*) FROM classes c GROUP BY c.fee",
        "SELECT COUNT(*) FROM classes WHERE EXISTS (SELECT code, COUNT(*) FROM pupils)",
        "SELECT code, fee FROM classes",
        "CREATE VIEW v AS SELECT code, COUNT(*) FROM classes",
    ],
)
def test_what_depends_on_the_groups_or_is_in_doubt_is_no_finding(tree: Tree, statement: str) -> None:
    assert [each for each in found(tree, statement) if each.rule == "NP114"] == []


def test_it_lies_at_the_column(tree: Tree) -> None:
    statement = "SELECT c.branch, c.code, COUNT(*) FROM classes c GROUP BY c.branch"
    [finding] = found(tree, statement)
    assert (finding.position.line, finding.position.column) == place(go(f"`{statement}`"), "code, COUNT")


def test_a_condition_of_which_a_part_is_not_known_may_set_a_column_equal(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    code = go('"SELECT code, COUNT(*) FROM classes WHERE fee > 1 " + more + " ORDER BY 1"').replace(
        "Run(", "Run(more string, "
    )
    tree.write("store.go", code)
    assert tree.audit("store.go", settings=MYSQL).findings == ()


def test_a_list_of_several_values_is_no_constant(tree: Tree) -> None:
    tree.write("schema.sql", DDL)
    marks = 'strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")'
    code = go(f'"SELECT branch, COUNT(*) FROM classes WHERE branch IN (" + {marks} + ")"').replace(
        "Run(", "Run(ids []any, "
    )
    tree.write("store.go", code.replace('import "database/sql"', 'import (\n\t"database/sql"\n\t"strings"\n)'))
    assert [each.errno for each in tree.audit("store.go", settings=MYSQL).findings if each.rule == "NP114"] == [1140]
