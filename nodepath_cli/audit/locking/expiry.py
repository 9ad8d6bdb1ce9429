"""Locks that outlive their holder: whether one can be taken over, and whether a release asks whose it is."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire, Release
from nodepath_cli.audit.locking.deciding import conditional, decided, decides, leaves_alone, token_compared
from nodepath_cli.audit.locking.deeds import asks_whose
from nodepath_cli.audit.locking.flaws import checks_then_acts, undecided
from nodepath_cli.audit.locking.guard import Held
from nodepath_cli.audit.locking.held import kept
from nodepath_cli.audit.locking.instants import argument
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.owned_keys import by_owner
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.rolled_back import leaves_no_row
from nodepath_cli.audit.locking.rows import changes, held_by
from nodepath_cli.audit.locking.shape import is_number, is_time, shape_of
from nodepath_cli.audit.locking.sites import ADDING, SOFT, Site
from nodepath_cli.source.functions import Compared, Known, Mixed, Outcome, outcomes
from nodepath_cli.sql.row_access import Condition


def without_lease(acquire: Acquire, protocols: Protocols) -> Iterator[Site]:
    """Yield the INSERTs of an acquire that works by the row's existence, where nothing but a release ends it."""
    if not acquire.sure:
        # What is claimed may be claimed for good.
        return
    if not acquire.releases and words.holds_locks(acquire.sites[0].access.table) < 2:
        return
    if any(kept(acquire, each, protocols) for each in acquire.releases):
        # Then even a release does not end it (NP402).
        return
    if any(each.blocks_nobody for each in undecided(acquire)) or leaves_no_row(acquire) or by_owner(acquire, protocols):
        # Whoever comes ends it, or gets in beside it (NP401).
        return
    if any(_takeovers(acquire, protocols)) or protocols.sites.obscure(acquire.table):
        return
    if protocols.sites.refused(acquire.table):
        # That one may be the takeover (NP101).
        return
    if any(ends_by_itself(site) for site in protocols.elsewhere(acquire)) or _reaped(acquire, protocols):
        return
    # What an UPDATE claims may be a piece of work: it has to be a lock by all of the signs.
    updates = bool(acquire.releases) and _holds_only_locks(acquire)
    seen: set[Site] = set()
    for way in acquire.successes:
        for run in way.runs:
            site = run.site
            if site is None or site in seen or site.table != acquire.table:
                continue
            if site.access.action not in ADDING and not (updates and site.access.action == "update"):
                continue
            if decides(way, run, acquire.table) or _decided_beside(way, run, site):
                seen.add(site)
                yield site


def _decided_beside(way: Way, run: Run, site: Site) -> bool:
    """Say whether a SELECT decides on the row: one that reads the own mark, or one that has locked it before."""
    if site.access.action in SOFT:
        return token_compared(way)
    return site.access.action == "update" and not site.access.others and _looked_first(way, run)


def _looked_first(way: Way, write: Run) -> bool:
    """Say whether a SELECT that locks the row decides before it is changed by its key.

    Where the work is done in between, a crash ends the transaction and with it the lock.
    """
    if way.works:
        return False
    before = (run for run in way.runs if run.position < write.position and run.site is not None)
    return any(
        run.site is not None
        and write.site is not None
        and run.site.table == write.site.table
        and run.site.access.action == "select"
        and decides(way, run, write.site.table)
        for run in before
    )


def _reaped(acquire: Acquire, protocols: Protocols) -> bool:
    """Say whether a function looks for old rows and then ends them one by one."""
    for function, ways in protocols.ways.items():
        if function is acquire.function:
            continue
        for way in ways:
            looked = False
            for site in (run.site for run in way.runs if run.site and run.site.table == acquire.table):
                access = site.access
                if looked and access.action in ("update", "delete"):
                    return True
                asked = access.selected.union(*(each.columns for each in access.conditions))
                looked = looked or (access.action == "select" and not access.key and any(map(is_time, asked)))
    return False


def ends_by_itself(site: Site) -> bool:
    """Say whether a statement ends locks that nobody gives back: by their age or owner, or all of them at once."""
    access = site.access
    if access.action not in ("delete", "update") or words.renewing(site.function):
        return False
    if not access.conditions:
        return True
    key_columns = {column for key in _keys(site) for column in key}
    return any(each.columns - key_columns or each.ordered for each in access.conditions)


def _holds_only_locks(acquire: Acquire) -> bool:
    table = acquire.sites[0].access.table
    taking, holds, shape = words.taking(acquire.function.name) == 2, words.holds_locks(table), shape_of(table)
    if shape is None or not (taking or holds == 2):
        return False
    # A lease that the acquire writes is meant to end, whatever the table is called.
    leased = any(each.column in shape.limits for site in acquire.sites for each in site.access.settings)
    clock = any(
        each.value.clock for site in acquire.sites for each in site.access.settings if each.column in shape.limits
    )
    if holds == 2 and clock and all(asks_whose((each.site,), shape) for each in acquire.releases):
        return True
    return (taking and (leased or holds > 0)) or not words.plain(table.name.removesuffix("_session_nodepath"))


def _keys(site: Site) -> Iterator[tuple[str, ...]]:
    from nodepath_cli.sql.row_access import unique_keys

    yield from unique_keys(site.access.table)


def _takeovers(acquire: Acquire, protocols: Protocols) -> Iterator[Site]:
    """Yield the statements by which a caller gets a lock that another one has not given back."""
    released = {each.site for each in acquire.releases}
    runs = {run.site: run for way in acquire.ways for run in way.runs if run.site is not None}
    old = held_by(acquire.successes, acquire.table, expired=True)
    for site in acquire.sites:
        access, run = site.access, runs.get(site)
        if access.action in ("update", "delete") and site not in released:
            # What is compared with what was seen is the same row, however old.
            asks = [each for each in access.others if not _seen_before(each, run)]
            aged = bool(asks) or _reads_age(acquire, old) or _remembers(acquire)
            met = old.passes(access.others, run) is not False and aged
            if met or (run is not None and leaves_alone(site) and _seizes(acquire, site, run, old)):
                yield site
        elif (access.action == "upsert" and run is not None and _seizes(acquire, site, run, old)) or (
            _overwrites(site) and _locks_to_look(acquire) and _reads_age(acquire, old)
        ):
            yield site
    for site in protocols.elsewhere(acquire):
        taking = site.access.action == "update" and site.access.key and site.access.others
        if not taking or words.renewing(site.function) or words.releasing(site.function):
            continue
        if old.passes(site.access.others, None) is not False:
            yield site


def _seen_before(condition: Condition, run: Run | None) -> bool:
    """Say whether a condition asks that a column still is what a SELECT has found in it."""
    if condition.fixes is None or condition.operand is None:
        return False
    given = argument(run, condition.operand)
    return isinstance(given, Outcome) and given.aspect == "row"


def _seizes(acquire: Acquire, write: Site, run: Run, row: Held) -> bool:
    """Say whether a write that chooses what it puts in takes a row whose lease is over, and the caller then asks."""
    given = {name for name, fact in row.facts.items() if fact.kind == "own"}
    runs = ((way, each) for way in acquire.successes for each in way.runs if each.site is write)
    counted = any(way.accepted(each) is not None for way, each in runs)
    for setting, changed in changes(write.access.settings, row, run):
        if conditional(setting) and changed is not False and (counted or not given or setting.column in given):
            return True
    return False


def _overwrites(site: Site) -> bool:
    """Say whether an INSERT puts its own row where there is one already, whatever that says."""
    changed = [each for each in site.access.settings if not each.keeps]
    upserts = site.access.action == "upsert" and any(not conditional(each) for each in changed)
    return site.access.action == "replace" or upserts


def _locks_to_look(acquire: Acquire) -> bool:
    """Say whether a SELECT locks the row, and only until the acquire has it: the work is done behind that."""
    return any(each.access.locks for each in acquire.sites) and not any(way.works for way in acquire.successes)


def _remembers(acquire: Acquire) -> bool:
    """Say whether a path succeeds where a number or time of the row is one that the program has seen before.

    A holder that has not changed it for as long is gone.
    """
    for way in acquire.successes:
        reads = {run.ran.number: run.site for run in way.runs if run.site and run.site.access.action == "select"}
        for _, subject, truth in way.tests:
            if not truth or not isinstance(subject, Compared) or subject.operator != "==":
                continue
            left, right = subject.left, subject.right
            site = reads.get(left.run) if isinstance(left, Outcome) and left.aspect == "row" else None
            if site is None or not isinstance(left, Outcome) or not isinstance(right, Mixed) or any(outcomes(right)):
                continue
            columns = _columns(site, left.place)
            if len(columns) == 1 and all(is_number(each) or is_time(each) for each in columns):
                return True
    return False


def _reads_age(acquire: Acquire, row: Held) -> bool:
    """Say whether an acquire that changes a row by its key alone has asked before how old it is."""
    return any(is_time(name) or row.is_time(name) for name in _consulted(acquire))


def _consulted(acquire: Acquire) -> set[str]:
    """Return the columns that the acquire's SELECTs ask for and by whose values it goes."""
    found: set[str] = set()
    read: set[Site] = set()
    for way in acquire.ways:
        reads = {run.ran.number: run.site for run in way.runs if run.site and run.site.access.action == "select"}
        values = [*(subject for _, subject, _ in way.verdicts), *way.path.returned]
        values += [each for run in way.runs for each in run.ran.arguments or ()]
        for outcome in (each for value in values for each in outcomes(value)):
            site = reads.get(outcome.run)
            if site is not None and outcome.aspect in ("row", "result"):
                read.add(site)
                found |= _columns(site, outcome.place)
    for site in acquire.sites:
        if site.access.action == "select":
            found.update(*(each.columns for each in site.access.conditions))
            if site not in read or not acquire.function.complete:
                # Where its values went was not seen.
                found |= site.access.selected
    return found


def _columns(site: Site, place: int | None) -> frozenset[str]:
    """Return the columns that a value of a SELECT is made of, all of them where it is not known which one it is."""
    picked = site.access.picked
    return picked[place] if place is not None and place < len(picked) else site.access.selected


def releases_without_owner(acquire: Acquire, protocols: Protocols) -> Iterator[tuple[Release, Site]]:
    """Yield the releases that end the lock of a key whoever has it, each with a takeover of such a lock."""
    takeover = next(_takeovers(acquire, protocols), None) or next(_reaping(acquire, protocols), None)
    if takeover is None or any(undecided(acquire)) or any(checks_then_acts(acquire)):
        # Where nobody owns the lock there is nothing to prove.
        return
    if not any(decided(way, acquire.table) for way in acquire.successes):
        return
    held = held_by(acquire.successes, acquire.table)
    for release in acquire.releases:
        if words.forcing(release.function.name or release.function.within) or any(
            _asks(way, release) for way in release.ways
        ):
            continue
        run = next((run for way in release.ways for run in way.runs if run.site is release.site), None)
        if not _ends(release, run, acquire) or kept(acquire, release, protocols):
            continue
        if any(held.passes(each, run) for each in release.site.access.reaching):
            yield release, takeover


def _reaping(acquire: Acquire, protocols: Protocols) -> Iterator[Site]:
    """Yield the statements elsewhere that free old rows of any key, where the rows say who has them."""
    held = held_by(acquire.successes, acquire.table)
    own = {name for name, fact in held.facts.items() if fact.kind == "own"}
    for site in protocols.elsewhere(acquire):
        access = site.access
        if access.action not in ("update", "delete") or access.one_key or words.renewing(site.function):
            continue
        aged = any(each.ordered and any(map(is_time, each.columns)) for each in access.conditions)
        emptied = {each.column for each in access.settings if each.value.kind in ("null", "constant")}
        if aged and (own if access.action == "delete" else own & emptied):
            yield site


def _ends(release: Release, run: Run | None, acquire: Acquire) -> bool:
    """Say whether a release takes the row away, or who has it, out of a table of locks and not of work to be done."""
    access = release.site.access
    if access.action == "delete":
        return True
    locks = words.holds_locks(access.table)
    if shape_of(access.table) is None and locks < 2 and not (locks and words.taking(acquire.function.name) == 2):
        return False
    changed = [each.value for each in access.settings if not each.keeps]
    known = (each.kind in ("null", "constant", "now") or each.clock for each in changed)
    given = (isinstance(argument(run, each), Known) for each in changed)
    return bool(changed) and all(one or other for one, other in zip(known, given, strict=True))


def _asks(way: Way, release: Release) -> bool:
    """Say whether a path reads the row before it ends it, and goes by what it reads."""
    for run in way.runs:
        if run.site is release.site:
            return False
        if run.site and run.site.table == release.site.table and way.looked_at(run, "row", "found", "missing"):
            return True
    return False
