"""What a server says of its connections and locks, before it is put together to who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nodepath_cli.locks.wait_records import Kind, Party


@dataclass(frozen=True, slots=True)
class Process:
    """A line of the process list."""

    id: int
    user: str | None
    host: str | None
    database: str | None
    command: str
    state: str
    query: str | None
    seconds: int | None
    """Time in its state."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open InnoDB transaction."""

    seconds: int | None
    waits: int | None
    """How long it has been waiting for a row lock; None where it does not."""


@dataclass(frozen=True, slots=True)
class RowWait:
    """A row lock that one connection waits for and another one holds."""

    waiter: int
    blocker: int
    table: str | None


@dataclass(frozen=True, slots=True, order=True)
class LockName:
    """What a metadata lock is on."""

    kind: str
    """`table`, `schema`, `user`, `global`, ..., in lower case."""
    schema: str
    """The name of a `GET_LOCK` lock, where it is one."""
    name: str


@dataclass(frozen=True, slots=True)
class MetadataLock:
    """A metadata lock that is held, or waited for."""

    owner: int
    lock: LockName
    mode: str
    """`SHARED_READ`, `EXCLUSIVE`, ..."""
    pending: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """One look at a server."""

    processes: Mapping[int, Process]
    transactions: Mapping[int, Transaction] = field(default_factory=dict)
    rows: tuple[RowWait, ...] = ()
    locks: tuple[MetadataLock, ...] = ()
    last: Mapping[int, str] = field(default_factory=dict)
    """The last statement of a connection."""
    user_locks: Mapping[str, int] = field(default_factory=dict)
    """Holders of `GET_LOCK` locks that somebody waits for, asked by name."""
    blind: Mapping[Kind, str] = field(default_factory=dict)

    def party(self, id: int) -> Party:  # noqa: A002
        """Return a connection as it is shown; one that is gone by now has nothing but its id."""
        process = self.processes.get(id)
        transaction = self.transactions.get(id)
        seconds = transaction.seconds if transaction else None
        if process is None:
            return Party(id, transaction_seconds=seconds)
        idle = process.command == "Sleep"
        return Party(
            id,
            process.user,
            process.host,
            process.state or None,
            self.last.get(id) if idle else process.query,
            idle,
            seconds,
        )
