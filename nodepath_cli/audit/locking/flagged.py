"""Marks in the row of a thing that keep others out while it is worked on, whatever table and functions are called."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.keyless import guarded, looked, turned_away
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Candidate, Site
from nodepath_cli.source.functions import Called, Function, Outcome, outcomes


class Pair(Struct, frozen=True, eq=False):
    """Two UPDATEs by the same key and nothing else that give the same columns other values."""

    write: Site
    reset: Site
    columns: frozenset[str]


class Flagged(Struct, frozen=True, eq=False):
    """A mark that is looked at and then set, which a caller takes back behind its work."""

    function: Function
    read: Site
    write: Site
    reset: Site


def flagged(protocols: Protocols) -> Iterator[Flagged]:
    """Yield the marks that two callers set who come at the same moment, each UPDATE once."""
    pairs = list(_pairs(protocols))
    every = frozenset((each.write.function, each.reset.function) for each in pairs)
    sites = [site for each in pairs for site in (each.write, each.reset)]
    # Most are set and taken back by whoever says so, and nobody works in between: the calls alone tell that.
    callers = {
        function.name
        for function, ways in protocols.around(sites, lambda _: False).items()
        if any(_in_turn(way, first, then) for way in ways for first, then in every)
    }
    if not callers:
        return
    around = protocols.around(sites, callers.__contains__)
    seen: set[Site] = set()
    for pair in pairs:
        for function, ways in around.items():
            read = _refusing(function, ways, pair, protocols) if pair.write not in seen else None
            if read is not None and any(
                _works_between(other, own, pair, read) for other, own in around.items() if other is not function
            ):
                seen.add(pair.write)
                yield Flagged(function, read, pair.write, pair.reset)


def _pairs(protocols: Protocols) -> Iterator[Pair]:
    for candidates in protocols.sites.candidates.values():
        updates = [each for each in candidates if each.kind == "update"]
        back = [each for each in updates if _function(each) in protocols.deferred]
        homes = {_function(each) for each in candidates if each.kind == "select"}
        sets = [each for each in updates if _function(each) in homes] if back else []
        for first in sets:
            for second in back:
                pair = _pair(first.site, second.site) if _function(first) != _function(second) else None
                if pair is not None:
                    yield pair


def _function(candidate: Candidate) -> str:
    return candidate.analysed.statement.function or ""


def _pair(write: Site | None, reset: Site | None) -> Pair | None:
    if write is None or reset is None or write.access.key is None or write.access.key != reset.access.key:
        return None
    if write.access.others or words.storing(write.function):
        return None
    given = {each.column: each.value for each in write.access.settings if not each.keeps}
    taken = {each.column: each.value for each in reset.access.settings if not each.keeps}
    columns = frozenset(
        name
        for name, value in given.items()
        if value.kind in ("constant", "value")
        and name in taken
        and taken[name].kind in ("constant", "null", "value")
        and (taken[name].kind != "value" or value.kind != "value")
        and taken[name].text != value.text
    )
    # That it is set still may be asked for.
    return (
        Pair(write, reset, columns)
        if columns and all(each.columns <= columns for each in reset.access.others)
        else None
    )


def _in_turn(way: Way, first: str, then: str) -> bool:
    """Say whether a path calls one function, and puts another one off until it ends."""
    taken = False
    for step in way.path.steps:
        if isinstance(step, Called):
            taken = taken or (step.name == first and not step.deferred)
            if taken and step.deferred and step.name == then:
                return True
    return False


def _refusing(function: Function, ways: tuple[Way, ...], pair: Pair, protocols: Protocols) -> Site | None:
    """Return the SELECT of a function that says no where the mark is set, and else sets it."""
    if function.within or function.name != pair.write.function or "bool" not in function.results:
        return None
    for way in ways:
        run = next((run for run in way.runs if run.site is pair.write), None) if way.success else None
        read = looked(way, run, pair.write.table) if run is not None else None
        if run is None or read is None or read.access.key != pair.write.access.key:
            continue
        if guarded(way, read, run) or protocols.sites.obscure(pair.write.table):
            continue
        if any(turned_away(each, read) and _by_mark(each, read, pair) for each in ways):
            return read
    return None


def _by_mark(way: Way, read: Site, pair: Pair) -> bool:
    """Say whether a path goes by the mark that a SELECT gives, or by whether there is a row with it."""
    run = next(run for run in way.runs if run.site is read)
    if any(each.columns & pair.columns for each in read.access.others):
        return True
    return any(
        _is_mark(each, run, read, pair)
        for _, subject, _ in way.asked_of(run, "row")
        for each in outcomes(subject)
        if isinstance(each, Outcome)
    )


def _is_mark(outcome: Outcome, run: Run, read: Site, pair: Pair) -> bool:
    if outcome.run != run.ran.number or outcome.aspect != "row":
        return False
    picked, place = read.access.picked, outcome.place
    given = picked[place] if place is not None and place < len(picked) else read.access.selected
    return bool(given & pair.columns)


def _works_between(caller: Function, ways: tuple[Way, ...], pair: Pair, read: Site) -> bool:
    """Say whether a caller takes the mark back behind its work where it has set it, and leaves where it has not."""
    if not caller.complete or not any(_in_turn(way, pair.write.function, pair.reset.function) for way in ways):
        return False
    left = False
    for way in ways:
        ran = {run.site for run in way.runs}
        back = any(isinstance(each, Called) and each.name == pair.reset.function for each in way.path.steps)
        if back and pair.write not in ran:
            return False
        left = left or (read in ran and not back and pair.write not in ran and not way.works)
    return left
