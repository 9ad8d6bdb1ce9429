"""NP114: whatever else the server refuses when it prepares the statement."""

from __future__ import annotations

import pytest

from tests.tree import Tree

DDL = "CREATE TABLE t (a INT, b INT); CREATE TABLE u (a INT, c INT);"


@pytest.mark.parametrize(
    ("statement", "errno"),
    [
        ("INSERT INTO t (a, a) VALUES (1, 2)", 1110),
        ("SELECT 1 FROM t x JOIN u x ON 1", 1066),
        ("SELECT a FROM t UNION SELECT a, c FROM u", 1222),
        ("SELECT d.a FROM (SELECT t.a, u.a FROM t JOIN u ON 1) d", 1060),
        ("DELETE nosuch FROM t JOIN u ON t.a = u.a", 1109),
        ("SELECT nosuch.* FROM t", 1051),
    ],
)
def test_the_server_s_error_number_is_given(tree: Tree, statement: str, errno: int) -> None:
    (finding,) = tree.findings(DDL, f'"{statement}"')
    assert (finding.rule, finding.errno) == ("NP114", errno)
