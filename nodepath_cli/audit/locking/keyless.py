"""Locks whose INSERT no key can refuse: the table has none over what the program takes for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import in_turn
from nodepath_cli.audit.locking.deciding import decides, elsewhere, token_compared
from nodepath_cli.audit.locking.outcome import Run, Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.shape import shape_of
from nodepath_cli.audit.locking.sites import ADDING, SOFT, Site
from nodepath_cli.schema.model import Key
from nodepath_cli.source.functions import Called, Function
from nodepath_cli.sql.row_access import fresh


class Keyless(Struct, frozen=True, eq=False):
    """An INSERT that succeeds for every caller."""

    function: Function
    write: Site
    release: Site


def keyless(protocols: Protocols) -> Iterator[Keyless]:
    """Yield the functions that take a lock by an INSERT which never meets a key, each INSERT once.

    Where a SELECT keeps others out before it, that it does not is said of the two together (NP403).
    """
    found = list(_keyless(protocols))
    looked = {write for _, _, write in looked_then_added(protocols)} if found else frozenset[Site]()
    yield from (each for each in found if each.write not in looked)


def _keyless(protocols: Protocols) -> Iterator[Keyless]:
    seen: set[Site] = set()
    for function, ways in protocols.ways.items():
        if function.within or words.taking(function.name) < 2 or words.storing(function.name):
            continue
        for way in ways:
            for run in way.runs if way.success else ():
                site = run.site
                if site is None or site in seen or site.access.action not in ADDING or _refusable(site):
                    continue
                if not _thought_to_decide(way, run, site) or _decided(way, run, site.table):
                    continue
                release = next(_releases(site, function, protocols), None)
                if release is None or protocols.sites.obscure(site.table) or protocols.mentions(_added(site)):
                    continue
                if _is_told(ways, run) or _holds_locks(site, function, tuple(release.access.fixed)):
                    seen.add(site)
                    yield Keyless(function, site, release)


def looked_then_added(protocols: Protocols) -> Iterator[tuple[Function, Site, Site]]:
    """Yield the functions that look for a row and then add one that no key can refuse, each INSERT once."""
    seen: set[Site] = set()
    for function, ways in protocols.ways.items():
        if function.within or not _may_refuse(function) or words.storing(function.name):
            continue
        for way in ways:
            for run in way.runs if way.success else ():
                site = run.site
                if site is None or site in seen or site.access.action != "insert" or _refusable(site):
                    continue
                if not _takes(function, site, protocols):
                    continue
                read = looked(way, run, site.table)
                if read is None or not any(turned_away(each, read) for each in ways):
                    continue
                if not guarded(way, read, run) and not protocols.mentions(_added(site)):
                    seen.add(site)
                    yield function, read, site


def _may_refuse(function: Function) -> bool:
    """Say whether the caller can be told no: by a truth, an error, or nothing to hold (`return nil, nil`)."""
    return not {"bool", "error", "handle"}.isdisjoint(function.results)


def _takes(function: Function, insert: Site, protocols: Protocols) -> bool:
    """Say whether a function that adds a row takes a lock, by its name or by what becomes of the row.

    Without a yes or no, an error or nothing to hold may mean anything: then the row is given back as well, or the table
    is one of locks and something gives its rows back.
    """
    name, holds = words.taking(function.name), words.holds_locks(insert.access.table)
    if "bool" in function.results:
        return name == 2 or _handed_back(function, insert, protocols)
    if (name or holds) and _handed_back(function, insert, protocols):
        return True
    sure = name == 2 and (holds == 2 or words.acquiring(function.name))
    return sure and _is_ended(insert, function, protocols)


def _is_ended(insert: Site, function: Function, protocols: Protocols) -> bool:
    """Say whether a function beside it that gives back, or is put off, ends one row that an INSERT has added."""
    given = {each.column for each in insert.access.inserted}
    given |= {each.name.lower() for each in insert.access.table.columns if each.auto_increment}
    folder = function.span.path.rpartition("/")[0]
    for other in protocols.sites.about(insert.table):
        access, name = other.access, other.function
        back = words.releasing(name) or name in protocols.deferred
        if not back or access.action not in ("update", "delete") or words.renewing(name):
            continue
        if other.span.path.rpartition("/")[0] == folder and access.fixed and given.issuperset(access.fixed):
            return True
    return False


def _handed_back(function: Function, insert: Site, protocols: Protocols) -> bool:
    """Say whether some caller deletes the row that a function adds when its own work is done, whatever names say."""
    if not words.says_nothing(function.name) and not words.taking(function.name):
        return False
    given = {each.column for each in insert.access.inserted}
    backs = {
        each
        for each, ways in protocols.ways.items()
        if each is not function and not each.within
        for way in ways
        for run in way.runs
        if run.site and run.site.table == insert.table and run.site.access.action == "delete"
        if run.site.access.fixed and given.issuperset(run.site.access.fixed)
    }
    every = protocols.ways.values() if backs else ()
    return any(in_turn(way, function, backs) for ways in every for way in ways)


def looked(way: Way, insert: Run, table: str) -> Site | None:
    """Return the SELECT of the table that a path goes by before it adds a row."""
    for run in way.runs:
        site = run.site
        if site is None or site.table != table or site.access.action != "select" or run.position > insert.position:
            continue
        if way.looked_at(run, "row", "found", "missing"):
            return None if _keeps_others_out(run, site) else site
    return None


def _keeps_others_out(run: Run, read: Site) -> bool:
    """Say whether a SELECT locks what it reads until its transaction ends; outside of one that is at once."""
    alone = run.ran.transaction is None and run.ran.pooled
    return run.ran.isolation == "serializable" or (read.access.locks and not alone)


def turned_away(way: Way, read: Site) -> bool:
    """Say whether a path says no, and changes nothing, for what it has found."""
    found = next((run for run in way.runs if run.site is read), None)
    if found is None or way.success:
        return False
    # `err == nil` says as much of the one row of QueryRow: where there is none, that is an error.
    if not way.looked_at(found, "row", "found", "missing") and way.answer(found, "error") is not False:
        return False
    return way.answer(found, "error") is not True and all(
        run.site is not None and run.site.access.action == "select" for run in way.runs
    )


def guarded(way: Way, read: Site, insert: Run) -> bool:
    """Say whether something else lets one caller in only: a mutex of the process, a lock by name, another statement."""
    if any(isinstance(each, Called) and words.taking(each.name) == 2 for each in way.path.steps[: insert.position]):
        return True
    if elsewhere(way) or token_compared(way):
        return True
    others = (run for run in way.runs if run is not insert and run.site is not read)
    return any(run.site is None or decides(way, run, run.site.table) for run in others)


def _added(site: Site) -> re.Pattern[bytes]:
    """Return what a key looks like that is added to the table, by a statement that may not have been understood."""
    name = re.escape(site.access.table.name.encode())
    alter = rb"\balter\s+(?:ignore\s+)?table\s+[`\w.]*" + name + rb"\b[^;]*\badd\b[^;]*\b(?:unique|primary)\b"
    return re.compile(alter + rb"|\bunique\s+index\b[^;]*\bon\s+[`\w.]*" + name + rb"\b", re.IGNORECASE)


def _refusable(site: Site) -> bool:
    """Say whether some key may refuse the row: one that the server does not number, or whose number is given.

    One that gets the present, or a new UUID, refuses none.
    """
    table, given = site.access.table, {each.column for each in site.access.inserted}
    if site.access.guarded:
        # It reads what is there, and locks that.
        return True
    if table.kind != "table" or table.open or table.mixed or not given:
        return True
    own = {each.name.lower() for each in table.columns if each.auto_increment} - given
    own |= {each.column for each in site.access.inserted if fresh(table, each.column, each.value)}
    keys = [table.primary_key] if table.primary_key else []
    for key in (*keys, *(each.columns for each in table.unique_keys)):
        if not any(column and column.lower() in own for column in key):
            return True
    return False


def _thought_to_decide(way: Way, run: Run, site: Site) -> bool:
    if site.access.action == "insert":
        return way.answer(run, "error") is not True and way.looked_at(run, "error", "duplicate")
    return bool(way.accepted(run))


def _is_told(ways: tuple[Way, ...], run: Run) -> bool:
    """Say whether the function asks whether an INSERT has met a key."""
    return any(each.ran.call == run.ran.call and way.answer(each, "duplicate") for way in ways for each in way.runs)


def _decided(way: Way, insert: Run, table: str) -> bool:
    others = (run for run in way.runs if run is not insert)
    return elsewhere(way) or token_compared(way) or any(decides(way, run, table) for run in others)


def _releases(site: Site, function: Function, protocols: Protocols) -> Iterator[Site]:
    """Yield what gives the row back by some of the columns that the INSERT gives."""
    given = {each.column for each in site.access.inserted}
    for other in protocols.sites.about(site.table):
        access = other.access
        if access.action not in ("update", "delete") or not words.releasing(other.function):
            continue
        beside = other.span.path.rpartition("/")[0] == function.span.path.rpartition("/")[0]
        if beside and access.fixed and given.issuperset(access.fixed):
            yield other


def _holds_locks(site: Site, function: Function, columns: tuple[str, ...]) -> bool:
    """Say whether the table is one of locks: by its name, or if it had a key of the first of some columns."""
    table = site.access.table
    if words.holds_locks(table) == 2:
        return True
    if site.access.action not in SOFT or words.plain(table.name) or words.plain(function.name):
        return False
    keys = (columns[:count] for count in range(1, len(columns) + 1))
    return any(shape_of(replace(table, primary_key=key, unique_keys=(Key("", key),))) is not None for key in keys)
