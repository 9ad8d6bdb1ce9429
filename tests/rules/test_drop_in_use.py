"""NP301: a migration drops or renames what the code still names."""

from __future__ import annotations

from tests.migrations import found, identifiers
from tests.tree import Tree, go

CODE = "`SELECT id, note FROM orders`"


def test_what_the_code_still_names_is_told_with_its_places(tree: Tree) -> None:
    tree.write("store.go", go(CODE))
    (used,) = [each for each in found(tree, "ALTER TABLE orders DROP COLUMN note;", code=["."]) if each.rule == "NP301"]
    assert (used.identifier, used.errno) == ("note", 1054)
    assert [place.path for place in used.related] == ["store.go"]


def test_renames_of_columns_and_tables_count_too(tree: Tree) -> None:
    tree.write("store.go", go(CODE))
    for sql, name in (
        ("ALTER TABLE orders RENAME TO bought;", "orders"),
        ("RENAME TABLE orders TO bought;", "orders"),
        ("ALTER TABLE orders CHANGE note remark TEXT;", "note"),
        ("DROP TABLE orders;", "orders"),
    ):
        assert identifiers(found(tree, sql, code=["."]), "NP301") == [name]


def test_what_nobody_names_may_go(tree: Tree) -> None:
    tree.write("store.go", go(CODE))
    assert identifiers(found(tree, "ALTER TABLE orders DROP COLUMN email;", code=["."]), "NP301") == []


def test_what_a_later_migration_brings_back_is_not_missed_by_the_code(tree: Tree) -> None:
    tree.write("store.go", go(CODE))
    sql = ("ALTER TABLE orders DROP COLUMN note;", "ALTER TABLE orders ADD COLUMN note TEXT;")
    assert identifiers(found(tree, *sql, code=["."]), "NP301") == []
