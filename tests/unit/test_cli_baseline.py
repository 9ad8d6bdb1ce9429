"""Adopting the audit on a code base that has findings: what a user types, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from tests.tree import Tree, go

DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
GOOD = "`SELECT id FROM flows`"
OLD = "`SELECT nmae FROM flows`"
NEW = "`SELECT stage FROM flows`"
FILE = "nodepath-baseline.json"


@pytest.fixture
def nodepath(tree: Tree, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line on a tree with one wrong statement: exit code, JSON document, last line of stderr."""
    tree.write(".git/HEAD", "")
    tree.write("schema.sql", DDL)
    tree.write("nodepath.toml", 'schema = ["schema.sql"]\n')
    tree.write("store.go", go(OLD))

    def run(*arguments: str) -> tuple[int, Any, str]:
        code = main((*arguments, "--format", "json"))
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, json.loads(captured.out), captured.err.splitlines()[-1] if captured.err else ""

    return run


def rules(document: Any) -> list[tuple[str, str | None]]:
    """Rule and identifier of each finding of a document."""
    return [(each["rule"], each["identifier"]) for each in document["findings"]]


def test_adoption_from_the_first_day_to_the_last_finding(tree: Tree, nodepath: Any) -> None:
    assert nodepath("audit-columns")[0] == 1
    code, document, _ = nodepath("baseline", "create")
    assert (code, document["baseline"], document["added"], document["findings"]) == (0, FILE, 1, 1)

    code, document, _ = nodepath("audit-columns", "--baseline", FILE)
    assert (code, rules(document), document["summary"]["baselined"]) == (0, [], 1)

    tree.write("store.go", "// a line above\n" + go(OLD, NEW))
    code, document, _ = nodepath("audit-columns", "--baseline", FILE)
    assert (code, rules(document), document["summary"]["baselined"]) == (1, [("NP101", "stage")], 1)

    tree.write("store.go", go(GOOD))
    code, document, _ = nodepath("audit-columns", "--baseline", FILE)
    assert (code, rules(document)) == (0, [("NP502", None)])
    assert nodepath("audit-columns", "--baseline", FILE, "--fail-on", "warning")[0] == 1

    assert nodepath("baseline", "prune")[1]["removed"] == 1
    code, document, _ = nodepath("audit-columns", "--baseline", FILE)
    assert (code, rules(document), document["summary"]["baselined"]) == (0, [], 0)


def test_the_configuration_names_the_baseline_from_any_folder_below(
    tree: Tree, nodepath: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("nodepath.toml", f'schema = ["schema.sql"]\nbaseline = "ci/{FILE}"\n')
    tree.write("ci/.keep", "")
    tree.write("sub/store.go", go(OLD))
    assert nodepath("baseline", "create")[1]["entries"] == 2
    assert nodepath("audit-columns")[0] == 0
    monkeypatch.chdir(tree.folder / "sub")
    assert nodepath("audit-columns")[1]["summary"]["baselined"] == 1


def test_the_file_names_no_folder_of_this_machine(tree: Tree, nodepath: Any) -> None:
    nodepath("baseline", "create", str(tree.folder))
    text = Path(FILE).read_text()
    assert str(tree.folder) not in text
    assert '"path": "store.go"' in text


def test_create_never_overwrites(tree: Tree, nodepath: Any) -> None:
    nodepath("baseline", "create")
    before = Path(FILE).read_bytes()
    tree.write("store.go", go(OLD, NEW))
    code, document, last = nodepath("baseline", "create")
    assert (code, document["error"]["code"]) == (2, "usage")
    assert "nodepath baseline update" in last
    assert Path(FILE).read_bytes() == before
    assert nodepath("baseline", "update")[1]["findings"] == 2


@pytest.mark.parametrize("command", [("baseline", "update"), ("baseline", "prune"), ("audit-columns",)])
def test_a_baseline_that_is_not_there_or_damaged(tree: Tree, nodepath: Any, command: tuple[str, ...]) -> None:
    code, document, last = nodepath(*command, "--baseline", "nosuch.json")
    assert (code, document["error"]["code"]) == (2, "config")
    assert "nodepath baseline create" in last
    tree.write("broken.json", "<<<<<<< HEAD\n")
    code, document, last = nodepath(*command, "--baseline", "broken.json")
    assert (code, document["error"]["code"]) == (2, "config")
    assert "broken.json is damaged" in last


def test_a_path_that_does_not_exist_writes_nothing(nodepath: Any) -> None:
    assert nodepath("baseline", "create", "store.go", "nosuch.go")[0] == 2
    assert not Path(FILE).exists()


def test_a_damaged_baseline_is_said_before_a_schema_that_is_not_there(tree: Tree, nodepath: Any) -> None:
    tree.write("broken.json", "{")
    assert nodepath("audit-columns", "--baseline", "broken.json", "--schema", "nosuch.sql")[0] == 2
    assert nodepath("audit-columns", "--schema", "nosuch.sql")[0] == 4


def test_a_comment_comes_before_the_baseline(tree: Tree, nodepath: Any) -> None:
    nodepath("baseline", "create")
    tree.write("store.go", go(OLD).replace("\tdb.Exec", "\t// nodepath: ignore[NP101] known\n\tdb.Exec"))
    code, document, _ = nodepath("audit-columns", "--baseline", FILE)
    assert (document["summary"]["suppressed"], document["summary"]["baselined"]) == (1, 0)
    assert (code, rules(document)) == (0, [("NP502", None)])
