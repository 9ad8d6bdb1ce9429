"""NP401: where it lies, what it names beside, and what its page tells to write."""

from __future__ import annotations

import re

import pytest

from nodepath_cli.audit.finding import Confidence, Rule, Severity
from nodepath_cli.audit.rules import page, rules
from nodepath_cli.config import Settings
from nodepath_cli.schema.sources import load
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Found, Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve
from tests.locks import AI, HEAD, Case, upserts
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_upsert_with_the_release_beside(tree: Tree) -> None:
    case = upserts.V3[0]
    found = of(tree, case, "NP401")
    assert (found.severity, found.confidence) == (Severity.ERROR, Confidence.CERTAIN)
    assert (found.path, found.position.line) == ("store.go", line(case.source, f"INSERT INTO {AI}"))
    assert (found.function, found.table, found.identifier) == ("TryAcquireSession", AI, None)
    assert [place.position.line for place in found.related] == [line(case.source, f"UPDATE {AI}")]


def test_a_select_that_is_taken_for_the_decision_is_named(tree: Tree) -> None:
    case = upserts.V2[0]
    found = of(tree, case, "NP401")
    assert found.position.line == line(case.source, "INSERT INTO chat_session_locks")
    read = found.related[0]
    assert read.position.line == line(case.source, "SELECT COUNT(*) FROM chat_session_locks")
    assert "a SELECT does not decide" in found.message


@pytest.mark.parametrize("case", (*upserts.V2, *upserts.V3), ids=lambda case: case.name)
def test_each_upsert_is_reported_once(tree: Tree, case: Case) -> None:
    found = lock_findings(tree, case.source)
    assert [each.rule for each in found].count("NP401") == 1


def test_the_statement_can_be_suppressed(tree: Tree) -> None:
    case = upserts.V3[0]
    code = case.source.replace("INSERT INTO ai", "-- nodepath: ignore[NP401] told to the owner\n\t\tINSERT INTO ai")
    assert [each.rule for each in lock_findings(tree, code)] == ["NP402"]


def test_a_statement_that_the_server_refuses_is_not_judged(tree: Tree) -> None:
    code = upserts.V3[0].source.replace("(id_prospect, id_device, timestamp)", "(phone_number, id_device, timestamp)")
    assert lock_findings(tree, code) == []


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.id.startswith("NP4")], ids=lambda rule: rule.id)
def test_the_page_tells_sql_that_runs_on_the_tables_of_the_first_revision(rule: Rule) -> None:
    text = page(rule)
    instead = text[text.index("What to write instead:") :]
    blocks = re.findall(r"(?:^ {4}\S.*\n?)+", instead, re.MULTILINE)
    statements = [each for each in blocks if "session_nodepath" in each]
    assert statements
    schema = load(("head",), Settings())
    for sql in statements:
        parsed = parse(Variant(sql, OffsetMap.identity("page", 0, len(sql))), Settings().dialect)
        assert not isinstance(parsed, Unparsed), sql
        resolution = resolve(parsed, schema)
        assert isinstance(resolution, Resolution)
        assert not resolution.violations
        assert all(isinstance(table.outcome, Found) for table in resolution.tables), sql
        assert all(isinstance(column.outcome, Found) for column in resolution.columns), sql


PREPARED = """package store

import (
\t"context"
\t"database/sql"
)

type Locks struct{ claim, check, free *sql.Stmt }

func Open(db *sql.DB) (l *Locks, err error) {
\tl = new(Locks)
\tif l.claim, err = db.Prepare("CLAIM"); err != nil {
\t\treturn nil, err
\t}
\tif l.check, err = db.Prepare(
\t\t"SELECT locked_at >= NOW() - INTERVAL 1 SECOND FROM chat_session_locks WHERE phone_number = ? AND device_id = ?",
\t); err != nil {
\t\treturn nil, err
\t}
\tl.free, err = db.Prepare("DELETE FROM chat_session_locks WHERE phone_number = ? AND device_id = ?")
\treturn l, err
}

func (l *Locks) Lock(ctx context.Context, phone, device string) (bool, error) {
\tif _, err := l.claim.ExecContext(ctx, phone, device); err != nil {
\t\treturn false, err
\t}
\tvar mine bool
\terr := l.check.QueryRowContext(ctx, phone, device).Scan(&mine)
\treturn mine, err
}

func (l *Locks) Unlock(ctx context.Context, phone, device string) error {
\t_, err := l.free.ExecContext(ctx, phone, device)
\treturn err
}
"""
INSERTS = "INSERT INTO chat_session_locks (phone_number, device_id, locked_at) VALUES (?, ?, NOW())"


def test_statements_that_are_prepared_once_and_kept_in_fields_are_followed(tree: Tree) -> None:
    upsert = INSERTS + " ON DUPLICATE KEY UPDATE locked_at = NOW()"
    found = lock_findings(tree, PREPARED.replace("CLAIM", upsert))
    assert "NP401" in {each.rule for each in found}
    assert "NP401" not in {each.rule for each in lock_findings(tree, PREPARED.replace("CLAIM", INSERTS))}


_RIGHT = """INSERT IGNORE INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)"""
_WRONG = (
    """INSERT INTO ai_whatsapp_session_nodepath (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)"""
    " ON DUPLICATE KEY UPDATE `timestamp` = VALUES(`timestamp`)"
)
_GIVEN_BACK = "DELETE FROM ai_whatsapp_session_nodepath WHERE id_prospect = ? AND id_device = ? AND `timestamp` = ?"
_TOLD = {
    "a text": ("(string, error)", 'return "", err', 'if n == 0 { return "", nil }; return tok, nil'),
    "a struct": ("(Got, error)", "return Got{}, err", "if n == 0 { return Got{}, nil }; return Got{true, tok}, nil"),
    "the error with it": (
        "(Got, error)",
        "return Got{}, err",
        "if n == 0 { return Got{}, err }; return Got{Ok: true}, err",
    ),
    "a field": ("(Got, error)", "return Got{}, err", "return Got{Ok: n == 1, Token: tok}, err"),
    "a number": ("(int64, error)", "return 0, err", "return n, nil"),
    "a name": ("State", "return Failed", "if n == 0 { return Busy }; return Taken"),
}


def _told_by(sql: str, results: str, failed: str, told: str) -> str:
    return f"""package store
import ("context"; "database/sql")
type Got struct {{ Ok bool; Token string }}
type State int
const ( Failed State = iota; Busy; Taken )
type store struct {{ db *sql.DB }}
func (s *store) Lock(ctx context.Context, p, d, tok string) {results} {{
\tres, err := s.db.ExecContext(ctx, "{sql}", p, d, tok)
\tif err != nil {{ {failed} }}
\tn, err := res.RowsAffected()
\tif err != nil {{ {failed} }}
\t{told}
}}
func (s *store) Unlock(ctx context.Context, p, d, tok string) error {{
\t_, err := s.db.ExecContext(ctx, "{_GIVEN_BACK}", p, d, tok)
\treturn err
}}
"""


@pytest.mark.parametrize("told", _TOLD.values(), ids=_TOLD.keys())
def test_a_lock_that_excludes_may_tell_it_by_any_result(tree: Tree, told: tuple[str, str, str]) -> None:
    assert "NP401" not in [each.rule for each in lock_findings(tree, _told_by(_RIGHT, *told))]


@pytest.mark.parametrize("told", list(_TOLD.values())[:2], ids=list(_TOLD)[:2])
def test_an_upsert_is_found_whatever_the_caller_is_told_by(tree: Tree, told: tuple[str, str, str]) -> None:
    results, failed, said = told
    always = said.partition("; ")[2]
    code = _told_by(_WRONG, results, failed, f"_ = n; {always}")
    assert "NP401" in [each.rule for each in lock_findings(tree, code)]


_READ_BACK = """
const (
	layout = "2006-01-02 15:04:05.000000"
	lease  = 2 * time.Minute
)

type Clock interface{ Now() time.Time }

type Builds struct {
	db    *sql.DB
	clock Clock
}

func (b *Builds) Begin(ctx context.Context, report, region string) (string, error) {
	now := b.clock.Now()
	mark := now.Format(layout)
	if _, err := b.db.ExecContext(ctx, `
		INSERT INTO report_builds (report_id, region, locked_at) VALUES (?, ?, ?)
		ON DUPLICATE KEY UPDATE locked_at = CASE WHEN locked_at < ? THEN VALUES(locked_at) ELSE locked_at END`,
		report, region, mark, now.Add(-lease).Format(layout)); err != nil {
		return "", err
	}
	var seen string
	err := b.db.QueryRowContext(ctx, "SELECT locked_at FROM report_builds WHERE report_id = ? AND region = ?",
		report, region).Scan(&seen)
	if err != nil {
		return "", err
	}
	at, err := time.Parse(layout, seen)
	if err != nil {
		return "", err
	}
	if FRESH {
		return mark, nil
	}
	return "", nil
}

func (b *Builds) End(ctx context.Context, report, region, mark string) error {
	_, err := b.db.ExecContext(ctx,
		"DELETE FROM report_builds WHERE report_id = ? AND region = ? AND locked_at = ?", report, region, mark)
	return err
}
"""
_BUILDS = """CREATE TABLE report_builds (report_id VARCHAR(64) NOT NULL, region VARCHAR(16) NOT NULL,
    locked_at VARCHAR(64) NOT NULL, UNIQUE KEY uq (report_id, region));"""


@pytest.mark.parametrize(
    ("fresh", "rules"),
    [
        ("now.Sub(at) < time.Second", ["NP401"]),
        ("time.Since(at) <= 2*time.Second", ["NP401"]),
        ("at.After(now.Add(-time.Second))", ["NP401"]),
        ("!at.Before(now.Add(-time.Second))", ["NP401"]),
        ("seen == mark", []),
        ("at.Equal(now)", []),
    ],
)
def test_a_time_that_is_read_back_is_as_young_for_two_callers(tree: Tree, fresh: str, rules: list[str]) -> None:
    code = HEAD + _READ_BACK.replace("FRESH", fresh)
    found = lock_findings(tree, code, _BUILDS)
    assert [(each.rule, each.position.line) for each in found] == [
        (rule, line(code, "INSERT INTO report_builds")) for rule in rules
    ]
