"""A baseline hides exactly the findings that it holds, from wherever nodepath runs, and is never half written."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from nodepath_cli.audit.baseline import Change, create, hold, prune, update
from nodepath_cli.audit.baseline_file import load
from nodepath_cli.audit.finding import Finding, Judged, Position
from nodepath_cli.errors import ConfigError, UsageError
from tests.snapshots.reports import FORMER_NAME, WHOLE_STATEMENT
from tests.tree import Tree

FILE = "baseline.json"
FILES = frozenset({"a.go", "b.go"})
RULES = frozenset({"NP101", "NP102"})
ALL = Judged(FILES, RULES)
Command = Callable[[Sequence[Finding], str, Judged], Change]


def finding(identifier: str, path: str = "a.go", line: int = 1, rule: str = "NP101") -> Finding:
    """A finding in a statement that names this identifier."""
    position = Position(line, 5, line, 9)
    return replace(FORMER_NAME, rule=rule, path=path, position=position, identifier=identifier)


def left(*findings: Finding) -> list[Finding]:
    """What the baseline leaves of the findings."""
    return list(hold(findings, load(FILE), ALL).kept)


@pytest.fixture(autouse=True)
def _here(tree: Tree) -> None:
    for name in FILES:
        tree.write(name, "package a\n")


def test_what_it_holds_is_hidden_wherever_the_line_has_moved() -> None:
    create([finding("x", line=3)], FILE)
    assert left(finding("x", line=300)) == []


@pytest.mark.parametrize(
    "other",
    [
        finding("y"),
        finding("x", path="b.go"),
        finding("x", rule="NP102"),
        replace(finding("x"), function="Another"),
        replace(finding("x"), sql="SELECT x FROM another"),
    ],
)
def test_what_it_does_not_hold_is_not_hidden(other: Finding) -> None:
    create([finding("x")], FILE)
    assert left(finding("x"), other) == [other]


def test_the_layout_of_the_sql_does_not_matter() -> None:
    create([finding("x")], FILE)
    assert left(replace(finding("x"), sql=FORMER_NAME.sql.replace(" ", "\n\t "))) == []


def test_an_entry_never_hides_a_second_finding() -> None:
    create([finding("x"), finding("x", line=2)], FILE)
    third = finding("x", line=7)
    assert left(finding("x"), finding("x", line=2), third) == [third]


def test_the_file_is_the_same_in_whatever_order_the_findings_come(tree: Tree) -> None:
    findings = [finding("x", "b.go"), finding("y"), finding("x"), finding("x", line=9), WHOLE_STATEMENT]
    create(findings, FILE)
    create(findings[::-1], "other.json")
    assert (tree.folder / FILE).read_bytes() == (tree.folder / "other.json").read_bytes()
    document = json.loads((tree.folder / FILE).read_text())
    assert document["version"] == 1
    assert [(each["path"], each["identifier"], each["count"]) for each in document["findings"]] == [
        ("a.go", "x", 2),
        ("a.go", "y", 1),
        ("b.go", "x", 1),
        ("db/seed <1>.sql", "", 1),
    ]


def test_paths_are_those_from_the_file_so_that_any_folder_may_be_the_working_one(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree.write("ci/.keep", "")
    file = str(tree.folder / "ci" / FILE)
    create([finding("x", "sub/a.go")], file)
    assert str(tree.folder) not in Path(file).read_text()
    tree.write("sub/a.go", "package a\n")
    monkeypatch.chdir(tree.folder / "sub")
    held = hold([finding("x", "a.go")], load(f"../ci/{FILE}"), Judged(frozenset({"a.go"}), RULES))
    assert (held.kept, held.baselined, held.unmatched) == ((), 1, ())


def test_create_never_overwrites() -> None:
    create([finding("x")], FILE)
    with pytest.raises(UsageError, match="exists"):
        create([], FILE)
    assert left(finding("x")) == []


def test_update_adds_what_is_new_and_takes_out_what_is_gone() -> None:
    create([finding("x"), finding("y"), finding("y", line=2)], FILE)
    change = update([finding("y"), finding("z")], FILE, ALL)
    assert (change.added, change.removed, change.findings) == (1, 2, 2)
    assert left(finding("x"), finding("y"), finding("z")) == [finding("x")]


def test_prune_adds_nothing() -> None:
    create([finding("x"), finding("y"), finding("y", line=2)], FILE)
    change = prune([finding("y"), finding("z")], FILE, ALL)
    assert (change.added, change.removed, change.findings) == (0, 2, 1)
    assert left(finding("y"), finding("y", line=2), finding("z")) == [finding("y", line=2), finding("z")]


@pytest.mark.parametrize("command", [update, prune])
def test_entries_of_files_that_were_not_read_and_of_rules_that_did_not_run_stay(command: Command) -> None:
    create([finding("x", "b.go"), finding("x", rule="NP102")], FILE)
    judged = Judged(frozenset({"a.go"}), frozenset({"NP101"}))
    assert command([], FILE, judged).findings == 2


@pytest.mark.parametrize("command", [update, prune])
def test_an_entry_of_a_function_that_was_not_fully_understood_stays(command: Command) -> None:
    create([finding("x")], FILE)
    judged = replace(ALL, unclear=frozenset({("a.go", "TryAcquireSession")}))
    assert command([], FILE, judged).findings == 1
    assert hold([], load(FILE), judged).unmatched == ()


def test_entries_of_a_file_that_is_gone_go_too(tree: Tree) -> None:
    create([finding("x", "b.go"), finding("x")], FILE)
    (tree.folder / "b.go").unlink()
    assert prune([finding("x")], FILE, Judged(frozenset({"a.go"}), RULES)).removed == 1


def test_a_file_that_needs_no_change_is_not_written_again(tree: Tree) -> None:
    create([finding("x")], FILE)
    before = (tree.folder / FILE).stat().st_ino
    update([finding("x")], FILE, ALL)
    assert (tree.folder / FILE).stat().st_ino == before


def test_findings_about_suppressions_are_never_held(tree: Tree) -> None:
    idle = finding("NP101", rule="NP502")
    assert create([idle], FILE).findings == 0
    assert left(idle) == [idle]


def test_a_path_that_is_not_utf8_survives() -> None:
    create([finding("x", "odd\udcff.go")], FILE)
    assert left(finding("x", "odd\udcff.go")) == []


def test_an_entry_that_a_merge_has_doubled_hides_no_more_than_either_side(tree: Tree) -> None:
    create([finding("x")], FILE)
    document = json.loads((tree.folder / FILE).read_text())
    document["findings"] *= 2
    tree.write(FILE, json.dumps(document))
    assert left(finding("x"), finding("x", line=2)) == [finding("x", line=2)]


ENTRY = {"path": "a.go", "rule": "NP101", "function": "", "identifier": "", "sql": "", "fingerprint": "00", "count": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON at line 1"),
        ('{"version": 1, "findings": [\n<<<<<<< HEAD\n', "no JSON at line 2"),
        ("[]", "no baseline of version 1"),
        ("null", "no baseline of version 1"),
        ('{"version": 1}', "no baseline of version 1"),
        ('{"version": true, "findings": []}', "no baseline of version 1"),
        ('{"version": 2, "findings": []}', "newer nodepath"),
        ('{"version": 1, "findings": [7]}', "entry 1"),
        (json.dumps({"version": 1, "findings": [ENTRY, ENTRY | {"count": 0}]}), "entry 2"),
        (json.dumps({"version": 1, "findings": [ENTRY | {"count": True}]}), "entry 1"),
        (json.dumps({"version": 1, "findings": [ENTRY | {"path": None}]}), "entry 1"),
        (json.dumps({"version": 1, "findings": [ENTRY | {"path": "a\0"}]}), "entry 1"),
        ("[" * 100_000, "nested too deep"),
        ('{"version": ' + "9" * 5000 + "}", "damaged"),
    ],
)
def test_a_damaged_file_is_one_clear_error(tree: Tree, text: str, why: str) -> None:
    tree.write(FILE, text)
    with pytest.raises(ConfigError, match=why) as caught:
        load(FILE)
    assert "\n" not in caught.value.line()
    with pytest.raises(ConfigError):
        update([finding("x")], FILE, ALL)
    assert (tree.folder / FILE).read_text() == text


def test_a_file_that_is_not_utf8_or_not_there_or_none(tree: Tree) -> None:
    tree.write(FILE, b"\xff\xfe")
    os.mkfifo("pipe")
    for name in (FILE, "nosuch.json", ".", "pipe", "/dev/zero"):
        with pytest.raises(ConfigError):
            load(name)


def test_a_folder_that_does_not_exist_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        create([], f"nosuch/{FILE}")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    create([finding("x")], FILE)
    before = (tree.folder / FILE).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="no space left"):
        update([finding("y")], FILE, ALL)
    assert (tree.folder / FILE).read_bytes() == before
    assert sorted(path.name for path in tree.folder.iterdir()) == ["a.go", "b.go", FILE]


def test_the_mode_of_the_file_and_a_link_to_it_stay(tree: Tree) -> None:
    create([finding("x")], "real.json")
    (tree.folder / "real.json").chmod(0o640)
    (tree.folder / FILE).symlink_to("real.json")
    update([finding("y")], FILE, ALL)
    assert (tree.folder / FILE).is_symlink()
    assert stat.S_IMODE((tree.folder / "real.json").stat().st_mode) == 0o640
    assert left(finding("x"), finding("y")) == [finding("x")]
