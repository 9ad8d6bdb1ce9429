"""NP101 in LOAD DATA; `tests/server/test_load_data.py` asks the server."""

from __future__ import annotations

import pytest

from tests.tree import Tree, place

DDL = "CREATE TABLE flows (id INT PRIMARY KEY, name VARCHAR(20), area INT);"
LOAD = "LOAD DATA LOCAL INFILE 'a.csv' INTO TABLE flows"

WRONG = [
    "(id, nosuch)",
    "(id) SET nosuch = 1",
    "(id, @a) SET name = CONCAT(@a, nosuch)",
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' LINES TERMINATED BY ';' IGNORE 1 LINES (id, @a, nosuch)",
    "SET nosuch = 1",
]
RIGHT = [
    "",
    "()",
    "(id, @a, name)",
    "(id, @a) SET name = @a, area = (SELECT LENGTH(@a)) + id, flows.name = DEFAULT",
    "CHARACTER SET utf8mb4 COLUMNS TERMINATED BY '(' ENCLOSED BY '`' LINES STARTING BY 'SET' IGNORE 1 ROWS (id)",
]


@pytest.mark.parametrize("rest", WRONG)
def test_a_column_that_the_table_has_not(tree: Tree, rest: str) -> None:
    [finding] = tree.findings(DDL, f'"{LOAD} {rest}"')
    assert (finding.rule, finding.errno, finding.message) == ("NP101", 1054, "unknown column 'nosuch' in 'field list'")
    source = (tree.folder / "store.go").read_text()
    assert (finding.position.line, finding.position.column) == place(source, "nosuch")


@pytest.mark.parametrize(
    "rest", [*RIGHT, '(id, " + more + ")', '(id) SET " + more + " = nosuch', "(id) SOMETHING nosuch"]
)
def test_columns_that_are_there_or_not_known(tree: Tree, rest: str) -> None:
    assert tree.findings(DDL, f'"{LOAD} {rest}"') == []


def test_a_file_that_is_known_only_at_run_time(tree: Tree) -> None:
    [finding] = tree.findings(DDL, f'''"{LOAD.replace("a.csv", '" + file + "')} (id, nosuch)"''')
    assert (finding.rule, finding.identifier) == ("NP101", "nosuch")
