"""NP401 of locks whose names say little by themselves: those of the table, and of the functions around it."""

from __future__ import annotations

import pytest

from tests.locks import HEAD, weak_names
from tests.locks.audited import line, lock_findings
from tests.tree import Tree


def _rules(tree: Tree, code: str, table: str, column: str) -> list[tuple[str, int]]:
    found = lock_findings(tree, HEAD + code, weak_names.TABLE.format(table, column))
    return [(each.rule, each.position.line) for each in found]


def _at(code: str, text: str) -> list[tuple[str, int]]:
    return [("NP401", line(HEAD + code, text))]


def test_a_column_says_since_when_something_is_acquired(tree: Tree) -> None:
    code = weak_names.HOLD.replace("COLUMN", "acquired_at")
    assert _rules(tree, code, "session_hold", "acquired_at DATETIME NULL") == _at(code, "INSERT INTO")


def test_the_word_for_a_lock_is_enough_where_a_row_is_a_key_and_a_time(tree: Tree) -> None:
    code = weak_names.KUNCI.replace("TABLE", "kunci_proses")
    assert _rules(tree, code, "kunci_proses", "masa DATETIME NOT NULL") == _at(code, "REPLACE INTO")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("kunci_proses", "masa DATETIME NOT NULL, muatan TEXT"),
        ("proses", "masa DATETIME NOT NULL"),
    ],
)
def test_a_table_of_keys_holds_no_locks(tree: Tree, table: str, columns: str) -> None:
    assert _rules(tree, weak_names.KUNCI.replace("TABLE", table), table, columns) == []


def test_a_table_with_a_key_in_it_is_one_of_keys(tree: Tree) -> None:
    code = weak_names.KUNCI.replace("TABLE", "kunci_api").replace("device", "kunci")
    schema = weak_names.TABLE.format("kunci_api", "masa DATETIME NOT NULL").replace("device", "kunci")
    assert lock_findings(tree, HEAD + code, schema) == []


def test_a_caller_that_works_between_two_weak_names_makes_a_lock(tree: Tree) -> None:
    code = weak_names.CLAIM.replace("RESULT", weak_names.UNREAD) + weak_names.SERVE
    assert _rules(tree, code, "inbox_claim", "claimed_at DATETIME NOT NULL") == _at(code, "INSERT IGNORE")


def test_without_a_caller_two_weak_names_say_too_little(tree: Tree) -> None:
    code = weak_names.CLAIM.replace("RESULT", weak_names.UNREAD)
    assert _rules(tree, code, "inbox_claim", "claimed_at DATETIME NOT NULL") == []


def test_a_claim_that_asks_for_the_number_of_rows_decides(tree: Tree) -> None:
    code = weak_names.CLAIM.replace("RESULT", weak_names.COUNTED) + weak_names.SERVE
    rules = [rule for rule, _ in _rules(tree, code, "inbox_claim", "claimed_at DATETIME NOT NULL")]
    assert "NP401" not in rules


def test_a_method_of_an_embedded_type_sends_what_it_is_given(tree: Tree) -> None:
    assert _rules(tree, weak_names.BUSY, "wa_busy", "busy_at DATETIME(6) NOT NULL") == _at(
        weak_names.BUSY, "INSERT INTO"
    )


def test_who_runs_a_prepared_statement_is_asked_and_not_who_prepares_it(tree: Tree) -> None:
    assert _rules(tree, weak_names.PREPARED, "gate_keeper", "entered_at DATETIME NULL") == _at(
        weak_names.PREPARED, "INSERT INTO"
    )


@pytest.mark.parametrize("name", ["CubaAmbil", "TryTake", "TryEnter", "tryClaim", "TryLock"])
def test_what_is_tried_is_taken(tree: Tree, name: str) -> None:
    code = weak_names.TRIED.replace("NAME", name)
    assert _rules(tree, code, "wasap_sesi", "masa DATETIME NOT NULL") == _at(code, "INSERT INTO")


@pytest.mark.parametrize("name", ["Ambil", "TryGet", "TryClaimCoupon", "TryOpen", "Retry"])
def test_what_is_tried_may_be_anything(tree: Tree, name: str) -> None:
    assert _rules(tree, weak_names.TRIED.replace("NAME", name), "wasap_sesi", "masa DATETIME NOT NULL") == []


_UPSERT = "INSERT INTO queue_gate (phone, device, gate_at) VALUES (?, ?, NOW())"


@pytest.mark.parametrize(
    ("condition", "write", "rules"),
    [
        ("age.Valid && age.Int64 < 30", f"{_UPSERT} ON DUPLICATE KEY UPDATE gate_at = NOW()", ["NP404", "NP406"]),
        ("age.Valid && age.Int64 < 30", _UPSERT.replace("INSERT", "REPLACE"), ["NP404", "NP406"]),
        # Nobody takes over what is there.
        ("age.Valid", _UPSERT, ["NP404", "NP405"]),
        ("age.Valid && age.Int64 < 30", f"{_UPSERT} ON DUPLICATE KEY UPDATE gate_at = gate_at", ["NP404"]),
    ],
)
def test_who_puts_a_row_over_an_old_one_takes_it_over(tree: Tree, condition: str, write: str, rules: list[str]) -> None:
    code = weak_names.LOOKED.replace("CONDITION", condition).replace("WRITE", write)
    found = lock_findings(tree, HEAD + code, weak_names.TABLE.format("queue_gate", "gate_at DATETIME NOT NULL"))
    assert sorted(each.rule for each in found) == rules
