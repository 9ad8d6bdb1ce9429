"""A lock on one (prospect, device), held by a row of a session table."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from nodepath_cli.errors import LockHeld, LockLost, Refused, UsageError
from nodepath_cli.locks.clock import elapsed
from nodepath_cli.locks.connections import Connections, of_engine
from nodepath_cli.locks.keeper import Keeper
from nodepath_cli.locks.protocol import Key, Step
from nodepath_cli.locks.session import Session, trouble
from nodepath_cli.locks.timestamps import LEASE_SECONDS, LONGEST_LEASE

if TYPE_CHECKING:
    from sqlalchemy import Engine

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.01, 0.25
_UNDONE_TRIES = 8
"""How often a statement that was undone (a deadlock) is tried again where the deadline has passed already."""
_RELEASE_SECONDS = 5.0
"""How long a release is tried; a row that is left behind is free when its lease is over."""
_COLUMN_LENGTH = 255
_NEVER = threading.Event()
"""Stands for a `stop` that nobody gave: it is never set."""


class SessionLock:
    """A lock with a lease: it is free again when its holder has not renewed it for `lease` seconds.

    The lease runs by the server's clock, and is the holder's own: another with a shorter one waits for it all the same.
    Rows of other writers count as held for the `lease` of whoever looks. A row whose text is no time, or lies in the
    future, is never taken over: `nodepath locks release` removes it. Methods may be called from several threads.
    """

    def __init__(
        self,
        engine: Engine | Connections,
        table: str,
        prospect: str,
        device: str,
        lease: float = LEASE_SECONDS,
        *,
        wait: float = 0.0,
        keep_last_seen: bool = False,
        on_lost: Callable[[], object] | None = None,
    ) -> None:
        """Name the lock; nothing is asked of the database yet.

        `lease` and `wait` are in seconds; `wait` is how long `with` waits for another holder. `keep_last_seen` leaves
        the row behind on release, with the time; a writer that knows only INSERT and DELETE is then shut out for good.
        `on_lost` is called once, from another thread, where the lock is lost within `with`. Raises UsageError for a
        lease or a name that the table has no room for.
        """
        if not 0 < lease <= LONGEST_LEASE:
            raise UsageError(f"a lease of {lease:g} s cannot be kept", f"use more than 0 and at most {LONGEST_LEASE} s")
        for name, value in (("prospect", prospect), ("device", device)):
            if not value or len(value) > _COLUMN_LENGTH:
                raise UsageError(f"the {name} is empty or longer than {_COLUMN_LENGTH} characters", f"name a {name}")
        self._connections = engine if isinstance(engine, Connections) else of_engine(engine)
        self._key = Key(self._connections, table, prospect, device, lease)
        self._wait = wait
        self._keep_last_seen = keep_last_seen
        self._on_lost = on_lost
        self._mutex = threading.RLock()
        self._keeper: Keeper | None = None
        self._was_lost = False

    @property
    def lease(self) -> float:
        """The lease in seconds."""
        return self._key.lease

    @property
    def token(self) -> str | None:
        """The text that the row carries while the lock is ours, None where it is not."""
        return next(iter(self._key.tokens), None) if self._key.since is not None else None

    @property
    def held(self) -> bool:
        """The lock is ours, as far as can be known without asking: taken, not lost, and the lease not over."""
        return self._key.since is not None and elapsed() < self._key.until()

    @property
    def lost(self) -> bool:
        """It was ours, and was taken over or could not be renewed for a whole lease."""
        return self._was_lost or (self._key.since is not None and not self.held)

    def expires_in(self) -> float:
        """Return the seconds that are left of the lease, below 0 where it is over or the lock is not ours."""
        return self._key.until() - elapsed()

    def ensure(self) -> None:
        """Raise LockLost where the lock is not ours any more: before work that must not be done twice."""
        if not self.held:
            raise LockLost(
                f"the lock on {self._key.table} is not held any more", "do not go on with what it was taken for"
            )

    def acquire(self, wait: float | None = None, *, stop: threading.Event | None = None) -> bool:
        """Take the lock, waiting up to so many seconds for it (default: the lock's own). False where another has it.

        `stop` ends the waiting. Raises Refused where the table lets everybody in, a DatabaseError where the database
        does not answer in that time, UsageError where this very object holds the lock.
        """
        key = self._key
        if key.since is not None and self.held:
            raise UsageError("this lock is held already", "release it first, or use another SessionLock")
        deadline = elapsed() + (self._wait if wait is None else wait)
        with self._mutex:
            if key.tokens or key.since is not None:
                key.forget()
            self._was_lost = False
            if key.table not in self._connections.with_key:
                self._retried(deadline, self._refuse_without_key, stop)
            return self._taken(deadline, stop or _NEVER)

    def renew(self) -> bool:
        """Start the lease anew. False where the lock is not ours any more.

        Raises a DatabaseError where the database does not answer before the lease is over.
        """
        with self._mutex:
            if self._key.since is None:
                return False
            stop = self._keeper.stopping if self._keeper else None
            renewed = self._retried(self._key.until(), self._key.renew, stop)
            self._was_lost = self._was_lost or not renewed
            return renewed

    def release(self) -> bool:
        """Give the lock back. False where it was not ours any more; whoever has it then keeps it.

        Raises a DatabaseError where the database does not answer; the lease then ends it.
        """
        self._stop_keeper()
        with self._mutex:
            if self._key.since is None:
                return False
            unsure = len(self._key.tokens) > 1

            def give_back(session: Session) -> bool:
                nonlocal unsure
                try:
                    return self._key.give_back(session, self._keep_last_seen)
                except Exception as error:
                    # The server may have done it before the connection broke.
                    unsure = unsure or trouble(error) == "lost"
                    raise

            try:
                return self._retried(elapsed() + _RELEASE_SECONDS, give_back) or unsure
            finally:
                self._key.forget()

    def __enter__(self) -> SessionLock:
        """Take the lock and renew it from now on. Raises LockHeld where another has it, and as `acquire` does."""
        if not self.acquire():
            raise LockHeld(f"another holds the lock on {self._key.table}", "try again later, or wait longer")
        self.keep()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock back. Raises LockLost where it was lost within the block and nothing else was raised."""
        was_lost = self.lost
        try:
            released = self.release()
        except Exception:
            if kind is None:
                raise
            return
        if kind is None and (was_lost or not released):
            raise LockLost(
                f"the lock on {self._key.table} was lost while it was needed", "check what was done meanwhile"
            )

    def keep(self) -> None:
        """Renew the lock from a thread of its own, each third of the lease, until it is released or lost."""
        self._keeper = Keeper(self.renew, self._key.until, self._key.lease, self._lose)
        self._keeper.start()

    def _lose(self) -> None:
        self._was_lost = True
        if self._on_lost is not None:
            self._on_lost()

    def _stop_keeper(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.stop()

    def _taken(self, deadline: float, stop: threading.Event) -> bool:
        pause = _FIRST_PAUSE
        again = 0
        while not stop.is_set():
            step = self._step(deadline, stop)
            if step == "ours":
                if elapsed() < self._key.until() or self._renewed(deadline):
                    return True
                continue
            left = deadline - elapsed()
            if step == "again" and again < _UNDONE_TRIES:
                again += 1
                continue
            if left <= 0:
                break
            again = 0
            # What is left of the other's lease tells when it is worth looking, unless it is given back before.
            stop.wait(min(left, max(pause * random.uniform(0.5, 1.0), 0.001)))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        self._key.forget()
        return False

    def _step(self, deadline: float, stop: threading.Event) -> Step:
        try:
            return self._retried(deadline, self._key.take, stop)
        except Exception as error:
            if trouble(error.__cause__ or error) in ("wait", "undone"):
                # Somebody's transaction has the row, and has had it until the deadline.
                return "busy"
            raise

    def _renewed(self, deadline: float) -> bool:
        """The process stood still between the token and the answer, for longer than the lease."""
        return self._retried(deadline, self._key.renew)

    def _retried(self, deadline: float, work: Callable[[Session], T], stop: threading.Event | None = None) -> T:
        """Run a step until the server has answered it, at most until the deadline."""
        stop = stop or _NEVER
        tries, pause = 0, _FIRST_PAUSE
        while True:
            try:
                return self._connections.do(work)
            except Exception as error:
                kind = trouble(error)
                tries += 1
                if kind == "lost":
                    # The others are from before the server went away, too.
                    self._connections.close()
                spare = {"undone": _UNDONE_TRIES, "lost": 2}.get(kind or "", 1)
                if kind is None or stop.is_set() or (elapsed() >= deadline and tries >= spare):
                    failure = self._connections.failed(error)
                    if failure is None or failure is error:
                        raise
                    raise failure from error
            stop.wait(max(0.0, min(pause * random.uniform(0.5, 1.0), deadline - elapsed())))
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _refuse_without_key(self, session: Session) -> None:
        """Refuse a table where INSERT lets everybody in. It is looked at once for each engine and table."""
        table = self._key.table
        keys: dict[str, list[str]] = {}
        for name, column, part in session.rows("unique_keys", {"name": table}):
            keys.setdefault(str(name), []).append(str(column).lower() if part is None else "")
        if not any(sorted(columns) == ["id_device", "id_prospect"] for columns in keys.values()):
            raise Refused(
                f"{table} is no lock table: there is none with a unique key on (id_prospect, id_device)",
                "run nodepath locks doctor, or nodepath db upgrade where it is missing",
            )
        self._connections.with_key.add(table)
