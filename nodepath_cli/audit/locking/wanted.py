"""The statements whose functions are looked at for locks: those of tables that may hold some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nodepath_cli.audit.analysed import Analysed
from nodepath_cli.audit.locking import deeds, words
from nodepath_cli.audit.locking.shape import is_lean, shape_of
from nodepath_cli.audit.locking.sites import ADDING, Candidate, Site, Sites, tables


def wanted_sites(sites: Sites, deferred: Callable[[], frozenset[str]]) -> Iterator[Site]:
    """Yield the statements whose functions are looked at: evaluating all of a tree's would take too long."""
    for table, candidates in sites.candidates.items():
        about = sites.about(table) if _may_be_lock(candidates, deferred) else []
        writes = [each for each in about if each.access.action != "select"]
        adds = [each for each in writes if each.access.action in ADDING]
        locking = any(each.access.locks for each in about)
        named = any(words.taking(each.function) == 2 for each in writes)
        back = any(each.function in deferred() for each in writes if each.access.action in ("update", "delete"))
        names = bool(about) and words.holds_locks(about[0].access.table) > 0
        given = deeds.given_and_taken(writes) or _taken_by_name(writes)
        if writes and (names or named or (adds and (back or locking)) or given):
            yield from about


def _may_be_lock(candidates: list[Candidate], deferred: Callable[[], frozenset[str]]) -> bool:
    """Say whether a table can be a lock's: "no" is certain. Most are not, and their texts need not be read."""
    writes = [each for each in candidates if each.writes]
    if any(words.taking(each.analysed.statement.function or "") == 2 for each in writes):
        return True
    if writes and any(words.holds_locks(each) for each in tables(candidates)):
        return True
    if len(writes) > 1 and any(shape_of(each) is not None for each in tables(candidates)):
        return True
    adds = [each for each in writes if each.kind in ("insert", "replace")]
    if not adds:
        return False
    if any(_may_lock(each) for each in candidates if not each.writes) or any(
        each.analysed.statement.function in deferred() for each in writes if each.kind in ("update", "delete")
    ):
        return True
    ends = (each for each in writes if each.kind in ("update", "delete"))
    lean = any(_may_take(each.analysed) for each in adds) and any(_may_give_back(each.analysed) for each in ends)
    return lean and any(is_lean(each) for each in tables(candidates))


def _may_lock(reading: Candidate) -> bool:
    text = reading.sql.upper()
    return "FOR" in text or "LOCK" in text


def _taken_by_name(writes: Iterable[Site]) -> bool:
    """Say whether names speak of taking and of giving back the rows of a key, of which nobody says who has them."""
    every = [each for each in writes if each.access.one_key is not None]
    if not every or not is_lean(every[0].access.table):
        return False
    ended = {
        each.access.one_key
        for each in every
        if each.access.action in ("update", "delete") and _may_give_back(each.analysed)
    }
    return any(
        each.access.action in ADDING and each.access.one_key in ended and _may_take(each.analysed) for each in every
    )


def _may_take(write: Analysed) -> bool:
    return any(name is None or words.taking(name) > 0 for name in _names(write))


def _may_give_back(write: Analysed) -> bool:
    return any(name is None or words.releasing(name) for name in _names(write))


def _names(write: Analysed) -> Iterator[str | None]:
    """Yield the functions that may run a statement: that of its call, and those that call what was prepared there.

    None where its text stands in another function than the call.
    """
    statement = write.statement
    yield statement.function or ""
    yield from (each.function for each in statement.uses if each.function)
    call, text = statement.call, statement.span
    if call is not None:
        first, last = sorted((call.span.start, text.start))
        if text.path != call.span.path or "\nfunc " in write.file.text[first:last]:
            yield None
