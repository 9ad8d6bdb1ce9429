"""Which texts of a statement have a gap: where a list, a loop or a piece that may be left out has left nothing.

`" WHERE " + strings.Join(conditions, " AND ")` without conditions. The program guards against it, and the text is never
sent. Nothing is left out between words of one literal (`" AND AND zone = ?"`), nor beside a piece behind which
nothing is put in (`query += " AND zone = ? AND"`) and that no text is right with: those are sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.joints import is_left
from nodepath_cli.source.hosts._go.unfinished import unfinished

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.machine import Machine
    from nodepath_cli.source.hosts._go.records import Received
    from nodepath_cli.source.hosts._go.values import Piece, Text
    from nodepath_cli.source.statement import Span


_OPERAND = lazy(r"(\w+)\s*\+\s*\Z")
"""The name in front of an operand of a concatenation, the last one of a selector."""
_NAME = 200
"""Characters in front of a literal in which that is looked for."""
_MARKS = 2
"""Quotes of a declaration with one literal."""


def piece_at(text: Text, offset: int) -> int:
    """Return the number of the piece that a character of a text stands in."""
    behind = 0
    for number, piece in enumerate(text.pieces):
        behind += len(piece.text)
        if offset < behind:
            return number
    return len(text.pieces)


def gap(m: Machine, text: Text) -> tuple[int, int] | None:
    """Return start and end of the words between which something may have been left out, None where there are none."""
    for start, end in unfinished(text.plain):
        first, last = piece_at(text, start), piece_at(text, end - 1)
        if _ends_copies(text, first) or is_left(text.pieces[first]):
            continue
        pairs = zip(text.pieces[first:last], text.pieces[first + 1 : last + 1], strict=True)
        if any(_apart(one, two) and not _spliced(m, one, two) for one, two in pairs):
            return start, end
        if not text.plain[end:].strip() and not text.plain[start:end].rstrip(" \t\n;").endswith(")"):
            return start, end
    return None


def finished(m: Machine, records: Sequence[Received]) -> Sequence[Received]:
    """Return the records of a statement without the texts that have a gap, all of them where there is no other."""
    whole = [record for record in records if record.left is None]
    if len(whole) in (0, len(records)):
        return records
    known = {piece.span for record in whole for piece in record.text.pieces if piece.text}
    kept: list[Received] = []
    for record in records:
        if record.left is None:
            kept.append(record)
        elif _meant(m, record, record.left, known):
            kept.append(replace(record, left=None))
    return kept


def _apart(one: Piece, two: Piece) -> bool:
    """Say whether two pieces are more than one literal with an escape sequence between them."""
    return one.literal is None or one.literal != two.literal or one.span.end != two.span.start


def _spliced(m: Machine, one: Piece, two: Piece) -> bool:
    """Say whether a piece ends a constant that the other one is joined to: `"SELECT " + columns + " FROM orders"`."""
    if one.repeats or two.repeats or one.joint or two.joint or one.literal is None or two.literal is None:
        return False
    if one.span.end < one.literal.end - 1 or two.span.start > two.literal.start + 1:
        return False
    found = _OPERAND.search(
        m.index.by_path[two.literal.path].text, max(two.literal.start - _NAME, 0), two.literal.start
    )
    home = m.index.by_path[one.literal.path]
    known = m.index.of(home).values.get(found[1]) if found else None
    if known is None or not known.constant:
        return False
    text = home.source(known.spec)
    return text.endswith(home.text[one.literal.start : one.literal.end]) and text.count('"') + text.count("`") == _MARKS


def _meant(m: Machine, record: Received, left: tuple[int, int], known: set[Span]) -> bool:
    """Say whether the words are there as they were written, in a piece that no text without a gap has."""
    pieces = record.text.pieces
    first, last = piece_at(record.text, left[0]), piece_at(record.text, left[1] - 1)
    if any(piece.repeats or piece.joint for piece in pieces[first : last + 2]):
        return False
    if any(m.decisions.guessed(decision) for decision, _ in record.guard):
        return False
    begun = pieces[first]
    closing = next((at for at in range(first, last) if _apart(pieces[at], pieces[at + 1])), last)
    if not _among(begun, known) and _ends_operand(m, pieces[closing]):
        return True
    opening = next((at for at in range(last, first, -1) if _apart(pieces[at - 1], pieces[at])), None)
    return opening is not None and not _among(pieces[last], known) and _begins_operand(m, pieces[opening])


def _ends_copies(text: Text, number: int) -> bool:
    """Say whether a piece ends copies that are all alike: so ends the last one too, and nothing is left out there."""
    if number + 1 == len(text.pieces):
        return False
    behind = text.pieces[number + 1]
    joint = behind.joint
    return joint is not None and not joint.own and not joint.text and behind.repeats == text.pieces[number].repeats


def _among(piece: Piece, known: set[Span]) -> bool:
    """Say whether a piece, or a part of it, is one of these."""
    span = piece.span
    return span in known or any(
        each.path == span.path and each.start < span.end and span.start < each.end for each in known
    )


def _ends_operand(m: Machine, piece: Piece) -> bool:
    """Say whether a piece ends its literal, and the literal is the last one that is put together there."""
    literal = piece.literal
    if literal is None or piece.span.end < literal.end - 1:
        return False
    return not m.index.by_path[literal.path].text[literal.end :].lstrip().startswith("+")


def _begins_operand(m: Machine, piece: Piece) -> bool:
    literal = piece.literal
    if literal is None or piece.span.start > literal.start + 1:
        return False
    return not m.index.by_path[literal.path].text[: literal.start].rstrip().endswith("+")
