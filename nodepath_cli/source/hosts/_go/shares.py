"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from nodepath_cli import in_shares
from nodepath_cli.in_shares import SHARES
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.merging import Found, found_by, packing
from nodepath_cli.source.hosts._go.part import END, Part
from nodepath_cli.source.hosts._go.syntax import GoFile

_WORTH = 60_000
"""Bytes of functions with SQL from which a program is divided: what two shares do twice must not outweigh the rest."""
_LARGE = 300_000
"""Bytes of a program from which a second process is worth its start."""

Costs: TypeAlias = Mapping[str, Sequence[tuple[int, int]]]
"""By file: where each function with SQL begins, in bytes, and what it is expected to cost."""
Work: TypeAlias = in_shares.Work[Machine]
"""The evaluation of a share."""


def even(index: Index, number: int) -> Sequence[GoFile]:
    """Return a share's part of the files of a program where each is looked at by itself: every second one."""
    # Files of one folder are much alike.
    return index.files[number::SHARES]


def divided(index: Index, costs: Costs) -> list[list[Part]]:
    """Divide a program by what its functions with SQL are expected to cost; a small one stays whole, the first's.

    They are cut in order of path and place: what lies side by side leads to the same functions, which both would have
    to evaluate. To deal out folders or files by their costs is no more even (measured on twelve public trees).
    """
    functions = [(path, begin, cost) for path in sorted(costs) for begin, cost in costs[path]]
    if sum(cost for _, _, cost in functions) < _WORTH:
        return [[Part(file) for file in index.files], *([] for _ in range(SHARES - 1))]
    without = [Part(file) for file in index.files if file.path not in costs]
    shares = [without[number::SHARES] for number in range(SHARES)]
    halves = in_shares.parts(functions, lambda function: function[2])
    for number, (share, half) in enumerate(zip(shares, halves, strict=True)):
        behind = [other[0] for other in halves[number + 1 :] if other]
        for path, own in groupby(half, lambda function: function[0]):
            end = next((begin for other, begin, _ in behind if other == path), END)
            share.append(Part(index.by_path[path], range(next(own)[1], end)))
        share.sort(key=lambda part: part.file.path)
    return shares


def in_turn(work: Callable[[int], Work]) -> tuple[Machine, list[Found]]:
    """Do the work of all shares in this process."""
    first, *others = in_shares.in_turn(work)
    return first, [found_by(machine) for machine in others]


def side_by_side(work: Callable[[int], Work], index: Index) -> tuple[Machine, list[Found]] | None:
    """Do the work of the first share here and that of the second in a process of its own.

    None where that cannot be, has failed, or is not worth it.
    """
    if sum(len(file.data) for file in index.files) < _LARGE:
        return None
    ways = packing(index)
    done = in_shares.side_by_side(work, lambda machine: ways.packed(found_by(machine)))
    return (done[0], [ways.unpacked(done[1])]) if done is not None else None
