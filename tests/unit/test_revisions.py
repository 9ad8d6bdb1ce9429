"""The revisions are read without a database, at once where they are the bundled ones."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from nodepath_cli.errors import SchemaError, UsageError
from nodepath_cli.migrate.plan import make_plan
from nodepath_cli.migrate.records import Current
from nodepath_cli.migrate.state import heads
from nodepath_cli.schema import revisions as module
from nodepath_cli.schema.revisions import (
    Family,
    memo_file,
    memo_text,
    revisions,
    script_directory,
    scripts_folder,
)

OWN = '''"""An application's own revision"""
from alembic import op

revision = "0002"
down_revision = "0001"
FORMER_NAMES = {"leads": {"fone": "phone"}}


def upgrade():
    print("hello")
    op.execute("CREATE TABLE leads (id INT PRIMARY KEY, phone VARCHAR(20), rate VARCHAR(9) DEFAULT '50%')")
    op.drop_column("leads", "rate")


def downgrade():
    op.drop_table("leads")
'''


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "versions"
    folder.mkdir()
    (folder / "0002_leads.py").write_text(OWN)
    return folder


@pytest.mark.parametrize("dialect", ["mysql", "sqlite"])
def test_the_kept_sql_is_what_the_revisions_say(dialect: Family) -> None:
    """After a change of a revision: python -m nodepath_cli.migrate.memo."""
    assert memo_file(dialect).read_text("utf-8") == memo_text(dialect)


def test_revision_0001_makes_both_tables_and_declares_their_former_names() -> None:
    (first,) = revisions()
    assert first.id == "0001"
    assert [statement.split("`")[1] for statement in first.statements] == [
        "ai_whatsapp_session_nodepath",
        "wasapBot_session_nodepath",
    ]
    names = {(old, new) for table, old, new in first.former_names if table == "wasapBot_session_nodepath"}
    assert names == {
        ("phone_number", "id_prospect"),
        ("device_id", "id_device"),
        ("locked_at", "timestamp"),
        ("last_activity", "timestamp"),
    }


def test_the_bundled_revisions_are_read_without_alembic() -> None:
    code = (
        "import sys; from nodepath_cli.schema.revisions import revisions; assert revisions();"
        "print([name for name in ('alembic', 'sqlalchemy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"format": 1, "digest": "0", "revisions": []}'])
def test_a_kept_file_that_does_not_fit_is_not_believed(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "alembic"
    shutil.copytree(scripts_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "offline-mysql.json").write_text(damage)
    # Where a revision lies is kept for none, and found anew where nothing kept is believed.
    expected = [replace(each, path="", lines=()) for each in revisions()]
    monkeypatch.setattr(module, "scripts_folder", lambda: folder)
    assert [replace(each, path="", lines=()) for each in revisions()] == expected


def test_a_changed_revision_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "alembic"
    shutil.copytree(scripts_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (file,) = (folder / "versions").glob("0001_*.py")
    file.write_text(file.read_text().replace("idx_wasapbot_session_device", "idx_other"))
    monkeypatch.setattr(module, "scripts_folder", lambda: folder)
    assert "idx_other" in revisions()[0].statements[1]


def test_revisions_of_ones_own_follow_0001(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = revisions(own)
    assert (first.id, second.id, second.down) == ("0001", "0002", ("0001",))
    assert second.statements == (
        "CREATE TABLE leads (id INT PRIMARY KEY, phone VARCHAR(20), rate VARCHAR(9) DEFAULT '50%')",
        "ALTER TABLE leads DROP COLUMN rate",
    )
    assert second.former_names == (("leads", "fone", "phone"),)
    assert capsys.readouterr().out == ""
    assert [item.id for item in revisions(own, upto="0001")] == ["0001"]
    assert revisions(own, upto="base") == ()


def test_a_revision_that_asks_the_database_is_told_and_not_fatal(own: Path) -> None:
    (own / "0003_rows.py").write_text(
        'revision = "0003"\ndown_revision = "0002"\nfrom alembic import op\n'
        'def upgrade():\n    op.execute("DROP TABLE leads")\n    op.get_bind().execute("SELECT 1").fetchall()\n'
    )
    third = revisions(own)[2]
    assert third.statements[0] == "DROP TABLE leads"
    assert third.failure is not None


@pytest.mark.parametrize("name", ["", "nosuch", "0002", "head-5", "%", "00 01"])
def test_a_revision_that_is_not_there_is_a_schema_that_is_not_available(name: str) -> None:
    with pytest.raises(SchemaError):
        revisions(upto=name)


BROKEN = {
    "def upgrade(:\n": "revision file 0002_broken.py is not valid Python (line 1)",
    "revision = '0002'\ndown_revision = '0009'\ndef upgrade(): pass\n": (
        "the revisions cannot be read: none has the id '0009', which another one follows"
    ),
    "revision = '0002'\ndown_revision = '0002'\ndef upgrade(): pass\n": "the revisions cannot be read: ",
    "raise RuntimeError('x')\n": "the revisions cannot be read: RuntimeError: x",
    "raise SystemExit(3)\n": "the revisions cannot be read: SystemExit: 3",
    "revision: str = '0001'\ndown_revision = None\n": "revision 0001 is there twice: 0001_",
}


@pytest.mark.parametrize(("text", "said"), BROKEN.items())
def test_a_broken_revision_file_is_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "0002_broken.py").write_text(text)
    for read in (revisions, script_directory, heads):
        with pytest.raises(SchemaError) as caught:
            read(tmp_path)
        assert caught.value.line().startswith(f"error: {said}")
        assert "\n" not in caught.value.line()


@pytest.mark.parametrize("revision", ["head+1", "0001-1"])
def test_a_step_beyond_the_ends_is_wrong_usage(revision: str) -> None:
    with pytest.raises(UsageError, match="there is no revision"):
        make_plan(Current(None, "0001", "empty"), revision, script_directory(None), up=True)


def test_a_missing_folder_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        revisions(tmp_path / "nowhere")
