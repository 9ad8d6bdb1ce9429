"""The parameters that Go's sqlx finds in a text with `:name`.

It goes through the bytes and knows neither strings nor comments: a colon begins a name wherever it stands, unless it is
doubled or stands before `=` (`compileNamedQuery` in sqlx's `named.go`, which this follows byte by byte).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from msgspec import Struct


class Name(Struct, frozen=True):
    """A parameter as sqlx reads it; its place begins with the colon."""

    name: str
    """Empty where nothing behind the colon can be a name."""
    start: int
    end: int
    broken: bool = False
    """A second colon ends the name: sqlx gives up (`unexpected ':' while reading named param`)."""


def sqlx_names(sql: str) -> Iterator[Name]:
    """Yield the parameters of a text in order, up to the first at which sqlx gives up."""
    start, name = -1, ""
    data = [(place, byte) for place, letter in enumerate(sql) for byte in letter.encode("utf-8", "surrogateescape")]
    last = len(data) - 1
    for number, (place, byte) in enumerate(data):
        letter = chr(byte)
        inside = start >= 0
        if letter == ":":
            if inside and data[number - 1][1] == byte:
                start = -1
            elif inside:
                yield Name(name, start, place + 1, broken=True)
                return
            else:
                start, name = place, ""
        elif inside and letter == "=" and not name:
            start = -1
        elif inside and (_is_part(letter) or letter in "_.") and number != last:
            name += letter
        elif inside:
            ends = number == last and _is_part(letter)
            yield Name(name + letter if ends else name, start, place + ends)
            start = -1


def _is_part(letter: str) -> bool:
    """Say whether a byte, taken for a character, is a letter or a digit."""
    return (
        letter.isalnum() if letter.isascii() else unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd")
    )
