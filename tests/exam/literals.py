"""String literals of Go source, by a lexer of its own: the examination must not share the examined one's mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'""",
    re.DOTALL,
)
_STRUCT_TAG = re.compile(r'`\w+:"')
_WORD = re.compile(r"(?<!\\)\b[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word inside a string literal, by character offsets into the file."""

    name: str
    start: int
    end: int
    literal: tuple[int, int]
    """Where the literal's content begins and ends, without the quotes."""


def words(text: str, names: frozenset[str]) -> Iterator[Word]:
    """Yield the words of string literals that are in `names` (lower case)."""
    for token in _TOKEN.finditer(text):
        if token.group()[0] not in '`"' or _STRUCT_TAG.match(token.group()):
            continue
        start, end = token.start() + 1, token.end() - 1
        for match in _WORD.finditer(text, start, end):
            if match.group().lower() in names:
                yield Word(match.group(), match.start(), match.end(), (start, end))


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, 1-based, in characters."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
