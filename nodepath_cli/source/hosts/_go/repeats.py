"""What a loop adds whose rounds are counted at run time: one copy is checked, and it stands for any number of them.

A piece of text carries the numbers of the loops that it stands in; a list, a length or a count that such a loop makes
is a sample, so that another loop over it is not taken for counted.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.text_parts import cut
from nodepath_cli.source.hosts._go.values import Alternative, Atom, Items, Number, Piece, Record, Text, Value

_STATEMENT = re.compile(r"\s*(?:insert|replace|select|update|delete|with|create|alter|drop|truncate)\b", re.IGNORECASE)
_MAX_DEPTH = 3
"""Structs within structs that are gone through."""


def repeated(text: Text, loop: int, start: int = 0, end: int | None = None) -> Text:
    """Return a text whose pieces from `start` to `end` stand for any number of copies."""
    last = len(text.pieces) if end is None else end
    pieces = tuple(
        replace(piece, repeats=(*piece.repeats, loop)) if start <= at < last and loop not in piece.repeats else piece
        for at, piece in enumerate(text.pieces)
    )
    return Text(pieces, text.plain)


def mark_repeats(before: Scope, after: Scope, loop: int, skipped: Scope | None = None) -> None:
    """Mark what one round of a loop added to the variables that were there before it.

    `skipped` are the variables where the loop had no round: the place where it adds text is marked there.
    """
    for depth, (old, new) in enumerate(zip(before.levels, after.levels, strict=False)):
        for name, value in old.items():
            changed = new.get(name, value)
            if changed is not value:
                marked = _added(value, changed, loop, 0)
                new[name] = marked = _with_kept(value, marked, loop)
                if skipped is not None:
                    skipped.levels[depth][name] = _not_added(value, marked, loop)


def trimmed(text: Text, start: int, end: int) -> Text:
    """Return characters `start` to `end`; where a loop would have added text behind them stays marked."""
    kept = cut(text, start, end)
    if all(piece.text for piece in text.pieces):
        return kept
    behind = tuple(piece for piece in cut(text, end, len(text.plain)).pieces if not piece.text)
    return Text((*kept.pieces, *behind), kept.plain) if behind else kept


def ranges(text: Text) -> tuple[tuple[int, int], ...]:
    """Return the offsets of the parts that repeat, in order of their ends."""
    if not any(piece.repeats for piece in text.pieces):
        return ()
    found: list[tuple[int, int]] = []
    begun: dict[int, int] = {}
    offset = 0
    for piece in text.pieces:
        for loop in [loop for loop in begun if loop not in piece.repeats]:
            found.append((begun.pop(loop), offset))
        for loop in piece.repeats:
            begun.setdefault(loop, offset)
        offset += len(piece.text)
    found.extend((start, offset) for start in begun.values())
    return tuple(dict.fromkeys(found))


def _added(before: Value, after: Value, loop: int, depth: int) -> Value:
    known = set(map(id, before))
    old = [each.atom for each in before]
    kept = set(map(id, old))
    return tuple(
        each
        if id(each) in known or id(each.atom) in kept
        else Alternative(each.guard, _of_atom(old, each.atom, loop, depth))
        for each in after
    )


def _with_kept(before: Value, marked: Value, loop: int) -> Value:
    """Mark the alternatives in which this round added nothing where another one did: other rounds may have."""
    kept = {id(each.atom) for each in before}
    if not any(id(each.atom) in kept for each in marked):
        return marked
    unsure = _not_added(tuple(each for each in marked if id(each.atom) in kept), marked, loop)
    return (*(each for each in marked if id(each.atom) not in kept), *unsure)


def _not_added(before: Value, marked: Value, loop: int) -> Value:
    """Return the value without a round of the loop: as much as before, but not certainly so."""
    atoms = [each.atom for each in marked]
    piece = next((p for atom in atoms if isinstance(atom, Text) for p in atom.pieces if loop in p.repeats), None)
    grown = any(isinstance(atom, (Items, Number)) and atom.sample for atom in atoms)
    result: list[Alternative] = []
    for each in before:
        atom = each.atom
        if isinstance(atom, Text) and piece is not None:
            nothing = Piece("", piece.span, False, None, None, piece.repeats)
            atom = Text((*atom.pieces, nothing), atom.plain)
        elif isinstance(atom, (Items, Number)) and grown:
            atom = replace(atom, sample=True)
        result.append(Alternative(each.guard, atom))
    return tuple(result)


def _of_atom(old: list[Atom], atom: Atom, loop: int, depth: int) -> Atom:
    if isinstance(atom, Text):
        return _of_text([each for each in old if isinstance(each, Text)], atom, loop)
    if isinstance(atom, Items):
        shorter = [len(each.items) for each in old if isinstance(each, Items)]
        kept = max((size for size in shorter if size <= len(atom.items)), default=0)
        return _of_items(atom, kept, loop) if len(atom.items) > kept else atom
    if isinstance(atom, Number):
        return replace(atom, sample=True) if atom not in old else atom
    if isinstance(atom, Record) and depth < _MAX_DEPTH:
        fields = []
        for name, value in atom.fields:
            was = next((found for each in old if isinstance(each, Record) if (found := each.get(name))), ())
            fields.append((name, value if was is value else _added(was, value, loop, depth + 1)))
        return replace(atom, fields=tuple(fields))
    return atom


def _of_items(items: Items, kept: int, loop: int) -> Items:
    marked = tuple(
        tuple(
            Alternative(each.guard, repeated(each.atom, loop) if isinstance(each.atom, Text) else each.atom)
            for each in value
        )
        for value in items.items[kept:]
    )
    return replace(items, items=(*items.items[:kept], *marked), sample=True)


def _of_text(old: list[Text], text: Text, loop: int) -> Text:
    """Mark what stands behind or before the old text; a text that does not contain it was set anew."""
    for known in sorted(old, key=lambda each: -len(each.pieces)):
        size = len(known.pieces)
        if text.pieces[:size] == known.pieces:
            rest = text.plain[len(known.plain) :]
            # A whole statement may be there several times, each with the same counts.
            return text if _STATEMENT.match(rest) else repeated(text, loop, size)
        if text.pieces[len(text.pieces) - size :] == known.pieces:
            return repeated(text, loop, 0, len(text.pieces) - size)
    return text
