"""Texts put together and taken apart, piece by piece, so that each character keeps its place in the source."""

from __future__ import annotations

from itertools import chain

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.values import EMPTY, MAX_TEXT, Piece, Text
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


def substituted(text: Text, old: str, new: Text, count: int = -1) -> Text | None:
    """Return a text with `old` replaced by another text, at most `count` times where that is not negative.

    None where it becomes longer than is followed.
    """
    times = text.plain.count(old) if old else 0
    times = min(times, count) if count >= 0 else times
    if times * len(new.plain) > MAX_TEXT:
        return None
    parts: list[Text] = []
    position = 0
    for _ in range(times):
        found = text.plain.find(old, position)
        parts += (cut(text, position, found), new)
        position = found + len(old)
    if not parts:
        return text
    parts.append(cut(text, position, len(text.plain)))
    return Text(tuple(chain.from_iterable(each.pieces for each in parts)), "".join(each.plain for each in parts))


def has_hole(text: Text) -> bool:
    """Say whether a part of the text is known only at run time."""
    return HOLE in text.plain
