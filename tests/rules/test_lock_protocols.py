"""The lock rules together: every way of writing a lock gets its verdict, and no other code gets one."""

from __future__ import annotations

import pytest

from nodepath_cli.audit.finding import Severity
from nodepath_cli.config import Settings
from tests.locks import (
    HEAD,
    SCHEMA,
    Case,
    alive,
    choices,
    closures,
    dead,
    deeds,
    embedded,
    endings,
    failing,
    fences,
    fields,
    found_rows,
    guards,
    inline,
    inserts,
    leases,
    left,
    misaddressed,
    more,
    named_pairs,
    ordinary,
    picking,
    seeded,
    selects,
    server_names,
    since,
    sound,
    unread,
    upserts,
)
from tests.locks.audited import lock_findings
from tests.tree import Tree

CASES = (
    *inserts.CASES,
    *upserts.V2,
    *upserts.V3,
    *selects.V3B,
    *selects.V4,
    *sound.CASES,
    *ordinary.CASES,
    *more.CASES,
    *leases.CASES,
    *leases.SERVER,
    *leases.TIMES,
    *deeds.BROKEN,
    *deeds.BY_NAME,
    *deeds.NONE,
    *guards.CASES,
    *closures.CASES,
    *embedded.CASES,
    *closures.ORDINARY,
    *endings.CASES,
    *endings.STAMPS,
    *endings.SERVER,
    *endings.STATES,
    *unread.CASES,
    *left.CASES,
    *inline.CASES,
    *inline.ORDINARY,
    *failing.CASES,
    *choices.CASES,
    *choices.ERRORS,
    *choices.HANDED_UP,
    *choices.WHOSE,
    *choices.SWITCHES,
    *choices.TOUCHED,
    *choices.STAMPED,
    *choices.ABSENT,
    *choices.BOUND,
    *choices.NULLABLE,
    *choices.SWAPPED,
    *choices.SEEDED,
    *choices.HEEDED,
    *choices.REAPED,
    *choices.ENDED,
    *choices.AROUND,
    *choices.UNHEEDED,
    *alive.SWAPPED,
    *alive.LOCKED,
    *alive.WORKING,
    *alive.WATCHED,
    *alive.SEEDED,
    *found_rows.CASES,
    *found_rows.ORDINARY,
    *picking.CASES,
    *picking.OTHERS,
    *fences.CASES,
    *fences.UPSERTS,
    *fences.STATES,
    *dead.CASES,
    *closures.BEGUN,
    *misaddressed.CASES,
    *left.POLLED,
    *server_names.CASES,
    *named_pairs.BROKEN,
    *named_pairs.RIGHT,
    *fields.CASES,
    *since.BROKEN,
    *since.RIGHT,
)


def verdicts(tree: Tree, case: Case) -> list[str]:
    """The lock rules that a case breaks, each once."""
    tree.write("schema.sql", SCHEMA)
    tree.write("store.go", case.source)
    report = tree.audit("store.go", settings=Settings(schema=("schema.sql",)))
    assert not [each.message for each in report.findings if each.severity is Severity.ERROR and each.rule < "NP4"]
    assert report.unresolved == () and report.partial == ()
    return sorted({each.rule for each in report.findings if each.rule.startswith("NP4")})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_lock_gets_the_verdict_that_it_deserves(tree: Tree, case: Case) -> None:
    assert verdicts(tree, case) == list(case.rules)


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ("lock_key) VALUES (?", []),
        ("lock_key, owner) VALUES (?, NULL", []),
        ("lock_key, owner) VALUES (?, CONNECTION_ID()", ["NP401"]),
    ],
)
def test_to_make_the_rows_that_others_take_is_no_lock(tree: Tree, values: str, rules: list[str]) -> None:
    found = lock_findings(tree, seeded.SOURCE.replace("VALUES)", values + ")"), seeded.SCHEMA)
    assert [each.rule for each in found] == rules


_MAKING = """
func (r *Repo) InitLock(name string) error {
	if _, err := r.db.Exec("INSERT INTO job_locks (COLUMNS) VALUES (GIVEN)", name); err != nil {
		fmt.Println("it is there", err)
	}
	return nil
}
"""


@pytest.mark.parametrize("verb", ["INSERT", "INSERT IGNORE"])
@pytest.mark.parametrize(
    ("columns", "given", "condition", "rules"),
    [
        ("name, locked, locked_until", "?, 0, '1970-01-01'", "(locked = 0 OR locked_until < NOW())", []),
        ("name, owner", "?, '-'", "(locked = 0 OR locked_until < NOW())", []),
        ("name, locked_until", "?, NOW()", "locked_until < NOW()", []),
        ("name, owner, locked_at", "?, 'nobody', '2000-01-01'", "locked_at < NOW() - INTERVAL 30 SECOND", []),
        (
            "name, locked, locked_until",
            "?, 1, NOW() + INTERVAL 1 MINUTE",
            "(locked = 0 OR locked_until < NOW())",
            ["NP401"],
        ),
        (
            "name, owner, locked_at",
            "?, 'me', NOW()",
            "(owner IS NULL OR locked_at < NOW() - INTERVAL 30 SECOND)",
            ["NP401"],
        ),
    ],
)
def test_to_make_a_row_that_is_free_is_no_lock(
    tree: Tree, verb: str, columns: str, given: str, condition: str, rules: list[str]
) -> None:
    making = _MAKING.replace("INSERT", verb).replace("COLUMNS", columns).replace("GIVEN", given)
    found = lock_findings(tree, HEAD + guards.taking(condition) + making)
    assert [each.rule for each in found if each.function == "InitLock"] == rules
    assert [each.rule for each in found if each.function != "InitLock"] == []
