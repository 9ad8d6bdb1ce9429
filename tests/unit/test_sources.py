"""Schema sources: each form is read for what it is, laid over those before it, and refused in one line otherwise."""

from __future__ import annotations

import json

import pytest

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.errors import NodepathError, SchemaError, UsageError
from nodepath_cli.schema.ddl_files import from_statements, load_folder
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.snapshot import dump
from nodepath_cli.schema.sources import load, shown
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts.sql_file import HOST
from tests.tree import Tree


def names(schema: Schema, table: str) -> list[str]:
    found = schema.table(table)
    assert found is not None
    return [column.name for column in found.columns]


def test_later_sources_add_to_and_override_earlier_ones(tree: Tree) -> None:
    tree.write("a.sql", "CREATE TABLE t (a INT); CREATE TABLE u (a INT); CREATE TABLE kept (a INT);")
    tree.write("b.sql", "CREATE TABLE t (b INT); CREATE TABLE IF NOT EXISTS u (b INT); ALTER TABLE kept ADD c INT;")
    schema = load(["a.sql", "b.sql"], Settings())
    assert (names(schema, "t"), names(schema, "u"), names(schema, "kept")) == (["b"], ["a"], ["a", "c"])
    assert schema.sources == ("a.sql", "b.sql")


def test_head_is_the_owned_tables_and_comes_first_where_it_is_named_first(tree: Tree) -> None:
    tree.write("a.sql", "CREATE TABLE t (a INT);")
    schema = load(["head", "a.sql"], Settings())
    assert "id_prospect" in names(schema, "ai_whatsapp_session_nodepath")
    assert names(schema, "t") == ["a"]
    assert any(each.old == "phone_number" and each.new == "id_prospect" for each in schema.renames)


def test_a_folder_of_migrations_is_replayed_in_order_with_the_files_of_problems(tree: Tree) -> None:
    tree.write("m/000002_b.up.sql", "ALTER TABLE t ADD b INT;\nALTER TABLE t DROP nothing;")
    tree.write("m/000001_a.up.sql", "CREATE TABLE t (a INT);")
    tree.write("m/000002_b.down.sql", "ALTER TABLE t DROP b;")
    schema = load(["m"], Settings())
    assert names(schema, "t") == ["a", "b"]
    assert [(each.path, each.line) for each in schema.problems] == [("m/000002_b.up.sql", 2)]


@pytest.mark.parametrize(("dialect", "column"), [("mysql", "m"), ("mariadb", "m"), ("sqlite", "s")])
def test_of_folders_for_each_dialect_the_audited_one_is_taken(tree: Tree, dialect: str, column: str) -> None:
    tree.write("db/mysql/1.sql", "CREATE TABLE t (m INT);")
    tree.write("db/postgres/1.sql", "CREATE TABLE t (p INT);")
    tree.write("db/sqlite/1.sql", "CREATE TABLE t (s INTEGER);")
    schema = load(["db"], Settings(dialect=Dialect(dialect, ()), dialect_given=True))
    assert names(schema, "t") == [column]


def test_a_folder_that_the_user_names_is_read_whatever_its_own_name_is(tree: Tree) -> None:
    tree.write("postgres/1.sql", "CREATE TABLE t (a INT);")
    assert names(load(["postgres"], Settings()), "t") == ["a"]


def test_go_files_in_a_folder_give_their_ddl(tree: Tree) -> None:
    tree.write(
        "app/db/db.go",
        "package db\n\nconst ddl = `CREATE TABLE t (a INT)`\n\nfunc Boot(db *sql.DB) {\n\tdb.Exec(ddl)\n"
        '\tdb.Exec("ALTER TABLE t ADD b INT")\n}\n',
    )
    assert names(load(["app"], Settings()), "t") == ["a", "b"]


def test_a_snapshot_is_a_source_and_names_the_dialect(tree: Tree) -> None:
    tree.write("a.sql", "CREATE TABLE t (a INT);")
    before = load(["a.sql"], Settings(dialect=Dialect("mariadb", (10, 11)), dialect_given=True))
    tree.write("s.json", json.dumps(dump(before)))
    after = load(["s.json"], Settings())
    assert (after.tables, after.dialect, after.sources) == (before.tables, "mariadb", ("s.json",))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("missing.sql", SchemaError),
        ("missing.json", SchemaError),
        ("nothing", SchemaError),
        ("no/such/folder", SchemaError),
        ("notes.txt", UsageError),
        ("", UsageError),
        ("rev:", UsageError),
        ("empty.sql", SchemaError),
        ("broken.sql", SchemaError),
        ("only_dml.sql", SchemaError),
        ("binary.sql", SchemaError),
        ("empty", SchemaError),
        ("a\0b.sql", SchemaError),
    ],
)
def test_what_is_no_source_is_one_clear_line(tree: Tree, source: str, kind: type[NodepathError]) -> None:
    tree.write("notes.txt", "x")
    tree.write("empty.sql", "")
    tree.write("broken.sql", "CREATE TABLE ((((;\nCREATE TABEL t (a INT);")
    tree.write("only_dml.sql", "SELECT 1;")
    tree.write("binary.sql", b"\0\1\2")
    (tree.folder / "empty").mkdir()
    with pytest.raises(kind) as caught:
        load([source], Settings())
    assert "\n" not in caught.value.line()
    assert len(caught.value.line()) < 400


def test_a_source_is_shown_without_its_password() -> None:
    assert "hunter2" not in shown("mysql://root:hunter2@db/shop")
    assert shown("db/schema.sql") == "db/schema.sql"


def test_problems_in_the_ddl_of_a_tree_have_the_line_of_their_statement() -> None:
    file = SourceFile("m/1.sql", "CREATE TABLE t (a INT);\n\n\nALTER TABLE t DROP b;")
    program = HOST.open([file], HostOptions(Dialect()))
    schema = from_statements(program.ddl(), Schema(), Dialect(), [file])
    assert [(each.path, each.line, each.errno) for each in schema.problems] == [("m/1.sql", 4, 1091)]


def test_a_file_with_a_byte_order_mark_or_an_invalid_byte_is_read(tree: Tree) -> None:
    tree.write("bom.sql", b"\xef\xbb\xbfCREATE TABLE t (a INT COMMENT '\xff');")
    assert names(load(["bom.sql"], Settings()), "t") == ["a"]


def test_a_folder_needs_ddl_that_is_understood(tree: Tree) -> None:
    tree.write("m/1.sql", "SELECT 1;")
    with pytest.raises(SchemaError) as caught:
        load_folder("m", Schema(), Dialect())
    assert caught.value.exit_code == 4
