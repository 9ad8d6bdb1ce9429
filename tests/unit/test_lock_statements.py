"""The statements of the locks pass the audit of this very tool, and the documents say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import nodepath_cli
from nodepath_cli.__main__ import main
from nodepath_cli.locks.statements import statement
from nodepath_cli.locks.timestamps import ServerTime, new_token, read
from tests.tree import Tree

ROOT = Path(nodepath_cli.__file__).parent
QUERIES = ROOT / "locks" / "queries"
PAGE = (Path(__file__).parents[2] / "docs" / "session-lock.md").read_text(encoding="utf-8")
TABLE = "ai_whatsapp_session_nodepath"
PARTS = {
    "table": TABLE,
    "prospect": "id_prospect",
    "device": "id_device",
    "raw": "`timestamp`",
    "where": "id_prospect = :prospect",
    "order": "id_sessionX",
    "columns": "id_sessionX, id_prospect, id_device, `timestamp`",
    "places": ":a, :b, :c, :d",
}
OURS = re.compile(r"\w+(\.mysql)?\.sql")
FRAGMENTS = ("age",)
"""Expressions that stand in other statements."""


def whole(path: Path) -> str:
    """A statement as the server gets it."""
    age = (QUERIES / "age.mysql.sql").read_text()
    age = re.sub(r"^--[^\n]*\n", "", age, flags=re.MULTILINE).strip()
    text = path.read_text().replace("{age_before}", age).replace("{age}", age)
    for name, value in PARTS.items():
        text = text.replace("{" + name + "}", value)
    assert "{" not in re.sub(r"\{\d\}", "", text), path.name
    return text


@pytest.mark.parametrize(
    "path",
    [each for each in sorted(QUERIES.glob("*.sql")) if OURS.fullmatch(each.name) and each.name[:3] not in FRAGMENTS],
    ids=lambda path: path.name,
)
def test_the_audit_has_nothing_to_say_of_our_statements(
    path: Path, tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write(".git/HEAD", "")
    tree.write(path.name, whole(path))
    code = main(["audit-columns", path.name, "--dialect", "mysql:5.7", "--strict", "--no-config"])
    out = capsys.readouterr().out
    # Statements without a table (COMMIT, SET) are none to audit: exit 3.
    assert code in (0, 3), out
    assert "error[" not in out and "warning[" not in out


def test_the_go_listing_passes_the_audit(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (listing,) = re.findall(r"^```go\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    tree.write(".git/HEAD", "")
    tree.write("sessionlock/lock.go", listing)
    assert main(["audit-columns", "sessionlock", "--strict"]) == 0
    out = capsys.readouterr().out
    assert "0 errors, 0 warnings" in out and "0 partial, 0 unresolved" in out


def test_the_documented_sql_passes_the_audit(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    (listing,) = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    tree.write(".git/HEAD", "")
    tree.write("lock.sql", listing)
    assert main(["audit-columns", "lock.sql", "--strict"]) == 0
    assert "4 statements: 4 resolved" in capsys.readouterr().out


def test_the_narrowest_file_is_read() -> None:
    assert "NOW(6)" in statement("clock", "mariadb", (10, 11)) and "strftime" in statement("clock", "sqlite")
    assert "%(prospect)s" in statement("take", "mysql") and ":prospect" in statement("take", "sqlite")
    with pytest.raises(KeyError):
        statement("no such", "mysql")


def test_the_documented_token_is_one() -> None:
    from datetime import datetime

    (shown,) = re.findall(r"^(2026-11-26 10:04:18\.123456) (\d{4}) (\d{8}) (\d{8})$", PAGE, re.MULTILINE)
    found = read("".join(shown))
    assert (found.offset, found.lease, found.local) == (480, 30.0, datetime(2026, 11, 26, 10, 4, 18, 123456))
    made = new_token(ServerTime(datetime(2026, 11, 26, 10, 4, 18, 123456), 480), 30)
    assert made[:38] == "".join(shown)[:38]
