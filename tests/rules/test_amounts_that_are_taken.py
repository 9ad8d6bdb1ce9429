"""NP403 of amounts that a SELECT finds large enough, and an UPDATE behind it takes."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

_TABLE = "CREATE TABLE wallets (id INT NOT NULL PRIMARY KEY, sen BIGINT NOT NULL, spent BIGINT NOT NULL DEFAULT 0);"
_LOOK = "SELECT sen - spent FROM wallets WHERE id = ?"
_TAKE = "UPDATE wallets SET spent = spent + ? WHERE id = ?"
_PAY = f"""
func (r *Repo) Pay(ctx context.Context, id int, amount int64) error {{
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {{
		return err
	}}
	defer tx.Rollback()
	var left int64
	if err := tx.QueryRowContext(ctx, "{_LOOK}", id).Scan(&left); err != nil {{
		return err
	}}
	if amount > left {{
		return errors.New("too much")
	}}
	if _, err := tx.ExecContext(ctx, "{_TAKE}", amount, id); err != nil {{
		return err
	}}
	return tx.Commit()
}}
"""
_WITHIN = f"""
func within(ctx context.Context, db *sql.DB, work func(tx *sql.Tx) error) (err error) {{
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {{
		return err
	}}
	defer func() {{
		if err != nil {{
			tx.Rollback()
			return
		}}
		err = tx.Commit()
	}}()
	return work(tx)
}}

type querier interface {{
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}}

func One[T any](ctx context.Context, q querier, query string, args ...any) (T, error) {{
	var v T
	err := q.QueryRowContext(ctx, query, args...).Scan(&v)
	return v, err
}}

func (r *Repo) Pay(ctx context.Context, id int, amount int64) error {{
	return within(ctx, r.db, func(tx *sql.Tx) error {{
		left, err := One[int64](ctx, tx, "{_LOOK}", id)
		if err != nil {{
			return err
		}}
		if left < amount {{
			return errors.New("too much")
		}}
		_, err = tx.ExecContext(ctx, "{_TAKE}", amount, id)
		return err
	}})
}}
"""

_READ_APART = f"""
type wallet struct {{
	sen, spent int64
}}

func (r *Repo) wallet(ctx context.Context, id int) (*wallet, error) {{
	var w wallet
	err := r.db.QueryRowContext(ctx, "SELECT sen, spent FROM wallets WHERE id = ?", id).Scan(&w.sen, &w.spent)
	return &w, err
}}

type payment struct {{
	wallet int
	amount int64
}}

func (r *Repo) Pay(ctx context.Context, p payment) error {{
	w, err := r.wallet(ctx, p.wallet)
	if err != nil {{
		return err
	}}
	if w.sen-w.spent < p.amount {{
		return errors.New("too much")
	}}
	_, err = r.db.ExecContext(ctx, "{_TAKE}", p.amount, p.wallet)
	return err
}}
"""
_COMPUTED = """
func (r *Repo) Pay(ctx context.Context, id int, amount int64) error {
	var left int64
	if err := r.db.QueryRowContext(ctx, "SELECT sen FROM wallets WHERE id = ?", id).Scan(&left); err != nil {
		return err
	}
	if left < amount {
		return errors.New("too much")
	}
	_, err := r.db.ExecContext(ctx, "UPDATE wallets SET sen = ? WHERE id = ?", left - amount, id)
	return err
}
"""
_TWO = """
func (r *Repo) Pay(ctx context.Context, id int, amount int64) error {
	var sen, spent int64
	err := r.db.QueryRowContext(ctx, "SELECT sen, spent FROM wallets WHERE id = ?", id).Scan(&sen, &spent)
	if err != nil {
		return err
	}
	if spent+amount > sen {
		return errors.New("too much")
	}
	_, err = r.db.ExecContext(ctx, "UPDATE wallets SET spent = spent + ? WHERE id = ?", amount, id)
	return err
}
"""
_HELPERS = """
type wallets struct{ db *sql.DB }

func (w *wallets) Left(ctx context.Context, id int) (n int64, err error) {
	err = w.db.QueryRowContext(ctx, "SELECT sen FROM wallets WHERE id = ?", id).Scan(&n)
	return
}

func (w *wallets) Reduce(ctx context.Context, id int, by int64) error {
	_, err := w.db.ExecContext(ctx, "UPDATE wallets SET sen = sen - ? WHERE id = ?", by, id)
	return err
}

type shop struct{ wallets *wallets }

func (s *shop) Pay(ctx context.Context, id int, n int64) error {
	have, err := s.wallets.Left(ctx, id)
	if err != nil {
		return err
	}
	if have < n {
		return errors.New("too much")
	}
	return s.wallets.Reduce(ctx, id, n)
}
"""


@pytest.mark.parametrize(
    "code",
    [
        _TWO,
        _HELPERS,
        _PAY,
        _WITHIN,
        _PAY.replace("tx.QueryRow", "r.db.QueryRow").replace("tx.Exec", "r.db.Exec"),
        _PAY.replace("sen - spent FROM", "sen FROM").replace("spent = spent +", "sen = sen -"),
        _READ_APART,
        _COMPUTED,
    ],
)
def test_two_callers_find_enough_and_both_take(tree: Tree, code: str) -> None:
    [found] = lock_findings(tree, HEAD + code, _TABLE)
    assert (found.rule, found.position.line) == ("NP403", line(HEAD + code, "FROM wallets"))
    assert [each.position.line for each in found.related] == [line(HEAD + code, "UPDATE wallets")]
    assert "Pay checks, then acts" in found.message


_FIRST = """if _, err := tx.ExecContext(ctx, "UPDATE wallets SET sen = sen WHERE id = ?", id); err != nil {
		return err
	}
	"""
_AGAIN = """err = tx.QueryRowContext(ctx, "SELECT sen - spent FROM wallets WHERE id = ?", id).Scan(&left)
	if err != nil || left < 0 {
		return errors.New("too much")
	}
	return tx.Commit()"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The row is locked, or the write asks again.
        (_LOOK, _LOOK + " FOR UPDATE"),
        (_LOOK, _LOOK + " LOCK IN SHARE MODE"),
        ("BeginTx(ctx, nil)", "BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})"),
        (_TAKE, _TAKE + " AND spent + ? <= sen"),
        ("var left int64\n\t", "var left int64\n\t" + _FIRST),
        ("return tx.Commit()", _AGAIN),
        ("tx, err := r.db.BeginTx", "r.mu.Lock()\n\tdefer r.mu.Unlock()\n\ttx, err := r.db.BeginTx"),
        # Whoever has begun the transaction may have locked something.
        ("tx, err := r.db.BeginTx(ctx, nil)", "tx, err := r.tx, ctx.Err()"),
        # What is read says nothing of what is written: another column, row or value, or nobody is refused.
        (_LOOK, "SELECT sen FROM wallets WHERE id = ?"),
        ('", amount, id)', '", amount, r.house)'),
        ('", amount, id)', '", r.fee, id)'),
        ("amount > left", "amount > 1000"),
        ("amount > left", "left == 0"),
        ('return errors.New("too much")', 'fmt.Println("overdrawn")'),
        (_TAKE, "UPDATE wallets SET spent = ? WHERE id = ?"),
    ],
)
def test_what_keeps_the_amount_or_does_not_rest_on_it_is_no_finding(tree: Tree, old: str, new: str) -> None:
    code = _PAY.replace(old, new)
    assert code != _PAY
    assert lock_findings(tree, HEAD + code, _TABLE) == []


@pytest.mark.parametrize("given", ["amount", "r.size", "1000 - amount"])
def test_a_number_that_rests_on_nothing_read_is_no_finding(tree: Tree, given: str) -> None:
    assert lock_findings(tree, HEAD + _COMPUTED.replace("left - amount", given), _TABLE) == []


@pytest.mark.parametrize(("kind", "rules"), [("BIGINT", ["NP403"]), ("BIGINT UNSIGNED", [])])
def test_a_column_without_a_sign_refuses_what_is_less_than_nothing(tree: Tree, kind: str, rules: list[str]) -> None:
    code = _PAY.replace("sen - spent FROM", "sen FROM").replace("spent = spent +", "sen = sen -")
    table = _TABLE.replace("sen BIGINT", f"sen {kind}")
    assert [each.rule for each in lock_findings(tree, HEAD + code, table)] == rules


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        (_TWO, '", amount, id)', ' AND spent + ? <= sen", amount, id, amount)'),
        (_TWO, "spent+amount > sen", "spent+r.fee > sen"),
        (_TWO, "var sen", "r.mu.Lock()\n\tdefer r.mu.Unlock()\n\tvar sen"),
        (_HELPERS, '", by, id)', ' AND sen >= ?", by, id, by)'),
        (_HELPERS, "have, err", "s.mu.Lock()\n\tdefer s.mu.Unlock()\n\thave, err"),
        (_HELPERS, "Reduce(ctx, id, n)", "Reduce(ctx, s.house, n)"),
        (_HELPERS, "have < n", "have < s.least"),
    ],
)
def test_two_columns_and_two_functions_that_are_kept_right(tree: Tree, code: str, old: str, new: str) -> None:
    assert code.count(old) == 1
    assert lock_findings(tree, HEAD + code.replace(old, new), _TABLE) == []
