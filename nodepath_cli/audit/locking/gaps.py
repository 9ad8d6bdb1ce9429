"""Locking reads of rows that are missing, and the INSERTs behind them: what is locked is the gap."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.audit.locking.flaws import same_row
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import ADDING, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Compared, Known, Mixed, Outcome, Value, outcomes

_ONE_ROW = lazy(r"(?:QueryRowx?|Get|SelectOne|One|First|Take)(?:Context)?\Z")
"""Calls that give one row, or an error where there is none."""
_COUNT = lazy(r"\s*select\s+(?:(?:coalesce|ifnull)\s*\(\s*)?(?:count|sum)\s*\(", re.IGNORECASE)
_NO_LENGTH = (
    ("==", Known(0), True),
    (">", Known(0), False),
    ("<", Known(1), True),
    (">=", Known(1), False),
    ("<=", Known(0), True),
)
"""How a program asks whether a list is empty, each with the answer."""
_FLIPPED = {">=": "<=", ">": "<", "<=": ">=", "<": ">"}


def gaps(protocols: Protocols) -> Iterator[tuple[Site, Site]]:
    """Yield the locking SELECTs of one row that the same transaction inserts where it is missing, each once."""
    seen: set[Site] = set()
    for ways in protocols.ways.values():
        for way in ways:
            for number, run in enumerate(way.runs):
                read = run.site
                if read is None or read in seen or not _locks_a_gap(run, read):
                    continue
                if _one_at_a_time(way, run):
                    continue
                missed = _missed(way, run)
                for later in way.runs[number + 1 :]:
                    write = later.site
                    filled = write and _fills(read, write) and later.ran.transaction == run.ran.transaction
                    if write and filled and (missed or _may_have_missed(way, run, later)):
                        seen.add(read)
                        yield read, write
                        break


def _locks_a_gap(run: Run, read: Site) -> bool:
    if read.access.action != "select" or not read.access.locks or run.ran.transaction is None:
        return False
    return run.ran.isolation != "read committed" and bool(read.access.fixed)


def _missed(way: Way, run: Run) -> bool:
    """Say whether the path has found that there is no row, or goes on where the SELECT has failed, for that say."""
    if way.answer(run, "missing") is True or way.answer(run, "found") is False:
        return True
    if way.answer(run, "error") is True and way.answer(run, "missing") is not False:
        return True
    return _empty_list(way, run) or _may_be_none(way, run)


def _empty_list(way: Way, run: Run) -> bool:
    """Say whether the path has found that the list of what was read is empty: `if len(rows) == 0`.

    What was read of one row that is there may be an empty text.
    """
    call = run.site.analysed.statement.call if run.site is not None else None
    if call is None or _ONE_ROW.search(call.name):
        return False
    for _, subject, truth in way.asked_of(run, "row"):
        if isinstance(subject, Compared) and isinstance(subject.left, Mixed) and subject.left.text.startswith("len("):
            whole = len(subject.left.parts) == 1 and isinstance(subject.left.parts[0], Outcome)
            if whole and (subject.operator, subject.right, truth) in _NO_LENGTH:
                return True
    return False


def _may_be_none(way: Way, run: Run) -> bool:
    """Say whether the path counts the rows, and goes on where there is none: `if used >= limit { return ErrFull }`."""
    if not _COUNT.match(run.ran.texts[0][1]):
        return False
    met = [_met_by_none(subject, truth, run.ran.number) for _, subject, truth in way.asked_of(run, "row")]
    return bool(met) and all(met)


def _met_by_none(subject: Value, truth: bool, number: int) -> bool:
    """Say whether a question about a number of rows is answered like that where there is none.

    What it is compared with, where that is not known, is how many there may be.
    """
    if not isinstance(subject, Compared):
        return False
    left, operator, right = subject.left, subject.operator, subject.right
    if not _is_of(left, number):
        left, operator, right = right, _FLIPPED.get(operator, operator), left
    if not _is_of(left, number) or _is_of(right, number):
        return False
    if isinstance(right, Known):
        if not isinstance(left, Outcome) or not isinstance(right.value, int):
            return False
        return {
            "==": right.value == 0,
            ">": right.value < 0,
            ">=": right.value <= 0,
            "<": right.value > 0,
            "<=": right.value >= 0,
        }.get(operator) == truth
    return operator in _FLIPPED and (operator in ("<", "<=")) == truth


def _is_of(value: Value, number: int) -> bool:
    """Say whether a value is what a statement has read, or more than that: `used`, `used + wanted`."""
    if isinstance(value, Mixed) and "+" in value.text and "-" not in value.text:
        return any(each.run == number for each in outcomes(value))
    return isinstance(value, Outcome) and value.run == number


def _one_at_a_time(way: Way, run: Run) -> bool:
    """Say whether the transaction has locked, before a SELECT, a row of another table by what the SELECT asks for.

    It is there, and a second caller waits for it.
    """
    given = run.ran.arguments or ()
    for before in way.runs:
        site = before.site
        if before.position >= run.position or site is None or run.site is None or site.table == run.site.table:
            continue
        access = site.access
        if access.action == "select":
            locks = access.locks and not access.shared and way.answer(before, "error") is False
        else:
            locks = access.action == "update" and 0 not in (way.accepted(before) or (0,))
        if not (locks and access.key) or before.ran.transaction != run.ran.transaction:
            continue
        keys = [argument(before, access.fixed[column]) for column in access.key if column in access.fixed]
        if keys and all(each is not None and each in given for each in keys):
            return True
    return False


def _may_have_missed(way: Way, read: Run, insert: Run) -> bool:
    """Say whether nobody asks whether there is a row, and then just that row is added: `_ = row.Scan(&holder)`."""
    if read.site is None or insert.site is None or insert.site.access.action not in ("insert", "ignore"):
        return False
    found = way.answer(read, "error") is False or way.answer(read, "missing") is False or way.answer(read, "found")
    return not found and read.site.access.key is not None and same_row(read, insert)


def _fills(read: Site, write: Site) -> bool:
    if write.table != read.table or write.access.action not in ADDING:
        return False
    return set(read.access.fixed) <= {each.column for each in write.access.inserted}
