"""Locks whose functions and tables have names that say little, or stand in another function than the text."""

from __future__ import annotations

TABLE = """CREATE TABLE {} (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, phone VARCHAR(30) NOT NULL, device VARCHAR(40) NOT NULL,
    {}, UNIQUE KEY uq (phone, device));
"""
HOLD = """
type Result struct {
	Acquired bool
	At       time.Time
}

func (r *Repo) Acquire(ctx context.Context, phone, device string) (*Result, error) {
	res := &Result{}
	if _, err := r.db.ExecContext(ctx, `INSERT INTO session_hold (phone, device, COLUMN) VALUES (?, ?, NOW())
		ON DUPLICATE KEY UPDATE COLUMN = CASE WHEN COLUMN IS NULL THEN NOW()
		WHEN COLUMN < NOW() - INTERVAL 30 SECOND THEN NOW() ELSE COLUMN END`, phone, device); err != nil {
		return nil, err
	}
	row := r.db.QueryRowContext(ctx, `SELECT COLUMN FROM session_hold WHERE phone = ? AND device = ? AND COLUMN > NOW() - INTERVAL 2 SECOND`, phone, device)
	switch err := row.Scan(&res.At); {
	case errors.Is(err, sql.ErrNoRows):
		return res, nil
	case err != nil:
		return nil, err
	}
	res.Acquired = true
	return res, nil
}

func (r *Repo) Release(ctx context.Context, phone, device string) error {
	_, err := r.db.ExecContext(ctx, `UPDATE session_hold SET COLUMN = NULL WHERE phone = ? AND device = ?`, phone, device)
	return err
}
"""
KUNCI = """
func (r *Repo) Dapatkan(phone, device string) bool {
	_, err := r.db.Exec("REPLACE INTO TABLE (phone, device, masa) VALUES (?, ?, NOW())", phone, device)
	if err != nil {
		return false
	}
	return true
}

func (r *Repo) Buka(phone, device string) {
	r.db.Exec("DELETE FROM TABLE WHERE phone = ? AND device = ?", phone, device)
}
"""
CLAIM = """
func (r *Repo) Claim(phone, device string) (bool, error) {
	res, err := r.db.Exec(`INSERT IGNORE INTO inbox_claim (phone, device, claimed_at) VALUES (?, ?, NOW())`, phone, device)
	if err != nil {
		return false, err
	}
	RESULT
}

func (r *Repo) Done(phone, device string) error {
	_, err := r.db.Exec(`DELETE FROM inbox_claim WHERE phone = ? AND device = ?`, phone, device)
	return err
}
"""
SERVE = """
func (r *Repo) Serve(phone, device string, work func()) {
	got, err := r.Claim(phone, device)
	if err != nil || !got {
		return
	}
	work()
	_ = r.Done(phone, device)
}
"""
UNREAD = """if _, err := res.LastInsertId(); err != nil {
		return false, err
	}
	return true, nil"""
COUNTED = "n, err := res.RowsAffected()\n\treturn n == 1, err"
BUSY = """
type base struct{ conn *sql.DB }

func (b base) exec(ctx context.Context, q string, args ...any) (int64, error) {
	res, err := b.conn.ExecContext(ctx, q, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

type Busy struct{ base }

func (b *Busy) Enter(ctx context.Context, phone, device string) (bool, error) {
	n, err := b.exec(ctx, `INSERT INTO wa_busy (phone, device, busy_at) VALUES (?, ?, NOW(6))
		ON DUPLICATE KEY UPDATE busy_at = VALUES(busy_at)`, phone, device)
	if err != nil {
		return false, err
	}
	return n >= 1, nil
}

// Leave: 出口
func (b *Busy) Leave(ctx context.Context, phone, device string) error {
	_, err := b.exec(ctx, `DELETE FROM wa_busy WHERE phone = ? AND device = ?`, phone, device)
	return err
}

func (b *Busy) Run(ctx context.Context, phone, device string, fn func(context.Context) error) error {
	in, err := b.Enter(ctx, phone, device)
	if err != nil || !in {
		return err
	}
	defer b.Leave(ctx, phone, device)
	return fn(ctx)
}
"""
PREPARED = """
type Keeper struct {
	enter, check, leave *sql.Stmt
}

func NewKeeper(db *sql.DB) (*Keeper, error) {
	k := &Keeper{}
	var err error
	if k.enter, err = db.Prepare(`INSERT INTO gate_keeper (phone, device, entered_at) VALUES (?, ?, NOW())
		ON DUPLICATE KEY UPDATE entered_at = IF(entered_at IS NULL OR entered_at < NOW() - INTERVAL 30 SECOND, NOW(), entered_at)`); err != nil {
		return nil, err
	}
	if k.check, err = db.Prepare(`SELECT entered_at > NOW() - INTERVAL 2 SECOND FROM gate_keeper WHERE phone = ? AND device = ?`); err != nil {
		return nil, err
	}
	if k.leave, err = db.Prepare(`UPDATE gate_keeper SET entered_at = NULL WHERE phone = ? AND device = ?`); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *Keeper) Enter(phone, device string) (bool, error) {
	if _, err := k.enter.Exec(phone, device); err != nil {
		return false, err
	}
	var fresh bool
	err := k.check.QueryRow(phone, device).Scan(&fresh)
	return fresh, err
}

func (k *Keeper) Leave(phone, device string) error {
	_, err := k.leave.Exec(phone, device)
	return err
}

func Reply(k *Keeper, phone, device string, send func() error) error {
	in, err := k.Enter(phone, device)
	if err != nil || !in {
		return err
	}
	defer k.Leave(phone, device)
	return send()
}
"""
TRIED = """
func (r *Repo) NAME(phone, device string) (bool, error) {
	var age sql.NullInt64
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, masa, NOW()) FROM wasap_sesi WHERE phone = ? AND device = ?", phone, device).Scan(&age)
	if err != nil && err != sql.ErrNoRows {
		return false, err
	}
	if err == nil && age.Valid && age.Int64 < 30 {
		return false, nil
	}
	if _, err := r.db.Exec("INSERT INTO wasap_sesi (phone, device, masa) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE masa = VALUES(masa)", phone, device); err != nil {
		return false, err
	}
	return true, nil
}

func (r *Repo) Lepas(phone, device string) error {
	_, err := r.db.Exec("DELETE FROM wasap_sesi WHERE phone = ? AND device = ?", phone, device)
	return err
}
"""
LOOKED = """
func (r *Repo) TryEnter(phone, device string) (bool, error) {
	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var age sql.NullInt64
	if err := tx.QueryRow("SELECT TIMESTAMPDIFF(SECOND, gate_at, NOW()) FROM queue_gate WHERE phone = ? AND device = ? FOR UPDATE", phone, device).Scan(&age); err != nil && err != sql.ErrNoRows {
		return false, err
	}
	if CONDITION {
		return false, nil
	}
	if _, err := tx.Exec("WRITE", phone, device); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (r *Repo) Exit(phone, device string) error {
	_, err := r.db.Exec("DELETE FROM queue_gate WHERE phone = ? AND device = ?", phone, device)
	return err
}
"""
