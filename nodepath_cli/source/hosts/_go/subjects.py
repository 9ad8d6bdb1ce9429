"""The variables, and fields of parameters, that a condition can say something of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.binding import parameters, receiver_name
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Atom, Function, Record, Unknown, Value, unknown

if TYPE_CHECKING:
    from tree_sitter import Node

_NO_TEXT_TYPES = ("[]", "map[", "*", "int", "bool", "error", "float", "func")
_SETTING = lazy(r"driver|dialect|engine|backend", re.IGNORECASE)
"""Fields that say which database it is."""


def subject_of(m: Machine, f: Frame, node: Node) -> Node:
    """Return what a condition asks for, without a conversion around it (`allowed[string(by)]`)."""
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = named(listing) if node.type == "call_expression" and listing is not None else []
    if function is None or len(given) != 1 or function.type != "identifier":
        return node
    name = f.file.source(function)
    return given[0] if name == "string" or m.index.is_text(f"{f.file.folder}.{name}") else node


def open_value(m: Machine, f: Frame, subject: Node | None) -> Value | None:
    """Return the value of a variable, or of a parameter's field, that may be any text; None for anything else."""
    if subject is not None and subject.type == "selector_expression":
        return _open_field(m, f, subject)
    value = f.scope.get(f.file.source(subject)) if subject is not None and subject.type == "identifier" else None
    atom = value[0].atom if value is not None and len(value) == 1 else None
    return value if isinstance(atom, Unknown) and not atom.type.startswith(_NO_TEXT_TYPES) else None


def _open_field(m: Machine, f: Frame, node: Node) -> Value | None:
    """`filter.Sort`, where the function never gives `filter` another value."""
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    owner = f.file.source(operand) if operand is not None and operand.type == "identifier" else ""
    value = f.scope.get(owner) if owner in f.parameters and f.routine is not None else None
    name = f.file.source(member) if member is not None else ""
    if value is None or not name or not all(_lacks(each.atom, name) for each in value):
        return None
    if _SETTING.search(name) or not m.index.is_text(m.index.field_type(type_of(value), name)):
        return None
    known = f.scope.beside(owner, f"{owner}.{name}")
    if known is not None:
        return known if len(known) == 1 and isinstance(known[0].atom, Unknown) else None
    routine = m.index.routine_at(*f.routine) if f.routine is not None else None
    if routine is None or re.search(rf"(?<![\w.]){owner}\b[\w, ]*:?=[^=]|&{owner}\b(?!\.)", f.file.source(routine)):
        return None
    return unknown(f"field {name}", "string")


def _lacks(atom: Atom, name: str) -> bool:
    """Say whether nothing is known of a field of a struct."""
    if not isinstance(atom, Record):
        return isinstance(atom, Unknown)
    found = atom.get(name)
    return found is None or all(isinstance(each.atom, Unknown) for each in found)


def before(m: Machine, f: Frame, name: str) -> Value | None:
    """Return what a variable or field is that a condition asks for."""
    owner, dot, member = name.partition(".")
    value = f.scope.beside(owner, name) if dot else f.scope.get(name)
    if value is not None or not dot:
        return value
    value = unknown(f"field {member}", "string")
    f.scope.declare_beside(owner, name, value)
    m.asked_fields.add(name)
    m.asked_names.add(member)
    return value


def forget(m: Machine, f: Frame, function: Function, nodes: Sequence[Node], receiver: Node | None) -> None:
    """Forget what conditions have said of fields that a function may have set since, followed or not."""
    names = [name for name, _, _ in parameters(function.file, function.node)]
    handed = [
        *zip(nodes, names, strict=False),
        *([(receiver, receiver_name(function))] if receiver is not None else []),
    ]
    for node, own in handed:
        owner = f.file.source(node).removeprefix("&") if own else ""
        fields = [name.partition(".")[2] for name in m.asked_fields if name.startswith(f"{owner}.")]
        text = function.file.source(function.node) if fields else ""
        for name in fields:
            known = f.scope.beside(owner, f"{owner}.{name}")
            if known is not None and re.search(rf"\b{own}\.{name}\s*\+?=[^=]", text):
                f.scope.declare_beside(owner, f"{owner}.{name}", unknown(f"field {name}", "string"))
