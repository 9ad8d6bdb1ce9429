"""SQL of another database is told by the drivers of a program or a package, by functions' names, by joined writes."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from tests.unit.go_host import body, only, statements

QUERY = 'package store\n\nimport "database/sql"\n\nfunc All(db *sql.DB) { db.Query("SELECT a FROM t") }\n'
MAIN = 'package main\n\nimport (\n\t"database/sql"\n\t_ "{0}"\n)\n\nfunc main() {{ sql.Open(driver, dsn) }}\n'


@pytest.mark.parametrize(
    ("driver", "dialect"),
    [
        ("github.com/mattn/go-sqlite3", "sqlite"),
        ("modernc.org/sqlite", "sqlite"),
        ("github.com/lib/pq", "postgresql"),
        ("github.com/jackc/pgx/v5/stdlib", "postgresql"),
        ("gorm.io/driver/postgres", "postgresql"),
        ("github.com/go-sql-driver/mysql", None),
        ("github.com/gocql/gocql", None),
        ("github.com/lib/pqueue", None),
    ],
)
def test_a_program_that_imports_other_drivers_alone_is_another_databases(driver: str, dialect: str | None) -> None:
    found = only(statements({"main.go": MAIN.format(driver), "store/a.go": QUERY}))
    assert found.dialect == dialect
    if dialect:
        assert found.foreign_file and found.dialect_reason and "no MySQL" in found.dialect_reason


@pytest.mark.parametrize(
    "other",
    [
        'package b\n\nimport _ "github.com/go-sql-driver/mysql"\n',
        'package b\n\nconst name = "mysql"\n',
        "package b\n\ntype MariaDB struct{}\n",
    ],
)
def test_a_program_that_names_the_audited_database_may_have_both(other: str) -> None:
    sources = {"main.go": MAIN.format("modernc.org/sqlite"), "store/a.go": QUERY, "b/b.go": other}
    assert only(statements(sources)).dialect is None


def test_the_other_databases_own_files_say_nothing_about_the_rest() -> None:
    sources = {
        "main.go": MAIN.format("modernc.org/sqlite"),
        "store/a.go": QUERY,
        "store/sqlite/b.go": "package sqlite\n\n// As in MySQL.\n",
    }
    assert only(statements(sources)).dialect == "sqlite"


def test_an_audit_for_sqlite_leaves_out_a_program_for_mysql_alone() -> None:
    sources = {"main.go": MAIN.format("github.com/go-sql-driver/mysql"), "store/a.go": QUERY}
    assert only(statements(sources)).dialect is None
    sources["main.go"] = MAIN.format("github.com/lib/pq")
    assert only(statements(sources, Dialect("sqlite", ()))).dialect == "postgresql"


@pytest.mark.parametrize(
    ("opening", "dialect"),
    [
        ('sql.Open("sqlite3", path)', "sqlite"),
        ("tools.GetSQLiteDB(path)", "sqlite"),
        ("connectPostgres(path)", None),
        ("ConnectPostgres(path)", "postgresql"),
        ("tools.GetDB(path)", None),
        ("NewOracleConn(path)", None),
        ("NewPostgresMetrics(path)", None),
        ('sql.Open("mysql", path)', None),
    ],
)
def test_a_package_that_opens_another_database_alone(opening: str, dialect: str | None) -> None:
    sources = {
        "store/open.go": f"package store\n\nfunc open(path string) {{ db, err := {opening}; _, _ = db, err }}\n",
        "store/a.go": QUERY,
        "other/b.go": 'package other\n\nconst uses = "mysql"\n',
    }
    assert only(statements(sources)).dialect == dialect


def test_a_package_that_opens_two_databases_has_statements_of_both() -> None:
    opened = (
        'func open(path string) { a := GetSQLiteDB(path); b, err := sql.Open("mysql", path); _, _, _ = a, b, err }\n'
    )
    sources = {"store/open.go": "package store\n\n" + opened, "store/a.go": QUERY}
    assert only(statements(sources)).dialect is None


@pytest.mark.parametrize(
    ("function", "dialect"),
    [
        ("runPostgresMigration", "postgresql"),
        ("migrateSQLite", "sqlite"),
        ("copyPostgresToMySQL", None),
        ("oraclePrices", None),
        ("pgUp", None),
        ("migrateAll", None),
    ],
)
def test_the_functions_name_tells(function: str, dialect: str | None) -> None:
    source = f'package a\n\nfunc {function}() {{\n\tdb.Query("SELECT a FROM t")\n}}\n'
    assert only(statements(source)).dialect == dialect
    assert only(statements({"store/mysql/a.go": source})).dialect is None


SEVERAL = {"other/b.go": 'package b\n\nconst other = "postgres"\n'}


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("UPDATE t SET a = u.a FROM u WHERE u.id = t.id", "postgresql"),
        ("WITH x AS (SELECT 1 AS id) DELETE FROM t USING x WHERE t.id = x.id", "postgresql"),
        ("DELETE FROM t USING t JOIN u ON u.id = t.id", None),
        ("UPDATE t SET a = (SELECT MAX(b) FROM u) WHERE id = 1", None),
        ("UPDATE t SET a = TRIM(LEADING 'x' FROM b)", None),
        ("INSERT INTO t (a) SELECT b FROM u ON DUPLICATE KEY UPDATE a = 1", None),
    ],
)
def test_joined_writes_of_postgresql_tell_in_a_program_with_several_databases(sql: str, dialect: str | None) -> None:
    source = body(f"r.db.Exec(`{sql}`)")
    assert only(statements({"a.go": source, **SEVERAL})).dialect == dialect
    assert only(statements({"a.go": source})).dialect is None
