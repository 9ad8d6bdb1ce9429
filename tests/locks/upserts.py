"""V2, V3 and their like: an upsert that succeeds for every caller."""

from __future__ import annotations

from tests.locks import AI, RELEASE_DELETE, RELEASE_TOUCH, Case

_STAMP = 'time.Now().Format("2006-01-02 15:04:05")'
_UPSERT = (
    f"INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) "
    "ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)"
)
_V2 = """
		INSERT INTO chat_session_locks (phone_number, device_id, locked_at, last_activity)
		VALUES (?, ?, NOW(), NOW())
		ON DUPLICATE KEY UPDATE
		locked_at = IF(locked_at IS NULL OR TIMESTAMPDIFF(SECOND, locked_at, NOW()) > 30, NOW(), locked_at),
		last_activity = NOW()
"""
_V2_RELEASE = """
func (r *Repo) ReleaseSession(phone, device string) error {
	query := `
		UPDATE chat_session_locks
		SET locked_at = NULL, last_activity = NOW()
		WHERE phone_number = ? AND device_id = ?
	`
	_, err := r.db.Exec(query, phone, device)
	return err
}
"""

V2 = (
    Case(
        "V2: a SELECT of what was locked in the last second",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(phone, device string) (bool, error) {{
	query := `{_V2}`
	if _, err := r.db.Exec(query, phone, device); err != nil {{
		return false, fmt.Errorf("failed to acquire session lock: %w", err)
	}}
	query = `
		SELECT COUNT(*) FROM chat_session_locks
		WHERE phone_number = ? AND device_id = ? AND locked_at >= DATE_SUB(NOW(), INTERVAL 1 SECOND)
	`
	var held int
	if err := r.db.QueryRow(query, phone, device).Scan(&held); err != nil {{
		return false, err
	}}
	return held > 0, nil
}}
"""
        + _V2_RELEASE,
    ),
    Case(
        "V2: the age is looked at in Go, inside a transaction's closure",
        ("NP401",),
        f"""
func withTx(db *sql.DB, work func(tx *sql.Tx) error) error {{
	tx, err := db.Begin()
	if err != nil {{
		return err
	}}
	defer tx.Rollback()
	if err := work(tx); err != nil {{
		return err
	}}
	return tx.Commit()
}}

func (r *Repo) TryLockSession(phone, device string) (locked bool, err error) {{
	err = withTx(r.db, func(tx *sql.Tx) error {{
		if _, err := tx.Exec(`{_V2}`, phone, device); err != nil {{
			return err
		}}
		var at time.Time
		if err := tx.QueryRow("SELECT locked_at FROM chat_session_locks WHERE phone_number = ? AND device_id = ?", phone, device).Scan(&at); err != nil {{
			return err
		}}
		locked = time.Since(at) < time.Second
		return nil
	}})
	return locked, err
}}

func (r *Repo) UnlockSession(phone, device string) error {{
	_, err := r.db.Exec("UPDATE chat_session_locks SET locked_at = NULL WHERE phone_number = ? AND device_id = ?", phone, device)
	return err
}}
""",
    ),
    Case(
        "V2: the rows are counted, but the other column changes always",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(phone, device string) (bool, error) {{
	res, err := r.db.Exec(`{_V2}`, phone, device)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	if err != nil {{
		return false, err
	}}
	return n > 0, nil
}}
"""
        + _V2_RELEASE,
    ),
    Case(
        "V2 on the text column, released by a text that is old",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, NOW()) "+
		"ON DUPLICATE KEY UPDATE `timestamp` = IF(TIMESTAMPDIFF(SECOND, `timestamp`, NOW()) > 30, NOW(), `timestamp`)", prospect, device)
	if err != nil {{
		return false, err
	}}
	var fresh bool
	err = r.db.QueryRow("SELECT `timestamp` >= DATE_SUB(NOW(), INTERVAL 1 SECOND) FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&fresh)
	if err == sql.ErrNoRows {{
		return false, nil
	}}
	return fresh, err
}}

func (r *Repo) ReleaseSession(prospect, device string) error {{
	_, err := r.db.Exec("UPDATE {AI} SET `timestamp` = '1970-01-01 00:00:00' WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "V2: the mark is a time by the second, equal for two callers",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	mine := {_STAMP}
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?) "+
		"ON DUPLICATE KEY UPDATE `timestamp` = IF(`timestamp` < ?, VALUES(`timestamp`), `timestamp`)", prospect, device, mine, time.Now().Add(-30*time.Second).Format("2006-01-02 15:04:05"))
	if err != nil {{
		return false, err
	}}
	var seen string
	if err := r.db.QueryRow("SELECT `timestamp` FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&seen); err != nil {{
		return false, err
	}}
	return seen == mine, nil
}}

func (r *Repo) ReleaseSession(prospect, device string) error {{
	_, err := r.db.Exec("UPDATE {AI} SET `timestamp` = '' WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
)

V3 = (
    Case(
        "V3: always true, the release writes the time",
        ("NP401", "NP402"),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	query := `
		INSERT INTO {AI} (id_prospect, id_device, timestamp)
		VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE
		timestamp = VALUES(timestamp)
	`
	result, err := r.db.Exec(query, prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	n, _ := result.RowsAffected()
	fmt.Println("rows", n)
	return true, nil
}}
"""
        + RELEASE_TOUCH,
    ),
    Case(
        "V3: err == nil as the answer, constants, other names",
        ("NP401", "NP402"),
        f"""
const (
	sqlHold = `INSERT INTO {AI} (id_prospect, id_device, ` + "`timestamp`" + `) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE ` + "`timestamp`" + ` = NOW()`
	sqlFree = `UPDATE {AI} SET ` + "`timestamp`" + ` = NOW() WHERE id_prospect = ? AND id_device = ?`
)

func (r *Repo) BeginConversation(prospect, device string) bool {{
	_, err := r.db.Exec(sqlHold, prospect, device)
	return err == nil
}}

func (r *Repo) EndConversation(prospect, device string) {{
	_, _ = r.db.Exec(sqlFree, prospect, device)
}}
""",
    ),
    Case(
        "V3: RowsAffected is above none for a changed row, too",
        ("NP401", "NP402"),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	result, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	affected, err := result.RowsAffected()
	if err != nil {{
		return false, err
	}}
	if affected == 0 {{
		return false, nil
	}}
	return true, nil
}}
"""
        + RELEASE_TOUCH,
    ),
    Case(
        "V3: the duplicate-key error of a statement that never has one",
        ("NP401", "NP402"),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {{
		return false, nil
	}}
	if err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_TOUCH,
    ),
    Case(
        "V3: through a wrapper of the database and a service",
        ("NP401", "NP402"),
        f"""
func (r *Repo) exec(ctx context.Context, query string, args ...interface{{}}) (int64, error) {{
	result, err := r.db.ExecContext(ctx, query, args...)
	if err != nil {{
		return 0, err
	}}
	return result.RowsAffected()
}}

type locker interface {{
	hold(ctx context.Context, prospect, device string) error
	free(ctx context.Context, prospect, device string) error
}}

func (r *Repo) hold(ctx context.Context, prospect, device string) error {{
	_, err := r.exec(ctx, "{_UPSERT}", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) free(ctx context.Context, prospect, device string) error {{
	_, err := r.exec(ctx, "UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ?", {_STAMP}, prospect, device)
	return err
}}

type Service struct {{
	locks locker
}}

func (s *Service) AcquireLock(ctx context.Context, prospect, device string) bool {{
	if err := s.locks.hold(ctx, prospect, device); err != nil {{
		return false
	}}
	return true
}}
""",
    ),
    Case(
        "V3: only an error, acquired and released by one function",
        ("NP401", "NP402"),
        f"""
func (r *Repo) LockSession(prospect, device string) error {{
	if _, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP}); err != nil {{
		return err
	}}
	return nil
}}

func (r *Repo) UnlockSession(prospect, device string) error {{
	_, err := r.db.Exec("UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ?", {_STAMP}, prospect, device)
	return err
}}

func (r *Repo) Answer(prospect, device string) error {{
	if err := r.LockSession(prospect, device); err != nil {{
		return err
	}}
	defer r.UnlockSession(prospect, device)
	return nil
}}
""",
    ),
    Case(
        "the same, released by DELETE",
        ("NP401",),
        f"""
func (r *Repo) AcquireSession(prospect, device string) (ok bool, err error) {{
	defer func() {{
		if err != nil {{
			err = fmt.Errorf("acquire: %w", err)
		}}
	}}()
	if _, err = r.db.Exec("{_UPSERT}", prospect, device, {_STAMP}); err == nil {{
		ok = true
	}}
	return ok, err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "REPLACE",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	stmt, err := r.db.Prepare("REPLACE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)")
	if err != nil {{
		return false, err
	}}
	defer stmt.Close()
	if _, err := stmt.Exec(prospect, device, {_STAMP}); err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "REPLACE whose rows are asked to be any",
        ("NP401",),
        """
func (r *Repo) ObtainLock(name, owner string) bool {
	res, err := r.db.Exec("REPLACE INTO job_locks (name, owner) VALUES (?, ?)", name, owner)
	if err != nil {
		return false
	}
	n, _ := res.RowsAffected()
	return n >= 1
}

func (r *Repo) ReleaseLock(name string) {
	r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
}
""",
    ),
    Case(
        "INSERT IGNORE whose rows nobody asks for",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("INSERT IGNORE INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "INSERT IGNORE, and a SELECT that finds whoever's row",
        ("NP401",),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	if _, err := r.db.Exec("INSERT IGNORE INTO job_locks (name, owner) VALUES (?, ?)", name, owner); err != nil {
		return false, err
	}
	var found string
	err := r.db.QueryRow("SELECT owner FROM job_locks WHERE name = ?", name).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return found != "", err
}

func (r *Repo) Unlock(name string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "the last one writes its name over the first one's",
        ("NP401",),
        """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	if _, err := r.db.Exec("INSERT INTO job_locks (name, owner) VALUES (?, ?) ON DUPLICATE KEY UPDATE owner = VALUES(owner)", name, owner); err != nil {
		return false, err
	}
	var found string
	err := r.db.QueryRow("SELECT owner FROM job_locks WHERE name = ?", name).Scan(&found)
	return found == owner, err
}

func (r *Repo) Unlock(name, owner string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "the column that is changed is not the one that is looked at",
        ("NP401", "NP402"),
        f"""
func (r *Repo) TryAcquireSession(phone, device string) (bool, error) {{
	if _, err := r.db.Exec(`{_V2}`, phone, device); err != nil {{
		return false, err
	}}
	return true, nil
}}

func (r *Repo) ReleaseSession(phone, device string) error {{
	_, err := r.db.Exec("UPDATE chat_session_locks SET last_activity = NOW() WHERE phone_number = ? AND device_id = ?", phone, device)
	return err
}}
""",
    ),
)

_COUNTED = """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	res, err := r.db.Exec(`INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW(6))
		ON DUPLICATE KEY UPDATE owner = NEW, locked_at = LATER`, name, owner)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n NUMBER, err
}

func (r *Repo) Unlock(name, owner string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""


def _counted(number: str, *rules: str, new: str = "VALUES(owner)", later: str = "VALUES(locked_at)") -> Case:
    code = _COUNTED.replace("NEW", new).replace("LATER", later).replace("NUMBER", number)
    return Case(f"V3: rows of an upsert: {number}, {new}", rules, code)


COUNTED = (
    _counted("> 0", "NP401"),
    _counted("== 1", "NP405"),
    _counted("> 0", "NP405", new="owner", later="locked_at"),
)
"""A row that whoever comes takes over blocks nobody after a crash."""
