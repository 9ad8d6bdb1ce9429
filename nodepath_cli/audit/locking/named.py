"""Locks by name, each of one connection: answers that keep nobody out, releases that another connection sends."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from nodepath_cli.audit.locking.lock_names import Name, arguments, differ, made, names_of
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import ServerLock
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import NOT_NULL, Called, Compared, Function, Known, Mixed, Outcome, Value, outcomes

_LOOP = lazy(r"\b(?:for|goto)\b")
_NAME = lazy(r"_lock\s*\(\s*'([^']*)'\s*[,)]", re.IGNORECASE)
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
    asked = (subject for _, subject, _ in way.verdicts)
    return any(
        each.run == run.ran.number and each.aspect == "row"
        for value in (*asked, *way.path.returned)
        # GET_LOCK is NULL for an error alone: 0 is no NULL.
        if not (isinstance(value, Mixed) and value.text == NOT_NULL)
        for each in outcomes(value)
    )


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


def released_elsewhere(protocols: Protocols) -> Iterator[tuple[ServerLock, ServerLock, bool]]:
    """Yield the releases of locks that a pool of connections has taken, each with that GET_LOCK.

    The last says whether the pool sends the release, too. The lock belongs to the connection that has asked for it, and
    that went back into the pool with it.
    """
    taken = defaultdict(list)
    for lock in _pooled(protocols, protocols.sites.server_locks.values()):
        taken[_folder(lock)].append(lock)
    if not taken or one_connection(protocols):
        return
    pooled = set(_pooled(protocols, protocols.sites.server_releases.values()))
    for release in protocols.sites.server_releases.values():
        same = [lock for lock in taken[_folder(release)] if _same(lock, release)]
        if release not in pooled:
            # Another connection gives back what the pool's has taken: in one function, where they belong together.
            same = [lock for lock in same if _in_one_function(lock, release)]
        if same:
            yield release, same[0], release in pooled


def one_connection(protocols: Protocols) -> bool:
    """Say whether a pool has one connection alone, and always gives that."""
    return protocols.mentions(_ONE)


def belong_together(lock: ServerLock, release: ServerLock) -> bool:
    """Say whether a release stands beside a lock and may be about its name."""
    return _folder(lock) == _folder(release) and _same(lock, release)


def released_by_another_name(protocols: Protocols) -> Iterator[tuple[ServerLock, ServerLock, Name, Name]]:
    """Yield the releases of a name that nothing asks for, each with a lock beside it, and both names."""
    locks, releases = protocols.sites.all_server_locks, protocols.sites.server_releases.values()
    if not locks or not releases:
        return
    given = _given(protocols)
    taken = [(lock, name) for lock in locks for name in names_of(lock, _gets(lock, given)) or [[None]]]
    for release in releases:
        for back in names_of(release, _gets(release, given)):
            if all(differ(name, back) for _, name in taken):
                beside = [each for each in taken if _folder(each[0]) == _folder(release)]
                beside = [each for each in beside if _in_one_function(each[0], release)] or beside
                if beside:
                    yield release, beside[0][0], back, beside[0][1]


def _gets(lock: ServerLock, given: Mapping[tuple[str, int], Mapping[int, Name]]) -> Mapping[int, Name]:
    """Return the names that a statement's placeholders get; of a call that is put off, by its own text."""
    found, call = given.get(lock.place), lock.analysed.statement.call
    if found is not None or call is None or call.wrapper is not None:
        return found or {}
    return dict(enumerate(arguments(lock.analysed.file.text[call.span.start : call.span.end])))


def _given(protocols: Protocols) -> Mapping[tuple[str, int], Mapping[int, Name]]:
    """Return the names that placeholders get wherever a statement is run."""
    found: dict[tuple[str, int], dict[int, set[tuple[str | None, ...]]]] = defaultdict(lambda: defaultdict(set))
    for run in (run for ways in protocols.ways.values() for way in ways for run in way.runs):
        for span, _ in run.ran.texts:
            for number, value in enumerate(run.ran.arguments or ()):
                found[span.path, span.start][number].add(tuple(made(value)))
    return {
        place: {number: name for number, [name, *more] in _listed(values) if not more}
        for place, values in found.items()
    }


def _listed(
    values: Mapping[int, set[tuple[str | None, ...]]],
) -> Iterator[tuple[int, list[tuple[str | None, ...]]]]:
    for number, names in values.items():
        yield number, list(names)


def _in_one_function(lock: ServerLock, release: ServerLock) -> bool:
    one, other = lock.analysed.statement, release.analysed.statement
    return one.function is not None and (one.function, one.span.path) == (other.function, other.span.path)


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
