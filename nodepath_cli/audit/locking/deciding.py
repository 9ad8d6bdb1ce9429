"""What decides who gets a lock: the statements whose outcome can be success for one caller alone."""

from __future__ import annotations

import re

from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.rows import changes, held_by
from nodepath_cli.audit.locking.shape import is_holder, is_limit, is_number
from nodepath_cli.audit.locking.sites import ADDING, SOFT, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Compared, Known, Mixed, Moment, Outcome, Value, outcomes, texts
from nodepath_cli.sql.row_access import Setting

_SERVER_LOCK = lazy(r"\b(?:get_lock|is_free_lock|row_count)\s*\(|\block\s+tables\b", re.IGNORECASE)
"""What the server itself answers to one caller alone."""
_ELSEWHERE = lazy(r"\.(?:SetN[Xx]|SetIfNotExists|TryLock|TryAcquire|Obtain)\(")
"""Functions of other packages that give a lock to one caller: of Redis clients and the like."""
_MARK_ASKED = lazy(
    r"\s*select\s+\(?\s*(?:`?(?:\w+`?\.`?)?(\w+)`?\s*(?:=|<=>)\s*(?:binary\s+)?(?:\?|:\w+)|"
    r"(?:\?|:\w+)\s*(?:=|<=>)\s*`?(?:\w+`?\.`?)?(\w+)`?)\s*\)?\s*(?:as\s+`?\w+`?\s*)?from\b",
    re.IGNORECASE,
)
"""A SELECT that gives nothing but whether a column is what the program says."""
_FRACTION = lazy(r"[.,][09]{3,}")
_SAME_TIME = lazy(r"\.Equal\(")


def decided(way: Way, table: str) -> bool:
    """Say whether something on a path decides that this caller alone gets a row of a table; in doubt it does."""
    if elsewhere(way):
        return True
    return any(decides(way, run, table) for run in way.runs) or token_compared(way)


def elsewhere(way: Way) -> bool:
    """Say whether a lock of another kind, as Redis has them, decides."""
    return any(_ELSEWHERE.search(text) for _, subject, _ in way.verdicts for text in texts(subject))


def decides(way: Way, run: Run, table: str) -> bool:
    """Say whether a statement's outcome is success for one caller alone, and the path rests on it."""
    site = run.site
    if site is None:
        if any(_SERVER_LOCK.search(text) for _, text in run.ran.texts):
            return True
        several = way.sites.of(run.ran)
        return not several and way.accepted(run) is not None
    action = site.access.action
    if action == "insert":
        if way.answer(run, "duplicate") is True or way.answer(run, "error") is True:
            # It failed on this path: another caller has the row.
            return False
        if site.access.guarded:
            # Where its condition is not met, it adds nothing, and that is no error.
            accepted = way.accepted(run)
            return accepted is not None and 0 not in accepted
        return site.table == table and site.access.key is not None and way.looked_at(run, "error", "duplicate")
    if action == "select":
        asked = way.looked_at(run, "row", "found", "missing", "error")
        return asked and (_locks_before(way, run) or bool(_SERVER_LOCK.search(site.resolution.variant.sql)))
    if action == "ignore" and way.looked_at(run, "id"):
        return True
    accepted = way.accepted(run)
    if accepted is None:
        return False
    if not accepted:
        return True
    if action in SOFT:
        return not (lost(run, way) & accepted)
    if action == "update":
        return 0 not in accepted and not site.access.loose and keeps_out(way, run)
    return 0 not in accepted


def keeps_out(way: Way, run: Run) -> bool:
    """Say whether an UPDATE or DELETE asks for more than the key, and that is not met by a row that another one holds.

    In doubt it is not.
    """
    if run.site is None:
        return False
    if leaves_alone(run.site) and not _overwriting(run.site, run, way):
        return not way.sites.found_rows
    row = held_by((way,), run.site.table)
    return all(each and not row.lets_in(each, run) for each in run.site.access.reaching)


def _locks_before(way: Way, run: Run) -> bool:
    """Say whether a SELECT locks its row, in a transaction that changes the table afterwards."""
    transaction = run.ran.transaction
    if run.site is None or not run.site.access.locks or transaction is None:
        return False
    return any(
        later.position > run.position
        and later.ran.transaction == transaction
        and (later.site is None or later.site.access.action != "select")
        for later in way.runs
    )


def lost(run: Run, way: Way) -> frozenset[int]:
    """Return how many rows an upsert affects where another caller has the row.

    One for a new row, two for a changed one, none for one that stays as it is (MySQL manual, "INSERT ... ON DUPLICATE
    KEY UPDATE Statement"); REPLACE counts the deleted row and the new one. Connections that count what is found have
    one for a row that stays.
    """
    site = run.site
    if site is None or site.access.action == "ignore":
        return frozenset((0,))
    if site.access.action == "replace":
        return frozenset((2,))
    overwriting = _overwriting(site, run, way)
    if way.sites.found_rows and not any(not conditional(each) for each in overwriting):
        return frozenset((1, 2) if overwriting else (1,))
    return frozenset((0, 2)) if overwriting else frozenset((0,))


def _overwriting(site: Site, run: Run, way: Way) -> list[Setting]:
    """Return what an upsert changes in a row that another caller holds."""
    held = held_by((way,), site.table)
    changing = changes(site.access.settings, held, run)
    return [each for each, changed in changing if not each.keeps and (changed or not conditional(each))]


def conditional(setting: Setting) -> bool:
    """Say whether a column is changed under a condition only."""
    return setting.value.chooses and setting.column in setting.value.columns


def leaves_alone(site: Site) -> bool:
    """Say whether an UPDATE asks in what it puts into its columns: `SET owner = IF(until < NOW(), ?, owner)`."""
    changed = [each for each in site.access.settings if not each.keeps]
    return site.access.action == "update" and bool(changed) and all(map(conditional, changed))


def counts(site: Site) -> bool:
    """Say whether a statement counts in the row: how many hold something, not who.

    The number of a holder that it puts in, or of a time until when, counts the times that the lock was taken.
    """
    counters = {
        each.column
        for each in site.access.settings
        if each.column in each.value.columns and each.value.kind == "other" and not each.value.chooses
    }
    fenced = all(map(is_number, counters)) and any(
        is_limit(each.column) or (is_holder(each.column) and each.value.kind in ("value", "inserted"))
        for each in site.access.settings
        if not each.keeps
    )
    return bool(counters) and not fenced


def token_compared(way: Way) -> bool:
    """Say whether the path puts a mark of its own into the row, which stays that of the first, and reads it back.

    It stays that of the first where a later INSERT keeps it, and where an UPDATE asks first whether the row is free.
    """
    marks: dict[str, set[str]] = {}
    for run in way.runs:
        site = run.site
        if site is None:
            continue
        if site.access.action in ADDING or (site.access.action == "update" and keeps_out(way, run)):
            marks.setdefault(site.table, set()).update(_kept_marks(site, run, way))
        elif site.access.action == "select" and site.table in marks:
            kept = marks[site.table]
            if any(each.fixes in kept for each in site.access.conditions) and way.looked_at(
                run, "row", "found", "missing"
            ):
                return True
            if any(_asks_for_mark(site, kept, subject, truth) for _, subject, truth in way.asked_of(run, "row")):
                return True
            if site.access.selected & kept and any(
                _equal(subject, truth) for _, subject, truth in way.asked_of(run, "row")
            ):
                return True
    return False


def _asks_for_mark(read: Site, kept: set[str], subject: Value, truth: bool) -> bool:
    """Say whether a SELECT is asked whether a mark is the own one: `SELECT token = ? FROM ...`, and that is true."""
    picked = read.access.picked
    if not isinstance(subject, Outcome) or subject.aspect != "row" or not truth:
        return False
    if len(picked) != 1 or len(picked[0]) != 1 or not picked[0] <= kept:
        return False
    found = _MARK_ASKED.match(read.resolution.variant.sql[read.access.start :])
    return found is not None and next(each for each in found.groups() if each).lower() in kept


def _kept_marks(site: Site, run: Run, way: Way) -> set[str]:
    """Return the columns that keep the first caller's own value, which no other caller has."""
    changed = {each.column for each in _overwriting(site, run, way)}
    key = site.access.key or ()
    found = set()
    given = site.access.inserted
    if site.access.action == "update":
        given, changed = site.access.settings, set()
    for setting in given:
        if site.access.action == "replace" or setting.column in changed or setting.column in key:
            continue
        if setting.value.kind == "value" and _own(argument(run, setting.value)):
            found.add(setting.column)
    return found


def _own(value: Value | None) -> bool:
    """Say whether no other caller has this value at the same moment; a time by the second is no such thing."""
    if isinstance(value, Moment):
        return bool(_FRACTION.search(value.form)) or value.form in ("time", "unix nanoseconds", "unix microseconds")
    return not isinstance(value, Known)


def _equal(subject: Value, truth: bool) -> bool:
    if isinstance(subject, Mixed):
        # `seen.Equal(mark)`, as two times are compared.
        return truth and len(subject.parts) == 2 and bool(_SAME_TIME.search(subject.text))
    return (
        isinstance(subject, Compared)
        and subject.operator == "=="
        and truth
        and not isinstance(subject.right, Known)
        and not isinstance(subject.left, Known)
    )


def already_mine(way: Way, before: int) -> bool:
    """Say whether the path has found, before some step, that the row is the caller's own."""
    return any(
        position < before and _equal(subject, truth) and any(each.aspect == "row" for each in outcomes(subject))
        for position, subject, truth in way.tests
    )
