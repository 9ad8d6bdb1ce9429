"""Other libraries, other signatures, other places of the decision."""

from __future__ import annotations

from tests.locks import AI, RELEASE_DELETE, RELEASE_TOUCH, Case

_STAMP = 'time.Now().Format("2006-01-02 15:04:05")'
_UPSERT = (
    f"INSERT INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?) "
    "ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)"
)

CASES = (
    Case(
        "gorm: fields for the error and the rows, not asked",
        ("NP401", "NP402"),
        f"""
type store struct {{
	db *gorm.DB
}}

func (s *store) TryAcquireSession(prospect, device string) (bool, error) {{
	result := s.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
	if result.Error != nil {{
		return false, result.Error
	}}
	return true, nil
}}

func (s *store) ReleaseSession(prospect, device string) error {{
	return s.db.Exec("UPDATE {AI} SET timestamp = ? WHERE id_prospect = ? AND id_device = ?", {_STAMP}, prospect, device).Error
}}
""",
    ),
    Case(
        "gorm: the rows decide",
        ("NP405",),
        f"""
type store struct {{
	db *gorm.DB
}}

func (s *store) TryAcquireSession(prospect, device string) (bool, error) {{
	result := s.db.Exec("INSERT IGNORE INTO {AI} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", prospect, device, {_STAMP})
	if result.Error != nil {{
		return false, result.Error
	}}
	return result.RowsAffected == 1, nil
}}

func (s *store) ReleaseSession(prospect, device string) error {{
	return s.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Error
}}
""",
    ),
    Case(
        "sqlx: Get after an upsert",
        ("NP401",),
        f"""
type store struct {{
	db *sqlx.DB
}}

func (s *store) AcquireLock(ctx context.Context, prospect, device string) (bool, error) {{
	s.db.MustExecContext(ctx, "{_UPSERT}", prospect, device, {_STAMP})
	var n int
	if err := s.db.GetContext(ctx, &n, "SELECT COUNT(*) FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device); err != nil {{
		return false, err
	}}
	return n == 1, nil
}}

func (s *store) ReleaseLock(ctx context.Context, prospect, device string) error {{
	_, err := s.db.ExecContext(ctx, "DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}}
""",
    ),
    Case(
        "a handle to hold",
        ("NP401",),
        """
type Lock struct {
	repo *Repo
	name string
}

func (r *Repo) Acquire(name, owner string) (*Lock, error) {
	_, err := r.db.Exec("INSERT INTO job_locks (name, owner) VALUES (?, ?) ON DUPLICATE KEY UPDATE owner = VALUES(owner)", name, owner)
	if err != nil {
		return nil, err
	}
	return &Lock{repo: r, name: name}, nil
}

func (l *Lock) Release() error {
	_, err := l.repo.db.Exec("DELETE FROM job_locks WHERE name = ?", l.name)
	return err
}
""",
    ),
    Case(
        "a function that gives it back",
        ("NP401",),
        """
func (r *Repo) AcquireLock(name, owner string) (func(), error) {
	if _, err := r.db.Exec("REPLACE INTO job_locks (name, owner) VALUES (?, ?)", name, owner); err != nil {
		return nil, err
	}
	return func() {
		r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
	}, nil
}
""",
    ),
    Case(
        "a device that is locked until an administrator says otherwise",
        (),
        """
func (r *Repo) LockDevice(name, reason string) error {
	_, err := r.db.Exec("INSERT INTO job_locks (name, owner) VALUES (?, ?) ON DUPLICATE KEY UPDATE owner = VALUES(owner)", name, reason)
	return err
}

func (r *Repo) UnlockDevice(name string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "marks of a busy phone, taken and given back by one function",
        ("NP401",),
        """
func (r *Repo) MarkBusy(phone string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO busy (phone, since) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE since = NOW()", phone)
	return err == nil, err
}

func (r *Repo) ClearBusy(phone string) error {
	_, err := r.db.Exec("DELETE FROM busy WHERE phone = ?", phone)
	return err
}

func (r *Repo) Handle(phone string) error {
	ok, err := r.MarkBusy(phone)
	if err != nil || !ok {
		return err
	}
	defer func() {
		if err := r.ClearBusy(phone); err != nil {
			fmt.Println(err)
		}
	}()
	return nil
}
""",
    ),
    Case(
        "FOR UPDATE behind the upsert decides nothing",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	tx, err := r.db.Begin()
	if err != nil {{
		return false, err
	}}
	defer tx.Rollback()
	if _, err := tx.Exec("{_UPSERT}", prospect, device, {_STAMP}); err != nil {{
		return false, err
	}}
	var seen string
	if err := tx.QueryRow("SELECT timestamp FROM {AI} WHERE id_prospect = ? AND id_device = ? FOR UPDATE", prospect, device).Scan(&seen); err != nil {{
		return false, err
	}}
	if err := tx.Commit(); err != nil {{
		return false, err
	}}
	return seen != "", nil
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "the answer in a struct's field",
        ("NP401", "NP402"),
        f"""
type outcome struct {{
	held bool
	err  error
}}

func (r *Repo) hold(prospect, device string) outcome {{
	var o outcome
	_, o.err = r.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
	o.held = o.err == nil
	return o
}}

func (r *Repo) TryAcquireSession(prospect, device string) (bool, error) {{
	o := r.hold(prospect, device)
	if o.err != nil {{
		return false, o.err
	}}
	return o.held, nil
}}
"""
        + RELEASE_TOUCH,
    ),
    Case(
        "tried three times",
        ("NP401",),
        f"""
func (r *Repo) AcquireSession(prospect, device string) (bool, error) {{
	var last error
	for attempt := 0; attempt < 3; attempt++ {{
		result, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP})
		if err != nil {{
			last = err
			time.Sleep(time.Second)
			continue
		}}
		if n, err := result.RowsAffected(); err == nil && n > 0 {{
			return true, nil
		}}
	}}
	return false, last
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "another program's lock decides, the row only shows it",
        (),
        """
type redis interface {
	SetNX(ctx context.Context, key string, ttl time.Duration) (bool, error)
}

func (r *Repo) TryLock(ctx context.Context, client redis, name, owner string) (bool, error) {
	ok, err := client.SetNX(ctx, name, time.Minute)
	if err != nil || !ok {
		return false, err
	}
	_, err = r.db.ExecContext(ctx, "REPLACE INTO job_locks (name, owner) VALUES (?, ?)", name, owner)
	return err == nil, err
}

func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
""",
    ),
    Case(
        "work under a lock, in one function",
        ("NP401",),
        f"""
func (r *Repo) WithSessionLock(prospect, device string, work func() error) error {{
	if _, err := r.db.Exec("{_UPSERT}", prospect, device, {_STAMP}); err != nil {{
		return err
	}}
	defer r.ReleaseSession(prospect, device)
	return work()
}}
"""
        + RELEASE_DELETE,
    ),
    Case(
        "a refused INSERT counts as success",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device, mine string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, mine)
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {{
		return true, nil
	}}
	return err == nil, err
}}

func (r *Repo) ReleaseSession(prospect, device, mine string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", prospect, device, mine)
	return err
}}
""",
    ),
    Case(
        "a takeover from whoever has the row",
        ("NP401",),
        f"""
func (r *Repo) TryAcquireSession(prospect, device, mine string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, mine)
	if err == nil {{
		return true, nil
	}}
	var me *mysql.MySQLError
	if !errors.As(err, &me) || me.Number != 1062 {{
		return false, err
	}}
	res, err := r.db.Exec("UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ?", mine, prospect, device)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) ReleaseSession(prospect, device, mine string) error {{
	_, err := r.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", prospect, device, mine)
	return err
}}
""",
    ),
)
