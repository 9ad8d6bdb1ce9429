"""Leases taken by a conditional UPDATE, and locks whose functions have names that say nothing."""

from __future__ import annotations

from tests.locks import AI, RELEASE_DELETE, Case

_TAKE = (
    "UPDATE job_leases SET owner = ?, lease_until = NOW(6) + INTERVAL 30 SECOND WHERE job = ? AND lease_until < NOW(6)"
)
_GIVE = """
func (r *Repo) ReleaseLease(job, owner string) error {
	_, err := r.db.Exec("UPDATE job_leases SET owner = NULL, lease_until = NOW(6) WHERE job = ? AND owner = ?", job, owner)
	return err
}
"""
_COUNTED = f"""
func (r *Repo) AcquireLease(job, owner string) (bool, error) {{
	result, err := r.db.Exec("{_TAKE}", owner, job)
	if err != nil {{
		return false, err
	}}
	count, err := result.RowsAffected()
	if err != nil {{
		return false, err
	}}
	return count == 1, nil
}}
"""
_STAMP = 'time.Now().Format("2006-01-02 15:04:05")'

CASES = (
    Case(
        "a conditional UPDATE, its count not asked for",
        ("NP401",),
        f"""
func (r *Repo) AcquireLease(job, owner string) (bool, error) {{
	_, err := r.db.Exec("{_TAKE}", owner, job)
	if err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + _GIVE,
    ),
    Case(
        "a conditional UPDATE that tells by its error alone",
        ("NP401",),
        f"""
func (r *Repo) AcquireLease(ctx context.Context, job, owner string) error {{
	if _, err := r.db.ExecContext(ctx, "{_TAKE}", owner, job); err != nil {{
		return fmt.Errorf("lease %s: %w", job, err)
	}}
	return nil
}}
"""
        + _GIVE,
    ),
    Case(
        "a conditional UPDATE of a flag, its count not asked for",
        ("NP401",),
        """
func (r *Repo) TryLock(name string) bool {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 1 WHERE name = ? AND locked = 0", name)
	return err == nil
}

func (r *Repo) Unlock(name string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 0 WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "a conditional UPDATE that accepts any count",
        ("NP401",),
        f"""
func (r *Repo) AcquireLease(job, owner string) (bool, error) {{
	result, err := r.db.Exec("{_TAKE}", owner, job)
	if err != nil {{
		return false, err
	}}
	count, err := result.RowsAffected()
	if err != nil {{
		return false, err
	}}
	return count >= 0, nil
}}
"""
        + _GIVE,
    ),
    Case("a conditional UPDATE whose count decides", (), _COUNTED + _GIVE),
    Case(
        "a conditional UPDATE, then the owner is read back",
        (),
        f"""
func (r *Repo) AcquireLease(job, owner string) (bool, error) {{
	if _, err := r.db.Exec("{_TAKE}", owner, job); err != nil {{
		return false, err
	}}
	var holder string
	if err := r.db.QueryRow("SELECT owner FROM job_leases WHERE job = ?", job).Scan(&holder); err != nil {{
		return false, err
	}}
	return holder == owner, nil
}}
"""
        + _GIVE,
    ),
    Case(
        "the takeover's count is not asked for",
        ("NP401",),
        f"""
func (r *Repo) AcquireSession(prospect, device string) (bool, error) {{
	now := {_STAMP}
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, now)
	if err == nil {{
		return true, nil
	}}
	var taken *mysql.MySQLError
	if !errors.As(err, &taken) || taken.Number != 1062 {{
		return false, err
	}}
	_, err = r.db.Exec("UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ? AND timestamp < ?", now, prospect, device, time.Now().Add(-30*time.Second).Format("2006-01-02 15:04:05"))
	if err != nil {{
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "the release leaves the time until which the lease is held",
        ("NP402",),
        _COUNTED
        + """
func (r *Repo) ReleaseLease(job, owner string) error {
	_, err := r.db.Exec("UPDATE job_leases SET owner = NULL WHERE job = ? AND owner = ?", job, owner)
	return err
}
""",
    ),
    Case(
        "the release sets the time until which the lease is held into the future",
        ("NP402",),
        _COUNTED
        + """
func (r *Repo) ReleaseLease(job string) error {
	_, err := r.db.Exec("UPDATE job_leases SET owner = NULL, lease_until = DATE_ADD(NOW(6), INTERVAL 30 SECOND) WHERE job = ?", job)
	return err
}
""",
    ),
    Case(
        "the release sets the time until which the lease is held into the past",
        (),
        _COUNTED
        + """
func (r *Repo) ReleaseLease(job, owner string) error {
	_, err := r.db.Exec("UPDATE job_leases SET lease_until = DATE_SUB(NOW(6), INTERVAL 1 SECOND) WHERE job = ? AND owner = ?", job, owner)
	return err
}
""",
    ),
    Case(
        "a lease that is only prolonged",
        (),
        _COUNTED
        + _GIVE
        + """
func (r *Repo) ExtendLease(job, owner string) error {
	_, err := r.db.Exec("UPDATE job_leases SET lease_until = NOW(6) + INTERVAL 30 SECOND WHERE job = ? AND owner = ?", job, owner)
	return err
}
""",
    ),
    Case(
        "names in another language: an upsert on the session locks",
        ("NP401",),
        f"""
func (r *Repo) Kunci(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)", prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	return true, nil
}}

func (r *Repo) Lepas(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "names in another language, told by the error: an upsert on the session locks",
        ("NP401",),
        f"""
func (r *Repo) Kunci(prospect, device string) error {{
	_, err := r.db.Exec("REPLACE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) Lepas(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "names in another language: the unique key decides",
        ("NP405",),
        f"""
func (r *Repo) Kunci(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {{
		return false, nil
	}}
	return err == nil, err
}}

func (r *Repo) Lepas(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "names in another language: the release only changes the time",
        ("NP402",),
        f"""
func (r *Repo) Kunci(prospect, device string) (bool, error) {{
	result, err := r.db.Exec("INSERT IGNORE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	count, err := result.RowsAffected()
	return count == 1, err
}}

func (r *Repo) Lepas(prospect, device string) error {{
	_, err := r.db.Exec("UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ?", {_STAMP}, prospect, device)
	return err
}}
""",
    ),
    Case(
        "claim and unclaim on the session locks",
        ("NP401",),
        f"""
func (r *Repo) Claim(prospect, device string) error {{
	_, err := r.db.Exec("INSERT IGNORE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) Unclaim(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "the state of a job is changed, and nobody asks whether it was",
        (),
        """
func (r *Repo) StartJob(id int) error {
	_, err := r.db.Exec("UPDATE jobs SET status = 'running' WHERE id = ? AND status = 'new'", id)
	return err
}

func (r *Repo) FinishJob(id int) error {
	_, err := r.db.Exec("UPDATE jobs SET status = 'done' WHERE id = ? AND status = 'running'", id)
	return err
}
""",
    ),
    Case(
        "an administrator locks what is not locked",
        (),
        """
func (r *Repo) LockUser(id int) error {
	_, err := r.db.Exec("UPDATE users SET locked = 1 WHERE id = ? AND locked = 0", id)
	return err
}

func (r *Repo) UnlockUser(id int) error {
	_, err := r.db.Exec("UPDATE users SET locked = 0 WHERE id = ?", id)
	return err
}
""",
    ),
    Case(
        "a session's row is written for a report",
        (),
        f"""
func (r *Repo) RecordSession(prospect, device string) error {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)", prospect, device, {_STAMP})
	return err
}}
""",
    ),
)

SERVER = (
    Case(
        "GET_LOCK: the answer is read and never looked at",
        ("NP401",),
        """
func (r *Repo) TryLock(ctx context.Context, name string) bool {
	var got sql.NullInt64
	err := r.db.QueryRowContext(ctx, "SELECT GET_LOCK(?, 10)", name).Scan(&got)
	return err == nil
}
""",
    ),
    Case(
        "GET_LOCK: sent without reading",
        ("NP401",),
        """
func (r *Repo) WithLock(ctx context.Context, name string, work func() error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT GET_LOCK(CONCAT('chat:', ?), 5)", name); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, "SELECT RELEASE_LOCK(CONCAT('chat:', ?))", name)
	return work()
}
""",
    ),
    Case(
        "GET_LOCK: the answer decides",
        (),
        """
func (r *Repo) TryLock(ctx context.Context, name string) (bool, error) {
	var got sql.NullInt64
	if err := r.db.QueryRowContext(ctx, "SELECT GET_LOCK(?, 10)", name).Scan(&got); err != nil {
		return false, err
	}
	return got.Valid && got.Int64 == 1, nil
}
""",
    ),
    Case(
        "GET_LOCK: an error where the answer is not 1",
        (),
        """
func (r *Repo) WithLock(ctx context.Context, name string, work func() error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT COALESCE(GET_LOCK(?, 5), 0)", name).Scan(&got); err != nil {
		return err
	}
	if got != 1 {
		return fmt.Errorf("%s is busy", name)
	}
	defer conn.ExecContext(ctx, "SELECT RELEASE_LOCK(?)", name)
	return work()
}
""",
    ),
    Case(
        "GET_LOCK: the answer is handed on",
        (),
        """
func (r *Repo) getLock(name string) (int, error) {
	var got int
	err := r.db.QueryRow("SELECT GET_LOCK(?, 5)", name).Scan(&got)
	return got, err
}

func (r *Repo) Lock(name string) error {
	got, err := r.getLock(name)
	if err != nil {
		return err
	}
	if got == 0 {
		return errors.New("busy")
	}
	return nil
}
""",
    ),
    Case(
        "GET_LOCK: the answer is a struct's field",
        (),
        """
type answer struct {
	Got int `db:"got"`
}

func (r *Repo) Lock(name string) error {
	var row answer
	if err := r.db.QueryRow("SELECT GET_LOCK(?, 5) AS got", name).Scan(&row.Got); err != nil {
		return err
	}
	if row.Got != 1 {
		return errors.New("busy")
	}
	return nil
}
""",
    ),
    Case(
        "GET_LOCK: it waits without limit",
        (),
        """
func (r *Repo) Lock(name string) error {
	_, err := r.db.Exec("SELECT GET_LOCK(?, -1)", name)
	return err
}
""",
    ),
    Case(
        "GET_LOCK: every row is looked at",
        (),
        """
func (r *Repo) Lock(name string) (bool, error) {
	rows, err := r.db.Query("SELECT GET_LOCK(?, 3)", name)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var got int
		if err := rows.Scan(&got); err != nil {
			return false, err
		}
		if got == 1 {
			return true, nil
		}
	}
	return false, rows.Err()
}
""",
    ),
)
TIMES = (
    Case(
        "the release sets the time until which the lease is held into the future, by the program's clock",
        ("NP402",),
        """
func (r *Repo) AcquireLease(job, owner string) (bool, error) {
	result, err := r.db.Exec("UPDATE job_leases SET owner = ?, lease_until = ? WHERE job = ? AND lease_until < ?", owner, time.Now().Add(30*time.Second), job, time.Now())
	if err != nil {
		return false, err
	}
	count, err := result.RowsAffected()
	return count == 1, err
}

func (r *Repo) ReleaseLease(job string) error {
	_, err := r.db.Exec("UPDATE job_leases SET owner = NULL, lease_until = ? WHERE job = ?", time.Now().Add(time.Minute), job)
	return err
}
""",
    ),
    Case(
        "the release sets the time until which the lease is held into the past, by the program's clock",
        (),
        """
func (r *Repo) AcquireLease(job, owner string) (bool, error) {
	result, err := r.db.Exec("UPDATE job_leases SET owner = ?, lease_until = ? WHERE job = ? AND lease_until < ?", owner, time.Now().Add(30*time.Second), job, time.Now())
	if err != nil {
		return false, err
	}
	count, err := result.RowsAffected()
	return count == 1, err
}

func (r *Repo) ReleaseLease(job string) error {
	_, err := r.db.Exec("UPDATE job_leases SET owner = NULL, lease_until = ? WHERE job = ?", time.Now().Add(-time.Second), job)
	return err
}
""",
    ),
    Case(
        "FOR UPDATE outside of a transaction holds nothing",
        ("NP403",),
        """
func (r *Repo) AcquireLock(name, owner string) (bool, error) {
	var locked bool
	if err := r.db.QueryRow("SELECT locked FROM job_locks WHERE name = ? FOR UPDATE", name).Scan(&locked); err != nil {
		return false, err
	}
	if locked {
		return false, nil
	}
	_, err := r.db.Exec("UPDATE job_locks SET locked = 1, owner = ? WHERE name = ?", owner, name)
	return err == nil, err
}

func (r *Repo) ReleaseLock(name string) error {
	_, err := r.db.Exec("UPDATE job_locks SET locked = 0 WHERE name = ?", name)
	return err
}
""",
    ),
)
