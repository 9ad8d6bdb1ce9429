"""Totals and oldest locks together. Each looks at every row, so of a large table they are asked for at one time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from nodepath_cli.locks.listing import View
from nodepath_cli.locks.records import Lock, Totals

T = TypeVar("T")


def overview(view: View, most: int) -> tuple[tuple[Totals, ...], list[Lock]]:
    """Return `view.totals()` and `view.oldest(most)`; for a large table over two connections.

    Raises the driver's errors.
    """
    lend = view.lend
    if lend is None or view.session.server == "sqlite" or not view.large():
        return view.totals(), view.oldest(most)

    def count() -> tuple[Totals, ...]:
        with lend() as session:
            return view.over(session).totals()

    totals = _Beside(count)
    locks = view.oldest(most)
    return totals.result(), locks


@dataclass
class _Beside(Generic[T]):
    """A function that runs in a thread of its own; one that does not keep the process from ending."""

    work: Callable[[], T]
    _results: list[T] = field(default_factory=list)
    _errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self.work())
        except BaseException as error:
            self._errors.append(error)

    def result(self) -> T:
        self._thread.join()
        if self._errors:
            raise self._errors[0]
        return self._results[0]
