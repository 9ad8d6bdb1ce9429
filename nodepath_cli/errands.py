"""Errands: what a second process finds out when its share of the work is done, while the first goes on with the rest.

An errand is given before that process is started, and rests on what is known by then. Where no second process has come
to it, whoever asks for its result does it.
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
            self._bearer.hear()
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
        self._errands = errands
        for each in errands:
            each.borne_by(self)

    def hear(self) -> None:
        """Take all results; nothing where the process has died."""
        errands, self._errands = self._errands, ()
        try:
            results = pickle.loads(self._connection.recv_bytes()) if errands else []
        except (EOFError, OSError):
            return
        finally:
            self._connection.close()
        for each, found in zip(errands, results, strict=True):
            each.told(found)


def taken() -> list[Errand[Any]]:
    """Return the errands that wait, in the order in which they were given; from now on somebody has them."""
    held = [each for one in _WAITING if (each := one()) is not None]
    _WAITING.clear()
    return held


def run(errands: Sequence[Errand[Any]], connection: Connection) -> None:
    """Do errands and tell the process that gave them."""
    if errands:
        connection.send_bytes(pickle.dumps([each.do() for each in errands], pickle.HIGHEST_PROTOCOL))
