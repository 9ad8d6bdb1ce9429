"""Functions of packages that are not among the files, and get a database and a text: database calls by their names."""

from __future__ import annotations

import pytest

from tests.unit.go_host import flat, statements, variants

HEAD = """package repo

import (
	"context"
	"database/sql"
	"fmt"

	"example.com/tools/sqlutils"
)

type repo struct {
	db *sql.DB
}

func ping(db *sql.DB) { db.Exec("SELECT 1 FROM pings") }

"""


def _found(code: str) -> list[str]:
    body = HEAD + f"func (r *repo) run(ctx context.Context, db *sql.DB, term, query string) {{\n{code}\n}}\n"
    return [flat(each.sql) or each.opaque or "" for each in statements(body) if each.function == "run"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('sqlutils.ExecNoPrepare(r.db, fmt.Sprintf("stop %s", term))', "stop <>"),
        ('sqlutils.ExecNoPrepare(ctx, db, "flush tables")', "flush tables"),
        ('q := fmt.Sprintf("start %s io_thread", term)\nsqlutils.Exec(db, q)', "start <> io_thread"),
        ("sqlutils.QueryRowsMap(db, load(term), func(m sqlutils.RowMap) error { return nil })", "SQL is the result of"),
    ],
)
def test_what_runs_sql_by_its_name_is_listed(code: str, text: str) -> None:
    [found] = _found(code)
    assert found.startswith(text)


@pytest.mark.parametrize(
    "code",
    [
        'sqlutils.Log(db, fmt.Sprintf("stop %s", term))',
        'sqlutils.Printf(db, "start %s", term)',
        "sqlutils.TableExists(db, term)",
        'sqlutils.Render(term, fmt.Sprintf("stop %s", term))',
        'sqlutils.ExecTemplate("page", fmt.Sprintf("stop %s", term))',
        'sqlutils.ExecNoPrepare(db, "stop")',
        "sqlutils.QueryCount(db, 5)",
        "sqlutils.QueryWorkflow(ctx, term)",
        'sqlutils.ExecuteTx(ctx, db, fmt.Sprintf("stop %s", term))',
        "sqlutils.Register(db)",
    ],
)
def test_anything_else_that_gets_a_database_is_no_database_call(code: str) -> None:
    assert _found(code) == []


def test_a_function_of_the_tree_is_followed_as_before() -> None:
    files = {
        "repo/a.go": HEAD.replace("example.com/tools/sqlutils", "example.com/app/sqlutils")
        + 'func run(db *sql.DB, term string) { sqlutils.Exec(db, fmt.Sprintf("stop %s", term)) }\n',
        "sqlutils/exec.go": 'package sqlutils\n\nimport "database/sql"\n\n'
        "func Exec(db *sql.DB, query string) { db.Exec(query) }\n",
    }
    [found] = [each for each in statements(files) if each.function in ("run", "Exec") and "stop" in each.sql]
    assert variants(found) == ["stop <>"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('sqlutils.ExecAll(db, "users", "DELETE FROM users")', ["DELETE FROM users"]),
        ('sqlutils.ExecEach(db, "DELETE FROM one", "DELETE FROM two")', ["DELETE FROM one", "DELETE FROM two"]),
    ],
)
def test_of_several_texts_every_one_that_is_sql_counts(code: str, found: list[str]) -> None:
    assert _found(code) == found


@pytest.mark.parametrize(
    ("package", "call"),
    [
        ("github.com/rubenv/sql-migrate", "sqlmigrate.Exec(db, driver, source, sqlmigrate.Up)"),
        ("github.com/rubenv/sql-migrate", "sqlmigrate.ExecContext(ctx, db, driver, source, sqlmigrate.Up)"),
        ("github.com/cf/sql-migrate/v2", "sqlmigrate.ExecMax(db, driver, source, sqlmigrate.Up, most)"),
    ],
)
def test_a_migration_tool_is_given_no_sql(package: str, call: str) -> None:
    code = f"""
        package a

        import sqlmigrate "{package}"

        func run(ctx context.Context, db *sql.DB, driver string, source sqlmigrate.MigrationSource, most int) {{
            {call}
            db.Exec("SELECT id FROM t")
        }}
    """
    assert [each.sql for each in statements(code)] == ["SELECT id FROM t"]
