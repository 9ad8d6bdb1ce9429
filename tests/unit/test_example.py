"""The example service: its three states, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodepath_cli.audit.finding import Finding, Report
from nodepath_cli.audit.run import audit
from nodepath_cli.config import Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "nodepath-chat"
REPOSITORY = "internal/repository/ai_whatsapp_repository.go"
NAMES = ("phone_number", "device_id", "locked_at", "last_activity")


def files(state: str) -> dict[str, bytes]:
    """All files of a state by their path."""
    root = EXAMPLE / state
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def report(state: str, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Audit a state with nothing configured."""
    monkeypatch.chdir(EXAMPLE)
    return audit((state,), Settings(select=("NP1",)))


def lines_with(state: str, name: str) -> list[tuple[int, int]]:
    """Where a word stands in the repository's SQL: line and column."""
    text = (EXAMPLE / state / REPOSITORY).read_text()
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        start = line.find(name)
        while start >= 0:
            found.append((number, start + 1))
            start = line.find(name, start + 1)
    return found


def identifiers(findings: tuple[Finding, ...]) -> set[tuple[str, str | None]]:
    """Rule and identifier of every finding."""
    return {(finding.rule, finding.identifier) for finding in findings}


@pytest.mark.parametrize("state", ["incident", "half-fix"])
def test_the_states_differ_in_the_lock_statements_alone(state: str) -> None:
    right, wrong = files("fixed"), files(state)
    assert right.keys() == wrong.keys()
    assert {path for path in right if right[path] != wrong[path]} == {REPOSITORY}


def test_the_incident_is_an_unknown_table_with_the_real_one_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    found = report("incident", monkeypatch).findings
    assert identifiers(found) == {("NP102", "ai_whatsapp_session")}
    assert [(each.position.line, each.position.column) for each in found] == lines_with(
        "incident", "ai_whatsapp_session"
    )
    for each in found:
        assert each.path == f"incident/{REPOSITORY}"
        assert each.suggestions[0].replacement == "ai_whatsapp_session_nodepath"


def test_the_half_fix_names_every_old_column_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    found = report("half-fix", monkeypatch).findings
    assert identifiers(found) == {("NP101", name) for name in NAMES}
    for name in NAMES:
        places = [(each.position.line, each.position.column) for each in found if each.identifier == name]
        assert places == lines_with("half-fix", name)


def test_the_half_fix_is_told_the_columns_that_took_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    found = report("half-fix", monkeypatch).findings
    first = {each.identifier: each.suggestions[0].replacement for each in found}
    assert first == {
        "phone_number": "id_prospect",
        "device_id": "id_device",
        "locked_at": "timestamp",
        "last_activity": "timestamp",
    }


def test_the_fixed_code_names_nothing_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    fixed = report("fixed", monkeypatch)
    assert fixed.findings == ()
    assert fixed.unresolved == ()
    assert fixed.counts.statements >= 25


def test_the_fixed_code_has_a_lock_that_does_not_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    text = (EXAMPLE / "fixed" / REPOSITORY).read_text().splitlines()
    found = [each for each in audit(("fixed",), Settings()).findings if each.path.endswith(REPOSITORY)]
    assert [(each.rule, each.function) for each in found] == [
        ("NP401", "TryAcquireSession"),
        ("NP402", "ReleaseSession"),
    ]
    assert "INSERT INTO ai_whatsapp_session_nodepath" in text[found[0].position.line - 1]
    assert "UPDATE ai_whatsapp_session_nodepath" in text[found[1].position.line - 1]


@pytest.mark.parametrize("state", ["incident", "half-fix", "fixed"])
def test_the_scripted_bots_lock_is_sound_but_for_a_crash(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE)
    found = [each for each in audit((state,), Settings()).findings if each.rule.startswith("NP4")]
    assert [each.rule for each in found if "wasapbot" in each.path] == ["NP405"]
    assert state == "fixed" or len(found) == 1
