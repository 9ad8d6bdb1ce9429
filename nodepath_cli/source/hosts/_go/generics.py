"""Type parameters of functions, and the types that calls name for them (`getOne[invoice](db, query)`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go.index import BASIC
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.values import Function

if TYPE_CHECKING:
    from tree_sitter import Node


def named_by(m: Machine, f: Frame, call: Node) -> list[str]:
    """Return the ids of the types that a call names, empty for one that is not known."""
    listing = call.child_by_field_name("type_arguments")
    if listing is not None:
        return [_known(f, m.index.type_id(f.file, node)) for node in named(listing)]
    function = call.child_by_field_name("function")
    # With one type it is written like the element of a list.
    index = function.child_by_field_name("index") if function is not None else None
    if function is None or function.type != "index_expression" or index is None:
        return []
    package, _, name = f.file.source(index).rpartition(".")
    if not package:
        return [name if name in BASIC else _known(f, f"{f.file.folder}.{name}")]
    path, folder = m.index.package_of(f.file, package) or (package, None)
    return [f"{folder or path}.{name}"]


def _known(f: Frame, type_id: str) -> str:
    """Return what a type stands for where it is a type parameter itself."""
    return f.types.get(type_id, type_id)


def bound(function: Function, types: Sequence[str]) -> dict[str, str]:
    """Return what a function's type parameters stand for in a call that names these types."""
    listing = function.node.child_by_field_name("type_parameters") if types else None
    if listing is None:
        return {}
    names = [
        function.file.source(name) for declared in named(listing) for name in declared.children_by_field_name("name")
    ]
    return {f"{function.file.folder}.{name}": each for name, each in zip(names, types, strict=False) if each}
