"""Locks with a lease that nobody reads, beside such as read it."""

from __future__ import annotations

from tests.locks import Case

_RELEASE = """
func (r *Repo) Release(room, holder string) error {
	_, err := r.db.Exec("UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, holder)
	return err
}
"""
_DELETE = """
func (r *Repo) Release(room, holder string) error {
	_, err := r.db.Exec("DELETE FROM gates WHERE room = ? AND holder = ?", room, holder)
	return err
}
"""


def reading(selected: str, into: str, busy: str, before: str = "") -> str:
    """An acquire that locks the row, looks at it, and changes it."""
    return (
        f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {{
		return false, err
	}}
	defer tx.Rollback()
	var current sql.NullString
	var until sql.NullTime
	var left sql.NullInt64
	var free bool
	_, _, _, _ = current, until, left, free
	if err := tx.QueryRowContext(ctx, "SELECT {selected} FROM gates WHERE room = ? FOR UPDATE", room).Scan({into}); err != nil {{
		return false, err
	}}
	{before}
	if {busy} {{
		return false, nil
	}}
	if _, err := tx.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 30 SECOND WHERE room = ?", holder, room); err != nil {{
		return false, err
	}}
	return true, tx.Commit()
}}
"""
        + _RELEASE
    )


def counting(condition: str) -> str:
    """An acquire whose UPDATE decides by the number of rows."""
    return (
        f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 30 SECOND WHERE room = ? AND {condition}", holder, room)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}
"""
        + _RELEASE
    )


def upserting(settings: str, decision: str = "") -> str:
    """An upsert whose holder is read back, or whose rows are counted."""
    decision = (
        decision
        or """var now string
	if err := r.db.QueryRow("SELECT holder FROM gates WHERE room = ?", room).Scan(&now); err != nil {
		return false, err
	}
	return now == holder, nil"""
    )
    return (
        f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, `INSERT INTO gates (room, holder, until) VALUES (?, ?, NOW() + INTERVAL 30 SECOND)
		ON DUPLICATE KEY UPDATE {settings}`, room, holder)
	if err != nil {{
		return false, err
	}}
	_ = res
	{decision}
}}
"""
        + _DELETE
    )


def comparing(selected: str, into: str, busy: str) -> str:
    """An acquire that looks at the row, and changes it if that has the version that was seen."""
    return (
        f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	var version int
	var current sql.NullString
	var until sql.NullTime
	if err := r.db.QueryRow("SELECT version, {selected} FROM gates WHERE room = ?", room).Scan(&version, {into}); err != nil {{
		return false, err
	}}
	if {busy} {{
		return false, nil
	}}
	_, _ = current, until
	res, err := r.db.Exec(`UPDATE gates SET holder = ?, until = NOW() + INTERVAL 30 SECOND, version = version + 1
		WHERE room = ? AND version = ?`, holder, room, version)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}
"""
        + _RELEASE
    )


_REAPERS = (
    (
        "swept",
        """
func (r *Repo) Sweep() error {
	_, err := r.db.Exec("UPDATE gates SET holder = NULL WHERE until < NOW()")
	return err
}
""",
    ),
    (
        "looked for, and its rows are freed one by one",
        """
func (r *Repo) Sweep() error {
	rows, err := r.db.Query("SELECT room FROM gates WHERE until < NOW()")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var room string
		if err := rows.Scan(&room); err != nil {
			return err
		}
		if _, err := r.db.Exec("UPDATE gates SET holder = NULL WHERE room = ?", room); err != nil {
			return err
		}
	}
	return rows.Err()
}
""",
    ),
    (
        "looked at, and its rows are freed one by one",
        """
func (r *Repo) Sweep() error {
	rows, err := r.db.Query("SELECT room, until FROM gates WHERE holder IS NOT NULL")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var room string
		var until time.Time
		if err := rows.Scan(&room, &until); err != nil {
			return err
		}
		if time.Now().After(until) {
			if _, err := r.db.Exec("UPDATE gates SET holder = NULL WHERE room = ?", room); err != nil {
				return err
			}
		}
	}
	return rows.Err()
}
""",
    ),
)
_LISTED = """
func (r *Repo) Old() (n int, err error) {
	err = r.db.QueryRow("SELECT COUNT(*) FROM gates WHERE until < NOW()").Scan(&n)
	return n, err
}
"""
_ROWS = """n, err := res.RowsAffected()
	return n > 0, err"""
_BOTH = ("holder, until", "&current, &until")
_LEFT = ("holder, TIMESTAMPDIFF(SECOND, NOW(), until)", "&current, &left")
_MINE = "holder = IF(until < NOW(), VALUES(holder), holder)"
_MINE_AGAIN = "until = IF(holder = VALUES(holder), VALUES(until), until)"

_READ = tuple(
    Case(f"a lease: {name}", rules, code)
    for name, rules, code in (
        ("selected, and its value not asked for", ("NP405",), reading(*_LEFT, "current.Valid")),
        ("selected by itself, and not asked for", ("NP405",), reading(*_BOTH, "current.Valid")),
        ("logged only", ("NP405",), reading(*_BOTH, "current.Valid", "fmt.Println(until.Time)")),
        ("not even selected", ("NP405",), reading("holder", "&current", "current.Valid")),
        ("not selected, the server asked for the holder", ("NP405",), reading("holder IS NULL", "&free", "!free")),
        ("its rest asked for", (), reading(*_LEFT, "current.Valid && left.Int64 > 0")),
        ("asked for alone", (), reading(*_LEFT, "left.Valid && left.Int64 > 0")),
        ("compared with the clock", (), reading(*_BOTH, "current.Valid && until.Time.After(time.Now())")),
        ("the clock compared with it", (), reading(*_BOTH, "current.Valid && time.Now().Before(until.Time)")),
        ("its age", (), reading(*_BOTH, "current.Valid && time.Since(until.Time) < 0")),
        ("its age in a variable", (), reading(*_BOTH, "current.Valid && age < 0", "age := time.Since(until.Time)")),
        ("asked for by a function", (), reading(*_BOTH, "current.Valid && alive(until)")),
        ("asked for by the server", (), reading("holder IS NULL OR until < NOW()", "&free", "!free")),
        ("written, and the holder asked for", ("NP405",), counting("holder IS NULL")),
        ("written, and an empty holder asked for", ("NP405",), counting("(holder IS NULL OR holder = '')")),
        ("asked for in the UPDATE", (), counting("(holder IS NULL OR until < NOW())")),
        ("asked for in the UPDATE alone, and made NULL", ("NP402",), counting("until < NOW()")),
        (
            "the holder is put in where it is empty",
            ("NP405",),
            upserting(f"holder = IF(holder = '', VALUES(holder), holder), {_MINE_AGAIN}"),
        ),
        (
            "the same, written as CASE",
            ("NP405",),
            upserting(f"holder = CASE WHEN holder = '' THEN VALUES(holder) ELSE holder END, {_MINE_AGAIN}"),
        ),
        ("it decides who is put in", (), upserting(f"{_MINE}, {_MINE_AGAIN}")),
        (
            "it decides, the holder may be empty, too",
            (),
            upserting(f"holder = IF(holder = '' OR until < NOW(), VALUES(holder), holder), {_MINE_AGAIN}"),
        ),
        (
            "it is set anew before the holder asks for it",
            ("NP405",),
            upserting(f"until = IF(until < NOW(), VALUES(until), until), {_MINE}"),
        ),
        (
            "it is set anew first, and the rows are counted",
            (),
            upserting(f"until = IF(until < NOW(), VALUES(until), until), {_MINE}", _ROWS),
        ),
        (
            "it decides both, the holder first",
            (),
            upserting(f"{_MINE}, until = IF(until < NOW(), VALUES(until), until)", _ROWS),
        ),
    )
)
CASES = (
    *_READ,
    *(Case(f"a lease: {name}", (), reading("holder", "&current", "current.Valid") + code) for name, code in _REAPERS),
    Case(
        "a lease: a version compared, and the holder asked for",
        ("NP405",),
        comparing("holder", "&current", "current.Valid"),
    ),
    Case(
        "a lease: a version compared, and it asked for",
        (),
        comparing("until", "&until", "until.Valid && until.Time.After(time.Now())"),
    ),
    Case("a lease: counted", ("NP405",), reading("holder", "&current", "current.Valid") + _LISTED),
    Case(
        "a lease: read into a list of pointers",
        (),
        reading("holder, until", "values...", "current.Valid && until.Time.After(time.Now())").replace(
            "	if err := tx", "	values := []any{&current, &until}\n	if err := tx", 1
        ),
    ),
)
