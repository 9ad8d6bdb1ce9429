"""What a release or a purge would remove: looked up and shown before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from nodepath_cli.locks.listing import View
from nodepath_cli.locks.records import Lock
from nodepath_cli.locks.timestamps import State

RISKY: tuple[State, ...] = ("future", "unparseable")
"""Rows whose age nobody knows: removed by explicit choice alone."""
CHOICES: tuple[State, ...] = (*RISKY, "released")


class Plan(Struct, frozen=True):
    """The rows that are to be removed."""

    action: str
    """`release` or `purge`."""
    locks: tuple[Lock, ...]
    left: tuple[tuple[State, int], ...] = ()
    """How many rows were passed over, by state."""

    def by_table(self, tables: Iterable[str], locks: Iterable[Lock] | None = None) -> list[dict[str, Any]]:
        """Return the number of rows in each table, for those of the plan or for the given ones."""
        counts = Counter(lock.table for lock in (self.locks if locks is None else locks))
        return [{"table": name, "rows": counts[name]} for name in tables]


def plan_release(view: View, seen: str | None = None, include: Iterable[State] = ()) -> Plan:
    """Plan the release of the locks that the view asks for, whether they are held or stale.

    `seen` is the text that a row must carry. Rows without a known age are taken where the text, or both prospect and
    device are named, or their state is in `include`. Released rows are no locks. Raises the driver's errors.
    """
    named = seen is not None or (view.wanted.prospect is not None and view.wanted.device is not None)
    allowed: set[State] = {"held", "stale", *include, *(RISKY if named else ()), *(("released",) if seen else ())}
    locks = (lock for lock in view.all() if seen is None or lock.timestamp == seen)
    return _plan("release", locks, allowed)


def plan_purge(view: View, older_than: float, include: Iterable[State] = ()) -> Plan:
    """Plan the removal of the locks that are older than so many seconds by the server's clock.

    A future-dated or unparseable row is taken only where its state is in `include`, then whatever its age; a released
    one where it is, and as old. Raises the driver's errors.
    """
    include = set(include)
    if not include:
        return Plan("purge", tuple(view.older(older_than)))

    def old(lock: Lock) -> bool:
        return lock.state in RISKY or (lock.age_seconds is not None and lock.age_seconds > older_than)

    return _plan("purge", (lock for lock in view.all() if old(lock)), {"held", "stale", *include})


def _plan(action: str, locks: Iterator[Lock], allowed: set[State]) -> Plan:
    taken: list[Lock] = []
    left: Counter[State] = Counter()
    for lock in locks:
        if lock.state in allowed:
            taken.append(lock)
        else:
            left[lock.state] += 1
    return Plan(action, tuple(taken), tuple(sorted(left.items())))
