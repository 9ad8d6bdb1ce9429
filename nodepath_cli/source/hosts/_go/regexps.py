"""`regexp.MustCompile(pattern).ReplaceAllString(text, new)`: simple patterns over known texts."""

from __future__ import annotations

import re

from nodepath_cli.source.hosts._go.texts import combine, plain
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    Atom,
    Record,
    Text,
    Unknown,
    Value,
    add,
    cut,
    just,
)

TYPE = "regexp.Regexp"
_PATTERN = "pattern"
# Patterns whose search takes linear time and that mean the same in Go and in Python: no groups, no nesting.
_SIMPLE = re.compile(r"(?:\(\?[ims]+\))?(?:\\[sSwWdDbt?.$*+()\[\]{}|n]|\[[\w\s\\-]+\]|[\w\s,;:=<>'\"`@!#-])+[+*]?(?:[\w\s])*")
_SPACES = re.compile(r"(?:\\s|\[\\s\]|\[\\s\\n\]|\\n|\[[ \\tnr]+\]| )[+*]?")
_MAX_MATCHES = 400


def compiled(values: list[Value]) -> Value:
    """Return the value of `regexp.MustCompile(pattern)` and of `regexp.Compile`."""
    return just(Record(TYPE, ((_PATTERN, values[0]),), True))


def replaced(receiver: Value, values: list[Value]) -> Value | None:
    """Return what `ReplaceAllString` makes of a text; None where the pattern is not known or not simple."""
    record = receiver[0].atom
    if len(receiver) != 1 or not isinstance(record, Record) or record.type != TYPE or len(values) != 2:
        return None
    known = record.get(_PATTERN)
    pattern = plain(known[0].atom) if known is not None and len(known) == 1 else None
    if pattern is None:
        return None

    def make(atoms: tuple[Atom, ...]) -> Atom:
        text, new = atoms
        mark = plain(new)
        if not isinstance(text, Text):
            return text
        if mark is not None and not mark.strip() and _SPACES.fullmatch(pattern):
            # White space for white space: the same SQL, and every character keeps its place.
            return text
        if mark is None or "$" in mark or not isinstance(new, Text) or not _SIMPLE.fullmatch(pattern):
            return Unknown("text changed by a regular expression")
        return _apply(text, new, re.compile(pattern))

    return combine((values[0], values[1]), make)


def _apply(text: Text, new: Text, pattern: re.Pattern[str]) -> Atom:
    result, position = EMPTY, 0
    for count, found in enumerate(pattern.finditer(text.plain)):
        if count >= _MAX_MATCHES:
            return Unknown("text changed by a regular expression")
        result = add(add(result, cut(text, position, found.start())), new)
        position = found.end()
    return add(result, cut(text, position, len(text.plain))) if position else text
