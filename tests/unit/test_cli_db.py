"""`nodepath db` at the prompt: exit codes, one document, one line, and never a password."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli import migrate
from nodepath_cli.__main__ import main
from nodepath_cli.migrate.guard import OWNED

URL = "sqlite:///locks.db"
REVISION_2 = '''"""Leads"""
revision = "0002"
down_revision = "0001"
from alembic import op
def upgrade():
    print("noise")
    op.execute("CREATE TABLE leads (id INTEGER PRIMARY KEY)")
def downgrade():
    op.execute("DROP TABLE leads")
'''


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def db(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["db", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code, out, _ = db(capsys, *arguments, "--format", "json")
    found = json.loads(out)
    assert found["version"] == 1
    return code, found


def test_upgrade_current_and_downgrade(capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--database-url", URL)
    code, out, _ = db(capsys, "upgrade", *at)
    assert (code, out.splitlines()) == (0, [f"database: {URL}", "upgraded: base -> 0001 (head)"])
    assert db(capsys, "upgrade", *at)[1].splitlines()[1] == "nothing to do: at 0001"
    assert document(capsys, "current", *at) == (
        0,
        {"version": 1, "current": "0001", "head": "0001", "state": "at-head"},
    )
    code, found = document(capsys, "downgrade", "-1", *at)
    assert (code, found["from"], found["current"], found["applied"]) == (0, "0001", None, ["0001"])


def test_check_is_0_at_head_only(capsys: pytest.CaptureFixture[str]) -> None:
    sqlite3.connect("locks.db").close()
    Path("locks.db").touch()
    code, found = document(capsys, "check", "--database-url", URL)
    assert (code, found["state"], found["pending"], found["ledger"]) == (1, "empty", ["0001"], [])
    assert [table["shape"] for table in found["tables"]] == ["absent", "absent"]
    assert db(capsys, "current", "--database-url", URL)[0] == 0
    db(capsys, "upgrade", "--database-url", URL)
    code, found = document(capsys, "check", "--database-url", URL)
    assert (code, found["pending"]) == (0, [])
    assert [(table["shape"], table["rows"]) for table in found["tables"]] == [("production", 0)] * 2


def test_nothing_configured_is_exit_2_and_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("upgrade", "current", "status", "check", "adopt"):
        code, out, err = db(capsys, command)
        assert (code, out) == (2, "")
        assert err.splitlines()[-1].startswith("error: no database is configured. Next: ")
    code, found = document(capsys, "upgrade")
    assert (code, found["error"]["code"]) == (2, "config")
    assert list(Path().iterdir()) == []


def test_reading_commands_make_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["current"], ["status"], ["check"], ["adopt"], ["downgrade", "base"]):
        code, _, err = db(capsys, *command, "--database-url", URL)
        assert code == 4
        assert err.splitlines()[-1].startswith("error: there is no SQLite database")
    assert list(Path().iterdir()) == []


def test_an_unstamped_database_is_refused_then_adopted(capsys: pytest.CaptureFixture[str]) -> None:
    db(capsys, "upgrade", "--database-url", URL)
    with sqlite3.connect("locks.db") as connection:
        connection.execute("DROP TABLE nodepath_alembic_version")
    code, _, err = db(capsys, "upgrade", "--database-url", URL)
    assert code == 4
    assert "nodepath db adopt" in err.splitlines()[-1]
    code, found = document(capsys, "upgrade", "--database-url", URL)
    assert found["error"]["code"] == "refused"
    code, found = document(capsys, "adopt", "--database-url", URL)
    assert (code, found["state"], found["revision"]) == (0, "stamped", "0001")
    assert document(capsys, "adopt", "--database-url", URL)[1]["state"] == "already"


def test_a_refused_adoption_is_one_document_with_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    with sqlite3.connect("locks.db") as connection:
        connection.execute(f"CREATE TABLE {OWNED[0]} (id_sessionX INTEGER PRIMARY KEY, phone_number TEXT)")
    before = Path("locks.db").read_bytes()
    code, found = document(capsys, "adopt", "--database-url", URL)
    assert (code, found["state"], found["error"]["code"]) == (4, "refused", "refused")
    assert [table["shape"] for table in found["tables"]] == ["partial", "absent"]
    assert {item["kind"] for item in found["tables"][0]["differences"]} >= {"missing-column", "extra-column"}
    assert Path("locks.db").read_bytes() == before
    code, out, err = db(capsys, "adopt", "--database-url", URL)
    assert code == 4
    assert "missing-column id_prospect" in out
    assert err.splitlines()[-1].startswith("error: ")


def test_the_configuration_names_database_and_migrations(capsys: pytest.CaptureFixture[str]) -> None:
    Path("own").mkdir()
    Path("own/0002_leads.py").write_text(REVISION_2)
    Path("nodepath.toml").write_text(f'database-url = "{URL}"\nmigrations = "own"\nformat = "json"\n')
    code, out, err = db(capsys, "upgrade")
    assert code == 0
    assert json.loads(out)["applied"] == ["0001", "0002"]
    assert f"database: {URL}" in err
    code, out, _ = db(capsys, "history", "--format", "text")
    assert out.splitlines()[1].startswith("0001 -> 0002 (head), Leads")
    assert db(capsys, "upgrade", "--no-config")[0] == 2


def test_the_environment_goes_before_the_configuration(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("nodepath.toml").write_text('database-url = "sqlite:///file.db"\n')
    monkeypatch.setenv("NODEPATH_DATABASE_URL", "sqlite:///environment.db")
    db(capsys, "upgrade")
    assert Path("environment.db").exists()
    db(capsys, "upgrade", "--database-url", "sqlite:///option.db")
    assert Path("option.db").exists()
    assert not Path("file.db").exists()


def test_history_and_heads_need_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = document(capsys, "heads")
    assert code == 0
    assert [(line["revision"], line["down"], line["head"]) for line in found["revisions"]] == [("0001", [], True)]
    assert db(capsys, "history")[1].startswith("base -> 0001 (head), ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["upgrade", "nosuch", "--database-url", URL],
        ["upgrade", "--database-url", "hush-hush"],
        ["upgrade", "--database-url", ""],
        ["upgrade", "--database-url", "mysql://u:hush-hush@h/d?tls=custom"],
        ["upgrade", "--database-url", URL, "--lock-timeout", "soon"],
        ["upgrade", "--database-url", URL, "--format", "yaml"],
        ["upgrade", "--database-url", URL, "--migrations", "nowhere"],
        ["downgrade", "--database-url", URL],
        ["downgrade", "nosuch", "--database-url", URL],
        ["nosuch"],
    ],
)
def test_wrong_usage_is_exit_2_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("locks.db").touch()
    code, _, err = db(capsys, *arguments)
    assert code == 2
    assert err.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in err
    assert "hush" not in err


@pytest.mark.parametrize("verbose", [[], ["-v"]])
@pytest.mark.parametrize(
    "url",
    [
        "mysql://app:hush-hush@127.0.0.1:9/chat",
        "app:hush-hush@tcp(127.0.0.1:9)/chat?parseTime=true",
        "app:hush-hush@unix(/nowhere/s.sock)/chat",
        "mysql://app:hush-hush@127.0.0.1:9/",
    ],
)
def test_an_unreachable_server_is_exit_4_without_the_password(
    url: str, verbose: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["upgrade"], ["current"], ["check"], ["adopt"], ["downgrade", "base"]):
        code, out, err = db(capsys, *command, "--database-url", url, *verbose)
        assert code == 4
        assert "hush" not in out + err
        assert "Traceback" not in err
        assert err.splitlines()[-1].startswith("error: ")
        assert out.splitlines() == [f"database: {url.replace('hush-hush', '***')}"]


def test_a_file_that_is_no_database_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("locks.db").write_bytes(b"not a database, but longer than the header of one is" * 99)
    for command in (["upgrade"], ["current"], ["check"], ["adopt"], ["downgrade", "base"]):
        code, _, err = db(capsys, *command, "--database-url", URL)
        assert (code, err.splitlines()[-1][:7]) == (4, "error: ")


@pytest.mark.parametrize("verbose", [[], ["-v"]])
@pytest.mark.parametrize("fault", ["CREATE TABBLE leads (id", '");undefined_name;("'])
def test_a_failing_revision_is_one_line_and_leaves_nothing_half_done(
    fault: str, verbose: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("own").mkdir()
    Path("own/0002_bad.py").write_text(REVISION_2.replace("CREATE TABLE leads (id", fault))
    code, _, err = db(capsys, "upgrade", "--database-url", URL, "--migrations", "own", *verbose)
    assert code == 4
    assert err.splitlines()[-1].startswith("error: ")
    assert "Traceback" not in err
    assert document(capsys, "current", "--database-url", URL, "--migrations", "own")[1]["state"] == "empty"


def test_a_folder_of_sql_migrations_is_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    Path("sql").mkdir()
    Path("sql/000001_x.up.sql").write_text("CREATE TABLE x (a INT);")
    assert db(capsys, "heads", "--migrations", "sql")[0] == 2
    Path("nodepath.toml").write_text('migrations = "sql"\n')
    assert db(capsys, "upgrade", "--database-url", URL)[0] == 0
    with sqlite3.connect("locks.db") as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'x'").fetchone() == (0,)


def test_upgrades_of_one_file_at_the_same_time() -> None:
    results: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(target=lambda: results.append(migrate.upgrade("sqlite:///locks.db").applied)) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == [(), (), (), (), (), ("0001",)]
