"""What carries SQL to a call: texts of a type with methods, maps by numbered keys, maps that are filled by and by,
statements prepared through pointers, functional options. Names, arguments and Scan targets are checked at the calls."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE device (id INT PRIMARY KEY, token VARCHAR(20), state VARCHAR(9), seen DATETIME, tag VARCHAR(9));"
HEAD = """package store

import (
\t"context"
\t"database/sql"
)

type Q interface {
\tExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
\tQueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
\tQueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

type Store struct{ db Q }

"""


def told(tree: Tree, code: str | Mapping[str, str]) -> list[str]:
    """What an audit says of a program: the rules with their messages, and why something was not followed."""
    tree.write("schema.sql", DDL)
    files = {"a.go": code} if isinstance(code, str) else code
    for path, text in files.items():
        tree.write(path, text if text.startswith("package") else HEAD + text)
    report = tree.audit(*files)
    found = [f"{each.rule} {each.message}" for each in report.findings]
    return sorted([*found, *(each.reason for each in report.unresolved)])


TYPED = """type statement string

func (s statement) exec(ctx context.Context, q Q, args ...any) error {
\t_, err := q.ExecContext(ctx, string(s), args...)
\treturn err
}

func (s statement) row(ctx context.Context, q Q, args ...any) *sql.Row {
\treturn q.QueryRowContext(ctx, string(s), args...)
}

const (
\tfind  statement = "SELECT token, state FROM device WHERE id = ?"
\tkill  statement = "UPDATE device SET state = ? WHERE id = ?"
\tcount           = statement("SELECT COUNT(*) FROM device WHERE state = ?")
)

func (s *Store) Rest(ctx context.Context, n int) error {
	statement("SELECT COUNT(*) FROM device").row(ctx, s.db).Scan(&n)
	return statement("DELETE FROM device").exec(ctx, s.db)
}

"""


def typed(code: str) -> str:
    body = "\n".join("\t" + line.strip() for line in code.strip().split("\n"))
    return TYPED + f"func (s *Store) Do(ctx context.Context, id int, token, state string) {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("find.row(ctx, s.db, id).Scan(&token, &state)", []),
        ("find.row(ctx, s.db, id).Scan(&token)", ["NP108 2 columns, 1 target of Scan"]),
        ("find.row(ctx, s.db).Scan(&token, &state)", ["NP107 1 placeholder, 0 arguments"]),
        ("kill.exec(ctx, s.db, state, id)", []),
        ("kill.exec(ctx, s.db, id)", ["NP107 2 placeholders, 1 argument"]),
        ("count.row(ctx, s.db, state).Scan(&id)", []),
        ("count.row(ctx, s.db, state, id).Scan(&id)", ["NP107 1 placeholder, 2 arguments"]),
        ("s.db.ExecContext(ctx, string(kill), state, id)", []),
        ("s.db.ExecContext(ctx, string(kill), id)", ["NP107 2 placeholders, 1 argument"]),
        ('q := kill + " AND seen IS NULL"\nq.exec(ctx, s.db, state, id)', []),
        ('q := kill + " AND seen IS NULL AND tag = ?"\nq.exec(ctx, s.db, state, id)', ["NP107 3 placeholders, 2 arguments"]),
        ('var q statement = "UPDATE device SET sate = ?"\nq.exec(ctx, s.db, state)', ["NP101 unknown column 'sate' in 'field list'"]),
        ('statement("UPDATE device SET sate = 1").exec(ctx, s.db)', ["NP101 unknown column 'sate' in 'field list'"]),
        (
            'for _, q := range []statement{"DELETE FROM device WHERE sate = 1", kill} {\nq.exec(ctx, s.db, state, id)\n}',
            ["NP101 unknown column 'sate' in 'where clause'", "NP107 0 placeholders, 2 arguments"],
        ),
        ('map[string]statement{"a": kill}["a"].exec(ctx, s.db, id)', ["NP107 2 placeholders, 1 argument"]),
        ("t := struct{ q statement }{kill}\nt.q.exec(ctx, s.db, id)", ["NP107 2 placeholders, 1 argument"]),
    ],
)
def test_a_text_with_methods_of_its_own(tree: Tree, code: str, wrong: list[str]) -> None:
    assert told(tree, typed(code)) == wrong


def test_a_method_named_like_one_of_a_database(tree: Tree) -> None:
    code = """type statement string

func (s statement) QueryRow(ctx context.Context, q Q, args ...any) *sql.Row {
\treturn q.QueryRowContext(ctx, string(s), args...)
}

const find statement = "SELECT token FROM device WHERE id = ?"

func (s *Store) Do(ctx context.Context, token string) {
\tfind.QueryRow(ctx, s.db, 1).Scan(&token)
\tfind.QueryRow(ctx, s.db).Scan(&token)
}
"""
    assert told(tree, code) == ["NP107 1 placeholder, 0 arguments"]


def test_texts_of_another_package(tree: Tree) -> None:
    kit = "package kit\n\nimport \"database/sql\"\n\ntype SQL string\n\n" + (
        "func (s SQL) Row(db *sql.DB, args ...any) *sql.Row { return db.QueryRow(string(s), args...) }\n"
    )
    use = (
        'package store\n\nimport (\n\t"database/sql"\n\t"x.my/app/kit"\n)\n\n'
        'const find kit.SQL = "SELECT token FROM device WHERE id = ?"\n'
        'var late = kit.SQL("SELECT tken FROM device WHERE id = ?")\n\n'
        "func Do(db *sql.DB, a, b string) {\n\tfind.Row(db, 1).Scan(&a)\n\tfind.Row(db, 1).Scan(&a, &b)\n"
        "\tlate.Row(db, 1).Scan(&a)\n}\n"
    )
    files = {"go.mod": "package: module x.my/app\n", "kit/kit.go": kit, "store/store.go": use}
    tree.write("go.mod", "module x.my/app\n")
    del files["go.mod"]
    assert told(tree, files) == [
        "NP101 unknown column 'tken' in 'field list'",
        "NP108 1 column, 2 targets of Scan",
    ]


def test_a_parameter_of_any_string_type(tree: Tree) -> None:
    code = """type statement string

const kill statement = "UPDATE device SET state = ? WHERE id = ?"

func run[T ~string](ctx context.Context, q Q, s T, args ...any) error {
\t_, err := q.ExecContext(ctx, string(s), args...)
\treturn err
}

func (s *Store) Do(ctx context.Context, id int) {
\trun(ctx, s.db, kill, "on", id)
\trun(ctx, s.db, kill, id)
\trun[statement](ctx, s.db, "DELETE FROM device WHERE sate = 1")
}
"""
    assert told(tree, code) == [
        "NP101 unknown column 'sate' in 'where clause'",
        "NP107 2 placeholders, 1 argument",
    ]


def test_a_text_with_methods_that_comes_from_outside_is_listed(tree: Tree) -> None:
    code = """type statement string

func (s statement) exec(ctx context.Context, q Q) { q.ExecContext(ctx, string(s)) }
"""
    assert told(tree, code) == ["SQL is a receiver"]
