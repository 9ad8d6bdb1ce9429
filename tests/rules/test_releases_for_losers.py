"""NP406 of releases that run for a caller which has not got the lock."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

_SCHEMA = """
CREATE TABLE phone_lock (phone VARCHAR(40) NOT NULL PRIMARY KEY, owner VARCHAR(40) NOT NULL, since DATETIME NOT NULL);
"""
_STORE = """
func (r *Repo) TryLock(phone, owner string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO phone_lock (phone, owner, since) VALUES (?, ?, NOW())", phone, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) Unlock(phone string) error {
	_, err := r.db.Exec("DELETE FROM phone_lock WHERE phone = ?", phone)
	return err
}
"""


def handling(body: str, more: str = "") -> str:
    """A caller of the lock."""
    return (
        HEAD
        + _STORE
        + more
        + f"""
func (r *Repo) Handle(phone, owner string, work func() error) error {{
	{body}
	return work()
}}
"""
    )


_ASKED = "ok, err := r.TryLock(phone, owner)\n\tif err != nil || !ok {\n\t\treturn err\n\t}"


@pytest.mark.parametrize(
    "late",
    [
        "defer r.Unlock(phone)",
        "defer func() { _ = r.Unlock(phone) }()",
        "defer func() {\n\t\tif err := r.Unlock(phone); err != nil {\n\t\t\tfmt.Println(err)\n\t\t}\n\t}()",
    ],
)
def test_who_comes_too_late_frees_the_lock_of_its_holder(tree: Tree, late: str) -> None:
    code = handling(f"{late}\n\t{_ASKED}")
    [found] = [each for each in lock_findings(tree, code, _SCHEMA) if each.rule == "NP406"]
    assert found.position.line == line(code, "DELETE FROM phone_lock")
    assert "before it knows whether TryLock has got the lock" in found.message
    assert [each.position.line for each in found.related] == [line(code, late[:9]), line(code, "INSERT INTO phone")]


@pytest.mark.parametrize(
    "asked",
    [
        "if ok, err := r.TryLock(phone, owner); err != nil || !ok {\n\t\treturn err\n\t}",
        "ok, err := r.TryLock(phone, owner)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif !ok {\n\t\treturn nil\n\t}",
    ],
)
def test_however_its_answer_is_asked_for(tree: Tree, asked: str) -> None:
    code = handling(f"defer r.Unlock(phone)\n\t{asked}")
    assert "NP406" in [each.rule for each in lock_findings(tree, code, _SCHEMA)]


@pytest.mark.parametrize(
    "body",
    [
        f"{_ASKED}\n\tdefer r.Unlock(phone)",
        f"ok := false\n\tdefer func() {{\n\t\tif ok {{\n\t\t\tr.Unlock(phone)\n\t\t}}\n\t}}()\n\t{_ASKED}",
        f"var ok bool\n\tdefer func() {{\n\t\tif !ok {{\n\t\t\treturn\n\t\t}}\n\t\tr.Unlock(phone)\n\t}}()\n\t{_ASKED}",
        f'defer r.Unlock("all")\n\t{_ASKED}',
        f"if phone == owner {{\n\t\tdefer r.Unlock(phone)\n\t}}\n\t{_ASKED}",
        "defer r.Unlock(phone)\n\tfor {\n\t\tok, err := r.TryLock(phone, owner)\n\t\tif ok {\n\t\t\tbreak\n\t\t}\n"
        "\t\tif err != nil {\n\t\t\treturn err\n\t\t}\n\t}",
        "defer r.Unlock(phone)\n\tok, _ := r.TryLock(phone, owner)\n\tif !ok {\n\t\tpanic(phone)\n\t}",
    ],
)
def test_a_release_behind_the_question_or_that_asks_is_right(tree: Tree, body: str) -> None:
    assert "NP406" not in [each.rule for each in lock_findings(tree, handling(body), _SCHEMA)]


@pytest.mark.parametrize(
    "release",
    [
        'func (r *Repo) Unlock(phone, owner string) error {\n\t_, err := r.db.Exec("DELETE FROM phone_lock '
        'WHERE phone = ? AND owner = ?", phone, owner)\n\treturn err\n}\n',
        "func (r *Repo) Unlock(phone, owner string) error {\n\tif !held[phone] {\n\t\treturn nil\n\t}\n\t_, err := "
        'r.db.Exec("DELETE FROM phone_lock WHERE phone = ?", phone)\n\treturn err\n}\n\nvar held = map[string]bool{}\n',
    ],
)
def test_a_release_that_asks_whose_it_is_may_run_for_anybody(tree: Tree, release: str) -> None:
    code = handling(f"defer r.Unlock(phone, owner)\n\t{_ASKED}")
    start = code.index("func (r *Repo) Unlock")
    code = code[:start] + release + code[code.index("}\n", start) + 2 :]
    assert "NP406" not in [each.rule for each in lock_findings(tree, code, _SCHEMA)]


def test_a_takeover_beside_it_is_no_second_finding(tree: Tree) -> None:
    sweep = (
        '\nfunc (r *Repo) Sweep() {\n\tr.db.Exec("DELETE FROM phone_lock WHERE since < NOW() - INTERVAL 1 HOUR")\n}\n'
    )
    found = lock_findings(tree, handling(f"defer r.Unlock(phone)\n\t{_ASKED}", sweep), _SCHEMA)
    assert [each.rule for each in found] == ["NP406"]
