"""NP402: a release after which the acquire still takes the lock for held."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from tests.locks import AI, HEAD, upserts
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_release_with_the_acquire_beside(tree: Tree) -> None:
    case = upserts.V3[0]
    found = of(tree, case, "NP402")
    assert found.severity is Severity.ERROR
    assert (found.position.line, found.function) == (line(case.source, f"UPDATE {AI}"), "ReleaseSession")
    assert [each.position.line for each in found.related] == [line(case.source, f"INSERT INTO {AI}")]


def lease(condition: str, release: str) -> str:
    """An acquire that takes over what meets a condition, and a release that sets something."""
    return (
        HEAD
        + f"""
func (r *Repo) TryLock(name, owner string) (bool, error) {{
	_, err := r.db.Exec("INSERT INTO job_locks (name, owner, locked_at, locked_until) "+
		"VALUES (?, ?, NOW(6), DATE_ADD(NOW(6), INTERVAL 30 SECOND))", name, owner)
	if err == nil {{
		return true, nil
	}}
	res, err := r.db.Exec(`
		UPDATE job_locks SET owner = ?, locked_at = NOW(6), locked_until = DATE_ADD(NOW(6), INTERVAL 30 SECOND)
		WHERE name = ? AND {condition}`, owner, name)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n == 1, err
}}

func (r *Repo) Unlock(name, owner string) error {{
	_, err := r.db.Exec("UPDATE job_locks SET {release} WHERE name = ? AND owner = ?", name, owner)
	return err
}}
"""
    )


@pytest.mark.parametrize(
    ("condition", "release"),
    [
        ("locked_until < NOW(6)", "locked_until = NULL"),
        ("locked_until < NOW(6)", "owner = NULL"),
        ("locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)", "locked_at = NOW(6)"),
        ("TIMESTAMPDIFF(SECOND, locked_at, NOW(6)) > 30", "locked_at = NOW(6), owner = NULL"),
        ("locked = 0", "owner = NULL, locked_at = NULL"),
    ],
)
def test_what_leaves_the_lock_held_is_an_error(tree: Tree, condition: str, release: str) -> None:
    assert [each.rule for each in lock_findings(tree, lease(condition, release))] == ["NP402"]


@pytest.mark.parametrize(
    ("condition", "release"),
    [
        ("locked_until < NOW(6)", "locked_until = NOW(6)"),
        ("locked_until < NOW(6)", "locked_until = '2000-01-01 00:00:00'"),
        ("(locked_until IS NULL OR locked_until < NOW(6))", "locked_until = NULL"),
        ("COALESCE(locked_until, '2000-01-01') < NOW(6)", "locked_until = NULL"),
        ("locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)", "locked_at = '2000-01-01'"),
        ("(owner IS NULL OR locked_until < NOW(6))", "owner = NULL"),
        ("locked = 0", "locked = 0"),
    ],
)
def test_what_frees_the_lock_is_no_finding(tree: Tree, condition: str, release: str) -> None:
    assert lock_findings(tree, lease(condition, release)) == []


@pytest.mark.parametrize(
    ("condition", "release", "rules"),
    [
        (
            "(owner = '' OR locked_until < NOW(6))",
            "owner = 'freed', locked_until = NOW(6) + INTERVAL 1 HOUR",
            ["NP402"],
        ),
        ("(owner = '' OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", ["NP402"]),
        ("(owner IS NULL OR locked_until < NOW(6))", "owner = '-'", ["NP402"]),
        ("(owner = 'freed' OR locked_until < NOW(6))", "owner = 'Freed ', locked_until = NULL", []),
        ("(owner IN ('', 'freed') OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", []),
        ("(owner <> 'x' OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", []),
        ("(NOT (owner = 'x') OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", []),
        ("(owner LIKE 'f%' OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", []),
        ("(owner = 0 OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL", []),
        ("(owner = '' OR locked_until < NOW(6))", "owner = 'freed', locked_until = NOW(6)", []),
        ("(owner = '' OR locked_until < NOW(6))", "owner = 'freed', locked_until = '2000-01-01'", []),
        ("(owner = '' OR locked_until < NOW(6))", "owner = '', locked_until = NOW(6) + INTERVAL 1 HOUR", []),
    ],
)
def test_a_constant_that_nobody_takes_for_free_frees_nothing(
    tree: Tree, condition: str, release: str, rules: list[str]
) -> None:
    assert [each.rule for each in lock_findings(tree, lease(condition, release))] == rules


def test_a_constant_that_a_sweeper_goes_by_frees_the_lock(tree: Tree) -> None:
    code = lease("(owner = '' OR locked_until < NOW(6))", "owner = 'freed', locked_until = NULL")
    sweep = "\nfunc (r *Repo) Sweep() {\n\tr.db.Exec(`DELETE FROM job_locks WHERE owner = 'freed'`)\n}\n"
    assert lock_findings(tree, code + sweep) == []


def test_renewing_is_no_release(tree: Tree) -> None:
    code = lease("locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)", "locked_at = NOW(6)")
    renewed = code.replace("Unlock(", "RenewLock(")
    assert [each for each in lock_findings(tree, renewed) if each.rule == "NP402"] == []


def test_a_release_of_any_name_is_found_where_nothing_else_ends_the_lock(tree: Tree) -> None:
    code = lease("locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)", "locked_at = NOW(6)")
    rules = [each.rule for each in lock_findings(tree, code.replace("Unlock(", "Pass("))]
    assert "NP402" in rules


@pytest.mark.parametrize("name", ["TakeOver", "MarkBusy", "SaveState", "IsOpen", "Bump"])
def test_a_name_that_speaks_for_something_else_is_no_release(tree: Tree, name: str) -> None:
    code = lease("locked_at < DATE_SUB(NOW(6), INTERVAL 30 SECOND)", "locked_at = NOW(6)")
    assert [each for each in lock_findings(tree, code.replace("Unlock(", f"{name}(")) if each.rule == "NP402"] == []


_TWO = """
CREATE TABLE send_locks (k VARCHAR(40) NOT NULL PRIMARY KEY, owner VARCHAR(40) NOT NULL, until DATETIME NOT NULL);
CREATE TABLE read_locks (k VARCHAR(40) NOT NULL PRIMARY KEY, owner VARCHAR(40) NOT NULL, until DATETIME NOT NULL);
"""


def one_of_two(name: str, taken: str, freed: str) -> str:
    """A lock in one table with a release in a table."""
    return f"""
func (r *Repo) TryLock{name}(k, owner string) (bool, error) {{
	res, err := r.db.Exec(`INSERT INTO {taken} (k, owner, until) VALUES (?, ?, NOW() + INTERVAL 1 MINUTE)
		ON DUPLICATE KEY UPDATE owner = IF(until < NOW(), VALUES(owner), owner),
		until = IF(owner = VALUES(owner), VALUES(until), until)`, k, owner)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n > 0, err
}}

func (r *Repo) Unlock{name}(k, owner string) error {{
	_, err := r.db.Exec("DELETE FROM {freed} WHERE k = ? AND owner = ?", k, owner)
	return err
}}
"""


@pytest.mark.parametrize("freed", ["send_locks", "read_locks"])
def test_a_release_in_another_table_gives_nothing_back(tree: Tree, freed: str) -> None:
    sending = one_of_two("Send", "send_locks", freed)
    rules = [] if freed == "send_locks" else ["NP402"]
    assert [each.rule for each in lock_findings(tree, HEAD + sending, _TWO)] == rules
    reading = one_of_two("Read", "read_locks", "read_locks")
    assert [each.rule for each in lock_findings(tree, HEAD + sending + reading, _TWO)] == rules


def test_what_a_sweeper_takes_away_is_given_back(tree: Tree) -> None:
    sending = one_of_two("Send", "send_locks", "read_locks")
    sweep = "\nfunc (r *Repo) Sweep() {\n\tr.db.Exec(`DELETE FROM send_locks WHERE until < NOW()`)\n}\n"
    assert lock_findings(tree, HEAD + sending + sweep, _TWO) == []


@pytest.mark.parametrize(
    ("parameters", "arguments", "rules"),
    [
        ("name, owner string", "owner, name", ["NP402"]),
        ("name, owner string", "name, owner", []),
        ("owner, name string", "name, owner", []),
        ("job, holder string", "holder, job", []),
        ("name, holder string", "holder, name", []),
        ("name, owner string", 'owner, name+""', []),
    ],
)
def test_a_release_that_takes_the_owner_for_the_key_gives_nothing_back(
    tree: Tree, parameters: str, arguments: str, rules: list[str]
) -> None:
    code = lease("(owner IS NULL OR locked_until < NOW(6))", "owner = NULL")
    code = code.replace("Unlock(name, owner string)", f"Unlock({parameters})")
    code = code.replace('AND owner = ?", name, owner)', f'AND owner = ?", {arguments})')
    assert [each.rule for each in lock_findings(tree, code)] == rules


def test_a_release_whose_arguments_are_in_the_order_of_its_conditions_is_right(tree: Tree) -> None:
    code = lease("(owner IS NULL OR locked_until < NOW(6))", "owner = NULL")
    turned = code.replace('WHERE name = ? AND owner = ?", name, owner)', 'WHERE owner = ? AND name = ?", owner, name)')
    assert turned != code
    assert lock_findings(tree, turned) == []


_NOTED = """
CREATE TABLE chat_locks (chat VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(40) NOT NULL, until DATETIME NOT NULL);
CREATE TABLE chat_lock_audit (chat VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(40) NULL, done_at DATETIME NULL);
"""


def handed_out(release: str, before: str = "return func()", behind: str = ", nil") -> str:
    """An acquire that returns what gives the lock back."""
    return (
        HEAD
        + f"""
func (r *Repo) Acquire(chat, holder string) (func(), error) {{
	res, err := r.db.Exec(`UPDATE chat_locks SET holder = ?, until = NOW() + INTERVAL 1 MINUTE
		WHERE chat = ? AND until < NOW()`, holder, chat)
	if err != nil {{
		return nil, err
	}}
	if n, err := res.RowsAffected(); err != nil || n != 1 {{
		return nil, errors.New("busy")
	}}
	{before} {{
		_, _ = r.db.Exec("{release} WHERE chat = ? AND holder = ?", chat, holder)
	}}{behind}
}}
"""
    )


@pytest.mark.parametrize(
    ("release", "rules"),
    [
        ("UPDATE chat_lock_audit SET holder = ''", ["NP402"]),
        ("DELETE FROM chat_lock_audit", ["NP402"]),
        ("UPDATE chat_lock_audit SET done_at = NOW()", []),
        ("UPDATE chat_locks SET until = NOW()", []),
    ],
)
def test_what_an_acquire_returns_gives_back_a_lock_of_its_table(tree: Tree, release: str, rules: list[str]) -> None:
    assert [each.rule for each in lock_findings(tree, handed_out(release), _NOTED)] == rules


def test_what_is_noted_when_an_acquire_ends_is_no_release(tree: Tree) -> None:
    code = handed_out("UPDATE chat_lock_audit SET holder = ''", "defer func()", "()\n\treturn func() {}, nil")
    assert lock_findings(tree, code, _NOTED) == []


def by_name(take: str, back: str, taken: str = "name", freed: str = "name", on: str = "conn", more: str = "") -> str:
    """Work under a lock by name, on one connection."""
    return (
        HEAD
        + f"""
func (r *Repo) Under(ctx context.Context, name string, work func() error) error {{
	conn, err := r.db.Conn(ctx)
	if err != nil {{
		return err
	}}
	defer conn.Close()
	var got sql.NullInt64
	if err := {on}.QueryRowContext(ctx, "SELECT GET_LOCK({take}, 5)", {taken}).Scan(&got); err != nil {{
		return err
	}}
	if got.Int64 != 1 {{
		return errors.New("busy")
	}}
	defer func() {{
		_, _ = conn.ExecContext(ctx, "DO RELEASE_LOCK({back})", {freed})
	}}()
	return work()
}}
"""
        + more
    )


_OTHER = """
func (r *Repo) Other(ctx context.Context, conn *sql.Conn, name string) (got int, err error) {
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(NAME, -1)", name).Scan(&got)
	return got, err
}
"""


@pytest.mark.parametrize(
    ("take", "back"),
    [
        ("CONCAT('order.', ?)", "CONCAT('order_', ?)"),
        ("CONCAT('order.', ?)", "CONCAT('orders', ?)"),
        ("CONCAT(?, '.order')", "CONCAT(?, '.orders')"),
        ("CONCAT('a', CONCAT('b', ?))", "CONCAT('ac', ?)"),
        ("CONCAT('order.', ?, '')", "'order'"),
    ],
)
def test_a_lock_by_name_is_not_given_back_by_another_name(tree: Tree, take: str, back: str) -> None:
    [found] = lock_findings(tree, by_name(take, back))
    assert (found.rule, found.position.line) == ("NP402", line(by_name(take, back), "RELEASE_LOCK"))


@pytest.mark.parametrize(
    ("take", "back"),
    [
        ("CONCAT('order.', ?)", "CONCAT('order.', ?)"),
        ("CONCAT('order.', ?)", "CONCAT( 'ORDER', '.', ?)"),
        ("CONCAT('order', ?)", "CONCAT('order.', ?)"),
        ("CONCAT('order.', ?)", "?"),
        ("?", "CONCAT('order.', ?)"),
        ("CONCAT('order.', ?)", "CONCAT_WS('.', 'orders', ?)"),
        ("CONCAT('order.', ?)", "LEFT(CONCAT('orders', ?), 5)"),
        ("CONCAT('order.', MD5(?))", "CONCAT('order.', MD5(?))"),
        ("CONCAT(DATABASE(), '.', ?)", "CONCAT('here.', ?)"),
        ("CONCAT('it''s', ?)", "CONCAT('it\\\\'s', ?)"),
    ],
)
def test_a_name_that_may_be_the_same_gives_it_back(tree: Tree, take: str, back: str) -> None:
    assert lock_findings(tree, by_name(take, back)) == []


def test_the_names_that_the_program_gives_are_compared(tree: Tree) -> None:
    assert lock_findings(tree, by_name("?", "?", '"nightly"', '"nightly"')) == []
    assert lock_findings(tree, by_name("?", "?", '"nightly"', "name")) == []


def test_another_lock_may_be_the_one_that_is_given_back(tree: Tree) -> None:
    code = by_name("CONCAT('order.', ?)", "CONCAT('order_', ?)", more=_OTHER.replace("NAME", "CONCAT('order', ?)"))
    assert lock_findings(tree, code) == []
    code = by_name("CONCAT('order.', ?)", "CONCAT('order_', ?)", more=_OTHER.replace("NAME", "CONCAT('order:', ?)"))
    assert [each.rule for each in lock_findings(tree, code)] == ["NP402"]


def test_a_connection_does_not_give_back_what_the_pool_has_taken(tree: Tree) -> None:
    code = by_name("CONCAT('order.', ?)", "CONCAT('order.', ?)", on="r.db")
    [found] = lock_findings(tree, code)
    assert (found.rule, found.position.line) == ("NP402", line(code, "RELEASE_LOCK"))
    one = code.replace("	defer conn.Close()", "	r.db.SetMaxOpenConns(1)\n	defer conn.Close()")
    assert lock_findings(tree, one) == []


@pytest.mark.parametrize(
    ("back", "rules"),
    [
        ("order_%s", ["NP402"]),
        ("order.%s.x", []),
        ("order.%s", []),
        ("%s", []),
        ("ord%s", []),
        ("order", ["NP402"]),
    ],
)
def test_a_name_that_the_program_makes_is_known_by_its_ends(tree: Tree, back: str, rules: list[str]) -> None:
    code = by_name("NAME", "NAME").replace(
        '"SELECT GET_LOCK(NAME, 5)", name', "fmt.Sprintf(\"SELECT GET_LOCK('order.%s!', 5)\", name)"
    )
    back = back if back == "order" else back + "!"
    code = code.replace('"DO RELEASE_LOCK(NAME)", name', f"fmt.Sprintf(\"DO RELEASE_LOCK('{back}')\", name)")
    assert [each.rule for each in lock_findings(tree, code)] == rules


def test_a_release_that_changes_nothing_is_said_to_do_so(tree: Tree) -> None:
    code = lease("locked_until < NOW(6)", "locked_until = locked_until")
    [found] = lock_findings(tree, code)
    assert (found.rule, "it changes nothing, and TryLock looks at 'locked_until'" in found.message) == ("NP402", True)
    touched = upserts.V3[0].source.replace("SET timestamp = ?", "SET timestamp = timestamp")
    kept = [each.message for each in lock_findings(tree, touched) if each.rule == "NP402"]
    assert kept and all("nothing" in each and "only " not in each for each in kept)


def upsert(settings: str, release: str) -> str:
    """An acquire whose upsert chooses what it puts into a row that is there, and a release that sets something."""
    return (
        HEAD
        + f"""
const acquire = `
	INSERT INTO job_locks (name, owner, locked_until) VALUES (?, ?, NOW() + INTERVAL 60 SECOND)
	ON DUPLICATE KEY UPDATE {settings}`

func (r *Repo) TryLock(name, owner string) (bool, error) {{
	res, err := r.db.Exec(acquire, name, owner)
	if err != nil {{
		return false, err
	}}
	n, err := res.RowsAffected()
	return n > 0, err
}}

func (r *Repo) Unlock(name, owner string) error {{
	_, err := r.db.Exec("UPDATE job_locks SET {release} WHERE name = ? AND owner = ?", name, owner)
	return err
}}
"""
    )


_BY_TIME = (
    "owner = IF(locked_until < NOW(), VALUES(owner), owner), "
    "locked_until = IF(locked_until < NOW(), VALUES(locked_until), locked_until)"
)
_BY_CASE = (
    "owner = CASE WHEN locked_until < NOW() THEN VALUES(owner) ELSE owner END, "
    "locked_until = CASE WHEN locked_until < NOW() THEN VALUES(locked_until) ELSE locked_until END"
)
_IN_TURN = (
    "owner = IF(locked_until < NOW(), VALUES(owner), owner), "
    "locked_until = IF(owner = VALUES(owner), VALUES(locked_until), locked_until)"
)
_BY_OWNER = (
    "owner = IF(owner = '' OR locked_until < NOW(), VALUES(owner), owner), "
    "locked_until = IF(owner = VALUES(owner), VALUES(locked_until), locked_until)"
)
_BY_NULL = (
    "owner = IF(owner IS NULL OR locked_until < NOW(), VALUES(owner), owner), "
    "locked_until = IF(owner = VALUES(owner), VALUES(locked_until), locked_until)"
)


@pytest.mark.parametrize("settings", [_BY_TIME, _BY_CASE, _IN_TURN])
@pytest.mark.parametrize("release", ["owner = ''", "owner = NULL"])
def test_an_upsert_that_asks_for_the_lease_alone_finds_an_empty_owner_held(
    tree: Tree, settings: str, release: str
) -> None:
    code = upsert(settings, release)
    [found] = lock_findings(tree, code)
    assert (found.rule, found.position.line) == ("NP402", line(code, "UPDATE job_locks"))


def test_an_upsert_that_takes_null_for_free_finds_an_empty_text_held(tree: Tree) -> None:
    [found] = lock_findings(tree, upsert(_BY_NULL, "owner = ''"))
    assert found.rule == "NP402"
    assert found.message.endswith("leaves such a row as it is until its lease is over")


@pytest.mark.parametrize(
    ("settings", "release"),
    [
        (_BY_TIME, "locked_until = NOW() - INTERVAL 1 SECOND"),
        (_BY_TIME, "owner = '', locked_until = '2000-01-01'"),
        (_BY_CASE, "locked_until = '2000-01-01'"),
        (_IN_TURN, "owner = '', locked_until = NOW() - INTERVAL 1 SECOND"),
        (_BY_OWNER, "owner = ''"),
        (_BY_OWNER, "owner = '', locked_until = NOW()"),
        (_BY_NULL, "owner = NULL"),
    ],
)
def test_an_upsert_that_takes_the_row_which_is_left_is_no_finding(tree: Tree, settings: str, release: str) -> None:
    assert lock_findings(tree, upsert(settings, release)) == []


_LEADING = """
func (r *Repo) Campaign(ctx context.Context, job, self string) (bool, error) {
	res, err := r.db.ExecContext(ctx, `UPDATE job_leases SET owner = ?, lease_until = NOW(6) + INTERVAL 15 SECOND
		WHERE job = ? AND CONDITION`, self, job, self)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func (r *Repo) Heartbeat(ctx context.Context, job, self string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE job_leases SET lease_until = NOW(6) + INTERVAL 15 SECOND "+
		"WHERE job = ? AND owner = ?", job, self)
	return err
}

func (r *Repo) Resign(ctx context.Context, job, self string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE job_leases SET SETTINGS WHERE job = ? AND owner = ?", job, self)
	return err
}

func (r *Repo) Loop(ctx context.Context, job, self string, work func(context.Context)) {
	defer r.Resign(ctx, job, self)
	for {
		time.Sleep(time.Second)
		if ok, err := r.Campaign(ctx, job, self); err == nil && ok {
			work(ctx)
		}
	}
}
"""


@pytest.mark.parametrize(
    ("condition", "settings", "rules"),
    [
        ("(owner = ? OR lease_until < NOW(6))", "owner = ''", ["NP402"]),
        ("(lease_until < NOW(6) OR owner = ?)", "owner = '', lease_until = NOW(6) + INTERVAL 1 SECOND", ["NP402"]),
        ("(owner = ? OR lease_until < NOW(6))", "owner = '', lease_until = NOW(6)", []),
        ("(owner = ? OR owner = '' OR lease_until < NOW(6))", "owner = ''", []),
        ("(owner IN ('', ?) OR lease_until < NOW(6))", "owner = ''", []),
        ("(owner = ? OR lease_until < NOW(6))", "lease_until = '2000-01-01'", []),
    ],
)
def test_no_caller_calls_itself_nothing(tree: Tree, condition: str, settings: str, rules: list[str]) -> None:
    code = HEAD + _LEADING.replace("CONDITION", condition).replace("SETTINGS", settings)
    found = lock_findings(tree, code)
    assert [(each.rule, each.function) for each in found] == [(rule, "Resign") for rule in rules]


_FENCED = """
func (r *Repo) Acquire(ctx context.Context, room, holder string) (int64, error) {
	res, err := r.db.ExecContext(ctx, `INSERT INTO gates (room, holder, version, until)
		VALUES (?, ?, 1, NOW() + INTERVAL 30 SECOND) ON DUPLICATE KEY UPDATE
		holder = IF(until < NOW(), VALUES(holder), holder), version = IF(until < NOW(), version + 1, version),
		until = IF(until < NOW(), VALUES(until), until)`, room, holder)
	if err != nil {
		return 0, err
	}
	changed, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	if changed == 0 {
		return 0, errors.New("held")
	}
	var fence int64
	err = r.db.QueryRowContext(ctx, "SELECT version FROM gates WHERE room = ? AND holder = ?", room, holder).
		Scan(&fence)
	if err != nil {
		return 0, err
	}
	return fence, nil
}

func (r *Repo) Release(ctx context.Context, room, holder string) error {
	_, err := r.db.ExecContext(ctx, "UPDATE gates SET SETTINGS WHERE room = ? AND holder = ?", room, holder)
	return err
}
"""


_MILLISECONDS = "FLOOR(UNIX_TIMESTAMP(NOW(3)) * 1000)"


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ("version = version + 1", ["NP402"]),
        ("version = 0", ["NP402"]),
        ("until = 0", []),
        ("version = version + 1, until = 0", []),
    ],
)
def test_a_number_that_is_handed_on_frees_nothing(tree: Tree, settings: str, rules: list[str]) -> None:
    code = HEAD + _FENCED.replace("SETTINGS", settings)
    code = code.replace("NOW() + INTERVAL 30 SECOND", f"{_MILLISECONDS} + 30000").replace("NOW()", _MILLISECONDS)
    table = """CREATE TABLE gates (room VARCHAR(40) NOT NULL PRIMARY KEY, holder VARCHAR(60) NOT NULL,
        until BIGINT NOT NULL, version INT NOT NULL);"""
    found = lock_findings(tree, code, table)
    assert [(each.rule, each.function) for each in found] == [(rule, "Release") for rule in rules]
