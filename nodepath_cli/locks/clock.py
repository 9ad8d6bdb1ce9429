"""Clocks: the server's, by which leases run out, and one that only counts, by which a holder knows how long it has."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from msgspec import Struct

from nodepath_cli.locks.connections import Connections
from nodepath_cli.locks.session import Session
from nodepath_cli.locks.timestamps import ServerTime

_CLOCK: int | None = getattr(time, "CLOCK_BOOTTIME", None)
SAMPLE_SECONDS = 1.0
"""How long a reading of the server's clock is carried on before it is read again."""


elapsed: Callable[[], float] = time.monotonic if _CLOCK is None else partial(time.clock_gettime, _CLOCK)
"""Return seconds since some point in the past. They go on while the machine sleeps, where the system can tell."""


class Sample(Struct, frozen=True):
    """A reading of the server's clock."""

    server: ServerTime
    sent: float
    """`elapsed()` when it was asked for: carried on from here, the server's time is never early."""

    def now(self) -> ServerTime:
        """Return the server's time, carried on."""
        return self.server.later(elapsed() - self.sent)


def server_now(connections: Connections, session: Session, at: float | None = None) -> ServerTime:
    """Return the server's time, at most a round trip late. It is read anew once a second. `at` is `elapsed()` now.

    Raises the driver's errors.
    """
    at = elapsed() if at is None else at
    found = connections.clock
    if found is None or not 0 <= at - found.sent < SAMPLE_SECONDS:
        found = connections.clock = sample(session)
        return found.now()
    return found.server.later(at - found.sent)


def sample(session: Session) -> Sample:
    """Read the server's clock. Raises the driver's errors."""
    sent = elapsed()
    text, offset = session.rows("clock")[0]
    return Sample(server_time(text, offset), sent)


def server_time(text: str | bytes, offset: int) -> ServerTime:
    """Return the time that the server has answered as a text, with the minutes from UTC to its zone."""
    text = text.decode() if isinstance(text, bytes) else text
    return ServerTime(datetime.fromisoformat(text), int(offset))
