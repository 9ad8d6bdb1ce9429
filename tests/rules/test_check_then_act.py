"""NP403: it lies at the SELECT that decides, with the write beside."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import HEAD, selects
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_select_with_the_write_beside(tree: Tree) -> None:
    case = next(each for each in selects.V3B if each.name == "a SELECT, then an UPDATE by the key alone")
    found = of(tree, case, "NP403")
    assert (found.severity, found.function) == (Severity.WARNING, "TryLock")
    assert found.position.line == line(case.source, "SELECT locked FROM")
    assert [each.position.line for each in found.related] == [line(case.source, "UPDATE job_locks SET locked = 1")]


def test_a_row_lock_between_the_two_is_a_decision(tree: Tree) -> None:
    case = next(each for each in selects.V3B if each.name == "FOR UPDATE outside of a transaction locks nothing")
    begun = case.source.replace(
        "	var locked bool\n",
        "	tx, err := r.db.Begin()\n	if err != nil {\n		return false, err\n	}\n	var locked bool\n",
    )
    begun = begun.replace("r.db.QueryRow", "tx.QueryRow").replace(
        '_, err := r.db.Exec("UPDATE job_locks SET locked = 1', '_, err = tx.Exec("UPDATE job_locks SET locked = 1'
    )
    assert [each.rule for each in lock_findings(tree, begun)] == ["NP405"]


_GENERIC = """
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func One[T any](ctx context.Context, q querier, query string, args ...any) (T, error) {
	var v T
	err := q.QueryRowContext(ctx, query, args...).Scan(&v)
	return v, err
}

func Affected[T querier](ctx context.Context, q T, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (r *Repo) TryLock(ctx context.Context, name string) (bool, error) {
	locked, err := One[bool](ctx, r.db, "SELECT locked FROM job_locks WHERE name = ?", name)
	if err != nil || locked {
		return false, err
	}
	n, err := Affected[*sql.DB](ctx, r.db, "UPDATE job_locks SET locked = 1, locked_at = NOW() WHERE name = ?", name)
	return TAKEN, err
}

func (r *Repo) Purge(ctx context.Context) error {
	_, err := Affected(ctx, r.db, "UPDATE job_locks SET locked = 0 WHERE locked_at < NOW() - INTERVAL 1 HOUR")
	return err
}

func (r *Repo) Unlock(ctx context.Context, name string) error {
	_, err := Affected(ctx, r.db, "UPDATE job_locks SET locked = 0 WHERE name = ?", name)
	return err
}
"""


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("", "", ["NP403"]),
        ('WHERE name = ?", name)\n	return TAKEN', 'WHERE name = ? AND locked = 0", name)\n	return n == 1', []),
    ],
)
def test_helpers_that_are_called_with_their_types_are_followed(
    tree: Tree, old: str, new: str, rules: list[str]
) -> None:
    code = HEAD + _GENERIC.replace(old, new).replace("TAKEN", "n < 2")
    found = [each for each in lock_findings(tree, code) if each.rule in ("NP401", "NP403")]
    assert [each.rule for each in found] == rules
    assert [each.position.line for each in found] == [line(code, "SELECT locked") for _ in rules]
