"""Records as bytes for another process of the same program, which has some of the objects in them itself."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Hashable
from typing import Any


def _at_home(name: Hashable) -> object:
    """Stand for the function that finds an object which both processes have."""
    raise LookupError(name)


class Packing:
    """How values are packed that have objects in them which both processes have."""

    def __init__(self, shared: type, name: Callable[[Any], Hashable], find: Callable[[Any], object]) -> None:
        """What is of the type `shared` is told by its name and found by it; like the rest where its name is None."""
        self._find = find

        def named(value: Any) -> Any:
            key = name(value)
            return value.__reduce_ex__(pickle.HIGHEST_PROTOCOL) if key is None else (_at_home, (key,))

        self._table: dict[type, Callable[[Any], Any]] = {shared: named}

    def packed(self, value: object) -> bytes:
        """Return a value as bytes."""
        buffer = io.BytesIO()
        pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
        pickler.dispatch_table = self._table
        pickler.dump(value)
        return buffer.getvalue()

    def unpacked(self, data: bytes) -> Any:
        """Return what the other process has packed."""
        return _Unpickler(io.BytesIO(data), self._find).load()


class _Unpickler(pickle.Unpickler):
    def __init__(self, buffer: io.BytesIO, find: Callable[[Any], object]) -> None:
        super().__init__(buffer)
        self._find = find

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (_at_home.__module__, _at_home.__name__):
            return self._find
        return super().find_class(module, name)
