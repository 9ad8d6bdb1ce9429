"""Preparation keeps every place: executed comments, long lists."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.sql.executable import open_executable
from tests.resolving import MARIADB, MYSQL, MYSQL57, SQLITE, errors, reason


@pytest.mark.parametrize(
    ("dialect", "comment", "runs"),
    [
        (MYSQL, "/*!40101 x */", True),
        (MYSQL, "/*! x */", True),
        (MYSQL, "/*!80000 x */", True),
        (MYSQL57, "/*!80000 x */", False),
        (MYSQL57, "/*!50700 x */", True),
        (MYSQL, "/*!999999 x */", False),
        (MYSQL, "/*M! x */", False),
        (MARIADB, "/*M!100100 x */", True),
        (MARIADB, "/*M!110000 x */", False),
        (MARIADB, "/*!100100 x */", True),
        (MARIADB, "/*!50701 x */", False),
        (SQLITE, "/*! x */", False),
        (MYSQL, "'/*! x */'", True),
    ],
)
def test_comments_run_by_the_version_that_they_name(dialect: Dialect, comment: str, runs: bool) -> None:
    opened = open_executable(comment, dialect)
    assert len(opened) == len(comment)
    assert ("x" in opened) is runs
    assert opened.startswith("'") or "/*" not in opened or not runs


def test_a_comment_inside_a_skipped_comment_ends_with_it() -> None:
    assert open_executable("a /*!999999 x /* y */ z */ b", MYSQL).split() == ["a", "b"]


@pytest.mark.parametrize("count", [100, 50_000, 400_000])
def test_a_list_of_literals_may_be_as_long_as_it_likes(count: int) -> None:
    values = ", ".join(str(number) for number in range(count))
    assert errors(f"SELECT nosuch FROM orders WHERE id IN ({values}) AND nope = 1") == [
        (1054, "nosuch"),
        (1054, "nope"),
    ]


def test_rows_may_be_as_many_as_they_like_and_their_width_is_still_counted() -> None:
    rows = ", ".join(f"({number}, 'x{number}')" for number in range(40_000))
    assert errors(f"INSERT INTO customers (id, name) VALUES {rows}") == []
    found = errors(f"INSERT INTO customers (id, name) VALUES {rows}, (1)")
    assert found == [(1136, "(1)")]


def test_a_statement_that_is_long_for_another_reason_is_not_read() -> None:
    conditions = " AND ".join(f"id <> {number} + name" for number in range(20_000))
    assert "longer than" in reason(f"SELECT id FROM orders WHERE {conditions}")


@pytest.mark.parametrize("depth", [201, 5_000])
def test_nesting_has_an_end(depth: int) -> None:
    assert "nested deeper" in reason("SELECT " + "(" * depth + "id" + ")" * depth + " FROM orders")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("(SELECT ", " FROM orders)"), ("CASE WHEN id THEN ", " END"), ("abs(", ")")],
)
def test_two_hundred_levels_are_read(opening: str, closing: str) -> None:
    sql = "SELECT " + opening * 199 + "nosuch" + closing * 199 + " FROM orders"
    assert (1054, "nosuch") in errors(sql)
