"""First contact: a configuration to start from, and what is wrong with the set-up, each with its next step."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.config import Settings
from nodepath_cli.config_file import KEYS, load_settings
from tests.tree import Tree, go

DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY);\n"


@pytest.fixture
def nodepath(tree: Tree, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command line on a small tree: exit code, JSON document, stderr."""
    tree.write(".git/HEAD", "")
    tree.write("schema.sql", DDL)
    tree.write("store.go", go("`SELECT id FROM flows`"))

    def run(*arguments: str) -> tuple[int, Any, str]:
        code = main((*arguments, "--format", "json"))
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return code, json.loads(captured.out), captured.err

    return run


def checks(document: Any) -> dict[str, str]:
    """The worst health of each code."""
    order = ["ok", "note", "problem"]
    found: dict[str, str] = {}
    for check in document["checks"]:
        found[check["code"]] = max(found.get(check["code"], "ok"), check["health"], key=order.index)
    return found


def test_the_file_that_init_writes_changes_nothing(nodepath: Any) -> None:
    assert nodepath("init")[:2] == (0, {"version": 1, "written": "nodepath.toml"})
    assert load_settings() == Settings()


def test_every_line_of_it_can_be_uncommented(nodepath: Any) -> None:
    nodepath("init")
    text = Path("nodepath.toml").read_text()
    used = re.sub(r"^# (?=\S+ = |\[)", "", text, flags=re.MULTILINE)
    document = tomllib.loads(used)
    assert document.keys() <= KEYS.keys()
    assert {"schema", "dialect", "external-tables", "baseline", "renames", "replace", "source"} <= document.keys()
    Path("nodepath.toml").write_text(used)
    assert load_settings().renames == (("device_setting_nodepath.erp_id", "id_erp"),)


@pytest.mark.parametrize(
    ("name", "text"), [("nodepath.toml", "strict = true\n"), ("pyproject.toml", "[tool.nodepath]\n")]
)
def test_init_never_overwrites_nor_shadows_a_configuration(
    tree: Tree, nodepath: Any, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    tree.write(name, text)
    tree.write("sub/.keep", "")
    for folder in (tree.folder, tree.folder / "sub"):
        monkeypatch.chdir(folder)
        code, document, _ = nodepath("init")
        assert (code, document["error"]["code"]) == (2, "usage")
    assert (tree.folder / name).read_text() == text
    assert not (tree.folder / "sub" / "nodepath.toml").exists()


def test_a_link_that_leads_nowhere_is_not_written_through(tree: Tree, nodepath: Any) -> None:
    (tree.folder / "nodepath.toml").symlink_to("elsewhere.toml")
    assert nodepath("init")[0] == 2
    assert not (tree.folder / "elsewhere.toml").exists()


def test_a_healthy_tree(nodepath: Any) -> None:
    code, document, _ = nodepath("doctor")
    assert code == 0
    assert document["problems"] == []
    assert checks(document) == {
        "python": "ok",
        "parser": "ok",
        "configuration": "note",
        "schema": "note",
        "database": "note",
        "audit": "ok",
    }
    (audit,) = [each for each in document["checks"] if each["code"] == "audit"]
    assert audit["message"].startswith("2 files, 1 statement: 1 resolved, 0 partial, 0 unresolved")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--schema", "nosuch.sql"), "schema", "nosuch.sql: no such file"),
        (("--schema", "broken.sql"), "schema", "could not be replayed, the first at broken.sql:2"),
        (("--schema", "live"), "schema", "no database is configured"),
        (("--database-url", "sqlite:///nosuch.db"), "database", "there is no SQLite database"),
        (("--database-url", "postgres://u:hunter2@h/d"), "database", "'postgres://' is no database"),
        (("nosuch",), "audit", "no such path: nosuch"),
        (("store.go", "nosuch"), "audit", "no such path: nosuch"),
        (("empty",), "audit", "no Go or SQL files in empty"),
    ],
)
def test_each_problem_has_its_next_step(
    tree: Tree, nodepath: Any, arguments: tuple[str, ...], code: str, message: str
) -> None:
    tree.write("broken.sql", DDL + "ALTER TABLE nosuch ADD COLUMN a INT;\n")
    tree.write("empty/readme.txt", "")
    ended, document, _ = nodepath("doctor", *arguments)
    # A path that does not exist is wrong usage.
    assert ended == (2 if "nosuch" in arguments else 1) and ("error" in document) == (ended == 2)
    problems = [each for each in document["problems"] if each["code"] == code]
    assert any(message in each["message"] and each["next"] for each in problems)


@pytest.mark.parametrize("text", ["schemas = []\n", "schema = \n", "format = 'nosuch'\n"])
def test_a_broken_configuration_is_a_problem_and_the_rest_is_checked(tree: Tree, nodepath: Any, text: str) -> None:
    tree.write("nodepath.toml", text)
    code, document, _ = nodepath("doctor")
    assert code == 1
    assert checks(document)["configuration"] == "problem"
    assert checks(document)["audit"] == "ok"


def test_a_baseline_that_is_not_there_is_a_problem(tree: Tree, nodepath: Any) -> None:
    tree.write("nodepath.toml", 'baseline = "nosuch.json"\n')
    _, document, _ = nodepath("doctor")
    assert [each["next"] for each in document["problems"]] == ["run `nodepath baseline create`"]


def test_a_database_behind_the_code_is_a_note(tree: Tree, nodepath: Any) -> None:
    tree.write("chat.db", b"")
    _, document, _ = nodepath("doctor", "--database-url", "sqlite:///chat.db")
    (found,) = [each for each in document["checks"] if each["code"] == "migrations"]
    assert (found["health"], found["next"]) == ("note", "run `nodepath db upgrade`")


@pytest.mark.parametrize("place", [("--schema",), ("--database-url",), ()])
def test_no_password_is_shown(nodepath: Any, place: tuple[str, ...]) -> None:
    _, document, err = nodepath("doctor", *place, "mysql://reader:hunter2@127.0.0.1:1/chat")
    assert "hunter2" not in json.dumps(document) + err


def test_text_names_the_next_step(tree: Tree, nodepath: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("doctor", "--schema", "nosuch.sql")) == 1
    out = capsys.readouterr().out
    assert "problem  schema         nosuch.sql: no such file" in out
    assert out.endswith("\n1 problem\n")
    main(("doctor", "--schema", "nosuch.sql", "-q"))
    assert all(not line.startswith(("ok", "note")) for line in capsys.readouterr().out.splitlines())
