"""What a file may declare or write, told by its text: a look that saves most files from being parsed.

Each answer is "no" only where the parsed file could not have it either; "yes" may be wrong. Go's grammar is that of the
specification: "Declarations and scope", "Assignment statements", "Composite literals".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.syntax import GoFile

_SPACE = " \t\r\n"
_TYPE_GROUP = lazy(r"\btype\s*\(")
_VALUE_GROUP = lazy(r"\b(?:var|const)\s*\(")
_NAMES = lazy(r"[\w\s,*/]*")
"""What stands in a group's line before one of its names."""
_ASSIGNED = lazy(r"=(?!=)|[-+*/%&|^]=|<<=|>>=|&\^=")
"""What stands behind a name that is given a value."""
_ELEMENT = lazy(r"\]\s*=(?!=)")
"""The same of an element (`NAME[key] = v`)."""
_BLANKS = frozenset(_SPACE)


def may_declare_routine(file: GoFile, name: str) -> bool:
    """Say whether a function or method of that name may be declared in a file."""
    text = file.text
    for start, end in _places(file.text, name):
        at = start
        while at > 0 and text[at - 1] in _SPACE:
            at -= 1
        if text.endswith((")", "func", "*/"), 0, at) and _next(text, end) in ("(", "[", "/"):
            return True
    return False


def may_declare_method(file: GoFile, receiver: str, name: str) -> bool:
    """Say whether a method of that name of a type may be declared in a file: `) NAME(` behind the type's name."""
    text = file.text
    for start, end in _places(file.text, name):
        at = start
        while at > 0 and text[at - 1] in _SPACE:
            at -= 1
        if text.endswith("*/", 0, at):
            return True
        if text.endswith(")", 0, at) and _next(text, end) in ("(", "[", "/"):
            opening = text.rfind("(", 0, at)
            if opening < 0 or receiver in text[opening:at]:
                return True
    return False


def may_declare_type(file: GoFile, name: str) -> bool:
    """Say whether a type of that name may be declared in a file."""
    return _may_declare(file, name, ("type",), _TYPE_GROUP)


def may_declare_value(file: GoFile, name: str) -> bool:
    """Say whether a constant or variable of that name may be declared in a file."""
    return _may_declare(file, name, ("var", "const"), _VALUE_GROUP)


def may_write(text: str, name: str, *, is_field: bool) -> bool:
    """Say whether a text may give a field (`x.NAME = v`, `T{NAME: v}`) or a variable (`NAME += v`) a value."""
    for start, end in _places(text, name):
        at = end
        while text[at : at + 1] in _BLANKS:
            at += 1
        after = text[at : at + 1]
        if text.startswith(("//", "/*"), at):
            return True
        if after == ":":
            if is_field and text[at + 1 : at + 2] != "=":
                return True
        elif after == ",":
            stop = text.find("\n", end)
            line = text[end : stop if stop >= 0 else len(text)].rstrip()
            if ("=" in line or line.endswith((",", "/")) or "//" in line) and is_field in _selected(text, start):
                return True
        elif after == "[":
            stop = text.find("\n", end)
            if _ELEMENT.search(text, at, stop if stop >= 0 else len(text)) and is_field in _selected(text, start):
                return True
        elif _ASSIGNED.match(text, at) and is_field in _selected(text, start):
            return True
    return False


def _selected(text: str, start: int) -> tuple[bool, ...]:
    """Say whether a name stands behind a dot: both answers where a comment may hide it."""
    at = start
    while at > 0 and text[at - 1] in _SPACE:
        at -= 1
    if text.endswith("*/", 0, at) or "//" in text[text.rfind("\n", 0, at) + 1 : at]:
        return True, False
    return (text.endswith(".", 0, at),)


def _may_declare(file: GoFile, name: str, keywords: tuple[str, ...], group: re.Pattern[str]) -> bool:
    text = file.text
    grouped: bool | None = None
    for start, end in _places(file.text, name):
        if _next(text, end) in (".", ":", "("):
            continue
        at = start - 1
        while at >= 0 and text[at] in " \t":
            at -= 1
        before = text[at] if at >= 0 else "\n"
        if before == "/" or text.endswith(keywords, 0, at + 1):
            return True
        if before in "\r\n":
            while at > 0 and text[at - 1] in _SPACE:
                at -= 1
            if text.endswith((*keywords, ","), 0, at):
                return True
        elif before == ",":
            line = text[text.rfind("\n", 0, start) + 1 : start]
            if line.lstrip().startswith(keywords) or ";" in line:
                return True
            if not _NAMES.fullmatch(line):
                continue
        elif before not in "(;":
            continue
        if grouped is None:
            grouped = bool(group.search(text))
        if grouped:
            return True
    return False


def _places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each place at which a name stands as a whole word."""
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        before, after = text[start - 1 : start], text[end : end + 1]
        if not (before.isalnum() or before == "_" or after.isalnum() or after == "_"):
            yield start, end
        start = text.find(name, end)


def _next(text: str, offset: int) -> str:
    """Return the next character that is no space, empty at the end."""
    size = len(text)
    while offset < size and text[offset] in _SPACE:
        offset += 1
    return text[offset : offset + 1]
