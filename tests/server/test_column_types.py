"""Which type changes lose values: the extremes of each type are put in, and the server changes the column."""

from __future__ import annotations

import itertools

import pymysql

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column, Schema
from nodepath_cli.sql.column_types import loss
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB

MARIADB = Dialect("mariadb", (10, 11))
EXTREMES: dict[str, tuple[str, ...]] = {
    "TINYINT": ("-128", "127"),
    "TINYINT UNSIGNED": ("255",),
    "SMALLINT": ("-32768", "32767"),
    "INT": ("-2147483648", "2147483647"),
    "INT UNSIGNED": ("4294967295",),
    "BIGINT": ("-9223372036854775808", "9223372036854775807"),
    "DECIMAL(10,2)": ("-99999999.99", "99999999.99"),
    "DECIMAL(12,2)": ("9999999999.99",),
    "DECIMAL(10,4)": ("999999.9999",),
    "DOUBLE": ("1e200", "0.123456789"),
    "CHAR(10)": ("'abcdefghij'", "'0123'"),
    "CHAR(36)": ("'01234567-89ab-cdef-0123-456789abcdef'",),
    "VARCHAR(20)": ("'abcdefghijklmnopqrst'", "'\U0001f600'"),
    "VARCHAR(255)": (f"'{'x' * 255}'",),
    "VARCHAR(20) CHARACTER SET latin1": ("'abcdefghijklmnopqrst'", "'é'"),
    "TEXT": (f"'{'x' * 300}'", "'\U0001f600'"),
    "VARBINARY(20)": ("0xFF00FF",),
    "DATE": ("'1000-01-01'", "'2026-12-31'"),
    "DATETIME": ("'1000-01-01 01:02:03'", "'2026-12-31 23:59:59'"),
    "DATETIME(6)": ("'2026-12-31 23:59:59.123456'",),
    "TIMESTAMP NULL": ("'2026-12-31 23:59:59'",),
    "ENUM('a','b')": ("'a'", "'b'"),
    "ENUM('a','b','c')": ("'c'",),
    "SET('a','b')": ("'a,b'",),
}
"""The literals of each type that are hardest to keep."""


def column(type_: str) -> Column:
    schema = replay([DdlText(f"CREATE TABLE t (v {type_}) DEFAULT CHARSET=utf8mb4")], Schema(), MARIADB)
    return schema.tables[0].columns[0]


def lost(server: PrivateMariaDB, database: str, old: str, new: str) -> bool:
    """Whether the server refuses to change a column with such values, or changes the values."""
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00'")
        for literal in EXTREMES[old]:
            cursor.execute("DROP TABLE IF EXISTS t")
            cursor.execute(f"CREATE TABLE t (v {old}) DEFAULT CHARSET=utf8mb4")
            cursor.execute(f"INSERT INTO t VALUES ({literal})")
            cursor.execute("SELECT HEX(CAST(v AS CHAR CHARACTER SET utf8mb4)) FROM t")
            before = cursor.fetchall()
            try:
                cursor.execute(f"ALTER TABLE t MODIFY v {new}")
            except pymysql.err.Error:
                return True
            cursor.execute("SELECT HEX(CAST(v AS CHAR CHARACTER SET utf8mb4)) FROM t")
            if not _alike(before[0][0], cursor.fetchall()[0][0]):
                return True
    return False


def _alike(before: str, after: str) -> bool:
    """Compare two texts of a value: `1.50` is `1.5`, a date is its midnight."""
    one, other = (bytes.fromhex(each).decode("utf-8", "replace") for each in (before, after))
    if one == other:
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return other in (f"{one} 00:00:00", f"{one}.000000", f"{one} 00:00:00.000000")


def test_a_type_change_is_said_to_lose_values_where_the_server_loses_some(
    mariadb: PrivateMariaDB, database: str
) -> None:
    wrong = []
    for old, new in itertools.permutations(EXTREMES, 2):
        claimed = loss(column(old), column(new), MARIADB)
        if lost(mariadb, database, old, new) and claimed is None:
            wrong.append(f"{old} -> {new}: the server loses values, nothing is said")
    assert not wrong


def test_a_wider_type_loses_nothing(mariadb: PrivateMariaDB, database: str) -> None:
    for old, new in [
        ("TINYINT", "INT"),
        ("TINYINT UNSIGNED", "SMALLINT"),
        ("INT UNSIGNED", "BIGINT"),
        ("INT", "DECIMAL(12,2)"),
        ("INT", "VARCHAR(20)"),
        ("DECIMAL(10,2)", "DECIMAL(12,2)"),
        ("CHAR(10)", "VARCHAR(20)"),
        ("VARCHAR(20)", "VARCHAR(255)"),
        ("VARCHAR(255)", "TEXT"),
        ("VARCHAR(20) CHARACTER SET latin1", "VARCHAR(20)"),
        ("DATE", "DATETIME"),
        ("DATETIME", "DATETIME(6)"),
        ("TIMESTAMP NULL", "DATETIME"),
        ("DATETIME", "VARCHAR(20)"),
        ("ENUM('a','b')", "ENUM('a','b','c')"),
        ("ENUM('a','b')", "VARCHAR(20)"),
    ]:
        assert loss(column(old), column(new), MARIADB) is None, (old, new)
        assert not lost(mariadb, database, old, new), (old, new)
