"""The names that locks are asked for and given back by: `GET_LOCK(CONCAT('order.', ?), 10)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nodepath_cli.audit.locking.sites import ServerLock
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import NUMBER, PARAM, STRING

Name = Sequence[str | None]
"""A name's parts in lower case: the server does not tell them apart by case. None for what is not known."""


def names_of(lock: ServerLock, given: Mapping[int, str]) -> list[Name]:
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
    def __init__(self, clauses: Clauses, given: Mapping[int, str]) -> None:
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
            text = self.given.get(self.numbers[begin])
            return [text.lower() if text is not None else None]
        text = clauses.text(begin, end)
        if kind == NUMBER and HOLE not in text:
            return [text]
        inner = text[1:-1].lower()
        if kind != STRING or "\\" in inner or "''" in inner or '""' in inner:
            return [None]
        # What the program puts between the quotes is not known.
        first, *more = inner.split(HOLE)
        return [first, *(part for each in more for part in (None, each))]


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
