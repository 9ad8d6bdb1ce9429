"""Errands: what a second process finds out when its share of the work is done, while the first goes on with the rest.

An errand is given before that process is started, and rests on what is known by then. Those that were given last are
done first: who gives one before going on asks for it after that. Where no second process has come to it, whoever asks
for its result does it.
"""

from __future__ import annotations

import pickle
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")

_WAITING: list[weakref.ref[Errand[Any]]] = []
"""The errands that no process has taken; one that nobody holds any more is none."""


class Errand(Generic[T]):
    """Something to be found out, as plain data."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._bearer: Bearer | None = None
        self._found: list[T] = []
        _WAITING.append(weakref.ref(self, _forget))

    def result(self) -> T:
        """Return what was found out, when it is known; raise what finding it out raises."""
        if not self._found and self._bearer is not None:
            self._bearer.hear(self)
        if not self._found:
            self._found.append(self._do())
        return self._found[0]

    def do(self) -> T:
        """Find it out in this process."""
        return self._do()

    def borne_by(self, bearer: Bearer) -> None:
        """Remember who is finding it out."""
        self._bearer = bearer

    def told(self, found: object) -> None:
        """Take what was found out elsewhere."""
        self._found.append(cast(T, found))


def _forget(gone: weakref.ref[Errand[Any]]) -> None:
    with suppress(ValueError):
        _WAITING.remove(gone)


class Bearer:
    """A process that has taken errands, as the one that gave them knows it."""

    def __init__(self, connection: Connection, errands: Sequence[Errand[Any]]) -> None:
        self._connection = connection
        self._errands = list(errands)
        for each in errands:
            each.borne_by(self)

    def hear(self, wanted: Errand[Any]) -> None:
        """Take the results up to that of one errand; nothing where the process has died."""
        while self._errands:
            each = self._errands.pop()
            try:
                each.told(pickle.loads(self._connection.recv_bytes()))
            except (EOFError, OSError):
                self._errands.clear()
            if each is wanted:
                break
        if not self._errands:
            self._connection.close()


def taken() -> list[Errand[Any]]:
    """Return the errands that wait, in the order in which they were given; from now on somebody has them."""
    held = [each for one in _WAITING if (each := one()) is not None]
    _WAITING.clear()
    return held


def run(errands: Sequence[Errand[Any]], connection: Connection) -> None:
    """Do errands and tell the process that gave them of each."""
    for each in reversed(errands):
        connection.send_bytes(pickle.dumps(each.do(), pickle.HIGHEST_PROTOCOL))
