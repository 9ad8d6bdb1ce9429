"""The targets that take the columns of rows: Scan with its pointers, structs with their `db` tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import generics
from nodepath_cli.source.hosts._go.counting import counted
from nodepath_cli.source.hosts._go.handles import Counts
from nodepath_cli.source.hosts._go.index import bare_name
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.structs import columns_of, is_scalar
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Alternative, Items, Number, Text, Truth, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node


_LENGTH = lazy(r"\blen\((\w+)\)")


def targets(m: Machine, f: Frame, nodes: Sequence[Node], values: Sequence[Value]) -> tuple[list[Counts], bool]:
    """Return the numbers of pointers that a Scan can have, and whether they are all."""
    if _asked(m, f):
        return [Counts("targets", reason="the program looks how many columns there are")], False
    found, known = counted(f, nodes, values, rest=False)
    return [Counts("targets", each.guard, each.number, reason=each.reason) for each in found], known


def _asked(m: Machine, f: Frame) -> bool:
    """Say whether a branch around has looked how many columns the rows have (`if len(columns) == 3`)."""
    lengths = {name for decision, arm in f.ambient for name in _LENGTH.findall(m.decisions.arm(decision, arm))}
    return any(re.search(rf"\b{name}\b[\w, ]*:?=\s*[\w.]+\.Column(?:s|Types)\(\)", f.file.text) for name in lengths)


def destination(m: Machine, f: Frame, value: Value, *, many: bool) -> Counts:
    """Return what sqlx takes columns into: a struct by its names, anything else as one column.

    `many`: it is a list, with an element for each row.
    """
    type_id = element_type(value, many=many)
    if f.types and not f.types.get(type_id, "-"):
        # Its callers say what the type parameter stands for.
        m.ask()
    type_id = generics.meant(f, type_id)
    if not type_id:
        return Counts("fields", reason="a destination whose type is not known")
    scalar = is_scalar(m.index, type_id)
    if scalar:
        return Counts("targets", (), 1, owner=bare_name(type_id))
    names = columns_of(m.index, type_id) if scalar is False else None
    reason = "" if names is not None else "a type whose fields are not known"
    return Counts("fields", names=names, owner=bare_name(type_id), reason=reason)


def _type_of(each: Alternative) -> str:
    return each.atom.type if isinstance(each.atom, Items) else type_of((each,))


def element_type(value: Value, *, many: bool) -> str:
    """Return the type's id of a destination or, with `many`, of the elements of one; empty where it is not known."""
    if len({(type(each.atom), _type_of(each)) for each in value}) != 1:
        return ""
    atom = value[0].atom
    if isinstance(atom, Items):
        return atom.type if many else f"[]{atom.type}"
    if isinstance(atom, (Text, Number, Truth)):
        return "" if many else "string"
    type_id = type_of(value)
    if many:
        return type_id[2:] if type_id.startswith("[]") else ""
    return type_id if not isinstance(atom, Unknown) or atom.type else ""
