"""`.sql` files: which statements are audited, where they stand, and which DDL builds the schema."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Dialect
from nodepath_cli.source.files import SourceFile
from nodepath_cli.source.hosts import HostOptions, Program, host_for
from nodepath_cli.source.hosts.sql_file import HOST
from nodepath_cli.source.statement import Statement
from tests.tree import Tree


def program(files: dict[str, str], dialect: Dialect | None = None) -> tuple[Program, dict[str, SourceFile]]:
    sources = {path: SourceFile(path, text) for path, text in files.items()}
    return HOST.open(list(sources.values()), HostOptions(dialect or Dialect())), sources


def statements(text: str, path: str = "q.sql", dialect: Dialect | None = None) -> list[Statement]:
    opened, sources = program({path: text}, dialect)
    return list(opened.statements(sources[path]))


def test_the_host_is_found_by_the_ending() -> None:
    found = host_for("db/schema.sql")
    assert found is not None
    assert (found.name, found.suffixes) == (HOST.name, HOST.suffixes)


def test_every_offset_leads_back_to_the_file() -> None:
    text = "-- é\nSELECT a\n FROM t;\nINSERT INTO t (b) VALUES ('ü');\n"
    for statement in statements(text):
        (variant,) = statement.variants
        for start in range(len(variant.sql)):
            span = variant.offsets.locate(start, start + 1)
            assert text[span.start : span.end] == variant.sql[start]
        assert text[statement.span.start : statement.span.end] == variant.sql


def test_what_is_for_the_client_or_the_session_is_no_statement() -> None:
    text = "SET NAMES utf8;\nLOCK TABLES t WRITE;\nINSERT INTO t VALUES (1);\nUNLOCK TABLES;\nCOMMIT;\n\\.\n"
    assert [statement.sql for statement in statements(text)] == ["INSERT INTO t VALUES (1)"]


def test_down_sections_and_down_files_are_not_audited() -> None:
    assert [each.sql for each in statements("-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;")] == ["SELECT 1"]
    assert statements("DROP TABLE t;", "m/1_a.down.sql") == []


@pytest.mark.parametrize(
    ("path", "text", "dialect"),
    [
        ("migrations/postgres/1.sql", "CREATE TABLE t (a INT);", "postgresql"),
        ("schema.sqlite.sql", "CREATE TABLE t (a INT);", "sqlite"),
        ("a.sql", "CREATE TABLE t (a BIGSERIAL PRIMARY KEY); SELECT 1;", "postgresql"),
        ("a.sql", "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT); SELECT a FROM t;", "sqlite"),
    ],
)
def test_a_file_of_another_database_is_told_as_a_whole(path: str, text: str, dialect: str) -> None:
    opened, sources = program({path: text})
    found = list(opened.statements(sources[path]))
    assert {statement.dialect for statement in found} == {dialect}
    assert all(statement.foreign_file and statement.dialect_reason for statement in found)
    assert list(opened.ddl()) == []


def test_one_foreign_statement_does_not_make_a_file_foreign() -> None:
    found = statements("SELECT a FROM t WHERE b = $1;\nSELECT `a` FROM t;")
    assert [(each.dialect, each.foreign_file) for each in found] == [("postgresql", False), (None, False)]


def test_mysql_is_foreign_to_an_audit_for_sqlite() -> None:
    (statement,) = statements("CREATE TABLE t (a INT AUTO_INCREMENT) ENGINE=InnoDB;", dialect=Dialect("sqlite", ()))
    assert statement.dialect == "mysql"


def test_ddl_comes_in_the_order_of_the_migrations_without_their_undoing() -> None:
    opened, _ = program(
        {
            "m/10_b.up.sql": "ALTER TABLE t ADD b INT; INSERT INTO t VALUES (1, 2);",
            "m/10_b.down.sql": "ALTER TABLE t DROP b;",
            "m/2_a.sql": "USE shop; SET foreign_key_checks = 0;\nCREATE TABLE t (a INT);\n"
            "-- migrate:down\nDROP TABLE t;",
        }
    )
    assert [statement.sql for statement in opened.ddl()] == [
        "USE shop",
        "SET foreign_key_checks = 0",
        "CREATE TABLE t (a INT)",
        "ALTER TABLE t ADD b INT",
    ]


def test_an_update_from_is_postgresqls_where_scripts_of_several_databases_lie_side_by_side() -> None:
    update = "UPDATE files AS f SET post = p.id FROM posts AS p WHERE f.old = p.old;"
    own = {"db/move.sql": update}
    for files, dialect in ((own, None), ({**own, "db/start_postgres.sql": "SELECT 1;"}, "postgresql")):
        found, sources = program(files)
        [statement] = found.statements(sources["db/move.sql"])
        assert statement.dialect == dialect


def test_a_file_for_the_other_dialects_is_neither_replayed_nor_audited() -> None:
    opened, sources = program(
        {
            "m/1_t.up.sql": "CREATE TABLE t (a INT, b INT);",
            "m/2_t.up.sql": "ALTER TABLE t RENAME COLUMN a TO general;",
            "m/2_t.mysql.up.sql": "ALTER TABLE t RENAME COLUMN a TO own;",
        }
    )
    assert [each.span.path for each in opened.ddl()] == ["m/1_t.up.sql", "m/2_t.mysql.up.sql"]
    assert [each.span.path for each in opened.migrations()] == ["m/1_t.up.sql", "m/2_t.mysql.up.sql"]
    (general,) = opened.statements(sources["m/2_t.up.sql"])
    assert general.foreign_file
    assert general.dialect_reason == "2_t.mysql.up.sql is run instead"


def test_a_comment_without_a_space_is_told_as_that(tree: Tree) -> None:
    tree.write("a.sql", "CREATE TABLE t (a INT);\n--what it has\nSELECT a FROM t;")
    (unresolved,) = tree.audit(".").unresolved
    assert unresolved.reason == "not understood at '--', which begins a comment only where a space follows it"
