"""Text that is replaced in SQL before anybody reads it: prefixes and templates, as the settings have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from nodepath_cli.source.statement import OffsetMap, Segment, Statement, Variant

Pairs = Sequence[tuple[str, str]]
"""What is replaced, and by what; of keys that begin alike the longest counts."""

_Piece = tuple[int, int, str | None]
"""Offsets in the text as it was, and what takes their place; None: nothing does."""


def in_text(sql: str, pairs: Pairs) -> str:
    """Return a text with every key replaced."""
    pieces = _pieces(sql, pairs)
    return "".join(sql[start:end] if new is None else new for start, end, new in pieces) if pieces else sql


def in_statement(statement: Statement, pairs: Pairs) -> Statement:
    """Return a statement with every key replaced in its texts."""
    if not pairs:
        return statement
    return replace(statement, variants=tuple(in_variant(each, pairs) for each in statement.variants))


def in_variant(variant: Variant, pairs: Pairs) -> Variant:
    """Return a text with every key replaced: what took its place stands where the key stands in the source."""
    pieces = _pieces(variant.sql, pairs)
    if not pieces:
        return variant
    offsets: list[Segment] = []
    moved: list[tuple[int, int, int]] = []
    made: list[tuple[int, int]] = []
    length = 0
    for start, end, new in pieces:
        moved.append((start, length, 1 if new is None else 0))
        if new is None:
            offsets += _cut(variant.offsets, start, end, length - start)
            length += end - start
        elif new:
            offsets.append(Segment(length, length + len(new), variant.offsets.locate(start, end), linear=False))
            made.append((length, length + len(new)))
            length += len(new)

    def at(offset: int) -> int:
        before, now, step = next(each for each in reversed(moved) if each[0] <= offset)
        return now + (offset - before) * step

    return replace(
        variant,
        sql=in_text(variant.sql, pairs),
        offsets=OffsetMap(tuple(offsets)),
        holes=tuple(replace(each, offset=at(each.offset)) for each in variant.holes),
        repeats=tuple((at(start), at(end)) for start, end in variant.repeats),
        separators=tuple(replace(each, start=at(each.start), end=at(each.end)) for each in variant.separators),
        replaced=tuple(made),
    )


def _pieces(sql: str, pairs: Pairs) -> list[_Piece]:
    """Cut a text into what stays and what is replaced, in order; [] where nothing is."""
    table = {key: new for key, new in pairs if key}
    keys = sorted((key for key in table if key in sql), key=len, reverse=True)
    if not keys:
        return []
    found: list[_Piece] = []
    position = 0
    for match in re.finditer("|".join(map(re.escape, keys)), sql):
        if match.start() > position:
            found.append((position, match.start(), None))
        found.append((*match.span(), table[match.group()]))
        position = match.end()
    # The end is a piece, too, if an empty one: what stands behind everything has a place.
    return [*found, (position, len(sql), None)]


def _cut(offsets: OffsetMap, start: int, end: int, shift: int) -> Iterator[Segment]:
    """Yield what comes from where in a part of a text, with the offsets that the part has now."""
    for each in offsets.segments:
        first, last = max(each.start, start), min(each.end, end)
        if first < last:
            source = each.source
            if each.linear:
                begin = source.start + first - each.start
                source = replace(source, start=begin, end=begin + last - first)
            yield Segment(first + shift, last + shift, source, each.linear)
