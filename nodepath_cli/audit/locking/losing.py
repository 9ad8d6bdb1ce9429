"""Releases that run for a caller which has not got the lock: they end that of its holder."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking import deeds
from nodepath_cli.audit.locking.acquires import Acquire, Release, calls
from nodepath_cli.audit.locking.deciding import decided
from nodepath_cli.audit.locking.flaws import undecided
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.rows import held_by
from nodepath_cli.source.functions import Function
from nodepath_cli.source.statement import Span


class Losing(Struct, frozen=True, eq=False):
    """A caller that puts the release off before it knows whether it has the lock."""

    caller: Function
    acquire: Acquire
    release: Release
    place: Span
    """Where it does."""


def losing(acquire: Acquire, protocols: Protocols) -> Iterator[Losing]:
    """Yield the callers whose release runs where the acquire was refused, too, and takes the row from its holder.

    Each release once. It asks for nothing that a row of another caller does not meet.
    """
    backs = {each.function.name: each for each in acquire.releases if not each.function.within and _ends(acquire, each)}
    if not backs or not deeds.backs_off(acquire.ways, acquire.table) or any(undecided(acquire)):
        return
    if not acquire.successes or not all(decided(way, acquire.table) for way in acquire.successes):
        return
    name = acquire.function.name
    for function, ways in protocols.ways.items():
        if function.within or function is acquire.function or not calls(ways, acquire.function):
            continue
        if not any(calls(ways, each.function) for each in backs.values()):
            continue
        for back, place in protocols.put_off(function, name).items():
            if back in backs:
                yield Losing(function, acquire, backs.pop(back), place)


def _ends(acquire: Acquire, release: Release) -> bool:
    """Say whether a release always ends the row of the key, whoever has it."""
    if not release.function.complete or not release.empties:
        return False
    held = held_by(acquire.successes, acquire.table)
    for way in release.ways:
        run = next((each for each in way.runs if each.site is release.site), None)
        if run is None or any(each.position < run.position for each in way.runs):
            return False
        if not any(held.passes(each, run) for each in release.site.access.reaching):
            return False
    return bool(release.ways)
