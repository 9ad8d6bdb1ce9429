"""Room for statements that nest deeper than Python's usual recursion limit."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_FRAMES = 12_000
"""Python frames that the deepest accepted nesting (`cursor.MAX_NESTING`) may need: under sixty for each level."""


def with_room(work: Callable[[], T]) -> T:
    """Run `work`; where it runs out of recursion, once more with a higher limit.

    Python 3.11 keeps the frames of Python functions off the C stack, so the higher limit cannot overflow it. Statements
    of usual depth pay nothing for it. Raises RecursionError where even that is not enough.
    """
    try:
        return work()
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _FRAMES))
        try:
            return work()
        finally:
            sys.setrecursionlimit(limit)
