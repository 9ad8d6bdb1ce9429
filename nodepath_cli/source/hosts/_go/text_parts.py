"""Texts put together and taken apart, piece by piece, so that each character keeps its place in the source."""

from __future__ import annotations

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.values import EMPTY, Piece, Text
from nodepath_cli.source.statement import HOLE, Span


def hole(expression: str, reason: str, span: Span) -> Text:
    """Return the text that is one hole."""
    return Text((Piece(HOLE, span, False, None, (expression, reason)),), HOLE)


def add(first: Text, second: Text) -> Text:
    """Return two texts joined."""
    if not first.pieces:
        return second
    if not second.pieces:
        return first
    return Text(first.pieces + second.pieces, first.plain + second.plain)


def cut(text: Text, start: int, end: int) -> Text:
    """Return characters `start` to `end` of a text."""
    start, end = max(start, 0), min(end, len(text.plain))
    if start >= end:
        return EMPTY
    if end - start == len(text.plain):
        return text
    pieces = []
    offset = 0
    for piece in text.pieces:
        size = len(piece.text)
        low, high = max(start - offset, 0), min(end - offset, size)
        if low < high or (size == 0 and start <= offset <= end):
            pieces.append(piece if high - low == size else _part(piece, low, high))
        offset += size
    return Text(tuple(pieces), text.plain[start:end])


def _part(piece: Piece, low: int, high: int) -> Piece:
    span = piece.span
    if piece.linear:
        span = Span(span.path, span.start + low, span.start + high)
    return replace(piece, text=piece.text[low:high], span=span)


def substituted(text: Text, old: str, new: Text, count: int = -1) -> Text:
    """Return a text with `old` replaced by another text, at most `count` times where that is not negative."""
    if not old or old not in text.plain:
        return text
    result, position = EMPTY, 0
    while count != 0:
        found = text.plain.find(old, position)
        if found < 0:
            break
        result = add(add(result, cut(text, position, found)), new)
        position = found + len(old)
        count -= 1
    return add(result, cut(text, position, len(text.plain)))


def has_hole(text: Text) -> bool:
    """Say whether a part of the text is known only at run time."""
    return HOLE in text.plain
