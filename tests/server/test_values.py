"""The rules about values say what the server says when the value is written or compared."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pymysql
import pytest
from pymysql.cursors import Cursor

from nodepath_cli.config import Dialect, Settings
from tests.mariadb import PrivateMariaDB
from tests.tree import Tree

pytestmark = pytest.mark.server

ENUMS = """
CREATE TABLE e (plain ENUM('a','b') COLLATE utf8mb4_general_ci, exact ENUM('a','B') COLLATE utf8mb4_bin,
    numbers ENUM('1','7','it''s'), none ENUM('','x'), many SET('a','b','cd'));
"""
LITERALS = (
    "'a'", "'A'", "'b'", "'B'", "'a '", "' a'", "'c'", "'cd'", "''", "'á'", "'1'", "'2'", "'3'", "'7'", "'8'", "'01'",
    "'+1'", "' 1'", "'1.0'", "'0'", "0", "1", "2", "3", "4", "7", "8", "-1", "1.5", "'a,b'", "'a, b'", "'a,x'",
    "0.0", "1.0", "9.", "'b,a,cd'", "'a,'", "'x'", "'a' 'b'", "NULL", "TRUE", "0x61", "'it''s'", "'a\\b'",
)  # fmt: skip

NOT_READ = ("'a' 'b'", "0x61", "'a\\b'")
"""What is more than one plain literal is left alone."""


@pytest.fixture
def cursor(mariadb: PrivateMariaDB, database: str) -> Iterator[Cursor]:
    """A cursor in a fresh database, in the default mode, which is strict."""
    with mariadb.connect(database) as connection, connection.cursor() as opened:
        yield opened


def errno(cursor: Cursor, sql: str) -> int | None:
    """The server's error for a statement that is run, None where it takes it."""
    try:
        cursor.execute(sql)
    except pymysql.MySQLError as error:
        return int(error.args[0])
    return None


def rules(tree: Tree, sql: str) -> set[str]:
    """The rules that report something of a statement, against `schema.sql`."""
    tree.write("q.sql", sql + ";\n")
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    return {each.rule for each in tree.audit("q.sql", settings=settings).findings}


@pytest.mark.parametrize(
    "form",
    [
        "INSERT INTO e ({0}) VALUES ({1})",
        "UPDATE e SET {0} = {1}",
        "REPLACE INTO e SET {0} = {1}",
        "INSERT INTO e ({0}) SELECT {1}",
        "INSERT INTO e ({0}) SELECT DISTINCT {1} AS kind FROM e",
    ],
)
def test_a_member_is_called_unknown_where_the_server_refuses_it(form: str, cursor: Cursor, tree: Tree) -> None:
    cursor.execute(ENUMS)
    tree.write("schema.sql", ENUMS)
    cursor.execute("INSERT INTO e VALUES (NULL, NULL, NULL, NULL, NULL)")
    false, missed, refused = [], [], 0
    for column, literal in itertools.product(("plain", "exact", "numbers", "none", "many"), LITERALS):
        sql = form.format(column, literal)
        said = "NP106" in rules(tree, sql)
        answer = errno(cursor, sql)
        refused += answer == 1265
        if said and answer is None:
            false.append(sql)
        if not said and answer == 1265 and literal not in NOT_READ:
            missed.append(sql)
    assert false == []
    assert missed == []
    assert refused >= 60


@pytest.mark.parametrize("form", ["{0} = {1}", "{1} = {0}", "{0} IN ({1})", "{0} <=> {1}"])
def test_a_comparison_with_a_word_that_an_enum_does_not_have_finds_nothing(
    form: str, cursor: Cursor, tree: Tree
) -> None:
    cursor.execute(ENUMS)
    tree.write("schema.sql", ENUMS)
    cursor.execute(
        "INSERT INTO e VALUES ('a', 'a', '1', '', 'a'), ('b', 'B', '7', 'x', 'b'), ('a', 'a', 'it''s', '', 'a,b')"
    )
    warned, false, missed = 0, [], []
    for column, literal in itertools.product(("plain", "exact", "numbers", "none"), LITERALS):
        sql = "SELECT COUNT(*) FROM e WHERE " + form.format(column, literal)
        said = "NP111" in rules(tree, sql)
        cursor.execute(sql)
        [(count,)] = cursor.fetchall()
        warned += said
        if said and count:
            false.append(sql)
        if not said and not count and literal[0] == "'" and literal not in ("''", *NOT_READ):
            missed.append(sql)
    assert (false, missed) == ([], [])
    assert warned >= 30


TYPES = """
CREATE TABLE t (i INT, n DECIMAL(9,2), f FLOAT, d DATETIME, y DATE, s TIMESTAMP NULL, v VARCHAR(30), j YEAR,
    m DATETIME(3));
"""
VALUES = (
    "'abc'", "''", "'12'", "' 12 '", "'1.5'", "'1e3'", "'.5'", "'+1'", "'-'", "'true'", "'now'", "'2026-01-02'",
    "'2026-01-02 03:04:05'", "'20260102'", "0", "5", "20260102", "20260102030405", "'today'", "NULL", "-1", "'12abc'",
    "'1,2'", "'0x1'", "300", "101", "99", "240102", "2024", "'2024'",
)  # fmt: skip


@pytest.mark.parametrize(
    "form", ["INSERT INTO t ({0}) VALUES ({1})", "INSERT INTO t SET {0} = {1}", "INSERT INTO t ({0}) SELECT {1} kind"]
)
def test_a_value_that_is_called_wrong_for_its_type_is_refused(form: str, cursor: Cursor, tree: Tree) -> None:
    cursor.execute(TYPES)
    tree.write("schema.sql", TYPES)
    false, missed, found = [], [], 0
    for column, value in itertools.product("infdysvjm", VALUES):
        sql = form.format(column, value)
        said = "NP111" in rules(tree, sql)
        answer = errno(cursor, sql)
        found += said
        if said and answer not in (1264, 1366, 1265, 1292):
            false.append(sql)
        if not said and answer in (1264, 1366, 1265):
            missed.append(sql)
    assert false == []
    assert missed == []
    assert found >= 50


def test_a_value_is_judged_in_an_insert_without_a_column_list(cursor: Cursor, tree: Tree) -> None:
    ddl = "CREATE TABLE t (i INT, v VARCHAR(9));"
    cursor.execute(ddl)
    tree.write("schema.sql", ddl)
    for sql, wrong in (("INSERT INTO t VALUES ('abc', 'abc')", True), ("INSERT INTO t VALUES ('12', 'abc')", False)):
        assert (errno(cursor, sql) == 1366) == wrong
        assert ("NP111" in rules(tree, sql)) == wrong


SELECTED = """
CREATE TABLE w (a INT NOT NULL, b VARCHAR(3), c ENUM('x','y'), d VARCHAR(9));
CREATE TABLE f (a INT, b VARCHAR(3), c VARCHAR(3));
"""


@pytest.mark.parametrize(
    ("sql", "answer", "rule"),
    [
        ("INSERT INTO w (a, c) SELECT a, 'z' FROM f", 1265, "NP106"),
        ("INSERT INTO w (a, c) SELECT a, 'x' FROM f", None, None),
        ("INSERT INTO w SELECT a, 'long', 'x', 'd' FROM f", 1406, "NP111"),
        ("INSERT INTO w (a, b) SELECT 'none', b FROM f WHERE a > 0 ORDER BY a", 1366, "NP111"),
        ("INSERT INTO w (a, b) SELECT NULL, b FROM f", 1048, "NP105"),
        ("INSERT INTO w (a, b) SELECT NULL AS a, b FROM f", 1048, "NP105"),
        ("INSERT INTO w (d, a) SELECT NULL, a FROM f", None, None),
        ("INSERT INTO w (a, c) SELECT 1, 'x' UNION ALL SELECT 2, 'z'", 1265, "NP106"),
        ("INSERT INTO w (a, c) SELECT 1, 'x' UNION SELECT 2, 'y'", None, None),
        ("INSERT INTO w (a, c) (SELECT 1, 'z')", 1265, "NP106"),
        # It stores another value in silence.
        ("INSERT IGNORE INTO w (a, c) SELECT 1, 'z'", None, "NP106"),
        ("INSERT INTO w (a, c) SELECT a, CASE WHEN a > 0 THEN 'z' ELSE 'x' END FROM f", 1265, "NP106"),
        ("INSERT INTO w (a, b) SELECT f.a, 'abc' FROM f JOIN f AS g ON g.a = f.a GROUP BY f.a", None, None),
        ("INSERT INTO w (a, c) SELECT a, 'z' FROM f ON DUPLICATE KEY UPDATE c = 'x'", 1265, "NP106"),
    ],
)
def test_a_constant_that_a_select_gives_a_column(
    sql: str, answer: int | None, rule: str | None, cursor: Cursor, tree: Tree
) -> None:
    cursor.execute(SELECTED.split(";")[0])
    cursor.execute(SELECTED.split(";")[1])
    cursor.execute("INSERT INTO f VALUES (1, 'b', 'c')")
    tree.write("schema.sql", SELECTED)
    assert (errno(cursor, sql), rules(tree, sql)) == (answer, {rule} - {None})


REQUIRED = """
CREATE TABLE r (id INT AUTO_INCREMENT PRIMARY KEY, must INT NOT NULL, may INT, has INT NOT NULL DEFAULT 3,
    e ENUM('a') NOT NULL, s SET('a') NOT NULL, t TIMESTAMP NOT NULL, x TEXT NOT NULL, g INT AS (must + 1),
    now DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
"""


@pytest.mark.parametrize("name", ["id", "must", "may", "has", "e", "s", "t", "x", "g", "now"])
def test_default_is_refused_exactly_where_the_server_has_none(name: str, cursor: Cursor, tree: Tree) -> None:
    cursor.execute(REQUIRED)
    tree.write("schema.sql", REQUIRED)
    values = {"must": "1", "s": "'a'", "t": "NOW()", "x": "''"} | {name: "DEFAULT"}
    listed, given = ", ".join(values), ", ".join(values.values())
    for sql in (
        f"INSERT INTO r ({listed}) VALUES ({given})",
        "REPLACE INTO r SET " + ", ".join(f"{column} = {value}" for column, value in values.items()),
        f"UPDATE r SET {name} = DEFAULT",
        f"INSERT INTO r ({', '.join(key for key in values if key != name) or 'may'}) VALUES "
        f"({', '.join(value for key, value in values.items() if key != name) or 'NULL'})",
    ):
        refused = errno(cursor, sql) == 1364
        # In UPDATE even an ENUM has no default: nodepath does not say so.
        assert ("NP105" in rules(tree, sql)) == (refused and not (name == "e" and sql.startswith("UPDATE"))), sql


COLLATIONS = """
CREATE TABLE c (general VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci,
    unicode VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci,
    exact VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    latin VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_swedish_ci,
    german VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_german1_ci,
    three VARCHAR(9) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci,
    raw VARBINARY(9), kind ENUM('a') CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci);
"""


def test_1267_is_said_of_exactly_the_pairs_that_the_server_refuses(cursor: Cursor, tree: Tree) -> None:
    cursor.execute(COLLATIONS)
    tree.write("schema.sql", COLLATIONS)
    names = ("general", "unicode", "exact", "latin", "german", "three", "raw", "kind")
    differing = {}
    for left, right in itertools.permutations(names, 2):
        sql = f"SELECT 1 FROM c WHERE {left} = {right}"
        tree.write("q.sql", sql + ";\n")
        settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
        own = {each.errno for each in tree.audit("q.sql", settings=settings).findings if each.rule == "NP112"}
        if (1267 in own) != (errno(cursor, sql) == 1267):
            differing[sql] = own
    assert differing == {}


COMPARED = (
    *("{0} = (SELECT o.{1} FROM o)", "{0} <> (SELECT MAX(o.{1}) FROM o)", "{0} >= (SELECT o.{1} AS x FROM o LIMIT 1)"),
    *(
        "{0} IN (SELECT o.{1} FROM o)",
        "{0} NOT IN (SELECT {1} FROM o)",
        "{0} = ANY (SELECT o.{1} FROM o WHERE o.raw = 'x')",
    ),
    *("{0} <> ALL (SELECT MIN({1}) FROM o)", "{0} IN (SELECT DISTINCT o.{1} x FROM o ORDER BY 1)"),
    *("EXISTS (SELECT 1 FROM o WHERE o.{1} = c.{0})", "NOT EXISTS (SELECT * FROM o WHERE c.{0} = o.{1})"),
    *("1 = 1 AND ({0} IN (SELECT o.{1} FROM o) OR {0} = 'x')", "(SELECT MAX(o.raw) FROM o WHERE o.{1} = c.{0}) = 'x'"),
)
UNITED = (
    *("SELECT {0} FROM c UNION SELECT {1} FROM o", "SELECT 1, c.{0} x FROM c UNION ALL SELECT 2, o.{1} FROM o"),
    *("SELECT {0} FROM c EXCEPT SELECT {1} FROM o", "SELECT {0} FROM c INTERSECT SELECT o.{1} AS y FROM o ORDER BY 1"),
    *(
        "(SELECT {0} FROM c) UNION (SELECT MAX({1}) FROM o) LIMIT 3",
        "SELECT 'x' UNION SELECT {0} FROM c UNION SELECT {1} FROM o",
    ),
    *(
        "SELECT x.{0} FROM (SELECT {0} FROM c UNION SELECT {1} FROM o) x",
        "SELECT DISTINCT {0} FROM c UNION SELECT {1} FROM o",
    ),
    *("SELECT 1 FROM c WHERE raw IN (SELECT {0} FROM c UNION SELECT {1} FROM o)",),
    *(
        "INSERT INTO c (raw) SELECT {0} FROM c UNION SELECT {1} FROM o",
        "SELECT {0} FROM c UNION SELECT {0} FROM o UNION SELECT {1} FROM o",
    ),
)
COLLATED = ("general", "unicode", "exact", "latin", "german", "three", "raw", "kind")


def collation_errors(tree: Tree, statements: list[str]) -> dict[str, set[int | None]]:
    """What NP112 says of each statement, in one run."""
    tree.write("q.sql", ";\n".join(statements) + ";\n")
    settings = Settings(schema=("schema.sql",), dialect=Dialect("mariadb", (10, 11)), dialect_given=True)
    found: dict[str, set[int | None]] = {sql: set() for sql in statements}
    for each in tree.audit("q.sql", settings=settings).findings:
        if each.rule == "NP112":
            found[statements[each.position.line - 1]].add(each.errno)
    return found


@pytest.mark.parametrize(("forms", "number"), [(COMPARED, 1267), (UNITED, 1271)])
def test_columns_of_subqueries_and_unions_are_refused_for_their_collations(
    forms: tuple[str, ...], number: int, cursor: Cursor, tree: Tree
) -> None:
    tables = (COLLATIONS, COLLATIONS.replace("TABLE c", "TABLE o"))
    for ddl in tables:
        cursor.execute(ddl)
    tree.write("schema.sql", "".join(tables))
    select = "SELECT 1 FROM c WHERE " if number == 1267 else ""
    pairs = list(itertools.product(COLLATED, repeat=2))
    statements = [select + form.format(*pair) for form in forms for pair in pairs]
    own = collation_errors(tree, statements)
    differ, refused = [], 0
    for sql in statements:
        answer = errno(cursor, sql)
        refused += answer == number
        if (number in own[sql]) != (answer == number):
            differ.append((sql, answer, own[sql]))
    assert not differ, "\n".join(map(str, differ))
    assert refused >= 40


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM c WHERE general IN (SELECT unicode COLLATE utf8mb4_general_ci FROM o)",
        "SELECT 1 FROM c WHERE general COLLATE utf8mb4_unicode_ci IN (SELECT unicode FROM o)",
        "SELECT general FROM c UNION SELECT unicode COLLATE utf8mb4_general_ci FROM o",
        "SELECT general COLLATE utf8mb4_bin FROM c UNION SELECT unicode FROM o",
        "SELECT general FROM c UNION SELECT exact FROM o UNION SELECT unicode FROM o",
        "SELECT 1 FROM c WHERE general = (SELECT unicode FROM o) COLLATE utf8mb4_bin",
        "SELECT 1 FROM c WHERE general IN (SELECT COUNT(unicode) FROM o)",
        "SELECT 1 FROM c WHERE EXISTS (SELECT general FROM c WHERE 'x' IN (SELECT unicode FROM o))",
        "SELECT general, unicode FROM c UNION SELECT general, unicode FROM o",
    ],
)
def test_what_names_a_collation_or_meets_no_other_one_is_not_told(sql: str, cursor: Cursor, tree: Tree) -> None:
    tables = (COLLATIONS, COLLATIONS.replace("TABLE c", "TABLE o"))
    for ddl in tables:
        cursor.execute(ddl)
    tree.write("schema.sql", "".join(tables))
    assert errno(cursor, sql) is None
    assert collation_errors(tree, [sql]) == {sql: set()}


GENERATED = "CREATE TABLE g (a INT PRIMARY KEY, b INT, v INT AS (a + 1) VIRTUAL, s INT AS (a * 2) STORED);"
WRITES = (
    *(
        f"{{verb}} INTO g (a, {{column}}) {rest}"
        for rest in ("VALUES (1, {value})", "VALUES (1, DEFAULT), (2, {value})")
    ),
    "{verb} INTO g SET {column} = {value}, a = 1",
    "INSERT IGNORE INTO g (a, {column}) VALUES (1, {value})",
    "INSERT INTO g (a) VALUES (7) ON DUPLICATE KEY UPDATE {column} = {value}",
    "UPDATE g SET b = 1, g.{column} = {value} WHERE a = 7",
    "UPDATE IGNORE g SET {column} = {value}",
    "UPDATE g JOIN g AS h ON g.a = h.a SET g.{column} = {value}",
)


@pytest.mark.parametrize("value", ["5", "'5'", "a", "NULL", "DEFAULT", "(NULL)", "1 + 1", "NOW()"])
def test_a_value_for_a_generated_column_is_reported_where_the_server_refuses_it(
    value: str, cursor: Cursor, tree: Tree
) -> None:
    cursor.execute(GENERATED)
    tree.write("schema.sql", GENERATED)
    for form, column, verb in itertools.product(WRITES, "bvs", ("INSERT", "REPLACE")):
        sql = form.format(column=column, value=value, verb=verb)
        cursor.execute("DELETE FROM g")
        cursor.execute("INSERT INTO g (a) VALUES (7)")
        said = errno(cursor, sql)
        assert ("NP115" in rules(tree, sql)) == (said == 1906), sql


@pytest.mark.parametrize("sql", ["INSERT INTO g (a, v) SELECT a + 1, 5 FROM g", "INSERT INTO g VALUES (1, 2, 3, NULL)"])
def test_a_value_that_a_select_or_a_row_without_names_gives_a_generated_column(
    sql: str, cursor: Cursor, tree: Tree
) -> None:
    cursor.execute(GENERATED)
    cursor.execute("INSERT INTO g (a) VALUES (7)")
    tree.write("schema.sql", GENERATED)
    assert errno(cursor, sql) == 1906
    assert "NP115" in rules(tree, sql)
