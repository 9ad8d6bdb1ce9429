"""Renewing a lock while its holder works, and telling the holder when it is lost."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import threading
from collections.abc import Callable

from nodepath_cli.locks.clock import elapsed


class Keeper:
    """Two threads: one renews, each third of the lease; one watches the time, since a renewal may hang.

    They are started when the first renewal is due, so that short work costs no threads.
    """

    def __init__(
        self, renew: Callable[[], bool], until: Callable[[], float], lease: float, on_lost: Callable[[], object]
    ) -> None:
        """`renew` is False where the lock is lost, `until` is when the lease ends by `elapsed()`."""
        self._renew = renew
        self._until = until
        self._lease = lease
        self._on_lost = on_lost
        self.stopping = threading.Event()
        self._told = threading.Lock()
        self._starting = threading.Lock()
        self._threads: tuple[threading.Thread, ...] = ()

    def start(self) -> None:
        """See to it that the first renewal comes."""
        _alarm().call(elapsed() + self._lease / 3, self._start_threads)

    def stop(self) -> None:
        """End both threads. One that hangs in the driver is left behind; what it asks for changes nothing any more."""
        with self._starting:
            self.stopping.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(self._lease)

    def _start_threads(self) -> None:
        with self._starting:
            if self.stopping.is_set():
                return
            self._threads = tuple(
                threading.Thread(target=target, name=f"nodepath-lock-{name}", daemon=True)
                for name, target in (("renew", self._renewing), ("watch", self._watching))
            )
            for thread in self._threads:
                thread.start()

    def _renewing(self) -> None:
        while not self.stopping.is_set():
            # An error is a database that did not answer until the lease was over: the watcher tells.
            renewed = True
            with contextlib.suppress(Exception):
                renewed = self._renew()
            if not renewed and not self.stopping.is_set():
                self._tell()
            self.stopping.wait(self._lease / 3)

    def _watching(self) -> None:
        while not self.stopping.wait(max(0.0, self._until() - elapsed()) + 0.001):
            if self._until() <= elapsed():
                self._tell()

    def _tell(self) -> None:
        if self._told.acquire(blocking=False):
            self.stopping.set()
            self._on_lost()


class _Alarm:
    """One thread for the whole process that calls what is due."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="nodepath-lock-alarm", daemon=True).start()

    def call(self, when: float, what: Callable[[], object]) -> None:
        """Call `what` at a time of `elapsed()`; it must not take long."""
        with self._changed:
            heapq.heappush(self._due, (when, next(self._numbers), what))
            if self._due[0][2] is what:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > elapsed():
                    self._changed.wait(self._due[0][0] - elapsed() if self._due else None)
                what = heapq.heappop(self._due)[2]
            with contextlib.suppress(Exception):
                what()


_the_alarm: _Alarm | None = None
_alarm_mutex = threading.Lock()


def _alarm() -> _Alarm:
    """Return the process's alarm; a child of fork has a new one, as threads do not go along."""
    global _the_alarm
    with _alarm_mutex:
        if _the_alarm is None or _the_alarm.process != os.getpid():
            _the_alarm = _Alarm()
        return _the_alarm
