"""Structs with type parameters: what those stand for in a value (`repository[invoice]{db: db}`) or a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go import generics
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.declarations import fields_of
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Alternative, Atom, Function, Record, Value, unknown

if TYPE_CHECKING:
    from tree_sitter import Node


def made(m: Machine, f: Frame, file: GoFile, kind: Node, value: Value) -> Value:
    """Return a struct that a literal makes, with the types that it names as if they were fields."""
    if kind.type != "generic_type":
        return value
    types = tuple(
        (_name(number), unknown("type", generics.meant(f, each)))
        for number, each in enumerate(_arguments(m, file, kind))
    )
    return tuple(
        Alternative(each.guard, Record(each.atom.type, (*each.atom.fields, *types), each.atom.complete))
        if isinstance(each.atom, Record)
        else each
        for each in value
    )


def of_receiver(m: Machine, f: Frame, function: Function, node: Node | None) -> list[str]:
    """Return what the type parameters of a method's receiver stand for, empty for one that is not known.

    `node` is the receiver in the call.
    """
    kind = generics.receiver_kind(function)
    if kind is None or function.receiver is None:
        return []
    base = m.index.type_id(function.file, kind)
    for each in function.receiver:
        found = _held(each.atom, base)
        if found:
            return found
    declared = _declared(m, f, base, type_of(function.receiver), node)
    if declared is None:
        return []
    file, kind = declared
    if kind.type != "generic_type" or m.index.type_id(file, kind) != base:
        return []
    return [generics.meant(f, each) for each in _arguments(m, file, kind)]


def _name(number: int) -> str:
    return f"[{number}]"


def _arguments(m: Machine, file: GoFile, kind: Node) -> list[str]:
    listing = kind.child_by_field_name("type_arguments")
    return [m.index.type_id(file, each) for each in named(listing)] if listing is not None else []


def _held(atom: Atom, base: str) -> list[str]:
    """Return the types of a struct, or of one that it embeds."""
    if not isinstance(atom, Record):
        return []
    if atom.type == base:
        values = (atom.get(_name(number)) for number in range(len(atom.fields)))
        return [type_of(value) for value in values if value is not None]
    inner = (each.atom for _, value in atom.fields for each in value if isinstance(each.atom, Record))
    return next((found for each in inner if each.type == base and (found := _held(each, base))), [])


def _declared(m: Machine, f: Frame, base: str, owner: str, node: Node | None) -> tuple[GoFile, Node] | None:
    """Return the type that a struct embeds, or that the field or parameter has that a method is called on."""
    if owner != base:
        return _field(m, owner, base.rpartition(".")[2])
    if node is not None and node.type == "selector_expression":
        operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
        holder = _holder(m, f, operand) if operand is not None else ""
        return _field(m, holder, f.file.source(member)) if member is not None else None
    routine = m.index.routine_at(*f.routine) if f.routine is not None else None
    if routine is None or node is None:
        return None
    called = f.file.source(node)
    for name, kind, _ in parameters(routine.file, routine.node):
        if name == called and kind is not None:
            return routine.file, _pointed(kind)
    own = routine.node.child_by_field_name("receiver")
    for each in named(own) if own is not None else ():
        kind = each.child_by_field_name("type")
        if kind is not None and called in map(routine.file.source, each.children_by_field_name("name")):
            return routine.file, _pointed(kind)
    return None


def _holder(m: Machine, f: Frame, node: Node) -> str:
    """Return the type id of a variable or of a field of one, as it is declared: to evaluate it once more costs more."""
    if node.type == "identifier":
        value = f.scope.get(f.file.source(node))
        return type_of(value) if value is not None else ""
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if node.type != "selector_expression" or operand is None or member is None:
        return ""
    return m.index.field_type(_holder(m, f, operand), f.file.source(member))


def _field(m: Machine, type_id: str, name: str) -> tuple[GoFile, Node] | None:
    found = m.index.body(type_id) if type_id else None
    for declaration, names in fields_of(*found) if found is not None else ():
        kind = declaration.child_by_field_name("type")
        if kind is None or found is None:
            continue
        if name in names or (not names and m.index.type_id(found[0], kind).rpartition(".")[2] == name):
            return found[0], _pointed(kind)
    return None


def _pointed(kind: Node) -> Node:
    while kind.type in ("pointer_type", "parenthesized_type") and named(kind):
        kind = named(kind)[0]
    return kind
