"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
_FINEST = 8
"""A folder, or a file, that costs more than the whole by this is divided itself."""

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

    Functions of one folder lead to the same functions of others: they stay together, as far as the shares are even so.
    """
    whole = sum(cost for each in costs.values() for _, cost in each)
    if whole < _WORTH:
        return [[Part(file) for file in index.files], *([] for _ in range(SHARES - 1))]
    without = [Part(file) for file in index.files if file.path not in costs]
    shares = [without[number::SHARES] for number in range(SHARES)]
    weights = [0] * SHARES
    for cost, group in sorted(_groups(index, costs, whole // _FINEST), key=lambda group: -group[0]):
        lightest = weights.index(min(weights))
        weights[lightest] += cost
        shares[lightest].extend(group)
    for share in shares:
        share.sort(key=lambda part: (part.file.path, part.begin.start))
    return shares


def _groups(index: Index, costs: Costs, most: int) -> Iterator[tuple[int, list[Part]]]:
    """Yield folders with what they cost; of those that cost more than `most`, the files, and of such files, parts."""
    for files in index.folders.values():
        each = [(sum(cost for _, cost in costs[file.path]), file) for file in files if file.path in costs]
        together = sum(cost for cost, _ in each)
        if together <= most:
            yield together, [Part(file) for _, file in each]
            continue
        for cost, file in each:
            if cost <= most:
                yield cost, [Part(file)]
            else:
                yield from ((part, [Part(file, begin)]) for part, begin in _cut(costs[file.path], most))


def _cut(functions: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[int, range]]:
    """Cut a file before functions, so that no part costs much more than `most`."""
    start = together = 0
    for offset, cost in functions:
        if together and together + cost > most:
            yield together, range(start, offset)
            start, together = offset, 0
        together += cost
    yield together, range(start, END)


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
