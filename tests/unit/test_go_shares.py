"""A large program is evaluated in two parts: what is found is the same for every number of processes, and for none."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts._go import shares
from nodepath_cli.source.hosts._go.outline import (
    may_declare_method,
    may_declare_routine,
    may_declare_type,
    may_declare_value,
    may_write,
)
from nodepath_cli.source.hosts._go.relevant import concerns_sql, has_sql_words
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts.go import HOST
from nodepath_cli.source.statement import Statement
from tests.unit.go_host import files_of

PROGRAM = {
    "a/store.go": """
        package a

        import (
            "database/sql"
            "fmt"
        )

        type Store struct {
            db    *sql.DB
            table string
        }

        func New(db *sql.DB) *Store { return &Store{db: db, table: "users"} }

        func (s *Store) All(active bool) {
            query := fmt.Sprintf("SELECT id FROM %s", s.table)
            if active {
                query += " WHERE active = 1"
            }
            s.db.Query(query)
        }

        func (s *Store) Run(query string) { s.db.Exec(query) }

        func (s *Store) Schema() { s.db.Exec("CREATE TABLE users (id INT)") }
    """,
    "b/größe.go": """
        package b

        import "example.com/a"

        const drop = "DELETE FROM größe WHERE id = ?"

        func Use(s *a.Store, name string) {
            s.Run("UPDATE users SET name = 'é' WHERE id = 1")
            s.Run(drop)
            s.Run("SELECT " + name + " FROM users")
        }

        func Broken(s *a.Store) { s.Run("INSERT INTO users (id) VALUES (1)"
    """,
    "c/other.go": """
        package c

        import "example.com/b"

        func Main(db DB) {
            for _, table := range []string{"x", "y"} {
                db.Exec("DELETE FROM " + table)
            }
        }
    """,
}


def found(jobs: int) -> tuple[list[Statement], list[Statement]]:
    files = files_of(PROGRAM)
    program = HOST.open(files, HostOptions(Dialect(), jobs))
    return [each for file in files for each in program.statements(file)], list(program.ddl())


def _unnumbered(found: tuple[list[Statement], list[Statement]]) -> list[Statement]:
    """Every statement without the numbers that only tell evaluations apart."""
    return [
        replace(each, uses=tuple(replace(use, evaluation=0) for use in each.uses)) for part in found for each in part
    ]


def test_two_parts_find_what_one_finds_in_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = found(1)
    assert len(whole[0]) > 5
    assert len(whole[1]) == 1
    monkeypatch.setattr(shares, "MIN_PLACES", 1)
    assert [len(part) for part in shares.parted([GoFile(file) for file in files_of(PROGRAM)])] == [1, 2]
    assert found(1) == found(2) == found(0)
    assert _unnumbered(found(1)) == _unnumbered(whole)


def test_what_a_process_cannot_do_is_done_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "MIN_PLACES", 1)
    whole = found(1)
    monkeypatch.setattr(shares, "_answer", lambda _work, _writing: os._exit(1))
    assert found(2) == whole
    monkeypatch.delattr(os, "fork")
    assert found(2) == whole


def test_an_error_in_this_process_leaves_no_other_behind() -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shares.side_by_side(lambda: 1, fail, 2)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def outline(text: str) -> GoFile:
    (file,) = files_of(text)
    return GoFile(file)


@pytest.mark.parametrize(
    "text",
    ["func Name() {}", "func Name[T any]() {}", "func\tName () {}", "func (t T) x() {}\nfunc/* c */Name() {}"],
)
def test_a_function_is_not_overlooked(text: str) -> None:
    assert may_declare_routine(outline(text), "Name")


@pytest.mark.parametrize("text", ["func (t *T) Name() {}", "func (T)Name() {}", "func (t T[K]) Name() {}"])
def test_a_method_is_not_overlooked(text: str) -> None:
    assert may_declare_routine(outline(text), "Name")
    assert may_declare_method(outline(text), "T", "Name")


@pytest.mark.parametrize(
    "text", ["type Name struct{}", "type Name = string", "type (\n\tName struct{}\n)", "type (A int; Name int)"]
)
def test_a_type_is_not_overlooked(text: str) -> None:
    assert may_declare_type(outline(text), "Name")


@pytest.mark.parametrize(
    "text",
    [
        *('var Name = "x"', "const Name = 1", "var a, Name string", "const (\n\tA = iota\n\tName\n)", "var (Name = 1)"),
        *("var (\n\t// c\n\ta, Name = f()\n)", "const A = 1; const Name = 2", "var (\n\tName []string\n)"),
    ],
)
def test_a_constant_or_variable_is_not_overlooked(text: str) -> None:
    assert may_declare_value(outline(text), "Name")


@pytest.mark.parametrize(
    "text",
    [
        *("x.Name = 1", "x.Name += y", "T{Name: 1}", "T{\n\tName: 1,\n}", "a.Name, err = f()", "err, a.Name = f()"),
        *("Name = 1", "x.Name /* c */ = 1", "x.Name <<= 2", "a.Name,\n\tb = f()"),
    ],
)
def test_a_write_is_not_overlooked(text: str) -> None:
    assert may_write(outline(text), "Name")


def test_a_use_declares_and_writes_nothing() -> None:
    file = outline("func f() {\n\tif x.Name == 1 {\n\t\tName()\n\t\tNames = 2\n\t}\n\treturn Name\n}")
    assert not may_declare_routine(file, "Name")
    assert not may_declare_type(file, "Name")
    assert not may_declare_value(file, "Name")
    assert not may_write(file, "Name")


@pytest.mark.parametrize(
    "text",
    [
        *(
            'q("SELECT a FROM t")',
            'q("update " + t)',
            'b.WriteString("update t")',
            'q := "Update t"',
            "q(`\n\tselect 1`)",
        ),
        *('q("with a as (select 1) select * from a")', 'q("call p(1)")', 'q("set names utf8")', 'q("show tables")'),
        *('append(x, "delete from t")', 'f("/* hint */ select a")', 'q("(SELECT a FROM t)")', 'x.Get(y, "select one")'),
    ],
)
def test_sql_is_worth_a_look(text: str) -> None:
    assert has_sql_words(text.encode())
    assert concerns_sql(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        *('Error{Message: "update rejected"}', 'errors.New("delete not possible: gone")', 'log.Errorf("update %s", x)'),
        *("// (set to 3 below)\nx()", "// `select x` and more\nx()", 'f("call not found")', "y(selected)"),
    ],
)
def test_english_is_not(text: str) -> None:
    assert not has_sql_words(text.encode())
    assert not concerns_sql(text.encode())
