"""information_schema, read as a schema, with no more than SELECT."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from nodepath_cli.database_url import parse
from nodepath_cli.schema.connection import open_mysql
from nodepath_cli.schema.live import load, read
from nodepath_cli.schema.model import Column, ForeignKey, Generated, Key, Schema
from tests.mariadb import PrivateMariaDB

pytestmark = pytest.mark.server

DDL = """
CREATE TABLE boards (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, slug VARCHAR(40) NOT NULL UNIQUE) ENGINE=InnoDB;
CREATE TABLE Posts (
    board BIGINT UNSIGNED NOT NULL,
    n INT NOT NULL DEFAULT 0,
    title VARCHAR(80) CHARACTER SET latin1 DEFAULT 'it''s',
    state ENUM('Open','Closed') NOT NULL DEFAULT 'Open',
    at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
    twice INT AS (n * 2) VIRTUAL,
    half INT AS (n / 2) STORED,
    hidden INT INVISIBLE DEFAULT NULL,
    flag BIT(1) DEFAULT b'0',
    extra JSON,
    PRIMARY KEY (board, n),
    KEY by_title (title(10), n),
    CONSTRAINT of_board FOREIGN KEY (board) REFERENCES boards (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE VIEW titles AS SELECT title AS name, n FROM Posts;
CREATE SEQUENCE numbers;
CREATE TABLE history (id INT PRIMARY KEY, price INT) WITH SYSTEM VERSIONING;
CREATE TABLE gone (a INT);
CREATE VIEW broken AS SELECT a FROM gone;
DROP TABLE gone
"""


@pytest.fixture
def url(mariadb: PrivateMariaDB, database: str) -> str:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for statement in DDL.split(";"):
            cursor.execute(statement)
    return mariadb.url(database)


def test_columns_as_the_server_has_them(url: str) -> None:
    posts = read(parse(url)).table("Posts")
    assert posts is not None
    collation = "utf8mb4_general_ci"
    assert posts.columns == (
        Column("board", "bigint(20) unsigned", False),
        Column("n", "int(11)", False, "0"),
        Column("title", "varchar(80)", True, "'it''s'", charset="latin1", collation="latin1_swedish_ci"),
        Column("state", "enum('Open','Closed')", False, "'Open'", charset="utf8mb4", collation=collation),
        Column("at", "datetime(3)", False, "current_timestamp(3)", "current_timestamp(3)"),
        Column("twice", "int(11)", True, generated=Generated("virtual", "`n` * 2")),
        Column("half", "int(11)", True, generated=Generated("stored", "`n` / 2")),
        Column("hidden", "int(11)", True, invisible=True),
        Column("flag", "bit(1)", True, "b'0'"),
        Column("extra", "json", True, charset="utf8mb4", collation="utf8mb4_bin"),
    )


def test_keys_and_options(url: str) -> None:
    schema = read(parse(url))
    posts, boards = schema.table("Posts"), schema.table("boards")
    assert posts is not None and boards is not None
    assert posts.primary_key == ("board", "n")
    assert posts.indexes == (Key("by_title", ("title", "n")),)
    assert posts.foreign_keys == (ForeignKey("of_board", ("board",), "boards", ("id",), "cascade", None),)
    assert (posts.engine, posts.charset, posts.collation) == ("InnoDB", "utf8mb4", "utf8mb4_general_ci")
    assert boards.unique_keys == (Key("slug", ("slug",)),)
    assert boards.columns[0].auto_increment


def test_views_sequences_and_versioned_tables(url: str) -> None:
    schema = read(parse(url))
    found = {table.name: (table.kind, table.versioned, table.open) for table in schema.tables}
    assert found == {
        "Posts": ("table", False, False),
        "boards": ("table", False, False),
        "broken": ("view", False, True),
        "history": ("table", True, False),
        "numbers": ("sequence", False, False),
        "titles": ("view", False, False),
    }
    titles = schema.table("titles")
    assert titles is not None and [column.name for column in titles.columns] == ["name", "n"]
    assert any("broken" in problem.message for problem in schema.problems)
    assert schema.table("posts") is None, "table names are case-sensitive on Linux"


def test_the_server_says_what_it_is(url: str, database: str) -> None:
    schema = read(parse(url))
    assert (schema.dialect, schema.version[:1], schema.database) == ("mariadb", (10,), database)
    assert schema.case_sensitive_tables


def test_only_some_tables(url: str) -> None:
    assert [table.name for table in read(parse(url), only=("boards", "nowhere")).tables] == ["boards"]
    assert read(parse(url), only=()).tables == ()


def test_select_is_enough(mariadb: PrivateMariaDB, url: str, database: str) -> None:
    user = f"r_{database}"
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE USER {user}@localhost IDENTIFIED BY 'r'")
        cursor.execute(f"GRANT SELECT ON {database}.* TO {user}@localhost")
        try:
            seen = read(parse(f"{user}:r@unix({mariadb.socket})/{database}"))
        finally:
            cursor.execute(f"DROP USER {user}@localhost")
    full = read(parse(url))
    for table in full.tables:
        same = seen.table(table.name)
        assert same is not None
        assert (same.columns, same.primary_key, same.unique_keys) == (
            table.columns,
            table.primary_key,
            table.unique_keys,
        )


def test_a_long_statement_is_not_cut_off_by_the_connect_timeout(url: str) -> None:
    connection = open_mysql(parse(url + "&connect_timeout=1"))
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT SLEEP(1.6)")
        assert cursor.fetchall() == ((0,),)


def test_a_live_source_says_what_the_dialect_is_unless_one_was_given(url: str) -> None:
    assert load(url, Schema(), Settings()).dialect == "mariadb"
    assert load(url, Schema(dialect="mysql"), Settings(dialect_given=True)).dialect == "mysql"
