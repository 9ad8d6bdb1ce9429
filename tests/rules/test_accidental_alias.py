"""NP110: a comma that is missing between two columns of a select list."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.tree import Tree, brief, go, place

DDL = """
CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), id_device VARCHAR(20));
CREATE TABLE nodes (id INT PRIMARY KEY, flow INT, label VARCHAR(20));
"""


@pytest.mark.parametrize(
    ("statement", "alias"),
    [
        ("SELECT id name FROM flows", "name"),
        ("SELECT f.id id_device, f.name FROM flows f JOIN nodes n ON n.flow = f.id", "id_device"),
        ("SELECT DISTINCT id `name`, id_device FROM flows", "name"),
        ("SELECT label FROM nodes WHERE flow IN (SELECT id NAME FROM flows)", "NAME"),
    ],
)
def test_a_column_behind_a_column_is_a_warning_at_the_second(tree: Tree, statement: str, alias: str) -> None:
    literal = '"' + statement + '"'
    [finding] = tree.findings(DDL, literal)
    assert (finding.rule, finding.identifier, finding.severity) == ("NP110", alias, Severity.WARNING)
    assert (finding.position.line, finding.position.column) == place(go(literal), alias)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT id AS name FROM flows",
        "SELECT id flow_id, name FROM flows",
        "SELECT id, name FROM flows",
        "SELECT name name FROM flows",
        "SELECT COUNT(id) name FROM flows",
        "SELECT id + 1 name FROM flows",
        "SELECT id label FROM flows",
        "SELECT f.id FROM flows f, nodes name",
        "SELECT 1 FROM flows ORDER BY id DESC",
    ],
)
def test_an_alias_that_is_meant_is_no_finding(tree: Tree, statement: str) -> None:
    assert brief(tree.findings(DDL, f"`{statement}`")) == []
