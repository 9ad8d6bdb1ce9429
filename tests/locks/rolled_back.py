"""Acquires and releases in a transaction that is begun and never committed; and those that are right."""

from __future__ import annotations

from tests.locks import Case

_BEGIN = """
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return NO
	}
	defer tx.Rollback()
"""
_ACQUIRE = """
func (r *Repo) Lock(ctx context.Context, name, owner string) (bool, error) {
	BEGIN
	_, err SIGN DB.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", name, owner)
	var dup *mysql.MySQLError
	if errors.As(err, &dup) && dup.Number == 1062 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	END
}
"""
_RELEASE = """
func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	BEGIN
	_, err SIGN DB.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	END
}
"""
_WORK = """
func (r *Repo) Run(ctx context.Context, name, owner string, work func() error) error {
	ok, err := r.Lock(ctx, name, owner)
	if err != nil || !ok {
		return err
	}
	defer r.Unlock(ctx, name, owner)
	return work()
}
"""
_COMMIT = "if err != nil {\n\t\treturn err\n\t}\n\treturn tx.Commit()"


def _inside(code: str, no: str, end: str, begin: str = _BEGIN) -> str:
    code = code.replace("BEGIN", begin.replace("NO", no)).replace("DB", "tx").replace("END", end)
    return code.replace("SIGN", "=")


def _outside(code: str, end: str) -> str:
    return code.replace("BEGIN", "").replace("DB", "r.db").replace("END", end).replace("SIGN", ":=")


def _both(name: str, acquire: str, release: str, *rules: str) -> Case:
    return Case(f"a transaction: {name}", rules, acquire + release + _WORK)


_TAKEN, _GIVEN = _outside(_ACQUIRE, "return true, nil"), _outside(_RELEASE, "return err")
_LATE = _BEGIN.replace("defer tx.Rollback()", "defer func() { _ = tx.Rollback() }()")
_OTHER = """
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return NO
	}
	defer r.finish(tx, &err)
"""
_FINISH = """
func (r *Repo) finish(tx *sql.Tx, err *error) {
	if *err != nil {
		_ = tx.Rollback()
		return
	}
	*err = tx.Commit()
}
"""

CASES = (
    _both("the acquire is rolled back", _inside(_ACQUIRE, "false, err", "return true, nil"), _GIVEN, "NP401"),
    _both("in a function", _inside(_ACQUIRE, "false, err", "return true, nil", _LATE), _GIVEN, "NP401"),
    _both(
        "the acquire is committed",
        _inside(_ACQUIRE, "false, err", "return true, tx.Commit()"),
        _GIVEN,
        "NP405",
    ),
    _both("the release is rolled back", _TAKEN, _inside(_RELEASE, "err", "return err"), "NP402"),
    _both("the release is committed", _TAKEN, _inside(_RELEASE, "err", _COMMIT), "NP405"),
    _both("another function ends it", _TAKEN, _inside(_RELEASE, "err", "return err", _OTHER) + _FINISH, "NP405"),
    _both(
        "a method that is given it",
        _TAKEN,
        _inside(_RELEASE, "err", "if err == nil {\n\t\terr = r.finishUp(tx)\n\t}\n\treturn err"),
        "NP405",
    ),
)

WORKING = (
    Case(
        "a transaction: the work is done in it",
        (),
        """
func (r *Repo) WithLock(ctx context.Context, name, owner string, work func() error) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", name, owner); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
)
