"""Releases that end a lock of another table than the one that was taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nodepath_cli.audit.locking import words
from nodepath_cli.audit.locking.acquires import Acquire, written
from nodepath_cli.audit.locking.outcome import Way
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import Site
from nodepath_cli.source.functions import Function


def astray(protocols: Protocols) -> Iterator[tuple[Acquire, Function, Site]]:
    """Yield the acquires whose rows nothing takes away, with the release beside them that ends other rows."""
    for acquire in protocols.acquires:
        about = protocols.sites.about(acquire.table)
        freeing = (each for each in about if each not in acquire.sites and each.access.action in ("delete", "update"))
        if acquire.releases or words.holds_locks(acquire.sites[0].access.table) < 2 or any(freeing):
            continue
        if protocols.sites.obscure(acquire.table) or protocols.sites.refused(acquire.table):
            continue
        found = [each for each in _beside(acquire, protocols) if words.holds_locks(each[1].access.table) == 2]
        if len(found) == 1 and _given_back_or_never_taken(*found[0], protocols):
            yield acquire, *found[0]


def _beside(acquire: Acquire, protocols: Protocols) -> Iterator[tuple[Function, Site]]:
    """Yield the releases of the same name in the same place, with all that they do: one row of another table ends."""
    mine = acquire.function
    settings = (each for site in acquire.sites for each in (*site.access.inserted, *site.access.settings))
    puts = {each.column for each in settings if not each.keeps}
    keys = [set(each.access.one_key) for each in acquire.sites if each.access.one_key]
    for function, ways in protocols.ways.items():
        same = function.span.path == mine.span.path and function.owner == mine.owner
        if function.within and not function.name:
            if _handed_out(function, mine) and not written(acquire.ways)[1:]:
                yield from ((function, site) for site in _ended(ways, acquire, keys) if _empties(site, puts))
            continue
        if not same or function is mine or not words.releasing(function.name) or words.forcing(function.name):
            continue
        if words.subject(function.name) != words.subject(mine.name):
            continue
        yield from ((function, site) for site in _ended(ways, acquire, keys))


def _ended(ways: Iterable[Way], acquire: Acquire, keys: list[set[str]]) -> Iterator[Site]:
    """Yield the row of another table that some paths end, and that is all they do."""
    sites = {run.site for way in ways for run in way.runs if run.site is not None}
    if len(sites) == 1:
        site = sites.pop()
        ends = site.table != acquire.table and site.access.action in ("delete", "update")
        # A table without a key has the lock's columns, then.
        if ends and (site.access.key or any(key <= set(site.access.fixed) for key in keys)):
            yield site


def _handed_out(literal: Function, acquire: Function) -> bool:
    """Say whether a function without a name is what an acquire returns, to be called when the work is done."""
    if literal.deferred or literal.name or literal.within != acquire.name or "handle" not in acquire.results:
        return False
    return literal.span.path == acquire.span.path and acquire.span.start <= literal.span.start < acquire.span.end


def _empties(site: Site, puts: set[str]) -> bool:
    """Say whether a statement deletes a row, or takes something out of it that the acquire puts into its own."""
    emptied = {each.column for each in site.access.settings if each.value.kind in ("null", "constant")}
    return site.access.action == "delete" or bool(emptied & puts)


def _given_back_or_never_taken(function: Function, site: Site, protocols: Protocols) -> bool:
    """Say whether another function gives the locks of that table back, or nothing takes them."""
    others = [each for each in protocols.sites.about(site.table) if each is not site]
    if not any(each.access.action != "select" for each in others):
        return True
    return any(
        each.access.action in ("delete", "update")
        and each.access.key == site.access.key
        and each.function != function.name
        for each in others
    )
