"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any, TypeAlias

from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.merging import Found, found_by, packed, unpacked
from nodepath_cli.source.hosts._go.relevant import places
from nodepath_cli.source.hosts._go.syntax import GoFile

_SHARES = 2
_WORTH = 200
"""Places that may have SQL from which a program is divided: fewer are done sooner than a second process is made."""

Work: TypeAlias = Generator[Any, Sequence[Any], Machine]
"""The evaluation of a share: it yields plain data for the others, and is sent what all of them have yielded."""


@dataclass(frozen=True, slots=True)
class Share:
    """Some of a program's files."""

    number: int
    files: Sequence[GoFile]
    paths: frozenset[str]
    """Theirs."""


def divided(index: Index, files: Sequence[GoFile]) -> list[Share]:
    """Divide a program. `files` are those of its files that have to do with SQL, in order of path."""
    costs = {file.path: places(file.data) for file in files}
    whole = sum(costs.values())
    if whole < _WORTH:
        return [_share(0, index.files)]
    parts: list[list[GoFile]] = [[] for _ in range(_SHARES)]
    behind = 0
    for file in sorted(index.files, key=lambda file: file.path):
        parts[min(behind * _SHARES // whole, _SHARES - 1)].append(file)
        behind += costs.get(file.path, 0)
    return [_share(number, part) for number, part in enumerate(parts)]


def _share(number: int, files: Sequence[GoFile]) -> Share:
    return Share(number, files, frozenset(file.path for file in files))


def in_turn(work: Sequence[Work]) -> tuple[Machine, list[Found]]:
    """Do all work in this process, each up to where it waits for the others."""
    told: list[Any] = [next(each) for each in work]
    machines: list[Machine] = []
    while not machines:
        answers, told = told, []
        for each in work:
            try:
                told.append(each.send(answers))
            except StopIteration as end:
                machines.append(end.value)
    return machines[0], [found_by(machine) for machine in machines[1:]]


def side_by_side(work: Sequence[Work], index: Index) -> tuple[Machine, list[Found]] | None:
    """Do the first half of two here and the other in a process of its own; None where that cannot be."""
    if len(work) != _SHARES or not hasattr(os, "fork") or threading.active_count() > 1:
        return None
    here, there = Pipe()
    child = os.fork()
    if not child:
        # Nothing of the parent's may be cleaned up or written a second time here.
        with suppress(BaseException):
            here.close()
            there.send_bytes(packed(found_by(_in_step(work[1], there, first=False))))
            os._exit(0)
        os._exit(1)
    there.close()
    try:
        own = _in_step(work[0], here, first=True)
        return own, [unpacked(here.recv_bytes(), index)]
    finally:
        here.close()
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
