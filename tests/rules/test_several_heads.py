"""NP311: the revisions end in several heads."""

from __future__ import annotations

from tests.migrations import REVISION, audited, told
from tests.tree import Tree


def test_two_revisions_behind_the_same_one(tree: Tree) -> None:
    for name in ("0002a", "0002b"):
        text = REVISION.format(id=name, down="0001", sql="SELECT 1", undo="op.execute('SELECT 1')")
        tree.write(f"versions/{name}.py", text)
    (each,) = audited("versions")
    assert (each.rule, each.message) == ("NP311", "0002b is one of 2 heads: 0002a, 0002b")


def test_one_behind_the_other_is_one_head(tree: Tree) -> None:
    for name, down in (("0002", "0001"), ("0003", "0002")):
        text = REVISION.format(id=name, down=down, sql="SELECT 1", undo="op.execute('SELECT 1')")
        tree.write(f"versions/{name}.py", text)
    assert not told(audited("versions"))
