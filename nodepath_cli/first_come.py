"""Pieces of work, each for whichever process comes first to it.

That evens out what neither lengths nor steps tell. It is for work only whose results rest on nothing but the item: who
does what differs from run to run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_PIECES = 64
"""How many there are at most: a piece takes a sixtieth of the work, and a byte tells which one it is."""


class FirstCome:
    """Who takes which piece of one list: each goes to whoever asks first, in this process or in another."""

    def __init__(self) -> None:
        self._waiting: int | None = None
        self._alone = iter(range(_PIECES))

    def of(self, items: Iterable[T], cost: Callable[[T], int]) -> Iterator[T]:
        """Yield those of the items whose pieces nobody has taken; `cost` says what an item costs, in any unit.

        All who take pieces have to ask with the same items and costs.
        """
        cut = pieces(items, cost, _PIECES)
        while (number := self._next()) is not None:
            yield from cut[number]

    def _next(self) -> int | None:
        if self._waiting is None:
            return next(self._alone, None)
        # The system gives each byte to one reader.
        told = os.read(self._waiting, 1)
        return told[0] if told else None

    def open(self) -> None:
        """Let the processes that are started from now on take pieces, too.

        Raises OSError where the system has no room for a pipe.
        """
        self._waiting, full = os.pipe()
        os.write(full, bytes(range(_PIECES)))
        os.close(full)

    def close(self) -> None:
        """End that: all pieces wait again, for this process alone."""
        if self._waiting is not None:
            os.close(self._waiting)
        self._waiting, self._alone = None, iter(range(_PIECES))


def pieces(items: Iterable[T], cost: Callable[[T], int], number: int) -> list[list[T]]:
    """Cut a list where it costs the same in each piece; some are empty where there are few items."""
    costs = [(item, cost(item)) for item in items]
    whole = max(sum(each for _, each in costs), 1)
    found: list[list[T]] = [[] for _ in range(number)]
    before = 0
    for item, each in costs:
        found[min(before * number // whole, number - 1)].append(item)
        before += each
    return found
