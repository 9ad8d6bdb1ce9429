"""Which functions a call may mean, as far as the type of its receiver says so: many types have a method `Lock`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tree_sitter import Node

from nodepath_cli.source.functions import Failure, Known, Meant, Moment, Outcome
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.paths.state import Any, Closure, Instance, Place, Prepared, Scope, State
from nodepath_cli.source.hosts._go.paths.walker import Walker
from nodepath_cli.source.hosts._go.syntax import GoFile, named

_STANDARD = frozenset(("sync", "database", "context", "time", "os", "io", "net", "errors", "log", "testing", "strings"))
"""Where packages of Go itself begin that have types with methods of their own."""
_INSIDE = ("parenthesized_expression", "unary_expression", "pointer_type")

Routines: TypeAlias = Mapping[str, Sequence[Routine]]
"""Functions by their names."""


def of_method(index: Index, known: Routines, type_id: str, name: str) -> Meant:
    """Return what a method of a type means; `known` are the functions of the tree that an interface's may be."""
    method = index.method(type_id, name)
    if method is not None:
        return (method.file.span(method),)
    folder = type_id.rpartition(".")[0]
    if folder not in index.folders:
        return () if folder.split("/")[0] in _STANDARD else None
    found = index.body(type_id)
    if found is None:
        return None
    file, body = found
    if body.type == "interface_type":
        return tuple(each.file.span(each) for each in _implementing(index, known.get(name, ()), file, body)) or None
    # A function that is kept in a field has a name of its own elsewhere.
    return () if name in index.field_names(type_id) else None


def _implementing(index: Index, methods: Sequence[Routine], file: GoFile, body: Node) -> list[Routine]:
    """Return those methods whose types have all that an interface asks for, the nearest to it."""
    asked = [
        file.source(name)
        for element in named(body)
        if element.type == "method_elem" and (name := element.child_by_field_name("name")) is not None
    ]
    found = [
        each
        for each in methods
        if each.receiver and all(index.method(f"{each.file.folder}.{each.receiver}", name) for name in asked)
    ]
    near = max((_shared(file.folder, each.file.folder) for each in found), default=0)
    return [each for each in found if _shared(file.folder, each.file.folder) == near]


def _shared(one: str, other: str) -> int:
    """Return how many folders two paths have in common."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


def of_value(w: Walker, value: Any, name: str) -> Meant:
    """Return what a method of a value means."""
    if isinstance(value, Instance):
        return of_method(w.index, w.known, value.type, name)
    return () if isinstance(value, (Known, Failure, Outcome, Moment, Prepared, Closure)) else None


def of_call(w: Walker, place: Place, scope: Scope, function: Node, state: State) -> Meant:
    """Return what a call means that is not evaluated: a name, or a method of what names and fields tell."""
    file = place.file
    if function.type == "identifier":
        name = file.source(function)
        return _declared(w.index, file.folder, name) if scope.find(name) is None else ()
    operand, member = function.child_by_field_name("operand"), function.child_by_field_name("field")
    if function.type != "selector_expression" or operand is None or member is None:
        return None
    if operand.type == "identifier" and scope.find(file.source(operand)) is None:
        return _of_package(w.index, file, operand, file.source(member))
    if not _is_chain(operand):
        return None
    values = [value for _, value in w.evaluate(place, scope, operand, state)]
    return of_value(w, values[0], file.source(member)) if len(values) == 1 else None


def _is_chain(node: Node) -> bool:
    while node.type == "selector_expression" or node.type in _INSIDE:
        inner = node.child_by_field_name("operand") or next(iter(named(node)), None)
        if inner is None:
            return False
        node = inner
    return node.type == "identifier"


def types_of(index: Index, routine: Routine) -> dict[str, str]:
    """Return the types of a function's receiver and parameters by their names."""
    found: dict[str, str] = {}
    for field in ("receiver", "parameters"):
        listing = routine.node.child_by_field_name(field)
        for declaration in named(listing) if listing is not None else ():
            kind = declaration.child_by_field_name("type")
            type_id = f"{routine.file.folder}.{routine.receiver}" if field == "receiver" else ""
            for name in declaration.children_by_field_name("name"):
                found[routine.file.source(name)] = type_id or index.type_id(routine.file, kind)
    return found


def of_text(index: Index, known: Routines, file: GoFile, types: Mapping[str, str], function: Node) -> Meant:
    """Return what a call means in a function of which nothing is known but the types of its parameters."""
    if function.type == "identifier":
        name = file.source(function)
        return _declared(index, file.folder, name) if name not in types else ()
    operand, member = function.child_by_field_name("operand"), function.child_by_field_name("field")
    if function.type != "selector_expression" or operand is None or member is None:
        return None
    if operand.type == "identifier" and file.source(operand) not in types:
        return _of_package(index, file, operand, file.source(member))
    type_id = _type(index, file, types, operand)
    return of_method(index, known, type_id, file.source(member)) if "." in type_id else None


def _type(index: Index, file: GoFile, types: Mapping[str, str], node: Node) -> str:
    if node.type == "identifier":
        return types.get(file.source(node), "")
    inner = node.child_by_field_name("operand") or next(iter(named(node)), None)
    if inner is None:
        return ""
    if node.type == "selector_expression":
        member, held = node.child_by_field_name("field"), _type(index, file, types, inner)
        return index.field_type(held, file.source(member)) if member is not None and held else ""
    return _type(index, file, types, inner) if node.type in _INSIDE else ""


def _declared(index: Index, folder: str, name: str) -> Meant:
    routine = index.routine(folder, name)
    return (routine.file.span(routine),) if routine is not None else ()


def _of_package(index: Index, file: GoFile, operand: Node, name: str) -> Meant:
    """Return what `package.Name` means, None where the name is a variable's."""
    found = index.package_of(file, file.source(operand))
    if found is None:
        return None
    return _declared(index, found[1], name) if found[1] is not None else ()
