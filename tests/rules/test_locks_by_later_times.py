"""NP401 of upserts that keep the later one of two times: the INSERT's own is later than that of who has the row."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import lock_findings
from tests.tree import Tree

_TABLE = """CREATE TABLE lease_kv (
    k VARCHAR(80) NOT NULL PRIMARY KEY, owner VARCHAR(64) NOT NULL, expires_at DATETIME(6) NOT NULL,
    taken_at DATETIME(6) NOT NULL);
"""
_LEASE = """
func (r *Repo) TryAcquire(ctx context.Context, k, owner string, ttl time.Duration) (bool, error) {
	now := time.Now()
	res, err := r.db.ExecContext(ctx, `INSERT INTO lease_kv (k, owner, expires_at, taken_at) VALUES (?, ?, ?, ?)
		ON DUPLICATE KEY UPDATE CHANGE`, k, owner, now.Add(ttl), now)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n COUNT, err
}

func (r *Repo) Release(ctx context.Context, k, owner string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM lease_kv WHERE k = ? AND owner = ?", k, owner)
	return err
}
"""


def _rules(tree: Tree, change: str, count: str) -> list[str]:
    code = _LEASE.replace("CHANGE", change).replace("COUNT", count)
    return [each.rule for each in lock_findings(tree, HEAD + code, _TABLE, ignore=("NP405",))]


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = GREATEST(expires_at, VALUES(expires_at))",
        "expires_at = GREATEST(VALUES(expires_at), lease_kv.expires_at)",
        "expires_at = GREATEST(expires_at, NOW(6) + INTERVAL 30 SECOND)",
        "taken_at = GREATEST(taken_at, NOW(6))",
        "expires_at = IF(expires_at < VALUES(expires_at), VALUES(expires_at), expires_at)",
        "expires_at = CASE WHEN VALUES(expires_at) >= expires_at THEN VALUES(expires_at) ELSE expires_at END",
        "owner = IF(expires_at < VALUES(expires_at), VALUES(owner), owner)",
    ],
)
def test_a_later_time_changes_the_row_of_another_caller(tree: Tree, change: str) -> None:
    assert _rules(tree, change, "> 0") == ["NP401"]
    assert _rules(tree, change, "== 1") == []


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = GREATEST(expires_at, NOW(6))",
        "expires_at = GREATEST(expires_at, taken_at)",
        "taken_at = LEAST(taken_at, VALUES(taken_at))",
        "taken_at = IF(taken_at > VALUES(taken_at), VALUES(taken_at), taken_at)",
        "owner = IF(expires_at < NOW(6), VALUES(owner), owner)",
        "owner = IF(expires_at < VALUES(taken_at), VALUES(owner), owner)",
    ],
)
def test_what_does_not_grow_leaves_it_as_it_is(tree: Tree, change: str) -> None:
    assert _rules(tree, change, "> 0") == []
