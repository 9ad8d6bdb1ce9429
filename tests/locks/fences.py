"""Locks that hand out a number which grows each time; and things that are locked which are no locks."""

from __future__ import annotations

from tests.locks import Case

_CODE = """
type Fence int64

func (r *Repo) ensure(ctx context.Context, room string) error {
	_, err := r.db.ExecContext(ctx, "INSERT IGNORE INTO gates (room) VALUES (?)", room)
	return err
}

func (r *Repo) Grab(ctx context.Context, room, holder string, ttl time.Duration) (Fence, error) {
	if err := r.ensure(ctx, room); err != nil {
		return 0, err
	}
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET holder = ?, version = version + 1, until = NOW() + INTERVAL ? SECOND WHERE CONDITION", holder, int(ttl.Seconds()), room)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, errors.New("taken")
	}
	var fence Fence
	err = r.db.QueryRowContext(ctx, "SELECT version FROM gates WHERE room = ? AND holder = ?", room, holder).Scan(&fence)
	return fence, err
}

func (r *Repo) Yield(ctx context.Context, room, holder string, fence Fence) error {
	_, err := r.db.ExecContext(ctx, RELEASE)
	return err
}
"""
_FREE = "room = ? AND (holder IS NULL OR until < NOW())"
_OWN = (
    '"UPDATE gates SET holder = NULL, until = NULL WHERE room = ? AND holder = ? AND version = ?", room, holder, fence'
)


def _case(name: str, condition: str, release: str, *rules: str) -> Case:
    return Case(f"a fence: {name}", rules, _CODE.replace("CONDITION", condition).replace("RELEASE", release))


CASES = (
    _case("free or over", _FREE, _OWN),
    _case(
        "free or over, given back by its number",
        _FREE,
        '"UPDATE gates SET until = NOW() WHERE room = ? AND version = ?", room, fence',
    ),
    _case("anybody's", "room = ?", _OWN, "NP401"),
    _case("free or not", "room = ? AND (holder IS NULL OR holder IS NOT NULL)", _OWN, "NP401"),
    _case("an OR without parentheses", "room = ? AND holder IS NULL OR until < NOW()", _OWN, "NP401"),
    _case("whoever has it", _FREE, '"UPDATE gates SET holder = NULL, until = NULL WHERE room = ?", room', "NP406"),
    _case(
        "the own holder is put in again",
        _FREE,
        '"UPDATE gates SET holder = ? WHERE room = ? AND holder = ? AND version = ?", holder, room, holder, fence',
        "NP402",
    ),
)

_UPSERT = _CODE.replace(
    '"UPDATE gates SET holder = ?, version = version + 1, until = NOW() + INTERVAL ? SECOND WHERE CONDITION", '
    "holder, int(ttl.Seconds()), room",
    "`INSERT INTO gates (room, holder, version, until) VALUES (?, ?, 1, NOW() + INTERVAL ? SECOND) "
    "ON DUPLICATE KEY UPDATE SETTINGS`, room, holder, int(ttl.Seconds())",
)
_OVER = '"UPDATE gates SET until = NOW() - INTERVAL 1 SECOND WHERE room = ? AND holder = ?", room, holder'


def _upsert(name: str, settings: str, *rules: str) -> Case:
    return Case(f"a fence: {name}", rules, _UPSERT.replace("SETTINGS", settings).replace("RELEASE", _OVER))


UPSERTS = (
    _upsert(
        "an upsert that takes what is over",
        "holder = IF(until < NOW(), VALUES(holder), holder), version = IF(until < NOW(), version + 1, version), "
        "until = IF(until < NOW(), VALUES(until), until)",
    ),
    _upsert(
        "an upsert that always changes the row",
        "holder = VALUES(holder), version = version + 1, until = VALUES(until)",
        "NP401",
    ),
    _upsert(
        "an upsert that leaves the holder to the number",
        "version = version + 1, until = VALUES(until)",
        "NP401",
    ),
)

_STATE = """
func (r *Repo) LockUser(id int, by string) error {
	var locked bool
	if err := r.db.QueryRow("SELECT locked FROM users WHERE id = ?", id).Scan(&locked); err != nil {
		return err
	}
	if locked {
		return nil
	}
	_, err := r.db.Exec("UPDATE users SET locked = 1 WHERE id = ?", id)
	return err
}

func (r *Repo) UnlockUser(id int) error {
	_, err := r.db.Exec("UPDATE users SET locked = 0 WHERE id = ?", id)
	return err
}
"""
_CASE = """
func (r *Repo) LockCase(no, by string) error {
	var owner sql.NullString
	if err := r.db.QueryRow("SELECT owner FROM cases WHERE case_no = ?", no).Scan(&owner); err != nil {
		return err
	}
	if owner.Valid {
		return ANSWER
	}
	_, err := r.db.Exec("UPDATE cases SET owner = ?, since = NOW() WHERE case_no = ?", by, no)
	return err
}

func (r *Repo) UnlockCase(no string) error {
	_, err := r.db.Exec("UPDATE cases SET owner = NULL, since = NULL WHERE case_no = ?", no)
	return err
}
"""
_SEQUENCE = """
func (r *Repo) AcquireNumber(ctx context.Context, name string) (int64, error) {
	res, err := r.db.ExecContext(ctx, "UPDATE gates SET version = LAST_INSERT_ID(version + 1) WHERE room = ?", name)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}
"""

STATES = (
    Case("a state: a user is locked, or was before", (), _STATE),
    Case("a state: a case is locked, or was before", (), _CASE.replace("ANSWER", "nil")),
    Case("a lock: a case that another has", ("NP403",), _CASE.replace("ANSWER", 'errors.New("taken")')),
    Case("a number that grows", (), _SEQUENCE),
)
