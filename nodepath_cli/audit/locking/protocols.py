"""The locks of a tree: the functions that take one, and those that give it back."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec.structs import replace

from nodepath_cli.audit.analyse import Analysis
from nodepath_cli.audit.locking import deeds, words
from nodepath_cli.audit.locking.acquires import (
    Acquire,
    Release,
    beside,
    called_without,
    calls,
    good,
    stands_in,
    written,
)
from nodepath_cli.audit.locking.outcome import Way, ways_of
from nodepath_cli.audit.locking.several import apart
from nodepath_cli.audit.locking.shape import shape_of
from nodepath_cli.audit.locking.signs import Signs
from nodepath_cli.audit.locking.sites import Site, Sites, spans, text_times
from nodepath_cli.audit.locking.wanted import wanted_sites
from nodepath_cli.source.functions import Called, Function, Step
from nodepath_cli.source.statement import Span, Statement


class Protocols:
    """The locks of a tree."""

    def __init__(self, analysis: Analysis) -> None:
        self.sites = Sites(analysis)
        self._analysis = analysis

    @cached_property
    def ways(self) -> Mapping[Function, tuple[Way, ...]]:
        """The paths of every function around a statement that may have to do with a lock."""
        by_name = (each.span for each in self.statements_by_name())
        wanted = list(wanted_sites(self.sites, lambda: self._deferred))
        # Where the row's deeds have to speak, the function that joins them may be called anything.
        shaped = any(deeds.given_and_taken(self.sites.about(table)) for table in {site.table for site in wanted})

        def worth(name: str) -> bool:
            return words.taking(name) > 0 or (shaped and words.says_nothing(name))

        return self.around(wanted, worth, by_name)

    def statements_by_name(self) -> Iterator[Statement]:
        """Yield the statements that take locks by name, and those that give them back."""
        if self.sites.server_locks:
            for each in (*self.sites.server_locks.values(), *self.sites.server_releases.values()):
                yield each.analysed.statement

    def mentions(self, text: bytes | re.Pattern[bytes]) -> bool:
        """Say whether a text stands in a file of the tree."""
        if isinstance(text, bytes):
            return any(text in file.data for file in self._analysis.files.files)
        return any(text.search(file.data) for file in self._analysis.files.files)

    def text_of(self, path: str) -> str:
        """Return the text of a file of the tree, empty where there is none."""
        return next((file.text for file in self._analysis.files.files if file.path == path), "")

    @cached_property
    def timed(self) -> Mapping[Function, tuple[Way, ...]]:
        """The paths of every function around a statement that writes a time into a text column."""
        sites = list(self.sites.with_times())
        counted = Counter((site.table, column) for site in sites for column in text_times(site))
        several = (site for site in sites if any(counted[site.table, name] > 1 for name in text_times(site)))
        return self.around(several, lambda _: False)

    def around(
        self, sites: Iterable[Site], worth: Callable[[str], bool], places: Iterable[Span] = ()
    ) -> Mapping[Function, tuple[Way, ...]]:
        """Return the paths of every function around some statements, and of its callers whose names are worth it.

        A function that serves several of their tables comes once for each.
        """
        sites = list(sites)
        wanted = frozenset((*spans(sites), *places))
        if not wanted:
            return {}
        tables = {site.table for site in sites}
        functions = (each for program in self._analysis.programs for each in program.functions(wanted, worth))
        own = (each for function in functions for each in apart(function, self.sites, tables))
        return {each: ways_of(each, self.sites) for each in own}

    @cached_property
    def acquires(self) -> tuple[Acquire, ...]:
        """The functions that take a lock."""
        signs = Signs(self.sites, self.ways, self._analysis.programs)
        found: list[Acquire] = []
        by_deeds: list[Acquire] = []
        for function, ways in self.ways.items():
            for table in written(ways) if not function.within else ():
                acquire = Acquire(function, table, ways, self._releases(function, table, ways))
                if deeds.hands_out_row(ways, table) or signs.prepares(acquire) or signs.is_state(acquire):
                    continue
                own = words.taking(function.name) or any(stands_in(function, site) for site in acquire.sites)
                if (own or signs.is_handed(acquire)) and signs.is_lock(acquire):
                    found.append(acquire)
                elif signs.does_lock(acquire):
                    by_deeds.append(replace(acquire, sure=signs.is_sure(acquire)))
        # Who calls a function that takes the lock does not take it once more.
        taking = [each.function for each in (*found, *by_deeds)]
        found += [each for each in by_deeds if not any(step.may_be(one) for step in each.calls for one in taking)]
        parts = {each.function for each in found if any(calls(one.ways, each.function) for one in found)}
        return tuple(
            each
            for each in found
            if each.function not in parts or ("bool" in each.function.results and not self._is_step(each, found))
        )

    def _is_step(self, acquire: Acquire, every: Iterable[Acquire]) -> bool:
        """Say whether a function is one step of others that take the lock, and is called by nobody else.

        They run statements of their own about the table: what one of them does is judged with what the others do.
        """
        function, own = acquire.function, set(acquire.sites)
        whole = {
            each.function
            for each in every
            if each.table == acquire.table and each.function.complete and calls(each.ways, function)
            if each is not acquire and own < set(each.sites)
        }
        return bool(whole) and not any(
            called_without(way, function, whole)
            for other, ways in self.ways.items()
            if other is not function and other not in whole
            for way in ways
        )

    @cached_property
    def _deferred(self) -> frozenset[str]:
        return frozenset[str]().union(*(program.deferred() for program in self._analysis.programs))

    @property
    def deferred(self) -> frozenset[str]:
        """The names of the functions that are called by `defer`."""
        return self._deferred

    def _releases(self, acquire: Function, table: str, ways: tuple[Way, ...]) -> tuple[Release, ...]:
        keys = {run.site.access.one_key for way in ways for run in way.runs if run.site and run.site.table == table}
        keys.discard(None)
        home = acquire.span.path.rpartition("/")[0]
        named = self._giving_back.get(table, ())
        candidates = [each for each in named if not each[1].within or self._made_for(each[1], acquire, ways)] or [
            # A lock that nothing else ends: whatever the function is called that writes its row by the key.
            (site, function)
            for site, function in self._unnamed.get(table, {}).items()
            if function.span.path.rpartition("/")[0] == home
        ]
        candidates = candidates or [
            (site, function)
            for site, function in self._freeing.get(table, {}).items()
            if function.span.path.rpartition("/")[0] == home and beside(function, acquire)
        ]
        candidates = candidates or list(self._ended_by_callers(acquire, table))
        found = []
        for site, function in candidates:
            if function.span == acquire.span or site.access.one_key not in keys:
                continue
            if not self._runs(good(ways) if function.within else ways, site):
                found.append(Release(function, site, self.ways[function]))
        if any(each.empties for each in found):
            # What a literal without a name changes beside that is not the release.
            found = [each for each in found if each.empties or not each.function.within or each.function.name]
        return tuple(found)

    def _ended_by_callers(self, acquire: Function, table: str) -> Iterator[tuple[Site, Function]]:
        """Yield what the callers of a function do with its row when their work is done, whatever they are called.

        The table holds nothing but locks: what is done with a row of work that was claimed may be anything.
        """
        for function, ways in self.ways.items():
            if function is acquire or function.within:
                continue
            for way in ways:
                first = next((at for at, step in enumerate(way.path.steps) if _calls(step, acquire)), None)
                for run in way.runs if first is not None else ():
                    site = run.site
                    if site is None or site.table != table or run.position < (first or 0) or not site.empties:
                        continue
                    holds = words.holds_locks(site.access.table) == 2 or shape_of(site.access.table) is not None
                    if holds and stands_in(function, site):
                        yield site, function

    @staticmethod
    def _runs(ways: tuple[Way, ...], site: Site) -> bool:
        return any(run.site is site for way in ways for run in way.runs)

    @cached_property
    def _giving_back(self) -> Mapping[str, list[tuple[Site, Function]]]:
        """The deletes and updates by a unique key in functions that give something back, by table."""
        found: dict[str, dict[Site, Function]] = defaultdict(dict)
        # A literal that calls a function with a name is that one's business.
        for function, ways in sorted(self.ways.items(), key=lambda item: bool(item[0].within)):
            if not (words.releasing(function.name) or function.name in self._deferred or function.within):
                continue
            if words.renewing(function.name):
                continue
            for way in ways:
                for run in way.runs:
                    site = run.site
                    if site and site.access.action in ("delete", "update") and site.access.one_key:
                        found[site.table].setdefault(site, function)
        return {table: list(sites.items()) for table, sites in found.items()}

    @cached_property
    def _unnamed(self) -> Mapping[str, dict[Site, Function]]:
        """What ends rows of lock tables by their key, in functions whose names say nothing and that do nothing else."""
        found: dict[str, dict[Site, Function]] = defaultdict(dict)
        for function, ways in self.ways.items():
            sites = {run.site for way in ways for run in way.runs if run.site}
            if (
                len(sites) != 1
                or function.within
                or "bool" in function.results
                or not words.says_nothing(function.name)
            ):
                continue
            site = sites.pop()
            ends = site.access.action in ("update", "delete") and site.access.key and stands_in(function, site)
            if ends and words.holds_locks(site.access.table) == 2:
                found[site.table][site] = function
        return found

    @cached_property
    def _freeing(self) -> Mapping[str, dict[Site, Function]]:
        """What takes out of rows who has them, whatever the functions are called that do so and nothing else."""
        found: dict[str, dict[Site, Function]] = defaultdict(dict)
        for function, ways in self.ways.items():
            sites = {run.site for way in ways for run in way.runs if run.site}
            if len(sites) != 1 or function.within or words.taking(function.name) or words.renewing(function.name):
                continue
            site = sites.pop()
            shape = shape_of(site.access.table)
            if shape is not None and deeds.frees(site, shape) and stands_in(function, site):
                found[site.table][site] = function
        return found

    def put_off(self, function: Function, before: str) -> Mapping[str, Span]:
        """Return what a function puts off to its end, whatever comes, before it asks another one; with its place."""
        found: dict[str, Span] = {}
        for program in self._analysis.programs:
            found.update(program.put_off(function.span, before))
        return found

    def regardless(self, function: Span, name: str) -> frozenset[str]:
        """Return the names of what a function calls behind another one whatever that has answered."""
        return frozenset[str]().union(*(each.regardless(function, name) for each in self._analysis.programs))

    def _made_for(self, literal: Function, acquire: Function, ways: tuple[Way, ...]) -> bool:
        """Say whether a literal stands in the function that takes the lock, or one of the makers calls the other."""
        if literal.span.path == acquire.span.path and acquire.span.start <= literal.span.start < acquire.span.end:
            return True
        own = literal.span
        for function, made in self.ways.items():
            place = function.span
            if function.within or place.path != own.path or not place.start <= own.start < place.end:
                continue
            if calls(ways, function) or calls(made, acquire):
                return True
        return False

    def elsewhere(self, acquire: Acquire) -> Iterator[Site]:
        """Yield the statements about the lock's table that neither the acquire runs nor a release of its key."""
        own = {*acquire.sites, *(each.site for each in acquire.releases)}
        for site in self.sites.about(acquire.table):
            if site not in own:
                yield site


def _calls(step: Step, function: Function) -> bool:
    return isinstance(step, Called) and step.may_be(function) and not step.deferred
