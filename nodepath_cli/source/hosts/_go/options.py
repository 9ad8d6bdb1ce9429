"""Function values that are not known and change a struct that they are handed: functional options (`option(query)`)."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.values import Atom, Items, Record, Value, just, unknown


def changed_by_value(m: Machine, f: Frame, name: str, nodes: Sequence[Node], values: Sequence[Value]) -> None:
    """Note what a call of an unknown function value may have done: nothing that it may have added is left out.

    `name` is how the value is called in the source. A struct's lists of texts get one more element that only the
    running program knows; what else an option sets (a string, a number) is found by the writes of the field.
    """
    for node, value in zip(nodes, values, strict=False):
        if node.type == "identifier" and any(isinstance(each.atom, Record) and each.atom.complete for each in value):
            changed = tuple(each._replace(atom=_with_more(m, each.atom, name)) for each in value)
            f.scope.assign(f.file.source(node), changed)


def _with_more(m: Machine, atom: Atom, name: str) -> Atom:
    if not isinstance(atom, Record):
        return atom
    more = unknown(f"set by {name}()", "string")
    for field in m.index.field_names(atom.type):
        if m.index.field_type(atom.type, field) == "[]string":
            lists = atom.get(field) or just(Items((), False, "string"))
            atom = atom.set(field, tuple(each._replace(atom=_longer(each.atom, more)) for each in lists))
    return atom


def _longer(atom: Atom, more: Value) -> Atom:
    return atom._replace(items=(*atom.items, more)) if isinstance(atom, Items) else atom
