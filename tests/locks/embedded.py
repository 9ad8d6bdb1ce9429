"""Transactions in a struct of the program's own (`type tx struct{ *sql.Tx }`): they lock rows as any other."""

from __future__ import annotations

from tests.locks import Case

_HEAD = """
type unit struct{ *sql.Tx }

func (u unit) state(ctx context.Context, name string) (stale, found bool, err error) {
	err = u.QueryRowContext(ctx, "SELECT locked_until < NOW(6) FROM job_locks WHERE name = ? FOR UPDATE", name).Scan(&stale)
	if err == sql.ErrNoRows {
		return false, false, nil
	}
	return stale, err == nil, err
}
"""
_ACQUIRE = """
func (r *Repo) TryAcquire(ctx context.Context, name, owner string) (bool, error) {
	raw, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	u := unit{raw}
	defer u.Rollback()
	stale, found, err := u.state(ctx, name)
	if err != nil {
		return false, err
	}
	if !found {
MISSING
	}
	if !stale {
		return false, nil
	}
	if _, err := u.ExecContext(ctx, "UPDATE job_locks SET owner = ?, locked_until = NOW(6) + INTERVAL 20 SECOND WHERE name = ?", owner, name); err != nil {
		return false, err
	}
	return true, u.Commit()
}

func (r *Repo) Release(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET owner = NULL, locked_until = NULL WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""
_INSERT = """		if _, err := u.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 20 SECOND)", name, owner); err != nil {
			return false, err
		}
		return true, u.Commit()"""

CASES = (
    Case(
        "the row is locked by a transaction in a struct",
        (),
        _HEAD + _ACQUIRE.replace("MISSING", "\t\treturn false, sql.ErrNoRows"),
    ),
    Case(
        "a missing row is looked for by a transaction in a struct",
        ("NP404",),
        _HEAD + _ACQUIRE.replace("MISSING", _INSERT),
    ),
)
