"""NP403: it lies at the SELECT that decides, with the write beside."""

from __future__ import annotations

from nodepath_cli.audit.finding import Severity
from tests.locks import selects
from tests.locks.audited import line, lock_findings, of
from tests.tree import Tree


def test_it_lies_at_the_select_with_the_write_beside(tree: Tree) -> None:
    case = next(each for each in selects.V3B if each.name == "a SELECT, then an UPDATE by the key alone")
    found = of(tree, case, "NP403")
    assert (found.severity, found.function) == (Severity.WARNING, "TryLock")
    assert found.position.line == line(case.source, "SELECT locked FROM")
    assert [each.position.line for each in found.related] == [line(case.source, "UPDATE job_locks SET locked = 1")]


def test_a_row_lock_between_the_two_is_a_decision(tree: Tree) -> None:
    case = next(each for each in selects.V3B if each.name == "FOR UPDATE outside of a transaction locks nothing")
    begun = case.source.replace(
        "	var locked bool\n",
        "	tx, err := r.db.Begin()\n	if err != nil {\n		return false, err\n	}\n	var locked bool\n",
    )
    begun = begun.replace("r.db.QueryRow", "tx.QueryRow").replace(
        '_, err := r.db.Exec("UPDATE job_locks SET locked = 1', '_, err = tx.Exec("UPDATE job_locks SET locked = 1'
    )
    assert [each.rule for each in lock_findings(tree, begun)] == ["NP405"]
