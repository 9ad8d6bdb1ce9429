"""The service tree as a user sees it: clean as it is, and every planted defect found at its place, alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nodepath_cli.audit.finding import Finding, Position, Report, Severity
from nodepath_cli.audit.run import audit, inventory
from nodepath_cli.config import Settings
from tests.service_defects import DEFECTS, Defect

TREE = Path(__file__).parents[1] / "service"
RULES = ("NP101", "NP102", "NP103", "NP104", "NP105", "NP114")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tree, which is the working directory."""
    copy = tmp_path / "service"
    shutil.copytree(TREE, copy)
    monkeypatch.chdir(copy)
    return copy


def read(path: Path) -> str:
    """A file's text with its line ends as they are."""
    return path.read_bytes().decode()


def errors(report: Report) -> list[Finding]:
    """The findings that fail a run."""
    return [finding for finding in report.findings if finding.severity is Severity.ERROR]


def test_the_tree_is_clean_and_understood(tree: Path) -> None:
    report = audit((".",), Settings(select=RULES))
    assert errors(report) == []
    assert report.unresolved == ()
    # The reporting code for PostgreSQL beside it is another database's: skipped as files.
    assert [entry.reason.split()[0] for entry in report.skipped if "postgres" in entry.path] == ["postgresql"]
    assert report.counts.statements >= 115
    assert report.counts.resolved >= 0.9 * report.counts.statements


def test_what_only_looks_like_sql_is_not_in_the_report(tree: Path) -> None:
    report = audit((".",), Settings(select=RULES))
    named = {entry.path for entry in report.unresolved} | {finding.path for finding in report.findings}
    assert "internal/whatsapp/webhook.go" not in named
    assert not any(path.endswith((".bak", ".old", "_test.go")) for path in named)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: str(defect.name))
def test_a_planted_defect_is_found_at_its_place_and_nothing_else_is(defect: Defect, tree: Path) -> None:
    text = read(tree / defect.file)
    place = defect.place(text, read(tree / defect.seen[0]) if defect.seen else None)
    (tree / defect.file).write_bytes(defect.plant(text).encode())

    found = errors(audit((".",), Settings(select=RULES)))

    # A text that two statements share is wrong in both.
    assert {(each.rule, each.identifier, each.errno) for each in found} == {
        (defect.rule, defect.identifier, defect.errno)
    }
    assert {(each.path, each.position) for each in found} == {(found[0].path, found[0].position)}
    position = found[0].position
    assert found[0].path == place.path
    if defect.whole:
        assert place.line <= position.line <= position.end_line <= place.end_line
        return
    assert position == Position(place.line, place.column, place.end_line, place.end_column)
    assert {each.clause for each in found} == {defect.clause}
    if defect.suggestion:
        assert defect.suggestion in [each.replacement for each in found[0].suggestions]


def test_a_statement_stands_where_its_first_literal_starts(tree: Path) -> None:
    items, _ = inventory((".",), Settings())
    for item in (each for each in items if each.path.endswith(".go") and each.sql):
        below = read(tree / item.path).splitlines()[item.line - 1 :]
        assert below and below[0][item.column - 1 :].startswith(("`", '"')), f"{item.path}:{item.line}:{item.column}"
    elsewhere = [item for item in items if item.call_path not in (None, item.path)]
    assert {item.path for item in elsewhere} == {"internal/database/schema.go", "internal/repository/queries.go"}
