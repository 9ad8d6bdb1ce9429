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
from tests.locks import AI, Case, upserts
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
