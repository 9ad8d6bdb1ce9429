"""Functions of the tree that hand SQL on: listed with their calls, and no gap of the inventory themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nodepath_cli.cli import app
from tests.tree import Tree, brief
from tests.unit.go_host import body, only, statements, texts

EXEC = """package repo

import (
\t"context"
\t"database/sql"
)

type repo struct{ db *sql.DB }

func (r *repo) exec(operation, query string, args ...any) error {
\t_, err := r.db.Exec(query, args...)
\treturn err
}

func (r *repo) Close(id int) error {
\treturn r.exec("close", "UPDATE orders SET closed = 1 WHERE id = ?", id)
}
"""


def test_a_wrapper_and_its_argument_are_known_to_the_statement() -> None:
    call = only(statements(EXEC)).call
    assert call is not None
    assert call.name == "r.exec"
    assert call.wrapper is not None
    assert (call.wrapper.name, call.wrapper.argument) == ("exec", 2)
    assert EXEC[call.wrapper.span.start : call.wrapper.span.end] == "exec"


def test_a_method_of_a_database_package_is_no_wrapper() -> None:
    call = only(statements(body('r.db.Exec("DELETE FROM orders")'))).call
    assert call is not None
    assert call.wrapper is None


def test_queries_lists_the_wrappers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo.go").write_text(EXEC, encoding="utf-8")
    (tmp_path / "schema.sql").write_text("CREATE TABLE orders (id INT, closed INT);", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["queries", "--format", "json", "repo.go"])
    wrapper = {"name": "exec", "path": "repo.go", "line": 10, "argument": 2, "calls": 1}
    assert json.loads(done.stdout)["wrappers"] == [wrapper]
    shown = CliRunner().invoke(app, ["queries", "-v", "repo.go"]).stdout
    assert "exec, argument 2, 1 statement (repo.go:10)" in shown


QUERYABLE = """package db

import (
\t"context"
\t"database/sql"
)

type Queryable interface {
\tExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

type monitored struct{ db *sql.DB }

func (m *monitored) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
\treturn m.db.ExecContext(ctx, query, args...)
}

func Close(ctx context.Context, q Queryable, id int) {
\tq.ExecContext(ctx, "UPDATE orders SET closed = 1 WHERE id = ?", id)
}
"""


def test_a_wrapper_behind_an_interface_is_no_gap() -> None:
    assert texts({"db/db.go": QUERYABLE}) == ["UPDATE orders SET closed = 1 WHERE id = ?"]


def test_an_interface_with_another_order_of_arguments_is_a_database_call() -> None:
    source = (
        'package db\n\nimport "context"\n\n'
        "type driver interface {\n"
        "\tGetContext(ctx context.Context, shard int, dest any, query string, args ...any) error\n}\n\n"
        "type store struct{ driver driver }\n\n"
        "func (s *store) Name(ctx context.Context, id int) error {\n\tvar name string\n"
        '\treturn s.driver.GetContext(ctx, 1, &name, "SELECT name FROM users WHERE id = ?", id)\n}\n'
    )
    assert texts({"db/db.go": source}) == ["SELECT name FROM users WHERE id = ?"]


@pytest.mark.parametrize(
    "source",
    [
        # A store of keys, whatever its field is called.
        'package s\n\nimport clientv3 "go.etcd.io/etcd/client/v3"\n\ntype s struct{ db *clientv3.Client }\n\n'
        'func (s *s) f(ctx context.Context) { s.db.Get(ctx, "prefix/", clientv3.WithPrefix()) }\n',
        'package s\n\nfunc (s *s) f(ctx context.Context) { s.db.Get(ctx, "prefix/", withPrefix()) }\n',
        # Primary keys.
        'package s\n\nimport "gopkg.in/gorp.v2"\n\nfunc f(db *gorp.DbMap, id int) { db.Get(&row, id) }\n',
        "package s\n\ntype executor interface {\n\tGet(dest any, keys ...any) (any, error)\n}\n\n"
        "func f(tx executor, id int) { tx.Get(&row, id) }\n",
        # What is called on a prepared statement takes values.
        'package s\n\nimport "database/sql"\n\nfunc f(tx *sql.Tx, st *sql.Stmt, args []any) {\n'
        "\tstx := tx.Stmt(st)\n\tstx.Exec(args...)\n}\n",
    ],
    ids=["etcd", "key", "gorp", "interface", "stmt"],
)
def test_no_sql_is_asked_of_what_takes_none(source: str) -> None:
    assert [each.opaque for each in statements({"s/s.go": source})] == []


@pytest.mark.parametrize(
    "code",
    [
        'sqlparser.Parse("select * from dummy where " + id)',
        'r.logSQL("SELECT a FROM t", id)',
        'r.LogModulePrintf("Change master to %s", id)',
        'span.SetAttributes(attribute.String("db.statement", "SELECT a FROM t WHERE b = 1"))',
    ],
)
def test_parsers_logs_and_spans_are_no_database(code: str) -> None:
    source = body(code).replace(
        '"fmt"', '"fmt"\n\t"github.com/xwb1989/sqlparser"\n\t"go.opentelemetry.io/otel/attribute"'
    )
    assert texts(source) == []


@pytest.mark.parametrize(
    "text",
    [
        "STOP SLAVE",
        "stop slave sql_thread",
        "start replica",
        "change master to master_host=?, master_port=?",
        "purge binary logs to ?",
        "flush binary logs",
        "reset slave all",
        "SET @@global.read_only = 1",
    ],
)
def test_statements_for_administrators_reach_the_inventory_through_wrappers(text: str) -> None:
    assert texts(body(f'cluster.Run(key, "{text}")')) == [text]


def test_a_part_that_a_function_of_another_package_is_seen_to_send_has_no_other_tables(tree: Tree) -> None:
    tree.write("go.mod", "module x\n")
    tree.write("schema.sql", "CREATE TABLE rooms (id INT);")
    tree.write(
        "db/db.go",
        'package db\n\nimport "database/sql"\n\n'
        "func Exists(q *sql.DB, sub string, args ...any) (ok bool, err error) {\n"
        '\terr = q.QueryRow("SELECT EXISTS("+sub+")", args...).Scan(&ok)\n\treturn ok, err\n}\n',
    )
    tree.write(
        "k/k.go",
        'package k\n\nimport (\n\t"database/sql"\n\t"x/db"\n\t"y/other"\n)\n\n'
        "func free(conn *sql.DB, id int) (bool, error) {\n"
        '\tother.Exists("SELECT 1 FROM rooms WHERE outside = 1")\n'
        '\treturn db.Exists(conn, "SELECT 1 FROM rooms WHERE id = ? AND nosuch = 1", id)\n}\n',
    )
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch")]
