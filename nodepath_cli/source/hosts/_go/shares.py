"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.merging import Found, found_by, packed, unpacked
from nodepath_cli.source.hosts._go.syntax import GoFile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SHARES = 2
_WORTH = 200
"""Places that may have SQL from which a program is divided: what two shares do twice must not outweigh the rest."""
_LARGE = 1_000_000
"""Characters of a program from which a second process is worth its start."""

Work: TypeAlias = Generator[Any, Sequence[Any], Machine]
"""The evaluation of a share: it yields plain data for the others, and is sent what all of them have yielded."""


def even(index: Index) -> list[list[GoFile]]:
    """Divide the files of a program by their length."""
    return _parts(index.files, {file.path: len(file.text) for file in index.files})


def divided(index: Index, costs: Mapping[str, int]) -> list[list[GoFile]]:
    """Divide a program by what its files with SQL are expected to cost; a small one stays whole, and is the first's."""
    if sum(costs.values()) < _WORTH:
        return [list(index.files), *([] for _ in range(SHARES - 1))]
    return _parts(index.files, costs)


def _parts(files: Iterable[GoFile], costs: Mapping[str, int]) -> list[list[GoFile]]:
    """Cut a list of files, in order of path, where it costs the same before and behind."""
    whole = max(sum(costs.values()), 1)
    parts: list[list[GoFile]] = [[] for _ in range(SHARES)]
    before = 0
    for file in sorted(files, key=lambda file: file.path):
        parts[min(before * SHARES // whole, SHARES - 1)].append(file)
        before += costs.get(file.path, 0)
    return parts


def in_turn(work: Callable[[int], Work]) -> tuple[Machine, list[Found]]:
    """Do the work of all shares in this process, each up to where it waits for the others."""
    shares = [work(number) for number in range(SHARES)]
    told: list[Any] = [next(share) for share in shares]
    machines: list[Machine] = []
    while not machines:
        answers, told = told, []
        for share in shares:
            try:
                told.append(share.send(answers))
            except StopIteration as end:
                machines.append(end.value)
    return machines[0], [found_by(machine) for machine in machines[1:]]


def side_by_side(work: Callable[[int], Work], index: Index) -> tuple[Machine, list[Found]] | None:
    """Do the work of the first share here and that of the second in a process of its own.

    None where that cannot be, has failed, or is not worth it.
    """
    large = sum(len(file.text) for file in index.files) >= _LARGE
    if not large or not hasattr(os, "fork") or threading.active_count() > 1:
        return None
    # What it brings with it takes longer to import than a small program to read.
    from multiprocessing.connection import Pipe

    here, there = Pipe()
    child = os.fork()
    if not child:
        # Nothing of the parent's may be cleaned up or written a second time here.
        with suppress(BaseException):
            here.close()
            there.send_bytes(packed(found_by(_in_step(work(1), there, first=False))))
            os._exit(0)
        os._exit(1)
    there.close()
    try:
        own = _in_step(work(0), here, first=True)
        return own, [unpacked(here.recv_bytes(), index)]
    except (EOFError, ConnectionError):
        return None
    finally:
        here.close()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _in_step(work: Work, other: Connection, *, first: bool) -> Machine:
    """Do the work of a share, exchanging what it tells with that of the other process."""
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
            machine: Machine = end.value
            return machine
