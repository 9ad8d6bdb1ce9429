"""NP305: a migration that nothing undoes."""

from __future__ import annotations

from tests.migrations import ORDERS, REVISION, audited, told
from tests.tree import Tree


def test_a_missing_down_script_where_others_have_one(tree: Tree) -> None:
    tree.write("db/0001_a.up.sql", ORDERS)
    tree.write("db/0001_a.down.sql", "DROP TABLE orders;")
    tree.write("db/0002_b.up.sql", "ALTER TABLE orders ADD COLUMN b INT;")
    assert told(audited("db")) == [("NP305", None)]
    tree.write("db/0002_b.down.sql", "ALTER TABLE orders DROP COLUMN b;")
    assert not told(audited("db"))


def test_a_folder_without_any_way_back_is_a_decision(tree: Tree) -> None:
    tree.write("db/V1__a.sql", ORDERS)
    assert not told(audited("db"))


def test_a_down_section_in_the_same_file_counts(tree: Tree) -> None:
    tree.write("db/1_a.sql", f"-- +goose Up\n{ORDERS}-- +goose Down\nDROP TABLE orders;\n")
    assert not told(audited("db"))


def test_a_revision_whose_downgrade_only_passes(tree: Tree) -> None:
    sql = "ALTER TABLE x ADD COLUMN y INT"
    tree.write("versions/a.py", REVISION.format(id="0002", down="0001", sql=sql, undo="pass"))
    assert told(audited("versions")) == [("NP305", None)]
    undo = "raise RuntimeError('there is no way back')"
    tree.write("versions/a.py", REVISION.format(id="0002", down="0001", sql=sql, undo=undo))
    assert not told(audited("versions"))
