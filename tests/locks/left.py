"""Releases by UPDATE: rows that nobody can take any more, and such as anybody can."""

from __future__ import annotations

from tests.locks import Case

_LATER = "NOW() + INTERVAL 30 SECOND"
_FORCE = """
func (r *Repo) ForceRelease(room string) error {
	_, err := r.db.Exec("DELETE FROM gates WHERE room = ?", room)
	return err
}
"""
_SWEEP = """
func (r *Repo) Sweep() error {
	_, err := r.db.Exec("DELETE FROM gates WHERE until IS NULL")
	return err
}
"""


def leaving(condition: str, release: str, arguments: str = "", more: str = "") -> str:
    """An UPDATE that decides by its rows, and a release that sets something."""
    return (
        f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = {_LATER} WHERE room = ? AND {condition}", holder, room)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Release(ctx context.Context, room, holder string) error {{
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET {release} WHERE room = ? AND holder = ?", {arguments}room, holder)
	return err
}}
"""
        + more
    )


def upserting(settings: str, release: str) -> str:
    """An upsert whose holder is read back, and a release that sets something."""
    return f"""
func (r *Repo) Acquire(ctx context.Context, room, holder string) (bool, error) {{
	if _, err := r.db.ExecContext(ctx, `INSERT INTO gates (room, holder, until) VALUES (?, ?, {_LATER})
		ON DUPLICATE KEY UPDATE {settings}`, room, holder); err != nil {{
		return false, err
	}}
	var now string
	if err := r.db.QueryRow("SELECT COALESCE(holder, '') FROM gates WHERE room = ?", room).Scan(&now); err != nil {{
		return false, err
	}}
	return now == holder, nil
}}

func (r *Repo) Release(ctx context.Context, room, holder string) error {{
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET {release} WHERE room = ? AND holder = ?", room, holder)
	return err
}}
"""


def acquire_task(release: str) -> str:
    """A piece of work that is taken by its state, and a release."""
    return f"""
func (r *Repo) AcquireTask(nombor, siapa string) (bool, error) {{
	res, err := r.db.Exec("UPDATE tugas SET keadaan = 'jalan', pemilik = ?, luput = NOW() + INTERVAL 1 MINUTE WHERE nombor = ? AND (keadaan = 'baru' OR luput < NOW())", siapa, nombor)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) ReleaseTask(nombor, siapa string) error {{
	_, err := r.db.Exec("{release}", nombor, siapa)
	return err
}}
"""


_MOVES = """
func (r *Repo) Requeue(nombor string) error {{
	_, err := r.db.Exec("UPDATE tugas SET keadaan = 'baru' WHERE nombor = ?{}", nombor)
	return err
}}
"""


def asking_state(condition: str, reads: bool) -> str:
    """A lock that is taken by its state, and a release that leaves another one."""
    read = """	var state string
	if err := r.db.QueryRow("SELECT note FROM room_locks WHERE room = ?", room).Scan(&state); err != nil {
		return false, err
	}
	if state != "idle" {
		return false, nil
	}
"""
    return f"""
func (r *Repo) TryLock(room, holder string) (bool, error) {{
{read if reads else ""}	res, err := r.db.Exec("UPDATE room_locks SET note = 'busy', holder = ?, until = {_LATER} WHERE room = ? AND {condition}", holder, room)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Unlock(room, holder string) error {{
	_, err := r.db.Exec("UPDATE room_locks SET note = 'free', holder = NULL WHERE room = ? AND holder = ?", room, holder)
	return err
}}
"""


_FREE = "(holder IS NULL OR until < NOW())"
_UPSERT = "holder = IF({}, VALUES(holder), holder), until = IF(holder = VALUES(holder), VALUES(until), until)"
_OLD, _NONE = _UPSERT.format("until < NOW()"), _UPSERT.format("holder IS NULL OR until < NOW()")

_UPDATES = tuple(
    Case(f"a release leaves {name}", rules, code)
    for name, rules, code in (
        ("the holder, and no lease", ("NP402",), leaving(_FREE, "until = NULL")),
        ("the holder, and no lease by an argument", ("NP402",), leaving(_FREE, "until = ?", "nil, ")),
        ("the holder, and no lease, and a forced release", ("NP402",), leaving(_FREE, "until = NULL", more=_FORCE)),
        ("the holder, and no lease: swept", (), leaving(_FREE, "until = NULL", more=_SWEEP)),
        ("the holder, and a lease that is over", (), leaving(_FREE, "until = NOW()")),
        ("the holder, and an old lease", (), leaving(_FREE, "until = '2000-01-01 00:00:00'")),
        ("the holder, and a lease that is given", (), leaving(_FREE, "until = ?", "time.Unix(0, 0), ")),
        ("no holder, and no lease", (), leaving(_FREE, "holder = NULL, until = NULL")),
        ("no holder", (), leaving(_FREE, "holder = NULL")),
        ("an empty holder, and no lease", ("NP402",), leaving(_FREE, "holder = '', until = NULL")),
        ("an empty holder, and the lease", ("NP402",), leaving(_FREE, "holder = ''")),
        ("an empty holder, and the lease, by an argument", ("NP402",), leaving(_FREE, "holder = ?", '"", ')),
        ("an empty holder, and a lease that is over", (), leaving(_FREE, "holder = '', until = NOW()")),
        (
            "an empty holder that is asked for, and the lease",
            (),
            leaving("(holder IS NULL OR holder = '' OR until < NOW())", "holder = ''"),
        ),
        (
            "an empty holder where NULL or that is free",
            (),
            leaving("(COALESCE(holder, '') = '' OR until < NOW())", "holder = '', until = NULL"),
        ),
        ("no lease where NULL is free", (), leaving("(until IS NULL OR until < NOW())", "until = NULL")),
        ("no lease where NULL is an old time", (), leaving("IFNULL(until, '2000-01-01') < NOW()", "until = NULL")),
        (
            "no lease where it is not later",
            (),
            leaving("(holder IS NULL OR NOT until > NOW())", "until = NULL, holder = NULL"),
        ),
        (
            "no lease where it is not known to be later",
            (),
            leaving("(until > NOW()) IS NOT TRUE", "until = NULL, holder = NULL"),
        ),
        (
            "the next time that it may be taken, and no way to take it over",
            ("NP405",),
            leaving("holder IS NULL AND until < NOW()", f"holder = NULL, until = {_LATER}"),
        ),
        ("no lease, where an upsert asks for its age", ("NP402",), upserting(_OLD, "until = NULL")),
        (
            "no lease and holder, where an upsert asks for its age",
            ("NP402",),
            upserting(_OLD, "holder = NULL, until = NULL"),
        ),
        ("no lease and holder, where an upsert asks for both", (), upserting(_NONE, "holder = NULL, until = NULL")),
        (
            "a lease that is over, where an upsert asks for its age",
            (),
            upserting(_OLD, "until = NOW() - INTERVAL 1 SECOND"),
        ),
    )
)
CASES = (
    *_UPDATES,
    Case(
        "a piece of work that is done is not free again",
        (),
        leaving(_FREE, "until = NULL").replace("Release(", "Finish("),
    ),
    Case(
        "a state that is over is not free again",
        (),
        acquire_task("UPDATE tugas SET keadaan = 'selesai', luput = NULL WHERE nombor = ? AND pemilik = ?"),
    ),
    *(
        Case(
            f"a release leaves a state: {title}",
            rules,
            acquire_task(f"UPDATE tugas SET keadaan = '{word}', luput = NULL WHERE nombor = ? AND pemilik = ?")
            .replace("AcquireTask", "TryLock")
            .replace("ReleaseTask", "Unlock")
            + more,
        )
        for title, word, rules, more in (
            ("one that is asked for", "baru", (), ""),
            ("a free one that nobody asks for", "bebas", ("NP402",), ""),
            ("one that is moved on", "bebas", (), _MOVES.format(" AND keadaan = 'bebas'")),
            ("one that is replaced", "bebas", (), _MOVES.format("")),
        )
    ),
    *(
        Case(f"a release leaves a state in a table of locks, {title}", rules, asking_state(taking, read))
        for title, rules, taking, read in (
            ("and nobody asks for it", ("NP402",), "note = 'idle'", False),
            ("until its lease is over", ("NP402",), "(note = 'idle' OR until < NOW())", False),
            ("and nobody asks for it who has read it", ("NP402",), "note = 'idle'", True),
            ("and every other one is asked for", ("NP405",), "note <> 'busy'", False),
            ("and it is asked for", (), "(note IN ('idle', 'free') OR until < NOW())", False),
        )
    ),
    Case(
        "a release puts the stamp in again, which it calls token",
        ("NP401", "NP402"),
        """
func (r *Repo) Acquire(room string) (string, error) {
	token := time.Now().Format("2006-01-02 15:04:05.000000")
	_, err := r.db.Exec("INSERT INTO gates (room, until) VALUES (?, ?) ON DUPLICATE KEY UPDATE until = VALUES(until)", room, token)
	return token, err
}

func (r *Repo) Release(room, token string) error {
	_, err := r.db.Exec("UPDATE gates SET until = ? WHERE room = ?", token, room)
	return err
}
""",
    ),
    Case(
        "whoever comes takes the lock: the release is not to blame",
        ("NP401",),
        """
func (r *Repo) Acquire(room, holder string) (bool, error) {
	res, err := r.db.Exec("INSERT INTO gates (room, holder, until) VALUES (?, ?, NOW()) ON DUPLICATE KEY UPDATE holder = VALUES(holder), until = VALUES(until)", room, holder)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (r *Repo) Release(room, holder string) error {
	_, err := r.db.Exec("UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ?", room, holder)
	return err
}
""",
    ),
)

_POLL = """
func (r *Repo) acquire(ctx context.Context, room, holder string) bool {
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, until = NOW() + INTERVAL 30 SECOND WHERE room = ? AND until < NOW()", holder, room)
	if err != nil {
		return false
	}
	n, err := res.RowsAffected()
	return err == nil && n == 1
}

func (r *Repo) release(ctx context.Context, room, holder string) {
	_, _ = r.db.ExecContext(ctx, "UPDATE gates SET until = '2000-01-01' WHERE room = ? AND holder = ?", room, holder)
}

func (r *Repo) Poll(ctx context.Context, room, holder string, work func(context.Context)) {
	ASKED
	defer r.release(ctx, room, holder)
	work(ctx)
}
"""

POLLED = (
    Case(
        "ended by a time in the past", (), _POLL.replace("ASKED", "if !r.acquire(ctx, room, holder) {\n\t\treturn\n\t}")
    ),
    Case(
        "ended by a time in the past, and not asked for",
        ("NP401",),
        _POLL.replace("ASKED", "r.acquire(ctx, room, holder)"),
    ),
)
