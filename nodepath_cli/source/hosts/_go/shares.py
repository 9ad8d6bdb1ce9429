"""The program's own code in two parts, which two processes can evaluate at once.

How it is parted rests on the files alone, never on the number of processes: the findings are the same for every one.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from nodepath_cli.source.hosts._go.relevant import places
from nodepath_cli.source.hosts._go.syntax import GoFile

T = TypeVar("T")
MIN_PLACES = 700
"""Fewer places with SQL than this are not parted: a process of its own costs about what it saves."""


def parted(files: Sequence[GoFile]) -> tuple[Sequence[GoFile], Sequence[GoFile]]:
    """Return two parts with about as many places with SQL, with whole folders; the first one is empty for few."""
    weights = [places(file.data) for file in files]
    total = sum(weights)
    if total < MIN_PLACES:
        return (), files
    before, cut, best = 0, 0, total
    for number, file in enumerate(files):
        if number and file.folder != files[number - 1].folder and abs(total - 2 * before) < best:
            best, cut = abs(total - 2 * before), number
        before += weights[number]
    return files[:cut], files[cut:]


def side_by_side(first: Callable[[], T], second: Callable[[], None], jobs: int) -> T:
    """Do both, `second` in this process; return what `first` returns, which it may find in a process of its own.

    `jobs` is how many processes may work, 0 for as many as there are processors.
    """
    if (jobs or processors()) < 2 or not hasattr(os, "fork") or threading.active_count() > 1:
        found = first()
        second()
        return found
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(first, writing)
    os.close(writing)
    try:
        second()
        with os.fdopen(reading, "rb") as stream:
            sent = stream.read()
    except BaseException:
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    _, status = os.waitpid(child, 0)
    if status != 0:
        # Out of memory, most likely: what the child could not do is done here.
        return first()
    found_there: T = pickle.loads(sent)
    return found_there


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _answer(work: Callable[[], object], writing: int) -> None:
    """Work in the child, write the result and end without what the parent's exit would do."""
    try:
        with os.fdopen(writing, "wb") as stream:
            stream.write(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))
        os._exit(0)
    except BaseException:
        os._exit(1)
