"""NP403 of marks in the row of something else: one is looked at, set, and taken back behind the work."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import HEAD, marks
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

_TABLE = """CREATE TABLE prospek_ai (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, no_wa VARCHAR(30) NOT NULL, nama VARCHAR(80) NULL,
    stage VARCHAR(40) NULL, sedang_balas TINYINT NOT NULL DEFAULT 0, UNIQUE KEY uq_prospek_ai (no_wa));
"""
_MARK = """
func (r *Repo) MulaBalas(noWA string) (bool, error) {
	var sedang int
	if err := r.db.QueryRow("SELECT sedang_balas FROM prospek_ai WHERE no_wa = ?", noWA).Scan(&sedang); err != nil {
		return false, err
	}
	if sedang == 1 {
		return false, nil
	}
	if _, err := r.db.Exec("UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ?", noWA); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) TamatBalas(noWA string) error {
	_, err := r.db.Exec("UPDATE prospek_ai SET sedang_balas = 0 WHERE no_wa = ?", noWA)
	return err
}
"""
_CALLER = """
func (r *Repo) Mesej(noWA, teks string, balas func(string) error) error {
	ok, err := r.MulaBalas(noWA)
	if err != nil {
		return err
	}
	if !ok {
		return nil
	}
	defer r.TamatBalas(noWA)
	return balas(teks)
}
"""
_ROW = (
    (
        "SELECT sedang_balas FROM prospek_ai WHERE no_wa = ?",
        "SELECT nama, sedang_balas FROM prospek_ai WHERE no_wa = ?",
    ),
    (".Scan(&sedang)", ".Scan(&nama, &sedang)"),
    ("var sedang int", "var sedang int\n\tvar nama string"),
)


def _rules(tree: Tree, code: str, schema: str = _TABLE) -> list[str]:
    return [each.rule for each in lock_findings(tree, HEAD + code, schema)]


def _changed(code: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in code
        code = code.replace(old, new)
    return code


def test_a_mark_that_is_taken_back_behind_the_work_is_a_lock(tree: Tree) -> None:
    code = HEAD + _MARK + _CALLER
    [found] = lock_findings(tree, code, _TABLE)
    assert (found.rule, found.severity, found.function) == ("NP403", Severity.WARNING, "MulaBalas")
    assert found.position.line == line(code, "SELECT sedang_balas")
    assert [each.position.line for each in found.related] == [
        line(code, "SET sedang_balas = 1"),
        line(code, "SET sedang_balas = 0"),
    ]


@pytest.mark.parametrize(
    "pairs",
    [
        _ROW,
        (("defer r.TamatBalas(noWA)", "defer func() { _ = r.TamatBalas(noWA) }()"),),
        (("sedang_balas = 0 WHERE", "sedang_balas = NULL WHERE"),),
        (("sedang_balas = 0 WHERE no_wa = ?", "sedang_balas = 0 WHERE no_wa = ? AND sedang_balas = 1"),),
        (("MulaBalas", "Balas"), ("TamatBalas", "Siap")),
        (("if sedang == 1", "if sedang != 0"),),
    ],
)
def test_it_is_so_however_it_is_written(tree: Tree, pairs: tuple[tuple[str, str], ...]) -> None:
    assert _rules(tree, _changed(_MARK + _CALLER, *pairs)) == ["NP403"]


def test_a_flag_that_nobody_takes_back_is_a_setting(tree: Tree) -> None:
    assert _rules(tree, _MARK) == []


@pytest.mark.parametrize(
    "pairs",
    [
        # Taken back by somebody, some day.
        (("\tdefer r.TamatBalas(noWA)\n", ""),),
        (("defer r.TamatBalas(noWA)", "_ = r.TamatBalas(noWA)"),),
        # Set whatever stands there.
        (("\tif sedang == 1 {\n\t\treturn false, nil\n\t}\n", ""),),
        (("if sedang == 1 {\n\t\treturn false, nil", "if sedang == 1 {\n\t\treturn true, nil"),),
        # Something else is looked at.
        (*_ROW, ("if sedang == 1", 'if nama == "x"')),
        # The caller works in any case.
        (("\tif !ok {\n\t\treturn nil\n\t}\n", '\tif !ok {\n\t\tfmt.Println("busy")\n\t}\n'),),
        # Another row, or not every one, or another column.
        (
            (
                "UPDATE prospek_ai SET sedang_balas = 0 WHERE no_wa = ?",
                "UPDATE prospek_ai SET sedang_balas = 0 WHERE no_wa = ? AND nama = 'x'",
            ),
        ),
        (("SET sedang_balas = 0 WHERE no_wa = ?", "SET sedang_balas = 0 WHERE id = ?"),),
        (("SET sedang_balas = 0", "SET stage = 'x'"),),
        (("SET sedang_balas = 0", "SET sedang_balas = 1"),),
        # One caller at a time.
        (("\tvar sedang int", "\tr.mu.Lock()\n\tdefer r.mu.Unlock()\n\tvar sedang int"),),
    ],
)
def test_what_is_not_done_all_makes_no_lock(tree: Tree, pairs: tuple[tuple[str, str], ...]) -> None:
    assert _rules(tree, _changed(_MARK + _CALLER, *pairs)) == []


_SET = """
	if _, err := r.db.Exec("UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ?", noWA); err != nil {
		return false, err
	}
	return true, nil
"""
_ASKED = """
	res, err := r.db.Exec("UPDATE prospek_ai SET sedang_balas = 1 WHERE no_wa = ? AND sedang_balas = 0", noWA)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
"""
_BEGUN = """
	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var sedang int
"""


def test_an_update_that_asks_for_the_mark_decides(tree: Tree) -> None:
    assert _rules(tree, _changed(_MARK + _CALLER, (_SET, _ASKED))) == []


def test_a_transaction_that_locks_the_row_decides(tree: Tree) -> None:
    code = _changed(
        _MARK + _CALLER,
        ("\n\tvar sedang int\n", _BEGUN),
        ("r.db.QueryRow(", "tx.QueryRow("),
        ('balas FROM prospek_ai WHERE no_wa = ?"', 'balas FROM prospek_ai WHERE no_wa = ? FOR UPDATE"'),
        ('r.db.Exec("UPDATE prospek_ai SET sedang_balas = 1', 'tx.Exec("UPDATE prospek_ai SET sedang_balas = 1'),
        ("\treturn true, nil", "\treturn true, tx.Commit()"),
    )
    assert _rules(tree, code) == []


def test_a_function_that_sets_the_mark_and_puts_off_taking_it_back(tree: Tree) -> None:
    [found] = lock_findings(tree, HEAD + marks.REPLY, _TABLE)
    assert (found.rule, found.function) == ("NP403", "Reply")
    assert [each.position.line for each in found.related] == [
        line(HEAD + marks.REPLY, "sedang_balas = 1"),
        line(HEAD + marks.REPLY, "sedang_balas = 0"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (marks.SETS, marks.SWAP),
        ("var sedang bool", "r.mu.Lock()\n\tdefer r.mu.Unlock()\n\tvar sedang bool"),
        ("if sedang {", "if !sedang {"),
        ("\tdefer r.db.Exec", "\tr.db.Exec"),
        ("SET sedang_balas = 0", "SET stage = 'replied'"),
    ],
)
def test_a_function_that_asks_again_or_keeps_nobody_out(tree: Tree, old: str, new: str) -> None:
    assert marks.REPLY.count(old) == 1
    assert _rules(tree, marks.REPLY.replace(old, new)) == []


def test_a_row_lock_outside_of_a_transaction_keeps_nobody_out(tree: Tree) -> None:
    assert _rules(tree, marks.BEGIN) == ["NP403"]


def test_a_row_lock_within_a_transaction_does(tree: Tree) -> None:
    assert "return tx.Commit()" in marks.WITHIN
    assert _rules(tree, marks.WITHIN) == []
