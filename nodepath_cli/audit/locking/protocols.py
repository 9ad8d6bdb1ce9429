"""The locks of a tree: the functions that take one, those that give it back, and how sure that is what they do."""

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
    asks_before,
    beside,
    called_without,
    calls,
    good,
    in_turn,
    indifferent,
    made,
    names_error,
    refuses,
    says,
    says_by_field,
    says_so,
    stands_in,
    swaps,
    written,
)
from nodepath_cli.audit.locking.outcome import Way, ways_of
from nodepath_cli.audit.locking.several import apart
from nodepath_cli.audit.locking.shape import Shape, shape_of
from nodepath_cli.audit.locking.sites import SOFT, Site, Sites, spans, text_times
from nodepath_cli.audit.locking.switches import is_switch
from nodepath_cli.audit.locking.wanted import wanted_sites
from nodepath_cli.source.functions import Called, Function, Step
from nodepath_cli.source.statement import Span, Statement

ENOUGH = 3
"""How much has to speak for a lock where a function says by its result who got it."""
_ENOUGH_WITHOUT_RESULT = 4
_ENOUGH_BY_DEEDS = 5
"""The same where what is done to the row has to speak, and names are one sign among others."""
_ENOUGH_NAMELESS = 6
"""The same where no name speaks, and nothing that was found in the row is a reason to go away."""


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
        found: list[Acquire] = []
        by_deeds: list[Acquire] = []
        for function, ways in self.ways.items():
            for table in written(ways) if not function.within else ():
                acquire = Acquire(function, table, ways, self._releases(function, table, ways))
                if deeds.hands_out_row(ways, table) or self._prepares(acquire) or self._is_state(acquire):
                    continue
                own = words.taking(function.name) or any(stands_in(function, site) for site in acquire.sites)
                if (own or self._is_handed(acquire)) and self._is_lock(acquire):
                    found.append(acquire)
                elif self._does_lock(acquire):
                    by_deeds.append(replace(acquire, sure=self._sure(acquire)))
        # Who calls a function that takes the lock does not take it once more.
        taking = {each.function.name for each in (*found, *by_deeds)}
        found += [each for each in by_deeds if not any(step.name in taking for step in each.calls)]
        parts = {step.name for each in found for step in each.calls}
        return tuple(
            each
            for each in found
            if each.function.name not in parts or ("bool" in each.function.results and not self._is_step(each, found))
        )

    def _is_step(self, acquire: Acquire, every: Iterable[Acquire]) -> bool:
        """Say whether a function is one step of others that take the lock, and is called by nobody else.

        They run statements of their own about the table: what one of them does is judged with what the others do.
        """
        name, own = acquire.function.name, set(acquire.sites)
        whole = {
            each.function.name
            for each in every
            if each.table == acquire.table and each.function.complete and calls(each.ways, name)
            if each is not acquire and own < set(each.sites)
        }
        return bool(whole) and not any(
            called_without(way, name, whole)
            for function, ways in self.ways.items()
            if function is not acquire.function and function.name not in whole
            for way in ways
        )

    @staticmethod
    def _is_state(acquire: Acquire) -> bool:
        """Say whether a thing is locked that is no lock, and it is all the same whether it was locked before."""
        return words.holds_locks(acquire.sites[0].access.table) < 2 and indifferent(acquire)

    def _is_handed(self, acquire: Acquire) -> bool:
        """Say whether all that comes of its writes is handed to it by functions that judge nothing (`sql.Result`)."""
        return any(
            each is not acquire.function and not good(ways) and any(stands_in(each, site) for site in acquire.sites)
            for each, ways in self.ways.items()
            if any(way.hands_up for way in ways)
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
                first = next((at for at, step in enumerate(way.path.steps) if _calls(step, acquire.name)), None)
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

    def _does_lock(self, acquire: Acquire) -> bool:
        """Say whether a function takes a lock by all that is done to the row, whatever it is called."""
        function, table = acquire.function, acquire.sites[0].access.table
        shape = shape_of(table)
        if shape is None or not acquire.releases or not acquire.successes or not says(acquire):
            return False
        name = words.taking(function.name)
        if words.storing(function.name) or self._is_kept(acquire):
            return False
        if not name and not words.says_nothing(function.name):
            return False
        sites = self.sites.about(acquire.table)
        freed = [each.site for each in acquire.releases]
        holder = deeds.has_holder(sites, shape) or (words.holds_locks(table) == 2 and bool(shape.perhaps))
        if not holder or deeds.gives_data(acquire.ways, acquire.table):
            return False
        if self._is_read(acquire):
            return False
        paired, refuses = self._paired(acquire), deeds.backs_off(acquire.ways, acquire.table)
        named = any(each.named for each in acquire.releases)
        holds = words.holds_locks(table)
        if not (shape.who or shape.perhaps or shape.flags) and not (refuses and (paired or name or holds == 2)):
            # A time alone, `locked_at`: it may keep people away who have done something too often.
            return False
        told = "bool" in function.results or bool(acquire.ways[0].told.names) or made(acquire)
        score = name + holds + int(named) + 2 * int(paired) + 2 * int(refuses) + int(told)
        whose = deeds.asks_whose(freed, shape)
        score += int(bool(shape.limits)) + int(bool((shape.who or whose) and shape.times))
        aged = deeds.looks_at_age(sites, shape) or deeds.judges_age(acquire.ways, acquire.table, shape)
        score += int(whose) + int(aged)
        asks = deeds.asks_before(acquire.sites, shape)
        if not (refuses or paired or holds or asks or shape.who or shape.flags or shape.limits):
            # Who comes and goes is noted down as well.
            return False
        speaks = name or named or refuses or holds == 2
        if not told and not refuses and not (name and (paired or holds)):
            # An upsert whose error alone is told: whoever notes down who has something does the same.
            return False
        return score >= (_ENOUGH_BY_DEEDS if speaks else _ENOUGH_NAMELESS)

    def _is_kept(self, acquire: Acquire) -> bool:
        """Say whether names speak of something that is kept and no lock, and deeds do not deny it."""
        table = acquire.sites[0].access.table
        shape = shape_of(table)
        if not words.plain(acquire.function.name) and (not words.plain(table.name) or words.holds_locks(table) == 2):
            return False
        if shape is None or not self._contested(acquire, shape):
            return True
        freed = (each.site for each in acquire.releases)
        aged = deeds.looks_at_age(acquire.sites, shape) or deeds.judges_age(acquire.ways, acquire.table, shape)
        return not aged and not deeds.asks_whose(freed, shape)

    @staticmethod
    def _contested(acquire: Acquire, shape: Shape) -> bool:
        return deeds.backs_off(acquire.ways, acquire.table) or deeds.asks_before(acquire.sites, shape)

    def _prepares(self, acquire: Acquire) -> bool:
        """Say whether a function only makes the rows that others take."""
        about = self.sites.about(acquire.table)
        written = [site for site in acquire.sites if site.access.action != "select"]
        return all(deeds.prepares(site, about) for site in written)

    def _sure(self, acquire: Acquire) -> bool:
        """Say whether names or a caller speak for a lock, beside the deeds."""
        holds = words.holds_locks(acquire.sites[0].access.table)
        return self._paired(acquire) or holds == 2 or words.taking(acquire.function.name) == 2

    def _is_read(self, acquire: Acquire) -> bool:
        """Say whether the tree reads the table's rows as data: in another function's SELECT, or with other tables."""
        own = {*acquire.sites, *(run.site for each in acquire.releases for way in each.ways for run in way.runs)}
        about = self.sites.about(acquire.table)
        if any(site not in own and site.function != acquire.function.name and deeds.reads_data(site) for site in about):
            return True
        return self.sites.joined(acquire.table)

    def _is_lock(self, acquire: Acquire) -> bool:
        function, table = acquire.function, acquire.sites[0].access.table
        if not acquire.successes or is_switch(acquire, self.sites) or self._is_barred(acquire):
            return False
        name = words.taking(function.name)
        session = words.is_session_lock(table)
        if session and words.says_nothing(function.name):
            # The table is there for nothing else.
            name = 1
        paired = self._paired(acquire)
        score = name + words.holds_locks(table)
        score += int(any(each.named for each in acquire.releases)) + 2 * int(paired)
        by_name = name == 2 and (shape_of(table) or refuses(acquire) or says_so(acquire) or swaps(acquire))
        if not paired and not words.holds_locks(table) and not by_name:
            # The names alone: whatever is stored by them is no lock's row.
            return False
        if name < 2 and not words.holds_locks(table) and not session and not self._keeps_out(acquire):
            return False
        if "bool" in function.results:
            return score + 1 >= ENOUGH and (name > 0 or paired)
        if says_by_field(acquire) and name + words.holds_locks(table) > 2 and acquire.releases:
            return True
        if not {"error", "handle"} & set(function.results):
            return False
        if session and acquire.releases and name and score >= ENOUGH and not words.storing(function.name):
            return True
        if score < _ENOUGH_WITHOUT_RESULT:
            return False
        if paired:
            # Who comes and goes is noted down around the work as well (`Enter`, `defer Leave`).
            noted = words.plain(table.name) and name < 2 and not words.holds_locks(table) and not refuses(acquire)
            return not noted or bool(shape_of(table)) or session
        # `LockDevice` may set a mark that an administrator takes away: then nothing is refused.
        sure = words.acquiring(function.name) or refuses(acquire) or session or asks_before(acquire)
        sure = sure or any(way.works for way in acquire.successes)
        return (
            name == 2
            and sure
            and not words.storing(function.name)
            and (bool(acquire.releases) or words.holds_locks(table) == 2)
        )

    def _keeps_out(self, acquire: Acquire) -> bool:
        """Say whether somebody may be kept out by a function whose name might be that of noting down who comes.

        The table's columns are those of a lock, or who gets its answer goes by that. An upsert's error alone keeps
        nobody out: then it has to have a name of its own.
        """
        shape, results = shape_of(acquire.sites[0].access.table), acquire.function.results
        if asks_before(acquire) or any(each.function.within for each in acquire.releases):
            return True
        if shape is not None and (shape.who or shape.flags or shape.since):
            return True
        if "bool" in results:
            return self._is_heeded(acquire)
        soft = all(site.access.action in SOFT for site in acquire.sites if site.access.action != "select")
        leased = shape is not None and bool(shape.limits)
        return not soft or leased or "handle" in results or refuses(acquire) or names_error(acquire)

    def _is_heeded(self, acquire: Acquire) -> bool:
        """Say whether a function that takes the row and gives it back does so by the answer that it gets, or may."""
        name, backs = acquire.function.name, self._backs({each.function.name for each in acquire.releases})
        if any(way.works for way in acquire.ways):
            return True
        around = [function for function, ways in self.ways.items() if any(in_turn(way, name, backs) for way in ways)]
        programs = self._analysis.programs
        going_on = [
            function for function in around if any(backs & each.regardless(function.span, name) for each in programs)
        ]
        return len(going_on) < len(around) or not around

    def put_off(self, function: Function, before: str) -> Mapping[str, Span]:
        """Return what a function puts off to its end, whatever comes, before it asks another one; with its place."""
        found: dict[str, Span] = {}
        for program in self._analysis.programs:
            found.update(program.put_off(function.span, before))
        return found

    def _is_barred(self, acquire: Acquire) -> bool:
        """Say whether a person's row is locked, by an administrator say: it stays so, and others read it as data."""
        function, table = acquire.function, acquire.sites[0].access.table
        if not words.of_people(table.name) or words.holds_locks(table) == 2 or words.tries(function.name):
            return False
        if refuses(acquire) or asks_before(acquire) or self._paired(acquire):
            return False
        changed = {each.column for site in acquire.sites for each in site.access.settings if not each.keeps}
        return any(
            site not in acquire.sites and site.access.selected & changed and deeds.reads_data(site)
            for site in self.sites.about(acquire.table)
        )

    def _paired(self, acquire: Acquire) -> bool:
        """Say whether some function calls the acquire and, at its end or later on, the release."""
        if any(self._hands_back(acquire, each.function) for each in acquire.releases if each.function.within):
            return True
        names = {each.function.name for each in acquire.releases if not each.function.within}
        if not names:
            return False
        names = self._backs(names)
        if any(way.works and in_turn(way, "", names) for way in acquire.ways):
            return True
        return any(in_turn(way, acquire.function.name, names) for ways in self.ways.values() for way in ways)

    def _backs(self, names: set[str]) -> set[str]:
        """Return the names of releases with those of the functions that hand on to them.

        `return releaseSession(r.db, "chat_locks", phone)` is what the callers of its methods see.
        """
        return names | {
            function.name
            for function, ways in self.ways.items()
            if words.releasing(function.name) and any(calls(ways, name) for name in names)
        }

    def _hands_back(self, acquire: Acquire, literal: Function) -> bool:
        """Say whether a literal that ends the row is handed out with the lock, or put off behind the work."""
        name, table = acquire.function.name, acquire.sites[0].access.table
        if not (words.taking(name) == 2 or words.holds_locks(table) == 2):
            # What is undone by a function may be anything.
            if words.storing(name) or shape_of(table) is None or self._is_kept(acquire):
                return False
            if self._is_read(acquire):
                return False
        own = literal.within == acquire.function.name
        return not literal.deferred or not own or any(way.works for way in acquire.ways)

    def _made_for(self, literal: Function, acquire: Function, ways: tuple[Way, ...]) -> bool:
        """Say whether a literal stands in the function that takes the lock, or one of the makers calls the other."""
        if literal.span.path == acquire.span.path and acquire.span.start <= literal.span.start < acquire.span.end:
            return True
        if calls(ways, literal.within):
            return True
        makers = (made for function, made in self.ways.items() if function.name == literal.within)
        return any(calls(made, acquire.name) for made in makers)

    def elsewhere(self, acquire: Acquire) -> Iterator[Site]:
        """Yield the statements about the lock's table that neither the acquire runs nor a release of its key."""
        own = {*acquire.sites, *(each.site for each in acquire.releases)}
        for site in self.sites.about(acquire.table):
            if site not in own:
                yield site


def _calls(step: Step, name: str) -> bool:
    return isinstance(step, Called) and step.name == name and not step.deferred
