"""Locks that nobody holds, though an acquire and a release are there: rolled back, asked for in vain, not heeded."""

from __future__ import annotations

import pytest

from tests.locks import HEAD, Case, asked_in_vain, heedless, own_connections, owned_keys, picking, rolled_back, upserts
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

CASES = (
    *rolled_back.CASES,
    *rolled_back.WORKING,
    *asked_in_vain.TOKENS,
    *asked_in_vain.KEYS,
    *asked_in_vain.COLUMNS,
    *heedless.CASES,
    *own_connections.CASES,
    *picking.COMMITTED,
    *upserts.COUNTED,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_lock_gets_the_verdict_that_it_deserves(tree: Tree, case: Case) -> None:
    assert sorted({each.rule for each in lock_findings(tree, case.source)}) == list(case.rules)


@pytest.mark.parametrize("case", owned_keys.CASES, ids=lambda case: case.name)
def test_a_key_that_has_the_owner_in_it_keeps_nobody_out(tree: Tree, case: owned_keys.Keyed) -> None:
    assert [each.rule for each in lock_findings(tree, case.code, case.schema)] == list(case.rules)


def test_who_looks_for_others_first_does_not_go_by_the_key(tree: Tree) -> None:
    found = lock_findings(tree, owned_keys.LOOKED.code, owned_keys.LOOKED.schema)
    assert "NP401" not in {each.rule for each in found}


def test_the_release_that_is_rolled_back_is_the_place(tree: Tree) -> None:
    [case] = [each for each in rolled_back.CASES if "release is rolled back" in each.name]
    [found] = lock_findings(tree, case.source)
    assert found.position.line == line(HEAD + case.code, "DELETE FROM job_locks")
    assert "never commits its transaction" in found.message
