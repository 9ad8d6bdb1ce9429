"""Callers that throw away whether they have got the lock: they work, and give it back, where another one holds it.

`if _, err := locks.Acquire(ctx, key); err != nil { return err }`, and then `defer locks.Release(ctx, key)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nodepath_cli.audit.locking.acquires import Acquire, calls, in_turn
from nodepath_cli.audit.locking.deciding import decided
from nodepath_cli.audit.locking.outcome import Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.source.functions import Function, Known, outcomes
from nodepath_cli.source.statement import Span


def heedless(acquire: Acquire, protocols: Protocols) -> Iterator[tuple[Function, Site]]:
    """Yield the callers of an acquire that go on whatever it has answered, each with the write that decides in vain."""
    backs = [each.function for each in acquire.releases if not each.function.within]
    if not backs or not _answers_no(acquire):
        return
    taking, names = acquire.function, {each.name for each in backs}
    perhaps = [
        function
        for function, ways in _callers(acquire, protocols)
        if any(in_turn(way, taking, backs) for way in ways) and names & protocols.regardless(function.span, taking.name)
    ]
    written = _written_by(perhaps, acquire, protocols)
    yield from ((function, written[function.span]) for function in perhaps if function.span in written)


def nobody_heeds(acquire: Acquire, protocols: Protocols) -> bool:
    """Say whether no caller asks what an acquire has answered: a row that is left behind keeps nobody out."""
    careless = {function.span for function, _ in heedless(acquire, protocols)}
    every = [function for function, _ in _callers(acquire, protocols)] if careless else []
    return bool(careless) and _written_by(every, acquire, protocols).keys() <= careless


def _callers(acquire: Acquire, protocols: Protocols) -> Iterator[tuple[Function, tuple[Way, ...]]]:
    for function, ways in protocols.ways.items():
        if function is not acquire.function and not function.within and calls(ways, acquire.function):
            yield function, ways


def _written_by(callers: Sequence[Function], acquire: Acquire, protocols: Protocols) -> dict[Span, Site]:
    """Return which of some functions run the write of an acquire, with that: its name may be another function's."""
    names, spans = {each.name for each in callers}, {each.span for each in callers}
    found: dict[Span, Site] = {}
    for function, ways in protocols.around(acquire.sites, lambda each: each in names).items() if names else ():
        for site in (run.site for way in ways for run in way.runs):
            if site in acquire.sites and site is not None and site.access.action != "select" and function.span in spans:
                found.setdefault(function.span, site)
    return found


def _answers_no(acquire: Acquire) -> bool:
    """Say whether an acquire tells by its first result, and by no error, that another caller has the lock."""
    if acquire.function.results[:1] != ("bool",) or not acquire.successes:
        return False
    if not all(decided(way, acquire.table) for way in acquire.successes):
        return False
    return any(map(_says_no, acquire.ways))


def _says_no(way: Way) -> bool:
    """Say whether a path answers no without an error, or by the number of rows: `return n == 1, nil`."""
    told = list(zip(way.function.results, way.path.returned, strict=False))
    errors = (value for kind, value in told if kind == "error" and value != Known(None))
    if not told or any(way.answers.get(value) is not False for value in errors):
        return False
    answer = told[0][1]
    if answer == Known(False):
        return any(
            each.aspect in ("affected", "duplicate") for _, subject, _ in way.tests for each in outcomes(subject)
        )
    return any(each.aspect in ("affected", "duplicate") for each in outcomes(answer))
