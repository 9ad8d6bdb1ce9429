"""Functions that say by a field of what they return whether the caller has the lock: `res.Acquired = age <= 1`."""

from __future__ import annotations

from tests.locks import Case

_RESULT = """
type Result struct {
	Key      string
	Acquired bool
}
"""
_LEAVE = """
func (r *Repo) Leave(phone, device string) error {
	_, err := r.db.Exec("UPDATE chat_session_locks SET locked_at = NULL, last_activity = NOW() WHERE phone_number = ? AND device_id = ?", phone, device)
	return err
}
"""
_UPSERT = """
	if _, err = r.db.Exec(`INSERT INTO chat_session_locks (phone_number, device_id, locked_at, last_activity) VALUES (?, ?, NOW(), NOW())
		ON DUPLICATE KEY UPDATE
		locked_at = CASE WHEN locked_at IS NULL OR TIMESTAMPDIFF(SECOND, locked_at, NOW()) > 30 THEN NOW() ELSE locked_at END,
		last_activity = NOW()`, phone, device); err != nil {
		return res, err
	}
	var age sql.NullInt64
	if err = r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, locked_at, NOW()) FROM chat_session_locks WHERE phone_number = ? AND device_id = ?", phone, device).Scan(&age); err != nil {
		return res, err
	}
"""
_COUNTED = """
	done, err := r.db.Exec("INSERT IGNORE INTO chat_session_locks (phone_number, device_id, locked_at) VALUES (?, ?, NOW())", phone, device)
	if err != nil {
		return res, err
	}
	n, err := done.RowsAffected()
	if err != nil {
		return res, err
	}
"""
_PURGE = """
func (r *Repo) Purge() error {
	_, err := r.db.Exec("DELETE FROM chat_session_locks WHERE locked_at < NOW() - INTERVAL 30 SECOND")
	return err
}

func (r *Repo) Leave(phone, device string) error {
	_, err := r.db.Exec("DELETE FROM chat_session_locks WHERE phone_number = ? AND device_id = ?", phone, device)
	return err
}
"""


def _enter(result: str, body: str, before: str = "") -> str:
    return f"{_RESULT}\nfunc (r *Repo) Enter(phone, device string) {result} {{{before}{body}}}\n"


_LOCAL = "\n\tvar res Result\n\tvar err error\n"

CASES = (
    Case(
        "a named result whose field is set at the end",
        ("NP401",),
        _enter(
            "(res Result, err error)",
            "\n\tres.Key = phone" + _UPSERT + "\tres.Acquired = age.Valid && age.Int64 <= 1\n\treturn res, nil\n",
        )
        + _LEAVE,
    ),
    Case(
        "a named result that a bare return gives",
        ("NP401",),
        _enter("(res Result, err error)", _UPSERT + "\tres.Acquired = age.Valid && age.Int64 <= 1\n\treturn\n")
        + _LEAVE,
    ),
    Case(
        "a variable whose field is set under a condition",
        ("NP401",),
        _enter(
            "(Result, error)",
            _UPSERT
            + "\tif age.Valid && age.Int64 <= 1 {\n\t\tres.Acquired = true\n\t} else {\n\t\tres.Acquired = false\n\t}\n"
            + "\treturn res, nil\n",
            _LOCAL,
        )
        + _LEAVE,
    ),
    Case(
        "a pointer to a struct",
        ("NP401",),
        _enter(
            "(*Result, error)",
            _UPSERT + "\tres.Acquired = age.Valid && age.Int64 <= 1\n\treturn res, nil\n",
            "\n\tres := &Result{Key: phone}\n\tvar err error\n",
        )
        + _LEAVE,
    ),
    Case(
        "a field that the number of rows decides",
        (),
        _enter(
            "(Result, error)",
            _COUNTED
            + "\tif n == 1 {\n\t\tres.Acquired = true\n\t} else {\n\t\tres.Acquired = false\n\t}\n\treturn res, nil\n",
            "\n\tvar res Result\n",
        )
        + _PURGE,
    ),
    Case(
        "a field that is the comparison itself",
        (),
        _enter("(Result, error)", _COUNTED + "\tres.Acquired = n == 1\n\treturn res, nil\n", "\n\tvar res Result\n")
        + _PURGE,
    ),
    Case(
        "whether a setting was changed",
        (),
        """
type Saved struct{ Changed bool }

func (r *Repo) Take(name, value string) (res Saved, err error) {
	if _, err = r.db.Exec("INSERT INTO settings (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)", name, value); err != nil {
		return res, err
	}
	var now string
	if err = r.db.QueryRow("SELECT value FROM settings WHERE name = ?", name).Scan(&now); err != nil {
		return res, err
	}
	res.Changed = now != "" && now != "none"
	return res, nil
}

func (r *Repo) Drop(name string) error {
	_, err := r.db.Exec("DELETE FROM settings WHERE name = ?", name)
	return err
}
""",
    ),
    Case(
        "whether somebody is here for the first time",
        (),
        """
type Arrival struct{ First bool }

func (r *Repo) Enter(visitor string) (res Arrival, err error) {
	var age sql.NullInt64
	err = r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, last_seen, NOW()) FROM visits WHERE visitor = ?", visitor).Scan(&age)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return res, err
	}
	res.First = !age.Valid || age.Int64 > 3600
	_, err = r.db.Exec("INSERT INTO visits (visitor, last_seen) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE last_seen = NOW()", visitor)
	return res, err
}

func (r *Repo) Leave(visitor string) error {
	_, err := r.db.Exec("DELETE FROM visits WHERE visitor = ?", visitor)
	return err
}
""",
    ),
    Case(
        "whether a code is the right one",
        (),
        """
type Check struct{ Valid bool }

func (r *Repo) Begin(phone, code string) (res Check, err error) {
	var kept string
	if err = r.db.QueryRow("SELECT code FROM pins WHERE phone = ? AND expires_at > NOW()", phone).Scan(&kept); err != nil {
		return res, err
	}
	res.Valid = kept == code && code != ""
	_, err = r.db.Exec("REPLACE INTO pins (phone, code, expires_at) VALUES (?, '', NOW())", phone)
	return res, err
}

func (r *Repo) End(phone string) error {
	_, err := r.db.Exec("DELETE FROM pins WHERE phone = ?", phone)
	return err
}
""",
    ),
    Case(
        "whether a job's lock is free, and nothing is taken",
        (),
        """
type State struct{ Free bool }

func (r *Repo) Begin(name string) (res State, err error) {
	var age sql.NullInt64
	if err = r.db.QueryRow("SELECT TIMESTAMPDIFF(SECOND, locked_at, NOW()) FROM job_locks WHERE name = ?", name).Scan(&age); err != nil {
		return res, err
	}
	res.Free = !age.Valid || age.Int64 > 30
	return res, nil
}
""",
    ),
    *(
        Case(
            f"a field that is set where it worked, and nothing else{title}",
            rules,
            f"""
type Attempt struct {{
	Acquired bool
	Owner    string
}}

func (r *Repo) Acquire(ctx context.Context, name, owner string) (a Attempt, err error) {{
	a.Owner = owner
	_, err = r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 20 SECOND)", name, owner)
	var taken *mysql.MySQLError
	switch {{
	case err == nil:
		a.Acquired = true
	case errors.As(err, &taken) && taken.Number == 1062:
		{refused}
	}}
	return a, err
}}

func (r *Repo) Crush(ctx context.Context, name, owner string, work func() error) error {{
	a, err := r.Acquire(ctx, name, owner)
	if err != nil {{
		return err
	}}
	if !a.Acquired {{
		return errors.New("busy")
	}}
	defer r.Release(ctx, name, a)
	return work()
}}

func (r *Repo) Release(ctx context.Context, name string, a Attempt) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, a.Owner)
	return err
}}

func (r *Repo) Purge(ctx context.Context) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE locked_until < NOW(6)")
	return err
}}
""",
        )
        for title, rules, refused in (
            ("", (), "err = nil"),
            (", or another one has it", ("NP401",), "a.Acquired, err = true, nil"),
        )
    ),
)
