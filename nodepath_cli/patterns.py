"""Regular expressions that are compiled when they are first used.

To compile the three hundred of them takes a thirtieth of a cold audit, and most trees need a fourth (measured).
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def lazy(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what `re.compile` returns, as far as its methods go. What it raises is raised at the first use."""
    return cast("re.Pattern[AnyStr]", _Lazy(pattern, flags))


class _Lazy:
    """A pattern that becomes what it stands for when something of it is asked for."""

    def __init__(self, pattern: Any, flags: int) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        compiled: re.Pattern[Any] = re.compile(*self._given)
        for each in _METHODS:
            # Found in the instance from now on: a call then takes no longer than one of the pattern itself.
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "pattern", "flags")
