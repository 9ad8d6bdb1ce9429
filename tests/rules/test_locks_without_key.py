"""NP401 and NP403 of locks whose table has no unique key over what is locked."""

from __future__ import annotations

import pytest

from tests.locks import HEAD
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

_TABLE = """CREATE TABLE work_claims (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, phone VARCHAR(40) NOT NULL,
    owner VARCHAR(40) NOT NULL, until DATETIME NOT NULL{});
"""
_INSERT = "INSERT INTO work_claims (phone, owner, until) VALUES (?, ?, NOW() + INTERVAL 30 SECOND)"
_RELEASE = """
func (r *Repo) Unlock(phone, owner string) error {
	_, err := r.db.Exec("DELETE FROM work_claims WHERE phone = ? AND owner = ?", phone, owner)
	return err
}

func (r *Repo) Purge() error {
	_, err := r.db.Exec("DELETE FROM work_claims WHERE until < NOW()")
	return err
}
"""
_REFUSED = (
    f"""
func (r *Repo) TryLock(phone, owner string) (bool, error) {{
	_, err := r.db.Exec("{_INSERT}", phone, owner)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {{
		return false, nil
	}}
	return err == nil, err
}}
"""
    + _RELEASE
)
_COUNTED = (
    f"""
func (r *Repo) TryLock(phone, owner string) (bool, error) {{
	res, err := r.db.Exec("{_INSERT.replace("INSERT", "INSERT IGNORE")}", phone, owner)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}
"""
    + _RELEASE
)


@pytest.mark.parametrize("code", [_REFUSED, _COUNTED])
@pytest.mark.parametrize("keys", ["", ", KEY (phone)", ", UNIQUE KEY (id, phone)"])
def test_an_insert_that_no_key_refuses_takes_no_lock(tree: Tree, code: str, keys: str) -> None:
    [found] = lock_findings(tree, HEAD + code, _TABLE.format(keys))
    assert (found.rule, found.position.line) == ("NP401", line(HEAD + code, "work_claims (phone"))


@pytest.mark.parametrize("code", [_REFUSED, _COUNTED])
@pytest.mark.parametrize(
    "keys",
    [", UNIQUE KEY (phone)", ", UNIQUE KEY (phone, until)", ", UNIQUE KEY ((LOWER(phone)))", ", UNIQUE KEY (owner)"],
)
def test_a_key_may_refuse_it(tree: Tree, code: str, keys: str) -> None:
    assert "NP401" not in [each.rule for each in lock_findings(tree, HEAD + code, _TABLE.format(keys))]


_NOW = _REFUSED.replace("NOW() + INTERVAL 30 SECOND", "NOW(6)")


@pytest.mark.parametrize(
    ("code", "keys", "rules"),
    [
        (_NOW, ", UNIQUE KEY (phone, until)", ["NP401"]),
        (_NOW.replace("NOW(6)", "CURRENT_TIMESTAMP"), ", UNIQUE KEY (phone, until)", ["NP401"]),
        (
            _NOW.replace("phone, owner, until) VALUES (?, ?", "phone, owner, until) VALUES (?, UUID()"),
            ", UNIQUE KEY (owner)",
            ["NP401"],
        ),
        (_NOW, ", UNIQUE KEY (phone, until), UNIQUE KEY (phone)", []),
        (_NOW.replace("NOW(6)", "CURDATE()"), ", UNIQUE KEY (phone, until)", []),
        # A time of the program's is what others ask for, too: who books that hour is refused.
        (_NOW.replace("NOW(6)", "?"), ", UNIQUE KEY (phone, until)", []),
    ],
)
def test_a_key_with_the_present_in_it_refuses_nobody(tree: Tree, code: str, keys: str, rules: list[str]) -> None:
    assert [each.rule for each in lock_findings(tree, HEAD + code, _TABLE.format(keys))] == rules


def test_a_key_of_a_day_refuses_a_second_row_of_that_day(tree: Tree) -> None:
    table = _TABLE.format(", UNIQUE KEY (phone, until)").replace("until DATETIME", "until DATE")
    assert lock_findings(tree, HEAD + _NOW, table) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Another function, or none, may take what is stored here.
        ("TryLock", "SaveClaim"),
        ("Unlock", "Count"),
        ("(phone, owner, until) VALUES (?, ?,", "(id, phone, owner, until) VALUES (CRC32(?), ?, ?,"),
        (
            "_, err := r.db.Exec",
            'r.db.Exec("ALTER TABLE work_claims ADD CONSTRAINT one UNIQUE (" + r.more)\n\t_, err := r.db.Exec',
        ),
        (
            "_, err := r.db.Exec",
            "sum := r.sums.TryLock(phone)\n\tif !sum {\n\t\treturn false, nil\n\t}\n\t_, err := r.db.Exec",
        ),
    ],
)
def test_what_may_decide_otherwise_is_left_alone(tree: Tree, old: str, new: str) -> None:
    code = HEAD + _REFUSED.replace(old, new, 1)
    assert "NP401" not in [each.rule for each in lock_findings(tree, code, _TABLE.format(""))]


def test_a_row_that_is_only_stored_needs_no_key(tree: Tree) -> None:
    table = (
        "CREATE TABLE user_session (id INT AUTO_INCREMENT PRIMARY KEY, user_id INT, token CHAR(36), until DATETIME);"
    )
    code = """
func (r *Repo) AcquireSession(user int, token string) (bool, error) {
	_, err := r.db.Exec("INSERT INTO user_session (user_id, token, until) VALUES (?, ?, NOW())", user, token)
	return err == nil, err
}

func (r *Repo) CloseSession(user int) error {
	_, err := r.db.Exec("DELETE FROM user_session WHERE user_id = ?", user)
	return err
}
"""
    assert lock_findings(tree, HEAD + code, table) == []
    assert lock_findings(tree, HEAD + code.replace("INSERT INTO", "INSERT IGNORE INTO"), table) == []


_LOOKED = """
func (r *Repo) NAME(ctx context.Context, phone, owner string) (bool, error) {
	BEFORE
	var n int
	err := r.db.QueryRow("SELECT COUNT(*) FROM work_claims WHERE phone = ? AND until > NOW()", phone).Scan(&n)
	if err != nil {
		return false, err
	}
	if n > 0 {
		return TAKEN, nil
	}
	_, err = r.db.Exec("INSERT INTO work_claims (phone, owner, until) VALUES (?, ?, NOW())", phone, owner)
	return err == nil, err
}
"""
_MUTEX = "r.mu.Lock()\n\tdefer r.mu.Unlock()"


@pytest.mark.parametrize(
    ("name", "keys", "before", "taken", "rules"),
    [
        ("TryLock", "", "", "false", ["NP403"]),
        ("acquireWork", ", KEY (phone)", "", "false", ["NP403"]),
        ("acquireWork", "", _MUTEX, "false", []),
        ("acquireWork", "", "", "true", []),
        ("AddClaim", "", "", "false", []),
    ],
)
def test_to_look_and_then_add_a_row_lets_two_in(
    tree: Tree, name: str, keys: str, before: str, taken: str, rules: list[str]
) -> None:
    code = _LOOKED.replace("NAME", name).replace("BEFORE", before).replace("TAKEN", taken)
    assert [each.rule for each in lock_findings(tree, HEAD + code, _TABLE.format(keys))] == rules


_WORK = """
func (r *Repo) Handle(ctx context.Context, phone, owner string, work func()) error {
	ok, err := r.Start(ctx, phone, owner)
	if err != nil || !ok {
		return err
	}
	defer r.Finish(phone, owner)
	work()
	return nil
}

func (r *Repo) Finish(phone, owner string) error {
	_, err := r.db.Exec("DELETE FROM work_claims WHERE phone = ? AND owner = ?", phone, owner)
	return err
}
"""


def test_a_caller_that_deletes_the_row_behind_its_work_makes_a_lock_of_it(tree: Tree) -> None:
    code = _LOOKED.replace("NAME", "Start").replace("BEFORE", "").replace("TAKEN", "false")
    assert lock_findings(tree, HEAD + code, _TABLE.format("")) == []
    assert [each.rule for each in lock_findings(tree, HEAD + code + _WORK, _TABLE.format(""))] == ["NP403"]
    kept = _WORK.replace("defer r.Finish(phone, owner)", "")
    assert lock_findings(tree, HEAD + code + kept, _TABLE.format("")) == []


_FOUND = """
func (r *Repo) Masuk(phone string) (bool, error) {
	var id int64
	err := r.db.QueryRow("SELECT id FROM work_claims WHERE phone = ? LIMIT 1", phone).Scan(&id)
	if err == nil {
		return TAKEN, nil
	}
	if err != sql.ErrNoRows {
		return false, err
	}
	_, err = r.db.Exec("INSERT INTO work_claims (phone, owner, until) VALUES (?, 'bot', NOW())", phone)
	return err == nil, err
}

func (r *Repo) Keluar(phone string) error {
	_, err := r.db.Exec("DELETE FROM work_claims WHERE phone = ?", phone)
	return err
}

type Webhook struct {
	aktif *Repo
	bot   interface{ Jawab(phone string) error }
}

func (w *Webhook) Terima(phone string) error {
	boleh, err := w.aktif.Masuk(phone)
	if err != nil || !boleh {
		return err
	}
	defer w.aktif.Keluar(phone)
	return w.bot.Jawab(phone)
}
"""


@pytest.mark.parametrize(("taken", "rules"), [("false", ["NP403"]), ("true", [])])
def test_a_row_that_is_read_without_an_error_is_there(tree: Tree, taken: str, rules: list[str]) -> None:
    code = HEAD + _FOUND.replace("TAKEN", taken)
    assert [each.rule for each in lock_findings(tree, code, _TABLE.format(""))] == rules


_DOORS = """CREATE TABLE door_locks (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, door VARCHAR(40) NOT NULL, locked_at DATETIME NOT NULL, KEY (door));
"""
_HANDLE = """
type Hold struct {
	id int64
	db *sql.DB
}

func TryHold(ctx context.Context, db *sql.DB, door string) (*Hold, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback()
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM door_locks WHERE door = ?", door).Scan(&n); err != nil {
		return nil, err
	}
	if n > 0 {
		return nil, nil
	}
	res, err := tx.ExecContext(ctx, "INSERT INTO door_locks (door, locked_at) VALUES (?, NOW())", door)
	if err != nil {
		return nil, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return nil, err
	}
	return &Hold{id: id, db: db}, tx.Commit()
}

func (h *Hold) LetGo() error {
	_, err := h.db.Exec("DELETE FROM door_locks WHERE id = ?", h.id)
	return err
}

func pass(ctx context.Context, db *sql.DB, door string, work func() error) error {
	h, err := TryHold(ctx, db, door)
	if err != nil || h == nil {
		return err
	}
	defer h.LetGo()
	return work()
}
"""
_ERROR = """
var ErrBusy = errors.New("busy")

func (r *Repo) Acquire(door string) error {
	var one int
	err := r.db.QueryRow("SELECT 1 FROM door_locks WHERE door = ?", door).Scan(&one)
	if err == nil {
		return ErrBusy
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = r.db.Exec("INSERT INTO door_locks (door, locked_at) VALUES (?, NOW())", door)
	return err
}

func (r *Repo) Release(door string) error {
	_, err := r.db.Exec("DELETE FROM door_locks WHERE door = ?", door)
	return err
}
"""


@pytest.mark.parametrize(
    "code",
    [
        _HANDLE,
        _HANDLE.replace("return nil, nil", 'return nil, errors.New("busy")'),
        _HANDLE.replace("(*Hold, error)", "(_ *Hold, err error)"),
        _ERROR,
    ],
)
def test_nothing_to_hold_or_an_error_says_no_as_well(tree: Tree, code: str) -> None:
    [found] = lock_findings(tree, HEAD + code, _DOORS)
    assert (found.rule, found.position.line) == ("NP403", line(HEAD + code, "FROM door_locks WHERE door"))


@pytest.mark.parametrize(
    ("code", "schema"),
    [
        # A row that nobody ends is kept, and no lock.
        (_ERROR.partition("func (r *Repo) Release")[0], _DOORS),
        # An error may keep rows of any kind apart.
        (_ERROR.replace("Acquire", "Reserve").replace("door_locks", "door_names"), _DOORS.replace("_locks", "_names")),
        # What is found is given out.
        (_HANDLE.replace("return nil, nil", "return &Hold{db: db}, nil"), _DOORS),
    ],
)
def test_what_nobody_gives_back_or_refuses_is_no_lock(tree: Tree, code: str, schema: str) -> None:
    assert lock_findings(tree, HEAD + code, schema) == []
