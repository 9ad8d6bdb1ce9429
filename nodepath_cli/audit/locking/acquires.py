"""A function that takes a lock, what gives it back, and what its paths say of both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.deciding import already_mine
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.shape import is_lean, shape_of
from nodepath_cli.audit.locking.sites import ADDING, Site
from nodepath_cli.source.functions import Called, Failure, Function, Known, Mixed, Moment, Value, outcomes


def title(function: Function) -> str:
    """Return what a release is called in a message."""
    if not function.within:
        return function.name
    if function.name:
        return f"{function.name} in {function.within}"
    return f"the deferred function of {function.within}" if function.deferred else f"what {function.within} returns"


class Release(Struct, frozen=True, eq=False):
    """A function that gives a lock back by deleting or changing its row."""

    function: Function
    site: Site
    ways: tuple[Way, ...]

    @property
    def title(self) -> str:
        """What it is called in a message."""
        return title(self.function)

    @property
    def empties(self) -> bool:
        """Say whether it takes the row away, or something out of it."""
        return self.site.empties

    @property
    def named(self) -> bool:
        """Say whether its name says that it gives something back, or what it is there for."""
        return bool(self.function.within) or words.releasing(self.function.name)


class Acquire(Struct, frozen=True, eq=False, dict=True):
    """A function that takes a lock in a table."""

    function: Function
    table: str
    ways: tuple[Way, ...]
    """All of its paths."""
    releases: tuple[Release, ...]
    """What gives the row back, by the same key."""
    sure: bool = True
    """Names or a caller say that it is a lock, and not the deeds alone: a row may be meant to stay for good."""

    @cached_property
    def successes(self) -> tuple[Way, ...]:
        """The paths on which the caller may be told that it has the lock, and that write its row.

        Where the work is given, and an error is all that is told, they are those that do the work.
        """
        found = [way for way in self.ways if way.success and any(writes(run, self.table) for run in way.runs)]
        if set(self.function.results) <= {"error"} and any(way.works for way in found):
            found = [way for way in found if way.works]
        return tuple(found)

    @property
    def calls(self) -> Iterator[Called]:
        """The functions that it calls."""
        return (step for way in self.ways for step in way.path.steps if isinstance(step, Called))

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The statements about the lock's table, each once."""
        found = (run.site for way in self.ways for run in way.runs if run.site and run.site.table == self.table)
        return tuple(dict.fromkeys(found))


def calls(ways: tuple[Way, ...], function: Function) -> bool:
    """Say whether some path calls a function."""
    return any(isinstance(step, Called) and step.may_be(function) for way in ways for step in way.path.steps)


def called_without(way: Way, function: Function, around: Collection[Function]) -> bool:
    """Say whether a path calls a function by itself, and none of those that call it for it."""
    called = [step for step in way.path.steps if isinstance(step, Called)]
    own = any(step.may_be(function) for step in called)
    return own and not any(step.may_be(each) for step in called for each in around)


def good(ways: tuple[Way, ...]) -> tuple[Way, ...]:
    """Return the paths on which the caller may be told that it has the lock."""
    return tuple(way for way in ways if way.success)


def in_turn(way: Way, first: Function | None, then: Collection[Function]) -> bool:
    """Say whether a path calls one function, or any, and, at its end or later on, one of some others."""
    taken = first is None
    for step in way.path.steps:
        if isinstance(step, Called):
            taken = taken or (first is not None and step.may_be(first) and not step.deferred)
            if taken and (step.deferred or words.releasing(step.name)) and any(map(step.may_be, then)):
                return True
    return False


def refuses(acquire: Acquire) -> bool:
    """Say whether the acquire fails for what it finds in the row, or for a key that is taken."""
    for way in acquire.ways:
        if way.success:
            continue
        subjects = (subject for _, subject, _ in way.tests)
        if any(each.aspect in ("row", "found", "duplicate", "affected") for one in subjects for each in outcomes(one)):
            return True
        last = way.runs[-1] if way.runs else None
        if last and last.site and last.site.access.action == "select" and way.answer(last, "error") is False:
            return True
    return False


def indifferent(acquire: Acquire) -> bool:
    """Say whether the caller is told the same where the row is another one's already: that is a state, and no lock."""
    if set(acquire.function.results) != {"error"} or any(way.works for way in acquire.ways):
        return False
    for way in acquire.ways:
        if not way.success or any(writes(run, acquire.table) for run in way.runs):
            continue
        own = (run for run in way.runs if run.site and run.site.table == acquire.table)
        if any(way.looked_at(run, "row") for run in own) and not already_mine(way, len(way.path.steps)):
            return True
    return False


def asks_before(acquire: Acquire) -> bool:
    """Say whether an UPDATE changes columns that it asks for: a row that is free becomes one that is held."""
    for site in acquire.sites:
        access = site.access
        changed = {each.column for each in access.settings if not each.keeps}
        if access.action == "update" and access.one_key and any(each.columns & changed for each in access.others):
            return True
    return False


def writes(run: Run, table: str) -> bool:
    """Say whether a run writes a table."""
    return run.site is not None and run.site.table == table and run.site.access.action != "select"


def written(ways: tuple[Way, ...]) -> list[str]:
    """Return the tables in which a function adds or changes the row of a unique key."""
    found: dict[str, None] = {}
    for way in ways:
        for run in way.runs:
            site = run.site
            if site and site.access.one_key and (site.access.action in ADDING or site.access.action == "update"):
                found[site.table] = None
    return list(found)


def stands_in(function: Function, site: Site) -> bool:
    """Say whether a statement, or the call that sends it, stands in a function, and not in one that it calls."""
    statement = site.analysed.statement
    spans_of = [statement.span] if statement.call is None else [statement.span, statement.call.span]
    own = function.span
    return any(own.path == each.path and own.start <= each.start < own.end for each in spans_of)


def names_error(acquire: Acquire) -> bool:
    """Say whether an error that the caller is told has a name of the program's (`ErrBusy`), which it may ask for."""
    return any(isinstance(value, Failure) and value.name for way in acquire.ways for value in way.path.returned)


def says(acquire: Acquire) -> bool:
    """Say whether the results tell the caller whether to go on, as far as their kinds can say so."""
    return bool({"bool", "error", "handle"} & set(acquire.function.results))


def says_so(acquire: Acquire) -> bool:
    """Say whether names and results leave no doubt: `TryAcquireSession` says yes or no, and `ReleaseSession` is there.

    What the table holds beside its key is a time then, and whatever else it may be called it is a lock's.
    """
    function, table = acquire.function, acquire.sites[0].access.table
    if "bool" not in function.results or not words.means_lock(function.name):
        return False
    if words.kept(table.name) or not is_lean(table):
        return False
    return _has_partner(acquire)


def swaps(acquire: Acquire) -> bool:
    """Say whether names and deeds do: `TryLock` puts a word in place of the one that it asks for, and says yes or no.

    `Unlock` is there beside it. Whatever else the row holds, it is taken and given back.
    """
    function, table = acquire.function, acquire.sites[0].access.table
    if "bool" not in function.results or not words.means_lock(function.name) or words.kept(table.name):
        return False
    return asks_before(acquire) and _has_partner(acquire)


def _has_partner(acquire: Acquire) -> bool:
    """Say whether a release beside the acquire has the same name but for its verb."""
    function = acquire.function
    home = function.span.path.rpartition("/")[0]
    backs = (each.function for each in acquire.releases if not each.function.within)
    pairs = (each for each in backs if each.owner == function.owner and each.span.path.rpartition("/")[0] == home)
    return any(
        words.releasing(each.name) and words.subject(each.name) == words.subject(function.name) for each in pairs
    )


def hands_out_token(acquire: Acquire) -> bool:
    """Say whether a function makes up who has the row and tells its caller, and whoever gives it back has to know.

    The one who has it is this caller for now, and not a person or thing that may keep it for good.
    """
    shape = shape_of(acquire.sites[0].access.table)
    if shape is None or not shape.times or not acquire.releases or words.reserving(acquire.function.name):
        return False
    holder = shape.who | shape.perhaps
    if not all(any(each.fixes in holder for each in back.site.access.others) for back in acquire.releases):
        return False
    return bool(acquire.successes) and all(_tells_token(way, acquire.table, holder) for way in acquire.successes)


def _tells_token(way: Way, table: str, holder: Collection[str]) -> bool:
    for run in way.runs:
        if run.site is None or not writes(run, table):
            continue
        for setting in (*run.site.access.inserted, *run.site.access.settings):
            given = argument(run, setting.value) if setting.column in holder else None
            if isinstance(given, Mixed) and given.text and given in way.path.returned and _made_up(given):
                return True
    return False


def _made_up(value: Value) -> bool:
    """Say whether a value is made of calls alone: of nothing that the caller gives, and of no row."""
    if not isinstance(value, Mixed):
        return isinstance(value, (Known, Moment))
    return ("(" in value.text or bool(value.parts)) and all(map(_made_up, value.parts))


def says_by_field(acquire: Acquire) -> bool:
    """Say whether a struct that the function returns has a field that says yes on some paths, and no on others."""
    told = {
        part
        for way in acquire.ways
        for kind, value in zip(acquire.function.results, way.path.returned, strict=False)
        if kind == "handle" and isinstance(value, Mixed)
        for part in value.parts
    }
    return {Known(True), Known(False)} <= told


def made(acquire: Acquire) -> bool:
    """Say whether the caller is given a struct that is made where the function returns, or an empty one."""
    kinds = acquire.function.results
    if "error" in kinds or "handle" not in kinds:
        return False
    return any(Known(None) in way.path.returned for way in acquire.ways)


def beside(function: Function, acquire: Function) -> bool:
    """Say whether two functions belong together: they are methods of one type, or stand in one file."""
    same_type = bool(function.owner) and function.owner == acquire.owner
    return same_type or function.span.path == acquire.span.path
