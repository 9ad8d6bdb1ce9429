"""NP103: a column that several tables of the statement have."""

from __future__ import annotations

from tests.tree import Tree, brief

DDL = "CREATE TABLE a (id INT, x INT, created_at INT); CREATE TABLE b (id INT, y INT, created_at INT);"


def test_an_unqualified_column_of_both_tables_is_ambiguous_and_the_candidates_are_named(tree: Tree) -> None:
    (finding,) = tree.findings(DDL, '"SELECT x FROM a JOIN b ON a.id = b.id WHERE created_at > 1"')
    assert (finding.rule, finding.identifier, finding.errno) == ("NP103", "created_at", 1052)
    assert {each.replacement for each in finding.suggestions} == {"a.created_at", "b.created_at"}


def test_a_column_joined_by_using_is_not_ambiguous(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"SELECT id, x, y FROM a JOIN b USING (id) WHERE id > 1"')) == []


def test_a_qualified_column_is_not_ambiguous(tree: Tree) -> None:
    assert brief(tree.findings(DDL, '"SELECT a.id FROM a JOIN b ON a.id = b.id ORDER BY b.created_at"')) == []
