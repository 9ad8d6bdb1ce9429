"""What stands between the elements of a list in a text, and how that lasts while the text is cut and joined.

Where an element stands for any number of copies, an empty piece behind it says what stands between two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.text_parts import cut
from nodepath_cli.source.hosts._go.values import Alternative, Joint, Piece, Record, Text, Value
from nodepath_cli.source.statement import Separator

_MAX_DEPTH = 3
"""Structs within structs that are gone through."""


def separator(mark: Text) -> Text:
    """Return a separator as one."""
    joint = Joint(mark.plain, True)
    return Text(tuple(replace(piece, joint=joint) for piece in mark.pieces), mark.plain)


def with_copies(text: Text, between: str) -> Text:
    """Return a text whose last piece repeats, each copy as it is here, with `between` between two of them."""
    if not text.pieces:
        return text
    last = text.pieces[-1]
    nothing = Piece("", last.span, False, None, None, last.repeats, joint=Joint(between, False))
    return replace(text, pieces=(*text.pieces, nothing))


def separated(marked: Value, loop: int, name: str, mark: tuple[str, str]) -> Value:
    """Return a variable's value whose texts say what stands between two elements, where they end with what a loop adds.

    `mark` is the variable or field (empty: each of them) that is meant, and what stands there.
    """
    meant, between = mark
    found: list[Alternative] = []
    for each in marked:
        atom = each.atom
        if isinstance(atom, Text) and meant in ("", name):
            atom = _behind(atom, loop, between)
        elif isinstance(atom, Record) and name.count(".") < _MAX_DEPTH:
            fields = tuple((field, separated(value, loop, f"{name}.{field}", mark)) for field, value in atom.fields)
            same = all(one[1] is two[1] for one, two in zip(fields, atom.fields, strict=True))
            atom = atom if same else replace(atom, fields=fields)
        found.append(each if atom is each.atom else Alternative(each.guard, atom))
    return marked if all(map(is_, found, marked)) else tuple(found)


def with_mark(before: Value, after: Value, between: str) -> Value:
    """Return a value in which what a round put in front of its element is marked as what stands between two."""
    grown = [each.atom for each in before if isinstance(each.atom, Text) and each.atom.pieces]
    return tuple(
        Alternative(each.guard, _marked_behind(grown, each.atom, between)) if isinstance(each.atom, Text) else each
        for each in after
    )


def trimmed(text: Text, start: int, end: int) -> Text:
    """Return characters `start` to `end`; where a loop would have added text behind them stays marked."""
    kept = cut(text, start, end)
    if all(piece.text for piece in text.pieces):
        return kept
    behind = tuple(piece for piece in cut(text, end, len(text.plain)).pieces if not piece.text)
    copies = _of_copies(text, start, end)
    if copies is not None and kept.plain:
        # What is cut from the copies at both ends still stands between two of them.
        joint = Joint(text.plain[end:] + copies.text + text.plain[:start], False)
        pieces = tuple(piece for piece in kept.pieces if piece.text)
        return Text((*pieces, replace(text.pieces[-1], joint=joint)), kept.plain)
    # The last of several elements is cut, and not what stands between two: so that is not what the marks say.
    kept = replace(kept, pieces=tuple(replace(piece, joint=None) if piece.joint else piece for piece in kept.pieces))
    behind = tuple(replace(piece, joint=None) for piece in behind)
    return Text((*kept.pieces, *behind), kept.plain) if behind else kept


def not_trimmed(text: Text, word: str) -> Text:
    """Return a text whose last word is marked as one that the program cuts off, and blanks behind it have saved.

    `strings.TrimSuffix("a = ? AND ", " AND")`
    """
    end = len(text.plain.rstrip())
    start = end - len(word)
    if end == len(text.plain) or not word.isalpha() or not text.plain.endswith(f" {word}", 0, end):
        return text
    joint = Joint(word, True)
    marked = tuple(replace(piece, joint=joint) for piece in cut(text, start, end).pieces)
    behind = cut(text, end, len(text.plain)).pieces
    return Text((*cut(text, 0, start).pieces, *marked, *behind), text.plain)


def is_left(piece: Piece) -> bool:
    """Say whether a piece is a word that the program wanted to cut off."""
    return piece.joint is not None and piece.joint.own and piece.joint.text.isalpha() and piece.text == piece.joint.text


def separators(text: Text) -> tuple[Separator, ...]:
    """Return what stands between the elements of lists in a text."""
    if not any(piece.joint for piece in text.pieces):
        return ()
    found: list[Separator] = []
    offset = 0
    for number, piece in enumerate(text.pieces):
        end = offset + len(piece.text)
        joint = piece.joint
        if joint is not None and joint.own and piece.text:
            found.append(Separator(offset, end, joint.text, True))
        elif joint is not None and not joint.own:
            start, before = offset, number
            while before and set(piece.repeats) <= set(text.pieces[before - 1].repeats):
                before -= 1
                start -= len(text.pieces[before].text)
            if start < offset:
                found.append(Separator(start, offset, joint.text, False))
        offset = end
    return tuple(found)


def _behind(text: Text, loop: int, between: str) -> Text:
    return with_copies(text, between) if text.pieces and loop in text.pieces[-1].repeats else text


def _marked_behind(grown: Sequence[Text], text: Text, between: str) -> Text:
    for known in grown:
        size = len(known.pieces)
        if len(text.pieces) > size and text.pieces[:size] == known.pieces and text.pieces[size].text == between:
            marked = replace(text.pieces[size], joint=Joint(between, True))
            return replace(text, pieces=(*text.pieces[:size], marked, *text.pieces[size + 1 :]))
    return text


def _of_copies(text: Text, start: int, end: int) -> Joint | None:
    """Return what stands between the copies that a text consists of and that nothing but a part of is cut from.

    None where other text stands beside them, or is cut.
    """
    joint = text.pieces[-1].joint
    if joint is None or joint.own or any(piece.joint for piece in text.pieces[:-1]):
        return None
    loops = set(text.pieces[-1].repeats)
    offset = 0
    for piece in text.pieces[:-1]:
        cuts = offset < start or offset + len(piece.text) > end
        if cuts and not loops <= set(piece.repeats):
            return None
        offset += len(piece.text)
    return joint
