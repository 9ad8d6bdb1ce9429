"""Who holds what: the lock tables counted by the server, and their rows read one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from copy import copy
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from nodepath_cli.locks.clock import sample
from nodepath_cli.locks.records import Clocks, Lock, Totals
from nodepath_cli.locks.session import Session
from nodepath_cli.locks.tables import LockTable, lock_tables
from nodepath_cli.locks.timestamps import ServerTime, read, state

Lend = Callable[[], AbstractContextManager[Session]]


class Wanted(Struct, frozen=True):
    """Which locks are asked for."""

    tables: tuple[str, ...] = ()
    """() for every table."""
    prospect: str | None = None
    device: str | None = None

    def condition(self, table: LockTable, session: Session) -> str:
        """Return the condition as SQL; its values are those of `values`."""
        mark = ":{}" if session.server == "sqlite" else "%({})s"
        named = (("prospect", self.prospect, table.prospect), ("device", self.device, table.device))
        parts = [
            f"{session.quoted(column or '')} = {mark.format(name)}"
            for name, value, column in named
            if value is not None
        ]
        return " AND ".join(parts) or "1 = 1"

    def values(self) -> dict[str, object]:
        """Return the values of the condition."""
        return {"prospect": self.prospect, "device": self.device}


class View:
    """The lock tables at one moment, by one reading of the server's clock. Every method raises the driver's errors."""

    def __init__(self, session: Session, wanted: Wanted, lease: float, lend: Lend | None = None) -> None:
        """Read the clock and which tables there are. `lend` lends another connection to the same database."""
        self.lend = lend
        self.session = session
        self.wanted = wanted
        self.lease = lease
        self.clocks = clocks(session)
        self.tables = lock_tables(session, wanted.tables)

    def over(self, session: Session) -> View:
        """Return the same view over another connection."""
        other = copy(self)
        other.session = session
        return other

    def large(self) -> bool:
        """Say whether a table has so many rows that looking at them all takes a while."""
        return any(self.session.rows("large", None, **table.parts(self.session)) for table in self.tables)

    @property
    def now(self) -> ServerTime:
        """The moment."""
        return self.clocks.server

    def totals(self) -> tuple[Totals, ...]:
        """Count every table as a whole, whichever of its locks are asked for."""
        return tuple(self._totals(table) for table in self.tables)

    def oldest(self, most: int) -> list[Lock]:
        """Return the oldest locks of all tables; those without an age, and the released ones, come last."""
        found = [lock for table in self.readable for lock in self._some(table, "oldest", {"most": most})]
        found.sort(key=lambda lock: (lock.state in ("released", "unparseable"), -(lock.age_seconds or 0.0)))
        return found[:most]

    def older(self, seconds: float) -> Iterator[Lock]:
        """Yield the locks that are older: neither released nor future-dated nor unparseable ones."""
        for table in self.readable:
            for lock in self._some(table, "older", {"seconds": seconds}):
                # The server counts in decimals, this machine in binary.
                if lock.age_seconds is not None and lock.age_seconds > seconds:
                    yield lock

    def all(self) -> Iterator[Lock]:
        """Yield every lock, one table after the other, without holding them all."""
        for table in self.readable:
            parts = table.parts(self.session, self.wanted.condition(table, self.session))
            yield from self._locks(table, self.session.stream("all_rows", self.wanted.values(), **parts))

    @property
    def readable(self) -> Sequence[LockTable]:
        """The tables that have the columns of a lock."""
        return [table for table in self.tables if table.readable]

    def _totals(self, table: LockTable) -> Totals:
        values = {**self._moment(), "lease": self.lease}
        rows = self.session.rows("totals", values, **table.parts(self.session))
        count, oldest, *counts = rows[0]
        if not table.readable:
            oldest, counts = None, [0] * len(counts)
        age = None if oldest is None else float(oldest)
        return Totals(table.name, table.shape, int(count), age, *(int(each) for each in counts))

    def _some(self, table: LockTable, name: str, values: dict[str, object]) -> Iterator[Lock]:
        parts = table.parts(self.session, self.wanted.condition(table, self.session))
        rows = self.session.stream(name, {**self._moment(), **self.wanted.values(), **values}, **parts)
        return self._locks(table, rows)

    def _locks(self, table: LockTable, rows: Iterator[tuple[Any, ...]]) -> Iterator[Lock]:
        now, lease, name = self.now, self.lease, table.name
        for row in rows:
            prospect, device, text = row if type(row[0]) is type(row[1]) is type(row[2]) is str else _texts(*row)
            reading = read(text)
            age = reading.age(now)
            yield Lock(
                name,
                prospect,
                device,
                text,
                reading.parsed(now),
                reading.format,
                age,
                state(reading, age, lease),
                reading.lease,
            )

    def _moment(self) -> dict[str, object]:
        return {"now_here": str(self.now.local), "now_utc": str(self.now.utc)}


def _texts(prospect: Any, device: Any, text: Any) -> tuple[str, str, str | None]:
    """Return a row of a former shape, where columns may be NULL or binary."""
    plain = [
        each.decode("utf-8", "backslashreplace") if isinstance(each, bytes) else each
        for each in (prospect, device, text)
    ]
    return str(plain[0] or ""), str(plain[1] or ""), plain[2]


def clocks(session: Session) -> Clocks:
    """Read both clocks. Raises the driver's errors."""
    first = datetime.now(UTC)
    found = sample(session)
    last = datetime.now(UTC)
    between = first + (last - first) / 2
    skew = (found.server.utc.replace(tzinfo=UTC) - between).total_seconds()
    zone = str(session.rows("zone")[0][0]) if session.server != "sqlite" else "+00:00"
    return Clocks(found.server, between.astimezone(), skew, zone)
