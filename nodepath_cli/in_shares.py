"""Work that is done in shares: one behind the other in this process, or two side by side in two.

A share is a generator. It yields what the others need to know of it, as plain data, is sent what all of them have
yielded, and ends in the same round as they do. So what comes out does not rest on how many processes there are.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from nodepath_cli import errands

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SHARES = 2

T = TypeVar("T")
U = TypeVar("U")
Work: TypeAlias = Generator[Any, Sequence[Any], T]


def parts(items: Iterable[U], cost: Callable[[U], int]) -> list[list[U]]:
    """Cut a list where it costs the same before and behind, a part for each share."""
    costs = [(item, cost(item)) for item in items]
    whole = max(sum(each for _, each in costs), 1)
    found: list[list[U]] = [[] for _ in range(SHARES)]
    before = 0
    for item, each in costs:
        found[min(before * SHARES // whole, SHARES - 1)].append(item)
        before += each
    return found


def in_turn(work: Callable[[int], Work[T]]) -> list[T]:
    """Do all shares in this process, each up to where it waits for the others; return what they return."""
    shares = [work(number) for number in range(SHARES)]
    told: list[Any] = [next(share) for share in shares]
    results: list[T] = []
    while not results:
        answers, told = told, []
        for share in shares:
            try:
                told.append(share.send(answers))
            except StopIteration as end:
                results.append(end.value)
    return results


def side_by_side(work: Callable[[int], Work[T]], packed: Callable[[T], bytes]) -> tuple[T, bytes] | None:
    """Do the first share here and the second in a process of its own; return the first's result and the other's packed.

    None where that cannot be, or has failed: nothing is known of the second share then.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return None
    # What it brings with it takes longer to import than a small program to read.
    from multiprocessing.connection import Pipe

    try:
        here, there = Pipe()
    except OSError:
        return None
    try:
        child = os.fork()
    except OSError:
        # No room for another process: this one does all the work.
        here.close()
        there.close()
        return None
    given = errands.taken()
    if not child:
        # Nothing of the parent's may be cleaned up or written a second time here.
        with suppress(BaseException):
            here.close()
            there.send_bytes(packed(_in_step(work(1), there, first=False)))
            errands.run(given, there)
            os._exit(0)
        os._exit(1)
    there.close()
    done = False
    try:
        own = _in_step(work(0), here, first=True)
        other = here.recv_bytes()
        done = True
        return own, other
    except (EOFError, OSError):
        # The other process has died, perhaps in the middle of what it told.
        return None
    finally:
        if done:
            # It has errands at most, and to give a large memory back takes a while: nobody has to wait for that.
            errands.Bearer(here, given)
            _reap_later(child)
        else:
            here.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


_ENDING: list[int] = []
"""Processes that have told the results of their shares and end by themselves."""


def _reap_later(child: int) -> None:
    """Wait for a process when this one ends, or when the next one is started and it has ended by then."""
    for each in list(_ENDING):
        with suppress(ChildProcessError):
            if os.waitpid(each, os.WNOHANG)[0] == 0:
                continue
        _ENDING.remove(each)
    _ENDING.append(child)


@atexit.register
def _end_all() -> None:
    """End the processes that still have errands: nobody will ask for the results any more."""
    for child in _ENDING:
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    _ENDING.clear()


def _in_step(work: Work[T], other: Connection, *, first: bool) -> T:
    """Do a share, exchanging what it tells with that of the other process."""
    told = next(work)
    while True:
        # One speaks while the other listens: two that speak at once could wait for each other.
        if first:
            other.send(told)
            answers = [told, other.recv()]
        else:
            answers = [other.recv(), told]
            other.send(told)
        try:
            told = work.send(answers)
        except StopIteration as end:
            result: T = end.value
            return result
