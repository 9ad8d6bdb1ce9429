"""Locks that nobody holds, though an acquire and a release are there: rolled back, asked for in vain, not heeded."""

from __future__ import annotations

import pytest

from tests.locks import HEAD, Case, asked_in_vain, picking, rolled_back, upserts
from tests.locks.audited import line, lock_findings
from tests.tree import Tree

CASES = (
    *rolled_back.CASES,
    *rolled_back.WORKING,
    *asked_in_vain.TOKENS,
    *asked_in_vain.KEYS,
    *asked_in_vain.COLUMNS,
    *picking.COMMITTED,
    *upserts.COUNTED,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_lock_gets_the_verdict_that_it_deserves(tree: Tree, case: Case) -> None:
    assert sorted({each.rule for each in lock_findings(tree, case.source)}) == list(case.rules)


def test_the_release_that_is_rolled_back_is_the_place(tree: Tree) -> None:
    [case] = [each for each in rolled_back.CASES if "release is rolled back" in each.name]
    [found] = lock_findings(tree, case.source)
    assert found.position.line == line(HEAD + case.code, "DELETE FROM job_locks")
    assert "never commits its transaction" in found.message
