"""NP407: a text column gets its times in one format and from one clock."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Finding, Severity
from nodepath_cli.config import Settings
from tests.locks import AI, HEAD, SCHEMA
from tests.tree import Tree, place

_INSERT = f"INSERT INTO {AI} (id_prospect, id_device, `timestamp`) VALUES (?, ?, %s)"
_UPDATE = f"UPDATE {AI} SET `timestamp` = %s WHERE id_prospect = ? AND id_device = ?"


def two(first: str, second: str, helpers: str = "") -> str:
    """A file that inserts a time and updates it: each a Go expression, or SQL where it begins with `=`."""
    one, other = ("?" if not each.startswith("=") else each[1:] for each in (first, second))
    inserted = "" if first.startswith("=") else f", {first}"
    updated = "" if second.startswith("=") else f"{second}, "
    return (
        HEAD
        + f"""
func (r *Repo) Add(prospect, device string) error {{
	_, err := r.db.Exec("{_INSERT % one}", prospect, device{inserted})
	return err
}}

func (r *Repo) Move(prospect, device string) error {{
	_, err := r.db.Exec("{_UPDATE % other}", {updated}prospect, device)
	return err
}}
{helpers}
"""
    )


def findings(tree: Tree, code: str) -> list[Finding]:
    """Audit a file for this rule."""
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", code)
    settings = Settings(schema=("schema.sql",), select=("NP407",))
    return list(tree.audit("store.go", settings=settings).findings)


SECONDS = 'time.Now().Format("2006-01-02 15:04:05")'


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SECONDS, "time.Now().Format(time.RFC3339)"),
        (SECONDS, "time.Now().Format(time.RFC3339Nano)"),
        (SECONDS, "=NOW()"),
        (SECONDS, "time.Now().UTC().Format(time.DateTime)"),
        (SECONDS, "time.Now()"),
        (SECONDS, "time.Now().Unix()"),
        (SECONDS, 'time.Now().Add(30 * time.Second).Format("02.01.2006 15:04")'),
        ("=NOW()", "=UTC_TIMESTAMP()"),
        ("=NOW()", "=DATE_FORMAT(NOW(), '%Y-%m-%dT%H:%i:%s')"),
        ("=NOW()", "=NOW(6)"),
        ("=CURRENT_TIMESTAMP", "=UNIX_TIMESTAMP()"),
        ("=NOW()", "time.Now().UTC().Format(time.RFC3339)"),
        ("=DATE_ADD(NOW(), INTERVAL 1 MINUTE)", "time.Now().UTC().Format(time.RFC3339)"),
        ("=NOW() + INTERVAL 1 MINUTE", "time.Now().UTC().Format(time.RFC3339)"),
        ("=NOW(6) + INTERVAL 1 MINUTE", "=NOW()"),
    ],
)
def test_another_format_or_clock_is_a_warning_at_the_statement_that_differs(
    tree: Tree, first: str, second: str
) -> None:
    code = two(first, second)
    [finding] = findings(tree, code)
    assert (finding.rule, finding.severity, finding.identifier) == ("NP407", Severity.WARNING, "timestamp")
    places = {place(code, f"INSERT INTO {AI}")[0], place(code, f"UPDATE {AI}")[0]}
    assert {finding.position.line, finding.related[0].position.line} == places


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SECONDS, 'time.Now().Format("2006-01-02 15:04:05")'),
        (SECONDS, "time.Now().Format(time.DateTime)"),
        (SECONDS, "time.Now().Add(-30 * time.Second).Format(time.DateTime)"),
        (SECONDS, "seen"),
        (SECONDS, 'fmt.Sprintf("%s-%s", prospect, device)'),
        ("=NOW()", "=CURRENT_TIMESTAMP()"),
        ("=NOW()", "=NOW() + INTERVAL 1 MINUTE"),
        ("=NOW()", "=DATE_FORMAT(NOW(), '%Y-%m-%d %H:%i:%s')"),
        ("=''", "=NOW()"),
        ("=NOW()", "=`timestamp`"),
    ],
)
def test_one_format_and_one_clock_are_no_finding(tree: Tree, first: str, second: str) -> None:
    assert findings(tree, two(first, second, 'var seen = "2026-01-01 00:00:00"')) == []


def test_the_time_is_followed_through_helpers_and_variables(tree: Tree) -> None:
    helpers = """
const layout = time.RFC3339

func stamp() string { return time.Now().Format(layout) }

func text(at time.Time) string { return at.Format("2006-01-02 15:04:05") }
"""
    assert [each.identifier for each in findings(tree, two("stamp()", "text(time.Now())", helpers))] == ["timestamp"]
    assert findings(tree, two("stamp()", "time.Now().Format(time.RFC3339)", helpers)) == []


def test_the_other_package_counts_and_the_usual_format_is_right(tree: Tree) -> None:
    tree.write("schema.sql", SCHEMA)
    tree.write("go.mod", "module chat\n")
    tree.write("store/store.go", two(SECONDS, SECONDS))
    other = two("time.Now().Format(time.RFC3339)", SECONDS).replace("package store", "package bot")
    tree.write("bot/bot.go", other)
    report = tree.audit(".", settings=Settings(schema=("schema.sql",), select=("NP407",)))
    [finding] = report.findings
    assert (finding.path, finding.position.line) == ("bot/bot.go", place(other, "INSERT INTO")[0])
    assert "RFC" not in finding.message and "2006-01-02T15:04:05Z07:00" in finding.message


def test_columns_of_a_time_type_have_one_format_only(tree: Tree) -> None:
    code = (
        HEAD
        + """
func (r *Repo) Take(phone string) error {
	if _, err := r.db.Exec("INSERT INTO busy (phone, since) VALUES (?, NOW())", phone); err != nil {
		return err
	}
	_, err := r.db.Exec("UPDATE busy SET since = ? WHERE phone = ?", time.Now(), phone)
	return err
}
"""
    )
    assert findings(tree, code) == []


def test_a_value_that_may_be_anything_is_no_time(tree: Tree) -> None:
    code = (
        HEAD
        + """
func (r *Repo) Save(name string) error {
	now := time.Now().Format(time.RFC3339)
	if _, err := r.db.Exec("UPDATE settings SET value = ? WHERE name = ?", now, name); err != nil {
		return err
	}
	_, err := r.db.Exec("UPDATE settings SET value = ? WHERE name = 'last_run'", time.Now().Unix())
	return err
}
"""
    )
    assert findings(tree, code) == []


@pytest.mark.parametrize(
    ("read", "written", "rules"),
    [
        ("DATE_FORMAT(NOW(6), '%Y-%m-%d %H:%i:%s.%f')", "time.Now().Format(time.RFC3339Nano)", ["NP407"]),
        ("DATE_FORMAT(NOW(6), '%Y-%m-%d %H:%i:%s.%f')", "stamp(r)", []),
        ("VERSION()", "time.Now().Format(time.RFC3339Nano)", []),
    ],
)
def test_a_time_that_the_server_was_asked_for_counts(tree: Tree, read: str, written: str, rules: list[str]) -> None:
    asked = f"""
func stamp(r *Repo) string {{
	var text string
	r.db.QueryRow("SELECT {read}").Scan(&text)
	return text
}}
"""
    assert [each.rule for each in findings(tree, two("stamp(r)", written, asked))] == rules


_STAMPED = f"""
const layout = "2006-01-02 15:04:05.000000"

type Stamped struct {{
	db       *sql.DB
	prospect string
	mine     string
}}

func Acquire(db *sql.DB, prospect string) (*Stamped, error) {{
	l := &Stamped{{db: db, prospect: prospect, mine: time.Now().Format(layout)}}
	_, err := db.Exec("{_INSERT % "?"}", prospect, "wa", l.mine)
	if err != nil {{
		return nil, err
	}}
	return l, nil
}}

func (l *Stamped) Renew() error {{
	next := time.Now().Format(time.RFC3339Nano)
	_, err := l.db.Exec("{_UPDATE % "?"} AND `timestamp` = ?", next, l.prospect, "wa", l.mine)
	l.mine = next
	return err
}}

func (l *Stamped) Release() error {{
	_, err := l.db.Exec("DELETE FROM {AI} WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?",
		l.prospect, "wa", l.mine)
	return err
}}

func talk(db *sql.DB, prospect string, work func() error) error {{
	l, err := Acquire(db, prospect)
	if err != nil {{
		return err
	}}
	defer l.Release()
	return work()
}}
"""
_MADE = "l := &Stamped{db: db, prospect: prospect, mine: time.Now().Format(layout)}"
_SENT = f'db.Exec("{_INSERT % "?"}", prospect, "wa", l.mine)'
_BESIDE = f"""
func fresh(db *sql.DB, prospect string) *Stamped {{
	at := time.Now()
	return &Stamped{{db: db, prospect: prospect, mine: at.Format(layout)}}
}}

func (l *Stamped) insert() (sql.Result, error) {{
	return l.db.Exec("{_INSERT % "?"}", l.prospect, "wa", l.mine)
}}
"""


@pytest.mark.parametrize(
    "code",
    [
        _STAMPED,
        _STAMPED.replace(_MADE, _MADE.replace("&", "")).replace("return l, nil", "return &l, nil"),
        _STAMPED.replace(_MADE, "l := Stamped{db, prospect, time.Now().Format(layout)}").replace("n l,", "n &l,"),
        _STAMPED.replace(_MADE, "l := new(Stamped)\n\tl.db, l.mine = db, time.Now().Format(layout)"),
        _STAMPED.replace(_MADE, "l := fresh(db, prospect)") + _BESIDE,
        _STAMPED.replace(_MADE, "l := fresh(db, prospect)").replace(_SENT, "l.insert()") + _BESIDE,
    ],
)
def test_a_time_may_stand_in_a_field_of_a_struct(tree: Tree, code: str) -> None:
    [found] = findings(tree, HEAD + code)
    assert found.function in ("Renew", "insert")
    assert findings(tree, HEAD + code.replace("time.RFC3339Nano", "layout")) == []


_CLOCK = """
const layout = "2006-01-02 15:04:05.000000"

type Clock interface{ Now() time.Time }

type Builds struct {
	db    *sql.DB
	clock Clock
}

func (b *Builds) Begin(ctx context.Context, report, region string) (string, error) {
	mark := b.clock.Now().Format(layout)
	_, err := b.db.ExecContext(ctx,
		"INSERT INTO report_builds (report_id, region, locked_at) VALUES (?, ?, ?)", report, region, mark)
	return mark, err
}

func (b *Builds) Renew(ctx context.Context, report, region, mark string) (string, error) {
	var next string
	READ
	_, err := b.db.ExecContext(ctx, "UPDATE report_builds SET locked_at = NEXT WHERE report_id = ? AND region = ? "+
		"AND locked_at = ?", GIVEN report, region, mark)
	return next, err
}
"""
_BUILDS = """CREATE TABLE report_builds (report_id VARCHAR(64) NOT NULL, region VARCHAR(16) NOT NULL,
    locked_at VARCHAR(64) NOT NULL, UNIQUE KEY uq (report_id, region));"""


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ("SELECT CAST(NOW(6) AS CHAR)", ["NP407"]),
        ("SELECT CAST(NOW(6) AS CHAR(26)) AS t", ["NP407"]),
        ("SELECT CAST(NOW(6) AS CHAR(64))", ["NP407"]),
        ("SELECT CAST(NOW(6) AS CHAR(7))", []),
        ("SELECT CONVERT(NOW(6), CHAR) FROM dual", ["NP407"]),
        ("SELECT DATE_FORMAT(NOW(6), '%Y-%m-%d %H:%i:%s.%f')", ["NP407"]),
        ("=CAST(NOW(6) AS CHAR)", ["NP407"]),
        ("=NOW(6)", ["NP407"]),
        ("b.clock.Now().Format(layout)", []),
        ("time.Now().Format(layout)", []),
        ("time.Now().UTC().Format(layout)", []),
    ],
)
def test_a_clock_that_is_injected_is_not_the_servers(tree: Tree, source: str, rules: list[str]) -> None:
    read = f"next = {source}"
    if source.startswith("SELECT"):
        read = f'if err := b.db.QueryRowContext(ctx, "{source}").Scan(&next); err != nil {{\n\t\treturn "", err\n\t}}'
    elif source.startswith("="):
        read = ""
    by_server = source.startswith("=")
    code = HEAD + _CLOCK.replace("READ", read).replace("NEXT", source[1:] if by_server else "?").replace(
        "GIVEN", "" if by_server else "next,"
    )
    tree.write("schema.sql", _BUILDS)
    tree.write("store.go", code)
    found = tree.audit("store.go", settings=Settings(schema=("schema.sql",), select=("NP407",))).findings
    assert [each.rule for each in found] == rules
