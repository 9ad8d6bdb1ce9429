"""`nodepath db` on a SQLite file: plans, scripts, stamps, new revisions, repairs; `nodepath schema diff`, `verify`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli.__main__ import main

URL = "sqlite:///locks.db"
LEADS = (
    '"""Leads"""\nrevision = "0002"\ndown_revision = "0001"\nfrom alembic import op\n'
    'def upgrade():\n    op.execute("CREATE TABLE leads (id INT)")\n    op.execute("INSERT INTO leads VALUES (1)")\n'
    'def downgrade():\n    op.execute("DROP TABLE leads")\n'
)


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    Path("own/0002_leads.py").write_text(LEADS)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, out, _ = run(capsys, *arguments, "--format", "json")
    return code, json.loads(out)


DB = ("--database-url", URL, "--migrations", "own")


def test_a_dry_run_shows_the_plan_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "db", "upgrade", "--dry-run", *DB)
    assert (code, found["dry_run"], found["applied"], found["head"]) == (0, True, [], "0002")
    assert [item["revision"] for item in found["plan"]] == ["0001", "0002"]
    assert "CREATE TABLE leads (id INT)" in found["plan"][1]["statements"]
    assert not Path("locks.db").exists()
    assert run(capsys, "db", "upgrade", *DB)[0] == 0
    before = Path("locks.db").read_bytes()
    code, out, _ = run(capsys, "db", "downgrade", "0001", "--dry-run", *DB)
    assert code == 0
    assert "DROP TABLE leads;" in out
    assert run(capsys, "db", "upgrade", "--dry-run", *DB)[1].splitlines()[-1] == "nothing to do: at 0002"
    assert Path("locks.db").read_bytes() == before


def test_a_script_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "db", "upgrade", "--sql", "--migrations", "own")
    assert code == 0
    assert "ENGINE=InnoDB" in out
    assert "INSERT INTO leads VALUES (1);" in out
    code, out, _ = run(capsys, "db", "upgrade", "0001:0002", "--sql", *DB)
    assert "leads" in out
    assert "session_nodepath" not in out
    assert not Path("locks.db").exists()
    assert "sql" in document(capsys, "db", "downgrade", "0002:0001", "--sql", "--migrations", "own")[1]
    assert run(capsys, "db", "downgrade", "base", "--sql")[0] == 2
    assert run(capsys, "db", "upgrade", "--sql", "--dry-run", *DB)[0] == 2


def test_the_ledger_says_what_has_run(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "db", "upgrade", *DB)
    code, found = document(capsys, "db", "check", *DB)
    assert code == 0
    steps = [(entry["revision"], entry["step"], entry["state"]) for entry in found["ledger"]]
    assert steps[-2:] == [("0002", 1, "done"), ("0002", 2, "done")]
    assert {entry["state"] for entry in found["ledger"]} == {"done"}
    code, found = document(capsys, "db", "repair", "--yes", *DB)
    assert (code, found["state"], found["revision"], found["steps"]) == (0, "clean", "0002", [])
    assert run(capsys, "db", "repair", "--assume", "perhaps", *DB)[0] == 2
    run(capsys, "db", "downgrade", "0001", *DB)
    assert run(capsys, "db", "upgrade", *DB)[0] == 0


def test_a_stamp_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "db", "stamp", "head", *DB)
    assert (code, found["from"], found["current"], found["applied"]) == (0, None, "0002", [])
    code, found = document(capsys, "schema", "verify", *DB)
    assert code == 1
    assert ("missing-table", "leads") in {(item["kind"], item["table"]) for item in found["differences"]}
    assert run(capsys, "db", "stamp", "nosuch", *DB)[0] == 2


def test_a_new_revision_is_written_into_the_folder_only(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "db", "revision", "-m", "Add a thing", "--migrations", "own")
    assert (code, found["revision"], found["down"]) == (0, "0003", ["0002"])
    assert Path(found["path"]) == Path("own/0003_add_a_thing.py")
    assert run(capsys, "db", "upgrade", *DB)[0] == 0
    for arguments in (["-m", "x"], ["-m", "x", "--migrations", "own", "--rev-id", "0003"], ["--migrations", "own"]):
        code, _, err = run(capsys, "db", "revision", *arguments)
        assert (code, err.splitlines()[-1][:7]) == (2, "error: ")
    code, _, err = run(capsys, "db", "revision", "-m", "x", "--migrations", "own", "--rev-id", "../x")
    assert code == 2


def test_what_is_recorded_and_absent_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "db", "upgrade", *DB)
    code, found = document(capsys, "schema", "verify", *DB)
    assert (code, found["ok"], found["revision"], found["head"], found["differences"]) == (0, True, "0002", "0002", [])
    with sqlite3.connect("locks.db") as connection:
        connection.execute("DROP TABLE leads")
    code, out, _ = run(capsys, "schema", "verify", *DB)
    assert code == 1
    assert "missing-table leads" in out


def test_two_sources_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.sql").write_text("CREATE TABLE t (a INT, b VARCHAR(9), KEY k (a)); CREATE TABLE gone (x INT);")
    Path("b.sql").write_text("CREATE TABLE t (a BIGINT, c INT, KEY k (a, c)); CREATE TABLE new (x INT);")
    code, found = document(capsys, "schema", "diff", "a.sql", "b.sql")
    assert (code, found["from"], found["to"]) == (1, "a.sql", "b.sql")
    assert {(item["kind"], item["table"], item["name"]) for item in found["differences"]} == {
        ("changed-column", "t", "a"),
        ("missing-column", "t", "b"),
        ("extra-column", "t", "c"),
        ("changed-key", "t", "k"),
        ("missing-table", "gone", "gone"),
        ("missing-table", "new", "new"),
    }
    _, out, _ = run(capsys, "schema", "diff", "a.sql", "b.sql")
    assert {"missing-table gone", "extra-table new"} <= set(out.splitlines())
    code, found = document(capsys, "schema", "diff", "a.sql", "a.sql")
    assert (code, found["differences"]) == (0, [])
    run(capsys, "db", "upgrade", *DB)
    assert document(capsys, "schema", "diff", "head", URL, "--migrations", "own")[0] == 0
    assert run(capsys, "schema", "diff", "a.sql")[0] == 2
    assert run(capsys, "schema", "diff", "a.sql", "none.sql")[0] == 4
