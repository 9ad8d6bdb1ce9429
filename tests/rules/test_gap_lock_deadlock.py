"""NP404: it lies at the SELECT ... FOR UPDATE, with the INSERT beside."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import AI, HEAD, Case, selects, unread
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_locking_select_with_the_insert_beside(tree: Tree) -> None:
    case = selects.V4[0]
    found = of(tree, case, "NP404")
    assert (found.severity, found.function) == (Severity.WARNING, "TryAcquireSession")
    assert found.position.line == line(case.source, "SELECT `timestamp` FROM")
    assert [each.position.line for each in found.related] == [line(case.source, f"INSERT INTO {AI}")]


@pytest.mark.parametrize("case", selects.V4, ids=lambda case: case.name)
def test_without_a_transaction_or_a_lock_there_is_no_gap(tree: Tree, case: Case) -> None:
    without = case.source.replace(" FOR UPDATE", "")
    assert "NP404" not in [each.rule for each in lock_findings(tree, without)]


def test_a_missing_row_that_is_not_inserted_is_no_finding(tree: Tree) -> None:
    case = selects.V4[-1]
    code = case.source.replace("INSERT INTO stock (sku, left_over)", "INSERT INTO counters (name, n)")
    assert lock_findings(tree, code) == []


@pytest.mark.parametrize(
    ("locking", "rules"),
    [("FOR UPDATE", []), ("LOCK IN SHARE MODE", ["NP404"]), ("FOR SHARE", ["NP404"]), ("FOR UPDATE NOWAIT", [])],
)
def test_two_readers_that_then_write_deadlock(tree: Tree, locking: str, rules: list[str]) -> None:
    asked = unread.reading("holder, until", "&current, &until", "current.Valid && until.Time.After(time.Now())")
    code = HEAD + asked.replace("FOR UPDATE", locking)
    found = lock_findings(tree, code)
    assert [each.rule for each in found] == rules
    assert [each.position.line for each in found] == [line(code, "SELECT holder") for _ in rules]
    apart = code.replace('tx.ExecContext(ctx, "UPDATE', 'r.db.ExecContext(ctx, "UPDATE')
    assert "NP404" not in [each.rule for each in lock_findings(tree, apart)]


_CHOSEN = """
const (
	look = "SELECT entered FROM rooms WHERE phone = ? FOR UPDATE"
	make = "INSERT INTO rooms (phone, entered) VALUES (?, NOW())"
	take = "UPDATE rooms SET entered = NOW() WHERE phone = ?"
)

func (r *Repo) Enter(ctx context.Context, phone string) (bool, error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var at sql.NullTime
	query := take
	if err := tx.QueryRowContext(ctx, look, phone).Scan(&at); err == sql.ErrNoRows {
		query = MISSING
	} else if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, query, phone); err != nil {
		return false, err
	}
	return true, tx.Commit()
}
"""


@pytest.mark.parametrize(("missing", "rules"), [("make", ["NP404"]), ("take", [])])
def test_a_variable_says_which_statement_a_path_sends(tree: Tree, missing: str, rules: list[str]) -> None:
    table = "CREATE TABLE rooms (phone VARCHAR(40) PRIMARY KEY, entered DATETIME NULL);"
    code = HEAD + _CHOSEN.replace("MISSING", missing)
    assert [each.rule for each in lock_findings(tree, code, table) if each.rule == "NP404"] == rules
