"""Atoms as texts, and texts joined: the arithmetic of strings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go.alternatives import limit, product
from nodepath_cli.source.hosts._go.repeats import loop_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.text_parts import has_hole, hole
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    MAX_TEXT,
    Alternative,
    Atom,
    Handle,
    Items,
    Number,
    Piece,
    Record,
    Text,
    Truth,
    Unknown,
    Value,
    unknown,
)

_NUMBERS = frozenset(
    (
        *("int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "byte", "rune"),
        *("float32", "float64", "bool"),
    )
)
"""Types of Go whose values hold neither a name nor a placeholder where `fmt` writes them."""


def computed(text: str, file: GoFile, node: Node) -> Text:
    """Return a text that was computed and stands for the whole of an expression."""
    return Text((Piece(text, file.span(node), False, None),), text) if text else EMPTY


def as_text(atom: Atom, file: GoFile, node: Node) -> Text:
    """Return an atom as the text that the program makes of it, a hole where that is known only at run time."""
    if isinstance(atom, Text):
        return atom
    if isinstance(atom, Number) and not atom.worded:
        return computed(str(atom.value), file, node)
    if isinstance(atom, Truth):
        return computed("true" if atom.truth else "false", file, node)
    reason = atom.reason if isinstance(atom, Unknown) else "run-time value"
    return hole(file.shown(node), reason, file.span(node))


def digits(atom: Atom, file: GoFile, node: Node) -> Text:
    """Return a number as a text: where it is known only at run time, a hole for digits and nothing else."""
    text = as_text(atom, file, node)
    return Text(tuple(replace(piece, number=piece.hole is not None) for piece in text.pieces), text.plain)


def written(atom: Atom, file: GoFile, node: Node) -> Text:
    """Return an atom as `fmt` writes it: a number that is known only at run time as digits."""
    known = isinstance(atom, Unknown) and atom.type in _NUMBERS
    return digits(atom, file, node) if known else as_text(atom, file, node)


def join(texts: Sequence[Text]) -> Text:
    """Return texts one behind the other."""
    pieces = [piece for text in texts for piece in text.pieces]
    return Text(tuple(pieces), "".join(text.plain for text in texts))


def combine(values: Sequence[Value], make: Callable[[tuple[Atom, ...]], Atom]) -> Value:
    """Return what `make` gives for every consistent choice of the values' alternatives."""
    result = []
    for guard, atoms in product(values):
        atom = make(atoms)
        if isinstance(atom, Text) and len(atom.plain) > MAX_TEXT:
            return unknown("text longer than is followed")
        result.append(Alternative(guard, atom))
    # Where no choice is consistent, the flow does not come here in any way that is known.
    return limit(result) or unknown("run-time value")


def plain(atom: Atom) -> str | None:
    """Return a text's characters where all of them are known, else None."""
    return atom.plain if isinstance(atom, Text) and not has_hole(atom) else None


def reason_of(value: Value) -> str:
    """Return why a value is not known, as a noun phrase."""
    for alternative in value:
        if isinstance(alternative.atom, Unknown):
            return alternative.atom.reason
    return "run-time value"


def type_of(value: Value) -> str:
    """Return the type id that a value carries, empty where none is known."""
    for alternative in value:
        if isinstance(alternative.atom, (Unknown, Record, Handle)) and alternative.atom.type:
            return alternative.atom.type
    return ""


def length_of(atom: Atom, in_condition: bool) -> Atom:
    """Return the length of a text in bytes or of a list, as far as it is known."""
    if isinstance(atom, Text) and not has_hole(atom):
        return Number(len(atom.plain.encode("utf-8", "surrogateescape")))
    if isinstance(atom, Text) and in_condition:
        # How long the holes are is not known, but the rest of the text is there: enough for `b.Len() > 0`.
        return Number(len(atom.plain))
    if isinstance(atom, Items) and not atom.open:
        return Number(len(atom.items), atom.sample, loop_of(atom) if atom.sample else 0)
    return Unknown("run-time length", "int")
