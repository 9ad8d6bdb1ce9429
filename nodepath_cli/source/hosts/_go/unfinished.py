"""Texts that are not finished: what a list or a loop leaves behind where it has no elements."""

from __future__ import annotations

import re
from functools import lru_cache

from nodepath_cli.patterns import lazy

# What a list or loop without elements leaves behind. The program guards against it; the text is never sent.
_UNFINISHED = lazy(
    r"(?<!\w)\(\s*\)\s*(?:$|\)|;|\bor(?:der)?\b|\band\b|\bgroup\b|\blimit\b)|\bin\s*\(\s*\)|\bset\s*(?:where\b|$)|"
    r"\b(?:where|and|or|set|values|by|in|on|from|into|join|having)\s*(?:;\s*)?$|"
    r",\s*(?:$|\)|;|\b(?:where|from|values)\b)|\(\s*,|\b(?:where|and|or|in|on|by|having)\s+(?:and|or|order\s+by|group\s+by|limit|having|where)\b|"
    r"\(\s*[^()\s][^()]*\)\s*values\s*\(\s*\)|"
    r"\bvalues\s+on\s+duplicate\b|\bselect\s+from\b|``(?=\s*(?:from|,|=|\)))|=\s*(?:$|;|\bwhere\b)|\b(?:where|and|or)\s*\)|"
    # What an unknown case leaves of a name: no table.
    r"^\s*(?:update\s+set|insert\s+into\s*\(|insert\s+into\s+values|delete\s+from\s*(?:where\b|;|$))|"
    r"\bfrom\s+(?:where|order\s+by|group\s+by|limit|inner\s+join|left\s+join|join)\b|\bjoin\s+on\b",
    re.IGNORECASE,
)
_MAY_BE_UNFINISHED = lazy(
    r"[(,=]\s*(?:[),;]|\Z|where|from|values)|``|into\s*\(|"
    r"(?:where|and|or|set|values|by|in|on|from|into|join|select|update|having)\s*"
    r"(?:[;)]|\Z|where|and|or|group|limit|having|from|set|values|inner|left|join|on)"
)
"""What a text in lower case has wherever it is unfinished: first characters that the search skips to, unlike above."""


# A function may send a text again and again: from each of its callers, in each round of a loop.
@lru_cache(maxsize=256)
def unfinished(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each place that a list or loop without elements may have left behind."""
    found: list[tuple[int, int]] = []
    if _MAY_BE_UNFINISHED.search(text.lower()):
        match = _UNFINISHED.search(text)
        while match is not None:
            found.append(match.span())
            match = _UNFINISHED.search(text, match.start() + 1)
    return tuple(found)
