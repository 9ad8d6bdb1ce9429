"""What only MySQL answers is written after its manual ("The INFORMATION_SCHEMA COLUMNS Table"); no MySQL was asked.

What MariaDB answers is tested against a server.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from nodepath_cli.schema.live_mysql import read_mysql
from nodepath_cli.schema.model import Column, Generated, Key, Schema

Row = tuple[Any, ...]


class Cursor:
    """Answers the queries of the module from a few rows, as PyMySQL's cursor would."""

    def __init__(self, answers: dict[str, Sequence[Row]]) -> None:
        self._answers = answers
        self._rows: Sequence[Row] = ()

    def __enter__(self) -> Cursor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, query: str, arguments: object = None) -> None:
        (self._rows,) = [rows for part, rows in self._answers.items() if part in query]

    def fetchall(self) -> Sequence[Row]:
        return self._rows


class Connection:
    """As much of a connection as is used."""

    def __init__(self, answers: dict[str, Sequence[Row]]) -> None:
        self._answers = answers

    def cursor(self) -> Cursor:
        return Cursor(self._answers)


def schema(version: str, columns: Sequence[Row], keys: Sequence[Row] = (), lower_case: int = 0) -> Schema:
    connection: Any = Connection(
        {
            "SELECT DATABASE()": [("chat",)],
            "SELECT VERSION()": [(version, lower_case)],
            "information_schema.TABLES": [("t", "BASE TABLE", "InnoDB", "utf8mb4_0900_ai_ci")],
            "information_schema.COLUMNS": [("t", *column) for column in columns],
            "information_schema.STATISTICS": [("t", *key) for key in keys],
            "information_schema.KEY_COLUMN_USAGE": [],
            "information_schema.CHECK_CONSTRAINTS": [],
        }
    )
    return read_mysql(connection)


@pytest.mark.parametrize(
    ("kind", "default", "extra", "expected"),
    [
        ("varchar(9)", "it's", "", "'it''s'"),
        ("varchar(9)", "7", "", "'7'"),
        ("varchar(9)", "", "", "''"),
        ("varchar(9)", "NULL", "", "'NULL'"),
        ("varchar(9)", None, "", None),
        ("int", "0", "", "0"),
        ("decimal(5,2)", "-1.50", "", "-1.50"),
        ("bit(1)", "b'0'", "", "b'0'"),
        ("enum('a','b')", "a", "", "'a'"),
        ("datetime", "2025-10-14 08:11:42", "", "'2025-10-14 08:11:42'"),
        ("timestamp", "CURRENT_TIMESTAMP", "", "current_timestamp()"),
        ("datetime(3)", "CURRENT_TIMESTAMP(3)", "DEFAULT_GENERATED", "current_timestamp(3)"),
        ("varchar(36)", "uuid()", "DEFAULT_GENERATED", "uuid()"),
        ("varchar(20)", "CURRENT_TIMESTAMP", "", "'CURRENT_TIMESTAMP'"),
    ],
)
def test_mysql_gives_bare_defaults(kind: str, default: str | None, extra: str, expected: str | None) -> None:
    (table,) = schema("8.0.36", [("c", kind, "YES", default, extra, None, None, "")]).tables
    assert table.columns[0].default == expected


def test_mysql_8_extra() -> None:
    (table,) = schema(
        "8.4.0",
        [
            ("id", "bigint unsigned", "NO", None, "auto_increment", None, None, ""),
            (
                "at",
                "timestamp",
                "NO",
                "CURRENT_TIMESTAMP",
                "DEFAULT_GENERATED on update CURRENT_TIMESTAMP",
                None,
                None,
                "",
            ),
            ("g", "int", "YES", None, "VIRTUAL GENERATED INVISIBLE", None, None, "concat(_utf8mb4\\'x\\',`a`)"),
            ("s", "int", "YES", None, "STORED GENERATED", None, None, b"`a` + 1"),
        ],
        [("PRIMARY", 0, "id"), ("one", 0, "at"), ("one", 0, "s"), ("lower_name", 1, None)],
    ).tables
    assert table.columns == (
        Column("id", "bigint unsigned", False, auto_increment=True),
        Column("at", "timestamp", False, "current_timestamp()", "current_timestamp()"),
        Column("g", "int", generated=Generated("virtual", "concat(_utf8mb4'x',`a`)"), invisible=True),
        Column("s", "int", generated=Generated("stored", "`a` + 1")),
    )
    assert table.primary_key == ("id",)
    assert (table.unique_keys, table.indexes) == ((Key("one", ("at", "s")),), (Key("lower_name", (None,)),))


@pytest.mark.parametrize(
    ("text", "dialect", "version"),
    [
        ("5.7.44-log", "mysql", (5, 7, 44)),
        ("8.0.36-0ubuntu0.22.04.1", "mysql", (8, 0, 36)),
        ("8.0.mysql_aurora.3.04.0", "mysql", (8, 0)),
        ("10.11.19-MariaDB-0+deb12u1", "mariadb", (10, 11, 19)),
        ("5.5.5-10.6.12-MariaDB", "mariadb", (10, 6, 12)),
        ("unknown", "mysql", ()),
    ],
)
def test_which_server_it_is(text: str, dialect: str, version: tuple[int, ...]) -> None:
    found = schema(text, [("c", "int", "YES", None, "", None, None, "")])
    assert (found.dialect, found.version) == (dialect, version)


def test_lower_case_table_names() -> None:
    found = schema("8.0.36", [("c", "int", "YES", None, "", None, None, "")], lower_case=1)
    assert not found.case_sensitive_tables
    assert found.table("T")


def test_members_of_an_enum_keep_their_case() -> None:
    (table,) = schema("8.0.36", [("c", "ENUM('Open','it''S')", "YES", None, "", None, None, "")]).tables
    assert table.columns[0].type == "enum('Open','it''S')"
