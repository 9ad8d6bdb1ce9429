"""How much speaks for a lock: what functions and tables are called, and what is done to the row."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nodepath_cli.audit.locking import deeds, words
from nodepath_cli.audit.locking.acquires import (
    Acquire,
    asks_before,
    calls,
    good,
    hands_out_token,
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
)
from nodepath_cli.audit.locking.outcome import Way
from nodepath_cli.audit.locking.shape import Shape, shape_of
from nodepath_cli.audit.locking.sites import SOFT, Sites
from nodepath_cli.audit.locking.switches import is_switch
from nodepath_cli.source.functions import Function
from nodepath_cli.source.hosts import Program

_ENOUGH = 3
"""How much has to speak for a lock where a function says by its result who got it."""
_ENOUGH_WITHOUT_RESULT = 4
_ENOUGH_BY_DEEDS = 5
"""The same where what is done to the row has to speak, and names are one sign among others."""
_ENOUGH_NAMELESS = 6
"""The same where no name speaks, and nothing that was found in the row is a reason to go away."""


class Signs:
    """What speaks for a lock in a tree, and how much of it there has to be."""

    def __init__(self, sites: Sites, ways: Mapping[Function, tuple[Way, ...]], programs: Collection[Program]) -> None:
        self._sites = sites
        self._ways = ways
        self._programs = programs

    def is_lock(self, acquire: Acquire) -> bool:
        """Say whether a function takes a lock by its name and its table's, and by who works under it."""
        function, table = acquire.function, acquire.sites[0].access.table
        if not acquire.successes or is_switch(acquire, self._sites) or self._is_barred(acquire):
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
            return score + 1 >= _ENOUGH and (name > 0 or paired)
        if says_by_field(acquire) and name + words.holds_locks(table) > 2 and acquire.releases:
            return True
        if not {"error", "handle"} & set(function.results):
            return False
        if session and acquire.releases and name and score >= _ENOUGH and not words.storing(function.name):
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

    def does_lock(self, acquire: Acquire) -> bool:
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
        sites = self._sites.about(acquire.table)
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

    def is_sure(self, acquire: Acquire) -> bool:
        """Say whether names or a caller speak for a lock, beside the deeds, or the token that it hands out does."""
        holds = words.holds_locks(acquire.sites[0].access.table)
        named = holds == 2 or words.taking(acquire.function.name) == 2
        return named or self._paired(acquire) or hands_out_token(acquire)

    def prepares(self, acquire: Acquire) -> bool:
        """Say whether a function only makes the rows that others take."""
        about = self._sites.about(acquire.table)
        written = [site for site in acquire.sites if site.access.action != "select"]
        return all(deeds.prepares(site, about) for site in written)

    @staticmethod
    def is_state(acquire: Acquire) -> bool:
        """Say whether a thing is locked that is no lock, and it is all the same whether it was locked before."""
        return words.holds_locks(acquire.sites[0].access.table) < 2 and indifferent(acquire)

    def is_handed(self, acquire: Acquire) -> bool:
        """Say whether all that comes of its writes is handed to it by functions that judge nothing (`sql.Result`)."""
        return any(
            each is not acquire.function and not good(ways) and any(stands_in(each, site) for site in acquire.sites)
            for each, ways in self._ways.items()
            if any(way.hands_up for way in ways)
        )

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

    def _is_read(self, acquire: Acquire) -> bool:
        """Say whether the tree reads the table's rows as data: in another function's SELECT, or with other tables."""
        own = {*acquire.sites, *(run.site for each in acquire.releases for way in each.ways for run in way.runs)}
        about = self._sites.about(acquire.table)
        if any(site not in own and site.function != acquire.function.name and deeds.reads_data(site) for site in about):
            return True
        return self._sites.joined(acquire.table)

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
        own, backs = acquire.function, self._backs({each.function for each in acquire.releases})
        if any(way.works for way in acquire.ways):
            return True
        around = [function for function, ways in self._ways.items() if any(in_turn(way, own, backs) for way in ways)]
        programs, names = self._programs, {each.name for each in backs}
        going_on = [
            function
            for function in around
            if any(names & each.regardless(function.span, own.name) for each in programs)
        ]
        return len(going_on) < len(around) or not around

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
            for site in self._sites.about(acquire.table)
        )

    def _paired(self, acquire: Acquire) -> bool:
        """Say whether some function calls the acquire and, at its end or later on, the release."""
        if any(self._hands_back(acquire, each.function) for each in acquire.releases if each.function.within):
            return True
        backs = {each.function for each in acquire.releases if not each.function.within}
        if not backs:
            return False
        backs = self._backs(backs)
        if any(way.works and in_turn(way, None, backs) for way in acquire.ways):
            return True
        return any(in_turn(way, acquire.function, backs) for ways in self._ways.values() for way in ways)

    def _backs(self, functions: set[Function]) -> set[Function]:
        """Return releases with the functions that hand on to them.

        `return releaseSession(r.db, "chat_locks", phone)` is what the callers of its methods see.
        """
        return functions | {
            function
            for function, ways in self._ways.items()
            if words.releasing(function.name) and any(calls(ways, each) for each in functions)
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
