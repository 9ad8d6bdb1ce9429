"""How long a DDL statement may wait for its metadata lock, and how often it is tried.

While an ALTER waits, every later statement on that table queues behind it (MySQL manual, "Metadata Locking"): one
forgotten transaction and one waiting ALTER stop the service. So each try is short, and between two tries the queue runs
empty. The server's own lock_wait_timeout is a year on MySQL and a day on MariaDB.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from nodepath_cli.migrate.ledger import Ledger

LOCK_WAIT = frozenset({1205, 1213})
"""Lock wait timeout exceeded, and a deadlock: the statement has done nothing."""
LONGEST_PAUSE = 10.0
T = TypeVar("T")


class Waits(Struct, frozen=True):
    """The limits."""

    seconds: float = 5.0
    """How long one try may wait for a table (`--ddl-lock-timeout`); the server counts whole seconds from 1."""
    retries: int = 5
    """How often it is tried again (`--retries`)."""

    def begin(self, ledger: Ledger) -> None:
        """Set the limit on a connection."""
        ledger.send(f"SET SESSION lock_wait_timeout = {max(1, round(self.seconds))}")

    def attempt(self, step: Callable[[], T], told: Callable[[int, float], None] | None = None) -> T:
        """Run a step, again where it waited too long for a lock. `told` hears of each retry and the seconds until it.

        Raises what the step raised at last. The pauses double from half a second, with some chance in them, so that
        two waiting programs do not meet again and again.
        """
        for number in range(self.retries):
            try:
                return step()
            except Exception as error:
                if not waited_too_long(error):
                    raise
            pause = min(LONGEST_PAUSE, 0.5 * 2**number) * random.uniform(0.75, 1.25)
            if told is not None:
                told(number + 1, pause)
            time.sleep(pause)
        return step()


def waited_too_long(error: BaseException) -> bool:
    """Say whether the driver's error means that a lock was not to be had."""
    return bool(error.args) and error.args[0] in LOCK_WAIT
