"""NP405: a lock that nothing but its release ends."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import AI, HEAD, inserts
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree

V1 = inserts.CASES[0]


def test_it_lies_at_the_insert_with_the_release_beside(tree: Tree) -> None:
    found = of(tree, V1, "NP405")
    assert (found.severity, found.function) == (Severity.WARNING, "TryAcquireSession")
    assert found.position.line == line(V1.source, f"INSERT INTO {AI}")
    assert [each.position.line for each in found.related] == [line(V1.source, f"DELETE FROM {AI}")]


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM {AI} WHERE `timestamp` < DATE_SUB(NOW(), INTERVAL 5 MINUTE)",
        f"DELETE FROM {AI}",
    ],
)
def test_what_ends_old_locks_is_an_expiry(tree: Tree, statement: str) -> None:
    code = f'\nfunc (r *Repo) Sweep() {{\n\tr.db.Exec("{statement}")\n}}\n'
    assert lock_findings(tree, V1.source + code) == []


@pytest.mark.parametrize(
    "statement",
    [
        f"DELETE FROM {AI} WHERE id_device = ?",
        f"SELECT id_prospect FROM {AI} WHERE `timestamp` < NOW()",
    ],
)
def test_what_does_not_end_old_locks_is_none(tree: Tree, statement: str) -> None:
    code = f'\nfunc (r *Repo) Other() {{\n\tr.db.Exec("{statement}")\n}}\n'
    assert [each.rule for each in lock_findings(tree, V1.source + code)] == ["NP405"]


def test_a_statement_that_is_not_understood_may_be_the_expiry(tree: Tree) -> None:
    code = f'\nfunc (r *Repo) Sweep(old string) {{\n\tr.db.Exec("DELETE FROM {AI} " + old)\n}}\n'
    assert lock_findings(tree, V1.source + code) == []


def test_a_takeover_in_a_function_of_its_own_is_an_expiry_whose_release_has_to_ask(tree: Tree) -> None:
    takeover = f"UPDATE {AI} SET `timestamp` = '' WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?"
    code = f'\nfunc (r *Repo) TakeOver() {{\n\tr.db.Exec("{takeover}")\n}}\n'
    assert [each.rule for each in lock_findings(tree, V1.source + code)] == ["NP406"]


def test_a_refused_write_of_the_table_may_be_the_takeover(tree: Tree) -> None:
    takeover = f"UPDATE {AI} SET `timestamp` = ? WHERE id_prospect = ? AND id_device = ? AND seen_at = ?"
    code = f'\nfunc (r *Repo) TakeOver() {{\n\tr.db.Exec("{takeover}")\n}}\n'
    assert [each.rule for each in lock_findings(tree, V1.source + code)] == []


def test_a_refused_write_of_a_near_name_may_be_the_expiry(tree: Tree) -> None:
    wrong = AI.removesuffix("n")
    code = f'\nfunc (r *Repo) Sweep() {{\n\tr.db.Exec("DELETE FROM {wrong} WHERE `timestamp` < ?")\n}}\n'
    assert [each.rule for each in lock_findings(tree, V1.source + code)] == []


_DEVICES = """
CREATE TABLE device_NAME (device VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(60) NULL, until DATETIME NULLMORE);
"""
_CLAIM = """
func (r *Repo) Claim(device, holder string, ttl int) (bool, error) {
	res, err := r.db.Exec(`UPDATE device_NAME SET holder = ?, until = LATER
		WHERE device = ? AND holder IS NULL`, holder, ttl, device)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Drop(device, holder string) error {
	_, err := r.db.Exec(`UPDATE device_NAME SET holder = NULL, until = NULL
		WHERE device = ? AND holder = ?`, device, holder)
	return err
}
"""
_REAP = """
func (r *Repo) Reap() error {
	_, err := r.db.Exec("UPDATE device_lease SET holder = NULL WHERE until < NOW()")
	return err
}
"""


@pytest.mark.parametrize(
    ("name", "later", "more", "code", "rules"),
    [
        ("lease", "NOW() + INTERVAL ? SECOND", "", "", ["NP405"]),
        ("locks", "NOW() + INTERVAL ? SECOND", "", "", ["NP405"]),
        ("lease", "NOW() + INTERVAL ? SECOND", "", _REAP, []),
        ("lease", "?", "", "", []),
        ("lease", "NOW() + INTERVAL ? SECOND", ", amount INT NULL", "", []),
        ("orders", "NOW() + INTERVAL ? SECOND", "", "", []),
    ],
)
def test_a_lease_that_is_written_and_never_read_ends_nothing(
    tree: Tree, name: str, later: str, more: str, code: str, rules: list[str]
) -> None:
    source = HEAD + _CLAIM.replace("NAME", name).replace("LATER", later) + code
    schema = _DEVICES.replace("NAME", name).replace("MORE", more)
    assert [each.rule for each in lock_findings(tree, source, schema)] == rules


_JOBS = """CREATE TABLE export_job_lock (
    job_name VARCHAR(100) NOT NULL PRIMARY KEY, owner_id VARCHAR(64) NOT NULL, expires_at DATETIME NOT NULL);
"""
_STEPS = """
func (r *Repo) Grab(name, me string) (bool, error) {
	var owner string
	var expired bool
	err := r.db.QueryRow("SELECT owner_id, expires_at < NOW() FROM export_job_lock WHERE job_name = ?", name).
		Scan(&owner, &expired)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return r.create(name, me)
	case err != nil:
		return false, err
	case !expired:
		return false, nil
	}
	return r.replace(name, me, owner)
}

func (r *Repo) create(name, me string) (bool, error) {
	_, err := r.db.Exec(
		"INSERT INTO export_job_lock (job_name, owner_id, expires_at) VALUES (?, ?, NOW() + INTERVAL 5 MINUTE)",
		name, me)
	var taken *mysql.MySQLError
	if errors.As(err, &taken) && taken.Number == 1062 {
		return false, nil
	}
	return err == nil, err
}

func (r *Repo) replace(name, me, seen string) (bool, error) {
	res, err := r.db.Exec(
		"UPDATE export_job_lock SET owner_id = ?, expires_at = NOW() + INTERVAL 5 MINUTE "+
			"WHERE job_name = ? AND owner_id = ?",
		me, name, seen)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *Repo) Yield(name, me string) error {
	_, err := r.db.Exec("DELETE FROM export_job_lock WHERE job_name = ? AND owner_id = ?", name, me)
	return err
}

func (r *Repo) nightly(me string, dump func() error) error {
	ok, err := r.Grab("nightly", me)
	if err != nil || !ok {
		return err
	}
	defer r.Yield("nightly", me)
	return dump()
}
"""
_BOLD = _STEPS.replace(' AND owner_id = ?",\n\t\tme, name, seen)', '",\n\t\tme, name)')
_ALONE = """
func (r *Repo) hourly(me string, dump func() error) error {
	ok, err := r.create("hourly", me)
	if err != nil || !ok {
		return err
	}
	defer r.Yield("hourly", me)
	return dump()
}
"""


def test_a_step_of_an_acquire_is_judged_with_the_others(tree: Tree) -> None:
    assert lock_findings(tree, HEAD + _STEPS, _JOBS) == []
    assert [(each.rule, each.function) for each in lock_findings(tree, HEAD + _BOLD, _JOBS)] == [("NP403", "Grab")]


def test_a_step_that_another_function_takes_by_itself_is_an_acquire(tree: Tree) -> None:
    found = [(each.rule, each.function) for each in lock_findings(tree, HEAD + _BOLD + _ALONE, _JOBS)]
    assert found == [("NP403", "Grab"), ("NP405", "create")]


def test_who_only_waits_for_an_acquire_is_not_judged_in_its_place(tree: Tree) -> None:
    waiting = "\nfunc (r *Repo) LockAndWait(prospect, device string) (bool, error) {\n\tfor i := 0; i < 5; i++ {\n"
    waiting += (
        "\t\tif ok, err := r.TryAcquireSession(prospect, device); ok || err != nil {\n\t\t\treturn ok, err\n\t\t}\n"
    )
    waiting += "\t}\n\treturn false, nil\n}\n"
    assert of(tree, V1, "NP405").function == "TryAcquireSession"
    assert "NP405" in [each.rule for each in lock_findings(tree, V1.source + waiting)]


_TOKEN = """
func token() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

func (r *Repo) NAME(ctx context.Context, vehicle int64, GIVEN) (mine string, ok bool, err error) {
	mine = MADE
	res, err := r.db.ExecContext(ctx,
		"INSERT IGNORE INTO vehicle_claims (vehicle_id, claimed_by, claimed_at) VALUES (?, ?, NOW())", vehicle, mine)
	if err != nil {
		return "", false, err
	}
	n, err := res.RowsAffected()
	return mine, n == 1, err
}

func (r *Repo) Unclaim(ctx context.Context, vehicle int64, mine string) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM vehicle_claims WHERE vehicle_id = ? AND claimed_by = ?", vehicle, mine)
	return err
}
"""
_SWEEP = """
func (r *Repo) Sweep(ctx context.Context) error {
	_, err := r.db.ExecContext(ctx, "DELETE FROM vehicle_claims WHERE claimed_at < NOW() - INTERVAL 10 MINUTE")
	return err
}
"""
_CLAIMS = """CREATE TABLE vehicle_claims (vehicle_id BIGINT NOT NULL PRIMARY KEY, claimed_by VARCHAR(40) NOT NULL,
    claimed_at DATETIME NOT NULL);"""


@pytest.mark.parametrize(
    ("name", "made", "more", "rules"),
    [
        ("Claim", "token()", "", ["NP405"]),
        ("Claim", "uuid.NewString()", "", ["NP405"]),
        ("Claim", "token()", _SWEEP, []),
        ("Claim", "driver", "", []),
        ("Reserve", "token()", "", []),
    ],
)
def test_a_token_that_is_handed_out_is_held_for_a_while(
    tree: Tree, name: str, made: str, more: str, rules: list[str]
) -> None:
    code = _TOKEN.replace("NAME", name).replace("MADE", made).replace("GIVEN", "driver string") + more
    found = lock_findings(tree, HEAD + code, _CLAIMS)
    assert [(each.rule, each.function) for each in found] == [(rule, name) for rule in rules]
