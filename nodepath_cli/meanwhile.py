"""What a process of its own finds out at once, while this one goes on with something else."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from typing import Generic, TypeVar, cast

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """Something that is found out as plain data from the moment on when this is made; `result` has to be asked for.

    Where no other process can be had, or it has failed, `result` finds it out.
    """

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self._child = self._memory = -1
        if not hasattr(os, "fork") or not hasattr(os, "memfd_create") or threading.active_count() > 1:
            return
        with suppress(OSError):
            self._memory = os.memfd_create("nodepath")
            self._child = os.fork()
        if self._child == 0:
            # Nothing of the parent's may be cleaned up or written a second time here.
            with suppress(BaseException):
                with os.fdopen(self._memory, "wb") as memory:
                    pickle.dump(do(), memory, pickle.HIGHEST_PROTOCOL)
                os._exit(0)
            os._exit(1)

    def result(self) -> T:
        """Return what was found out, when it is known; raise what finding it out raises. To be called once."""
        found = self._heard()
        return found[0] if found else self._do()

    def _heard(self) -> tuple[T, ...]:
        """Return what the other process has found, () where it has not."""
        if self._memory < 0:
            return ()
        try:
            # Its memory is this one's, too: nothing is copied but what becomes of it.
            if self._child > 0 and os.waitpid(self._child, 0)[1] == 0:
                with mmap(self._memory, 0, access=ACCESS_READ) as memory:
                    return (cast(T, pickle.loads(memory)),)
        except OSError:
            pass
        finally:
            os.close(self._memory)
        return ()
