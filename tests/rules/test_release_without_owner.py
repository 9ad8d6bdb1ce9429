"""NP406: a release that deletes whoever's lock there is."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import AI, RELEASE_DELETE, inserts, selects, sound
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_delete_with_the_takeover_beside(tree: Tree) -> None:
    case = selects.V4[0]
    found = of(tree, case, "NP406")
    assert (found.severity, found.function) == (Severity.WARNING, "ReleaseSession")
    assert found.position.line == line(case.source, f"DELETE FROM {AI}")
    assert [each.position.line for each in found.related] == [line(case.source, f"UPDATE {AI}")]


def test_the_right_protocol_with_a_careless_release(tree: Tree) -> None:
    code = sound.CASES[0].source.replace(
        'AND id_device = ? AND `timestamp` = ?", prospect, device, mine)\n\treturn err',
        'AND id_device = ?", prospect, device)\n\treturn err',
    )
    assert [each.rule for each in lock_findings(tree, code)] == ["NP406"]


def test_a_lock_that_nobody_takes_over_needs_no_proof(tree: Tree) -> None:
    assert [each.rule for each in lock_findings(tree, inserts.CASES[0].source)] == ["NP405"]


_LATER = f"""
func (r *Repo) ReleaseSession(prospect, device string) ERROR{{
	go func() {{
		time.Sleep(500 * time.Millisecond)
		_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
		if err != nil {{
			fmt.Println(err)
		}}
	}}()
	END
}}
"""


@pytest.mark.parametrize(("result", "end"), [("", ""), ("error ", "return nil")])
def test_a_release_that_is_started_and_not_waited_for_is_one(tree: Tree, result: str, end: str) -> None:
    code = selects.V4[0].source.replace(RELEASE_DELETE, _LATER.replace("ERROR", result).replace("END", end))
    assert [each.rule for each in lock_findings(tree, code)] == ["NP404", "NP406"]


def test_an_owner_that_is_asked_for_before_is_a_proof(tree: Tree) -> None:
    case = selects.V4[0]
    code = case.source.replace(
        '	_, err := r.db.Exec("DELETE',
        f"""	var seen string
	row := r.db.QueryRow("SELECT `timestamp` FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	if err := row.Scan(&seen); err != nil {{
		return err
	}}
	if seen != r.mine {{
		return nil
	}}
	_, err := r.db.Exec("DELETE""",
    ).replace("	db *sql.DB\n", "	db   *sql.DB\n	mine string\n")
    assert [each.rule for each in lock_findings(tree, code)] == ["NP404"]
