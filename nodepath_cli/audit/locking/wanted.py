"""The statements whose functions are looked at for locks: those of tables that may hold some."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nodepath_cli.audit.locking import deeds, words
from nodepath_cli.audit.locking.shape import shape_of
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
        if writes and (names or named or (adds and (back or locking)) or deeds.given_and_taken(writes)):
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
    if not any(each.kind in ("insert", "replace") for each in writes):
        return False
    return any(_may_lock(each) for each in candidates if not each.writes) or any(
        each.analysed.statement.function in deferred() for each in writes if each.kind in ("update", "delete")
    )


def _may_lock(reading: Candidate) -> bool:
    text = reading.sql.upper()
    return "FOR" in text or "LOCK" in text
