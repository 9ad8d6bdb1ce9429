"""The names that locks are asked for and given back by: `GET_LOCK(CONCAT('order.', ?), 10)`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nodepath_cli.audit.locking.sites import ServerLock
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Known, Mixed, Value
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import NUMBER, PARAM, STRING

_SPRINTF = lazy(r'\Afmt\.Sprintf\(\s*"(?P<form>[^"\\]*)"\s*,.*\)\Z', re.DOTALL)
_VERB = lazy(r"%[-+# 0-9.]*[a-zA-Z]")
_PART = lazy(r"\"[^\"\\]*\"|\s*\+\s*|[\w.]+(?:\([\w., ]*\))?")
_CALL = lazy(r" \d+\Z")
"""What tells one call from another of the same text."""
_SQL = lazy(r"(?P<quote>[\"`])(?:(?!(?P=quote)).)*\b(?:get|release)_lock\b(?:(?!(?P=quote)).)*(?P=quote)", re.I | re.S)

Name = Sequence[str | None]
"""A name's parts in lower case: the server does not tell them apart by case. None for what is not known."""


def names_of(lock: ServerLock, given: Mapping[int, Name]) -> list[Name]:
    """Return the names in a statement's calls of GET_LOCK or RELEASE_LOCK. `given`: what placeholders get, from 0."""
    variant = lock.resolution.variant
    clauses = Clauses.of(variant.sql)
    if clauses is None or variant.guessed or variant.repeats:
        return []
    found: list[Name] = []
    for index in range(clauses.end):
        closing = clauses.tokens.closing.get(index + 1)
        if clauses.word(index) in ("GET_LOCK", "RELEASE_LOCK") and closing is not None:
            first = next(clauses.split(index + 2, closing, ","), None)
            if first is not None:
                found.append(_Reader(clauses, given).parts(*first))
    return found


class _Reader:
    def __init__(self, clauses: Clauses, given: Mapping[int, Name]) -> None:
        self.clauses, self.given = clauses, given
        kinds = clauses.tokens.kinds
        self.numbers = {index: count for count, index in enumerate(n for n, kind in enumerate(kinds) if kind == PARAM)}

    def parts(self, begin: int, end: int) -> Name:
        clauses = self.clauses
        if clauses.word(begin) == "CONCAT" and clauses.tokens.closing.get(begin + 1) == end - 1:
            return [part for each in clauses.split(begin + 2, end - 1, ",") for part in self.parts(*each)]
        if end - begin != 1:
            return [None]
        kind = clauses.tokens.kinds[begin]
        if kind == PARAM:
            return self.given.get(self.numbers[begin], [None])
        text = clauses.text(begin, end)
        if kind == NUMBER and HOLE not in text:
            return [text]
        inner = text[1:-1].lower()
        if kind != STRING or "\\" in inner or "''" in inner or '""' in inner:
            return [None]
        # What the program puts between the quotes is not known.
        first, *more = inner.split(HOLE)
        return [first, *(part for each in more for part in (None, each))]


def written(expression: str) -> Name:
    """Return the name that an expression in Go makes: a literal, `"order:" + id`, `fmt.Sprintf("order:%d", id)`."""
    formatted = _SPRINTF.match(expression)
    if formatted is not None:
        texts = _VERB.split(formatted["form"].replace("%%", "\0"))
        found = [part for text in texts for part in (None, text.replace("\0", "%").lower())][1:]
        return [each for each in found if each != ""]
    parts = _PART.findall(expression)
    if "".join(parts) != expression or not any(each.startswith('"') for each in parts):
        return [None]
    return [each.strip('"').lower() if each.startswith('"') else None for each in parts if each.strip(" +")]


def made(value: Value) -> Name:
    """Return the name that a value is, as far as it was followed."""
    if isinstance(value, Known) and isinstance(value.value, str):
        return [value.value.lower()]
    return written(_CALL.sub("", value.text)) if isinstance(value, Mixed) else [None]


def arguments(call: str) -> list[Name]:
    """Return the names that the arguments behind a call's SQL make, () where they cannot be told from its text."""
    literal = _SQL.search(call)
    if literal is None or not call.endswith(")"):
        return []
    found, depth, quoted, begin = [], 0, "", literal.end()
    for place in range(begin, len(call)):
        each = call[place]
        if quoted:
            quoted = "" if each == quoted else quoted
        elif each in '"`':
            quoted = each
        elif each in "([{":
            depth += 1
        elif each in ")]}" and depth:
            depth -= 1
        elif (each == "," or place == len(call) - 1) and depth == 0:
            found.append(call[begin:place].strip())
            begin = place + 1
    return [written(each) for each in found[1:]] if found and not found[0] and not quoted else []


def differ(one: Name, other: Name) -> bool:
    """Say whether two names cannot be the same, whatever stands in the parts that are not known."""
    first, second = _ends(one), _ends(other)
    for (begin, end, whole), (begins, ends, _) in ((first, second), (second, first)):
        if whole and not (begin.startswith(begins) and end.endswith(ends)):
            return True
    starts = first[0].startswith(second[0]) or second[0].startswith(first[0])
    return not starts or not (first[1].endswith(second[1]) or second[1].endswith(first[1]))


def _ends(name: Name) -> tuple[str, str, bool]:
    """Return how a name begins and how it ends, and whether that is all of it."""
    if None not in name:
        whole = "".join(part or "" for part in name)
        return whole, whole, True
    first = name.index(None)
    last = len(name) - 1 - list(reversed(name)).index(None)
    return "".join(part or "" for part in name[:first]), "".join(part or "" for part in name[last + 1 :]), False


def shown(name: Name) -> str:
    """Return a name for a message."""
    return "'" + "".join("..." if part is None else part for part in name) + "'"
