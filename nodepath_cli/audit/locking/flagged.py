"""Marks in the row of a thing that keep others out while it is worked on, whatever table and functions are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.guard import constant
from nodepath_cli.audit.locking.keyless import guarded, looked, turned_away
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Candidate, Site
from nodepath_cli.source.functions import Called, Compared, Function, Known, Outcome, outcomes
from nodepath_cli.sql.row_access import Setting


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
    seen: set[Site] = set()
    for each in (*_apart(protocols), *_together(protocols)):
        if each.write not in seen:
            seen.add(each.write)
            yield each


def _together(protocols: Protocols) -> Iterator[Flagged]:
    """Yield those of functions that look at a mark, set it and put off taking it back by themselves."""
    pairs = [pair for candidates in protocols.sites.candidates.values() for pair in _pairs_of_one(candidates)]
    if not pairs:
        return
    sites = [site for each in pairs for site in (each.write, each.reset)]
    for function, ways in protocols.around(sites, lambda _: False).items():
        for pair in pairs:
            if function.complete and any(_puts_off(way, pair) for way in ways):
                read = _refusing(function, ways, pair, protocols)
                if read is not None and any(_is_refused_for(way, read, pair, ways) for way in ways):
                    yield Flagged(function, read, pair.write, pair.reset)


def _pairs_of_one(candidates: Iterable[Candidate]) -> Iterator[Pair]:
    """Yield two UPDATEs of a function that reads the table as well, and defers something."""
    by_home: dict[tuple[str, str], list[Candidate]] = {}
    for each in candidates:
        if _function(each):
            by_home.setdefault((each.analysed.statement.span.path, _function(each)), []).append(each)
    for group in by_home.values():
        updates = [each for each in group if each.kind == "update"]
        if len(updates) < 2 or len(updates) == len(group) or "defer " not in updates[0].analysed.file.text:
            continue
        for first in updates:
            for second in updates:
                pair = _pair(first.site, second.site) if first is not second else None
                if pair is not None and not any(each.value.kind == "value" for each in pair.reset.access.settings):
                    yield pair


def _puts_off(way: Way, pair: Pair) -> bool:
    """Say whether a path that sets a mark puts off taking it back, and then goes on."""
    run = next((run for run in way.runs if run.site is pair.write), None)
    steps = way.path.steps[run.position :] if run is not None else ()
    return any(
        isinstance(each, Called) and each.deferred and pair.reset in way.sites.among(each.sends) for each in steps
    )


def _is_refused_for(way: Way, read: Site, pair: Pair, ways: tuple[Way, ...]) -> bool:
    """Say whether a path leaves for the very value that another one puts into the mark, and that is taken back."""
    run = next((run for run in way.runs if run.site is read), None)
    write = next((each for one in ways for each in one.runs if each.site is pair.write), None)
    if run is None or write is None or not turned_away(way, read):
        return False
    for _, subject, truth in way.asked_of(run, "row"):
        value = subject.left if isinstance(subject, Compared) and subject.operator == "==" else subject
        if not isinstance(value, Outcome) or not _is_mark(value, run, read, pair):
            continue
        picked = read.access.picked[value.place or 0] if read.access.picked else pair.columns
        set_to = {_set_to(each, write) for each in pair.write.access.settings if each.column in picked & pair.columns}
        asked = subject.right if isinstance(subject, Compared) else Known(True)
        if isinstance(asked, Known) and None not in set_to and set_to:
            known = str(int(asked.value)) if isinstance(asked.value, bool) else str(asked.value)
            if truth == (set_to == {known}):
                return True
    return False


def _set_to(setting: Setting, write: Run) -> str | None:
    text = constant(setting.value, write)
    return {"TRUE": "1", "FALSE": "0"}.get((text or "").upper(), text)


def _apart(protocols: Protocols) -> Iterator[Flagged]:
    """Yield those that one function sets and another one takes back."""
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
    if function.within or function.name != pair.write.function or {"bool", "error"}.isdisjoint(function.results):
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
