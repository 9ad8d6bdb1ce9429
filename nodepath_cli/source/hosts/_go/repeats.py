"""What a loop adds whose rounds are counted at run time: one copy is checked, and it stands for any number of them.

A piece of text carries the numbers of the loops that it stands in; a list, a length or a count that such a loop makes
is a sample, so that another loop over it is not taken for counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import is_
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.joints import separated
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.values import (
    Alternative,
    Atom,
    Items,
    Number,
    Piece,
    Record,
    Text,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.syntax import GoFile

_STATEMENT = lazy(r"\s*(?:insert|replace|select|update|delete|with|create|alter|drop|truncate)\b", re.IGNORECASE)
_MAX_DEPTH = 3
"""Structs within structs that are gone through."""


_NOTHING: Value = (Alternative((), Items(())),)
"""A list in the field of a struct that was made here and has not set it."""


def repeated(text: Text, loop: int, start: int = 0, end: int | None = None) -> Text:
    """Return a text whose pieces from `start` to `end` stand for any number of copies."""
    last = len(text.pieces) if end is None else end
    pieces = tuple(
        replace(piece, repeats=(*piece.repeats, loop)) if start <= at < last and loop not in piece.repeats else piece
        for at, piece in enumerate(text.pieces)
    )
    return Text(pieces, text.plain)


def repeated_value(value: Value, loop: int) -> Value:
    """Return a value whose texts stand for any number of copies."""
    return tuple(
        Alternative(each.guard, repeated(each.atom, loop)) if isinstance(each.atom, Text) else each for each in value
    )


def place(file: GoFile, node: Node) -> int:
    """Return the number of what repeats at a place of a program."""
    return -1 - node.start_byte - (crc32(file.path.encode()) << 32)


def rounds_of(items: Items) -> tuple[tuple[int, ...], ...] | None:
    """Return for each element the loops each of whose rounds has one, None where that is not known."""
    return items.rounds if items.sample else ((),) * len(items.items)


def loop_of(items: Items) -> int:
    """Return the number of the loop with as many rounds as a list has elements, 0 where there is none."""
    if items.size:
        return items.size
    if not items.sample or items.rounds is None:
        return 0
    if len(items.rounds) == 1 and not items.none:
        return items.rounds[0][0] if len(items.rounds[0]) == 1 else 0
    return items.none[0] if not items.rounds and len(items.none) == 1 else 0


def renumbered(value: Value, numbers: Mapping[int, int]) -> Value:
    """Return a value with other numbers for some loops."""
    return tuple(Alternative(each.guard, _renumbered(each.atom, numbers)) for each in value)


def _renumbered(atom: Atom, numbers: Mapping[int, int]) -> Atom:
    def new(loops: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(numbers.get(loop, loop) for loop in loops)

    if isinstance(atom, Text):
        if not any(piece.repeats for piece in atom.pieces):
            return atom
        return Text(tuple(replace(each, repeats=new(each.repeats)) for each in atom.pieces), atom.plain)
    if isinstance(atom, Number):
        return replace(atom, loop=numbers.get(atom.loop, atom.loop)) if atom.loop else atom
    if isinstance(atom, Items):
        rounds = tuple(map(new, atom.rounds)) if atom.rounds is not None else None
        items = tuple(renumbered(each, numbers) for each in atom.items)
        size = numbers.get(atom.size, atom.size)
        return replace(atom, items=items, rounds=rounds, none=new(atom.none), size=size)
    return atom


def mark_repeats(
    before: Scope,
    after: Scope,
    loop: int,
    skipped: Scope | None = None,
    *,
    steady: bool = False,
    mark: tuple[str, str] | None = None,
) -> None:
    """Mark what one round of a loop added to the variables that were there before it.

    `steady`: each other round adds the same to lists. `mark` is a variable or field (empty: each of them), and what
    stands between two elements that rounds add to its text. `skipped` are the variables where the loop had no round:
    the place where it adds text is marked there.
    """
    for depth, (old, new) in enumerate(zip(before.levels, after.levels, strict=False)):
        for name, value in old.items():
            changed = new.get(name, value)
            if changed is not value:
                marked = _added(value, changed, loop, 0)
                marked = _steady(value, marked) if steady else marked
                marked = separated(marked, loop, name, mark) if mark is not None else marked
                new[name] = marked = _with_kept(value, marked, loop)
                if skipped is not None:
                    skipped.levels[depth][name] = _not_added(value, marked, loop, exact=True)


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


def _steady(before: Value, marked: Value) -> Value:
    """Return a value in which a list that was empty before the loop is one that each round adds the same to."""
    if any(not isinstance(each.atom, (Items, Unknown)) or getattr(each.atom, "items", ()) for each in before):
        return marked
    return tuple(
        Alternative(each.guard, replace(each.atom, steady=True))
        if isinstance(each.atom, Items) and each.atom.sample
        else each
        for each in marked
    )


def _with_kept(before: Value, marked: Value, loop: int) -> Value:
    """Mark the alternatives in which this round added nothing where another one did: other rounds may have."""
    kept = {id(each.atom) for each in before}
    if not any(id(each.atom) in kept for each in marked):
        return marked
    unsure = _not_added(tuple(each for each in marked if id(each.atom) in kept), marked, loop)
    return (*(each for each in marked if id(each.atom) not in kept), *unsure)


def _not_added(before: Value, marked: Value, loop: int, *, exact: bool = False) -> Value:
    """Return the value without a round of the loop: as much as before, but not certainly so.

    `exact`: the loop had no round at all.
    """
    atoms = [each.atom for each in marked]
    piece = next((p for atom in atoms if isinstance(atom, Text) for p in atom.pieces if loop in p.repeats), None)
    # A round may have added a list of which nothing is known, not even how long it is (`append(args, row...)`).
    opened = _opened(before, atoms)
    filled = [atom for atom in atoms if isinstance(atom, Items) and (atom.sample or opened)]
    grown = opened or any(isinstance(atom, (Items, Number)) and atom.sample for atom in atoms)
    result: list[Alternative] = []
    for each in before:
        atom = each.atom
        if isinstance(atom, Text) and piece is not None:
            nothing = Piece("", piece.span, False, None, None, piece.repeats)
            atom = Text((*atom.pieces, nothing), atom.plain)
        elif isinstance(atom, Items) and grown:
            rounds = rounds_of(atom) if exact else None
            atom = replace(atom, sample=True, rounds=rounds, none=(*atom.none, loop))
        elif isinstance(atom, Number) and grown:
            atom = replace(atom, sample=True)
        elif isinstance(atom, Unknown) and atom.reason == "nil" and filled:
            atom = Items((), False, filled[0].type, True, filled[0].named, () if exact else None, (loop,))
        result.append(Alternative(each.guard, atom))
    return tuple(result)


def _opened(before: Value, atoms: list[Atom]) -> bool:
    """Say whether a round adds to a list what nothing is known of, where all was known of it before."""
    if not any(isinstance(atom, Items) and atom.open for atom in atoms):
        return False
    return not any(isinstance(each.atom, Items) and each.atom.open for each in before)


def _of_atom(old: list[Atom], atom: Atom, loop: int, depth: int) -> Atom:
    if isinstance(atom, Text):
        return _of_text([each for each in old if isinstance(each, Text)], atom, loop)
    if isinstance(atom, Items):
        return _of_items([each for each in old if isinstance(each, Items)], atom, loop)
    if isinstance(atom, Number):
        return replace(atom, sample=True) if atom not in old else atom
    if isinstance(atom, Record) and depth < _MAX_DEPTH:
        fields = []
        for name, value in atom.fields:
            records = [each for each in old if isinstance(each, Record)]
            was = next((found for each in records if (found := each.get(name))), ())
            if not was and any(each.complete for each in records):
                was = _NOTHING
            fields.append((name, value if was is value else _added(was, value, loop, depth + 1)))
        return replace(atom, fields=tuple(fields))
    return atom


def _of_items(old: list[Items], items: Items, loop: int) -> Items:
    """Mark the elements behind those of the old list; of a list that does not begin with it nothing is known."""
    if items.size:
        return items
    size = len(items.items)
    shorter = [each for each in old if len(each.items) <= size]
    begun = [each for each in shorter if all(map(is_, each.items, items.items))]
    kept = max((len(each.items) for each in begun or shorter), default=0)
    if kept == size:
        return items
    marked = tuple(repeated_value(value, loop) for value in items.items[kept:])
    known = rounds_of(items) if begun else None
    rounds = None
    if known is not None:
        more = (each if loop in each else (*each, loop) for each in known[kept:])
        rounds = (*known[:kept], *more)
    return replace(items, items=(*items.items[:kept], *marked), sample=True, rounds=rounds)


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
