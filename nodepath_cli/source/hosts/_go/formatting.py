"""fmt.Sprintf and its like: the pieces of a format keep their place in its literal, arguments keep theirs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.repeats import repeated
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.text_parts import cut, has_hole, hole
from nodepath_cli.source.hosts._go.texts import as_text, combine, computed, digits, join, written
from nodepath_cli.source.hosts._go.values import EMPTY, Atom, Items, Number, Text, Unknown, Value, just

_LETTERS = frozenset("vTtbcdoOqxXUeEfFgGspw")
"""The verbs of Go's fmt; for any other one, and where there is no argument, it writes that into the text."""
_OF_NUMBERS = frozenset("bdotxXeEfFgG")
"""The verbs that write a number, or `true` and `false`."""
_VERB = lazy(r"%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(?:\[(\d+)\])?([a-zA-Z%])")


def formatted(file: GoFile, name: str, nodes: Sequence[Node], values: Sequence[Value]) -> Value:
    """Return what `fmt.Sprint`, `Sprintln` or, by the name Printf, `Sprintf` returns."""
    nodes, values, rest = _unspread(nodes, values)
    if not values:
        return just(EMPTY)

    def make(atoms: tuple[Atom, ...]) -> Atom:
        if name != "Printf":
            parts = [written(atom, file, node) for atom, node in zip(atoms, nodes, strict=False)]
            return join(parts if name == "Print" else _line(parts, file, nodes[-1]))
        form = atoms[0]
        if not isinstance(form, Text):
            reason = form.reason if isinstance(form, Unknown) else "run-time value"
            return Unknown(reason)
        arguments = list(zip(nodes[1:], atoms[1:], strict=False))
        if has_hole(form) and form.plain.count("%") == 0 and arguments:
            return join(
                (form, *(hole(file.shown(n), "argument of a run-time format", file.span(n)) for n, _ in arguments))
            )
        return sprintf(file, form, arguments, rest)

    return combine(values, make)


def _line(parts: Sequence[Text], file: GoFile, node: Node) -> list[Text]:
    """Return what Println writes: blanks between its operands, and the end of the line."""
    blank, end = computed(" ", file, node), computed("\n", file, node)
    return [*[each for part in parts for each in (part, blank)][:-1], end]


def _unspread(nodes: Sequence[Node], values: Sequence[Value]) -> tuple[Sequence[Node], Sequence[Value], Node | None]:
    if not nodes or nodes[-1].type != "variadic_argument":
        return nodes, values, None
    inner = named(nodes[-1])[0] if named(nodes[-1]) else nodes[-1]
    last = values[-1][0].atom if values[-1] else None
    if len(values[-1]) == 1 and isinstance(last, Items) and not last.open:
        return [*nodes[:-1], *[inner] * len(last.items)], [*values[:-1], *last.items], None
    return nodes[:-1], values[:-1], inner


def sprintf(file: GoFile, form: Text, arguments: Sequence[tuple[Node, Atom]], rest: Node | None) -> Text:
    """Return what Sprintf makes of a format and its arguments.

    `rest` is the node of a spread slice (`args...`) of unknown length: verbs without an argument are holes of it.
    """
    parts: list[Text] = []
    position = number = 0
    looped = any(piece.repeats for piece in form.pieces)
    for verb in _VERB.finditer(form.plain):
        parts.append(cut(form, position, verb.start()))
        position = verb.end()
        flags, width, _, explicit, letter = verb.groups()
        if letter == "%":
            parts.append(_whole(cut(form, verb.start(), verb.end()), "%"))
            continue
        if width == "*":
            number += 1
        if explicit:
            number = int(explicit) - 1
        if number < len(arguments):
            node, atom = arguments[number]
            written = _verb(file, node, atom, letter, flags, width)
            if letter not in _LETTERS:
                begun = cut(form, verb.start(), verb.end())
                written = join((_whole(begun, f"%!{letter}(string="), written, _whole(begun, ")")))
            # A verb in a part that repeats is filled in every copy.
            for loop in cut(form, verb.start(), verb.end()).pieces[0].repeats if looped else ():
                written = repeated(written, loop)
            parts.append(written)
        elif rest is not None:
            parts.append(hole(file.shown(rest), "slice of arguments", file.span(rest)))
        else:
            parts.append(_whole(cut(form, verb.start(), verb.end()), f"%!{letter}(MISSING)"))
        number += 1
    parts.append(cut(form, position, len(form.plain)))
    return join(parts)


def _verb(file: GoFile, node: Node, atom: Atom, letter: str, flags: str, width: str | None) -> Text:
    if letter == "d" and isinstance(atom, Number):
        atom = Number(atom.value, atom.sample)
    if letter == "q":
        text = as_text(atom, file, node)
        quote = computed('"', file, node)
        return join((quote, text, quote))
    if isinstance(atom, Number) and not atom.worded and letter in "dv" and width and width.isdigit():
        pad = "0" if "0" in flags else " "
        return computed(str(atom.value).rjust(min(int(width), 64), pad), file, node)
    shown = Unknown("formatted value") if letter in "xXbotTpeEgGcU" else atom
    return (digits if letter in _OF_NUMBERS else written)(shown, file, node)


def _whole(verb: Text, text: str) -> Text:
    first = verb.pieces[0]
    return Text((replace(first, text=text, linear=False),), text)
