"""Locks that nobody holds, though an acquire and a release are there: rolled back, asked for in vain, not heeded."""

from __future__ import annotations

import pytest

from tests.locks import Case, picking
from tests.locks.audited import lock_findings
from tests.tree import Tree

CASES = (
    *picking.COMMITTED,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_lock_gets_the_verdict_that_it_deserves(tree: Tree, case: Case) -> None:
    assert sorted({each.rule for each in lock_findings(tree, case.source)}) == list(case.rules)
