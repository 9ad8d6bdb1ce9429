"""Locks by name, each of one connection: answers that keep nobody out, releases that another connection sends."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import ServerLock
from nodepath_cli.source.functions import Called, Compared, Function, Known, Outcome, Value, outcomes

_LOOP = re.compile(r"\b(?:for|goto)\b")
_NAME = re.compile(r"_lock\s*\(\s*'([^']*)'\s*[,)]", re.IGNORECASE)
_ONE = b"SetMaxOpenConns(1)"
"""A pool of one connection always gives the same."""


def unasked(protocols: Protocols) -> Iterator[tuple[Function, ServerLock]]:
    """Yield the locks by name whose function goes on whatever the server has answered, each once."""
    seen: set[ServerLock] = set()
    for function, ways in protocols.ways.items():
        for way in ways if function.complete and not function.within else ():
            for run in way.runs if way.success else ():
                for lock in _locks(protocols, run):
                    asked = any(_answered(each, run) for each in ways)
                    if lock not in seen and (not asked or _goes_on(function, ways, lock, run)):
                        seen.add(lock)
                        yield function, lock


def _locks(protocols: Protocols, run: Run) -> Iterator[ServerLock]:
    for span, text in run.ran.texts:
        lock = protocols.sites.server_locks.get((span.path, span.start, text))
        if lock is not None:
            yield lock


def _answered(way: Way, run: Run) -> bool:
    """Say whether a path goes by what a SELECT gave, or hands it on."""
    if way.looked_at(run, "row"):
        return True
    number = run.ran.number
    return any(each.run == number and each.aspect == "row" for value in way.path.returned for each in outcomes(value))


def _goes_on(function: Function, ways: tuple[Way, ...], lock: ServerLock, run: Run) -> bool:
    """Say whether the function does its caller's work where the answer was 0, as it does where it was 1.

    A loop may ask again, and what stands behind it is not told from what stands in it.
    """
    span, statement = function.span, lock.analysed.statement.span
    inside = span.path == statement.path and span.start <= statement.start < span.end
    if not inside or _LOOP.search(lock.analysed.file.text[span.start : span.end]):
        return False
    answers: dict[bool, set[str]] = {True: set(), False: set()}
    for way in ways:
        got = {_got(subject, truth, run.ran.number) for _, subject, truth in way.tests} - {None}
        for each in got if len(got) == 1 and way.success else ():
            answers[bool(each)] |= {step.name for step in way.path.steps if isinstance(step, Called) and step.given}
    return bool(answers[True] & answers[False])


def _got(subject: Value, truth: bool, number: int) -> bool | None:
    """Return what a condition says of the answer: that it was 1, or 0; None where it says neither."""
    if not isinstance(subject, Compared) or subject.operator != "==" or subject.right not in (Known(0), Known(1)):
        return None
    if not isinstance(subject.left, Outcome) or (subject.left.run, subject.left.aspect) != (number, "row"):
        return None
    return truth == (subject.right == Known(1))


def released_elsewhere(protocols: Protocols) -> Iterator[tuple[ServerLock, ServerLock]]:
    """Yield the releases that a pool of connections sends, each with the GET_LOCK that it has sent before.

    The lock belongs to the connection that has asked for it, and that went back into the pool with it.
    """
    taken = defaultdict(list)
    for lock in _pooled(protocols, protocols.sites.server_locks.values()):
        taken[_folder(lock)].append(lock)
    if not taken or protocols.mentions(_ONE):
        return
    for release in _pooled(protocols, protocols.sites.server_releases.values()):
        same = [lock for lock in taken[_folder(release)] if _same(lock, release)]
        if same:
            yield release, same[0]


def _pooled(protocols: Protocols, locks: Iterable[ServerLock]) -> Iterator[ServerLock]:
    """Yield the statements that are sent to a pool, wherever they are."""
    sent: dict[tuple[str, int], set[bool]] = defaultdict(set)
    receivers: dict[str, list[tuple[Function, bool]]] = defaultdict(list)
    calls = {}
    for each in protocols.statements_by_name():
        if each.call is not None and each.call.wrapper is None:
            calls[each.call.span] = each.call.name.rpartition(".")[0]
    for function, ways in protocols.ways.items():
        if function.within:
            continue
        for ran in (run.ran for way in ways for run in way.runs):
            for span, _ in ran.texts:
                sent[span.path, span.start].add(ran.pooled)
            if ran.call in calls:
                receivers[calls[ran.call]].append((function, ran.pooled))
    for lock in locks:
        statement = lock.analysed.statement
        found = set(sent.get((statement.span.path, statement.span.start), ()))
        if not found and statement.call is not None and statement.call.span in calls:
            # What is put off until the end is not walked: by what it is sent to, another statement there has told.
            place = statement.call.span
            for function, pooled in receivers[calls[place]]:
                if function.span.path == place.path and function.span.start <= place.start < function.span.end:
                    found.add(pooled)
        if found == {True}:
            yield lock


def _folder(lock: ServerLock) -> str:
    call = lock.analysed.statement.call
    return (call.span if call is not None else lock.analysed.statement.span).path.rpartition("/")[0]


def _same(lock: ServerLock, release: ServerLock) -> bool:
    one, other = (_NAME.search(each.resolution.variant.sql) for each in (lock, release))
    return one is None or other is None or one[1] == other[1]
