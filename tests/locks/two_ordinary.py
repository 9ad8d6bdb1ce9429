"""Statements that serve two tables, and are no lock or one that holds: nothing is said of any of them."""

from __future__ import annotations

from collections.abc import Mapping

ORDINARY_SCHEMA = "".join(
    f"""CREATE TABLE {side}_cache (k VARCHAR(100) NOT NULL PRIMARY KEY, body TEXT, expires_at DATETIME);
CREATE TABLE {side}_numbers (name VARCHAR(100) NOT NULL PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0);
CREATE TABLE {side}_online (visitor VARCHAR(40) NOT NULL PRIMARY KEY, seen_at DATETIME NOT NULL);
CREATE TABLE {side}_options (name VARCHAR(100) NOT NULL PRIMARY KEY, value TEXT, updated_at VARCHAR(40));
CREATE TABLE {side}_pins (phone VARCHAR(20) NOT NULL PRIMARY KEY, code VARCHAR(8) NOT NULL, expires_at DATETIME NOT NULL);
CREATE TABLE {side}_outbox (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, body TEXT, sent_at DATETIME NULL);
CREATE TABLE {side}_lock (
    name VARCHAR(100) NOT NULL PRIMARY KEY, owner VARCHAR(100) NOT NULL, locked_at DATETIME(6) NOT NULL);
"""
    for side in ("east", "west")
)

_STORE = """
type Store struct {
	db    *sql.DB
	table string
}

func East(db *sql.DB) *Store { return &Store{db, "east_KIND"} }
func West(db *sql.DB) *Store { return &Store{db: db, table: "west_KIND"} }
"""

_LOCK = """
func (s *Store) TryAcquire(name, owner string) (bool, error) {
	_, err := s.db.Exec("INSERT INTO "+s.table+" (name, owner, locked_at) VALUES (?, ?, NOW(6))", name, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {
		res, err := s.db.Exec("UPDATE "+s.table+" SET owner = ?, locked_at = NOW(6) WHERE name = ? AND locked_at < NOW(6) - INTERVAL 30 SECOND", owner, name)
		if err != nil {
			return false, err
		}
		n, err := res.RowsAffected()
		return n == 1, err
	}
	return err == nil, err
}

func (s *Store) Release(name, owner string) error {
	_, err := s.db.Exec("DELETE FROM "+s.table+" WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""

ORDINARY: Mapping[str, str] = {
    "two caches": _STORE.replace("KIND", "cache")
    + """
func (s *Store) Take(key string) (string, error) {
	var body string
	err := s.db.QueryRow(fmt.Sprintf("SELECT body FROM %s WHERE k = ? AND expires_at > NOW()", s.table), key).Scan(&body)
	return body, err
}

func (s *Store) TryPut(key, body string) (bool, error) {
	_, err := s.db.Exec(fmt.Sprintf("INSERT INTO %s (k, body, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE) ON DUPLICATE KEY UPDATE body = VALUES(body), expires_at = VALUES(expires_at)", s.table), key, body)
	return err == nil, err
}

func (s *Store) Drop(key string) error {
	_, err := s.db.Exec(fmt.Sprintf("DELETE FROM %s WHERE k = ?", s.table), key)
	return err
}
""",
    "two counters": _STORE.replace("KIND", "numbers")
    + """
func (s *Store) Begin(name string) (bool, error) {
	_, err := s.db.Exec("INSERT INTO "+s.table+" (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1", name)
	return err == nil, err
}

func (s *Store) End(name string) error {
	_, err := s.db.Exec("UPDATE "+s.table+" SET n = n - 1 WHERE name = ? AND n > 0", name)
	return err
}
""",
    "two sequences": _STORE.replace("KIND", "numbers")
    + """
func (s *Store) Take(name string) (int64, error) {
	res, err := s.db.Exec("INSERT INTO "+s.table+" (name, n) VALUES (?, LAST_INSERT_ID(1)) ON DUPLICATE KEY UPDATE n = LAST_INSERT_ID(n + 1)", name)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (s *Store) Reset(name string) error {
	_, err := s.db.Exec("DELETE FROM "+s.table+" WHERE name = ?", name)
	return err
}
""",
    "who is online in two places": _STORE.replace("KIND", "online")
    + """
func (s *Store) Enter(visitor string) error {
	_, err := s.db.Exec(fmt.Sprintf("INSERT INTO %s (visitor, seen_at) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE seen_at = NOW()", s.table), visitor)
	return err
}

func (s *Store) Leave(visitor string) error {
	_, err := s.db.Exec(fmt.Sprintf("DELETE FROM %s WHERE visitor = ?", s.table), visitor)
	return err
}

func (s *Store) Visit(visitor string, page func() error) error {
	if err := s.Enter(visitor); err != nil {
		return err
	}
	defer s.Leave(visitor)
	return page()
}
""",
    "two tables of settings": _STORE.replace("KIND", "options")
    + """
func save(db *sql.DB, table, name, value string) (bool, error) {
	_, err := db.Exec("REPLACE INTO "+table+" (name, value, updated_at) VALUES (?, ?, ?)", name, value, time.Now().Format(time.RFC3339))
	return err == nil, err
}

func unset(db *sql.DB, table, name string) error {
	_, err := db.Exec("DELETE FROM "+table+" WHERE name = ?", name)
	return err
}

func (s *Store) Hold(name, value string) (bool, error) { return save(s.db, s.table, name, value) }
func (s *Store) Clear(name string) error                { return unset(s.db, s.table, name) }
""",
    "one time passwords of two applications": _STORE.replace("KIND", "pins")
    + """
func (s *Store) Open(phone, code string) (bool, error) {
	_, err := s.db.Exec(fmt.Sprintf("REPLACE INTO %s (phone, code, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)", s.table), phone, code)
	return err == nil, err
}

func (s *Store) Finish(phone, code string) (bool, error) {
	res, err := s.db.Exec(fmt.Sprintf("DELETE FROM %s WHERE phone = ? AND code = ? AND expires_at > NOW()", s.table), phone, code)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
""",
    "two outboxes": _STORE.replace("KIND", "outbox")
    + """
func (s *Store) Take(ctx context.Context, send func(body string) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var id int64
	var body string
	err = tx.QueryRow("SELECT id, body FROM "+s.table+" WHERE sent_at IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED").Scan(&id, &body)
	if err != nil {
		return err
	}
	if err := send(body); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE "+s.table+" SET sent_at = NOW() WHERE id = ?", id); err != nil {
		return err
	}
	return tx.Commit()
}
""",
    "two locks that hold": _STORE.replace("KIND", "lock") + _LOCK,
    "two locks that hold, and a helper that deletes from any table": _STORE.replace("KIND", "lock")
    + _LOCK
    + """
func remove(db *sql.DB, table, name string) error {
	_, err := db.Exec(fmt.Sprintf("DELETE FROM %s WHERE name = ?", table), name)
	return err
}

func ForceUnlock(db *sql.DB, name string) error  { return remove(db, "east_lock", name) }
func ReleaseOption(db *sql.DB, name string) error { return remove(db, "east_options", name) }
func EndNumber(db *sql.DB, name string) error     { return remove(db, "west_numbers", name) }
""",
    "a lock that holds and a log of what was done, by one helper": _STORE.replace("KIND", "lock")
    + _LOCK
    + """
func note(db *sql.DB, table, name, at string) error {
	_, err := db.Exec(fmt.Sprintf("INSERT INTO %s (name, value, updated_at) VALUES (?, '', ?) ON DUPLICATE KEY UPDATE updated_at = VALUES(updated_at)", table), name, at)
	return err
}

func (s *Store) Handle(name, owner string, work func() error) error {
	ok, err := s.TryAcquire(name, owner)
	if err != nil || !ok {
		return err
	}
	defer s.Release(name, owner)
	if err := note(s.db, "east_options", name, time.Now().Format(time.RFC3339)); err != nil {
		return err
	}
	return work()
}

func Seen(db *sql.DB, name string) error { return note(db, "west_options", name, time.Now().Format(time.RFC3339)) }
""",
}
