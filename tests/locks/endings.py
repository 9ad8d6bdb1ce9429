"""Releases that prove whose lock they end, and such as only look like it; locks that end by themselves, or never."""

from __future__ import annotations

from tests.locks import Case

_LATER = "NOW(6) + INTERVAL 30 SECOND"
_OLD = "(owner IS NULL OR locked_until < NOW(6))"


def acquire(condition: str = _OLD, name: str = "TryLock") -> str:
    """An acquire that takes over what meets a condition."""
    return f"""
func (r *Repo) {name}(ctx context.Context, name, owner string) (bool, error) {{
	res, err := r.db.ExecContext(ctx, `UPDATE job_locks SET owner = ?, locked = 1, locked_until = {_LATER} WHERE name = ? AND {condition}`, owner, name)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}
"""


def release(statement: str, arguments: str, name: str = "Unlock", before: str = "") -> str:
    """A release."""
    return f"""
func (r *Repo) {name}(ctx context.Context, name, owner string, now time.Time) error {{
	{before}
	_, err := r.db.ExecContext(ctx, `{statement}`, {arguments})
	return err
}}
"""


_FREE = "UPDATE job_locks SET owner = NULL, locked = 0, locked_until = NULL WHERE "
_DROP = "DELETE FROM job_locks WHERE "
_ASKED = """var holder string
	if err := r.db.QueryRowContext(ctx, "SELECT owner FROM job_locks WHERE name = ?", name).Scan(&holder); err != nil || holder != owner {
		return err
	}"""

PROVEN = (
    ("name = ? AND owner = ?", "name, owner"),
    ("owner = ? AND name = ?", "owner, name"),
    ("name = ? AND owner = ? AND locked_until > NOW(6)", "name, owner"),
    ("name = ? AND owner = ? AND locked = 1", "name, owner"),
    ("name = ? AND IFNULL(owner, '') = ?", "name, owner"),
    ("name = ? AND owner <=> ?", "name, owner"),
    ("name = ? AND BINARY owner = ?", "name, owner"),
    ("name = ? AND (owner = ? OR locked_until < NOW(6))", "name, owner"),
    ("name = ? AND (owner = ? OR owner IS NULL)", "name, owner"),
    ("(name = ? AND owner = ?) OR (name = ? AND locked_until < NOW(6))", "name, owner, name"),
    ("name = ? AND owner IN (?)", "name, owner"),
    ("name = ? AND locked_until = ?", "name, now"),
    ("name = ? AND owner = CONCAT(?, '-', CONNECTION_ID())", "name, owner"),
    ("name = ? AND owner LIKE ?", "name, owner"),
    ("NOT (owner <> ?) AND name = ?", "owner, name"),
)
UNPROVEN = (
    ("name = ?", "name"),
    ("name = ? AND locked_until > NOW(6)", "name"),
    ("name = ? AND locked_until > ?", "name, now"),
    ("name = ? AND locked_until >= ?", "name, now"),
    ("name = ? AND owner IS NOT NULL", "name"),
    ("name = ? AND owner <> ''", "name"),
    ("name = ? AND locked = 1", "name"),
    ("name = ? OR owner = ?", "name, owner"),
    ("owner = ? OR name = ?", "owner, name"),
    ("(name = ? AND locked_until > NOW(6)) OR owner = ?", "name, owner"),
    ("name = ? AND (owner = ? OR locked_until > NOW(6))", "name, owner"),
    ("name = ? AND (owner = ? OR owner IS NOT NULL)", "name, owner"),
    ("name = ? AND (owner = ? OR 1 = 1)", "name, owner"),
)
FORCING = (
    "AdminForceUnlock",
    "ForceRelease",
    "StealBack",
    "BreakLock",
    "ExpireLock",
    "ReapLock",
    "PurgeLock",
    "EvictHolder",
)

CASES = (
    *(Case(f"a release where {where}", (), acquire() + release(_DROP + where, given)) for where, given in PROVEN),
    *(Case(f"a freeing where {where}", (), acquire() + release(_FREE + where, given)) for where, given in PROVEN),
    *(
        Case(f"a release where {where}", ("NP406",), acquire() + release(_DROP + where, given))
        for where, given in UNPROVEN
    ),
    *(
        Case(f"a freeing where {where}", ("NP406",), acquire() + release(_FREE + where, given))
        for where, given in UNPROVEN
    ),
    *(
        Case(
            f"{name} is there for other people's locks",
            (),
            acquire()
            + release(_DROP + "name = ? AND owner = ?", "name, owner")
            + release(_DROP + "name = ?", "name", name),
        )
        for name in FORCING
    ),
    *(
        Case(f"{name} is a release as any other", ("NP406",), acquire() + release(_FREE + "name = ?", "name", name))
        for name in ("Release", "Free", "Done", "unlock", "Finish")
    ),
    Case("the owner is read before it is freed", (), acquire() + release(_FREE + "name = ?", "name", before=_ASKED)),
    Case(
        "only its time is taken back, by its owner",
        (),
        acquire()
        + release(
            "UPDATE job_locks SET locked_until = NOW(6) - INTERVAL 1 SECOND WHERE name = ? AND owner = ?", "name, owner"
        ),
    ),
    Case(
        "only its time is taken back",
        ("NP406",),
        acquire() + release("UPDATE job_locks SET locked_until = NOW(6) - INTERVAL 1 SECOND WHERE name = ?", "name"),
    ),
    Case(
        "free or not at all",
        ("NP405",),
        acquire("owner IS NULL") + release(_FREE + "name = ? AND owner = ?", "name, owner"),
    ),
    Case(
        "free or not at all, and anybody frees it",
        ("NP405",),
        acquire("owner IS NULL") + release(_FREE + "name = ?", "name"),
    ),
    Case(
        "free by its flag or not at all",
        ("NP405",),
        acquire("locked = 0") + release(_FREE + "name = ? AND owner = ?", "name, owner"),
    ),
    Case(
        "free or one's own, or not at all",
        ("NP405",),
        acquire("(owner IS NULL OR owner = '')") + release(_FREE + "name = ? AND owner = ?", "name, owner"),
    ),
    Case(
        "free or not at all, and a sweeper frees what is old",
        (),
        acquire("owner IS NULL")
        + release(_FREE + "name = ? AND owner = ?", "name, owner")
        + release(_FREE + "locked_until < ?", "now", "Tidy"),
    ),
    Case(
        "free or not at all, and all are freed at the start",
        (),
        acquire("owner IS NULL")
        + release(_FREE + "name = ? AND owner = ?", "name, owner")
        + "\nfunc (r *Repo) Boot() {\n\tr.db.Exec(`UPDATE job_locks SET owner = NULL, locked = 0`)\n}\n",
    ),
    Case(
        "the place where all of the row is touched is not what is looked at",
        ("NP402",),
        acquire() + release("UPDATE job_locks SET locked_at = NULL WHERE name = ? AND owner = ?", "name, owner"),
    ),
    Case(
        "the same, and a helper makes the row before",
        ("NP402",),
        acquire().replace(
            "\tres, err", "\tif err := r.seed(ctx, name); err != nil {\n\t\treturn false, err\n\t}\n\tres, err"
        )
        + '\nfunc (r *Repo) seed(ctx context.Context, name string) error {\n\t_, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO job_locks (name) VALUES (?)", name)\n\treturn err\n}\n'
        + release("UPDATE job_locks SET locked_at = NULL WHERE name = ? AND owner = ?", "name, owner"),
    ),
    *(
        Case(f"a release that a held lock does not meet: {where}", ("NP402",), acquire() + release(verb + where, given))
        for verb in (_DROP, _FREE)
        for where, given in (
            ("name = ? AND locked_until < NOW(6)", "name"),
            ("name = ? AND owner = ? AND locked_until < NOW(6)", "name, owner"),
            ("name = ? AND owner <> ?", "name, owner"),
            ("name = ? AND NOT (owner = ?)", "name, owner"),
            ("name = ? AND owner IS NULL", "name"),
            ("name = ? AND locked = 0", "name"),
        )
    ),
    Case(
        "what is over is taken away beside the release",
        (),
        acquire()
        + release(_DROP + "name = ? AND owner = ?", "name, owner")
        + release(_DROP + "name = ? AND locked_until < NOW(6)", "name", "ClearLock"),
    ),
    *(
        Case(
            f"a release that {title}",
            rules,
            acquire() + release(f"UPDATE job_locks SET {change} WHERE name = ? AND owner = ?", f"{given}name, owner"),
        )
        for title, change, given, rules in (
            ("puts the owner in again", "owner = ?", "owner, ", ("NP402",)),
            ("puts another one in", "owner = ?", "r.next, ", ()),
            ("puts an empty owner in, which is not free", "owner = ?", '"", ', ("NP402",)),
            ("takes the owner out as NULL", "owner = ?", "nil, ", ()),
            ("gives the time of its end", "locked_until = ?", "now, ", ()),
        )
    ),
    Case(
        "a release that sets the flag once more",
        ("NP402",),
        acquire("(locked = 0 OR locked_until < NOW(6))")
        + release("UPDATE job_locks SET locked = 1 WHERE name = ? AND owner = ?", "name, owner"),
    ),
    Case(
        "a release that takes the flag away",
        (),
        acquire("(locked = 0 OR locked_until < NOW(6))")
        + release("UPDATE job_locks SET locked = 0 WHERE name = ? AND owner = ?", "name, owner"),
    ),
)

_STAMPED = """
func (r *Repo) TryLock(phone, device string) (string, bool, error) {
	mine := time.Now().UTC().Format("2006-01-02 15:04:05.000000")
	_, err := r.db.Exec("INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", phone, device, mine)
	if err == nil {
		return mine, true, nil
	}
	var seen string
	var old bool
	err = r.db.QueryRow("SELECT `timestamp`, LEFT(`timestamp`, 19) < UTC_TIMESTAMP() - INTERVAL 30 SECOND FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ?", phone, device).Scan(&seen, &old)
	if err != nil || !old {
		return "", false, err
	}
	res, err := r.db.Exec("UPDATE ai_whatsapp_session_nodepath SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?", mine, phone, device, seen)
	if err != nil {
		return "", false, err
	}
	n, err := res.RowsAffected()
	return mine, n == 1, err
}

func (r *Repo) Unlock(phone, device, PARAMETER string) error {
	_, err := r.db.Exec("RELEASE", GIVEN)
	return err
}
"""
_KEY = "WHERE id_prospect = ? AND id_device = ?"


def stamped(statement: str, given: str, parameter: str = "mine") -> str:
    """A lock by a unique text of the time."""
    return _STAMPED.replace("PARAMETER", parameter).replace("RELEASE", statement).replace("GIVEN", given)


_TABLE = "ai_whatsapp_session_nodepath"
STAMPS = (
    Case(
        "the stamp is asked for", (), stamped(f"DELETE FROM {_TABLE} {_KEY} AND `timestamp` = ?", "phone, device, mine")
    ),
    Case("the stamp is not asked for", ("NP406",), stamped(f"DELETE FROM {_TABLE} {_KEY}", "phone, device")),
    Case(
        "the stamp is put in again",
        ("NP402",),
        stamped(f"UPDATE {_TABLE} SET `timestamp` = ? {_KEY}", "mine, phone, device"),
    ),
    Case(
        "the stamp is taken out",
        (),
        stamped(
            f"UPDATE {_TABLE} SET `timestamp` = '2000-01-01 00:00:00' {_KEY} AND `timestamp` = ?", "phone, device, mine"
        ),
    ),
    Case(
        "the stamp becomes an old one",
        (),
        stamped(
            f"UPDATE {_TABLE} SET `timestamp` = ? {_KEY} AND `timestamp` = ?", "old, phone, device, mine", "mine, old"
        ),
    ),
)

_SERVER = """
func (r *Repo) LockProspect(ctx context.Context, prospect, device string) (string, error) {
	var mine string
	if err := r.db.QueryRowContext(ctx, "SELECT DATE_FORMAT(NOW(6), '%Y-%m-%d %H:%i:%s.%f')").Scan(&mine); err != nil {
		return "", err
	}
	if _, err := r.db.ExecContext(ctx, "DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND OLD", prospect, device); err != nil {
		return "", err
	}
	if _, err := r.db.ExecContext(ctx, "INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)", prospect, device, mine); err != nil {
		return "", err
	}
	return mine, nil
}

func (r *Repo) UnlockProspect(ctx context.Context, prospect, device, mine string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND MINE", prospect, device, mine)
	return err
}
"""
_READ = "STR_TO_DATE(LEFT(`timestamp`, 19), '%Y-%m-%d %H:%i:%s')"


def by_server(old: str = f"{_READ} < NOW() - INTERVAL 30 SECOND", mine: str = "`timestamp` = ?") -> str:
    """A lock by the server's time as a text."""
    given = "prospect, device, mine" if "?" in mine else "prospect, device"
    ending = f'MINE", {given})'
    return _SERVER.replace('MINE", prospect, device, mine)', ending).replace("OLD", old).replace("MINE", mine)


SERVER = (
    Case("the server's stamp", (), by_server()),
    Case("the server's stamp, by its age", (), by_server(f"TIMESTAMPDIFF(SECOND, {_READ}, NOW()) > 30")),
    Case(
        "the server's stamp, by its age the wrong way round",
        ("NP401",),
        by_server(f"TIMESTAMPDIFF(SECOND, {_READ}, NOW()) < 30"),
    ),
    Case("the server's stamp, if it is not old", ("NP401",), by_server(f"{_READ} > NOW() - INTERVAL 30 SECOND")),
    Case(
        "the server's stamp, old or there",
        ("NP401",),
        by_server(f"({_READ} < NOW() - INTERVAL 30 SECOND OR `timestamp` IS NOT NULL)"),
    ),
    Case("the server's stamp, any is released", ("NP406",), by_server(mine="`timestamp` <> ''")),
)

STATES = (
    *(
        Case(
            f"{name} takes it from whoever has it",
            rules,
            acquire() + release(_FREE + "name = ? AND owner = ?", "name, owner") + acquire("owner IS NOT NULL", name),
        )
        for name, rules in (("ForceAcquire", ()), ("AcquireAsAdmin", ()), ("AcquireOther", ("NP401",)))
    ),
    Case(
        "a release from a state that comes after the acquire's",
        (),
        acquire("(locked = 0 OR locked_until < NOW(6))")
        + release("UPDATE job_locks SET locked = 2 WHERE name = ? AND owner = ?", "name, owner", "MarkRunning")
        + release("UPDATE job_locks SET locked = 0 WHERE name = ? AND owner = ? AND locked = 2", "name, owner"),
    ),
    Case(
        "a release from a state that never comes",
        ("NP402",),
        acquire("(locked = 0 OR locked_until < NOW(6))")
        + release("UPDATE job_locks SET locked = 0 WHERE name = ? AND owner = ? AND locked = 2", "name, owner"),
    ),
    Case(
        "the owner is taken out by a text that the program gives",
        ("NP406",),
        acquire("(owner IS NULL OR owner = '' OR locked_until < NOW(6))")
        + release("UPDATE job_locks SET owner = ? WHERE name = ?", '"", name'),
    ),
)
