"""Locks whose release is a function without a name: handed out with the lock, or put off."""

from __future__ import annotations

from tests.locks import Case

_OWN = ('name = ? AND owner = ?"', "name, owner")
_ANY = ('name = ?"', "name")
_TAKE = """if _, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", name); err != nil {
		return FAIL
	}
	_, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 20 SECOND)", name, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {
		return BUSY
	}
	if err != nil {
		return FAIL
	}
"""
_TRY = """
func (r *Repo) try(ctx context.Context, name, owner string) bool {
	res, err := r.db.ExecContext(ctx, "UPDATE job_locks SET owner = ?, locked_until = NOW(6) + INTERVAL 20 SECOND WHERE name = ? AND (owner IS NULL OR locked_until < NOW(6))", owner, name)
	if err != nil {
		return false
	}
	n, err := res.RowsAffected()
	return err == nil && n == 1
}
"""


def _taking(fail: str, busy: str) -> str:
    return _TAKE.replace("FAIL", fail).replace("BUSY", busy)


def _pair(title: str, code: str, rule: str = "NP406") -> tuple[Case, Case]:
    """A lock whose release asks for the owner, and the same one that does not."""
    right = code.replace("WHERE @", _OWN[0].join(("WHERE ", ""))).replace("@@", _OWN[1])
    broken = code.replace("WHERE @", _ANY[0].join(("WHERE ", ""))).replace("@@", _ANY[1])
    return Case(title, (), right), Case(f"{title}, whoever has it", (rule,), broken)


_ENDING = 'r.db.Exec("DELETE FROM job_locks WHERE @, @@)'
_NONE = 'nil, errors.New("busy")'

HANDED = {
    "a function and an error": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (func() error, error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	return func() error {{
		_, err := {_ENDING}
		return err
	}}, nil
}}
""",
    "a function and whether": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (func(), bool) {
	"""
    + _taking("nil, false", "nil, false")
    + f"""	return func() {{ {_ENDING} }}, true
}}
""",
    "named results": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (release func() error, ok bool, err error) {
	"""
    + _taking("nil, false, err", "nil, false, nil")
    + f"""	release = func() error {{
		_, err := {_ENDING}
		return err
	}}
	return release, true, nil
}}
""",
    "a variable that is called where something goes wrong, too": """
func (r *Repo) NAME(ctx context.Context, name, owner string, prepare func() error) (func(), error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	giveBack := func() {{ {_ENDING} }}
	if err := prepare(); err != nil {{
		giveBack()
		return nil, err
	}}
	return giveBack, nil
}}
""",
    "a field of a struct": """
type Grip struct{ Release func() error }

func (r *Repo) NAME(ctx context.Context, name, owner string) (*Grip, error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	return &Grip{{Release: func() error {{
		_, err := {_ENDING}
		return err
	}}}}, nil
}}
""",
    "a function that works once": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (context.CancelFunc, error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	var once sync.Once
	return func() {{
		once.Do(func() {{ {_ENDING} }})
	}}, nil
}}
""",
    "a function that calls another one": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (func() error, error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	return func() error {{ return r.gone(name, owner) }}, nil
}}

func (r *Repo) gone(name, owner string) error {{
	_, err := {_ENDING}
	return err
}}
""",
    "what another function makes": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (func() error, error) {
	"""
    + _taking("nil, err", _NONE)
    + f"""	return r.ender(name, owner), nil
}}

func (r *Repo) ender(name, owner string) func() error {{
	return func() error {{
		_, err := {_ENDING}
		return err
	}}
}}
""",
    "one that renews beside it": """
func (r *Repo) NAME(ctx context.Context, name, owner string) (release, renew func() error, err error) {
	"""
    + _taking("nil, nil, err", "nil, nil, errors.New(name)")
    + f"""	release = func() error {{
		_, err := {_ENDING}
		return err
	}}
	renew = func() error {{
		_, err := r.db.Exec("UPDATE job_locks SET locked_until = NOW(6) + INTERVAL 20 SECOND WHERE name = ? AND owner = ?", name, owner)
		return err
	}}
	return release, renew, nil
}}
""",
}

_WITH = (
    """
func (r *Repo) Guarded(ctx context.Context, name, owner string, work func() error) (err error) {
	if !r.try(ctx, name, owner) {
		return errors.New("busy")
	}
	defer func() {
		if _, e := r.db.Exec("UPDATE job_locks SET locked_until = NULL, owner = NULL WHERE @, @@); err == nil {
			err = e
		}
	}()
	return work()
}
"""
    + _TRY
)
_INLINE = (
    """
func (r *Repo) WithLock(ctx context.Context, name, owner string, work func() error) error {
	"""
    + _taking("err", 'errors.New("busy")')
    + f"""	defer func() {{ _, _ = {_ENDING} }}()
	return work()
}}
"""
)

CASES = (
    *(
        case
        for title, code in HANDED.items()
        for name in ("Acquire", "Enter", "Slot")
        for case in _pair(f"{name} gives {title}", code.replace("NAME", name))
    ),
    *_pair("a deferred function frees what another one has taken", _WITH),
    *_pair("a deferred function behind the work", _INLINE),
    Case(
        "a deferred function that leaves the time",
        ("NP402",),
        _WITH.replace("SET locked_until = NULL, owner", "SET owner")
        .replace("(owner IS NULL OR locked_until < NOW(6))", "COALESCE(locked_until, '2000-01-01') < NOW(6)")
        .replace("WHERE @, @@", 'WHERE name = ? AND owner = ?", name, owner'),
    ),
    Case(
        "a function is given whether the row was there or not",
        ("NP401",),
        HANDED["a function and an error"]
        .replace("NAME", "Enter")
        .replace("return nil, errors.New", "return func() error { return nil }, nil // errors.New")
        .replace("WHERE @, @@", 'WHERE name = ? AND owner = ?", name, owner'),
    ),
    Case(
        "a function is given behind a REPLACE",
        ("NP401",),
        HANDED["a function and whether"]
        .replace("NAME", "Slot")
        .replace("INSERT INTO", "REPLACE INTO")
        .replace("WHERE @, @@", 'WHERE name = ? AND owner = ?", name, owner'),
    ),
    Case(
        "a function is given for a lock that nothing else ends",
        ("NP405",),
        """
func (r *Repo) Enter(ctx context.Context, name, owner string) (func() error, error) {
	if _, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner) VALUES (?, ?)", name, owner); err != nil {
		return nil, err
	}
	return func() error {
		_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
		return err
	}, nil
}
""",
    ),
)

_GATE = """
func (r *Repo) pass(ctx context.Context, phone, ticket string) (func(context.Context) error, bool, error) {
	if _, err := r.db.ExecContext(ctx, "DELETE FROM phone_gate WHERE phone = ? AND opened_at < NOW(6) - INTERVAL 45 SECOND", phone); err != nil {
		return nil, false, err
	}
	res, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO phone_gate (phone, ticket, opened_at) VALUES (?, ?, NOW(6))", phone, ticket)
	if err != nil {
		return nil, false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, false, err
	}
	leave := func(ctx context.Context) error {
		_, err := r.db.ExecContext(ctx, "DELETE FROM phone_gate WHERE phone = ? AND ticket = ?", phone, ticket)
		return err
	}
	return leave, true, nil
}
"""
_HOLD = """
func (r *Repo) Hold(ctx context.Context, name, owner string) (func() error, func() error, error) {
	if !r.try(ctx, name, owner) {
		return nil, nil, errors.New("busy")
	}
	return func() error {
			_, err := r.db.Exec("UPDATE job_locks SET locked_until = NOW(6) + INTERVAL 20 SECOND WHERE name = ? AND owner = ?", name, owner)
			return err
		}, func() error {
			_, err := r.db.Exec("UPDATE job_locks SET owner = NULL WHERE @, @@)
			return err
		}, nil
}
"""

ORDINARY = (
    *_pair("one function renews, the other one frees", _HOLD + _TRY),
    Case(
        "one deferred function notes something down, the other one frees",
        (),
        _WITH.replace(
            "defer func() {",
            'defer func() { r.db.Exec("UPDATE job_locks SET locked_at = NOW(6) WHERE name = ?", name) }()\n\tdefer func() {',
            1,
        ).replace("WHERE @, @@", 'WHERE name = ? AND owner = ?", name, owner'),
    ),
    Case(
        "a lock on a phone by names that say nothing",
        (),
        _GATE,
    ),
    Case(
        "the same, and what is not old is deleted",
        ("NP401",),
        _GATE.replace("opened_at < NOW(6)", "opened_at > NOW(6)"),
    ),
    Case("the same, and all is deleted", ("NP401",), _GATE.replace(" AND opened_at < NOW(6) - INTERVAL 45 SECOND", "")),
    Case(
        "a presence that a function ends",
        (),
        """
func (r *Repo) Come(ctx context.Context, visitor, node string) (func(), error) {
	if _, err := r.db.ExecContext(ctx, "INSERT INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 60 SECOND) ON DUPLICATE KEY UPDATE node = VALUES(node), expires_at = VALUES(expires_at)", visitor, node); err != nil {
		return nil, err
	}
	return func() { r.db.Exec("DELETE FROM who_is_here WHERE visitor = ?", visitor) }, nil
}
""",
    ),
    Case(
        "a row for a test that a function takes away",
        (),
        """
func (r *Repo) addUser(email string) (func(), error) {
	if _, err := r.db.Exec("INSERT INTO users (email, name, locked) VALUES (?, ?, 0)", email, email); err != nil {
		return nil, err
	}
	return func() { r.db.Exec("DELETE FROM users WHERE email = ?", email) }, nil
}
""",
    ),
    Case(
        "a cache's entry that a function takes away",
        (),
        """
func (r *Repo) Put(k, body string) (func() error, error) {
	if _, err := r.db.Exec("REPLACE INTO cache (k, body, expires_at) VALUES (?, ?, NOW() + INTERVAL 60 SECOND)", k, body); err != nil {
		return nil, err
	}
	return func() error {
		_, err := r.db.Exec("DELETE FROM cache WHERE k = ?", k)
		return err
	}, nil
}
""",
    ),
    Case(
        "a follower, and a function that undoes it",
        (),
        """
func (r *Repo) Follow(user, other int) (undo func() error, err error) {
	if _, err := r.db.Exec("INSERT IGNORE INTO followers (user_id, follows) VALUES (?, ?)", user, other); err != nil {
		return nil, err
	}
	return func() error {
		_, err := r.db.Exec("DELETE FROM followers WHERE user_id = ? AND follows = ?", user, other)
		return err
	}, nil
}
""",
    ),
    Case(
        "work whose end is written down when it is over",
        (),
        """
func (r *Repo) Process(id int, worker string, work func() error) (err error) {
	res, err := r.db.Exec("UPDATE jobs SET status = 'running', worker = ?, picked_at = NOW() WHERE id = ? AND status = 'new'", worker, id)
	if err != nil {
		return err
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return nil
	}
	defer func() {
		r.db.Exec("UPDATE jobs SET status = 'done' WHERE id = ?", id)
	}()
	return work()
}
""",
    ),
    Case(
        "a desk that somebody sits at, and a function to get up",
        (),
        """
func (r *Repo) Sit(visitor, node string) (func() error, error) {
	if _, err := r.db.Exec("INSERT INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 60 SECOND)", visitor, node); err != nil {
		return nil, err
	}
	return func() error {
		_, err := r.db.Exec("DELETE FROM who_is_here WHERE visitor = ?", visitor)
		return err
	}, nil
}

func (r *Repo) Nodes() (nodes []string, err error) {
	rows, err := r.db.Query("SELECT node FROM who_is_here WHERE expires_at > NOW()")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var node string
		if err := rows.Scan(&node); err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	return nodes, rows.Err()
}
""",
    ),
)

_BEGIN = """
func (r *Repo) Begin(ctx context.Context, visitor, node string) (end func(), ok bool, err error) {
	if _, err = r.db.ExecContext(ctx, "DELETE FROM who_is_here WHERE expires_at < NOW()"); err != nil {
		return nil, false, err
	}
	res, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 2 MINUTE)", visitor, node)
	if err != nil {
		return nil, false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n != 1 {
		return nil, false, err
	}
	end = func() {
		r.db.Exec(ENDING)
	}
	return end, true, nil
}
"""
_MOVED = """
func (r *Repo) Move(ctx context.Context, visitor, node string) error {
	if _, err := r.db.ExecContext(ctx, "DELETE FROM who_is_here WHERE visitor = ?", visitor); err != nil {
		return err
	}
	_, err := r.db.ExecContext(ctx, "INSERT INTO who_is_here (visitor, node, expires_at) VALUES (?, ?, NOW() + INTERVAL 2 MINUTE)", visitor, node)
	return err
}
"""

BEGUN = (
    Case(
        "handed out by a name that says little",
        (),
        _BEGIN.replace("ENDING", '"DELETE FROM who_is_here WHERE visitor = ? AND node = ?", visitor, node'),
    ),
    Case(
        "handed out by a name that says little, whoever has it",
        ("NP406",),
        _BEGIN.replace("ENDING", '"DELETE FROM who_is_here WHERE visitor = ?", visitor'),
    ),
    Case("moved from one to another", (), _MOVED),
)
