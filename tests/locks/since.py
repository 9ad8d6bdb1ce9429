"""Locks whose rows say since or until when they are held, and not by whom; and such times that hold no lock."""

from __future__ import annotations

from tests.locks import Case

_TAKE = """
var ErrLeased = errors.New("it is leased")

func (r *Repo) TAKE(id int64) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var expired bool
	err = tx.QueryRow("SELECT lease_until < NOW() FROM parcel_lease WHERE parcel_id = ? FOR UPDATE", id).Scan(&expired)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err = tx.Exec("INSERT INTO parcel_lease (parcel_id, lease_until) VALUES (?, NOW() + INTERVAL 30 SECOND)", id); err != nil {
			return err
		}
		return tx.Commit()
	}
	if err != nil {
		return err
	}
	if !expired {
		return ErrLeased
	}
	if _, err = tx.Exec("UPDATE parcel_lease SET lease_until = NOW() + INTERVAL 30 SECOND WHERE parcel_id = ?", id); err != nil {
		return err
	}
	return tx.Commit()
}

func (r *Repo) DROP(id int64) error {
	_, err := r.db.Exec("DELETE FROM parcel_lease WHERE parcel_id = ?", id)
	return err
}
"""
_AGE = """
func (r *Repo) Age(phone, device string) (int, error) {
	var age int
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, locked_at, NOW()) FROM iface_session WHERE id_prospect = ? AND id_device = ?", phone, device).Scan(&age)
	if err == sql.ErrNoRows {
		return -1, nil
	}
	return age, err
}
"""
_SAVE = """
func (r *Repo) Save(phone, device string) error {
	_, err := r.db.Exec("INSERT INTO iface_session (id_prospect, id_device, locked_at) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE locked_at = NOW()", phone, device)
	return err
}
"""
_DELETE = """
func (r *Repo) Delete(phone, device string) error {
	_, err := r.db.Exec("DELETE FROM iface_session WHERE id_prospect = ? AND id_device = ?", phone, device)
	return err
}
"""
_PROCESS = """
type sessions interface {
	Age(phone, device string) (int, error)
	Save(phone, device string) error
	Delete(phone, device string) error
}

type Flow struct{ sessions sessions }

func (f *Flow) PROCESS(phone, device string, run func() error) error {
	age, err := f.sessions.Age(phone, device)
	if err != nil {
		return err
	}
	if age >= 0 && age < 30 {
		return errors.New("session is locked")
	}
	if err := f.sessions.Save(phone, device); err != nil {
		return err
	}
	defer f.sessions.Delete(phone, device)
	return run()
}
"""

BROKEN = (
    *(
        Case(
            f"a lease that {take} takes and {drop} ends",
            ("NP404", "NP406"),
            _TAKE.replace("TAKE", take).replace("DROP", drop),
        )
        for take, drop in (("Take", "Drop"), ("Begin", "End"), ("Claim", "GiveBack"), ("Pinjam", "Pulangkan"))
    ),
    *(
        Case(
            f"{process} asks for the age, saves and deletes at its end",
            ("NP401",),
            _AGE + _SAVE + _DELETE + _PROCESS.replace("PROCESS", process),
        )
        for process in ("Process", "Handle", "RunFlow")
    ),
    Case(
        "a row that is inserted or updated after its age was asked for",
        ("NP401",),
        _AGE
        + _SAVE
        + _DELETE
        + """
func (r *Repo) Reply(phone, device string, send func() error) error {
	if age, err := r.Age(phone, device); err != nil {
		return err
	} else if age >= 0 && age <= 30 {
		return fmt.Errorf("busy since %d s", age)
	}
	if err := r.Save(phone, device); err != nil {
		return err
	}
	defer func() { _ = r.Delete(phone, device) }()
	return send()
}
""",
    ),
)

RIGHT = (
    Case(
        "a lease that one caller takes over, and that its holder ends",
        (),
        """
func (r *Repo) Take(id int64, until time.Time) error {
	_, err := r.db.Exec("INSERT INTO parcel_lease (parcel_id, lease_until) VALUES (?, ?)", id, until)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {
		res, err := r.db.Exec("UPDATE parcel_lease SET lease_until = ? WHERE parcel_id = ? AND lease_until < NOW(6)", until, id)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.New("it is leased")
		}
		return nil
	}
	return err
}

func (r *Repo) Drop(id int64, until time.Time) error {
	_, err := r.db.Exec("DELETE FROM parcel_lease WHERE parcel_id = ? AND lease_until = ?", id, until)
	return err
}
""",
    ),
    Case(
        "a lease that is put on record, and of which nothing is asked",
        (),
        """
func (r *Repo) Start(id int64) error {
	_, err := r.db.Exec("INSERT INTO parcel_lease (parcel_id, lease_until) VALUES (?, NOW() + INTERVAL 1 YEAR) ON DUPLICATE KEY UPDATE lease_until = VALUES(lease_until)", id)
	return err
}

func (r *Repo) End(id int64) error {
	_, err := r.db.Exec("DELETE FROM parcel_lease WHERE parcel_id = ?", id)
	return err
}

func (r *Repo) Running(id int64) (bool, error) {
	var runs bool
	err := r.db.QueryRow("SELECT lease_until > NOW() FROM parcel_lease WHERE parcel_id = ?", id).Scan(&runs)
	return runs, err
}
""",
    ),
    Case(
        "who is kept away for a while after a wrong password",
        (),
        """
func (r *Repo) since(visitor string) (int, error) {
	var age int
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, locked_at, NOW()) FROM login_pause WHERE visitor = ?", visitor).Scan(&age)
	if err == sql.ErrNoRows {
		return -1, nil
	}
	return age, err
}

func (r *Repo) pause(visitor string) error {
	_, err := r.db.Exec("INSERT INTO login_pause (visitor, locked_at) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE locked_at = NOW()", visitor)
	return err
}

func (r *Repo) clear(visitor string) error {
	_, err := r.db.Exec("DELETE FROM login_pause WHERE visitor = ?", visitor)
	return err
}

func (r *Repo) Login(visitor string, check func() error) error {
	age, err := r.since(visitor)
	if err != nil {
		return err
	}
	if age >= 0 && age < 900 {
		return errors.New("too many attempts")
	}
	if err := check(); err != nil {
		_ = r.pause(visitor)
		return err
	}
	return r.clear(visitor)
}
""",
    ),
    Case(
        "a text message that is sent once a minute",
        (),
        """
func (r *Repo) SendCode(visitor string, send func() error) error {
	var age int
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, locked_at, NOW()) FROM login_pause WHERE visitor = ?", visitor).Scan(&age)
	if err == nil && age < 60 {
		return errors.New("wait a minute")
	}
	if err != nil && err != sql.ErrNoRows {
		return err
	}
	if _, err := r.db.Exec("INSERT INTO login_pause (visitor, locked_at) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE locked_at = NOW()", visitor); err != nil {
		return err
	}
	return send()
}

func (r *Repo) ClearPause(visitor string) error {
	_, err := r.db.Exec("DELETE FROM login_pause WHERE visitor = ?", visitor)
	return err
}
""",
    ),
    Case(
        "a session that GET_LOCK guards",
        (),
        _AGE
        + _SAVE
        + _DELETE
        + """
func (r *Repo) Process(ctx context.Context, phone, device string, run func() error) error {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", phone).Scan(&got); err != nil {
		return err
	}
	if got.Int64 != 1 {
		return errors.New("busy")
	}
	defer conn.ExecContext(ctx, "SELECT RELEASE_LOCK(?)", phone)
	age, err := r.Age(phone, device)
	if err != nil {
		return err
	}
	if age >= 0 && age < 30 {
		return errors.New("session is locked")
	}
	if err := r.Save(phone, device); err != nil {
		return err
	}
	defer r.Delete(phone, device)
	return run()
}
""",
    ),
    Case(
        "an age that is asked for and shown",
        (),
        _AGE
        + _SAVE
        + _DELETE
        + """
func (r *Repo) Status(phone, device string) (string, error) {
	age, err := r.Age(phone, device)
	if err != nil || age < 0 {
		return "free", err
	}
	return fmt.Sprintf("since %d s", age), nil
}

func (r *Repo) Visit(phone, device string) error { return r.Save(phone, device) }
func (r *Repo) Forget(phone, device string) error { return r.Delete(phone, device) }
""",
    ),
    Case(
        "a day's work that is done once, and begun anew by hand",
        (),
        """
func (r *Repo) Daily(visitor string, work func() error) error {
	var age int
	err := r.db.QueryRow("SELECT TIMESTAMPDIFF(HOUR, locked_at, NOW()) FROM login_pause WHERE visitor = ?", visitor).Scan(&age)
	if err == nil && age < 24 {
		return nil
	}
	if err := work(); err != nil {
		return err
	}
	_, err = r.db.Exec("REPLACE INTO login_pause (visitor, locked_at) VALUES (?, NOW())", visitor)
	return err
}

func (r *Repo) Reset(visitor string) error {
	_, err := r.db.Exec("DELETE FROM login_pause WHERE visitor = ?", visitor)
	return err
}
""",
    ),
    Case(
        "a session whose INSERT is refused",
        (),
        _DELETE
        + """
func (r *Repo) Process(phone, device string, run func() error) error {
	_, err := r.db.Exec("INSERT INTO iface_session (id_prospect, id_device, locked_at) VALUES (?, ?, NOW(6))", phone, device)
	if err != nil {
		return err
	}
	defer r.Delete(phone, device)
	return run()
}

func (r *Repo) Purge() error {
	_, err := r.db.Exec("DELETE FROM iface_session WHERE locked_at < NOW() - INTERVAL 1 DAY")
	return err
}
""",
    ),
)
