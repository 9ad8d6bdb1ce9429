"""What a server says of its connections and locks, before it is put together to who waits for whom."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from nodepath_cli.locks.wait_records import Kind, Party


class Process(Struct, frozen=True):
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


class Transaction(Struct, frozen=True):
    """An open InnoDB transaction."""

    seconds: int | None
    waits: int | None
    """How long it has been waiting for a row lock; None where it does not."""


class RowWait(Struct, frozen=True):
    """A row lock that one connection waits for and another one holds."""

    waiter: int
    blocker: int
    table: str | None


class LockName(Struct, frozen=True, order=True):
    """What a metadata lock is on."""

    kind: str
    """`table`, `schema`, `user`, `global`, ..., in lower case."""
    schema: str
    """The name of a `GET_LOCK` lock, where it is one."""
    name: str


class MetadataLock(Struct, frozen=True):
    """A metadata lock that is held, or waited for."""

    owner: int
    lock: LockName
    mode: str
    """`SHARED_READ`, `EXCLUSIVE`, ..."""
    pending: bool


class Facts(Struct, frozen=True):
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
