"""Acquires that do not lock: upserts and reads that decide nothing, and reads that lock for several at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire, in_turn
from nodepath_cli.audit.locking.alive import taken_alive
from nodepath_cli.audit.locking.deciding import (
    already_mine,
    counts,
    decided,
    decides,
    elsewhere,
    keeps_out,
    leaves_alone,
)
from nodepath_cli.audit.locking.guard import EMPTY, constant
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.rows import held_by
from nodepath_cli.audit.locking.sites import ADDING, SOFT, Site
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Called, Function, Outcome, outcomes

_ALONE = lazy(r"(?:^|[^\s(,=+\-*/&|<>!.:\[])[ \t\r]*\n\s*(?:_\s*,\s*_\s*=\s*)?\Z")
"""What stands before a call that is a statement: the end of another one, or of a line that begins a block."""


class Undecided(Struct, frozen=True, eq=False):
    """A write that lets every caller in."""

    write: Site
    read: Site | None
    """The SELECT whose answer the function takes for a decision."""
    counted: bool
    """The affected rows are asked for, but not in a way that decides."""
    how: Literal["", "refused", "ignored", "open", "deleted", "loose", "alive"] = ""
    """`refused`: it is an INSERT, and that another caller has the row (1062) is taken for success; `ignored`: so is
    every error; `open`: it is an UPDATE whose condition a row meets that another caller holds; `deleted`: a DELETE
    takes the row from its holder; `loose`: an UPDATE changes rows of other keys, too; `alive`: the row was read before,
    and what was asked of it does not keep a held one."""

    @property
    def seizes(self) -> bool:
        """Say whether it takes the lock from its holder."""
        return self.how in ("open", "deleted", "alive") or (
            self.write.access.action == "update" and not self.write.access.others and not leaves_alone(self.write)
        )

    @property
    def blocks_nobody(self) -> bool:
        """Say whether a row that its holder has left behind keeps nobody out: whoever comes gets in."""
        overwrites = self.write.access.action in SOFT and self.read is None and not self.how
        return self.seizes or self.how in ("refused", "ignored") or overwrites


def undecided(acquire: Acquire) -> Iterator[Undecided]:
    """Yield the writes that succeed for whoever comes, and on whose success the caller is told that it has the lock."""
    for found in _undecided(acquire):
        if not (found.seizes and words.seizing(acquire.function.name)):
            yield found


def _undecided(acquire: Acquire) -> Iterator[Undecided]:
    seen: set[Site] = set()
    row = held_by(acquire.successes, acquire.table)
    for way in acquire.successes:
        for emptied in _emptied(way, acquire.table):
            if emptied not in seen and _read(way, acquire.table) is None:
                seen.add(emptied)
                yield Undecided(emptied, None, False, "deleted")
        if decided(way, acquire.table):
            alive = None if elsewhere(way) else taken_alive(way, acquire.ways, acquire.table, row)
            if alive is not None and alive.site is not None and alive.site not in seen:
                seen.add(alive.site)
                yield Undecided(alive.site, _read(way, acquire.table), way.accepted(alive) is not None, "alive")
            continue
        for run in way.runs:
            site = run.site
            if site is None or site.table != acquire.table or site in seen:
                continue
            if _seeds(way, run):
                continue
            swaps = _unasked_swap(way, run)
            if site.access.one_key is None or (counts(site) and not swaps) or already_mine(way, run.position):
                continue
            read = _read(way, acquire.table)
            if site.access.loose and site.access.action == "update":
                seen.add(site)
                yield Undecided(site, None, way.accepted(run) is not None, "loose")
            elif _refused(way, run) and _last(way, run):
                seen.add(site)
                yield Undecided(site, None, False, "refused")
            elif _ignored(way, run) and _last(way, run):
                seen.add(site)
                yield Undecided(site, None, False, "ignored")
            elif swaps:
                seen.add(site)
                yield Undecided(site, None, False)
            elif site.access.action == "update" and read is None and _seizes(way, run):
                seen.add(site)
                yield Undecided(site, None, way.accepted(run) is not None, "open" if site.access.others else "")
            elif (
                site.access.action in SOFT
                or site.access.guarded
                or (site.access.action == "update" and read is None and _takes(site))
            ):
                seen.add(site)
                yield Undecided(site, read, way.accepted(run) is not None)


def _refused(way: Way, run: Run) -> bool:
    """Say whether the path knows that an INSERT found another caller's row."""
    return run.site is not None and run.site.access.action == "insert" and way.answer(run, "duplicate") is True


def _ignored(way: Way, run: Run) -> bool:
    """Say whether the path knows that an INSERT has failed, or throws its error away, and succeeds for certain."""
    if run.site is None or run.site.access.action != "insert":
        return False
    if way.answer(run, "error") is not True and not _thrown_away(run.site, run):
        return False
    asked = [subject for _, subject, _ in way.tests if any(each.run == run.ran.number for each in outcomes(subject))]
    return all(isinstance(each, Outcome) and each.aspect == "error" for each in asked) and way.certain


def _thrown_away(insert: Site, run: Run) -> bool:
    """Say whether the call is a statement by itself, or what it gives is assigned to nothing: `_, _ = db.Exec(...)`."""
    call, file = insert.analysed.statement.call, insert.analysed.file
    if call is None or call.span != run.ran.call or call.name.rpartition(".")[2] not in ("Exec", "ExecContext"):
        return False
    return insert.analysed.statement.span.path == call.span.path and bool(
        _ALONE.search(file.text[max(0, call.span.start - 300) : call.span.start])
    )


def _last(way: Way, run: Run) -> bool:
    """Say whether a path does nothing more than that in the table."""
    table = run.site.table if run.site is not None else ""
    later = (other for other in way.runs if other.position > run.position)
    return not any(other.site is None or other.site.table == table for other in later)


def _seizes(way: Way, run: Run) -> bool:
    """Say whether an UPDATE takes a row whoever has it, with nothing but its key for a condition."""
    site = run.site
    if site is None or keeps_out(way, run) or all(each.keeps for each in site.access.settings):
        return False
    before = (other for other in way.runs if other.position < run.position)
    return way.accepted(run) is not None or any(_refused(way, other) for other in before)


def same_row(one: Run, other: Run) -> bool:
    """Say whether two statements fix the same key, and not to values that are known to differ."""
    if one.site is None or other.site is None or one.site.access.one_key != other.site.access.one_key:
        return False
    for column in one.site.access.key or ():
        values = [
            argument(run, run.site.access.fixed[column])
            for run in (one, other)
            if run.site and column in run.site.access.fixed
        ]
        if len(values) == 2 and None not in values and values[0] != values[1]:
            return False
    return True


def _emptied(way: Way, table: str) -> Iterator[Site]:
    """Yield the DELETEs that take a row from whoever holds it, where nothing but an INSERT behind them decides."""
    deletes: list[Run] = []
    for run in way.runs:
        site = run.site
        if site is None or site.table != table:
            continue
        if site.access.action == "delete" and site.access.one_key and not already_mine(way, run.position):
            if not keeps_out(way, run):
                deletes.append(run)
        elif site.access.action in ADDING and any(same_row(each, run) for each in deletes):
            others = (other for other in way.runs if other is not run and other not in deletes)
            if not any(decides(way, other, table) for other in others) and not elsewhere(way):
                yield from (each.site for each in deletes if each.site is not None)
            return


def _takes(update: Site) -> bool:
    """Say whether an UPDATE changes what it asks for first: a row that is free becomes one that is held."""
    changed = {each.column for each in update.access.settings if not each.keeps}
    return leaves_alone(update) or any(each.columns & changed for each in update.access.others)


def _seeds(way: Way, run: Run) -> bool:
    """Say whether a write makes a row without a holder where there is none, which an UPDATE behind it takes."""
    site = run.site
    if site is None or site.access.action not in ("ignore", "upsert") or site.access.key is None:
        return False
    given = {each.column for each in site.access.settings if not each.keeps}
    given |= {
        each.column
        for each in site.access.inserted
        if each.value.kind != "null" and constant(each.value, run) not in EMPTY
    }
    if not given <= set(site.access.key):
        return False
    later = (each for each in way.runs if each.position > run.position and each.site is not None)
    return any(each.site is not None and each.site.access.action == "update" and same_row(run, each) for each in later)


def _unasked_swap(way: Way, run: Run) -> bool:
    """Say whether an UPDATE asks for what a SELECT has seen there, and nobody asks whether it has changed a row."""
    site = run.site
    if site is None or site.access.action != "update" or not _takes(site):
        return False
    if way.accepted(run) is not None or way.looked_at(run, "affected", "result"):
        return False
    changed = {each.column for each in site.access.settings if not each.keeps}
    reads = {each.ran.number for each in way.runs if each.site and each.site.access.action == "select"}
    for each in site.access.others:
        given = argument(run, each.operand) if each.fixes in changed and each.operand else None
        if isinstance(given, Outcome) and given.aspect == "row" and given.run in reads:
            return True
    return False


def _read(way: Way, table: str) -> Site | None:
    """Return the SELECT of the table that the path's success rests on."""
    for run in way.runs:
        site = run.site
        reads = site is not None and site.table == table and site.access.action == "select"
        if reads and way.looked_at(run, "row", "found", "missing"):
            return site
    return None


def unheeded(protocols: Protocols) -> Iterator[tuple[Function, Acquire, Site]]:
    """Yield the callers of an acquire that do their caller's work with the lock and without it, and then release it."""
    for acquire in protocols.acquires:
        backs = {each.function for each in acquire.releases if not each.function.within}
        for function, ways in protocols.ways.items() if backs else ():
            if function is acquire.function or function.within or not function.complete:
                continue
            ways = tuple(way for way in ways if way.works and in_turn(way, acquire.function, backs))
            worked = {name for way in ways if decided(way, acquire.table) for name in _given(way)}
            for way in ways:
                own = [run for run in way.runs if run.site in acquire.sites]
                refused = next((run.site for run in own if _got_nothing(way, run)), None)
                unasked = next((run.site for run in own if _never_asked(way, run)), None)
                if unasked and all(decided(each, acquire.table) for each in acquire.successes):
                    refused, worked = unasked, _given(way)
                if refused and worked & _given(way) and not decided(way, acquire.table):
                    yield function, acquire, refused
                    break


def _given(way: Way) -> set[str]:
    return {step.name for step in way.path.steps if isinstance(step, Called) and step.given}


def _got_nothing(way: Way, run: Run) -> bool:
    """Say whether a path knows that its write has not taken the row."""
    if run.site is None or run.site.access.action == "select":
        return False
    return way.accepted(run) == frozenset((0,)) or _refused(way, run)


def _never_asked(way: Way, run: Run) -> bool:
    """Say whether nothing that a path asks behind an UPDATE can be how many rows that has changed."""
    if run.site is None or run.site.access.action != "update" or way.looked_at(run, "affected", "result"):
        return False
    later = (subject for position, subject, _ in way.tests if position > run.position)
    return all(any(outcomes(each)) for each in later)


def checks_then_acts(acquire: Acquire) -> Iterator[tuple[Site, Site]]:
    """Yield the SELECTs that decide, each with the write that takes the lock and does not decide."""
    seen: set[Site] = set()
    for way in acquire.successes:
        for emptied in _emptied(way, acquire.table):
            looked = _read(way, acquire.table)
            if looked is not None and looked not in seen:
                seen.add(looked)
                yield looked, emptied
        if decided(way, acquire.table):
            continue
        read: Run | None = None
        for run in way.runs:
            site = run.site
            if site is None or site.table != acquire.table or _seeds(way, run):
                continue
            if site.access.action == "select":
                asked = way.asked_of(run, "row", "found", "missing", "error")
                if any(position < len(way.path.steps) for position, _, _ in asked) and _rests_on(way, run):
                    read = read or run
            elif site.access.action in SOFT or _unasked_swap(way, run):
                # The write itself is reported (NP401).
                break
            elif read is not None and read.site is not None and not already_mine(way, run.position):
                if read.site not in seen and read.ran.isolation != "serializable":
                    seen.add(read.site)
                    yield read.site, site
                break


def _rests_on(way: Way, run: Run) -> bool:
    return way.looked_at(run, "row", "found", "missing")


def upgrades(acquire: Acquire) -> Iterator[tuple[Site, Site]]:
    """Yield the SELECTs by which several callers lock a row for reading, each with the write behind it.

    Each of them then waits for the others (MySQL manual, "Locking Reads").
    """
    seen: set[Site] = set()
    for way in acquire.successes:
        for number, run in enumerate(way.runs):
            read = run.site
            if read is None or read in seen or not read.access.shared or read.access.key is None:
                continue
            for later in way.runs[number + 1 :]:
                write = later.site
                changes = write is not None and write.access.action in ("update", "delete")
                same = run.ran.transaction is not None and later.ran.transaction == run.ran.transaction
                if write is not None and changes and same and write.table == read.table and same_row(run, later):
                    seen.add(read)
                    yield read, write
                    break
