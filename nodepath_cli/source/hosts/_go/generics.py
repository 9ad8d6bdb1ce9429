"""Type parameters of functions, and the types that calls name for them (`getOne[invoice](db, query)`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.index import BASIC
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import zero_of
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Function, Items, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_POINTER = lazy(r"\{\s*\*(\w+)")
"""A constraint for pointers to what another type parameter stands for (`PT interface{ *T; Entity }`)."""


def named_by(m: Machine, f: Frame, call: Node) -> list[str]:
    """Return the ids of the types that a call names, empty for one that is not known."""
    # With one argument it is written like a conversion to a generic type.
    kind = call.child_by_field_name("type")
    listing = (kind or call).child_by_field_name("type_arguments")
    if listing is not None:
        return [meant(f, m.index.type_id(f.file, node)) for node in named(listing)]
    function = call.child_by_field_name("function")
    # With one type it is written like the element of a list.
    index = function.child_by_field_name("index") if function is not None else None
    if function is None or function.type != "index_expression" or index is None:
        return []
    package, _, name = f.file.source(index).removeprefix("*").strip().rpartition(".")
    if not package:
        return [name if name in BASIC else meant(f, f"{f.file.folder}.{name}")]
    path, folder = m.index.package_of(f.file, package) or (package, None)
    return [f"{folder or path}.{name}"]


def meant(f: Frame, type_id: str) -> str:
    """Return what a type stands for where it is a type parameter itself, or a list of one."""
    if not f.types:
        return type_id
    bare = type_id.lstrip("[]")
    return type_id[: len(type_id) - len(bare)] + (f.types.get(bare) or bare)


def zero_value(m: Machine, f: Frame, kind: Node | None) -> Value | None:
    """Return the zero value of a type parameter for which the call says what it stands for, None for another type."""
    known = f.types.get(m.index.type_id(f.file, kind)) if f.types and kind is not None else None
    return zero_of(m, known) if known and not m.index.is_interface(known) else None


def bound(function: Function, types: Sequence[str], values: Sequence[Value]) -> dict[str, str]:
    """Return what a function's type parameters stand for in a call that names these types and gives these values.

    Empty for one that the call says nothing of.
    """
    file, receiver = function.file, receiver_kind(function)
    listing = function.node.child_by_field_name("type_parameters")
    if receiver is not None:
        names = [file.source(each) for each in named(receiver.child_by_field_name("type_arguments") or receiver)]
        known = dict(zip(names, types, strict=False))
        return {f"{file.folder}.{name}": known.get(name, "") for name in names}
    if listing is None:
        return {}
    found: dict[str, str] = {}
    constraints: dict[str, str] = {}
    for declared in named(listing):
        kind = declared.child_by_field_name("type")
        for name in declared.children_by_field_name("name"):
            constraints[file.source(name)] = file.source(kind) if kind is not None else ""
    for parameter, each in zip(constraints, types, strict=False):
        if each:
            found[parameter] = each
    _infer(file, function.node, values, constraints, found)
    for parameter, constraint in constraints.items():
        pointed = _POINTER.search(constraint)
        if parameter not in found and pointed is not None and pointed.group(1) in found:
            found[parameter] = found[pointed.group(1)]
    return {f"{file.folder}.{parameter}": found.get(parameter, "") for parameter in constraints}


def receiver_kind(function: Function) -> Node | None:
    """Return the type of a method's receiver where that has type parameters (`*repository[T]`), None where not."""
    receiver = function.node.child_by_field_name("receiver")
    if receiver is None or b"[" not in function.file.data[receiver.start_byte : receiver.end_byte]:
        return None
    for declared in named(receiver):
        kind = declared.child_by_field_name("type")
        while kind is not None and kind.type in ("pointer_type", "parenthesized_type") and named(kind):
            kind = named(kind)[0]
        if kind is not None and kind.type == "generic_type":
            return kind
    return None


def _infer(file: GoFile, node: Node, values: Sequence[Value], names: Mapping[str, str], found: dict[str, str]) -> None:
    """Take the types of arguments for the parameters of these types (`save[T any](t T)`, `last[T any](list []T)`)."""
    for value, (_, kind, variadic) in zip(values, parameters(file, node), strict=False):
        shown = file.source(kind).removeprefix("*") if kind is not None and not variadic else ""
        name = shown.removeprefix("[]").removeprefix("*")
        if name not in names or name in found or len({type_of((each,)) for each in value}) != 1:
            continue
        atom = value[0].atom
        type_id = f"[]{atom.type}" if isinstance(atom, Items) and not atom.named else type_of(value)
        listed = shown.startswith("[]")
        if type_id and listed == type_id.startswith("[]") and type_id != "[]":
            found[name] = type_id.removeprefix("[]")


def tells(m: Machine, function: Function, types: Sequence[str], values: Sequence[Value]) -> bool:
    """Say whether a call tells a type of the tree: what a function does with its methods rests on that."""
    return any(m.index.body(each) is not None for each in bound(function, types, values).values())
