"""Function values that are not known and change a struct that they are handed: functional options (`option(query)`)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go import fields
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import BUILDERS
from nodepath_cli.source.hosts._go.reasons import SET_BY
from nodepath_cli.source.hosts._go.text_parts import add, hole
from nodepath_cli.source.hosts._go.values import EMPTY, Atom, Items, Record, Text, Value, just


def changed_by_value(m: Machine, f: Frame, name: str, nodes: Sequence[Node], values: Sequence[Value]) -> None:
    """Note what a call of an unknown function value may have done: nothing that it may have added is left out.

    `name` is how the value is called in the source. A struct's lists of texts get one more element that only the
    running program knows, its builders one more piece; a string may be any that the field gets somewhere. So does a
    builder that it is handed by its address.
    """
    for node, value in zip(nodes, values, strict=False):
        operand = node.child_by_field_name("operand") if node.type == "unary_expression" else None
        if operand is not None and operand.type == "identifier" and any(isinstance(each.atom, Text) for each in value):
            more = hole(f"{name}()", f"{SET_BY}{name}()", f.file.span(node))
            changed = tuple(replace(each, atom=_longer(each.atom, more)) for each in value)
            f.scope.assign(f.file.source(operand), changed)
        if node.type == "identifier" and any(isinstance(each.atom, Record) and each.atom.complete for each in value):
            more = hole(f"{name}()", f"{SET_BY}{name}()", f.file.span(node))
            changed = tuple(replace(each, atom=_with_more(m, each.atom, more)) for each in value)
            f.scope.assign(f.file.source(node), changed)


def _with_more(m: Machine, atom: Atom, more: Text) -> Atom:
    if not isinstance(atom, Record):
        return atom
    for field in m.index.field_names(atom.type):
        kind = m.index.field_type(atom.type, field)
        if kind == "[]string" or kind in BUILDERS:
            before = atom.get(field) or just(EMPTY if kind in BUILDERS else Items((), False, "string"))
            atom = atom.set(field, tuple(replace(each, atom=_longer(each.atom, more)) for each in before))
        elif kind == "string" and atom.get(field) is None:
            stored = fields.stored(m, atom.type.rpartition(".")[0], atom.type, field, whose=False)
            atom = atom.set(field, stored) if stored else atom
    return atom


def _longer(atom: Atom, more: Text) -> Atom:
    if isinstance(atom, Items):
        return replace(atom, items=(*atom.items, just(more)))
    return add(atom, more) if isinstance(atom, Text) else atom
