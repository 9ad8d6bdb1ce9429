"""SQLite's catalogue, read as a schema, read-only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from nodepath_cli.config import Settings
from nodepath_cli.database_url import parse
from nodepath_cli.errors import ConfigError, NoDatabase, NodepathError
from nodepath_cli.schema.live import load, read
from nodepath_cli.schema.model import Column, ForeignKey, Generated, Key, Schema, Table


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE boards (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE);
            CREATE TABLE posts (
                board INT NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
                number INT NOT NULL,
                title VARCHAR(80) DEFAULT 'none',
                length INT GENERATED ALWAYS AS (length(title)) VIRTUAL,
                PRIMARY KEY (board, number)
            );
            CREATE UNIQUE INDEX one_title ON posts (title);
            CREATE UNIQUE INDEX one_open ON posts (number) WHERE title IS NULL;
            CREATE INDEX by_number ON posts (number, title);
            CREATE VIEW titles AS SELECT title AS name FROM posts;
            CREATE TABLE "od""d" ([a b] TEXT);
            CREATE TABLE gone (a INT);
            CREATE VIEW broken AS SELECT a FROM gone;
            DROP TABLE gone;
        """)
    return path


def test_tables_columns_and_keys(file: Path) -> None:
    schema = read(parse(f"sqlite:///{file}"))
    assert [table.name for table in schema.tables] == ["boards", "broken", 'od"d', "posts", "titles"]
    assert schema.table("boards") == Table(
        "boards",
        (Column("id", "integer", False, auto_increment=True), Column("slug", "text", False)),
        primary_key=("id",),
        unique_keys=(Key("sqlite_autoindex_boards_1", ("slug",)),),
    )
    assert schema.table("posts") == Table(
        "posts",
        (
            Column("board", "int", False),
            Column("number", "int", False),
            Column("title", "varchar(80)", True, "'none'"),
            Column("length", "int", True, generated=Generated("virtual", "")),
        ),
        primary_key=("board", "number"),
        unique_keys=(Key("one_title", ("title",)),),
        indexes=(Key("one_open", ("number",)), Key("by_number", ("number", "title"))),
        foreign_keys=(ForeignKey("", ("board",), "boards", ("id",), "cascade", None),),
    )
    titles = schema.table("titles")
    assert titles is not None
    assert (titles.kind, [column.name for column in titles.columns]) == ("view", ["name"])


def test_a_view_over_a_table_that_is_gone_is_open_and_a_problem(file: Path) -> None:
    schema = read(parse(f"sqlite:///{file}"))
    broken = schema.table("broken")
    assert broken is not None and broken.open
    assert [problem.path for problem in schema.problems] == ["shop.db"]


def test_it_is_laid_over_the_earlier_sources(file: Path) -> None:
    base = Schema((Table("boards", (Column("x"),)), Table("users", (Column("id"),))), sources=("head",))
    found = load(f"sqlite:///{file}", base, Settings())
    boards, users = found.table("boards"), found.table("users")
    assert boards is not None and boards.column("slug") and users is not None
    assert found.sources == ("head", f"sqlite:///{file}")
    assert found.dialect == "sqlite"


def test_live_is_the_configured_database(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load("live", Schema(), Settings(database_url=f"sqlite:///{file}")).sources == ("live",)
    monkeypatch.setenv("NODEPATH_DATABASE_URL", f"sqlite:///{file}")
    assert load("live", Schema(), Settings()).table("posts")
    monkeypatch.delenv("NODEPATH_DATABASE_URL")
    with pytest.raises(ConfigError):
        load("live", Schema(), Settings())


def test_reading_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(NoDatabase):
        read(parse(f"sqlite:///{tmp_path / 'none.db'}"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be read as a page" * 40, b"SQLite format 3\0"]
)
def test_another_file_is_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(content)
    try:
        assert read(parse(f"sqlite:///{tmp_path / 'x.db'}")).tables == ()
    except NodepathError as error:
        assert error.exit_code == 4
