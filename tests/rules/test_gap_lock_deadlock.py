"""NP404: it lies at the SELECT ... FOR UPDATE, with the INSERT beside."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import AI, HEAD, Case, selects, unread
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_locking_select_with_the_insert_beside(tree: Tree) -> None:
    case = selects.V4[0]
    found = of(tree, case, "NP404")
    assert (found.severity, found.function) == (Severity.WARNING, "TryAcquireSession")
    assert found.position.line == line(case.source, "SELECT `timestamp` FROM")
    assert [each.position.line for each in found.related] == [line(case.source, f"INSERT INTO {AI}")]


@pytest.mark.parametrize("case", selects.V4, ids=lambda case: case.name)
def test_without_a_transaction_or_a_lock_there_is_no_gap(tree: Tree, case: Case) -> None:
    without = case.source.replace(" FOR UPDATE", "")
    assert "NP404" not in [each.rule for each in lock_findings(tree, without)]


def test_a_missing_row_that_is_not_inserted_is_no_finding(tree: Tree) -> None:
    case = selects.V4[-1]
    code = case.source.replace("INSERT INTO stock (sku, left_over)", "INSERT INTO counters (name, n)")
    assert lock_findings(tree, code) == []


@pytest.mark.parametrize(
    ("locking", "rules"),
    [("FOR UPDATE", []), ("LOCK IN SHARE MODE", ["NP404"]), ("FOR SHARE", ["NP404"]), ("FOR UPDATE NOWAIT", [])],
)
def test_two_readers_that_then_write_deadlock(tree: Tree, locking: str, rules: list[str]) -> None:
    asked = unread.reading("holder, until", "&current, &until", "current.Valid && until.Time.After(time.Now())")
    code = HEAD + asked.replace("FOR UPDATE", locking)
    found = lock_findings(tree, code)
    assert [each.rule for each in found] == rules
    assert [each.position.line for each in found] == [line(code, "SELECT holder") for _ in rules]
    apart = code.replace('tx.ExecContext(ctx, "UPDATE', 'r.db.ExecContext(ctx, "UPDATE')
    assert "NP404" not in [each.rule for each in lock_findings(tree, apart)]


_CHOSEN = """
const (
	look = "SELECT entered FROM rooms WHERE phone = ? FOR UPDATE"
	make = "INSERT INTO rooms (phone, entered) VALUES (?, NOW())"
	take = "UPDATE rooms SET entered = NOW() WHERE phone = ?"
)

func (r *Repo) Enter(ctx context.Context, phone string) (bool, error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var at sql.NullTime
	query := take
	if err := tx.QueryRowContext(ctx, look, phone).Scan(&at); err == sql.ErrNoRows {
		query = MISSING
	} else if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, query, phone); err != nil {
		return false, err
	}
	return true, tx.Commit()
}
"""


@pytest.mark.parametrize(("missing", "rules"), [("make", ["NP404"]), ("take", [])])
def test_a_variable_says_which_statement_a_path_sends(tree: Tree, missing: str, rules: list[str]) -> None:
    table = "CREATE TABLE rooms (phone VARCHAR(40) PRIMARY KEY, entered DATETIME NULL);"
    code = HEAD + _CHOSEN.replace("MISSING", missing)
    assert [each.rule for each in lock_findings(tree, code, table) if each.rule == "NP404"] == rules


_HELPED = """
type heldBy struct {
	editor string
	stale  bool
}

func lockRow(ctx context.Context, tx *sql.Tx, id string) (*heldBy, error) {
	h := new(heldBy)
	err := tx.QueryRowContext(ctx,
		"SELECT editor, touched_at < NOW() - INTERVAL 30 SECOND FROM form_edit_locks WHERE form_id = ? FOR UPDATE", id).
		Scan(&h.editor, &h.stale)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

func createRow(ctx context.Context, tx *sql.Tx, id, editor string) error {
	_, err := tx.ExecContext(ctx,
		"INSERT INTO form_edit_locks (form_id, editor, touched_at) VALUES (?, ?, NOW())", id, editor)
	return err
}

func takeRow(ctx context.Context, tx *sql.Tx, id, editor string) error {
	_, err := tx.ExecContext(ctx,
		"UPDATE form_edit_locks SET editor = ?, touched_at = NOW() WHERE form_id = ?", editor, id)
	return err
}

func checkout(ctx context.Context, db *sql.DB, form, me string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	cur, err := lockRow(ctx, tx, form)
	if err != nil {
		return err
	}
	switch {
	case cur == nil:
		err = createRow(ctx, tx, form, me)
	case cur.stale:
		err = takeRow(ctx, tx, form, me)
	default:
		return errors.New("somebody edits this form")
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

func release(ctx context.Context, db *sql.DB, form, me string) error {
	_, err := db.ExecContext(ctx, "DELETE FROM form_edit_locks WHERE form_id = ? AND editor = ?", form, me)
	return err
}
"""
_FORMS = """CREATE TABLE form_edit_locks (
    form_id VARCHAR(36) NOT NULL PRIMARY KEY, editor VARCHAR(64) NOT NULL, touched_at DATETIME NOT NULL);
"""
_BY_VALUE = _HELPED.replace("h := new(heldBy)", "var h heldBy").replace("return h, nil", "return &h, nil")
_BUILT = (
    _HELPED.replace("h := new(heldBy)", "var editor string\n\tvar stale bool")
    .replace("&h.editor, &h.stale", "&editor, &stale")
    .replace("return h, nil", "return &heldBy{editor: editor, stale: stale}, nil")
)


@pytest.mark.parametrize(
    "code",
    [
        _HELPED,
        _HELPED.replace("id).\n\t\tScan", "id).Scan"),
        _BY_VALUE,
        _BUILT,
    ],
)
def test_the_select_and_the_insert_may_stand_in_helpers(tree: Tree, code: str) -> None:
    [found] = lock_findings(tree, HEAD + code, _FORMS)
    assert (found.rule, found.position.line) == ("NP404", line(HEAD + code, "SELECT editor, touched_at"))
    assert [each.position.line for each in found.related] == [line(HEAD + code, "INSERT INTO form_edit_locks")]


@pytest.mark.parametrize("code", [_HELPED, _BY_VALUE, _BUILT])
def test_a_row_that_was_found_is_not_inserted_behind_a_helper(tree: Tree, code: str) -> None:
    refused = code.replace("err = createRow(ctx, tx, form, me)", 'return errors.New("there is no such form")').replace(
        "case cur.stale:\n", "case cur.stale:\n\t\tif cur == nil {\n\t\t\treturn createRow(ctx, tx, form, me)\n\t\t}\n"
    )
    assert [each.rule for each in lock_findings(tree, HEAD + refused, _FORMS)] == []


_UNASKED = """
func (r *Repo) TryLock(name, owner string) (bool, error) {
	tx, err := r.db.Begin()
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var other string
	query := "SELECT owner FROM job_locks WHERE name = ? FOR UPDATE"
	LOOK
	query = "INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW() + INTERVAL 30 SECOND)"
	_, err = tx.Exec(query, MADE, owner)
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		return true, nil
	}
	var dup *mysql.MySQLError
	if !errors.As(err, &dup) || dup.Number != 1062 {
		return false, err
	}
	query = `UPDATE job_locks SET owner = ?, locked_until = NOW() + INTERVAL 30 SECOND
		WHERE name = ? AND locked_until < NOW()`
	res, err := r.db.Exec(query, owner, name)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Unlock(name, owner string) error {
	_, err := r.db.Exec("DELETE FROM job_locks WHERE name = ? AND owner = ?", name, owner)
	return err
}
"""
_SCAN = "tx.QueryRow(query, name).Scan(&other)"


@pytest.mark.parametrize(
    ("look", "made", "rules"),
    [
        (f"if err := {_SCAN}; err == nil {{ return false, nil }}", "name", ["NP404"]),
        (f"if {_SCAN} == nil {{ return false, nil }}", "name", ["NP404"]),
        (f"err = {_SCAN}\n	if err != nil {{ log.Println(err) }} else {{ return false, nil }}", "name", ["NP404"]),
        (f'_ = {_SCAN}\n	if other != "" {{ return false, nil }}', "name", ["NP404"]),
        (f"{_SCAN}\n	if len(other) > 0 {{ return false, nil }}", "name", ["NP404"]),
        # Another row is added, or none where there is nothing.
        (f"{_SCAN}", "owner", []),
        (f"if err := {_SCAN}; err != nil {{ return false, err }}", "name", []),
        (f"if err := {_SCAN}; err == sql.ErrNoRows {{ return false, nil }}", "name", []),
    ],
)
def test_whatever_the_read_says_but_yes_goes_on_to_the_insert(
    tree: Tree, look: str, made: str, rules: list[str]
) -> None:
    code = HEAD + _UNASKED.replace("LOOK", look).replace("MADE", made)
    found = [each for each in lock_findings(tree, code) if each.rule == "NP404"]
    assert [each.rule for each in found] == rules
    assert [each.position.line for each in found] == [line(code, "FOR UPDATE") for _ in rules]


_COUNTED = """
func inTx[T any](ctx context.Context, db *sqlx.DB, fn func(*sqlx.Tx) (T, error)) (T, error) {
	var zero T
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return zero, err
	}
	defer func() { _ = tx.Rollback() }()
	out, err := fn(tx)
	if err != nil {
		return zero, err
	}
	return out, tx.Commit()
}

func isTaken(err error) bool {
	var my *mysql.MySQLError
	return errors.As(err, &my) && my.Number == 1062
}

func Join(ctx context.Context, db *sqlx.DB, room int64, guest string) (int64, error) {
	return inTx(ctx, db, func(tx *sqlx.Tx) (int64, error) {
		var beds, used int
		if err := tx.QueryRowContext(ctx, "SELECT beds FROM rooms WHERE id = ?PARENT", room).Scan(&beds); err != nil {
			return 0, err
		}
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM guests WHERE room_id = ? FOR UPDATE", room).
			Scan(&used); err != nil {
			return 0, err
		}
		if FULL {
			return 0, errors.New("full")
		}
		res, err := tx.ExecContext(ctx, "INSERT INTO guests (room_id, email) VALUES (?, ?)", room, guest)
		if isTaken(err) {
			return 0, errors.New("is there")
		}
		if err != nil {
			return 0, err
		}
		return res.LastInsertId()
	})
}
"""
_GUESTS = """
CREATE TABLE rooms (id BIGINT NOT NULL PRIMARY KEY, beds INT NOT NULL);
CREATE TABLE guests (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, room_id BIGINT NOT NULL, email VARCHAR(190) NOT NULL,
    UNIQUE KEY uq (room_id, email));
"""


@pytest.mark.parametrize(
    ("full", "rules"),
    [
        ("used >= beds", ["NP404"]),
        ("!(used < beds)", ["NP404"]),
        ("beds <= used", ["NP404"]),
        ("used+1 > beds", ["NP404"]),
        ("used >= 4", ["NP404"]),
        ("used > 0", ["NP404"]),
        ("used == 0", []),
        ("used < 1", []),
        ("used < beds", []),
    ],
)
def test_rows_that_are_counted_may_be_none(tree: Tree, full: str, rules: list[str]) -> None:
    code = HEAD + _COUNTED.replace("PARENT", "").replace("FULL", full)
    found = lock_findings(tree, code, _GUESTS)
    assert [(each.rule, each.position.line) for each in found] == [(rule, line(code, "SELECT COUNT")) for rule in rules]


def test_behind_the_lock_of_another_row_one_caller_counts_at_a_time(tree: Tree) -> None:
    code = HEAD + _COUNTED.replace("PARENT", " FOR UPDATE").replace("FULL", "used >= beds")
    assert lock_findings(tree, code, _GUESTS) == []


_LISTED = """
func (r *Repo) TryClaim(ctx context.Context, db *sqlx.DB, job, me string) (ok bool, err error) {
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer tx.Rollback()
	var seen []string
	if err := tx.SelectContext(ctx, &seen, "SELECT IF(lease_until < NOW(), 'old', 'held') FROM job_leases "+
		"WHERE job = ? FOR UPDATE", job); err != nil {
		return false, err
	}
	if MISSING {
		_, err = tx.ExecContext(ctx,
			"INSERT INTO job_leases (job, owner, lease_until) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)", job, me)
	} else if seen[0] == "old" {
		_, err = tx.ExecContext(ctx,
			"UPDATE job_leases SET owner = ?, lease_until = NOW() + INTERVAL 1 MINUTE WHERE job = ?", me, job)
	} else {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func (r *Repo) Unclaim(ctx context.Context, job, me string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM job_leases WHERE job = ? AND owner = ?", job, me)
	return err
}
"""


@pytest.mark.parametrize(
    ("missing", "rules"),
    [
        ("len(seen) == 0", ["NP404"]),
        ("len(seen) < 1", ["NP404"]),
        ("!(len(seen) > 0)", ["NP404"]),
        ("n := len(seen); n == 0", ["NP404"]),
        ("len(seen) > 1", []),
        ("len(seen) != 0", []),
    ],
)
def test_a_list_without_an_element_is_a_miss(tree: Tree, missing: str, rules: list[str]) -> None:
    code = HEAD + _LISTED.replace("MISSING", missing)
    found = [each for each in lock_findings(tree, code) if each.rule == "NP404"]
    assert [(each.rule, each.position.line) for each in found] == [(rule, line(code, "SELECT IF(")) for rule in rules]


def test_an_empty_text_of_a_row_is_no_miss(tree: Tree) -> None:
    code = HEAD + _LISTED.replace("var seen []string", "var seen string").replace("MISSING", "len(seen) == 0").replace(
        "SelectContext", "GetContext"
    ).replace("seen[0]", "seen")
    assert "NP404" not in [each.rule for each in lock_findings(tree, code)]
