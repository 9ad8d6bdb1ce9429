"""What a user sees of `nodepath audit-deploy`: the order, the matrix, the documents, the code at a Git revision."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from tests.tree import Tree, go

BASE = "CREATE TABLE users (id INT NOT NULL PRIMARY KEY, name VARCHAR(20), note TEXT);\n"
RENAME = "ALTER TABLE users CHANGE name full_name VARCHAR(20);\n"
OLD = go("`SELECT name FROM users`")
NEW = go("`SELECT full_name FROM users`")
ARGUMENTS = ("audit-deploy", "store.go", "--no-config", "--from", "base.sql", "--migrations", "migrations")


def git(*arguments: str) -> None:
    name = ("-c", "user.name=Someone", "-c", "user.email=someone@example.invalid")
    subprocess.run(["git", *name, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tree: Tree) -> Tree:
    """A repository whose commit has the old code and whose work tree has the new one."""
    tree.write("base.sql", BASE)
    tree.write("migrations/0001_full_name.up.sql", RENAME)
    tree.write("store.go", OLD)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "old")
    tree.write("store.go", NEW)
    return tree


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command line."""
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """The JSON document of a command line."""
    return json.loads(run(capsys, *arguments, "--format", "json")[1])


def test_text_has_the_matrix_and_one_sentence_for_each_revision(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, *ARGUMENTS)
    assert (code, err) == (1, "")
    assert "NP201 store.go:6 full_name   x   ." in out
    assert "0001_full_name: migrate first: the code needs 'users.full_name', which comes with it\n" in out
    assert "--> migrations/0001_full_name.up.sql:1:1" in out


def test_quiet_leaves_the_sentences(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, *ARGUMENTS, "-q")
    assert out.splitlines()[0].startswith("0001_full_name: migrate first")


def test_the_document_has_states_and_verdicts(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, *ARGUMENTS)
    assert found["version"] == 1
    assert found["states"] == [
        {"name": "base.sql", "revision": None, "step": None},
        {"name": "head", "revision": "0001_full_name", "step": None},
    ]
    (verdict,) = found["verdicts"]
    assert (verdict["revision"], verdict["verdict"]) == ("0001_full_name", "migrate-first")
    (finding,) = verdict["findings"]
    assert (finding["rule"], finding["name"], finding["severity"]) == ("NP201", "needs-migration-first", "error")
    assert (finding["path"], finding["identifier"], finding["ref"]) == ("store.go", "full_name", None)
    assert [(each["path"], each["line"]) for each in finding["related"]] == [("migrations/0001_full_name.up.sql", 1)]


def test_with_the_code_that_runs_now_both_versions_must_stay_up(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    (verdict,) = document(capsys, *ARGUMENTS, "--base", "HEAD")["verdicts"]
    assert verdict["verdict"] == "expand-contract"
    assert [(each["rule"], each["identifier"], each["ref"]) for each in verdict["findings"]] == [
        ("NP201", "full_name", None),
        ("NP202", "name", "HEAD"),
    ]
    _, out, _ = run(capsys, *ARGUMENTS, "--base", "HEAD")
    assert "`SELECT name FROM users`" in out


def test_the_new_code_goes_first_where_only_the_old_one_breaks(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write("store.go", go("`SELECT id FROM users`"))
    code, out, _ = run(capsys, *ARGUMENTS, "--base", "HEAD", "-q")
    assert code == 1
    assert "deploy code first: HEAD still needs 'users.name', the code now does not" in out


def test_code_that_had_no_sql_breaks_on_nothing(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("store.go", "package store\n")
    git("commit", "-q", "-a", "-m", "without SQL")
    project.write("store.go", NEW)
    (verdict,) = document(capsys, *ARGUMENTS, "--base", "HEAD")["verdicts"]
    assert verdict["verdict"] == "migrate-first"


def test_what_both_versions_have_is_told_once(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("store.go", OLD)
    (verdict,) = document(capsys, *ARGUMENTS, "--base", "HEAD")["verdicts"]
    assert [(each["rule"], each["ref"]) for each in verdict["findings"]] == [("NP202", None)]


def test_the_code_of_a_revision_is_read_without_touching_the_work_tree(
    project: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, *ARGUMENTS, "--base", "HEAD")
    assert (project.folder / "store.go").read_text() == NEW
    listed = subprocess.run(["git", "status", "--porcelain"], check=True, capture_output=True, text=True).stdout
    assert listed == " M store.go\n"


def test_paths_mean_the_same_at_the_revision(
    project: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("other/store.go", OLD)
    git("add", ".")
    git("commit", "-q", "-m", "another")
    project.write("other/store.go", NEW)
    monkeypatch.chdir(project.folder / "other")
    arguments = ("audit-deploy", ".", "--no-config", "--from", "../base.sql", "--migrations", "../migrations")
    (verdict,) = document(capsys, *arguments, "--base", "HEAD")["verdicts"]
    assert [(each["rule"], each["path"]) for each in verdict["findings"]] == [
        ("NP201", "store.go"),
        ("NP202", "store.go"),
    ]


def test_imports_mean_the_same_at_the_revision(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("go.mod", "module example.invalid/shop\n\ngo 1.23\n")
    project.write("names.go", 'package shop\n\nconst Columns = "name"\n')
    other = go('"SELECT " + shop.Columns + " FROM users"').replace(
        'import "database/sql"', 'import (\n\t"database/sql"\n\n\t"example.invalid/shop"\n)'
    )
    project.write("deep/store.go", other)
    git("add", ".")
    git("commit", "-q", "-m", "another package")
    project.write("names.go", 'package shop\n\nconst Columns = "id"\n')
    arguments = ("audit-deploy", "deep", "names.go", "--no-config", "--from", "base.sql", "--migrations", "migrations")
    (verdict,) = document(capsys, *arguments, "--base", "HEAD")["verdicts"]
    assert [(each["rule"], each["ref"]) for each in verdict["findings"]] == [("NP202", "HEAD")]


@pytest.mark.parametrize("ref", ["nowhere", "--help", ""])
def test_a_revision_that_git_does_not_know_is_wrong_usage(
    project: Tree, capsys: pytest.CaptureFixture[str], ref: str
) -> None:
    code, _, err = run(capsys, *ARGUMENTS, f"--base={ref}")
    assert (code, err.count("\n")) == ((2, 1) if ref else (1, 0))


def test_outside_a_work_tree_there_is_no_base(
    tree: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tree.folder.parent))
    tree.write("base.sql", BASE)
    tree.write("migrations/0001_full_name.up.sql", RENAME)
    tree.write("store.go", NEW)
    code, _, err = run(capsys, *ARGUMENTS, "--base", "HEAD")
    assert (code, "needs a Git work tree" in err) == (2, True)


def test_a_column_that_nothing_uses_is_proved_so(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (project.folder / "migrations" / "0001_full_name.up.sql").write_text("ALTER TABLE users DROP note;")
    project.write("store.go", OLD)
    code, out, _ = run(capsys, *ARGUMENTS, "--contract", "users.note", "--base", "HEAD")
    assert code == 0
    assert "users.note: proved: no statement of the code now and the code at HEAD reads or writes it" in out


def test_a_column_in_use_is_not_to_be_contracted(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (project.folder / "migrations" / "0001_full_name.up.sql").write_text("ALTER TABLE users ADD more INT;")
    project.write("store.go", go("`SELECT id FROM users`"))
    found = document(capsys, *ARGUMENTS, "--contract", "users.name", "--base", "HEAD")["contract"]
    assert found["proved"] is False
    assert [(each["access"], each["path"], each["ref"]) for each in found["uses"]] == [("read", "store.go", "HEAD")]
    assert run(capsys, *ARGUMENTS, "--contract", "users.name", "--base", "HEAD")[0] == 1


def test_a_statement_that_was_not_understood_proves_nothing(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (project.folder / "migrations" / "0001_full_name.up.sql").write_text("ALTER TABLE users ADD more INT;")
    project.write("store.go", go('"SELECT " + columns() + " FROM users"'))
    code, out, _ = run(capsys, *ARGUMENTS, "--contract", "users.note")
    assert code == 5
    assert "users.note: not proved: store.go:6 may use it" in out


def test_for_a_proof_any_schema_will_do(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("store.go", OLD)
    arguments = ("audit-deploy", "store.go", "--no-config", "--schema", "base.sql", "--contract", "users.note")
    code, out, _ = run(capsys, *arguments, "--migrations", "migrations", "--ignore", "NP2")
    assert (code, "users.note: proved" in out) == (0, True)


def test_other_formats_take_the_findings(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, *ARGUMENTS, "--format", "concise", "--output", "sarif=out.sarif")
    assert code == 1
    assert "NP201" in out
    sarif = json.loads((project.folder / "out.sarif").read_text())
    assert [each["ruleId"] for each in sarif["runs"][0]["results"]] == ["NP201"]


def test_without_a_database_the_error_names_the_ways(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "audit-deploy", "store.go", "--no-config", "--format", "json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "config"
    assert err.startswith("error: ")


def test_the_configuration_names_the_base(project: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    project.write("nodepath.toml", 'from = "base.sql"\nmigrations = "migrations"\nbase = "HEAD"\n')
    (verdict,) = document(capsys, "audit-deploy", "store.go")["verdicts"]
    assert verdict["verdict"] == "expand-contract"
