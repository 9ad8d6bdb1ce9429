"""V3b, V4 and their like: a SELECT first."""

from __future__ import annotations

from tests.locks import AI, RELEASE_DELETE, Case

_STAMP = 'time.Now().Format("2006-01-02 15:04:05")'
_READ = f"SELECT `timestamp` FROM {AI} WHERE id_prospect = ? AND id_device = ?"
_UPSERT = (
    f"INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) "
    "ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)"
)

V3B = (
    Case(
        "V3b: the age in Go, then an upsert",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	var seen string
	err := r.db.QueryRow("{_READ}", prospect, device).Scan(&seen)
	if err != nil && err != sql.ErrNoRows {{
		return false, err
	}}
	if err == nil {{
		at, perr := time.Parse("2006-01-02 15:04:05", seen)
		if perr == nil && time.Since(at) < 30*time.Second {{
			return false, nil
		}}
	}}
	if _, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP}); err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "V3b: the age by the server, split over helpers",
        ("NP401",),
        f"""
func (r *Repo) age(prospect, device string) (int, error) {{
	var age int
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, `timestamp`, NOW()) FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&age)
	if errors.Is(err, sql.ErrNoRows) {{
		return 1000, nil
	}}
	return age, err
}}

func (r *Repo) store(prospect, device string) error {{
	_, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	age, err := r.age(prospect, device)
	if err != nil {{
		return false, err
	}}
	if age <= 30 {{
		return false, nil
	}}
	return true, r.store(prospect, device)
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "V3b: REPLACE after a count",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	var n int
	if err := r.db.QueryRow("SELECT COUNT(*) FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&n); err != nil {{
		return false, err
	}}
	if n > 0 {{
		return false, nil
	}}
	_, err := r.db.Exec("REPLACE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	return err == nil, err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "a SELECT, then an UPDATE by the key alone",
        ("NP403",),
        """
func (r *Repo) TryLock(name string) (bool, error) {
	var locked bool
	if err := r.db.QueryRow("SELECT locked FROM job_locks WHERE name = ?", name).Scan(&locked); err != nil {
		return false, err
	}
	if locked {
		return false, nil
	}
	_, err := r.db.Exec("UPDATE job_locks SET locked = 1 WHERE name = ?", name)
	return err == nil, err
}

func (r *Repo) Unlock(name string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 0 WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "a SELECT, then a comparison whose rows nobody asks for",
        ("NP403",),
        """
func (r *Repo) AcquireJob(ctx context.Context, name, owner string) (bool, error) {
	var until sql.NullTime
	err := r.db.QueryRowContext(ctx, "SELECT locked_until FROM job_locks WHERE name = ?", name).Scan(&until)
	if err != nil {
		return false, err
	}
	if until.Valid && until.Time.After(time.Now()) {
		return false, nil
	}
	if _, err := r.db.ExecContext(ctx, "UPDATE job_locks SET owner = ?, locked_until = ? WHERE name = ? AND locked_until < NOW()", owner, time.Now().Add(time.Minute), name); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) ReleaseJob(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET locked_until = NULL WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "FOR UPDATE outside of a transaction locks nothing",
        ("NP403",),
        """
func (r *Repo) TryLock(name string) (bool, error) {
	var locked bool
	if err := r.db.QueryRow("SELECT locked FROM job_locks WHERE name = ? FOR UPDATE", name).Scan(&locked); err != nil {
		return false, err
	}
	if locked {
		return false, nil
	}
	_, err := r.db.Exec("UPDATE job_locks SET locked = 1 WHERE name = ?", name)
	return err == nil, err
}

func (r *Repo) Unlock(name string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 0 WHERE name = ?", name)
	return err
}
""",
    ),
)

V4 = (
    Case(
        "V4: begin, lock, insert on a miss, update when old",
        ("NP404", "NP406"),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	if _, err := r.db.Exec("SET SESSION innodb_lock_wait_timeout = 5"); err != nil {{
		return false, err
	}}
	tx, err := r.db.Begin()
	if err != nil {{
		return false, err
	}}
	defer tx.Rollback()

	var seen string
	err = tx.QueryRow("{_READ} FOR UPDATE", prospect, device).Scan(&seen)
	now := {_STAMP}
	if err == sql.ErrNoRows {{
		if _, err := tx.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, now); err != nil {{
			return false, err
		}}
		return true, tx.Commit()
	}}
	if err != nil {{
		return false, err
	}}
	at, err := time.Parse("2006-01-02 15:04:05", seen)
	if err == nil && time.Since(at) < 30*time.Second {{
		return false, nil
	}}
	if _, err := tx.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ?", now, prospect, device); err != nil {{
		return false, err
	}}
	if err := tx.Commit(); err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "V4: in a closure, with a switch",
        ("NP404", "NP406"),
        f"""
func withTx(ctx context.Context, db *sql.DB, work func(tx *sql.Tx) error) error {{
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {{
		return err
	}}
	if err := work(tx); err != nil {{
		_ = tx.Rollback()
		return err
	}}
	return tx.Commit()
}}

func (r *Repo) AcquireSession(ctx context.Context, prospect, device string) (acquired bool, err error) {{
	err = withTx(ctx, r.db, func(tx *sql.Tx) error {{
		var age int
		err := tx.QueryRowContext(ctx, "SELECT TIMESTAMPDIFF(SECOND, `timestamp`, NOW()) FROM {AI} WHERE id_prospect = ? AND id_device = ? FOR UPDATE", prospect, device).Scan(&age)
		switch {{
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, "INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, NOW())", prospect, device)
			acquired = err == nil
			return err
		case err != nil:
			return err
		case age > 30:
			_, err = tx.ExecContext(ctx, "UPDATE {AI} SET `timestamp` = NOW() WHERE id_prospect = ? AND id_device = ?", prospect, device)
			acquired = err == nil
			return err
		}}
		return nil
	}})
	return acquired, err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "V4: rows.Next, and helpers for each statement",
        ("NP404", "NP406"),
        f"""
func (r *Repo) read(tx *sql.Tx, prospect, device string) (string, bool, error) {{
	rows, err := tx.Query("{_READ} FOR UPDATE", prospect, device)
	if err != nil {{
		return "", false, err
	}}
	defer rows.Close()
	if !rows.Next() {{
		return "", false, nil
	}}
	var seen string
	err = rows.Scan(&seen)
	return seen, true, err
}}

func (r *Repo) add(tx *sql.Tx, prospect, device string) error {{
	_, err := tx.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	tx, err := r.db.Begin()
	if err != nil {{
		return false, err
	}}
	defer tx.Rollback()
	seen, found, err := r.read(tx, prospect, device)
	if err != nil {{
		return false, err
	}}
	if !found {{
		if err := r.add(tx, prospect, device); err != nil {{
			return false, err
		}}
		return true, tx.Commit()
	}}
	if !old(seen) {{
		return false, nil
	}}
	if _, err := tx.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ?", {_STAMP}, prospect, device); err != nil {{
		return false, err
	}}
	return true, tx.Commit()
}}

func old(seen string) bool {{
	at, err := time.Parse("2006-01-02 15:04:05", seen)
	return err != nil || time.Since(at) > 30*time.Second
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "V4 on a table of jobs, without a takeover",
        ("NP404", "NP405"),
        """
func (r *Repo) LockJob(name, owner string) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var holder string
	err = tx.QueryRow("SELECT owner FROM job_locks WHERE name = ? FOR UPDATE", name).Scan(&holder)
	if err == nil {
		return errors.New("locked by " + holder)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, err := tx.Exec("INSERT INTO job_locks (name, owner) VALUES (?, ?)", name, owner); err != nil {
		return err
	}
	return tx.Commit()
}

func (r *Repo) UnlockJob(name string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "a row that is made where it is missing, and is no lock",
        ("NP404",),
        """
func (r *Repo) Take(sku string, n int) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var left int
	err = tx.QueryRow("SELECT left_over FROM stock WHERE sku = ? FOR UPDATE", sku).Scan(&left)
	if err == sql.ErrNoRows {
		if _, err := tx.Exec("INSERT INTO stock (sku, left_over) VALUES (?, ?)", sku, 100-n); err != nil {
			return err
		}
		return tx.Commit()
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE stock SET left_over = left_over - ? WHERE sku = ?", n, sku); err != nil {
		return err
	}
	return tx.Commit()
}
""",
    ),
)
