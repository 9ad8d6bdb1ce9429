"""NP308: two migrations of one folder have the same number."""

from __future__ import annotations

from tests.migrations import ORDERS, audited, found, told
from tests.tree import Tree


def test_two_files_with_one_number(tree: Tree) -> None:
    tree.write("db/0002_other.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    (each,) = found(tree, "ALTER TABLE orders ADD COLUMN a INT;")
    assert (each.rule, each.message) == ("NP308", "number 2 is that of 0002_other, too")
    assert [place.path for place in each.related] == ["db/0002_other.sql"]


def test_numbers_begin_anew_in_each_folder(tree: Tree) -> None:
    tree.write("db/0.1/00__a.sql", ORDERS)
    tree.write("db/0.2/00__b.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    assert not told(audited("db"))


def test_up_and_down_of_one_migration_share_a_number(tree: Tree) -> None:
    tree.write("db/1_a.up.sql", ORDERS)
    tree.write("db/1_a.down.sql", "DROP TABLE orders;")
    assert not told(audited("db"))
