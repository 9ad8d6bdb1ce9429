"""What scripts build on: exit codes in their order, values that are refused, one clear line for each failure."""

from __future__ import annotations

import io
import json
import os
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.errors import UsageError
from tests.tree import Tree, go

DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"


@pytest.fixture
def project(tree: Tree) -> Tree:
    """A tree with a schema, its own boundary of the search for a configuration."""
    tree.write(".git/HEAD", "")
    tree.write("schema.sql", DDL)
    tree.write("store.go", go("`SELECT nmae FROM flows`"))
    (tree.folder / "empty").mkdir()
    return tree


@pytest.fixture
def run(project: Tree, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line: its exit code, stdout and the last line of stderr."""

    def nodepath(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        captured = capsys.readouterr()
        return code, captured.out, (captured.err.splitlines() or [""])[-1]

    return nodepath


@pytest.mark.parametrize("command", [("audit-columns",), ("queries",), ("fix",), ("baseline", "create")])
def test_a_schema_that_is_not_there_goes_before_an_empty_tree(run: Any, command: tuple[str, ...]) -> None:
    assert run(*command, "--schema", "missing.sql", "empty")[0] == 4
    assert run(*command, "--schema", "schema.sql", "empty")[0] == 3
    assert run(*command, "--schema", "missing.sql", "nosuch")[0] == 2
    assert run(*command, "--schema", "missing.sql", "nosuch", "store.go")[0] == 2
    assert run(*command, "--schema", "schema.sql", "nosuch", "empty")[0] == 2


def test_the_order_holds_for_deploys(run: Any) -> None:
    assert run("audit-deploy", "--from", "missing.sql", "nosuch")[0] == 2
    assert run("audit-deploy", "--from", "missing.sql", "empty")[0] == 4
    assert run("audit-deploy", "--from", "schema.sql", "empty")[0] == 3


def test_a_revision_that_is_not_there_is_a_schema_that_is_not_available(run: Any) -> None:
    code, out, last = run("audit-columns", "store.go", "--schema", "rev:9999", "--format", "json")
    assert code == 4
    assert json.loads(out)["error"]["code"] == "sql"
    assert "'9999'" in last


def test_a_pipe_is_no_schema_source(project: Tree, run: Any) -> None:
    os.mkfifo(project.folder / "pipe.sql")
    code, _, last = run("audit-columns", "store.go", "--schema", "pipe.sql")
    assert code == 4
    assert "'pipe.sql' is not a regular file" in last
    assert run("audit-columns", "store.go", "--baseline", "pipe.sql")[0] == 2


def test_a_statement_whose_table_nobody_knows_is_unresolved(project: Tree, run: Any) -> None:
    project.write("open.go", go('"SELECT id FROM " + table()', '"SELECT id, " + more() + " FROM flows"'))
    given = ("audit-columns", "open.go", "--schema", "schema.sql")
    document = json.loads(run(*given, "--format", "json")[1])
    assert [each["reason"] for each in document["unresolved"]] == [
        "a name is known only at run time: table() (result of table())"
    ]
    assert document["summary"]["partial"] == 1
    assert run(*given)[0] == 0
    assert run(*given, "--strict")[0] == 5
    assert run(*given, "--min-coverage", "51")[0] == 5
    assert run(*given, "--min-coverage", "50")[0] == 0


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--select", ","), "usage"),
        (("--ignore", " , "), "usage"),
        (("--database-url", ""), "config"),
        (("--migrations", "nosuch"), "usage"),
        (("--schema", "head", "--migrations", "store.go"), "usage"),
    ],
)
def test_a_value_that_says_nothing_is_refused(run: Any, options: tuple[str, ...], code: str) -> None:
    found, out, last = run("audit-columns", "store.go", *options, "--format", "json")
    assert found == 2
    assert json.loads(out)["error"]["code"] == code
    assert last.startswith("error: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit-deploy", "store.go", "--from", "schema.sql", "--contract", ""),
        ("db", "upgrade", "", "--database-url", "sqlite:///x.db"),
        ("db", "upgrade", "--lock-timeout", "99999999999999999999s", "--database-url", "sqlite:///x.db"),
        ("demo", "--keep", "mysql://me:secret@host/chat"),
    ],
)
def test_a_forgotten_variable_and_an_absurd_number_are_refused(
    project: Tree, run: Any, arguments: tuple[str, ...]
) -> None:
    code, out, last = run(*arguments, "--format", "json")
    assert code == 2
    assert list(json.loads(out)) == ["version", "error"]
    assert "secret" not in out + last
    assert "itself failed" not in last
    assert not (project.folder / "x.db").exists()


def test_a_database_in_the_place_of_a_name_is_not_repeated_with_its_password(run: Any) -> None:
    code, out, _ = run("explain", "1054", "mysql://me:secret@host/chat", "store.go", "--format", "json")
    assert (code, json.loads(out)["name"]) == (0, "mysql://me:***@host/chat")


def test_an_unknown_key_is_named_whatever_the_next_step_is(project: Tree, run: Any) -> None:
    project.write("nodepath.toml", "zzz = 1\n")
    code, _, last = run("audit-columns", "store.go")
    assert code == 2
    assert last.startswith("error: nodepath.toml: unknown key 'zzz'. Next: ")


def test_a_long_next_step_leaves_room_for_what_is_wrong() -> None:
    line = UsageError("the path is wrong", "x" * 500).line()
    assert line.startswith("error: the path is wrong. Next: xxx")
    assert line.endswith("....")
    assert len(line) < 400
    both = UsageError("w" * 500, "x" * 500).line()
    assert len(both) < 400
    assert both.count("w") > 150
    assert both.count("x") > 150


def test_a_hint_shows_the_form_of_a_url_as_it_is(run: Any) -> None:
    _, _, last = run("db", "current", "--database-url", "postgres://me:secret@host/chat")
    assert "USER:PASSWORD@" in last
    assert "secret" not in last


def test_the_standard_input_is_read_once_and_only_as_code(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def given() -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(go("`SELECT nmae FROM flows`").encode())))

    given()
    assert run("audit-columns", "-", "-", "--stdin-filename", "x.go", "--schema", "schema.sql")[0] == 1
    given()
    code, _, last = run("audit-columns", "-", "--stdin-filename", "x.txt", "--schema", "schema.sql")
    assert code == 3
    assert "x.txt: not a .go or .sql file" in last


def test_the_demonstration_answers_in_json_and_leaves_out_its_story(run: Any) -> None:
    code, out, _ = run("demo", "--format", "json")
    document = json.loads(out)
    assert code == 0
    assert [each["name"] for each in document["states"]] == ["incident", "half-fix", "fixed"]
    assert all(each["audit"]["findings"] for each in document["states"])
    assert document["database"]["current"] == "0001"
    quiet = run("demo", "-q")[1]
    assert "NP102" in quiet
    assert "1. What was deployed" not in quiet
    assert run("demo", "--format", "yaml")[0] == 2


@pytest.mark.parametrize("group", [(), ("schema",), ("db",), ("baseline",), ("locks",)])
def test_no_line_of_the_help_is_cut_at_80_columns(
    run: Any, monkeypatch: pytest.MonkeyPatch, group: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(*group, "--help")
    listed = out.partition("Commands:\n")[2].splitlines()
    assert code == 0
    assert listed
    assert not [line for line in listed if line.endswith("...")]
