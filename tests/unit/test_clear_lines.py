"""What is wrong is said in one line, with its place and the documented exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nodepath_cli.__main__ import main


def test_a_tree_for_another_database_is_nothing_to_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.sql").write_text("CREATE TABLE t (id SERIAL PRIMARY KEY, d JSONB);\nSELECT d FROM t WHERE id = $1;\n")
    assert main(["audit-columns", "--no-cache", "."]) == 3
    said = capsys.readouterr()
    assert "a.sql: postgresql SQL" in said.out
    assert (
        said.err.startswith("error: nothing to audit: all SQL here is for another database") and " Next: " in said.err
    )
    Path("b.sql").write_text("SELECT id_device FROM ai_whatsapp_session_nodepath;\n")
    assert main(["audit-columns", "--no-cache", "."]) == 0


def test_ddl_that_cannot_be_replayed_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    script = Path("a.sql")
    script.write_text("CREATE TABLE a (x INT);\nALTER TABLE a DROP COLUMN gone;\nSELECT x FROM a;\n")
    main(["audit-columns", "--no-cache"])
    assert "1 DDL statement could not be replayed into the schema: a.sql:2: Can't DROP" in capsys.readouterr().out
    script.write_text(script.read_text() + "ALTER TABLE a DROP COLUMN too;\n")
    main(["audit-columns", "--no-cache"])
    said = capsys.readouterr().out
    assert "2 DDL statements could not be replayed into the schema: the first at a.sql:2:" in said and ":4:" not in said
    main(["audit-columns", "--no-cache", "-v"])
    assert "a.sql:4: " in capsys.readouterr().out


def test_ddl_that_cannot_be_replayed_is_in_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    script = Path("a.sql")
    script.write_text("CREATE TABLE a (x INT);\nALTER TABLE a DROP COLUMN gone;\nSELECT x FROM a;\n")
    expected = {
        "path": "a.sql",
        "line": 2,
        "message": "Can't DROP COLUMN `gone`; check that it exists",
        "errno": 1091,
    }
    for _ in range(2):
        # The second document comes from the cache.
        main(["audit-columns", "--cache-dir", "kept", "--format", "json"])
        assert json.loads(capsys.readouterr().out)["schema"]["not_replayed"] == [expected]
    script.write_text("CREATE TABLE a (x INT);\nSELECT x FROM a;\n")
    main(["audit-columns", "--no-cache", "--format", "json"])
    assert "not_replayed" not in json.loads(capsys.readouterr().out)["schema"]


def test_a_cache_folder_that_is_a_file_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.sql").write_text("SELECT 1;\n")
    assert main(["audit-columns", "--cache-dir", "a.sql"]) == 2
    assert "--cache-dir a.sql is not a folder" in capsys.readouterr().err


def test_the_doctor_wants_a_path_that_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["doctor", "missing"]) == 2
    assert "no such path: missing" in capsys.readouterr().err
    assert main(["doctor", "mysql://root:secret@localhost/db"]) == 2
    assert "secret" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "next_step"),
    [
        (["audit-columns", "--format"], "run `nodepath audit-columns --help`"),
        (["locks", "list", "--format"], "run `nodepath locks --help`"),
        (["--config"], "run `nodepath --help`"),
        (["audit-columns", "--nonsense"], "run `nodepath audit-columns --help`"),
    ],
)
def test_the_next_step_names_the_command(
    arguments: list[str], next_step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.endswith(f". Next: {next_step}.\n")
