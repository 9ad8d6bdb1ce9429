"""What hides nothing any more is named, but only where its silence proves something."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.baseline import create
from nodepath_cli.audit.finding import Finding
from nodepath_cli.config import Settings
from tests.tree import Tree, brief, go, place

DDL = "CREATE TABLE flows (id INT NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
GOOD = "`SELECT id FROM flows`"
BAD = "`SELECT nmae FROM flows`"


def audited(tree: Tree, text: str, **settings: object) -> list[Finding]:
    """What an audit of one file with this text finds."""
    tree.write("schema.sql", DDL)
    tree.write("store.go", text)
    return list(tree.audit("store.go", settings=Settings(schema=("schema.sql",), **settings)).findings)  # type: ignore[arg-type]


def with_comment(statement: str, comment: str) -> str:
    """A file with this comment on the line above the statement."""
    return go(statement).replace("\tdb.Exec", f"\t{comment}\n\tdb.Exec")


def test_a_comment_that_hides_a_finding_is_in_use(tree: Tree) -> None:
    assert audited(tree, with_comment(BAD, "// nodepath: ignore[NP101] to come")) == []


def test_a_comment_that_hides_nothing_is_a_warning_at_its_place(tree: Tree) -> None:
    text = with_comment(GOOD, "// nodepath: ignore[NP101] to come")
    (found,) = audited(tree, text)
    assert (found.rule, found.severity.value, found.identifier) == ("NP502", "warning", None)
    assert (found.position.line, found.position.column) == place(text, "// nodepath")
    assert "NP101" in found.message


def test_only_the_rules_that_hide_nothing_are_named(tree: Tree) -> None:
    (found,) = audited(tree, with_comment(BAD, "// nodepath: ignore[NP101, NP105] to come"))
    assert "NP105" in found.message and "NP101" not in found.message


def test_a_rule_that_is_named_twice_is_one_warning(tree: Tree) -> None:
    assert len(audited(tree, with_comment(GOOD, "// nodepath: ignore[NP101,, np101 ]"))) == 1


def test_a_rule_that_did_not_run_proves_nothing(tree: Tree) -> None:
    text = with_comment(GOOD, "// nodepath: ignore[NP101]")
    assert audited(tree, text, ignore=("NP101",)) == []
    assert audited(tree, text, select=("NP102", "NP502")) == []


def test_it_can_be_left_out_as_every_rule(tree: Tree) -> None:
    text = with_comment(GOOD, "// nodepath: ignore[NP101]")
    assert audited(tree, text, ignore=("NP502",)) == []
    assert audited(tree, text, select=("NP1",)) == []


@pytest.mark.parametrize("statement", ['"SELECT id FROM flows WHERE " + condition()', "`SELECT id FORM elsewhere`"])
def test_a_statement_that_was_not_understood_proves_nothing(tree: Tree, statement: str) -> None:
    assert audited(tree, with_comment(statement, "// nodepath: ignore[NP101]")) == []


def test_a_comment_that_names_the_rule_itself_stays(tree: Tree) -> None:
    assert audited(tree, with_comment(GOOD, "// nodepath: ignore[NP101, NP502] on MariaDB only")) == []


@pytest.mark.parametrize("wrong", ["unknown-column", "NP1O1", "NP1", "1054"])
def test_what_can_be_no_rule_hides_nothing_in_any_run(tree: Tree, wrong: str) -> None:
    found = audited(tree, with_comment(BAD, f"// nodepath: ignore[{wrong}]"))
    assert sorted(brief(found)) == [("NP101", "nmae"), ("NP502", None)]


def test_a_rule_of_another_command_is_not_judged(tree: Tree) -> None:
    assert audited(tree, with_comment(GOOD, "// nodepath: ignore[NP201] the migration goes first")) == []


def test_an_entry_of_the_baseline_that_no_longer_matches_is_named_at_its_line(tree: Tree) -> None:
    create(audited(tree, go(BAD)), "baseline.json")
    assert audited(tree, go(BAD), baseline="baseline.json") == []
    (found,) = audited(tree, go(GOOD), baseline="baseline.json")
    assert (found.rule, found.path) == ("NP502", "baseline.json")
    line = (tree.folder / "baseline.json").read_text().splitlines()[found.position.line - 1]
    assert line[found.position.column - 1 : found.position.end_column - 1].startswith('"fingerprint": "')
    assert "'nmae' of store.go in Run" in found.message


def test_an_entry_of_a_file_that_was_not_read_or_a_rule_that_did_not_run_is_not_judged(tree: Tree) -> None:
    create(audited(tree, go(BAD)), "baseline.json")
    tree.write("other.go", go(GOOD))
    settings = Settings(schema=("schema.sql",), baseline="baseline.json")
    assert tree.audit("other.go", settings=settings).findings == ()
    assert audited(tree, go(GOOD), baseline="baseline.json", ignore=("NP101",)) == []
