"""Counts in the service tree: what Go gives and takes is dropped once at each of many places, and found there alone."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from nodepath_cli.audit.finding import Severity
from nodepath_cli.audit.run import audit
from nodepath_cli.config import Settings
from tests.service_defects import (
    BOT,
    DEVICES,
    ENGINE,
    FLOWS,
    LOCKS,
    ORDERS,
    PROSPECTS,
    QUERIES,
    REPORTS,
    USERS,
    WEBHOOK,
)

TREE = Path(__file__).parents[1] / "service"
COUNTS = Settings(select=("NP107", "NP108"))


@dataclass(frozen=True)
class Edit:
    """One edit, what it makes wrong, and a text on the first line of the SQL that is reported."""

    file: str
    old: str
    new: str
    rule: str
    message: str
    sql: str
    branch: str = ""
    home: str = ""
    """The file of the SQL, where it is another one."""


EDITS = (
    # A direct call, a prepared statement, a closure and a wrapper.
    Edit(
        ORDERS, "product, amount, userID);", "product, amount);", "NP107", "3 placeholders, 2 arguments", "SET product"
    ),
    Edit(LOCKS, "prospect, device, seen)", "prospect, device)", "NP107", "4 placeholders, 3 arguments", "UPDATE"),
    Edit(
        BOT,
        "stmt.Exec(text, text, number)",
        "stmt.Exec(text, number)",
        "NP107",
        "3 placeholders, 2 arguments",
        "conv_last = CONCAT",
    ),
    Edit(ENGINE, "INTERVAL ? DAY", "INTERVAL 30 DAY", "NP107", "0 placeholders, 1 argument", "DELETE c FROM"),
    Edit(
        USERS,
        'NOW() WHERE id = ?", id)',
        'NOW() WHERE id = ?")',
        "NP107",
        "1 placeholder, 0 arguments",
        "last_login = NOW()",
    ),
    Edit(
        WEBHOOK,
        "'text')\", number, text)",
        "'text')\", number)",
        "NP107",
        "2 placeholders, 1 argument",
        "(UUID(), ?, 'user', ?, 'text')",
    ),
    Edit(
        QUERIES,
        "WHERE d.id_device = ?`",
        "WHERE d.id_device = ? AND d.provider = ?`",
        "NP107",
        "2 placeholders, 1 argument",
        "SELECT d.id",
    ),
    # Conditions that a branch adds.
    Edit(
        FLOWS,
        '\t\targs = append(args, "%"+niche+"%")\n',
        "",
        "NP107",
        "4 placeholders, 3 arguments",
        "SELECT id, name, description, niche",
        'if niche != ""',
    ),
    Edit(
        FLOWS,
        "append(args, size, page*size)",
        "append(args, size)",
        "NP107",
        "4 placeholders, 3 arguments",
        "SELECT id, name, description, niche",
        "if size > 0",
    ),
    Edit(
        PROSPECTS,
        'append(args, "%"+text+"%", "%"+text+"%")',
        'append(args, "%"+text+"%")',
        "NP107",
        "5 placeholders, 4 arguments",
        "id_prospect, prospect_num, prospect_name, stage",
        'if text != ""',
    ),
    Edit(
        REPORTS,
        "\t\targs = append(args, niche)\n",
        "",
        "NP107",
        "3 placeholders, 2 arguments",
        "SELECT COUNT(*)",
        'if niche != ""',
    ),
    # Targets and columns.
    Edit(USERS, "Scan(&id, &hash)", "Scan(&hash)", "NP108", "2 columns, 1 target of Scan", "SELECT id, password"),
    Edit(
        USERS,
        "s.user_id, u.email, s.expires_at",
        "s.user_id, u.email",
        "NP108",
        "2 columns, 3 targets of Scan",
        "s.user_id",
    ),
    Edit(
        FLOWS,
        "&flow.Nodes, &flow.Edges)",
        "&flow.Nodes)",
        "NP108",
        "5 columns, 4 targets of Scan",
        "sqlFlowByID",
        home=QUERIES,
    ),
    Edit(
        FLOWS,
        "&f.Niche, &f.IDDevice)",
        "&f.Niche)",
        "NP108",
        "5 columns, 4 targets of Scan",
        "SELECT id, name, description, niche",
    ),
    Edit(
        PROSPECTS,
        "&p.ID, &p.Number, &p.Name, &p.Stage, &p.Niche, &p.Human); err",
        "&p.ID); err",
        "NP108",
        "6 columns, 1 target of Scan",
        "stage, niche, human",
    ),
    Edit(
        DEVICES,
        "SELECT id_device, api_key, api_key_option FROM",
        "SELECT * FROM",
        "NP108",
        "columns, 3 targets of Scan",
        "SELECT * FROM",
    ),
    Edit(
        DEVICES,
        "api_key, api_key_option FROM",
        "api_key FROM",
        "NP108",
        "2 columns, 3 targets of Scan",
        "SELECT id_device, api_key",
    ),
)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree, which is the working directory."""
    copy = tmp_path / "service"
    shutil.copytree(TREE, copy)
    monkeypatch.chdir(copy)
    return copy


def test_nothing_is_wrong_as_it_is(tree: Path) -> None:
    assert audit((".",), COUNTS).findings == ()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.rule}-{edit.file.rsplit('/', 1)[1]}-{edit.new[:20]}")
def test_a_count_that_no_longer_fits_is_found_alone(edit: Edit, tree: Path) -> None:
    text = (tree / edit.file).read_bytes().decode()
    assert text.count(edit.old) >= 1
    (tree / edit.file).write_bytes(text.replace(edit.old, edit.new, 1).encode())
    found = [each for each in audit((".",), COUNTS).findings if each.severity is Severity.ERROR]
    # Two statements that share their arguments or their Scan are both wrong.
    assert {each.rule for each in found} == {edit.rule}
    assert all(edit.message in each.message for each in found)
    finding = found[0]
    assert finding.path == (edit.home or edit.file)
    assert edit.branch in finding.branch
    below = (tree / finding.path).read_text().split("\n")[finding.statement_line - 1 :]
    assert any(edit.sql in line for line in below[:3])
