"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from nodepath_cli import in_shares
from nodepath_cli.first_come import pieces
from nodepath_cli.in_shares import SHARES
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.merging import Found, found_by, packing
from nodepath_cli.source.hosts._go.part import END, Part
from nodepath_cli.source.hosts._go.syntax import GoFile

_WORTH = 60_000
"""Bytes of functions with SQL from which a program is divided: what two shares do twice must not outweigh the rest."""
_DEALT = 48
"""About how many runs of functions a program's are dealt out in, where it has no more files."""
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


class Division(NamedTuple):
    """How a program is divided."""

    own: list[Part]
    """What a share has in any case, in order of path: files without SQL, or all of a small program."""
    dealt: list[list[tuple[Part, int]]]
    """What is dealt out, each share's half in order of path and place: runs of functions, and what they are expected to
    cost, in bytes."""


def divided(index: Index, costs: Costs, number: int) -> Division:
    """Divide a program into what a share has in any case and the runs of functions with SQL that are dealt out.

    Those are in order of path and place: what lies side by side leads to the same functions, which both shares would
    have to evaluate. To deal out folders or files by their costs is no more even (measured on twelve public trees).
    """
    whole = sum(cost for functions in costs.values() for _, cost in functions)
    if whole < _WORTH:
        return Division([Part(file) for file in index.files] if number == 0 else [], [[], []])
    without = [Part(file) for file in index.files if file.path not in costs]
    runs = [
        (Part(index.by_path[path], place), cost)
        for path in sorted(costs)
        for place, cost in _runs(costs[path], whole // _DEALT + 1)
    ]
    return Division(without[number::SHARES], pieces(runs, lambda run: run[1], SHARES))


def _runs(functions: Sequence[tuple[int, int]], most: int) -> Iterator[tuple[range, int]]:
    """Yield the places of runs of a file's functions that cost about so much together, and what they do."""
    begin, cost = 0, 0
    for place, each in functions:
        if cost and cost + each > most and place:
            yield range(begin, place), cost
            begin, cost = place, 0
        cost += each
    yield range(begin, END), cost


def joined(parts: Sequence[Part]) -> list[Part]:
    """Return parts in order of path and place, those that lie side by side in a file as one."""
    found: list[Part] = []
    for part in sorted(parts, key=lambda each: (each.file.path, each.begin.start)):
        last = found[-1] if found else None
        if last is not None and last.file is part.file and last.begin.stop == part.begin.start:
            found[-1] = Part(part.file, range(last.begin.start, part.begin.stop))
        else:
            found.append(part)
    return found


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
