"""V1: the INSERT meets the unique key where another caller holds the lock. Sound, but for the lack of an expiry."""

from __future__ import annotations

from tests.locks import AI, RELEASE_DELETE, RELEASE_TOUCH, Case

_STAMP = 'time.Now().Format("2006-01-02 15:04:05")'
_INSERT = f"INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)"

CASES = (
    Case(
        "errors.As and the number, the back-quoted column spliced in",
        ("NP405",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	query := `
		INSERT INTO {AI} (id_prospect, id_device, ` + "`timestamp`" + `)
		VALUES (?, ?, ?)
	`
	_, err := r.db.Exec(query, prospect, device, {_STAMP})
	var refused *mysql.MySQLError
	if errors.As(err, &refused) && refused.Number == 1062 {{
		return false, nil
	}}
	return err == nil, err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "a type assertion inside if err != nil",
        ("NP405",),
        f"""
const insertLock = "{_INSERT}"

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	if _, err := r.db.Exec(insertLock, prospect, device, {_STAMP}); err != nil {{
		if me, ok := err.(*mysql.MySQLError); ok && me.Number == 1062 {{
			return false, nil
		}}
		return false, fmt.Errorf("acquire: %w", err)
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "the error's text",
        ("NP405",),
        f"""
func (r *Repo) LockConversation(ctx context.Context, prospect, device string) (acquired bool, err error) {{
	_, err = r.db.ExecContext(ctx, "{_INSERT}", prospect, device, {_STAMP})
	if err != nil {{
		if strings.Contains(err.Error(), "Duplicate entry") {{
			return false, nil
		}}
		return false, err
	}}
	acquired = true
	return
}}

func (r *Repo) UnlockConversation(ctx context.Context, prospect, device string) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM {AI} WHERE id_device = ? AND id_prospect = ?", device, prospect)
	return err
}}
""",
    ),
    Case(
        "a helper that knows duplicates, and a switch",
        ("NP405",),
        f"""
func isDuplicate(err error) bool {{
	var me *mysql.MySQLError
	return errors.As(err, &me) && me.Number == 1062
}}

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, {_STAMP})
	switch {{
	case err == nil:
		return true, nil
	case isDuplicate(err):
		return false, nil
	default:
		return false, err
	}}
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "only an error that says it is busy",
        ("NP405",),
        f"""
var ErrBusy = errors.New("busy")

func (r *Repo) AcquireSession(prospect, device string) error {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, {_STAMP})
	if err != nil && strings.Contains(err.Error(), "1062") {{
		return ErrBusy
	}}
	return err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "INSERT IGNORE and the number of rows",
        ("NP405",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	res, err := r.db.Exec("INSERT IGNORE INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, NOW())", prospect, device)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	if err != nil {{
		return false, err
	}}
	return n == 1, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "an upsert that changes nothing and the number of rows",
        ("NP405",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	res, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE timestamp = timestamp", prospect, device, {_STAMP})
	if err != nil {{
		return false, err
	}}
	if n, _ := res.RowsAffected(); n == 0 {{
		return false, nil
	}}
	return true, nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "the statement in a helper, the decision in another",
        ("NP405",),
        f"""
func (r *Repo) insertLock(tx *sql.Tx, prospect, device string) error {{
	_, err := tx.Exec("{_INSERT}", prospect, device, {_STAMP})
	return err
}}

func (r *Repo) WithTransaction(work func(tx *sql.Tx) error) error {{
	tx, err := r.db.Begin()
	if err != nil {{
		return err
	}}
	if err := work(tx); err != nil {{
		tx.Rollback()
		return err
	}}
	return tx.Commit()
}}

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	err := r.WithTransaction(func(tx *sql.Tx) error {{
		return r.insertLock(tx, prospect, device)
	}})
	var me *mysql.MySQLError
	if errors.As(err, &me) {{
		switch me.Number {{
		case 1062:
			return false, nil
		}}
	}}
	return err == nil, err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "two of the names that nothing says, but the release is put off",
        ("NP405",),
        """
func (r *Repo) Enlist(phone string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO busy (phone, since) VALUES (?, NOW())", phone)
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) Dismiss(phone string) {
	r.db.Exec("DELETE FROM busy WHERE phone = ?", phone)
}

func (r *Repo) Handle(phone string) error {
	ok, err := r.Enlist(phone)
	if err != nil || !ok {
		return err
	}
	defer r.Dismiss(phone)
	return nil
}
""",
    ),
    Case(
        "the row is the lock, but the release only writes the time",
        ("NP402",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, {_STAMP})
	if err != nil {{
		if strings.Contains(err.Error(), "Duplicate") {{
			return false, nil
		}}
		return false, err
	}}
	return true, nil
}}
"""
        + RELEASE_TOUCH,
    ),
    Case(
        "a job deletes what is old",
        (),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, {_STAMP})
	if err != nil {{
		if strings.Contains(err.Error(), "Duplicate") {{
			return false, nil
		}}
		return false, err
	}}
	return true, nil
}}

func (r *Repo) Sweep() error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE `timestamp` < ?", time.Now().Add(-5*time.Minute).Format("2006-01-02 15:04:05"))
	return err
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "all locks are deleted when the server starts",
        (),
        f"""
func (r *Repo) TryLock(prospect, device string) bool {{
	_, err := r.db.Exec("{_INSERT}", prospect, device, {_STAMP})
	return err == nil
}}

func (r *Repo) Unlock(prospect, device string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}

func (r *Repo) Boot() error {{
	_, err := r.db.Exec("DELETE FROM {AI}")
	return err
}}
""",
    ),
)
