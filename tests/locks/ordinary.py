"""Code that is no lock: upserts of caches, counters and settings, CRUD, queues. Nothing is to be said of it."""

from __future__ import annotations

from tests.locks import AI, Case

CASES = (
    Case(
        "settings, with a bool that is always true",
        (),
        """
func (r *Repo) SaveSetting(name, value string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE value = VALUES(value), updated_at = NOW()", name, value)
	if err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) DeleteSetting(name string) error {
	_, err := r.db.Exec("DELETE FROM settings WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "settings that are read, then written",
        (),
        """
func (r *Repo) SetDefault(name, value string) (bool, error) {
	var found string
	err := r.db.QueryRow("SELECT value FROM settings WHERE name = ?", name).Scan(&found)
	if err == nil {
		return false, nil
	}
	if err != sql.ErrNoRows {
		return false, err
	}
	_, err = r.db.Exec("REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)
	return err == nil, err
}
""",
    ),
    Case(
        "a cache",
        (),
        """
func (r *Repo) Put(key, body string) error {
	_, err := r.db.Exec("REPLACE INTO cache (k, body, expires_at) VALUES (?, ?, DATE_ADD(NOW(), INTERVAL 1 HOUR))", key, body)
	return err
}

func (r *Repo) Get(key string) (string, bool, error) {
	var body string
	err := r.db.QueryRow("SELECT body FROM cache WHERE k = ? AND expires_at > NOW()", key).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return body, err == nil, err
}

func (r *Repo) Clear(key string) error {
	_, err := r.db.Exec("DELETE FROM cache WHERE k = ?", key)
	return err
}
""",
    ),
    Case(
        "a counter",
        (),
        """
func (r *Repo) Count(name string) (int, error) {
	if _, err := r.db.Exec("INSERT INTO counters (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1", name); err != nil {
		return 0, err
	}
	var n int
	err := r.db.QueryRow("SELECT n FROM counters WHERE name = ?", name).Scan(&n)
	return n, err
}
""",
    ),
    Case(
        "a limit of calls, counted in a row",
        (),
        """
func (r *Repo) TryAcquire(name string, limit int) (bool, error) {
	if _, err := r.db.Exec("INSERT INTO counters (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1", name); err != nil {
		return false, err
	}
	var n int
	if err := r.db.QueryRow("SELECT n FROM counters WHERE name = ?", name).Scan(&n); err != nil {
		return false, err
	}
	return n <= limit, nil
}

func (r *Repo) Release(name string) error {
	_, err := r.db.Exec("UPDATE counters SET n = n - 1 WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "a user's session, with a last seen time",
        (),
        """
func (r *Repo) StartSession(token string, user int) (bool, error) {
	_, err := r.db.Exec("INSERT INTO user_sessions (token, user_id, last_seen) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE last_seen = NOW()", token, user)
	return err == nil, err
}

func (r *Repo) EndSession(token string) error {
	_, err := r.db.Exec("DELETE FROM user_sessions WHERE token = ?", token)
	return err
}

func (r *Repo) Touch(token string) error {
	_, err := r.db.Exec("UPDATE user_sessions SET last_seen = NOW() WHERE token = ?", token)
	return err
}
""",
    ),
    Case(
        "an account that an administrator locks",
        (),
        """
func (r *Repo) LockAccount(user int, reason string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO account_locks (user_id, reason) VALUES (?, ?) ON DUPLICATE KEY UPDATE reason = VALUES(reason)", user, reason)
	return err == nil, err
}

func (r *Repo) UnlockAccount(user int) error {
	_, err := r.db.Exec("DELETE FROM account_locks WHERE user_id = ?", user)
	return err
}

func (r *Repo) LockUser(user int) error {
	_, err := r.db.Exec("UPDATE users SET locked = 1 WHERE id = ?", user)
	return err
}

func (r *Repo) UnlockUser(user int) error {
	_, err := r.db.Exec("UPDATE users SET locked = 0 WHERE id = ?", user)
	return err
}
""",
    ),
    Case(
        "a message that is taken once",
        (),
        """
func (r *Repo) MarkProcessed(id string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO messages (id, status) VALUES (?, 'new')", id)
	var me *mysql.MySQLError
	if errors.As(err, &me) && me.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) Finish(id string) error {
	_, err := r.db.Exec("UPDATE messages SET status = 'done' WHERE id = ?", id)
	return err
}
""",
    ),
    Case(
        "followers",
        (),
        """
func (r *Repo) Follow(user, other int) (bool, error) {
	res, err := r.db.Exec("INSERT IGNORE INTO followers (user_id, follows) VALUES (?, ?)", user, other)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Unfollow(user, other int) error {
	_, err := r.db.Exec("DELETE FROM followers WHERE user_id = ? AND follows = ?", user, other)
	return err
}

func (r *Repo) FollowAgain(user, other int) (bool, error) {
	_, err := r.db.Exec("INSERT IGNORE INTO followers (user_id, follows) VALUES (?, ?)", user, other)
	return err == nil, err
}
""",
    ),
    Case(
        "users",
        (),
        """
func (r *Repo) Create(email, name string) (int64, error) {
	res, err := r.db.Exec("INSERT INTO users (email, name) VALUES (?, ?)", email, name)
	if err != nil {
		if strings.Contains(err.Error(), "1062") {
			return 0, errors.New("taken")
		}
		return 0, err
	}
	return res.LastInsertId()
}

func (r *Repo) Exists(email string) (bool, error) {
	var n int
	err := r.db.QueryRow("SELECT COUNT(*) FROM users WHERE email = ?", email).Scan(&n)
	return n > 0, err
}

func (r *Repo) Register(email, name string) (bool, error) {
	taken, err := r.Exists(email)
	if err != nil || taken {
		return false, err
	}
	_, err = r.db.Exec("UPDATE users SET name = ? WHERE email = ?", name, email)
	return err == nil, err
}

func (r *Repo) Delete(id int) error {
	_, err := r.db.Exec("DELETE FROM users WHERE id = ?", id)
	return err
}
""",
    ),
    Case(
        "a queue with SKIP LOCKED",
        (),
        """
func (r *Repo) ClaimJob(worker string) (int, bool, error) {
	tx, err := r.db.Begin()
	if err != nil {
		return 0, false, err
	}
	defer tx.Rollback()
	var id int
	err = tx.QueryRow("SELECT id FROM jobs WHERE status = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED").Scan(&id)
	if err == sql.ErrNoRows {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	if _, err := tx.Exec("UPDATE jobs SET status = 'running', worker = ? WHERE id = ?", worker, id); err != nil {
		return 0, false, err
	}
	return id, true, tx.Commit()
}

func (r *Repo) FinishJob(id int) error {
	_, err := r.db.Exec("UPDATE jobs SET status = 'done' WHERE id = ?", id)
	return err
}
""",
    ),
    Case(
        "a job that a worker claims by its status",
        (),
        """
func (r *Repo) Claim(id int, worker string) (bool, error) {
	res, err := r.db.Exec("UPDATE jobs SET status = 'running', worker = ?, picked_at = NOW() WHERE id = ? AND status = 'new'", worker, id)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Complete(id int) error {
	_, err := r.db.Exec("UPDATE jobs SET status = 'done' WHERE id = ?", id)
	return err
}
""",
    ),
    Case(
        "stock under a row lock, in a transaction",
        (),
        """
func (r *Repo) Reserve(sku string, n int) (bool, error) {
	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var left int
	if err := tx.QueryRow("SELECT left_over FROM stock WHERE sku = ? FOR UPDATE", sku).Scan(&left); err != nil {
		return false, err
	}
	if left < n {
		return false, nil
	}
	if _, err := tx.Exec("UPDATE stock SET left_over = left_over - ? WHERE sku = ?", n, sku); err != nil {
		return false, err
	}
	return true, tx.Commit()
}
""",
    ),
    Case(
        "a resource that is opened and closed",
        (),
        """
func (r *Repo) Open(token string, user int) (bool, error) {
	_, err := r.db.Exec("REPLACE INTO user_sessions (token, user_id, last_seen) VALUES (?, ?, NOW())", token, user)
	return err == nil, err
}

func (r *Repo) Close() error {
	return r.db.Close()
}

func (r *Repo) Serve(token string) error {
	if ok, err := r.Open(token, 1); err != nil || !ok {
		return err
	}
	defer r.Close()
	return nil
}
""",
    ),
    Case(
        "the lock table's rows are only looked at",
        (),
        f"""
func (r *Repo) IsLocked(prospect, device string) (bool, error) {{
	var n int
	err := r.db.QueryRow("SELECT COUNT(*) FROM {AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&n)
	return n > 0, err
}}

func (r *Repo) DeleteOld() (int64, error) {{
	res, err := r.db.Exec("DELETE FROM {AI} WHERE `timestamp` < DATE_SUB(NOW(), INTERVAL 1 HOUR)")
	if err != nil {{
		return 0, err
	}}
	return res.RowsAffected()
}}
""",
    ),
    Case(
        "a mutex of the program around an upsert",
        (),
        """
type guard struct{ locked map[string]bool }

func (g *guard) Lock(name string) {}

func (g *guard) Unlock(name string) {}

func (r *Repo) Store(g *guard, name string, n int) (bool, error) {
	g.Lock(name)
	defer g.Unlock(name)
	_, err := r.db.Exec("INSERT INTO counters (name, n) VALUES (?, ?) ON DUPLICATE KEY UPDATE n = VALUES(n)", name, n)
	return err == nil, err
}
""",
    ),
)
