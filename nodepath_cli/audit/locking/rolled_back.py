"""Writes of a transaction that its function begins and never commits: they are rolled back, and nothing of them stays.

`tx, err := db.BeginTx(ctx, nil)`, `defer tx.Rollback()`, `tx.Exec("INSERT ...")`, and then `return true, nil`.
"""

from __future__ import annotations

import re

from nodepath_cli.audit.locking.acquires import Acquire, Release, writes
from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Function

_BEGUN = lazy(r"\b(\w+)\s*,\s*\w+\s*:?=\s*[\w.()]+\.Begin(?:Tx|x|Txx)?\(")
_SENT_BY = lazy(r"(\w+)\.\s*\w+\(")
_COMMITS = lazy(r"commit", re.IGNORECASE)


def never_taken(acquire: Acquire) -> Site | None:
    """Return the write of an acquire whose row nobody ever sees: none of its paths to success commits one.

    Where the work is done in the transaction the row keeps others out for as long, and something else gives the lock
    back only where it is held behind the end of the acquire.
    """
    if not acquire.releases or any(each.function.within for each in acquire.releases):
        return None
    if any(way.works for way in acquire.ways) or not leaves_no_row(acquire):
        return None
    taken = [run.site for way in acquire.successes for run in way.runs if writes(run, acquire.table)]
    given_back = {each.site for each in acquire.releases}
    return next(iter(taken), None) if given_back.isdisjoint(taken) else None


def leaves_no_row(acquire: Acquire) -> bool:
    """Say whether all that an acquire writes is rolled back at its end: a crash leaves nothing behind either."""
    runs = [run for way in acquire.successes for run in way.runs if writes(run, acquire.table)]
    return bool(runs) and all(is_undone(run, acquire.function) for run in runs)


def never_released(release: Release) -> bool:
    """Say whether nothing that a release changes stays."""
    runs = [run for way in release.ways for run in way.runs if run.site is release.site]
    return bool(runs) and all(is_undone(run, release.function) for run in runs)


def is_undone(run: Run, function: Function) -> bool:
    """Say whether a statement runs in a transaction that its function begins, keeps to itself and rolls back.

    Nobody else gets the handle, and nothing there is called by a name with "commit" in it.
    """
    span, call = function.span, run.ran.call
    if run.ran.transaction is None or run.site is None or run.site.analysed.file.path != span.path:
        return False
    if call.path != span.path or not span.start <= call.start < span.end:
        return False
    text = run.site.analysed.file.text
    body, sent = text[span.start : span.end], _SENT_BY.match(text, call.start, call.end)
    if sent is None or _COMMITS.search(body):
        return False
    name = re.escape(sent[1])
    begun = [each for each in _BEGUN.finditer(body) if each[1] == sent[1]]
    late = re.search(rf"\bdefer\s+(?:func\(\)\s*\{{\s*(?:_\s*=\s*)?)?{name}\.Rollback\(", body)
    uses = len(re.findall(rf"(?<![\w.]){name}\b", body))
    own = len(re.findall(rf"(?<![\w.]){name}\.\s*\w+\(", body))
    return len(begun) == 1 and late is not None and uses == own + 1
