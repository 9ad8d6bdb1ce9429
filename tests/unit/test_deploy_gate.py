"""The gate before an upgrade: code that it would break, or that it would not serve, speaks against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodepath_cli import migrate
from nodepath_cli.__main__ import main
from nodepath_cli.config import Settings
from nodepath_cli.deploy.gate import refuse, standing
from nodepath_cli.errors import Refused
from tests.tree import Tree, go

TABLE = "ai_whatsapp_session_nodepath"
REVISION = """from alembic import op

revision = "{id}"
down_revision = "{down}"


def upgrade():
    op.execute("ALTER TABLE ai_whatsapp_session_nodepath {change}")
"""


@pytest.fixture
def settings(tree: Tree) -> Settings:
    """A database at the first revision, and two more that are pending."""
    change = "RENAME COLUMN id_device TO device_id"
    tree.write("versions/0002_a.py", REVISION.format(id="0002", down="0001", change=change))
    tree.write("versions/0003_b.py", REVISION.format(id="0003", down="0002", change="ADD COLUMN note TEXT"))
    migrate.upgrade("sqlite:///x.sqlite3")
    return Settings(database_url="sqlite:///x.sqlite3", migrations="versions")


def test_what_the_upgrade_takes_speaks_against_it(tree: Tree, settings: Settings) -> None:
    tree.write("store.go", go(f"`SELECT id_device FROM {TABLE}`"))
    found = standing(("store.go",), settings)
    assert [(each.finding.rule, each.revision) for each in found] == [("NP202", "0002")]
    with pytest.raises(Refused, match=r"store\.go:6: NP202 unknown column 'id_device'"):
        refuse(found)


def test_what_the_upgrade_brings_does_not(tree: Tree, settings: Settings) -> None:
    tree.write("store.go", go(f"`SELECT device_id, note FROM {TABLE}`"))
    assert standing(("store.go",), settings) == ()
    refuse(())


def test_what_it_does_not_bring_yet_does(tree: Tree, settings: Settings) -> None:
    tree.write("store.go", go(f"`SELECT device_id, note FROM {TABLE}`"))
    found = standing(("store.go",), settings, {"0002"})
    assert [(each.finding.rule, each.finding.identifier) for each in found] == [("NP201", "note")]


def upgraded(*arguments: str) -> int:
    """Exit code of an upgrade that is gated by `store.go`."""
    url = ("--database-url", "sqlite:///x.sqlite3", "--migrations", "versions", "--no-config")
    return main(["db", "upgrade", *arguments, "--audit", "store.go", *url])


def test_an_upgrade_is_refused_with_nothing_written(
    tree: Tree, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write("store.go", go(f"`SELECT id_device FROM {TABLE}`"))
    assert upgraded() == 4
    error = capsys.readouterr().err
    assert error.splitlines()[-1].startswith("error: the code speaks against it: store.go:6: NP202")
    assert migrate.current("sqlite:///x.sqlite3").current == "0001"


def test_an_upgrade_that_the_code_needs_runs(tree: Tree, settings: Settings) -> None:
    tree.write("store.go", go(f"`SELECT device_id FROM {TABLE}`"))
    assert upgraded("0002") == 0
    assert migrate.current("sqlite:///x.sqlite3", Path("versions")).current == "0002"
