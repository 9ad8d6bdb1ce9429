"""Structs that are made in the tree: `Lock{name: name}`, `new(Lock)`, with those of their fields that matter."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.functions import Failure, Mixed, Value
from nodepath_cli.source.hosts._go.paths.assigning import of_type
from nodepath_cli.source.hosts._go.paths.state import Any, Instance, Place, Scope, State, exported, first, matters
from nodepath_cli.source.hosts._go.paths.walker import TooManyPaths, Values, Walker
from nodepath_cli.source.hosts._go.syntax import named


def composite(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    """`Lock{name: name, mine: time.Now()}`: a value of its type, with the fields that matter."""
    type_id = w.index.type_id(place.file, node.child_by_field_name("type"))
    if "." in type_id and w.index.method(type_id, "Error") is not None:
        return [(state, Failure())]
    made = of_type(type_id)
    if not isinstance(made, Instance):
        return [(state, made or Mixed((), f"value {node.start_byte}"))]
    made = replace(made, made=True)
    steps = w.steps
    try:
        return _with_fields(w, place, scope, node, state, made)
    except TooManyPaths:
        w.steps = steps
        return [(state, made)]


def empty(w: Walker, place: Place, kind: Node) -> Any | None:
    """`new(Lock)`: a pointer to a value of a type, None for one that nothing is known of."""
    name = place.file.source(kind)
    type_id = f"{place.file.folder}.{name}" if kind.type == "identifier" else w.index.type_id(place.file, kind)
    made = of_type(type_id) if kind.type != "identifier" or w.index.field_names(type_id) else None
    return replace(made, made=True) if isinstance(made, Instance) else None


def _with_fields(w: Walker, place: Place, scope: Scope, node: Node, state: State, made: Instance) -> Values:
    results: list[tuple[State, tuple[tuple[str, Value], ...]]] = [(state, ())]
    for name, element in elements(w, place, node, made.type):
        if element.type not in ("identifier", "selector_expression", "call_expression") or _makes(element):
            continue
        results = [
            (after, (*fields, (name, exported(first(value)))) if matters(first(value)) else fields)
            for current, fields in results
            for after, value in w.evaluate(place, scope, element, current)
        ]
    return [(after, replace(made, fields=fields)) for after, fields in results]


def elements(w: Walker, place: Place, node: Node, type_id: str) -> Iterator[tuple[str, Node]]:
    """Yield the fields of a literal with the expressions for them."""
    body = node.child_by_field_name("body")
    names: list[str] | None = None
    for position, each in enumerate(named(body) if body is not None else ()):
        parts = named(each)
        if each.type == "keyed_element" and len(parts) == 2:
            name, element = place.file.source(parts[0]), parts[1]
        else:
            names = w.index.field_names(type_id) if names is None else names
            name, element = names[position] if position < len(names) else "", each
        if element.type == "literal_element" and named(element):
            element = named(element)[0]
        yield name, element


def _makes(call: Node) -> bool:
    """Say whether a call is given a function: what that does, it does later."""
    listing = call.child_by_field_name("arguments")
    return listing is not None and any(each.type == "func_literal" for each in named(listing))
