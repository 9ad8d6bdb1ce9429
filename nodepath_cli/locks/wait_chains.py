"""Who waits for whom, put together from what the server says. Nothing here asks the server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from nodepath_cli.locks.metadata_modes import in_the_way
from nodepath_cli.locks.wait_facts import Facts, LockName, MetadataLock, Process
from nodepath_cli.locks.wait_records import Kind, Party, Wait, Waits
from nodepath_cli.locks.waiting_for import lock_asked, names_in, tables_in, wanted_mode
from nodepath_cli.patterns import lazy

METADATA_STATE = lazy(r"waiting for (?:.* )?(?:lock|flush)\b|waiting for release of readlock", re.IGNORECASE)
"""The states of the manual's "General Thread States" in which a connection waits for a lock that is no row's."""
USER_STATE = "User lock"
_WHOLE_SERVER = ("global", "commit", "backup")
"""Locks that are on no table (`FLUSH TABLES WITH READ LOCK`, `BACKUP STAGE`)."""


def chains(facts: Facts) -> Waits:
    """Return every wait, the longest first, and by kind why the server cannot tell who is in the way."""
    blind = dict(facts.blind)
    found = [*_row_waits(facts), *_metadata_waits(facts), *_user_waits(facts)]
    for wait in found:
        if wait.blocker is None:
            blind.setdefault(wait.kind, "the lock was taken before its instrument was switched on")
    found.sort(key=lambda wait: (-(wait.seconds or 0), wait.waiter.id, wait.blocker.id if wait.blocker else 0))
    return Waits(tuple(found), blind)


def _row_waits(facts: Facts) -> Iterator[Wait]:
    """Yield the waits for rows; InnoDB shows those of connections that have just ended for a moment longer."""
    explained = set()
    for row in dict.fromkeys(each for each in facts.rows if each.waiter in facts.processes):
        explained.add(row.waiter)
        yield _wait(facts, "row", row.waiter, row.blocker, row.table)
    for owner, transaction in facts.transactions.items():
        if transaction.waits is not None and owner in facts.processes and owner not in explained:
            yield _wait(facts, "row", owner, None, None)


def _metadata_waits(facts: Facts) -> Iterator[Wait]:
    for process in facts.processes.values():
        if not METADATA_STATE.search(process.state):
            continue
        own = [each for each in facts.locks if each.owner == process.id and each.lock.kind != "user"]
        wanted = [each for each in own if each.pending]
        if wanted:
            found = [(each.lock, blocker) for each in wanted for blocker in _blockers(facts, each)]
            where: Iterable[LockName] = [each.lock for each in wanted]
        else:
            where = _tables_asked(facts, process)
            mode = wanted_mode(process.query)
            found = [(lock, blocker) for lock in where for blocker in _holders(facts, process.id, lock, mode)]
        if found:
            for lock, blocker in dict.fromkeys(found):
                yield _wait(facts, "metadata", process.id, blocker, _label(lock))
        else:
            yield _wait(facts, "metadata", process.id, None, next((_label(lock) for lock in where), None))


def _blockers(facts: Facts, wanted: MetadataLock) -> list[int]:
    """Return who holds what is wanted; where nobody does, who waits for it with precedence; else every holder.

    MariaDB's performance schema shows the mode that was first asked for, not what became of it: LOCK TABLES ... READ,
    which keeps writers out, is shown as SHARED_READ (seen on 10.11).
    """
    others = [each for each in facts.locks if each.lock == wanted.lock and each.owner != wanted.owner]
    holders = [each for each in others if not each.pending]
    owners = (
        {each.owner for each in holders if in_the_way(each.mode, wanted.mode)}
        or {each.owner for each in others if each.pending and in_the_way(each.mode, wanted.mode)}
        or {each.owner for each in holders}
    )
    return sorted(owners)


def _holders(facts: Facts, waiter: int, lock: LockName, mode: str | None) -> list[int]:
    """Return who is in the way, where only the locks that are held are known.

    Whoever holds a lock and waits itself (an ALTER behind an open transaction) wants a stronger one on the same table:
    that is what queues everybody behind it.
    """
    held = [each for each in facts.locks if each.lock == lock and each.owner != waiter]
    found = {each.owner for each in held if in_the_way(each.mode, mode)}
    if not found and mode is not None:
        found = {
            each.owner
            for each in held
            if _waits_for_metadata(facts, each.owner) and in_the_way(wanted_mode(_query(facts, each.owner)) or "", mode)
        }
    return sorted(found)


def _waits_for_metadata(facts: Facts, owner: int) -> bool:
    process = facts.processes.get(owner)
    return process is not None and bool(METADATA_STATE.search(process.state))


def _query(facts: Facts, owner: int) -> str | None:
    process = facts.processes.get(owner)
    return process.query if process else None


def _tables_asked(facts: Facts, process: Process) -> list[LockName]:
    """Return the locked things that a waiting statement can mean: the server does not name what it waits for."""
    held = dict.fromkeys(each.lock for each in facts.locks if each.lock.kind != "user")
    state = process.state.lower()
    if any(word in state for word in _WHOLE_SERVER):
        return [lock for lock in held if lock.kind in _WHOLE_SERVER]
    if "schema" in state:
        names = names_in(process.query)
        return [lock for lock in held if lock.kind == "schema" and lock.schema in names]
    tables = [lock for lock in held if lock.kind == "table"]
    # An ALTER holds a weaker lock on what it waits for already.
    own = {
        each.lock for each in facts.locks if each.owner == process.id and each.mode.endswith(("UPGRADABLE", "NO_WRITE"))
    }
    asked = tables_in(process.query, process.database, [(lock.schema, lock.name) for lock in tables])
    return [lock for lock in tables if lock in own or (lock.schema, lock.name) in asked]


def _user_waits(facts: Facts) -> Iterator[Wait]:
    for process in facts.processes.values():
        if process.state != USER_STATE:
            continue
        name = lock_asked(process.query)
        own = [each for each in facts.locks if each.owner == process.id and each.lock.kind == "user"]
        pending = [each for each in own if each.pending]
        if pending:
            name = pending[0].lock.schema or pending[0].lock.name
        holders = {
            each.owner
            for each in facts.locks
            if each.lock.kind == "user" and not each.pending and _same(name, each.lock)
        }
        if name is not None and name in facts.user_locks:
            holders.add(facts.user_locks[name])
        blockers: list[int | None] = [*sorted(holders - {process.id})]
        for blocker in blockers or [None]:
            yield _wait(facts, "user", process.id, blocker, None, name)


def _same(name: str | None, lock: LockName) -> bool:
    """Compare names of user locks as the server does, without regard to case."""
    return name is not None and name.casefold() == (lock.schema or lock.name).casefold()


def _label(lock: LockName) -> str | None:
    if lock.kind in ("table", "schema"):
        return f"{lock.schema}.{lock.name}" if lock.name else lock.schema
    return None


def _wait(
    facts: Facts, kind: Kind, waiter: int, blocker: int | None, table: str | None, name: str | None = None
) -> Wait:
    return Wait(
        kind,
        facts.party(waiter),
        facts.party(blocker) if blocker is not None else None,
        table,
        name,
        _seconds(facts, kind, waiter),
        _candidates(facts, kind, waiter) if blocker is None else (),
    )


def _seconds(facts: Facts, kind: Kind, waiter: int) -> int | None:
    process, transaction = facts.processes.get(waiter), facts.transactions.get(waiter)
    if kind == "row" and transaction and transaction.waits is not None:
        return transaction.waits
    return process.seconds if process else None


def _candidates(facts: Facts, kind: Kind, waiter: int) -> tuple[Party, ...]:
    """Return the connections with a transaction as old as the wait, which do not wait themselves.

    Both ages are whole seconds, each cut off by a clock of its own.
    """
    if kind == "user":
        return ()
    since = _seconds(facts, kind, waiter) or 0
    return tuple(
        facts.party(owner)
        for owner, transaction in sorted(facts.transactions.items())
        if owner != waiter
        and owner in facts.processes
        and transaction.waits is None
        and (transaction.seconds or 0) + 1 >= since
        and not _waits_for_metadata(facts, owner)
    )
