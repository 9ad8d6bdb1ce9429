"""The locks of a tree: the functions that take one, those that give it back, and how sure that is what they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.sites import ADDING, Candidate, Site, Sites, spans, tables, text_times
from nodepath_cli.source.functions import Called, Function, outcomes
from nodepath_cli.source.statement import Span

ENOUGH = 3
"""How much has to speak for a lock where a function says by its result who got it."""
_ENOUGH_WITHOUT_RESULT = 4


class Release(Struct, frozen=True, eq=False):
    """A function that gives a lock back by deleting or changing its row."""

    function: Function
    site: Site
    ways: tuple[Way, ...]


class Acquire(Struct, frozen=True, eq=False, dict=True):
    """A function that takes a lock in a table."""

    function: Function
    table: str
    ways: tuple[Way, ...]
    """All of its paths."""
    releases: tuple[Release, ...]
    """What gives the row back, by the same key."""

    @cached_property
    def successes(self) -> tuple[Way, ...]:
        """The paths on which the caller may be told that it has the lock, and that write its row."""
        return tuple(way for way in self.ways if way.success and any(_writes(run, self.table) for run in way.runs))

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        """The statements about the lock's table, each once."""
        found = (run.site for way in self.ways for run in way.runs if run.site and run.site.table == self.table)
        return tuple(dict.fromkeys(found))


class Protocols:
    """The locks of a tree."""

    def __init__(self, analysis: Analysis) -> None:
        self.sites = Sites(analysis)
        self._analysis = analysis

    @cached_property
    def ways(self) -> Mapping[Function, tuple[Way, ...]]:
        """The paths of every function around a statement that may have to do with a lock."""
        by_name = (each.analysed.statement.span for each in self.sites.server_locks.values())
        return self._around([*spans(self._wanted()), *by_name], lambda name: words.taking(name) > 0)

    @cached_property
    def timed(self) -> Mapping[Function, tuple[Way, ...]]:
        """The paths of every function around a statement that writes a time into a text column."""
        sites = list(self.sites.with_times())
        counted = Counter((site.table, column) for site in sites for column in text_times(site))
        several = (site for site in sites if any(counted[site.table, name] > 1 for name in text_times(site)))
        return self._around(spans(several), lambda _: False)

    def _around(self, places: Iterable[Span], worth: Callable[[str], bool]) -> Mapping[Function, tuple[Way, ...]]:
        wanted = frozenset(places)
        if not wanted:
            return {}
        functions = [each for program in self._analysis.programs for each in program.functions(wanted, worth)]
        return {each: tuple(Way(each, path, self.sites) for path in each.paths) for each in functions}

    @cached_property
    def acquires(self) -> tuple[Acquire, ...]:
        """The functions that take a lock."""
        found = []
        for function, ways in self.ways.items():
            for table in _written(ways):
                acquire = Acquire(function, table, ways, self._releases(function, table, ways))
                if self._is_lock(acquire):
                    found.append(acquire)
        parts = {
            step.name for each in found for way in each.ways for step in way.path.steps if isinstance(step, Called)
        }
        return tuple(each for each in found if "bool" in each.function.results or each.function.name not in parts)

    @cached_property
    def _deferred(self) -> frozenset[str]:
        return frozenset[str]().union(*(program.deferred() for program in self._analysis.programs))

    def _wanted(self) -> Iterator[Site]:
        """Yield the statements whose functions are looked at: evaluating all of a tree's would take too long."""
        for table, candidates in self.sites.candidates.items():
            sites = self.sites.about(table) if self._may_be_lock(candidates) else []
            writes = [each for each in sites if each.access.action != "select"]
            adds = [each for each in writes if each.access.action in ADDING]
            locking = any(each.access.locks for each in sites)
            named = any(words.taking(each.function) == 2 for each in writes)
            back = any(each.function in self._deferred for each in writes if each.access.action in ("update", "delete"))
            if writes and (words.holds_locks(sites[0].access.table) or named or (adds and (back or locking))):
                yield from sites

    def _may_be_lock(self, candidates: list[Candidate]) -> bool:
        """Say whether a table can be a lock's: "no" is certain. Most are not, and their texts need not be read."""
        writes = [each for each in candidates if each.writes]
        if any(words.taking(each.analysed.statement.function or "") == 2 for each in writes):
            return True
        if writes and any(words.holds_locks(each) for each in tables(candidates)):
            return True
        if not any(each.kind in ("insert", "replace") for each in writes):
            return False
        return any(_may_lock(each) for each in candidates if not each.writes) or any(
            each.analysed.statement.function in self._deferred for each in writes if each.kind in ("update", "delete")
        )

    def _releases(self, acquire: Function, table: str, ways: tuple[Way, ...]) -> tuple[Release, ...]:
        keys = {run.site.access.key for way in ways for run in way.runs if run.site and run.site.table == table}
        keys.discard(None)
        home = acquire.span.path.rpartition("/")[0]
        candidates = self._giving_back.get(table) or [
            # A lock that nothing else ends: whatever the function is called that writes its row by the key.
            (site, function)
            for site, function in self._unnamed.get(table, {}).items()
            if function.span.path.rpartition("/")[0] == home
        ]
        found = []
        for site, function in candidates:
            if function is not acquire and site.access.key in keys and not self._runs(ways, site):
                found.append(Release(function, site, self.ways[function]))
        return tuple(found)

    @staticmethod
    def _runs(ways: tuple[Way, ...], site: Site) -> bool:
        return any(run.site is site for way in ways for run in way.runs)

    @cached_property
    def _giving_back(self) -> Mapping[str, list[tuple[Site, Function]]]:
        """The deletes and updates by a unique key in functions that give something back, by table."""
        found: dict[str, dict[Site, Function]] = defaultdict(dict)
        for function, ways in self.ways.items():
            if not (words.releasing(function.name) or function.name in self._deferred):
                continue
            if words.renewing(function.name):
                continue
            for way in ways:
                for run in way.runs:
                    site = run.site
                    if site and site.access.action in ("delete", "update") and site.access.key:
                        found[site.table].setdefault(site, function)
        return {table: list(sites.items()) for table, sites in found.items()}

    @cached_property
    def _unnamed(self) -> Mapping[str, dict[Site, Function]]:
        """What ends rows of lock tables by their key, in functions whose names say nothing and that do nothing else."""
        found: dict[str, dict[Site, Function]] = defaultdict(dict)
        for function, ways in self.ways.items():
            sites = {run.site for way in ways for run in way.runs if run.site}
            if len(sites) != 1 or "bool" in function.results or not words.says_nothing(function.name):
                continue
            site = sites.pop()
            ends = site.access.action in ("update", "delete") and site.access.key
            if ends and words.holds_locks(site.access.table) == 2:
                found[site.table][site] = function
        return found

    def _is_lock(self, acquire: Acquire) -> bool:
        function, table = acquire.function, acquire.sites[0].access.table
        if not acquire.successes:
            return False
        name = words.taking(function.name)
        session = words.is_session_lock(table)
        if session and words.says_nothing(function.name):
            # The table is there for nothing else.
            name = 1
        paired = self._paired(acquire)
        score = name + words.holds_locks(table)
        score += int(any(words.releasing(each.function.name) for each in acquire.releases)) + 2 * int(paired)
        if "bool" in function.results:
            return score + 1 >= ENOUGH and (name > 0 or paired)
        if not {"error", "handle"} & set(function.results):
            return False
        if session and acquire.releases and name and score >= ENOUGH and not words.storing(function.name):
            return True
        if score < _ENOUGH_WITHOUT_RESULT:
            return False
        if paired:
            return True
        # `LockDevice` may set a mark that an administrator takes away: then nothing is refused.
        sure = words.acquiring(function.name) or _refuses(acquire) or session
        return (
            name == 2
            and sure
            and not words.storing(function.name)
            and (bool(acquire.releases) or words.holds_locks(table) == 2)
        )

    def _paired(self, acquire: Acquire) -> bool:
        """Say whether some function calls the acquire and, at its end or later on, the release."""
        names = {each.function.name for each in acquire.releases}
        if not names:
            return False
        if any(way.works and _in_turn(way, "", names) for way in acquire.ways):
            return True
        return any(_in_turn(way, acquire.function.name, names) for ways in self.ways.values() for way in ways)

    def elsewhere(self, acquire: Acquire) -> Iterator[Site]:
        """Yield the statements about the lock's table that neither the acquire runs nor a release of its key."""
        own = {*acquire.sites, *(each.site for each in acquire.releases)}
        for site in self.sites.about(acquire.table):
            if site not in own:
                yield site


def _in_turn(way: Way, first: str, then: set[str]) -> bool:
    taken = False
    for step in way.path.steps:
        if isinstance(step, Called):
            taken = taken or not first or (step.name == first and not step.deferred)
            if taken and step.name in then and (step.deferred or words.releasing(step.name)):
                return True
    return False


def _may_lock(reading: Candidate) -> bool:
    text = reading.sql.upper()
    return "FOR" in text or "LOCK" in text


def _refuses(acquire: Acquire) -> bool:
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


def _writes(run: Run, table: str) -> bool:
    return run.site is not None and run.site.table == table and run.site.access.action != "select"


def _written(ways: tuple[Way, ...]) -> list[str]:
    """Return the tables in which a function adds or changes the row of a unique key."""
    found: dict[str, None] = {}
    for way in ways:
        for run in way.runs:
            site = run.site
            if site and site.access.key and (site.access.action in ADDING or site.access.action == "update"):
                found[site.table] = None
    return list(found)
