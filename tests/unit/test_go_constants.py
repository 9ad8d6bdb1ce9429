"""Constants of other packages in SQL: those of the standard library, and those that a file imports without a name."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, only, source_of, statements

STANDARD = """package repo

import (
\t"database/sql"
\t"fmt"
\t"math"
\t"net/http"
\t"os"
\t"time"
)

func Do(db *sql.DB, at time.Time) {
\tdb.Query(TEXT)
}
"""


@pytest.mark.parametrize(
    ("code", "sql"),
    [
        ('fmt.Sprintf("SELECT a FROM t LIMIT %d", math.MaxInt32)', "SELECT a FROM t LIMIT 2147483647"),
        ('fmt.Sprintf("SELECT a FROM t WHERE b < %d", uint64(math.MaxUint64))',
         f"SELECT a FROM t WHERE b < {2**64 - 1}"),
        ('fmt.Sprintf("SELECT a FROM t WHERE b > %v", math.MinInt8)', "SELECT a FROM t WHERE b > -128"),
        ("\"SELECT a FROM t WHERE b = '\" + http.MethodPatch + \"'\"", "SELECT a FROM t WHERE b = 'PATCH'"),
        ('fmt.Sprintf("SELECT a FROM t WHERE b = %d", http.StatusTeapot)', "SELECT a FROM t WHERE b = 418"),
        ("\"SELECT REPLACE(a, '\" + string(os.PathSeparator) + \"', '') FROM t\"", "SELECT REPLACE(a, '/', '') FROM t"),
        ("\"SELECT a FROM t WHERE b = '\" + time.DateOnly + \"'\"", "SELECT a FROM t WHERE b = '2006-01-02'"),
        # What is known only at run time, of the same packages.
        ("\"SELECT a FROM t WHERE b = '\" + at.Format(time.DateTime) + \"'\"", "SELECT a FROM t WHERE b = '<>'"),
        ('"SELECT a FROM t WHERE b = " + os.Args[0]', "SELECT a FROM t WHERE b = <>"),
        ('fmt.Sprintf("SELECT a FROM t WHERE b = %v", math.Pi)', "SELECT a FROM t WHERE b = <>"),
    ],
)  # fmt: skip
def test_constants_of_the_standard_library_have_their_values(code: str, sql: str) -> None:
    assert flat(only(statements(STANDARD.replace("TEXT", code))).sql) == sql


def test_the_text_of_such_a_constant_stands_where_it_is_named() -> None:
    text = STANDARD.replace("TEXT", '"SELECT a FROM t WHERE b = \'" + http.MethodGet + "\'"')
    assert source_of(text, only(statements(text)).variants[0], "GET") == "http.MethodGet"


def test_a_package_of_the_tree_with_a_standard_name_is_its_own() -> None:
    found = statements(
        {
            "http/http.go": 'package http\n\nconst MethodGet = "own"\n',
            "a.go": """package repo

import (
\t"database/sql"

\t"example.com/repo/http"
)

func Do(db *sql.DB) { db.Query("SELECT a FROM t WHERE b = '" + http.MethodGet + "'") }
""",
        }
    )
    assert only(found).sql == "SELECT a FROM t WHERE b = 'own'"


DOTTED = """package repo

import (
\t"database/sql"

\t. "example.com/repo/texts"
\t. "example.com/repo/more"
)

const Own = "SELECT own FROM t"

func Do(db *sql.DB) {
\tdb.Query(Own)
\tdb.Query(Find)
\tdb.Query(Count("t"))
\tdb.Query(hidden)
}
"""


def test_what_a_file_imports_without_a_name_is_found() -> None:
    found = statements(
        {
            "a.go": DOTTED,
            "texts/texts.go": 'package texts\n\nconst Find, Own = "SELECT find FROM t", "SELECT other FROM t"\n',
            "more/more.go": """package more

const hidden = "SELECT hidden FROM t"

func Count(table string) string { return "SELECT COUNT(*) FROM " + table }
""",
        }
    )
    sent = {flat(each.sql) for each in found if each.call is not None and each.call.name == "db.Query"}
    # What is not exported there is no name here.
    assert sent == {"SELECT own FROM t", "SELECT COUNT(*) FROM t", "SELECT find FROM t", ""}
