"""What a user sees of `nodepath queries --by` and `nodepath uses`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from tests.tree import Tree, go, place

DDL = (
    "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20), stage INT);\n"
    "CREATE TABLE steps (id INT NOT NULL PRIMARY KEY, flow_id INT);\n"
)
STORE = go("`SELECT id, name FROM flows`", "`SELECT s.id FROM steps s JOIN flows f ON f.id = s.flow_id`", "build()")
SCHEMA = ("--schema", "schema.sql")


@pytest.fixture
def project(tree: Tree) -> Tree:
    """Three statements, one of which cannot be told."""
    tree.write(".git/HEAD", "")
    tree.write("schema.sql", DDL)
    tree.write("store.go", STORE.replace("build()", '"SELECT id FROM " + table()'))
    return tree


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command line."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON document of a command line that ends well."""
    code, out, _ = run(capsys, *arguments, "--format", "json")
    assert code == 0
    return json.loads(out)


def rows(out: str) -> dict[str, list[str]]:
    """The lines of a table by their first word."""
    return {line.split()[0]: line.split()[1:] for line in out.splitlines() if line[:1].strip()}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("table", {"flows": ["2", "2", "0", "0"], "steps": ["1", "1", "0", "0"]}),
        ("file", {"store.go": ["3", "2", "0", "1"]}),
        ("function", {"Run": ["(store.go)", "3", "2", "0", "1"]}),
        ("status", {"resolved": ["2", "2", "0", "0"], "unresolved": ["1", "0", "0", "1"]}),
    ],
)
def test_the_inventory_is_counted_with_the_coverage_first(
    project: Tree, capsys: pytest.CaptureFixture[str], by: str, expected: dict[str, list[str]]
) -> None:
    code, out, _ = run(capsys, "queries", *SCHEMA, "store.go", "--by", by)
    assert code == 0
    assert out.startswith("3 statements: 2 resolved, 0 partial, 1 unresolved")
    assert expected.items() <= rows(out.partition("\nunresolved, because:")[0]).items()


def test_by_status_says_why(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "queries", *SCHEMA, "store.go", "--by", "status")
    reason = out.partition("unresolved, because:\n")[2]
    assert reason.lstrip().startswith("1  a name is known only at run time")
    assert "(store.go:" in reason


def test_grouping_adds_to_the_json_document_and_changes_nothing(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = document(capsys, "queries", *SCHEMA, "store.go")
    grouped = document(capsys, "queries", *SCHEMA, "store.go", "--by", "table")
    groups = grouped.pop("groups")
    assert grouped == plain
    assert [(each["name"], each["statements"]) for each in groups] == [("flows", 2), ("steps", 1), (None, 1)]


def test_another_grouping_is_refused(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "queries", "--by", "colour")
    assert (code, out) == (2, "")
    assert "table, file, function, status" in err


def test_uses_as_json(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "uses", "steps.flow_id", *SCHEMA, "store.go")
    line, column = place((project.folder / "store.go").read_text(), "flow_id")
    assert found["uses"] == [
        {
            "table": "steps",
            "column": "flow_id",
            "access": "join",
            "path": "store.go",
            "line": line,
            "column_number": column,
            "function": "Run",
        }
    ]
    assert [each["line"] for each in found["not_understood"]] == [line + 1]


def test_uses_as_text_says_what_it_could_not_see(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "uses", "flows.name", *SCHEMA, "store.go")
    assert code == 0
    assert out.startswith("flows.name: 1 use in 1 function\nread    store.go:")
    assert "1 statement that may use it was not fully understood" in out
    assert out.endswith("3 statements: 2 resolved, 0 partial, 1 unresolved\n")


def test_unused_columns(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "uses", "--unused", *SCHEMA, "store.go")["unused"]
    assert [(each["rule"], each["table"], each["column"], each["proved"]) for each in found] == [
        ("NP601", "flows", "stage", False)
    ]
    project.write("store.go", STORE.replace("\tdb.Exec(build(), values...)\n", ""))
    code, out, _ = run(capsys, "uses", "--unused", *SCHEMA)
    assert code == 0
    assert "info[NP601] named by no statement:\n  flows: stage\n" in out
    assert "1 column unused, 1 of them proved" in out


def test_unused_columns_of_one_table(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, "uses", "--unused", "steps", *SCHEMA)["unused"] == []
    assert document(capsys, "uses", "--unused", "flows", "store.go", *SCHEMA)["unused"] != []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("uses",), "uses needs a table"),
        (("uses", "flwos", *SCHEMA), "did you mean `flows`?"),
        (("uses", "flows.nmae", *SCHEMA), "did you mean `name`?"),
        (("uses", "flows", "nosuch", *SCHEMA), "no such path: nosuch"),
        (("uses", "flows", "store.go", "nosuch", *SCHEMA), "no such path: nosuch"),
        (("uses", "--unused", "flwos", *SCHEMA), "did you mean `flows`?"),
    ],
)
def test_wrong_use_is_one_clear_line(
    project: Tree, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], expected: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert expected in err.splitlines()[-1]
