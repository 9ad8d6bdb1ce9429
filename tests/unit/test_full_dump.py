"""A full dump beside the migrations that led to it is told in one sentence, with the next step."""

from __future__ import annotations

from tests.tree import Tree

TABLES = "CREATE TABLE {0} (id INT PRIMARY KEY, a INT, b INT, KEY k (a));\n"
STEPS = "ALTER TABLE {0} ADD COLUMN a INT;\nALTER TABLE {0} ADD COLUMN b INT;\nALTER TABLE {0} ADD KEY k (a);\n"
NAMES = ("users", "orders", "items")


def test_a_dump_and_migrations_are_told_to_be_both_here(tree: Tree) -> None:
    tree.write("db/schema.sql", "".join(TABLES.format(name) for name in NAMES))
    tree.write("migrations/001_more.sql", "".join(STEPS.format(name) for name in NAMES))
    (note,) = tree.audit(".").notes
    assert note == (
        "9 DDL statements could not be replayed into the schema: the first at migrations/001_more.sql:1: Duplicate "
        "column name 'a'; a full dump (db/schema.sql) and migrations seem to be both here: give the one that counts "
        "with --schema"
    )


def test_a_few_that_are_there_make_no_dump(tree: Tree) -> None:
    tree.write("db/schema.sql", "".join(TABLES.format(name) for name in NAMES))
    tree.write("migrations/001_more.sql", STEPS.format("users"))
    (note,) = tree.audit(".").notes
    assert "full dump" not in note


def test_migrations_that_repeat_each_other_are_no_dump(tree: Tree) -> None:
    tree.write("migrations/001_start.sql", "".join(TABLES.format(name) for name in NAMES))
    tree.write("migrations/002_more.sql", "".join(STEPS.format(name) for name in NAMES))
    (note,) = tree.audit(".").notes
    assert "full dump" not in note
