"""Entries of a map or list that only say how rows are ordered: with each of them a text takes and gives the same.

`"... ORDER BY " + columns[by] + " LIMIT ?"`: nobody knows which column it is, and the number of arguments and of the
rows' columns is the same for all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.values import Text, Value
from nodepath_cli.source.statement import Span

_PLAIN = lazy(r"[\w.`, ()]*")
_CLAUSE = lazy(r"\b(?:SELECT|FROM|WHERE|GROUP|HAVING|LIMIT|UNION|VALUES|SET|INTO|ON|FOR)\b", re.IGNORECASE)
_ORDER = lazy(r"\bORDER\s+BY\b", re.IGNORECASE)


def spelled(values: Sequence[Value]) -> frozenset[Span]:
    """Return the places of entries that may be what rows are ordered by, none where one of them is more than that."""
    places: set[Span] = set()
    for value in values:
        for each in value:
            text = each.atom
            if not isinstance(text, Text) or not _PLAIN.fullmatch(text.plain) or _CLAUSE.search(text.plain):
                return frozenset()
            places.update(piece.span for piece in text.pieces)
    return frozenset(places)


def orders_only(text: Text, places: frozenset[Span]) -> bool:
    """Say whether all that a text has from these places stands in its ORDER BY."""
    offset, found = 0, False
    for piece in text.pieces:
        if piece.span in places:
            *_, last = (None, *_ORDER.finditer(text.plain, 0, offset))
            if last is None or _CLAUSE.search(text.plain, last.end(), offset):
                return False
            found = True
        offset += len(piece.text)
    return found
