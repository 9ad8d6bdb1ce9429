"""Paths that take a lock from a caller that has just got it, though they have looked at its row before.

The write compares with what was read, or the read has locked the row: so it decides between callers that come at the
same moment, and not whether the lock is free. What keeps a held one is the program's own question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nodepath_cli.audit.locking.asking import Asker
from nodepath_cli.audit.locking.guard import Held
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.rows import changes
from nodepath_cli.audit.locking.sites import ADDING, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Called, Mixed, Outcome, Value, outcomes, texts
from nodepath_cli.sql.row_access import Condition

_WAITING = lazy(r"sleep|wait|after|tick|timer|backoff|delay|retry|tunggu", re.IGNORECASE)
"""Who waits and finds the same row as before knows that its holder is gone."""
_HARMLESS = lazy(r"\bctx\b|\berr\b|context\.", re.IGNORECASE)
_MARKS = frozenset(("own", "since", "limit", "stamp"))


def taken_alive(way: Way, ways: Iterable[Way], table: str, row: Held) -> Run | None:
    """Return the write by which a path takes a row that another caller holds; None where it may not get there.

    `ways` are all paths of the function: where one of them goes away from such a row, something is asked that is not
    known.
    """
    if not way.function.complete:
        return None
    own = [run for run in way.runs if run.site is not None and run.site.table == table]
    reads: dict[int, Run] = {}
    for place, run in enumerate(own):
        site = run.site
        if site is None:
            return None
        if site.access.action == "select":
            if site.access.key is None or (site.access.others and row.passes(site.access.others, run) is not True):
                return None
            reads[run.ran.number] = run
        elif reads and _overwrites(site, run, row, reads) and _behind(own[place + 1 :], site):
            taken = _goes_by_row(way, run, reads) and _gets_there(way, run, row, reads) and _accepts(way, run)
            return run if taken and not any(_turns_away(each, site, row, reads) for each in ways) else None
        elif not _leaves(way, run, row):
            return None
    return None


def _turns_away(way: Way, write: Site, row: Held, reads: dict[int, Run]) -> bool:
    """Say whether a path may read such a row and then does not take it."""
    looked = {each.site for each in reads.values()}
    own = {run.ran.number: run for run in way.runs if run.site in looked}
    if way.success or not own or any(run.site is write for run in way.runs):
        return False
    asker = Asker(row, own)
    about = ((subject, truth) for _, subject, truth in way.tests if any(each.run in own for each in outcomes(subject)))
    return all(asker.answer(subject) in (truth, None) for subject, truth in about)


def _leaves(way: Way, run: Run, row: Held) -> bool:
    """Say whether a statement finds the row that is held, leaves it as it is, and the path goes on."""
    site = run.site
    if site is None:
        return False
    if site.access.action == "insert":
        return site.access.key is not None and (
            way.answer(run, "duplicate") is True or way.answer(run, "error") is True
        )
    if site.access.action not in ("ignore", "update", "delete"):
        return False
    accepted = way.accepted(run)
    if accepted is not None and 0 not in accepted:
        return False
    if site.access.action == "ignore":
        return site.access.key is not None
    reaching = site.access.reaching if site.access.one_key else (site.access.conditions,)
    return all(row.passes(each, run) is False for each in reaching)


def _overwrites(site: Site, run: Run, row: Held, reads: dict[int, Run]) -> bool:
    """Say whether a write takes the row from whoever has it, as far as it was read before and has not changed."""
    access = site.access
    if access.one_key is None or access.loose:
        return False
    if access.action == "update" or access.action == "upsert":
        marked = (
            each.column in row.facts and row.facts[each.column].kind in _MARKS and changed is True
            for each, changed in changes(access.settings, row, run)
        )
        if not any(marked):
            return False
    elif access.action not in ("delete", "replace"):
        return False
    if access.action not in ("update", "delete"):
        return True
    asked = [each for each in access.others if not _as_read(each, run, reads)]
    return all(row.meets(each, run) is True for each in asked)


def _as_read(condition: Condition, run: Run, reads: Iterable[int]) -> bool:
    """Say whether a condition asks that a column still is what a SELECT of the path has found in it."""
    if condition.fixes is None or condition.operand is None:
        return False
    given = argument(run, condition.operand)
    return isinstance(given, Outcome) and given.aspect == "row" and given.run in reads


def _behind(later: list[Run], write: Site) -> bool:
    """Say whether nothing comes behind the write, but an INSERT behind a DELETE."""
    adds = [each.site.access.action in ADDING for each in later if each.site is not None]
    return adds == [True] if write.access.action == "delete" else not adds


def _accepts(way: Way, run: Run) -> bool:
    accepted = way.accepted(run)
    return accepted is None or bool(accepted & {1, 2})


def _goes_by_row(way: Way, write: Run, reads: dict[int, Run]) -> bool:
    """Say whether the program does something with what it has read of the row, as far as that was followed.

    Who works in a transaction that has locked the row has it as long as that lasts, whatever stands in it.
    """
    locked = any(run.ran.transaction is not None and run.site and run.site.access.locks for run in reads.values())
    if locked and way.works:
        return False
    tests = (subject for position, subject, _ in way.tests if position < write.position)
    found = (each for value in (*tests, *(write.ran.arguments or ())) for each in outcomes(value))
    return any(each.run in reads and each.aspect == "row" for each in found)


def _gets_there(way: Way, write: Run, row: Held, reads: dict[int, Run]) -> bool:
    """Say whether the row's state answers all that is asked before the write as the path has it."""
    asker = Asker(row, reads)
    first = min(run.position for run in reads.values())
    asked = " ".join(text for _, subject, _ in way.tests for text in texts(subject))
    for step in way.path.steps[first : write.position]:
        if isinstance(step, Called) and _WAITING.search(step.name) and f".{step.name}(" not in asked:
            return False
    numbers = {run.ran.number: run for run in way.runs}
    for position, subject, truth in way.tests:
        if position > write.position:
            continue
        about = {each.run for each in outcomes(subject)}
        if not about:
            if position > first and not _harmless(subject):
                return False
        elif about & reads.keys():
            if asker.answer(subject) is not truth:
                return False
        elif not all(_asked_of_write(numbers[each], subject) for each in about if each in numbers):
            return False
    return True


def _harmless(subject: Value) -> bool:
    return isinstance(subject, Mixed) and any(_HARMLESS.search(text) for text in texts(subject))


def _asked_of_write(run: Run, subject: Value) -> bool:
    """Say whether what is asked is how a write went: that is seen from its statement (`_leaves`)."""
    if run.site is not None and run.site.access.action == "select":
        return False
    return all(each.aspect in ("error", "affected", "duplicate", "result") for each in outcomes(subject))
