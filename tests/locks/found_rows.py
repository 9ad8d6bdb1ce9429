"""Locks decided by the number of affected rows, over connections that count the rows found and over others."""

from __future__ import annotations

from tests.locks import Case

OPENED = """
func open() (*sql.DB, error) {
	return sql.Open("mysql", "chat:x@tcp(db:3306)/chat?parseTime=true&clientFoundRows=true")
}
"""
_CONFIGURED = """
func open() (*sql.DB, error) {
	cfg := mysql.NewConfig()
	cfg.Addr, cfg.DBName = "db:3306", "chat"
	cfg.ClientFoundRows = true
	return sql.Open("mysql", cfg.FormatDSN())
}
"""
_NOT = """
// With clientFoundRows=true in the DSN ("u@tcp(db)/chat?clientFoundRows=true") this would not do.
func open() (*sql.DB, error) {
	return sql.Open("mysql", "chat:x@tcp(db:3306)/chat?parseTime=true&clientFoundRows=false")
}
"""
_TWO = (
    OPENED
    + """
func second() (*sql.DB, error) {
	return sql.Open("mysql", "chat:x@tcp(db:3306)/chat?parseTime=true")
}
"""
)

_UPSERT = """`INSERT INTO job_leases (job, owner, lease_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)
		ON DUPLICATE KEY UPDATE
			owner = IF(lease_until < NOW(6), VALUES(owner), owner),
			lease_until = IF(owner = VALUES(owner), VALUES(lease_until), lease_until)`, job, me"""
_CHOOSING = """`UPDATE job_leases SET
			owner = IF(lease_until < NOW(6), ?, owner),
			lease_until = IF(lease_until < NOW(6), NOW(6) + INTERVAL 30 SECOND, lease_until)
		WHERE job = ?`, me, job"""
_ASKING = """`UPDATE job_leases SET owner = ?, lease_until = NOW(6) + INTERVAL 30 SECOND
		WHERE job = ? AND lease_until < NOW(6)`, me, job"""
_IGNORING = """`INSERT IGNORE INTO job_leases (job, owner, lease_until)
		VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)`, job, me"""
_COUNTING = """`INSERT INTO job_leases (job, owner, lease_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)
		ON DUPLICATE KEY UPDATE lease_until = lease_until`, job, me"""

_CODE = """
func (r *Repo) TryLease(ctx context.Context, job, me string) (bool, error) {
	res, err := r.db.ExecContext(ctx, STATEMENT)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	return COUNTED, nil
}

func (r *Repo) Expire(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_leases WHERE lease_until < NOW(6) - INTERVAL 1 HOUR")
	return err
}

func (r *Repo) ReleaseLease(ctx context.Context, job, me string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_leases WHERE job = ? AND owner = ?", job, me)
	return err
}
"""


def _case(name: str, opened: str, statement: str, counted: str, *rules: str) -> Case:
    code = _CODE.replace("STATEMENT", statement).replace("COUNTED", counted)
    return Case(f"rows that are found: {name}", rules, opened + code)


CASES = (
    _case("an upsert", OPENED, _UPSERT, "n > 0", "NP401"),
    _case("an upsert, one row", OPENED, _UPSERT, "n == 1", "NP401"),
    _case("an upsert by the driver's struct", _CONFIGURED, _UPSERT, "n != 0", "NP401"),
    _case("an upsert that changes nothing", OPENED, _COUNTING, "n == 1", "NP401"),
    _case("an UPDATE that chooses", OPENED, _CHOOSING, "n == 1", "NP401"),
    _case("not here", _NOT, _UPSERT, "n > 0"),
    _case("not here, one row", _NOT, _COUNTING, "n == 1"),
    _case("not here, an UPDATE", _NOT, _CHOOSING, "n == 1"),
    _case("perhaps", _TWO, _UPSERT, "n > 0"),
    _case("nobody says so", "", _UPSERT, "n > 0"),
    _case("an UPDATE that asks", OPENED, _ASKING, "n == 1"),
    _case("INSERT IGNORE", OPENED, _IGNORING, "n == 1"),
    _case("INSERT IGNORE, more than none", _CONFIGURED, _IGNORING, "n > 0"),
)

_COUNTER = """
func (r *Repo) Count(ctx context.Context, name string) (bool, error) {
	res, err := r.db.ExecContext(ctx, "INSERT INTO counters (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1", name)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
"""

ORDINARY = (Case("rows that are found: a counter", (), OPENED + _COUNTER),)
