"""Locks that lock: nothing is to be said of them."""

from __future__ import annotations

from tests.locks import AI, Case

_RELEASE_MINE = f"""
func (r *Repo) ReleaseSession(prospect, device, mine string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", prospect, device, mine)
	return err
}}
"""
_INSERT = f"INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)"
_LEASE_RELEASE = """
func (r *Repo) ReleaseLease(name, owner string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked_until = NOW(6) WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""

CASES = (
    Case(
        "the right protocol, in one function",
        (),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (string, bool, error) {{
	mine := time.Now().Format("2006-01-02 15:04:05.000000")
	_, err := r.db.Exec("{_INSERT}", prospect, device, mine)
	if err == nil {{
		return mine, true, nil
	}}
	var me *mysql.MySQLError
	if !errors.As(err, &me) || me.Number != 1062 {{
		return "", false, err
	}}
	var seen string
	var old bool
	err = r.db.QueryRow(`
		SELECT `+"`timestamp`"+`, TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(`+"`timestamp`"+`, 19), '%Y-%m-%d %H:%i:%s'), NOW()) > 30
		FROM {AI} WHERE id_prospect = ? AND id_device = ?`, prospect, device).Scan(&seen, &old)
	if err != nil || !old {{
		return "", false, err
	}}
	result, err := r.db.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", mine, prospect, device, seen)
	if err != nil {{
		return "", false, err
	}}
	n, err := result.RowsAffected()
	if err != nil {{
		return "", false, err
	}}
	return mine, n == 1, nil
}}

func (r *Repo) RenewSession(prospect, device, mine string) (string, bool, error) {{
	next := time.Now().Format("2006-01-02 15:04:05.000000")
	result, err := r.db.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", next, prospect, device, mine)
	if err != nil {{
		return mine, false, err
	}}
	n, err := result.RowsAffected()
	return next, n == 1, err
}}
"""
        + _RELEASE_MINE,
    ),
    Case(
        "the right protocol, a function for each step",
        (),
        f"""
func (r *Repo) insert(prospect, device, mine string) (bool, error) {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, mine)
	if err != nil && strings.Contains(err.Error(), "Error 1062") {{
		return false, nil
	}}
	return err == nil, err
}}

func (r *Repo) seen(prospect, device string) (string, error) {{
	var seen string
	err := r.db.QueryRow("SELECT `timestamp` FROM {AI} WHERE id_prospect = ? AND id_device = ? AND `timestamp` < DATE_SUB(NOW(), INTERVAL 30 SECOND)", prospect, device).Scan(&seen)
	if err == sql.ErrNoRows {{
		return "", nil
	}}
	return seen, err
}}

func (r *Repo) takeOver(prospect, device, mine, seen string) (bool, error) {{
	result, err := r.db.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", mine, prospect, device, seen)
	if err != nil {{
		return false, err
	}}
	n, err := result.RowsAffected()
	return n > 0, err
}}

func (r *Repo) AcquireSession(prospect, device, mine string) (bool, error) {{
	ok, err := r.insert(prospect, device, mine)
	if err != nil || ok {{
		return ok, err
	}}
	seen, err := r.seen(prospect, device)
	if err != nil || seen == "" {{
		return false, err
	}}
	return r.takeOver(prospect, device, mine, seen)
}}
"""
        + _RELEASE_MINE,
    ),
    Case(
        "a lease that one UPDATE takes",
        (),
        """
func (r *Repo) AcquireLease(name, owner string) (bool, error) {
	if _, err := r.db.Exec("INSERT IGNORE INTO job_locks (name) VALUES (?)", name); err != nil {
		return false, err
	}
	res, err := r.db.Exec("UPDATE job_locks SET owner = ?, locked_until = DATE_ADD(NOW(6), INTERVAL 30 SECOND) WHERE name = ? AND (locked_until IS NULL OR locked_until < NOW(6))", owner, name)
	if err != nil {
		return false, err
	}
	rows, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	return rows == 1, nil
}
"""
        + _LEASE_RELEASE,
    ),
    Case(
        "a lease that an upsert takes, decided by the number of rows",
        (),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	res, err := r.db.Exec(`INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, DATE_ADD(NOW(6), INTERVAL 30 SECOND))
		ON DUPLICATE KEY UPDATE
		owner = IF(locked_until < NOW(6), VALUES(owner), owner),
		locked_until = IF(locked_until < NOW(6), VALUES(locked_until), locked_until)`, name, owner)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, err
	}
	return n > 0, nil
}
"""
        + _LEASE_RELEASE,
    ),
    Case(
        "a lease that an upsert takes, decided by the owner that is read back",
        (),
        """
func (r *Repo) TryLock(name, token string) (bool, error) {
	_, err := r.db.Exec(`INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, DATE_ADD(NOW(6), INTERVAL 30 SECOND))
		ON DUPLICATE KEY UPDATE
		owner = IF(locked_until < NOW(6), VALUES(owner), owner),
		locked_until = IF(owner = VALUES(owner), VALUES(locked_until), locked_until)`, name, token)
	if err != nil {
		return false, err
	}
	var holder string
	if err := r.db.QueryRow("SELECT owner FROM job_locks WHERE name = ?", name).Scan(&holder); err != nil {
		return false, err
	}
	return holder == token, nil
}
"""
        + _LEASE_RELEASE,
    ),
    Case(
        "the owner that is read back by a condition",
        (),
        """
func (r *Repo) TryLock(name, token string) (bool, error) {
	if _, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", name); err != nil {
		return false, err
	}
	if _, err := r.db.Exec("INSERT IGNORE INTO job_locks (name, owner, locked_until) VALUES (?, ?, DATE_ADD(NOW(6), INTERVAL 30 SECOND))", name, token); err != nil {
		return false, err
	}
	var n int
	if err := r.db.QueryRow("SELECT COUNT(*) FROM job_locks WHERE name = ? AND owner = ?", name, token).Scan(&n); err != nil {
		return false, err
	}
	return n == 1, nil
}

func (r *Repo) Unlock(name, token string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, token)
	return err
}
""",
    ),
    Case(
        "a status that is compared and set, and nothing else ends it",
        ("NP405",),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	res, err := r.db.Exec("UPDATE job_locks SET locked = 1, owner = ? WHERE name = ? AND locked = 0", owner, name)
	if err != nil {
		return false, err
	}
	n, _ := res.RowsAffected()
	return n == 1, nil
}

func (r *Repo) Unlock(name, owner string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 0 WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "the row is there before, and locked while it is looked at",
        (),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	if _, err := r.db.Exec("INSERT IGNORE INTO job_locks (name) VALUES (?)", name); err != nil {
		return false, err
	}
	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var until sql.NullTime
	if err := tx.QueryRow("SELECT locked_until FROM job_locks WHERE name = ? FOR UPDATE", name).Scan(&until); err != nil {
		return false, err
	}
	if until.Valid && time.Now().Before(until.Time) {
		return false, nil
	}
	if _, err := tx.Exec("UPDATE job_locks SET owner = ?, locked_until = ? WHERE name = ?", owner, time.Now().Add(time.Minute), name); err != nil {
		return false, err
	}
	return true, tx.Commit()
}
"""
        + _LEASE_RELEASE,
    ),
    Case(
        "the server's own lock",
        (),
        """
func (r *Repo) TryLock(ctx context.Context, conn *sql.Conn, name string) (bool, error) {
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", name).Scan(&got); err != nil {
		return false, err
	}
	if got.Int64 != 1 {
		return false, nil
	}
	_, err := conn.ExecContext(ctx, "REPLACE INTO job_locks (name, locked_at) VALUES (?, NOW(6))", name)
	return err == nil, err
}

func (r *Repo) Unlock(ctx context.Context, conn *sql.Conn, name string) error {
	_, err := conn.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ?", name)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "SELECT RELEASE_LOCK(?)", name)
	return err
}
""",
    ),
    Case(
        "a second message of the same owner gets the lock again",
        (),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	var holder string
	err := r.db.QueryRow("SELECT owner FROM job_locks WHERE name = ?", name).Scan(&holder)
	if err == nil && holder == owner {
		_, err := r.db.Exec("INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW(6)) ON DUPLICATE KEY UPDATE locked_at = NOW(6)", name, owner)
		return err == nil, err
	}
	res, err := r.db.Exec("UPDATE job_locks SET owner = ?, locked_at = NOW(6) WHERE name = ? AND locked_at < DATE_SUB(NOW(6), INTERVAL 1 MINUTE)", owner, name)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Unlock(name, owner string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "tries until the time is over",
        (),
        """
func (r *Repo) Lock(ctx context.Context, name, owner string) error {
	for {
		ok, err := r.tryLock(ctx, name, owner)
		if err != nil {
			return err
		}
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

func (r *Repo) tryLock(ctx context.Context, name, owner string) (bool, error) {
	res, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE owner = IF(locked_until < NOW(6), VALUES(owner), owner), locked_until = IF(locked_until < NOW(6), VALUES(locked_until), locked_until)", name, owner, time.Now().Add(time.Minute))
	if err != nil {
		return false, err
	}
	affected, err := res.RowsAffected()
	return affected != 0, err
}

func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "FOR UPDATE of a missing row at READ COMMITTED",
        (),
        """
func (r *Repo) Take(ctx context.Context, sku string) error {
	tx, err := r.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var left int
	err = tx.QueryRow("SELECT left_over FROM stock WHERE sku = ? FOR UPDATE", sku).Scan(&left)
	if err == sql.ErrNoRows {
		if _, err := tx.Exec("INSERT INTO stock (sku, left_over) VALUES (?, 1)", sku); err != nil {
			return err
		}
	}
	return tx.Commit()
}
""",
    ),
)
