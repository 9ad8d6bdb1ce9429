"""Rows that note down who comes and goes, how far something is or who is barred: they are no locks (NP401, NP405)."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import lock_findings
from tests.tree import Tree

_SCHEMA = """
CREATE TABLE typing_state (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, chat VARCHAR(60) NOT NULL, agent VARCHAR(40) NOT NULL,
    started_at DATETIME NOT NULL, UNIQUE KEY uq (chat, agent));
CREATE TABLE on_duty (who VARCHAR(40) NOT NULL PRIMARY KEY, branch VARCHAR(40) NOT NULL, since DATETIME NOT NULL);
CREATE TABLE user_account (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, pass_hash VARCHAR(120) NOT NULL,
    locked TINYINT NOT NULL DEFAULT 0, locked_by VARCHAR(60) NULL);
"""
_START = """
func (r *Repo) Start(chat, agent string) bool {
	_, err := r.db.Exec("REPLACE INTO typing_state (chat, agent, started_at) VALUES (?, ?, NOW())", chat, agent)
	return err == nil
}

func (r *Repo) Stop(chat, agent string) error {
	_, err := r.db.Exec("DELETE FROM typing_state WHERE chat = ? AND agent = ?", chat, agent)
	return err
}
"""
_WRITE = """
func (r *Repo) Write(chat, agent string, send func() error) error {
	%s
	return send()
}
"""
_STOP = "defer r.Stop(chat, agent)"
_GOES_ON = [
    f'if !r.Start(chat, agent) {{\n\t\tfmt.Println("not shown")\n\t}}\n\t{_STOP}',
    f'ok := r.Start(chat, agent)\n\tif !ok {{\n\t\tfmt.Println("not shown")\n\t}}\n\t{_STOP}',
    'if ok := r.Start(chat, agent); ok {\n\t\tfmt.Println("hello")\n\t}\n\tdefer func() { r.Stop(chat, agent) }()',
    f"r.Start(chat, agent)\n\t{_STOP}",
    f"_ = r.Start(chat, agent)\n\t{_STOP}",
]
_GOES_BY_IT = [
    f"if !r.Start(chat, agent) {{\n\t\treturn nil\n\t}}\n\t{_STOP}",
    f"ok := r.Start(chat, agent)\n\tif !ok {{\n\t\treturn errors.New(chat)\n\t}}\n\t{_STOP}",
    f"for !r.Start(chat, agent) {{\n\t\ttime.Sleep(time.Second)\n\t}}\n\t{_STOP}",
    f"if !r.Start(chat, agent) {{\n\t\tpanic(chat)\n\t}}\n\t{_STOP}",
    f"if r.Start(chat, agent) {{\n\t\t{_STOP}\n\t\treturn send()\n\t}}",
    f"ok := r.Start(chat, agent)\n\tbusy := !ok\n\tif busy {{\n\t\treturn nil\n\t}}\n\t{_STOP}",
]


@pytest.mark.parametrize("caller", _GOES_ON)
def test_an_answer_that_nobody_goes_by_is_that_of_no_lock(tree: Tree, caller: str) -> None:
    assert lock_findings(tree, HEAD + _START + _WRITE % caller, _SCHEMA) == []


@pytest.mark.parametrize("caller", _GOES_BY_IT)
def test_who_leaves_for_the_answer_takes_it_for_a_lock(tree: Tree, caller: str) -> None:
    found = lock_findings(tree, HEAD + _START + _WRITE % caller, _SCHEMA)
    assert [each.rule for each in found] == ["NP401"]


_COUNTED = _START.replace(
    """	_, err := r.db.Exec("REPLACE INTO typing_state (chat, agent, started_at) VALUES (?, ?, NOW())", chat, agent)
	return err == nil
""",
    """	res, err := r.db.Exec(`INSERT IGNORE INTO typing_state (chat, agent, started_at)
		VALUES (?, ?, NOW())`, chat, agent)
	if err != nil {
		return false
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return false
	}
	return true
""",
)


@pytest.mark.parametrize(("caller", "rules"), [(_GOES_ON[2], []), (_GOES_BY_IT[0], ["NP405"])])
def test_an_answer_that_is_right_says_who_is_new(tree: Tree, caller: str, rules: list[str]) -> None:
    assert [each.rule for each in lock_findings(tree, HEAD + _COUNTED + _WRITE % caller, _SCHEMA)] == rules


def test_one_caller_that_goes_by_it_is_enough(tree: Tree) -> None:
    callers = _WRITE % _GOES_ON[0] + (_WRITE % _GOES_BY_IT[0]).replace("Write", "WriteAlone")
    assert [each.rule for each in lock_findings(tree, HEAD + _START + callers, _SCHEMA)] == ["NP401"]


_ENTER = """
func (r *Repo) Enter(who, branch string) error {
	_, err := r.db.Exec(`INSERT INTO on_duty (who, branch, since) VALUES (?, ?, NOW())
		ON DUPLICATE KEY UPDATE branch = VALUES(branch), since = NOW()`, who, branch)
	%s
}

func (r *Repo) Leave(who string) error {
	_, err := r.db.Exec("DELETE FROM on_duty WHERE who = ?", who)
	return err
}

func (r *Repo) Shift(who, branch string, wait func() error) error {
	if err := r.Enter(who, branch); err != nil {
		return err
	}
	defer r.Leave(who)
	return wait()
}
"""


@pytest.mark.parametrize(
    "end", ["return err", 'if err != nil {\n\t\treturn fmt.Errorf("enter: %w", err)\n\t}\n\treturn nil']
)
def test_the_error_of_an_upsert_keeps_nobody_out(tree: Tree, end: str) -> None:
    assert lock_findings(tree, HEAD + _ENTER % end, _SCHEMA) == []


def test_an_error_with_a_name_is_meant_to(tree: Tree) -> None:
    code = 'var ErrBusy = errors.New("busy")\n' + _ENTER % "if err != nil {\n\t\treturn ErrBusy\n\t}\n\treturn nil"
    assert [each.rule for each in lock_findings(tree, HEAD + code, _SCHEMA)] == ["NP401"]


def test_so_is_one_in_a_table_that_has_a_holder(tree: Tree) -> None:
    schema = _SCHEMA.replace("branch VARCHAR", "owner VARCHAR")
    code = (_ENTER % "return err").replace("branch", "owner")
    assert [each.rule for each in lock_findings(tree, HEAD + code, schema)] == ["NP401"]


_BAR = """
func (r *Repo) Lock(email, admin string) (bool, error) {
	res, err := r.db.Exec("UPDATE user_account SET locked = 1, locked_by = ? WHERE email = ?", admin, email)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (r *Repo) Unlock(email string) error {
	_, err := r.db.Exec("UPDATE user_account SET locked = 0, locked_by = NULL WHERE email = ?", email)
	return err
}
"""
_LOGIN = """
func (r *Repo) Login(email string) (hash string, locked bool, err error) {
	err = r.db.QueryRow("SELECT pass_hash, locked FROM user_account WHERE email = ?", email).Scan(&hash, &locked)
	return hash, locked, err
}
"""
_WORK = """
func (r *Repo) Work(email string, work func() error) error {
	ok, err := r.Lock(email, "worker")
	if err != nil || !ok {
		return err
	}
	defer r.Unlock(email)
	return work()
}
"""


def test_to_bar_a_person_is_no_lock(tree: Tree) -> None:
    assert lock_findings(tree, HEAD + _BAR + _LOGIN, _SCHEMA) == []


@pytest.mark.parametrize(
    "code", [_BAR, _BAR + _LOGIN + _WORK, (_BAR + _LOGIN).replace("Lock(email, admin", "TryLock(email, admin")]
)
def test_work_under_it_or_a_name_that_tries_says_that_it_is_one(tree: Tree, code: str) -> None:
    assert "NP401" in [each.rule for each in lock_findings(tree, HEAD + code, _SCHEMA)]
