"""Forms that look like SQL and are refused all the same: wrong arguments, a star, a comma, an interval out of place."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.arity import _TAKES
from nodepath_cli.sql.ddl import DdlText, replay
from tests.server.judge import MARIADB, Connection, nodepath_says, server_verdict
from tests.tree import Tree, go

pytestmark = pytest.mark.server

DDL = (
    "CREATE TABLE t (a INT PRIMARY KEY, b INT, c VARCHAR(20), d DATETIME, day INT)",
    "CREATE TABLE u (a INT, e INT)",
)


@pytest.fixture
def schema() -> Schema:
    """The tables as nodepath sees them."""
    return replay([DdlText(each, "x.sql") for each in DDL], Schema(), MARIADB)


READY = ("INSERT INTO t (a, b) VALUES (1, 2)",)


def differing(
    connection: Connection, schema: Schema, statements: Iterable[str], *, execute: bool = False
) -> tuple[list[tuple[str, set[int], set[int]]], int, int]:
    """Return the statements of which the server and nodepath do not say the same, and how many are refused, or not."""
    differ, refused, taken = [], 0, 0
    for sql in statements:
        verdict = server_verdict(connection, sql, execute)
        said = nodepath_says(sql, schema)
        ours = {1064} if said.unparsed else {each.errno for each in said.verdicts}
        theirs = {verdict.errno} if verdict else set()
        refused, taken = refused + bool(theirs), taken + (not theirs)
        # The server tells the first of several.
        if bool(theirs) != bool(ours) or not theirs <= ours:
            differ.append((sql, theirs, ours))
    return differ, refused, taken


OVER = {
    "ROW_NUMBER",
    "RANK",
    "DENSE_RANK",
    "CUME_DIST",
    "PERCENT_RANK",
    "NTILE",
    "FIRST_VALUE",
    "LAG",
    "LEAD",
    "NTH_VALUE",
}
MORE_ON_MYSQL = {"AES_DECRYPT", "AES_ENCRYPT", "LAG", "LEAD", "REGEXP_INSTR", "REGEXP_REPLACE", "REGEXP_SUBSTR"}
"""MySQL's manual gives these more arguments than MariaDB's: what one of them takes is not reported."""
FIXED = {
    **dict.fromkeys(("GET_LOCK", "IS_FREE_LOCK", "IS_USED_LOCK", "RELEASE_LOCK"), ("'x'", "1")),
    "JSON_LENGTH": ("'{}'", "'$'"),
    "NAME_CONST": ("'x'", "1"),
    "NTILE": ("1",),
    "RANDOM_BYTES": ("8",),
    "SLEEP": ("0",),
}


def calls() -> Iterator[tuple[str, str, int]]:
    """Every function whose arguments are counted, with up to eight of them."""
    for word, number in itertools.product(sorted(_TAKES), range(9)):
        given = FIXED.get(word, ())
        arguments = ", ".join([*given, "1", "1", "1", "1", "1", "1", "1", "1", "1"][:number])
        yield word, f"SELECT {word}({arguments}){' OVER (ORDER BY a)' if word in OVER else ''} FROM t", number


def test_the_number_of_arguments_of_each_known_function(connection: Connection, schema: Schema) -> None:
    statements = [sql for word, sql, _ in calls() if word not in MORE_ON_MYSQL]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 1000
    assert taken > 250
    false = [sql for word, sql, _ in calls() if word in MORE_ON_MYSQL and server_verdict(connection, sql) is None]
    assert [sql for sql in false if nodepath_says(sql, schema).verdicts] == []
    assert len(false) >= len(MORE_ON_MYSQL)


@pytest.mark.parametrize(
    "call",
    [
        "REGEXP_REPLACE(c, 'a', 'b', 1, 0, 'i')",
        "REGEXP_INSTR(c, 'a', 1, 1, 0, 'i')",
        "REGEXP_SUBSTR(c, 'a', 1, 1, 'i')",
        "AES_ENCRYPT(c, 'k', 'iv', 'hkdf', 'salt', 'info')",
        "LAG(a, 1, 0) OVER (ORDER BY a)",
    ],
)
def test_what_only_mysql_takes_by_its_manual_is_not_refused(schema: Schema, call: str) -> None:
    assert nodepath_says(f"SELECT {call} FROM t", schema, Dialect("mysql", (8, 0))).verdicts == ()


MOMENTS = (
    *("NOW", "SYSDATE", "CURTIME", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"),
    *("UTC_TIME", "UTC_TIMESTAMP", "CURDATE", "CURRENT_DATE", "UTC_DATE", "UNIX_TIMESTAMP"),
)
DIGITS = (
    "",
    "0",
    "1",
    "3",
    "6",
    "7",
    "9",
    "10",
    "99",
    "-1",
    "a",
    "'6'",
    "?",
    "1 + 1",
    "6.0",
    "(6)",
    "NULL",
    "0x1",
    "1, 2",
)


def test_the_digits_behind_the_seconds(connection: Connection, schema: Schema) -> None:
    forms = ("SELECT {}({}) FROM t", "UPDATE t SET d = {}({}) WHERE a = 1", "INSERT INTO t (d) VALUES ({}({}))")
    statements = [form.format(word, digits) for form in forms for word in MOMENTS for digits in DIGITS]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 400
    assert taken > 100


CAST_TYPES = [
    f"{kind}({size})"
    for kind in ("DATETIME", "TIME", "DECIMAL", "CHAR", "BINARY")
    for size in (0, 1, 6, 7, 9, 65, 66, 70)
]


def test_the_digits_of_a_cast(connection: Connection, schema: Schema) -> None:
    statements = [
        form.format(kind)
        for kind in CAST_TYPES
        for form in ("SELECT CAST(a AS {}) FROM t", "SELECT CONVERT(a, {}) FROM t")
    ]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused >= 20
    assert taken >= 40


UNITS = (
    *("DAY", "SECOND", "YEAR", "MICROSECOND", "WEEK", "QUARTER", "SQL_TSI_DAY", "SQL_TSI_MONTH", "DAY_HOUR"),
    *("YEAR_MONTH", "FRAC_SECOND", "SQL_TSI_FRAC_SECOND", "DAYS", "'DAY'", "?", "1", "CONCAT('DAY')"),
)
SPANS = ("", "d", "1, d", "d, d", "d, d, d", "NOW(), ?")


def test_the_unit_and_the_values_of_timestampdiff(connection: Connection, schema: Schema) -> None:
    forms = ("SELECT {}({}, {}) FROM t", "SELECT a FROM t WHERE {}({}, {}) > 5")
    statements = [
        form.format(word, unit, span).replace(", )", ")")
        for form in forms
        for word in ("TIMESTAMPDIFF", "TIMESTAMPADD")
        for unit in UNITS
        for span in SPANS
    ]
    differ, refused, taken = differing(connection, schema, statements)
    # The server looks for a name only where it has read the statement.
    differ = [each for each in differ if each[2] != {1064, 1054} or each[1] != {1064}]
    assert not differ, "\n".join(map(str, differ))
    assert refused > 200
    assert taken > 60


SECOND = (
    *("INTERVAL 1 DAY", "INTERVAL ? HOUR", "INTERVAL a + 1 DAY", "INTERVAL '1:1' DAY_HOUR", "INTERVAL (a) DAY"),
    *(
        "INTERVAL -1 DAY",
        "1 DAY",
        "1",
        "?",
        "a",
        "'1 DAY'",
        "INTERVAL(1, 2)",
        "a DAY",
        "day",
        "t.day",
        "(INTERVAL 1 DAY)",
    ),
    *("INTERVAL 1 DAY, 1", "1 + INTERVAL 1 DAY", "INTERVAL (SELECT 1) DAY", "INTERVAL CASE a WHEN 1 THEN 2 END DAY"),
)
DATES = ("d", "NOW()", "'2026-01-01'", "d + INTERVAL 1 DAY", "CONCAT(d, '')", "(SELECT MAX(d) FROM t)")


def test_the_second_argument_of_date_add(connection: Connection, schema: Schema) -> None:
    statements = [
        f"SELECT {word}({date}, {second}) FROM t"
        for word in ("DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE")
        for date in DATES
        for second in SECOND
    ]
    statements += [f"SELECT {word}(d) FROM t" for word in ("DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE")]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 150
    assert taken > 180


AROUND_AN_INTERVAL = (
    *(
        "SELECT {} FROM t",
        "SELECT d + {} FROM t",
        "SELECT d - {} FROM t",
        "SELECT {} + d FROM t",
        "SELECT {} - d FROM t",
    ),
    *("SELECT d * {} FROM t", "SELECT a FROM t WHERE d > {}", "SELECT a FROM t WHERE d > NOW() - {}"),
    *("SELECT a FROM t WHERE d BETWEEN NOW() - {} AND NOW() + {}", "SELECT a FROM t WHERE d BETWEEN {} AND NOW()"),
    *("SELECT COALESCE({}, d) FROM t", "SELECT CONCAT(c, {}) FROM t", "SELECT IF(a, d + {}, d) FROM t"),
    *(
        "SELECT (d + {}) * 2 FROM t",
        "SELECT a FROM t WHERE d IN ({})",
        "UPDATE t SET d = {}",
        "UPDATE t SET d = d + {}",
    ),
    *("INSERT INTO t (d) VALUES ({})", "INSERT INTO t (d) VALUES (NOW() + {})", "SELECT a FROM t ORDER BY {}"),
    *("SELECT CASE WHEN a THEN {} END FROM t", "SELECT a FROM t GROUP BY d - {}", "SELECT d + {} + {} FROM t"),
    *("SELECT d + {} - {} FROM t", "SELECT ({}) + d FROM t", "SELECT d + ({}) FROM t"),
)
INTERVALS = ("INTERVAL 1 DAY", "INTERVAL ? MINUTE", "INTERVAL a HOUR", "INTERVAL '1 2' DAY_HOUR", "INTERVAL 1 + 1 WEEK")


def test_where_an_interval_may_stand(connection: Connection, schema: Schema) -> None:
    statements = [form.format(*[interval] * form.count("{}")) for form in AROUND_AN_INTERVAL for interval in INTERVALS]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 60
    assert taken > 50


STARS = ("*", "a", "t.*", "b AS x", "COUNT(*)", "t.a", "1")
AROUND_A_LIST = (
    "SELECT {} FROM t",
    "SELECT DISTINCT {} FROM t",
    "SELECT x.a FROM (SELECT {} FROM t) AS x",
    "INSERT INTO t (a) VALUES (9) RETURNING {}",
    "SELECT a FROM t WHERE EXISTS (SELECT {} FROM t)",
)


def test_a_star_stands_first_in_a_list(connection: Connection, schema: Schema) -> None:
    lists = [", ".join(each) for number in (1, 2, 3) for each in itertools.product(STARS, repeat=number)]
    statements = [form.format(listed) for form in AROUND_A_LIST for listed in lists]
    other = {1060, 1054, 1111}
    kept = [
        sql for sql in statements if (verdict := server_verdict(connection, sql)) is None or verdict.errno not in other
    ]
    differ, refused, taken = differing(connection, schema, kept)
    # A derived table has other faults, too, which the server does not come to.
    differ = [each for each in differ if each[1] != {1064} or 1064 not in each[2]]
    assert not differ, "\n".join(map(str, differ))
    assert refused > 480
    assert taken > 450


def test_a_star_as_an_argument(connection: Connection, schema: Schema) -> None:
    words = ("COUNT", "SUM", "MAX", "COALESCE", "CONCAT", "AVG", "IF", "LOWER", "GROUP_CONCAT", "no_function")
    inside = (
        "*",
        "DISTINCT *",
        "ALL *",
        "DISTINCTROW *",
        "*, a",
        "a, *",
        "DISTINCT a, *",
        "DISTINCT t.*",
        "t.*",
        "(*)",
    )
    statements = [f"SELECT {word}({each}) FROM t" for word in words for each in inside]
    statements += ["SELECT (*) FROM t", "SELECT a FROM t WHERE a IN (*)", "SELECT a FROM t WHERE a = *"]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 95
    assert taken >= 2


VALUES = ("1", "?", "DEFAULT", "NULL", "NOW()", "'x'", "(1)")


def test_a_comma_that_ends_a_row_of_values(connection: Connection, schema: Schema) -> None:
    rows = [f"({one}, {two}{tail})" for one in VALUES for two in VALUES for tail in ("", ",", " , ")]
    forms = (
        "INSERT INTO t (b, c) VALUES {}",
        "INSERT INTO t (b, c) VALUES {}, (1, 2)",
        "REPLACE INTO t (b, c) VALUES (1, 2), {}",
        "INSERT IGNORE INTO t (b, c) VALUE {} ON DUPLICATE KEY UPDATE b = 1",
    )
    differ, refused, taken = differing(connection, schema, [form.format(row) for form in forms for row in rows])
    assert not differ, "\n".join(map(str, differ))
    assert refused >= 390
    assert taken > 150


def test_a_list_that_a_placeholder_stands_for_without_parentheses(connection: Connection, schema: Schema) -> None:
    forms = (
        "SELECT a FROM t WHERE {} {} {}",
        "DELETE FROM t WHERE b = 1 AND {} {} {}",
        "UPDATE t SET b = 1 WHERE {} {} {}",
    )
    lists = ("?", "(?)", "(?, ?)", "( ? )", "(SELECT a FROM u)")
    statements = [
        form.format(left, operator, listed)
        for form in forms
        for left in ("a", "t.a", "a + 1", "(a)", "?", "COALESCE(a, b)")
        for operator in ("IN", "NOT IN")
        for listed in lists
    ]
    differ, refused, taken = differing(connection, schema, statements)
    assert not differ, "\n".join(map(str, differ))
    assert refused >= 30
    assert taken > 100


MARKED = go('"SELECT a FROM t WHERE a IN ?"')
NAMED = go('"SELECT a FROM t WHERE a IN :ids"').replace("db.Exec", "db.NamedExec")


def with_library(source: str, path: str, kind: str) -> str:
    """The source with another package than database/sql."""
    return source.replace('"database/sql"', f'"{path}"').replace("sql.DB", kind)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (MARKED, True),
        (MARKED.replace("?", "(?)"), False),
        (with_library(MARKED, "gorm.io/gorm", "gorm.DB"), False),
        (with_library(MARKED, "xorm.io/xorm", "xorm.Engine"), False),
        (with_library(MARKED, "github.com/jmoiron/sqlx", "sqlx.DB"), True),
        (MARKED.replace("db.Exec", "db.find").replace("*sql.DB", "*Store"), False),
        (with_library(NAMED, "github.com/jmoiron/sqlx", "sqlx.DB"), False),
    ],
)
def test_a_library_may_write_out_a_list_where_database_sql_does_not(tree: Tree, source: str, told: bool) -> None:
    tree.write("schema.sql", DDL[0])
    tree.write("store.go", source)
    found = [each.errno for each in tree.audit("store.go").findings]
    assert found == ([1064] if told else [])


SELECTED = ("a", "a, b", "*", "t.*", "COUNT(*)", "a, b, c", "1")
TARGETS = ("@x", "@x, @y", "@x, @y, @z", "@v, @w, @x, @y, @z")
INTO_FORMS = (
    "SELECT {0} INTO {1} FROM t",
    "SELECT {0} FROM t INTO {1}",
    "SELECT {0} FROM t WHERE a = 1 LIMIT 1 INTO {1}",
    "SELECT {0} FROM t LIMIT 1 FOR UPDATE INTO {1}",
    "SELECT x.* FROM (SELECT {0} FROM t) AS x INTO {1}",
    "(SELECT {0} FROM t) UNION (SELECT {0} FROM t) LIMIT 1 INTO {1}",
)


def test_as_many_variables_as_columns(connection: Connection, schema: Schema) -> None:
    statements = [form.format(one, two) for form in INTO_FORMS for one in SELECTED for two in TARGETS]
    differ, refused, taken = differing(connection, schema, statements, execute=True)
    assert not differ, "\n".join(map(str, differ))
    assert refused > 100
    assert taken > 30


@pytest.mark.parametrize(
    "text",
    [
        '"INSERT INTO t (a, b) VALUES (" + "?," + ")"',
        '"INSERT INTO t (a, b) VALUES (" + strings.Repeat("?,", n) + ")"',
        '"SELECT " + columns + ", * FROM t"',
        '"SELECT a, " + "* FROM t"',
    ],
)
def test_what_several_texts_are_put_together_to_is_not_reported(tree: Tree, text: str) -> None:
    tree.write("schema.sql", DDL[0])
    source = go(text).replace("values []any", "values []any, n int, columns string")
    tree.write("store.go", source.replace('import "database/sql"', 'import (\n\t"database/sql"\n\t"strings"\n)'))
    assert [each for each in tree.audit("store.go").findings if each.errno == 1064] == []
