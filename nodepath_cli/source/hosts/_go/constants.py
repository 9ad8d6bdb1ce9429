"""The constants that a call gives for placeholders: texts that one literal of the program holds, and ways of writing
times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go import dialects
from nodepath_cli.source.hosts._go.alternatives import given
from nodepath_cli.source.hosts._go.layouts import written
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.structs import column_of
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Guard, Items, Record, Table, Text, Unknown, Value
from nodepath_cli.source.statement import Span
from nodepath_cli.source.uses import Given

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST = 12
"""Texts that an argument may be, of which each is looked at."""
_LONGEST = 400
"""Longest text that is looked at, in characters."""


def constants(m: Machine, f: Frame, nodes: Sequence[Node], values: Sequence[Value], under: Guard) -> tuple[Given, ...]:
    """Return the arguments that can be one text alone on the way to a call, with their positions."""
    found: list[Given] = []
    for position, (node, value) in enumerate(zip(nodes, values, strict=False)):
        if node.type == "variadic_argument":
            held = given(value, under)
            atom = held[0].atom
            if len(held) == 1 and isinstance(atom, Items) and not atom.open and not atom.sample:
                for behind, item in enumerate(atom.items):
                    text = constant(m, item, under)
                    if text is not None:
                        found.append(Given(position + behind, text.plain, text.pieces[0].span))
                    else:
                        found += _time(item, under, position + behind, f.file.span(node))
            break
        text = constant(m, value, under)
        if text is not None:
            found.append(Given(position, text.plain, f.file.span(node)))
        else:
            found += _time(value, under, position, f.file.span(node))
    return tuple(found)


def _time(value: Value, under: Guard, position: int, place: Span) -> list[Given]:
    """Return a time that is written as a text, none where a value can be anything else."""
    held = given(value, under)
    atom = held[0].atom
    if len(held) != 1 or not isinstance(atom, Unknown) or not atom.layout:
        return []
    return [Given(position, atom.layout, place, written(atom.layout))]


def named_constants(m: Machine, node: Node, value: Value, under: Guard) -> tuple[Given, ...]:
    """Return what a struct or a map gives by name that can be one text alone on the way to a call.

    One that is made in the call itself: others may be changed on the way to it by functions that are not followed.
    """
    made = node.child_by_field_name("operand") if node.type == "unary_expression" else node
    if made is None or made.type != "composite_literal":
        return ()
    atom = value[0].atom
    held: list[tuple[str | None, Value]] = []
    if len(value) == 1 and isinstance(atom, Table) and not atom.open:
        held = [(plain(key[0].atom) if len(key) == 1 else None, each) for key, each in atom.entries]
    elif len(value) == 1 and isinstance(atom, Record) and atom.type:
        for field, each in atom.fields:
            if m.index.method(m.index.field_type(atom.type, field), "Value") is None:
                held.append((column_of(m.index, atom.type, field), each))
    found: list[Given] = []
    for name, each in held:
        text = constant(m, each, under) if name is not None else None
        if text is not None:
            found.append(Given(0, text.plain, text.pieces[0].span, name=name))
    return tuple(found)


def choices(m: Machine, f: Frame, nodes: Sequence[Node], values: Sequence[Value]) -> list[Given]:
    """Return each text that an argument can be beside others (`if status != "open" && status != "done" { return }`)."""
    found: list[Given] = []
    for position, (node, value) in enumerate(zip(nodes, values, strict=False)):
        if node.type == "variadic_argument":
            break
        held = given(value, f.ambient) if len(value) > 1 else ()
        texts = [constant(m, (each,), f.ambient) for each in held if _can_be(m, each.guard)] if len(held) > 1 else []
        found += [Given(position, text.plain, f.file.span(node)) for text in texts[:_MOST] if text is not None]
    return found


def _can_be(m: Machine, guard: Guard) -> bool:
    """Say whether branches can lead to a call for MySQL, and not to one for another database, or perhaps to none."""
    return not any(
        m.decisions.is_doubtful(decision, arm) or dialects.by_branch(m.decisions.arm(decision, arm), "mysql")
        for decision, arm in guard
    )


def constant(m: Machine, value: Value, under: Guard) -> Text | None:
    """Return the text that a value is as it stands in the program, and alone on the way to a call; None for others."""
    if len(value) > 1:
        value = given(value, under)
    atom = value[0].atom
    if len(value) != 1 or not isinstance(atom, Text) or len(atom.pieces) != 1 or len(atom.plain) > _LONGEST:
        return None
    piece = atom.pieces[0]
    if piece.literal is None or piece.repeats or piece.hole is not None or not _sent_as_written(m, piece.literal):
        return None
    return atom


def _sent_as_written(m: Machine, literal: Span) -> bool:
    """Say whether a literal is sent as it stands: a type may have a method that makes another value of it (`Value`)."""
    known = m.written.get(literal)
    if known is None:
        file = m.index.by_path.get(literal.path)
        known = file is not None
        for declared in m.index.of(file).values.values() if file is not None else ():
            around = file.span(declared.spec) if file is not None else literal
            if around.start <= literal.start < around.end:
                kind = m.index.type_id(declared.file, declared.spec.child_by_field_name("type"))
                known = "." not in kind or m.index.method(kind, "Value") is None
                break
        m.written[literal] = known
    return known
