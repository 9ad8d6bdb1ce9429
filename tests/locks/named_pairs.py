"""Locks that nothing but the names of two functions speaks for, in a table that is called anything; and what is none."""

from __future__ import annotations

from tests.locks import Case

_UPSERT = """
func (r *Repo) ACQUIRE(prospect, device string) (bool, error) {
	query := `
		INSERT INTO chat_session (id_prospect, id_device, ` + "`timestamp`" + `)
		VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE
		` + "`timestamp`" + ` = VALUES(` + "`timestamp`" + `)
	`
	now := time.Now().Format("2006-01-02 15:04:05")
	_, err := r.db.Exec(query, prospect, device, now)
	if err != nil {
		return false, err
	}
	return true, nil
}
"""
_TOUCH = """
func (r *Repo) RELEASE(prospect, device string) error {
	_, err := r.db.Exec("UPDATE chat_session SET timestamp = ? WHERE id_prospect = ? AND id_device = ?", time.Now().Format("2006-01-02 15:04:05"), prospect, device)
	return err
}
"""
_DELETE = """
func (r *Repo) RELEASE(prospect, device string) error {
	_, err := r.db.Exec("DELETE FROM chat_session WHERE id_prospect = ? AND id_device = ?", prospect, device)
	return err
}
"""


def _named(code: str, acquire: str, release: str) -> str:
    return code.replace("ACQUIRE", acquire).replace("RELEASE", release)


BROKEN = tuple(
    Case(f"{acquire} and {release} of chat_session, {what}", rules, _named(_UPSERT + back, acquire, release))
    for acquire, release in (
        ("TryAcquireSession", "ReleaseSession"),
        ("AcquireLock", "ReleaseLock"),
        ("LockSession", "UnlockSession"),
        ("TryLockChat", "UnlockChat"),
        ("tryLock", "unlock"),
    )
    for what, back, rules in (
        ("which stays", _TOUCH, ("NP401", "NP402")),
        ("which is deleted", _DELETE, ("NP401",)),
    )
)

_COUNTED = """
func (r *Repo) ACQUIRE(prospect, device string) (bool, error) {
	res, err := r.db.Exec("INSERT IGNORE INTO chat_session (id_prospect, id_device, timestamp) VALUES (?, ?, NOW())", prospect, device)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Purge() error {
	_, err := r.db.Exec("DELETE FROM chat_session WHERE timestamp < '2020-01-01 00:00:00'")
	return err
}
"""
_VISITS = """
func (r *Repo) ACQUIRE(visitor string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO visits (visitor, last_seen) VALUES (?, NOW()) ON DUPLICATE KEY UPDATE last_seen = NOW()", visitor)
	return err == nil, err
}

func (r *Repo) RELEASE(visitor string) error {
	_, err := r.db.Exec("DELETE FROM visits WHERE visitor = ?", visitor)
	return err
}
"""

RIGHT = (
    Case(
        "a counted INSERT IGNORE into chat_session",
        (),
        _named(_COUNTED + _DELETE, "TryAcquireSession", "ReleaseSession"),
    ),
    Case("a chat that is opened and closed", (), _named(_UPSERT + _DELETE, "OpenChat", "CloseChat")),
    Case("a session that is begun and ended", (), _named(_UPSERT + _DELETE, "BeginSession", "EndSession")),
    Case("a session that is saved and released", (), _named(_UPSERT + _DELETE, "SaveSession", "ReleaseSession")),
    Case("nothing gives back what is acquired", (), _named(_UPSERT + _DELETE, "AcquireSession", "DeleteUser")),
    Case("what is released is something else", (), _named(_UPSERT + _DELETE, "AcquireSession", "ReleaseDevice")),
    Case("who has come and gone", (), _named(_VISITS, "Enter", "Leave")),
    Case("who is seen", (), _named(_VISITS, "MarkSeen", "ClearSeen")),
    Case("a visitor who takes a place and gives it back", (), _named(_VISITS, "TakePlace", "GiveBack")),
    Case("a name that is acquired", (), _named(_VISITS, "AcquireUsername", "ReleaseUsername")),
    Case("a quota that is acquired", (), _named(_VISITS, "TryAcquireQuota", "ReleaseQuota")),
    Case("an account that is locked", (), _named(_VISITS, "LockAccount", "UnlockAccount")),
    Case(
        "a token that is cached",
        (),
        """
func (r *Repo) AcquireToken(device, token string) (bool, error) {
	_, err := r.db.Exec("REPLACE INTO device_tokens (device, token, expires_at) VALUES (?, ?, NOW() + INTERVAL 1 HOUR)", device, token)
	return err == nil, err
}

func (r *Repo) ReleaseToken(device string) error {
	_, err := r.db.Exec("DELETE FROM device_tokens WHERE device = ?", device)
	return err
}
""",
    ),
    Case(
        "a code that is acquired and released",
        (),
        """
func (r *Repo) TryAcquire(phone, code string) (bool, error) {
	_, err := r.db.Exec("REPLACE INTO pins (phone, code, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)", phone, code)
	return err == nil, err
}

func (r *Repo) Release(phone string) error {
	_, err := r.db.Exec("DELETE FROM pins WHERE phone = ?", phone)
	return err
}
""",
    ),
    Case(
        "slots that are counted",
        (),
        """
func (r *Repo) TryAcquire(name string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO counters (name, n) VALUES (?, 1) ON DUPLICATE KEY UPDATE n = n + 1", name)
	return err == nil, err
}

func (r *Repo) Release(name string) error {
	_, err := r.db.Exec("UPDATE counters SET n = n - 1 WHERE name = ?", name)
	return err
}
""",
    ),
)
