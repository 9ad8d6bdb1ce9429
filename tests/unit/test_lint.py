"""`nodepath db lint`: where findings stand, what silences them, what is reported of what."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.config import Settings
from nodepath_cli.lint.run import lint
from tests.migrations import ORDERS, REVISION, found, told
from tests.tree import Tree


def test_what_a_migration_has_made_itself_is_empty_and_unused(tree: Tree) -> None:
    sql = "CREATE TABLE items (id INT PRIMARY KEY, a INT); ALTER TABLE items MODIFY a TINYINT NOT NULL;"
    assert told(found(tree, sql)) == [("NP306", None)]


def test_a_finding_frames_the_name_in_its_statement(tree: Tree) -> None:
    (each,) = found(tree, "-- why\nALTER TABLE orders\n  ADD COLUMN a INT,\n  DROP COLUMN note;\n")
    assert (each.path, each.position.line, each.position.column, each.position.end_column) == (
        "db/0002_step.sql",
        4,
        15,
        19,
    )


def test_a_revision_is_found_at_the_line_that_sends_the_statement(tree: Tree) -> None:
    sql = "ALTER TABLE wasapBot_session_nodepath DROP COLUMN timestamp"
    text = REVISION.format(id="0002", down="0001", sql=sql, undo="raise RuntimeError('gone')")
    tree.write("versions/0002_x.py", text)
    (each,) = lint(["versions"], Settings()).findings
    assert lint(["versions"], Settings()).schema.sources == ("head",)
    assert (each.rule, each.position.line) == ("NP310", text[: text.index("op.execute")].count("\n") + 1)


def test_a_comment_silences_a_rule(tree: Tree) -> None:
    assert not found(tree, "-- nodepath: ignore[NP310] moved away\nALTER TABLE orders DROP COLUMN note;\n")


def test_a_secret_never_stands_in_a_report(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    tree.write("db/0001_a.sql", "CREATE USER u@localhost IDENTIFIED BY 'geheim';\n")
    for name in ("json", "sarif", "jsonl", "junit", "gitlab"):
        assert main(("db", "lint", "db", "--format", name)) == 0
    assert "geheim" not in capsys.readouterr().out


def test_only_the_files_that_differ_from_a_revision_are_reported(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=n@n", *arguments], check=True, capture_output=True
        )

    tree.write("db/0001_a.sql", ORDERS)
    tree.write("db/0002_b.sql", "ALTER TABLE orders DROP COLUMN note;")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "one")
    tree.write("db/0003_c.sql", "ALTER TABLE orders DROP COLUMN total;")
    assert main(("db", "lint", "db", "--format", "json", "--diff-base", "HEAD")) == 0
    document: Any = json.loads(capsys.readouterr().out)
    assert [each["identifier"] for each in document["findings"]] == ["total"]
    assert main(("db", "lint", "db", "--fail-on", "warning", "--diff-base", "HEAD")) == 1
    assert main(("db", "lint", "db", "--diff-base", "nowhere")) == 2


@pytest.mark.parametrize(("path", "code"), [("nowhere", 2), ("empty", 3)])
def test_nothing_to_lint_is_one_line(tree: Tree, path: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    assert main(("db", "lint", path)) == code
    assert capsys.readouterr().err.startswith("error: ")
