"""Variables: declared, assigned, and written through a pointer."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.functions import Known, Mixed, Outcome
from nodepath_cli.source.hosts._go.declarations import variable_specs
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Instance,
    Place,
    Scope,
    State,
    Transaction,
    exported,
    first,
)
from nodepath_cli.source.hosts._go.paths.walker import Flow, Handler, Values, Walker, spread
from nodepath_cli.source.hosts._go.syntax import GoFile, named


def declare(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `a, b := x, y`."""
    return _assign(w, place, scope, node, state, True)


def assign(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `a, b = x, y` and `a += x`."""
    return _assign(w, place, scope, node, state, False)


def _assign(w: Walker, place: Place, scope: Scope, node: Node, state: State, fresh: bool) -> list[Flow]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return [(state, None)]
    operator = node.child_by_field_name("operator")
    targets, sources = named(left), named(right)
    flows: list[Flow] = []
    for after, values in _several(w, place, scope, sources, len(targets), state):
        after = after.fork()
        for target, value in zip(targets, values, strict=True):
            if operator is not None and operator.type not in ("=", ":="):
                value = Mixed((exported(value),))
            write(place.file, scope, target, value, after, fresh)
        flows.append((after, None))
    return flows


def _several(
    w: Walker, place: Place, scope: Scope, nodes: Sequence[Node], count: int, state: State
) -> list[tuple[State, tuple[Any, ...]]]:
    if len(nodes) == 1 and count > 1:
        return [(after, spread(value, count)) for after, value in w.evaluate(place, scope, nodes[0], state)]
    results: list[tuple[State, tuple[Any, ...]]] = [(state, ())]
    for node in nodes[:count]:
        results = [
            (after, (*values, first(value)))
            for current, values in results
            for after, value in w.evaluate(place, scope, node, current)
        ]
    return [(after, (*values, *([UNKNOWN] * (count - len(values))))) for after, values in results]


def write(file: GoFile, scope: Scope, target: Node, value: Any, state: State, fresh: bool = False) -> None:
    """Give what an expression names a value: a variable, a field of one, or what a pointer points to."""
    while target.type in ("parenthesized_expression", "unary_expression"):
        target = target.child_by_field_name("operand") or named(target)[0]
    if target.type == "identifier":
        name = file.source(target)
        if name != "_":
            known = scope.find(name) if not fresh or name in scope.names else None
            state.variables[known or scope.declare(name)] = value
        return
    root, name = root_of(file, target)
    found = scope.find(root)
    if found is not None:
        state.variables[found[0], name] = value
        if target.type != "selector_expression":
            state.variables[found] = Mixed((exported(value),))


def root_of(file: GoFile, node: Node) -> tuple[str, str]:
    """Return the variable that `a.b[c].d` begins with, and the whole expression."""
    whole = " ".join(file.source(node).split())
    while node.type in ("selector_expression", "index_expression", "slice_expression", "parenthesized_expression"):
        inner = node.child_by_field_name("operand") or named(node)[0]
        node = inner
    return file.source(node), whole


def zero(w: Walker, file: GoFile, kind: Node | None) -> Any:
    """Return the value of a declared variable without one."""
    type_id = w.index.type_id(file, kind)
    if kind is None:
        return UNKNOWN
    if kind.type in ("pointer_type", "function_type", "interface_type", "slice_type", "map_type") or type_id == "error":
        return Known(None)
    if type_id == "bool":
        return Known(False)
    if type_id == "string":
        return Known("")
    if type_id.startswith(("int", "uint")) and type_id.isalnum():
        return Known(0)
    known = of_type(type_id)
    return replace(known, blank=True) if isinstance(known, Instance) else known or UNKNOWN


def of_type(type_id: str) -> Any | None:
    """Return what is known of a value by its type alone, None where that is nothing."""
    bare = type_id.rpartition(".")[2]
    if bare in ("Tx", "Transaction") or type_id.endswith((".Txx", ".SqlTx")):
        return Transaction(f"given {bare}")
    return Instance(type_id) if "." in type_id else None


def variables(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `var a, b T = x, y`."""
    flows: list[Flow] = [(state, None)]
    for spec in variable_specs(node):
        names = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        listing, kind = spec.child_by_field_name("value"), spec.child_by_field_name("type")
        following: list[Flow] = []
        for current, _ in flows:
            if listing is None:
                values: list[tuple[State, tuple[Any, ...]]] = [
                    (current.fork(), tuple(zero(w, place.file, kind) for _ in names))
                ]
            else:
                values = _several(w, place, scope, named(listing), len(names), current)
            for after, given in values:
                after = after.fork()
                for name, value in zip(names, given, strict=True):
                    write(place.file, scope, name, value, after, True)
                following.append((after, None))
        flows = following
    return flows


def constants(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `const a = x`."""
    states = [state]
    for spec in (child for child in named(node) if child.type == "const_spec"):
        listing = spec.child_by_field_name("value")
        names = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        if listing is None:
            continue
        following = []
        for current in states:
            for after, given in _several(w, place, scope, named(listing), len(names), current):
                after = after.fork()
                for name, value in zip(names, given, strict=True):
                    write(place.file, scope, name, value, after, True)
                following.append(after)
        states = following
    return [(each, None) for each in states]


def count(_w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `a++`."""
    after = state.fork()
    for target in named(node)[:1]:
        write(place.file, scope, target, UNKNOWN, after)
    return [(after, None)]


def scanned(place: Place, scope: Scope, arguments: Sequence[Node], row: Outcome, state: State) -> None:
    """Give the variables that `Scan(&x, &y)` points to the values of a row, one by one."""
    pointed_at(place, scope, arguments, row, state)
    for number, argument in enumerate(arguments if len(arguments) > 1 else ()):
        if argument.type == "variadic_argument":
            return
        operand = argument.child_by_field_name("operand")
        if argument.type == "unary_expression" and operand is not None and operand.type != "composite_literal":
            root, whole = root_of(place.file, operand)
            found = scope.find(root)
            if found is not None:
                # What a variable has in its fields is the row as a whole.
                state.variables[found[0], whole] = replace(row, place=number)


def pointed_at(place: Place, scope: Scope, arguments: Sequence[Node], value: Any, state: State) -> None:
    """Give the variables that `&x` arguments point to a value."""
    for argument in arguments:
        if argument.type == "unary_expression" and place.file.source(argument).startswith("&"):
            operand = argument.child_by_field_name("operand")
            if operand is not None and operand.type != "composite_literal":
                root, whole = root_of(place.file, operand)
                found = scope.find(root)
                if found is not None:
                    state.variables[found[0], whole] = value
                    state.variables[found] = value
        elif argument.type == "identifier" and scope.find(place.file.source(argument)):
            # A pointer that was made before: what it points to cannot be told from the pointer.
            state.variables[scope.find(place.file.source(argument)) or (0, "")] = value


def evaluated_name(place: Place, scope: Scope, node: Node, state: State) -> Values | None:
    """Return what was written to `a.b` before, None where nothing was."""
    root, whole = root_of(place.file, node)
    found = scope.find(root)
    if found is not None and (found[0], whole) in state.variables:
        return [(state, state.variables[found[0], whole])]
    return None


HANDLERS: dict[str, Handler] = {
    "short_var_declaration": declare,
    "assignment_statement": assign,
    "var_declaration": variables,
    "const_declaration": constants,
    "inc_statement": count,
    "dec_statement": count,
}
