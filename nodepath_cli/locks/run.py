"""`nodepath locks run`: a command that runs while a lock is held, in the manner of flock(1)."""

from __future__ import annotations

import errno
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from msgspec import Struct, field

from nodepath_cli.errors import EXIT_SCHEMA, LockHeld, LockLost, UsageError
from nodepath_cli.locks.clock import elapsed
from nodepath_cli.locks.session_lock import SessionLock
from nodepath_cli.locks.supervisor import FORWARDED

GRACE_SECONDS = 2.0
"""How long a command whose lock is lost has between SIGTERM and SIGKILL."""
NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""What shells exit with for a command that is not there, or cannot be run."""


class CommandNotFound(UsageError):
    """There is no such command."""

    exit_code = NOT_FOUND


class CommandNotExecutable(UsageError):
    """The command is there and cannot be run."""

    exit_code = NOT_EXECUTABLE


def run(lock: SessionLock, command: Sequence[str], wait: float = 0.0) -> int:
    """Take the lock, run the command, give the lock back; return the command's exit code.

    It is 128 and the signal's number where a signal ended the command. Raises LockHeld (75) where another has the lock
    after `wait` seconds, LockLost (4) after the command was ended because the lock was lost, CommandNotFound (127) and
    CommandNotExecutable (126), and a DatabaseError (4) where the database fails. Signals go to the command's group; one
    that comes while the lock is waited for ends the waiting. To be called from the main thread.
    """
    with _Signals() as signals:
        return _Run(lock, command, signals).all(wait)


class _Signals(Struct):
    """What was sent to this process, until it is handed on."""

    stop: threading.Event = field(default_factory=threading.Event)
    """Set with the first one."""
    wake: int = -1
    """Readable when one has come."""
    _write: int = -1
    _before: dict[int, object] = field(default_factory=dict)

    def __enter__(self) -> _Signals:
        self.wake, self._write = os.pipe()
        os.set_blocking(self._write, False)
        for each in FORWARDED:
            # What was ignored from the start (nohup) stays so.
            if signal.getsignal(each) != signal.SIG_IGN:
                self._before[each] = signal.signal(each, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        for each, handler in self._before.items():
            signal.signal(each, handler)  # type: ignore[arg-type]
        os.close(self.wake)
        os.close(self._write)

    def _came(self, number: int, _: FrameType | None) -> None:
        os.write(self._write, bytes([number]))
        self.stop.set()

    def taken(self) -> bytes:
        """Return the numbers of what has come, without waiting."""
        return os.read(self.wake, 64) if select.select([self.wake], [], [], 0)[0] else b""


class _Run:
    """One command under one lock."""

    def __init__(self, lock: SessionLock, command: Sequence[str], signals: _Signals) -> None:
        self._lock = lock
        self._command = list(command)
        self._signals = signals
        self._answers = b""
        self._group: int | None = None

    def all(self, wait: float) -> int:
        """Do all of it."""
        control_read, self._control = os.pipe()
        self._status, status_write = os.pipe()
        script = str(Path(__file__).with_name("supervisor.py"))
        supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", script, str(control_read), str(status_write)],
            pass_fds=(control_read, status_write),
            process_group=0,
        )
        os.close(control_read)
        os.close(status_write)
        try:
            if not self._lock.acquire(wait, stop=self._signals.stop):
                came = self._signals.taken()
                if came:
                    return 128 + came[0]
                raise LockHeld("another holds the lock", "try again later, or wait longer with --wait")
            return self._held()
        finally:
            os.close(self._control)
            os.close(self._status)
            supervisor.wait()

    def _held(self) -> int:
        self._lock.keep()
        try:
            code = self._watched()
        except BaseException:
            self._end(GRACE_SECONDS)
            self._let_go()
            raise
        was_lost = self._lock.lost
        released = self._let_go()
        if was_lost or not released:
            return self._lost_at_the_end(code)
        return code

    def _watched(self) -> int:
        """Start the command and return its exit code. Raises LockLost after ending it."""
        os.write(self._control, json.dumps({"command": self._command, "group": os.getpgrp()}).encode() + b"\n")
        while True:
            if not self._lock.held:
                self._end(GRACE_SECONDS)
                raise LockLost(
                    "the lock was lost while the command ran, and the command was ended",
                    "see nodepath locks show for who has it, and check what the command had done",
                )
            pause = max(0.0, min(self._lock.expires_in(), self._lock.lease / 20, 0.5)) + 0.001
            ready, _, _ = select.select([self._status, self._signals.wake], [], [], pause)
            if self._signals.wake in ready and (came := self._signals.taken()):
                os.write(self._control, came)
            if self._status in ready:
                code = self._answered()
                if code is not None:
                    return code

    def _answered(self) -> int | None:
        """Read what the supervisor says; return the command's exit code once it has ended."""
        for answer in self._read_answers():
            if "started" in answer:
                self._group = answer["started"]
            elif "errno" in answer:
                raise self._not_run(answer["errno"])
            else:
                self._group = None
                return answer["exit"]
        return None

    def _read_answers(self) -> list[dict[str, int]]:
        read = os.read(self._status, 4096)
        if not read:
            # The supervisor was killed: the command must not go on without one.
            if self._group is not None:
                with _gone():
                    os.killpg(self._group, signal.SIGKILL)
            raise LockLost("the process that watches the command was killed", "run it again")
        *lines, self._answers = (self._answers + read).split(b"\n")
        return [json.loads(line) for line in lines]

    def _end(self, grace: float) -> None:
        """End the command's group: SIGTERM, and after the grace SIGKILL to whatever is left of it."""
        if self._group is None and not self._answers_within(grace, started=True):
            return
        group = self._group
        deadline = elapsed() + grace
        if group is None:
            return
        with _gone():
            os.write(self._control, bytes([signal.SIGTERM]))
        self._answers_within(grace, started=False)
        with _gone():
            # The command may have ended and left others behind.
            while elapsed() < deadline:
                os.killpg(group, 0)
                time.sleep(0.02)
            os.killpg(group, signal.SIGKILL)

    def _answers_within(self, seconds: float, *, started: bool) -> bool:
        """Wait for the command to start or to end."""
        deadline = elapsed() + seconds
        while (left := deadline - elapsed()) > 0:
            if not select.select([self._status], [], [], left)[0]:
                break
            try:
                ended = self._answered() is not None
            except (LockLost, UsageError):
                self._group = None
                ended = True
            if ended or (started and self._group is not None):
                return not ended if started else ended
        return False

    def _not_run(self, number: int) -> UsageError:
        why = os.strerror(number).lower()
        kind = CommandNotFound if number in (errno.ENOENT, errno.ENOTDIR) else CommandNotExecutable
        return kind(f"{self._command[0]!r} cannot be run: {why}", "name a program after --")

    def _let_go(self) -> bool:
        """Give the lock back. A database that is gone frees it by the lease."""
        try:
            return self._lock.release()
        except Exception as error:
            sys.stderr.write(f"warning: the lock could not be given back ({error}); it ends with its lease\n")
            return True

    def _lost_at_the_end(self, code: int) -> int:
        """The command ended by itself, and only then it showed that the lock had been lost."""
        sys.stderr.write("warning: the lock was lost before the command had ended\n")
        return code or EXIT_SCHEMA


class _gone:  # noqa: N801
    """Whoever is told something may be gone."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, OSError)
