"""Names that an inferred schema need not have."""

from __future__ import annotations

import pytest

from nodepath_cli.config import Settings
from tests.tree import Tree, brief, go

DDL = "CREATE TABLE posts (id INT PRIMARY KEY, thread INT NOT NULL, body TEXT);"
OLD = ('"SELECT parent FROM posts"', '"INSERT INTO posts (id) VALUES (1)"', '"INSERT INTO posts VALUES (1, 2)"')


@pytest.mark.parametrize("path", ["cmd/shop-migration/posts.go", "internal/migrations/old/move.go", "db/migrator.go"])
def test_a_migration_without_a_number_may_meet_an_older_schema(tree: Tree, path: str) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write(path, go(*OLD))
    report = tree.audit(".")
    assert report.findings == ()
    assert report.counts.partial >= 1
    assert any("older schema" in (each.reason or "") for each in report.partial)


def test_all_other_code_meets_todays(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("store/posts.go", go(*OLD))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "parent"), ("NP105", "thread"), ("NP104", None)]


def test_where_the_schema_is_given_a_migration_is_held_against_it(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("cmd/shop-migration/posts.go", go(OLD[0]))
    settings = Settings(schema=("db/schema.sql",))
    assert brief(list(tree.audit("cmd", settings=settings).findings)) == [("NP101", "parent")]


def test_a_table_that_the_file_makes_itself_is_known(tree: Tree) -> None:
    tree.write("db/migrate.go", go(f"`{DDL}`", *OLD))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "parent"), ("NP105", "thread"), ("NP104", None)]


def test_a_count_that_is_wrong_by_the_text_alone_is_wrong_in_a_migration_too(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("cmd/shop-migration/posts.go", go('"INSERT INTO posts (id, thread) VALUES (1, 2, 3)"'))
    assert brief(list(tree.audit(".").findings)) == [("NP104", None)]


def test_a_word_that_the_program_replaces_is_no_column(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL + "\nINSERT INTO posts (id, thread) VALUES (1, START_THREAD);")
    tree.write(
        "store/words.go",
        'package store\n\nimport "strings"\n\n'
        'var words = []string{"START_THREAD", "1", "BODY_TEXT", "CAST(body AS CHAR)"}\n\n'
        "var replacer = strings.NewReplacer(words...)\n",
    )
    tree.write("store/posts.go", go('"SELECT BODY_TEXT, nosuch FROM posts"', '"SELECT BODY_SIZE FROM posts"'))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "nosuch"), ("NP101", "BODY_SIZE")]


def test_a_folder_whose_name_only_ends_so_is_no_migration(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("immigration/posts.go", go(*OLD))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "parent"), ("NP105", "thread"), ("NP104", None)]


def test_what_is_given_up_of_an_insert_is_said(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write("cmd/shop-migration/posts.go", go(*OLD[1:]))
    report = tree.audit(".")
    assert report.findings == ()
    assert report.counts.resolved == 0
    assert all("older schema" in (each.reason or "") for each in report.partial)


def test_a_word_that_no_replacer_is_given_is_a_column(tree: Tree) -> None:
    tree.write("db/schema.sql", DDL)
    tree.write(
        "store/words.go",
        'package store\n\nimport "strings"\n\nconst named = "NAMED"\n\n'
        'var replacer = strings.NewReplacer("BODY_TEXT", "CAST(body AS CHAR)")\n',
    )
    tree.write("store/posts.go", go('"SELECT BODY_TEXT, NAMED FROM posts"'))
    assert brief(list(tree.audit(".").findings)) == [("NP101", "NAMED")]
