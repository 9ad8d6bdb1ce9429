"""Acquires whose condition stands in SET, and answers that a caller is given in other forms than a truth."""

from __future__ import annotations

from tests.locks import Case

_RELEASE = """
func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET locked_until = '2000-01-01' WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""
_IF = "owner = IF(locked_until < NOW(6), ?, owner), locked_until = IF(locked_until < NOW(6), NOW(6) + INTERVAL 30 SECOND, locked_until)"
_CASE = _IF.replace(
    "IF(locked_until < NOW(6), ?, owner)", "CASE WHEN locked_until < NOW(6) THEN ? ELSE owner END"
).replace(
    "IF(locked_until < NOW(6), NOW(6) + INTERVAL 30 SECOND, locked_until)",
    "CASE WHEN locked_until >= NOW(6) THEN locked_until ELSE NOW(6) + INTERVAL 30 SECOND END",
)


def choosing(settings: str, success: str = "n == 1", release: str = _RELEASE) -> str:
    """An acquire whose UPDATE asks for nothing but the key, and chooses what it puts in."""
    return (
        f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, "UPDATE job_locks SET {settings} WHERE name = ?", owner, name)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	if err != nil {{
		return false, err
	}}
	return {success}, nil
}}
"""
        + release
    )


def ignoring(settings: str) -> str:
    """The same, with the number of rows thrown away."""
    return (
        f"""
func (r *Repo) TryLock(ctx context.Context, name, owner string) (bool, error) {{
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET {settings} WHERE name = ?", owner, name)
	return err == nil, err
}}
"""
        + _RELEASE
    )


_ANY = _RELEASE.replace(" AND owner = ?", "").replace("name, owner)", "name)")

CASES = (
    Case("IF in SET keeps the row of its holder, and the number of rows decides", (), choosing(_IF)),
    Case("CASE in SET does", (), choosing(_CASE)),
    Case("the number of rows is not zero", (), choosing(_CASE, "n > 0")),
    Case("IF in SET, the other way round", ("NP401",), choosing(_IF.replace("<", ">"))),
    Case(
        "IF in SET of the owner alone", ("NP401",), choosing(_IF.replace("IF(locked_until < NOW(6), N", "IF(1 = 1, N"))
    ),
    Case("a column beside IF in SET is changed in any case", ("NP401",), choosing(f"{_IF}, locked_at = NOW(6)")),
    Case("IF in SET, no row is taken for success", ("NP401",), choosing(_IF, "n >= 0")),
    Case("IF in SET, the number of rows thrown away", ("NP401",), ignoring(_IF)),
    Case("CASE in SET, the number of rows thrown away", ("NP401",), ignoring(_CASE)),
    Case("IF in SET takes over, and the release does not ask whose it is", ("NP406",), choosing(_IF, release=_ANY)),
)

_FREE = """
func (r *Repo) Unlock(ctx context.Context, name, owner string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""
_HELD = """
type Held struct{ Owner string }

func (e Held) Error() string { return "held by " + e.Owner }
"""


def seizing(answer: str, declared: str = _HELD) -> str:
    """INSERT IGNORE, then an UPDATE of what is old, and who holds it is told to the caller."""
    return (
        declared
        + f"""
func (r *Repo) Lock(ctx context.Context, name, owner string) error {{
	res, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)", name, owner)
	if err != nil {{
		return err
	}}
	if n, err := res.RowsAffected(); err != nil || n == 1 {{
		return err
	}}
	res, err = r.db.ExecContext(ctx, "UPDATE job_locks SET owner = ?, locked_until = NOW(6) + INTERVAL 30 SECOND WHERE name = ? AND locked_until < NOW(6)", owner, name)
	if err != nil {{
		return err
	}}
	if n, err := res.RowsAffected(); err != nil || n == 1 {{
		return err
	}}
	var other string
	if err := r.db.QueryRowContext(ctx, "SELECT owner FROM job_locks WHERE name = ?", name).Scan(&other); err != nil {{
		return err
	}}
	return {answer}
}}
"""
        + _FREE
    )


def joined(answer: str) -> str:
    """INSERT, and error 1062 is told to the caller beside another one."""
    return (
        f"""
var Busy = errors.New("busy")

func (r *Repo) Lock(ctx context.Context, name, owner string) error {{
	if _, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", name); err != nil {{
		return err
	}}
	_, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)", name, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {{
		return {answer}
	}}
	return err
}}
"""
        + _FREE
    )


ERRORS = (
    Case("an error that is a struct is one", (), seizing("Held{Owner: other}")),
    Case("its address is", (), seizing("&Held{Owner: other}")),
    Case("an empty one is", (), seizing("Held{}")),
    Case("who holds it is told by no error", ("NP401",), seizing("nil")),
    Case(
        "errors.Join of a sentinel is an error",
        (),
        joined("errors.Join(ErrBusy, err)").replace("Busy = ", "ErrBusy = "),
    ),
    Case("1062 is told by no error", ("NP401",), joined("nil").replace('var Busy = errors.New("busy")', "")),
)


def handed_up(asked: str) -> str:
    """An UPDATE whose whole outcome is given to the caller."""
    return (
        f"""
func (r *Repo) lock(ctx context.Context, name, owner string) (sql.Result, error) {{
	return r.db.ExecContext(ctx, "UPDATE job_locks SET owner = ?, locked_until = NOW(6) + INTERVAL 30 SECOND WHERE name = ? AND (locked_until IS NULL OR locked_until < NOW(6))", owner, name)
}}

func (r *Repo) Import(ctx context.Context, name, owner string, work func() error) error {{
	{asked}
	defer r.Unlock(context.Background(), name, owner)
	return work()
}}
"""
        + _FREE
    )


_ROWS = """res, err := r.lock(ctx, name, owner)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}"""
_NO_ROWS = """if _, err := r.lock(ctx, name, owner); err != nil {
		return err
	}"""

HANDED_UP = (
    Case("the caller asks the result that it is given for the number of rows", (), handed_up(_ROWS)),
    Case("it asks for an error alone", ("NP401",), handed_up(_NO_ROWS)),
    Case("it takes no row for success", ("NP401",), handed_up(_ROWS.replace("n == 0", "n > 1"))),
)


def asked_by_row(read: str, arguments: str = "token, name", busy: str = "!mine") -> str:
    """An upsert that keeps the holder's mark, and a SELECT that says whose it is."""
    return f"""
func newToken() string

func (r *Repo) Lock(ctx context.Context, name string) (func() error, error) {{
	token := newToken()
	if _, err := r.db.ExecContext(ctx, `INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)
		ON DUPLICATE KEY UPDATE owner = IF(locked_until < NOW(6), VALUES(owner), owner), locked_until = IF(owner = VALUES(owner), VALUES(locked_until), locked_until)`, name, token); err != nil {{
		return nil, err
	}}
	var mine bool
	if err := r.db.QueryRowContext(ctx, "{read} FROM job_locks WHERE name = ?", {arguments}).Scan(&mine); err != nil {{
		return nil, err
	}}
	if {busy} {{
		return nil, errors.New("busy")
	}}
	return func() error {{
		_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, token)
		return err
	}}, nil
}}
"""


WHOSE = (
    Case("a SELECT says whether the mark is the own one", (), asked_by_row("SELECT owner = ?")),
    Case("it says so the other way round", (), asked_by_row("SELECT (? = `owner`) AS mine")),
    Case("who does not have the mark goes on", ("NP401",), asked_by_row("SELECT owner = ?", busy="mine")),
    Case("a SELECT says whether the mark is another one", ("NP401",), asked_by_row("SELECT owner <> ?")),
    Case("a SELECT says that there is some holder", ("NP401",), asked_by_row("SELECT owner IS NOT NULL", "name")),
    Case("a SELECT says that the lease is not over", ("NP401",), asked_by_row("SELECT locked_until > NOW(6)", "name")),
)

_STATE = """
func (r *Repo) State(ctx context.Context, name string) (locked bool, err error) {
	err = r.db.QueryRowContext(ctx, "SELECT locked FROM job_locks WHERE name = ?", name).Scan(&locked)
	return
}
"""


def switched(back: str, arguments: str, read: str = _STATE) -> str:
    """A flag that is put in by an upsert whoever has put it there."""
    return (
        f"""
func (r *Repo) Lock(ctx context.Context, name, by string) error {{
	_, err := r.db.ExecContext(ctx, "INSERT INTO job_locks (name, locked, locked_at, owner) VALUES (?, 1, NOW(), ?) ON DUPLICATE KEY UPDATE locked = 1, locked_at = NOW(), owner = VALUES(owner)", name, by)
	return err
}}

func (r *Repo) Unlock(ctx context.Context, name, by string) error {{
	_, err := r.db.ExecContext(ctx, "{back}", {arguments})
	return err
}}
"""
        + read
    )


_BY = "UPDATE job_locks SET locked = 0, locked_at = NOW(), owner = ? WHERE name = ?"
SWITCHES = (
    Case(
        "the state of a door: who changes it is noted either way, and another function reads it",
        (),
        switched(_BY, "by, name"),
    ),
    Case("nothing reads that", ("NP401",), switched(_BY, "by, name", "")),
    Case(
        "the release empties the row",
        ("NP401",),
        switched("UPDATE job_locks SET locked = 0, owner = NULL WHERE name = ?", "name"),
    ),
    Case(
        "the release asks whose it is",
        ("NP401",),
        switched("UPDATE job_locks SET locked = 0 WHERE name = ? AND owner = ?", "name, by"),
    ),
)

_AI = "ai_whatsapp_session_nodepath"
_MICRO = "'%Y-%m-%d %H:%i:%s.%f'"


def documented(put: str, given: str = "", also: str = "", last: str = "", mine: str = "") -> str:
    """The acquire of `nodepath explain NP401`, with a release by UPDATE."""
    mine = (
        mine
        or f"""var mine string
	if err := r.db.QueryRow("SELECT DATE_FORMAT(NOW(6), {_MICRO})").Scan(&mine); err != nil {{
		return "", false, err
	}}"""
    )
    return f"""
func (r *Repo) TryAcquireSession(prospect, device string) (string, bool, error) {{
	{mine}
	_, err := r.db.Exec("INSERT INTO {_AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, mine)
	if err == nil {{
		return mine, true, nil
	}}
	if me, ok := err.(*mysql.MySQLError); !ok || me.Number != 1062 {{
		return "", false, err
	}}
	var seen string
	var old bool
	err = r.db.QueryRow("SELECT `timestamp`, TIMESTAMPDIFF(SECOND, STR_TO_DATE(LEFT(`timestamp`, 19), '%Y-%m-%d %H:%i:%s'), NOW()) > 30 FROM {_AI} WHERE id_prospect = ? AND id_device = ?", prospect, device).Scan(&seen, &old)
	if err == sql.ErrNoRows {{
		return "", false, nil
	}}
	if err != nil || !old {{
		return "", false, err
	}}
	res, err := r.db.Exec("UPDATE {_AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", mine, prospect, device, seen)
	if err != nil {{
		return "", false, err
	}}
	n, err := res.RowsAffected()
	return mine, n == 1, err
}}

func (r *Repo) ReleaseSession(prospect, device, mine string) error {{
	_, err := r.db.Exec("UPDATE {_AI} SET `timestamp` = {put} WHERE id_prospect = ? AND id_device = ?{also}", {given}prospect, device{last})
	return err
}}
"""


_PAST = "time.Now().Add(-time.Hour).Format(time.DateTime), "
_OWN = {"also": " AND `timestamp` = ?", "last": ", mine"}
_BY_PROGRAM = 'mine := time.Now().Format("2006-01-02 15:04:05.000000")'
_BY_ANOTHER = "mine := r.mark()"
TOUCHED = (
    Case(
        "the release of the documented protocol puts the present in",
        ("NP402", "NP407"),
        documented("?", 'time.Now().Format("2006-01-02 15:04:05"), '),
    ),
    Case("it does where it asks whose the row is", ("NP402",), documented(f"DATE_FORMAT(NOW(6), {_MICRO})", **_OWN)),
    Case("it does by NOW()", ("NP402", "NP407"), documented("NOW()", **_OWN)),
    Case("the mark is the program's time", ("NP402", "NP407"), documented("NOW(6)", **_OWN, mine=_BY_PROGRAM)),
    Case("the mark is another function's", ("NP402",), documented("NOW(6)", **_OWN, mine=_BY_ANOTHER)),
    Case(
        "the release of the documented protocol puts a time of long ago in", ("NP407",), documented("?", _PAST, **_OWN)
    ),
    Case("it does by a constant", (), documented("'1970-01-01 00:00:00'", **_OWN)),
    Case(
        "it does by the server's clock",
        (),
        documented(f"DATE_FORMAT(NOW(6) - INTERVAL 1 HOUR, {_MICRO})", **_OWN),
    ),
)


def stamped(condition: str) -> str:
    """A row whose time is the column's default, deleted where it is old."""
    return f"""
type Guard struct{{ db *sql.DB; owner string }}

func (g *Guard) TryEnter(lane string, place int) (bool, error) {{
	if _, err := g.db.Exec("DELETE FROM guards WHERE lane = ? AND place = ? AND {condition}", lane, place); err != nil {{
		return false, err
	}}
	res, err := g.db.Exec("INSERT IGNORE INTO guards (lane, place, holder) VALUES (?, ?, ?)", lane, place, g.owner)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (g *Guard) Leave(lane string, place int) error {{
	_, err := g.db.Exec("DELETE FROM guards WHERE lane = ? AND place = ? AND holder = ?", lane, place, g.owner)
	return err
}}
"""


STAMPED = (
    Case("a row is deleted that is older than the lease", (), stamped("taken_at < NOW(6) - INTERVAL 45 SECOND")),
    Case("a row is deleted that is not", ("NP401",), stamped("taken_at > NOW(6) - INTERVAL 45 SECOND")),
    Case("a row is deleted that is older than now", ("NP401",), stamped("taken_at < NOW(6)")),
    Case("its age is asked for", (), stamped("TIMESTAMPDIFF(SECOND, taken_at, NOW(6)) > 45")),
    Case("that it is young is asked for", ("NP401",), stamped("TIMESTAMPDIFF(SECOND, taken_at, NOW(6)) < 45")),
)


def absent(success: str = "n > 0", taken: str = "false", release: str = " AND owner = ?", select: str = "") -> str:
    """INSERT ... SELECT ... WHERE NOT EXISTS."""
    owner = ", owner" if release else ""
    select = (
        select
        or "SELECT ?, ?, NOW() + INTERVAL ? MINUTE FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM job_locks WHERE name = ?)"
    )
    return f"""
func taken(err error) bool {{
	var me *mysql.MySQLError
	return errors.As(err, &me) && me.Number == 1062
}}

func (r *Repo) Obtain(ctx context.Context, name, owner string, minutes int) (bool, error) {{
	if _, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE locked_until < NOW()"); err != nil {{
		return false, err
	}}
	res, err := r.db.ExecContext(ctx, `INSERT INTO job_locks (name, owner, locked_until) {select}`, name, owner, minutes, name)
	if taken(err) {{
		return {taken}, nil
	}}
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	_ = n
	return {success}, err
}}

func (r *Repo) Free(ctx context.Context, name, owner string) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ?{release}", name{owner})
	return err
}}
"""


_BARE = "SELECT ?, ?, NOW() + INTERVAL ? MINUTE WHERE NOT EXISTS (SELECT 1 FROM job_locks AS k WHERE k.name = ?)"
ABSENT = (
    Case("INSERT ... SELECT where there is no row, and the number of rows decides", (), absent()),
    Case("the same without FROM DUAL", (), absent(select=_BARE)),
    Case("the same, the number of rows thrown away", ("NP401",), absent("true")),
    Case("no row is taken for success", ("NP401",), absent("n >= 0")),
    Case("1062 is taken for success", ("NP401",), absent(taken="true")),
    Case("the release does not ask whose it is", ("NP406",), absent(release="")),
)


def bound(put: str, asked: str) -> str:
    """An UPDATE that is given its times by the program."""
    return f"""
type Lease struct{{ db *sql.DB; name, holder string; ttl, grace time.Duration }}

func one(res sql.Result, err error) error {{
	if err != nil {{
		return err
	}}
	if n, err := res.RowsAffected(); err != nil || n != 1 {{
		return errors.New("not the holder")
	}}
	return nil
}}

func (l *Lease) Acquire(ctx context.Context, ttl time.Duration) error {{
	now := time.Now().UTC()
	return one(l.db.ExecContext(ctx, "UPDATE job_leases SET owner = ?, lease_until = ? WHERE job = ? AND lease_until < ?", l.holder, {put}, l.name, {asked}))
}}

func (l *Lease) Release(ctx context.Context) error {{
	return one(l.db.ExecContext(ctx, "UPDATE job_leases SET owner = '', lease_until = '2000-01-01' WHERE job = ? AND owner = ?", l.name, l.holder))
}}
"""


BOUND = (
    Case("the limit is over", (), bound("now.Add(l.ttl)", "now")),
    Case("the limit is over by some time", (), bound("now.Add(l.ttl)", "now.Add(-l.grace)")),
    Case("another time is added to the one that is compared", (), bound("now.Add(l.ttl)", "now.Add(l.grace)")),
    Case("the limit is compared with one to come", ("NP401",), bound("now.Add(l.ttl)", "now.Add(l.ttl)")),
    Case("it is compared with one to come that is given", ("NP401",), bound("now.Add(ttl)", "now.Add(ttl)")),
    Case("the two times are mixed up", ("NP401",), bound("now", "now.Add(l.ttl)")),
)


def by_name(refused: str) -> str:
    """GET_LOCK on a connection, its answer in a value that may be NULL."""
    return f"""
func WithLock(ctx context.Context, db *sql.DB, key string, work func() error) error {{
	conn, err := db.Conn(ctx)
	if err != nil {{
		return err
	}}
	defer conn.Close()
	var got sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 5)", key).Scan(&got); err != nil {{
		return err
	}}
	if {refused} {{
		return errors.New("busy")
	}}
	defer conn.ExecContext(ctx, "DO RELEASE_LOCK(?)", key)
	return work()
}}
"""


NULLABLE = (
    Case("GET_LOCK is not NULL", ("NP401",), by_name("!got.Valid")),
    Case("it is not NULL, and 1", (), by_name("!got.Valid || got.Int64 != 1")),
    Case("it is 1", (), by_name("got.Int64 != 1")),
)


def swapped(answer: str) -> str:
    """INSERT, and where that meets a row: an UPDATE of the version that was seen."""
    return f"""
func taken(err error) bool {{
	var me *mysql.MySQLError
	return errors.As(err, &me) && me.Number == 1062
}}

func (r *Repo) Take(ctx context.Context, room, holder string) (bool, error) {{
	_, err := r.db.ExecContext(ctx, "INSERT INTO gates (room, holder, version, until) VALUES (?, ?, 1, NOW() + INTERVAL 1 MINUTE)", room, holder)
	if err == nil {{
		return true, nil
	}}
	if !taken(err) {{
		return false, err
	}}
	var version int64
	var stale bool
	if err := r.db.QueryRowContext(ctx, "SELECT version, until < NOW() FROM gates WHERE room = ?", room).Scan(&version, &stale); err != nil {{
		return false, err
	}}
	if !stale {{
		return false, nil
	}}
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, version = version + 1, until = NOW() + INTERVAL 1 MINUTE WHERE room = ? AND version = ?", holder, room, version)
	if err != nil {{
		return false, err
	}}
	{answer}
}}

func (r *Repo) Drop(ctx context.Context, room, holder string) error {{
	_, err := r.db.ExecContext(ctx, "DELETE FROM gates WHERE room = ? AND holder = ?", room, holder)
	return err
}}
"""


SWAPPED = (
    Case(
        "the version that was seen is swapped, and the number of rows decides",
        (),
        swapped("n, err := res.RowsAffected()\n\treturn n == 1, err"),
    ),
    Case("it is swapped, and the number of rows is thrown away", ("NP401",), swapped("_ = res\n\treturn true, nil")),
)


def seeded(
    lock: str = "",
    answer: str = "held",
    put: str = "UPDATE job_locks SET locked = 1, owner = ?, locked_until = NOW() + INTERVAL 1 MINUTE WHERE name = ?",
) -> str:
    """A row is made where there is none, read and then taken, in a transaction."""
    return f"""
func (r *Repo) Acquire(ctx context.Context, name, owner string) (bool, error) {{
	if _, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO job_locks (name) VALUES (?)", name); err != nil {{
		return false, err
	}}
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {{
		return false, err
	}}
	defer tx.Rollback()
	var held bool
	if err := tx.QueryRowContext(ctx, "SELECT locked = 1 AND locked_until > NOW() FROM job_locks WHERE name = ?{lock}", name).Scan(&held); err != nil {{
		return false, err
	}}
	if {answer} {{
		return false, nil
	}}
	if _, err := tx.ExecContext(ctx, "{put}", owner, name); err != nil {{
		return false, err
	}}
	return true, tx.Commit()
}}

func (r *Repo) Release(ctx context.Context, name, owner string) error {{
	_, err := r.db.ExecContext(ctx, "UPDATE job_locks SET locked = 0, owner = NULL WHERE name = ? AND owner = ?", name, owner)
	return err
}}
"""


SEEDED = (
    Case("a row is made, locked for the transaction, and taken", (), seeded(" FOR UPDATE")),
    Case("a row is made, read without a lock, and taken", ("NP403",), seeded()),
)


def run_by(body: str, answer: str = "n == 1") -> str:
    """A function that takes the lock, works and gives it back."""
    return f"""
func (r *Repo) lockJob(name, owner string) (bool, error) {{
	res, err := r.db.Exec("UPDATE job_locks SET locked = 1, owner = ?, locked_at = NOW() WHERE name = ? AND (locked = 0 OR locked_at < NOW() - INTERVAL 5 MINUTE)", owner, name)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	if err != nil {{
		return false, err
	}}
	if n == 0 {{
		return false, nil
	}}
	return true, nil
}}

func (r *Repo) unlockJob(name, owner string) {{
	r.db.Exec("UPDATE job_locks SET locked = 0, owner = NULL, locked_at = NULL WHERE name = ? AND owner = ?", name, owner)
}}

func (r *Repo) RunReport(owner string, busy, send func() error) error {{
	{body}
}}
"""


_THEN = '\n\tdefer r.unlockJob("report", owner)\n\treturn send()'
HEEDED = (
    Case(
        "who does not get the lock goes away",
        (),
        run_by('ok, err := r.lockJob("report", owner)\n\tif err != nil || !ok {\n\t\treturn err\n\t}' + _THEN),
    ),
    Case(
        "who does not get it does something else",
        (),
        run_by(
            'ok, err := r.lockJob("report", owner)\n\tif err != nil {\n\t\treturn err\n\t}\n\tdefer r.unlockJob("report", owner)\n\tif !ok {\n\t\treturn busy()\n\t}\n\treturn send()'
        ),
    ),
    Case(
        "the answer is thrown away",
        ("NP401",),
        run_by('if _, err := r.lockJob("report", owner); err != nil {\n\t\treturn err\n\t}' + _THEN),
    ),
    Case(
        "it is noted down",
        ("NP401",),
        run_by(
            'ok, err := r.lockJob("report", owner)\n\tif err != nil {\n\t\treturn err\n\t}\n\tif !ok {\n\t\tfmt.Println("busy")\n\t}'
            + _THEN
        ),
    ),
)


def reaped(reap: str, also: str = "", last: str = "") -> str:
    """Who holds a room is put in where nobody does, and old holders are taken out for all rooms."""
    return f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 1 MINUTE WHERE room = ? AND holder IS NULL", holder, room)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Release(ctx context.Context, room, holder string) error {{
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = NULL, until = NULL WHERE room = ?{also}", room{last})
	return err
}}

func (r *Repo) Reap(ctx context.Context) error {{
	_, err := r.db.ExecContext(ctx, "{reap}")
	return err
}}
"""


_REAP = "UPDATE gates SET holder = NULL, until = NULL WHERE holder IS NOT NULL AND until < NOW() - INTERVAL 10 MINUTE"
REAPED = (
    Case(
        "old holders are taken out, and the release asks for the own one",
        (),
        reaped(_REAP, " AND holder = ?", ", holder"),
    ),
    Case("old holders are taken out, and the release does not ask", ("NP406",), reaped(_REAP)),
    Case(
        "what is taken out is no holder",
        (),
        reaped("UPDATE gates SET version = 0 WHERE until < NOW() - INTERVAL 10 MINUTE"),
    ),
)


def ended(back: str, also: str = "") -> str:
    """A lock by INSERT, and a release that ends a row of some table."""
    return f"""
func AcquireJob(ctx context.Context, db *sql.DB, name, owner string) error {{
	if _, err := db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND locked_until < NOW(6)", name); err != nil {{
		return err
	}}
	_, err := db.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW(6) + INTERVAL 30 SECOND)", name, owner)
	return err
}}

func ReleaseJob(ctx context.Context, db *sql.DB, name, owner string) error {{
	_, err := db.ExecContext(ctx, "{back}", name, owner)
	return err
}}
{also}
"""


_NOTE = """
func note(db *sql.DB, name string) {
	db.Exec("INSERT INTO job_locks_audit (name, at) VALUES (?, NOW())", name)
}
"""
ENDED = (
    Case("the lock's own row is ended", (), ended("DELETE FROM job_locks WHERE name = ? AND owner = ?")),
    Case(
        "that of a table without a key is",
        ("NP402",),
        ended("DELETE FROM job_locks_audit WHERE name = ? AND owner = ?"),
    ),
    Case("those of another column are", (), ended("DELETE FROM job_locks_audit WHERE owner = ? AND at < ?", _NOTE)),
)


def around(delete: str) -> str:
    """A function that works with the lock, and puts the release off as a statement."""
    return f"""
func WithRosterLock(ctx context.Context, db *sql.DB, name, owner string, work func() error) error {{
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {{
		return err
	}}
	if _, err := tx.ExecContext(ctx, "{delete}", name); err != nil {{
		tx.Rollback()
		return err
	}}
	if _, err := tx.ExecContext(ctx, "INSERT INTO job_locks (name, owner, locked_at) VALUES (?, ?, NOW())", name, owner); err != nil {{
		tx.Rollback()
		return err
	}}
	if err := tx.Commit(); err != nil {{
		return err
	}}
	defer db.ExecContext(ctx, "DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return work()
}}
"""


AROUND = (
    Case(
        "an old row is deleted before the INSERT and the work",
        (),
        around("DELETE FROM job_locks WHERE name = ? AND locked_at < NOW() - INTERVAL 1 MINUTE"),
    ),
    Case("any row is", ("NP401",), around("DELETE FROM job_locks WHERE name = ?")),
)


def told(body: str) -> str:
    """The same, where the number of rows is compared as it is returned."""
    code = run_by(body)
    begin = code.index("	if err != nil {", code.index("RowsAffected"))
    return code[:begin] + "\treturn n == 1, err" + code[code.index("\n}", begin) :]


UNHEEDED = (
    Case(
        "who does not get the lock goes away, told by a comparison",
        (),
        told('ok, err := r.lockJob("report", owner)\n\tif err != nil || !ok {\n\t\treturn err\n\t}' + _THEN),
    ),
    Case(
        "what it is told is kept in a struct",
        (),
        told(
            'var got struct{ ok bool }\n\tvar err error\n\tgot.ok, err = r.lockJob("report", owner)\n\tif err != nil || !got.ok {\n\t\treturn err\n\t}'
            + _THEN
        ),
    ),
    Case(
        "the comparison is thrown away",
        ("NP401",),
        told('if _, err := r.lockJob("report", owner); err != nil {\n\t\treturn err\n\t}' + _THEN),
    ),
)
