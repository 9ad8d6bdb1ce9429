"""NP402 of locks whose row says by a word whether they are free."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

_SCHEMA = """
CREATE TABLE line_lock (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, line_no VARCHAR(40) NOT NULL UNIQUE,
    state VARCHAR(20) NOT NULL DEFAULT 'free', holder VARCHAR(64) NULL);
CREATE TABLE bots (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) NOT NULL UNIQUE,
    status VARCHAR(20) NOT NULL DEFAULT 'idle', released_at DATETIME NULL);
"""


def states(wanted: str, left: str, asks: str = "state = ?", given: str = ", wanted") -> str:
    """A lock whose acquire asks for one word, and whose release leaves one."""
    return (
        HEAD
        + f"""
const (
	wanted = {wanted}
	left   = {left}
	held   = "held"
)

func (r *Repo) Acquire(line, holder string) (bool, error) {{
	res, err := r.db.Exec(`UPDATE line_lock SET state = ?, holder = ?
		WHERE line_no = ? AND {asks}`, held, holder, line{given})
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Release(line, holder string) error {{
	_, err := r.db.Exec(`UPDATE line_lock SET state = ?, holder = NULL
		WHERE line_no = ? AND holder = ?`, left, line, holder)
	return err
}}
"""
    )


def test_a_release_that_leaves_another_word_than_the_free_one_gives_nothing_back(tree: Tree) -> None:
    code = states('"free"', '"idle"')
    [found] = lock_findings(tree, code, _SCHEMA)
    assert (found.rule, found.position.line) == ("NP402", line(code, "UPDATE line_lock", 2))
    assert "never meets 'state = 'free''" in found.message


@pytest.mark.parametrize("asks", ["state = 'free'", "state IN ('free', 'new')", "(state = 'free' OR state = 'new')"])
def test_so_where_the_words_stand_in_the_statement(tree: Tree, asks: str) -> None:
    code = states('""', '"idle"', asks, "").replace('	wanted = ""\n', "")
    assert [each.rule for each in lock_findings(tree, code, _SCHEMA)] == ["NP402"]


@pytest.mark.parametrize(
    ("wanted", "left", "asks", "given"),
    [
        ('"free"', '"free"', "state = ?", ", wanted"),
        ('"free"', '"Free"', "state = ?", ", wanted"),
        ('"free"', '"idle"', "state <> ?", ", held"),
        ('"free"', '"idle"', "state IN (?, ?)", ", wanted, left"),
        ('"free"', '"idle"', "(state = ? OR state = ?)", ", wanted, left"),
        ('"free"', '"1"', "state = ?", ", wanted"),
        ('"free"', '"idle"', "LEFT(state, 1) = ?", ", wanted"),
    ],
)
def test_a_word_that_may_be_taken_for_free_gives_it_back(
    tree: Tree, wanted: str, left: str, asks: str, given: str
) -> None:
    found = lock_findings(tree, states(wanted, left, asks, given), _SCHEMA)
    assert [each for each in found if each.rule == "NP402"] == []


@pytest.mark.parametrize(
    "more",
    [
        "UPDATE line_lock SET state = 'free' WHERE state = 'idle'",
        "UPDATE line_lock SET state = 'free' WHERE line_no = 'a'",
        "DELETE FROM line_lock WHERE state = 'idle'",
    ],
)
def test_something_else_may_make_it_free(tree: Tree, more: str) -> None:
    code = states('"free"', '"idle"') + f'\nfunc (r *Repo) Next() {{\n\tr.db.Exec("{more}")\n}}\n'
    assert [each for each in lock_findings(tree, code, _SCHEMA) if each.rule == "NP402"] == []


def test_what_is_done_need_not_be_free(tree: Tree) -> None:
    code = states('"free"', '"done"').replace("Release(", "Finish(")
    assert lock_findings(tree, code, _SCHEMA) == []


_BOT = (
    HEAD
    + """
func (r *Repo) TryLock(code string) (bool, error) {
	res, err := r.db.Exec("UPDATE bots SET status = 'busy' WHERE code = ? AND status = 'idle'", code)
	if err != nil {
		return false, err
	}
	n, _ := res.RowsAffected()
	return n == 1, nil
}

func (r *Repo) Unlock(code string) error {
	_, err := r.db.Exec("UPDATE bots SET RELEASE WHERE code = ?", code)
	return err
}
"""
)
_NOTED = _BOT.replace("RELEASE", "released_at = NOW()")


def test_names_say_that_a_row_of_anything_is_locked(tree: Tree) -> None:
    [found] = lock_findings(tree, _NOTED, _SCHEMA)
    assert (found.rule, found.position.line) == ("NP402", line(_NOTED, "UPDATE bots", 2))


@pytest.mark.parametrize(
    "code",
    [
        _BOT.replace("RELEASE", "status = 'idle', released_at = NOW()"),
        _NOTED.replace("TryLock(", "Begin("),
        _NOTED.replace("Unlock(", "UnlockDoor("),
        _NOTED
        + "\nfunc (r *Repo) Sweep() {\n\tr.db.Exec(\"UPDATE bots SET status = 'idle' WHERE released_at < NOW()\")\n}\n",
    ],
)
def test_without_both_names_or_with_something_that_frees_it_nothing_is_said(tree: Tree, code: str) -> None:
    assert lock_findings(tree, code, _SCHEMA) == []
