"""Takeovers whose conditions keep the holder's row out, and such as look like it and do not."""

from __future__ import annotations

from tests.locks import Case

_LATER = "NOW(6) + INTERVAL 30 SECOND"
_RELEASE = """
func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""


def taking(condition: str, arguments: str = "owner, name", change: str = "", clock: str = "") -> str:
    """An acquire whose UPDATE decides by the number of rows, under a condition."""
    change = change or f"owner = ?, locked = 1, locked_at = NOW(6), locked_until = {_LATER}"
    return f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) (bool, error) {{
	{clock}
	res, err := r.db.ExecContext(ctx, `UPDATE job_locks SET {change} WHERE name = ? AND {condition}`, {arguments})
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Unlock(ctx context.Context, name, owner string) error {{
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET owner = NULL, locked = 0, locked_at = '2000-01-01', locked_until = '2000-01-01' WHERE name = ? AND owner = ?", name, owner)
	return err
}}
"""


def emptying(delete: str, arguments: str = "name", before: str = "") -> str:
    """An acquire that deletes and inserts."""
    return (
        f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) (bool, error) {{
	{before}
	if _, err := r.db.ExecContext(ctx, "{delete}", {arguments}); err != nil {{
		return false, err
	}}
	_, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_at, locked_until) VALUES (?, ?, NOW(6), {_LATER})", name, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {{
		return false, nil
	}}
	return err == nil, err
}}
"""
        + _RELEASE
    )


def upserting(owner: str, until: str) -> str:
    """An upsert that decides by the number of rows."""
    return (
        f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, `INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, {_LATER})
		ON DUPLICATE KEY UPDATE owner = {owner}, locked_until = {until}`, name, owner)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n > 0, err
}}
"""
        + _RELEASE
    )


_STALE_READ = """var old bool
	err := r.db.QueryRowContext(ctx, "SELECT locked_until < NOW(6) FROM job_locks WHERE name = ?", name).Scan(&old)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if err == nil && !old {
		return false, nil
	}"""
_TIMED = "owner = ?, locked_until = ?"
_CLOCK = "now := time.Now().UTC()"
_SINCE = "owner = ?, locked_at = NOW(6)"

RIGHT = (
    "locked_until < CURRENT_TIMESTAMP",
    "locked_until < NOW(6) + INTERVAL 5 SECOND",
    "locked_until < NOW(6) - INTERVAL 5 SECOND",
    "owner <=> NULL OR locked_until < NOW(6)",
    "owner IN ('') OR locked_until < NOW(6)",
    "(owner IS NULL OR locked_until < NOW(6))",
    "(owner IS NULL OR owner = '' OR locked_until <= NOW(6))",
    "(locked = 0 OR locked_until < NOW(6))",
    "NOT (owner IS NOT NULL AND locked_until > NOW(6))",
    "(owner IS NULL OR NOT locked_until > NOW(6))",
    "locked_until < NOW(6)",
    "NOW(6) > locked_until",
    "IFNULL(locked_until, '2000-01-01') < NOW(6)",
    "COALESCE(owner, '') = '' OR locked_until < NOW(6)",
    "TIMESTAMPDIFF(SECOND, locked_at, NOW(6)) > 30",
    "TIMESTAMPDIFF(SECOND, NOW(6), locked_until) <= 0",
    "locked_at < NOW(6) - INTERVAL 30 SECOND",
    "locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)",
    "locked_at + INTERVAL 30 SECOND < NOW(6)",
    "DATE_ADD(locked_at, INTERVAL 30 SECOND) < NOW(6)",
    "locked_until BETWEEN '2000-01-01' AND NOW(6)",
    "(locked IN (0) OR locked_until < NOW(6))",
    "IF(owner IS NULL, 1, locked_until < NOW(6))",
    "(locked_until IS NULL OR UNIX_TIMESTAMP(locked_until) < UNIX_TIMESTAMP())",
)
OPEN = (
    "locked_until < NOW(6) + INTERVAL 30 SECOND",
    "locked_at < NOW(6) + INTERVAL 30 SECOND",
    "locked_at - INTERVAL 30 SECOND < NOW(6)",
    "DATE_SUB(locked_at, INTERVAL 30 SECOND) < NOW(6)",
    "TIMESTAMPDIFF(SECOND, NOW(6), locked_at) < 30",
    "NOT (owner <=> NULL)",
    "(owner IS NULL OR owner NOT IN (''))",
    "NOT (owner = ? AND locked_until > NOW(6))".replace("?", "''"),
    "(owner IS NULL OR locked_until < NOW(6) OR 1)",
    "(owner IS NULL OR owner IS NOT NULL)",
    "(owner IS NULL OR locked_until > NOW(6))",
    "locked_until > NOW(6)",
    "NOW(6) < locked_until",
    "(owner IS NULL OR locked_until IS NOT NULL)",
    "(locked_until < NOW(6) OR 1=1)",
    "1 = 1",
    "TRUE",
    "(owner IS NULL OR owner <> '')",
    "(locked = 0 OR locked = 1)",
    "locked = 1",
    "locked IN (0, 1)",
    "(locked <> 0 OR locked_until < NOW(6))",
    "NOT (owner IS NULL)",
    "(locked_at IS NULL OR locked_at < NOW(6))",
    "locked_at > NOW(6) - INTERVAL 30 SECOND",
    "TIMESTAMPDIFF(SECOND, locked_at, NOW(6)) < 30",
    "TIMESTAMPDIFF(SECOND, NOW(6), locked_until) > 0",
    "locked_at + INTERVAL 30 SECOND > NOW(6)",
    "IFNULL(locked_until, NOW(6)) > NOW(6)",
    "NOT (locked_until < NOW(6))",
    "(owner IS NULL OR locked_until < NOW(6) OR locked_until >= NOW(6))",
)

CASES = (
    *(Case(f"a takeover where {each}", (), taking(each if each[0] == "(" else f"({each})")) for each in RIGHT),
    *(Case(f"a takeover where {each}", ("NP401",), taking(each)) for each in OPEN),
    *(
        Case(
            f"a takeover WHERE {where}",
            rules,
            taking("x").replace("WHERE name = ? AND x`, owner, name", f"WHERE {where}`, owner, {given}"),
        )
        for where, given, rules in (
            ("name = ? AND owner IS NULL OR locked_until < NOW(6)", "name", ("NP401",)),
            ("owner IS NULL AND name = ? OR locked_until < NOW(6)", "name", ("NP401",)),
            ("name = ? OR locked_until < NOW(6)", "name", ("NP401",)),
            ("name = ? AND owner IS NULL OR name = ? AND locked_until < NOW(6)", "name, name", ()),
            ("(name = ? AND owner IS NULL) OR (name = ? AND locked_until > NOW(6))", "name, name", ("NP401",)),
        )
    ),
    Case(
        "the row or what is old is deleted first",
        ("NP401",),
        emptying("DELETE FROM job_locks WHERE name = ? OR locked_until < NOW(6)"),
    ),
    Case(
        "the old row or what is very old is deleted first",
        (),
        emptying(
            "DELETE FROM job_locks WHERE (name = ? AND locked_until < NOW(6)) OR locked_until < NOW(6) - INTERVAL 1 DAY"
        ),
    ),
    Case(
        "what is due and free or old",
        (),
        taking(
            "locked_at <= NOW(6) AND (owner IS NULL OR locked_until < NOW(6))",
            change=f"owner = ?, locked_until = {_LATER}",
        ),
    ),
    Case(
        "what is due and free or not old",
        ("NP401",),
        taking(
            "locked_at <= NOW(6) AND (owner IS NULL OR locked_until > NOW(6))",
            change=f"owner = ?, locked_until = {_LATER}",
        ),
    ),
    Case("the own lock or an old one", (), taking("(owner = ? OR locked_until < NOW(6))", "owner, name, owner")),
    Case(
        "another's lock or an old one",
        ("NP401",),
        taking("(owner IS NULL OR owner <> ? OR locked_until < NOW(6))", "owner, name, owner"),
    ),
    Case(
        "the program's clock", (), taking("locked_until < ?", "owner, now.Add(time.Minute), name, now", _TIMED, _CLOCK)
    ),
    Case(
        "the program's clock, the wrong way round",
        ("NP401",),
        taking("locked_until > ?", "owner, now.Add(time.Minute), name, now", _TIMED, _CLOCK),
    ),
    Case(
        "the program's clock and a duration that is given",
        (),
        taking("locked_until < ?", "owner, now.Add(r.ttl), name, now", _TIMED, _CLOCK),
    ),
    Case("the age by the program", (), taking("locked_at < ?", "owner, name, time.Now().Add(-time.Minute)", _SINCE)),
    Case(
        "only what is old is deleted first",
        (),
        emptying("DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)"),
    ),
    Case(
        "all that is old is deleted first", (), emptying("DELETE FROM job_locks WHERE locked_until < ?", "time.Now()")
    ),
    Case(
        "what was seen is deleted first",
        (),
        emptying("DELETE FROM job_locks WHERE name = ? AND locked_until = ?", "name, owner"),
    ),
    Case(
        "the own row is deleted first, and nobody else's",
        ("NP405",),
        emptying("DELETE FROM job_locks WHERE name = ? AND owner = ?", "name, owner"),
    ),
    Case("the row is deleted first", ("NP401",), emptying("DELETE FROM job_locks WHERE name = ?")),
    Case(
        "what is not old is deleted first",
        ("NP401",),
        emptying("DELETE FROM job_locks WHERE name = ? AND locked_until > NOW(6)"),
    ),
    Case(
        "a row with an owner is deleted first",
        ("NP401",),
        emptying("DELETE FROM job_locks WHERE name = ? AND (owner IS NOT NULL OR locked_until < NOW(6))"),
    ),
    Case(
        "the row is deleted where it was found old",
        ("NP403",),
        emptying("DELETE FROM job_locks WHERE name = ?", "name", _STALE_READ),
    ),
    Case(
        "the row is deleted where it was found old, if it still is",
        (),
        emptying("DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", "name", _STALE_READ),
    ),
    Case(
        "an upsert that takes old ones",
        (),
        upserting(
            "IF(locked_until < NOW(6), VALUES(owner), owner)",
            "IF(locked_until < NOW(6), VALUES(locked_until), locked_until)",
        ),
    ),
    Case(
        "an upsert that takes what has no owner",
        ("NP405",),
        upserting("COALESCE(owner, VALUES(owner))", "locked_until"),
    ),
    Case(
        "an upsert that takes the owner's place", ("NP401",), upserting("IFNULL(VALUES(owner), owner)", "locked_until")
    ),
    Case(
        "an upsert that takes those which are not old",
        ("NP401",),
        upserting(
            "IF(locked_until > NOW(6), VALUES(owner), owner)",
            "IF(locked_until > NOW(6), VALUES(locked_until), locked_until)",
        ),
    ),
    Case(
        "an upsert with the arms of its IF the wrong way round",
        ("NP401",),
        upserting(
            "IF(locked_until < NOW(6), owner, VALUES(owner))",
            "IF(locked_until < NOW(6), locked_until, VALUES(locked_until))",
        ),
    ),
    Case(
        "an upsert by CASE that takes old ones",
        (),
        upserting(
            "CASE WHEN owner IS NULL OR locked_until < NOW(6) THEN VALUES(owner) ELSE owner END",
            "CASE WHEN owner = VALUES(owner) THEN VALUES(locked_until) ELSE locked_until END",
        ),
    ),
    Case(
        "an upsert by CASE that takes any",
        ("NP401",),
        upserting(
            "CASE WHEN owner IS NOT NULL THEN VALUES(owner) ELSE owner END",
            "CASE WHEN owner = VALUES(owner) THEN VALUES(locked_until) ELSE locked_until END",
        ),
    ),
)
