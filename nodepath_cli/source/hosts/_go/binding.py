"""Parameters, receivers and results of functions, bound to values."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import typed, zero, zero_of
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.values import Function, Items, Value, just, unknown

_NAME = lazy(r"[A-Za-z_]\w*")


def function_name(function: Function) -> str | None:
    node = function.node.child_by_field_name("name")
    return function.file.source(node) if node is not None else None


def receiver_name(function: Function) -> str:
    node = function.node.child_by_field_name("receiver")
    if node is None or "*" not in function.file.source(node):
        return ""
    found = _NAME.findall(function.file.source(node))
    return found[0] if len(found) > 1 else ""


def parameters(file: GoFile, node: Node) -> list[tuple[str, Node | None, bool]]:
    """Return name, type and whether it is variadic of a function's parameters."""
    listing = node.child_by_field_name("parameters")
    result: list[tuple[str, Node | None, bool]] = []
    for each in named(listing) if listing is not None else ():
        kind = each.child_by_field_name("type")
        names = [child for child in each.children_by_field_name("name") if child.type == "identifier"]
        variadic = each.type == "variadic_parameter_declaration"
        result.extend((file.source(name), kind, variadic) for name in names)
        if not names:
            result.append(("_", kind, variadic))
    return result


def bind(
    m: Machine, frame: Frame, function: Function, nodes: Sequence[Node], values: Sequence[Value]
) -> list[tuple[str, Node]]:
    """Give parameters their values; return those through which the function writes to its caller's variables."""
    file = function.file
    written = []
    if function.node.type != "func_literal":
        frame.routine = (file.path, function.node.start_byte)
    spread = bool(nodes) and nodes[-1].type == "variadic_argument"
    for position, (name, kind, variadic) in enumerate(parameters(file, function.node)):
        type_id = m.index.type_id(file, kind)
        value = values[position] if position < len(values) else None
        if variadic:
            if not nodes and not values:
                value = unknown(ARGUMENT, "[]" + type_id)
            elif not spread:
                value = just(Items(tuple(values[position:]), False, type_id))
        elif (value is not None and position < len(nodes) and nodes[position].type == "unary_expression") or (
            value is not None and kind is not None and kind.type == "pointer_type" and position < len(nodes)
        ):
            written.append((name, nodes[position]))
        if value is None:
            value = unknown(ARGUMENT, type_id)
        frame.scope.declare(name, typed(m, value, type_id))
        if function.node.type != "func_literal":
            frame.parameters[name] = position
    _bind_receiver(m, frame, function)
    _bind_results(m, frame, function)
    return written


def _bind_receiver(m: Machine, frame: Frame, function: Function) -> None:
    listing = function.node.child_by_field_name("receiver")
    if listing is None:
        return
    for each in named(listing):
        name = each.child_by_field_name("name")
        if name is not None:
            type_id = m.index.type_id(function.file, each.child_by_field_name("type"))
            value = function.receiver or unknown("receiver", type_id)
            frame.scope.declare(function.file.source(name), typed(m, value, type_id))


def _bind_results(m: Machine, frame: Frame, function: Function) -> None:
    result = function.node.child_by_field_name("result")
    if result is None:
        return
    if result.type != "parameter_list":
        frame.has_error = function.file.source(result) == "error"
        return
    names = []
    kinds = named(result)
    for each in kinds:
        kind = each.child_by_field_name("type")
        for name in each.children_by_field_name("name"):
            if name.type == "identifier":
                names.append(function.file.source(name))
                known = frame.types.get(m.index.type_id(function.file, kind)) if frame.types else ""
                value = zero_of(m, known) if known else zero(m, function.file, kind)
                frame.scope.declare(names[-1], value)
    frame.results = tuple(names)
    frame.has_error = bool(kinds) and function.file.source(kinds[-1]).split()[-1:] == ["error"]


def result_types(m: Machine, function: Function) -> list[str]:
    result = function.node.child_by_field_name("result")
    if result is None:
        return []
    if result.type != "parameter_list":
        return [m.index.type_id(function.file, result)]
    kinds: list[str] = []
    for each in named(result):
        count = max(1, sum(name.type == "identifier" for name in each.children_by_field_name("name")))
        kinds.extend([m.index.type_id(function.file, each.child_by_field_name("type"))] * count)
    return kinds
