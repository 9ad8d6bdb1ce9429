"""A program divided for several processes: contiguous parts of its files, evaluated apart and in step.

Each share evaluates the functions of its own files, and whatever of the others these lead to. Where one finds something
that concerns the functions of all (a constant that carries SQL, a function whose callers have to be seen), it tells the
others, and goes on when all have told theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from nodepath_cli import in_shares
from nodepath_cli.in_shares import SHARES
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.merging import Found, found_by, packing
from nodepath_cli.source.hosts._go.syntax import GoFile

_WORTH = 60_000
"""Bytes of functions with SQL from which a program is divided: what two shares do twice must not outweigh the rest."""
_LARGE = 300_000
"""Characters of a program from which a second process is worth its start."""

Work: TypeAlias = in_shares.Work[Machine]
"""The evaluation of a share."""


def even(index: Index, number: int) -> Sequence[GoFile]:
    """Return a share's part of the files of a program where each is looked at by itself: every second one."""
    # Files of one folder are much alike.
    return index.files[number::SHARES]


def divided(index: Index, costs: Mapping[str, int]) -> list[list[GoFile]]:
    """Divide a program by what its files with SQL are expected to cost; a small one stays whole, and is the first's."""
    if sum(costs.values()) < _WORTH:
        return [list(index.files), *([] for _ in range(SHARES - 1))]
    return _parts(index.files, costs)


def _parts(files: Iterable[GoFile], costs: Mapping[str, int]) -> list[list[GoFile]]:
    """Cut a list of files, in order of path, where it costs the same before and behind."""
    return in_shares.parts(sorted(files, key=lambda file: file.path), lambda file: costs.get(file.path, 0))


def in_turn(work: Callable[[int], Work]) -> tuple[Machine, list[Found]]:
    """Do the work of all shares in this process."""
    first, *others = in_shares.in_turn(work)
    return first, [found_by(machine) for machine in others]


def side_by_side(work: Callable[[int], Work], index: Index) -> tuple[Machine, list[Found]] | None:
    """Do the work of the first share here and that of the second in a process of its own.

    None where that cannot be, has failed, or is not worth it.
    """
    if sum(len(file.text) for file in index.files) < _LARGE:
        return None
    ways = packing(index)
    done = in_shares.side_by_side(work, lambda machine: ways.packed(found_by(machine)))
    return (done[0], [ways.unpacked(done[1])]) if done is not None else None
