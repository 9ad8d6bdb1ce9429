"""Steps of migrations that a field holds: of one struct of a list at a time, and each of them runs."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from nodepath_cli.source.hosts._go import fields
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.values import Unknown, Value


def of_fields(
    m: Machine, f: Frame, node: Node, entry: Callable[[Machine, Frame, Node, Value, Value], Value]
) -> list[Value]:
    """Return what `each.Up` and `each.Up[driver]` are, for every struct that the tree makes; none for anything else.

    There are more migrations than a value has alternatives. `entry` returns `whole[index]`.
    """
    index = node.child_by_field_name("index") if node.type == "index_expression" else None
    field = node.child_by_field_name("operand") if index is not None else node
    owner = field.child_by_field_name("operand") if field is not None and field.type == "selector_expression" else None
    member = field.child_by_field_name("field") if field is not None and owner is not None else None
    if owner is None or member is None:
        return []
    struct = first_of(m.evaluate(f, owner))
    atom = struct[0].atom
    if len(struct) != 1 or not isinstance(atom, Unknown) or not atom.type:
        return []
    values = fields.written(m, atom.type, f.file.source(member))
    if index is None or len(values) < 2:
        return values
    key = first_of(m.evaluate(f, index))
    return [entry(m, f, node, whole, key) for whole in values]
