"""Values that no column of a type takes in strict mode: each that is called so is refused, and few others are."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pymysql
import pytest
from pymysql.cursors import Cursor

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.source.hosts._go.layouts import written
from nodepath_cli.source.hosts._go.standard_constants import LAYOUTS
from nodepath_cli.sql.fitting import beyond, is_no_json, is_no_time, type_of
from tests.mariadb import PrivateMariaDB
from tests.tree import Tree

pytestmark = pytest.mark.server

MARIADB = Dialect("mariadb", (10, 11))
MODES = ("NO_ZERO_DATE", "NO_ZERO_IN_DATE", "NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO", "")
"""Beside strict mode: what is told must not depend on them."""


@pytest.fixture
def cursor(mariadb: PrivateMariaDB, database: str) -> Iterator[Cursor]:
    """A cursor in a fresh database."""
    with mariadb.connect(database) as connection, connection.cursor() as opened:
        yield opened


def answer(cursor: Cursor, sql: str) -> int | None:
    """The server's error number, None where it takes the statement."""
    try:
        cursor.execute(sql)
    except pymysql.MySQLError as error:
        return int(error.args[0])
    return None


NUMBERS = {
    "tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64, "int(11)": 32, "tinyint(1)": 8, "bool": 8,
}  # fmt: skip
DECIMALS = (
    "decimal(5,2)",
    "decimal(3)",
    "decimal",
    "numeric(10,4)",
    "decimal(2,2)",
    "decimal(5,2) unsigned",
    "decimal(65,30)",
)
YEARS = ("year", "year(4)")


def limits() -> Iterator[tuple[str, str]]:
    """Types with numbers around their limits."""
    for (kind, bits), sign in itertools.product(NUMBERS.items(), ("", " unsigned", " zerofill")):
        if kind == "bool" and sign:
            continue
        low, high = (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        whole = (low - 1, low, low + 1, -1, 0, 1, high - 1, high, high + 1, high * 10, 10**25)
        parts = (
            f"{low}.4",
            f"{low}.5",
            f"{high}.4",
            f"{high}.49",
            f"{high}.5",
            "-0.4",
            "-0.5",
            "1e2",
            "1e40",
            "5e-3",
            "1e100",
        )
        for number in map(str, (*whole, *parts)):
            yield kind + sign, number
    listed = (
        "999.99 999.994 999.995 1000 -999.99 -999.995 -1 -0.001 0.99 0.995 1 0.5 99 999 999.5 9999999999 9999999999.4 "
        "9999999999.5 999999.99994 999999.99996 1e3 1e2 1e-5 1e70"
    )
    values = (*listed.split(), "9" * 35, "9" * 36)
    yield from itertools.product(DECIMALS, values)
    yield from itertools.product(
        YEARS,
        (
            "0",
            "1",
            "69",
            "70",
            "99",
            "100",
            "1900",
            "1901",
            "2026",
            "2155",
            "2156",
            "9999",
            "20261",
            "-1",
            "1e3",
            "2e3",
            "2026.4",
            "-70",
            "+99",
        ),
    )


def test_a_number_is_beyond_a_column_s_range_where_the_server_says_so(cursor: Cursor) -> None:
    cursor.execute("SET sql_mode = 'STRICT_ALL_TABLES'")
    kinds = list(dict.fromkeys(kind for kind, _ in limits()))
    for number, kind in enumerate(kinds):
        cursor.execute(f"CREATE TABLE n{number} (v {kind})")
    differ, refused, taken = [], 0, 0
    for (kind, value), quote in itertools.product(limits(), ("", "'")):
        theirs = answer(cursor, f"INSERT INTO n{kinds.index(kind)} VALUES ({quote}{value}{quote})")
        stored = type_of(kind, MARIADB)
        assert stored is not None
        ours = beyond(stored, value)
        refused, taken = refused + (theirs is not None), taken + (theirs is None)
        # MariaDB refuses -0.4 for an unsigned column where it is no text; nothing is said of it.
        if ours != (theirs == 1264) and not (not ours and value in ("-0.4", "-0.001")):
            differ.append((kind, quote + value + quote, theirs))
    assert not differ, "\n".join(map(str, differ))
    assert refused > 400
    assert taken > 400


YEARS_WRITTEN = ("2026", "2024", "26", "24", "99", "1970", "1969", "1899", "0000", "9999", "6", "12345", "31", "00")
MONTHS = ("1", "01", "2", "02", "4", "12", "13", "00", "0", "99", "Feb", "")
DAYS = ("1", "01", "28", "29", "30", "31", "32", "00", "0", "99", "2026", "012", "1x", "")
CLOCKS = (
    *("", " ", " 10:20:30", "T10:20:30", " 23:59:59", " 24:00:00", " 10:60:00", " 10:20:60", " 10:20", " 10", " 1:2:3"),
    *(
        " 10:20:30.123456",
        " 10:20:30.1234567",
        "T10:20:30Z",
        " 10:20:30+08:00",
        " 10:20:30 PM",
        " 8am",
        "x",
        " xyz",
        "Z",
    ),
    *(
        " 10-20-30",
        " 99",
        "T99:00:00",
        "  10:20:30 ",
        "T",
        " 10:20:30 GMT",
        "+00:00",
        " +00:00",
        ", 10:20",
        " 00:00:00",
    ),
)
OTHER = (
    *(
        "31 Disember 2026",
        "31 December 2026",
        "Jan 2 2026",
        "January 2, 2026",
        "now",
        "NOW()",
        "CURRENT_TIMESTAMP",
        "today",
    ),
    *("pagi", "", " ", "0", "1", "12", "2026", "2026-01", "20261231", "20261301", "20260230", "20260229", "20240229"),
    *(
        "261231",
        "260230",
        "261301",
        "20261231235959",
        "20261231246060",
        "261231235959",
        "261231246060",
        "20261231T101112",
    ),
    *(
        "2026123",
        "202612311",
        "120000",
        "126000",
        "12:30:00",
        "25:00:00",
        "838:59:59",
        "839:00:00",
        "12:60:00",
        "12:30:60",
    ),
    *(
        "12:30",
        "12",
        "1200",
        "12.5",
        "-12:00:00",
        "-839:00:00",
        "1 12:00:00",
        "34 22:00:00",
        "12:ab",
        "8am",
        "8 am",
        "noon",
    ),
    *(
        "12:30:00 PM",
        "12:30:00.5",
        "12:30:00.1234567",
        "12:30:00,5",
        "12h30",
        "-",
        "--",
        ":30",
        ".5",
        "-1",
        "x12:30",
        "5e3",
    ),
    *(
        "2026-W01-1",
        "2026/1/2/3",
        "2026-1-2-3",
        "tomorrow 10:00",
        "10:00 tomorrow",
        "2026年1月2日",
        "１２:00",
        "0000-00-00",
    ),
    *("0000-00-00 00:00:00", "2026-00-10", "2026-01-00", "1 2 3", "1.2.3", "1,2,3", "2026-1", "99999", "T10:00:00"),
    *("2026-01-02 03:04:05.", "2026-01-02T", "2026-01-02T10", "2026-01-02t10:00:00", "12:00T", "10T", "true", "null"),
)
MOMENTS = {"d": "datetime", "y": "date", "s": "timestamp", "t": "time", "m": "datetime(3)", "u": "time(6)"}


def texts() -> Iterator[str]:
    """Dates and times, right and wrong ones."""
    yield from OTHER
    dice = random.Random(1292)
    parts = list(itertools.product(YEARS_WRITTEN, MONTHS, DAYS, "-/.: ", CLOCKS))
    for year, month, day, mark, clock in dice.sample(parts, 1500):
        yield f"{year}{mark}{month}{mark}{day}{clock}"
    for year, month, day in itertools.product(YEARS_WRITTEN, MONTHS, DAYS):
        yield f"{year}-{month}-{day}"
    for hours, minutes, seconds in itertools.product(
        ("0", "9", "23", "24", "838", "839", "x"), ("00", "59", "60", "x"), ("00", "60", "5.5", "x")
    ):
        yield f"{hours}:{minutes}:{seconds}"


def test_a_text_that_is_called_no_time_is_refused_in_each_mode(cursor: Cursor) -> None:
    cursor.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind} NULL' for name, kind in MOMENTS.items())})")
    false, told, refused = [], 0, 0
    listed = list(dict.fromkeys(texts()))
    for mode in MODES:
        cursor.execute(f"SET sql_mode = 'STRICT_ALL_TABLES,{mode}'")
        for text, (name, kind) in itertools.product(listed, MOMENTS.items()):
            theirs = answer(cursor, f"INSERT INTO t ({name}) VALUES ('{text}')")
            ours = is_no_time(kind.partition("(")[0], text)
            if not kind.startswith("time("):
                told, refused = told + ours, refused + (theirs is not None)
            if ours and theirs != 1292:
                false.append((mode, kind, text, theirs))
    assert not false, "\n".join(map(str, false))
    # Dates for a TIME, five digits of a year and blanks between the parts are left alone.
    assert told > 0.5 * refused > 15000


DAYS_WRITTEN = (
    *("02/01/2006", "02-01-2006 15:04", "2 Jan 2006", "02.01.2006", "01/02/2006", "2/1/2006", "Jan 2, 2006", "2006"),
    *("02/01/06", "2006-01-02", "2006/01/02 15:04", "20060102", "2006-01-02 15:04:05.000", "2006-01", "150405"),
)


def test_a_time_that_is_written_so_is_refused_whatever_it_is(cursor: Cursor) -> None:
    cursor.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind} NULL' for name, kind in MOMENTS.items())})")
    cursor.execute("SET sql_mode = 'STRICT_ALL_TABLES'")
    told = set()
    for layout, (name, kind) in itertools.product((*DAYS_WRITTEN, *LAYOUTS.values()), MOMENTS.items()):
        texts = written(layout)
        if all(is_no_time(kind.partition("(")[0], each) for each in texts):
            told.add((layout, kind))
            for text in texts:
                assert answer(cursor, f'INSERT INTO t ({name}) VALUES ("{text}")') == 1292, (kind, text)
    assert {("02/01/2006", "date"), ("2 Jan 2006", "datetime"), (LAYOUTS["RFC1123"], "datetime(3)")} <= told
    assert not {layout for layout, _ in told} & {"02/01/06", "2006-01-02", LAYOUTS["RFC3339"], LAYOUTS["DateTime"]}
    assert len(told) > 60


@pytest.mark.parametrize("text", ["2026-01-02 03:04:05+08:00", "2026-01-02 03:04:05-00:00", "2026-01-02T03:04:05Z"])
def test_an_offset_which_mysql_takes_by_its_manual_is_not_told(text: str) -> None:
    assert not any(is_no_time(kind, text) for kind in ("date", "datetime", "timestamp", "time"))


DOCUMENTS = (
    *(
        "{}",
        "[]",
        "1",
        "1.5",
        "-1",
        "true",
        "false",
        "null",
        '"x"',
        '{"a": 1}',
        '[1, 2, {"b": null}]',
        " {} ",
        "[[]]",
        "1e5",
    ),
    *("", " ", "x", "abc", "{", "}", "[", "[1,", "[1,]", "{a: 1}", "{'a': 1}", '{"a"}', '{"a": }', '{"a": 1,}', "True"),
    *(
        "None",
        "NaN",
        "Infinity",
        "-Infinity",
        "undefined",
        "01",
        "+1",
        ".5",
        "1.",
        "1.e5",
        "0x1",
        '"x',
        "x y",
        "{} {}",
        "[1 2]",
    ),
    *(
        '{"a": 1 "b": 2}',
        '{"a":1}}',
        "nul",
        "NULL",
        "1,2",
        "a=b",
        "<x/>",
        '{"a": "tab\t"}',
        '{"a": "line\n"}',
        "[1,,2]",
        "--1",
    ),
    *(
        "-",
        '{"": 1}',
        '{"a": 1, "a": 2}',
        "[]]",
        "tru",
        "[tru]",
        '["a" "b"]',
        '{"a": [1, 2}',
        "12abc",
        "1 2",
        "// x",
        "{} // x",
    ),
)


def test_a_text_that_is_called_no_json_is_refused(cursor: Cursor) -> None:
    cursor.execute("CREATE TABLE j (v JSON)")
    false, missed, told = [], [], 0
    for text in DOCUMENTS:
        theirs = answer(cursor, "INSERT INTO j VALUES ('" + text.replace("'", "''") + "')")
        ours = is_no_json(text)
        told += ours
        if ours and theirs != 4025:
            false.append((text, theirs))
        if not ours and theirs is not None and text.isprintable():
            missed.append((text, theirs))
    assert (false, missed) == ([], [])
    assert told > 30


TYPES = """
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, tiny TINYINT, big BIGINT UNSIGNED, price DECIMAL(5,2), d DATE,
    m DATETIME, s TIMESTAMP NULL, c TIME, j JSON, y YEAR, f DOUBLE, v VARCHAR(40));
"""
FORMS = (
    "INSERT INTO t ({0}) VALUES ({1})",
    "INSERT INTO t (id, {0}) VALUES (DEFAULT, {1}), (DEFAULT, NULL)",
    "REPLACE INTO t SET {0} = {1}",
    "INSERT INTO t ({0}) SELECT {1}",
    "INSERT INTO t ({0}) SELECT {1} AS kind FROM t WHERE id = 1",
    "INSERT INTO t ({0}) SELECT IF(id = 1, {1}, NULL) FROM t WHERE id = 1",
    "UPDATE t SET {0} = {1} WHERE id = 1",
    "UPDATE t SET id = 1, {0} = CASE WHEN id = 1 THEN {1} ELSE NULL END WHERE id = 1",
    "INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE {0} = {1}",
)
IGNORED = ("INSERT IGNORE INTO t ({0}) VALUES ({1})", "UPDATE IGNORE t SET {0} = {1} WHERE id = 1")
WRITTEN = (
    *(("tiny", "300"), ("tiny", "'300'"), ("tiny", "-129"), ("tiny", "127"), ("tiny", "'-128'"), ("tiny", "127.6")),
    *(("big", "-1"), ("big", "18446744073709551616"), ("big", "18446744073709551615"), ("big", "'-5'")),
    *(
        ("price", "1000"),
        ("price", "999.99"),
        ("price", "'12345.6'"),
        ("price", "-999.999"),
        ("y", "2500"),
        ("y", "2026"),
    ),
    *(
        ("d", "'2026-02-30'"),
        ("d", "'31 Disember 2026'"),
        ("d", "'31/12/2026'"),
        ("d", "'2026-12-31'"),
        ("d", "'20261231'"),
    ),
    *(("m", "'2026-13-01 00:00:00'"), ("m", "'2026-12-31 10:20:30'"), ("m", "'2026-12-31T10:20:30'"), ("m", "'x'")),
    *(
        ("s", "'2026-06-31 10:00:00'"),
        ("s", "'2026-06-30 10:00:00'"),
        ("c", "'pagi'"),
        ("c", "'12:30'"),
        ("c", "'12:99:00'"),
    ),
    *(("j", "'{'"), ("j", "'{}'"), ("j", "'abc'"), ("j", "'1'"), ("f", "1e300"), ("v", "'2026-02-30'")),
)


def test_what_is_written_in_any_form(cursor: Cursor, tree: Tree) -> None:
    cursor.execute("SET sql_mode = 'STRICT_TRANS_TABLES'")
    cursor.execute(TYPES)
    tree.write("schema.sql", TYPES)
    settings = Settings(schema=("schema.sql",), dialect=MARIADB, dialect_given=True)
    statements = [form.format(column, value) for form in (*FORMS, *IGNORED) for column, value in WRITTEN]
    tree.write("q.sql", ";\n".join(statements) + ";\n")
    found = {each.position.line: (each.rule, each.errno) for each in tree.audit("q.sql", settings=settings).findings}
    differ, refused = [], 0
    for line, sql in enumerate(statements, 1):
        cursor.execute("DELETE FROM t")
        cursor.execute("INSERT INTO t (id) VALUES (1)")
        theirs = answer(cursor, sql)
        refused += theirs is not None
        if found.get(line) != (("NP111", theirs) if theirs else None):
            differ.append((sql, theirs, found.get(line)))
    # MariaDB checks a JSON column of UPDATE IGNORE and INSERT IGNORE all the same: MySQL's manual says nothing of it.
    differ = [each for each in differ if not ("IGNORE" in each[0] and each[1] == 4025 and each[2] is None)]
    assert not differ, "\n".join(map(str, differ))
    assert refused > 150


def test_mysql_s_number_for_a_text_that_is_no_json_by_its_manual(tree: Tree) -> None:
    (finding,) = tree.findings(TYPES, "\"INSERT INTO t (j) VALUES ('{')\"")
    assert (finding.rule, finding.errno) == ("NP111", 3140)
