"""What a function gives its caller: the values of a return statement, with what is in the structs among them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.functions import Known, Mixed, Outcome, Value
from nodepath_cli.source.hosts._go.paths import assigning, structs
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Instance,
    Many,
    Place,
    Scope,
    State,
    Variable,
    exported,
    first,
    matters,
)
from nodepath_cli.source.hosts._go.paths.walker import Flow, Left, TooManyPaths, Values, Walker
from nodepath_cli.source.hosts._go.syntax import named

_MOST = 2000


def leave(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Run `return x, y`. Raises TooManyPaths."""
    listing = named(node)
    nodes = named(listing[0]) if listing and listing[0].type == "expression_list" else listing
    if not nodes:
        found = ((name, scope.find(name) or (0, "")) for name in _result_names(place))
        values = tuple(
            _with_fields(w, place, state.variables.get(each, UNKNOWN), each, name, state) for name, each in found
        )
        return [(state, Left("return", values))]
    results: list[tuple[State, tuple[Any, ...]]] = [(state, ())]
    for each in nodes:
        results = [
            (after, (*values, *(value.values if isinstance(value, Many) and len(nodes) == 1 else (first(value),))))
            for current, values in results
            for after, value in _result(w, place, scope, each, current, len(values))
        ]
        if len(results) > _MOST:
            raise TooManyPaths
    return [(after, Left("return", values)) for after, values in results]


def _result(w: Walker, place: Place, scope: Scope, node: Node, state: State, position: int) -> Values:
    """Return what an expression gives the caller: of a struct made here, its fields; an empty one is nothing."""
    bare = _addressed(node)
    if bare.type == "identifier":
        name = place.file.source(bare)
        variable = scope.find(name)
        values = w.evaluate(place, scope, node, state)
        if variable is None:
            return values
        kind = _struct_of(w, place, node, position) if any(_is_row(value) for _, value in values) else None
        return [(after, _with_fields(w, place, _read(value, kind), variable, name, after)) for after, value in values]
    body = node.child_by_field_name("body") if node.type == "composite_literal" else None
    type_id = w.index.type_id(place.file, node.child_by_field_name("type")) if body is not None else ""
    if not isinstance(assigning.of_type(type_id), Instance) or w.index.method(type_id, "Error") is not None:
        return w.evaluate(place, scope, node, state)
    results: list[tuple[State, tuple[tuple[str, Value], ...]]] = [(state, ())]
    for name, element in structs.elements(w, place, node, type_id):
        results = [
            (after, (*fields, (name, exported(first(value)))))
            for current, fields in results
            for after, value in w.evaluate(place, scope, element, current)
        ]
        if len(results) > _MOST:
            raise TooManyPaths
    text = " ".join(place.file.source(node).split())
    return [
        (after, Instance(type_id, _told(fields, text), True, tuple(each for each in fields if matters(each[1]))))
        for after, fields in results
    ]


def _told(fields: tuple[tuple[str, Value], ...], text: str) -> Value:
    return Mixed(tuple(value for _, value in fields), text) if fields else Known(None)


def _addressed(node: Node) -> Node:
    operator, operand = node.child_by_field_name("operator"), node.child_by_field_name("operand")
    address = node.type == "unary_expression" and operator is not None and operator.type == "&"
    return operand if address and operand is not None else node


def _is_row(value: Any) -> bool:
    return isinstance(value, Outcome) and value.aspect == "row" and value.place is None


def _struct_of(w: Walker, place: Place, node: Node, position: int) -> Instance | None:
    """Return the struct of the tree that a function returns at some place, as it is or as a pointer to one."""
    routine, around = place.routine, node.parent
    while around is not None and around.type not in ("func_literal", "function_declaration", "method_declaration"):
        around = around.parent
    if routine is None or around is None or around.start_byte != routine.node.start_byte:
        return None
    listing = routine.node.child_by_field_name("result")
    if listing is not None and listing.type == "parameter_list":
        kinds = [
            each.child_by_field_name("type") or each
            for each in named(listing)
            for _ in each.children_by_field_name("name") or (each,)
        ]
    else:
        kinds = [listing] if listing is not None else []
    type_id = w.index.type_id(place.file, kinds[position]) if position < len(kinds) else ""
    return Instance(type_id, made=True) if "." in type_id and w.index.field_names(type_id) else None


def _read(value: Any, kind: Instance | None) -> Any:
    """Return a struct that a row was read into as one: whoever asks it for nil asks in vain."""
    return replace(kind, row=value) if kind is not None and _is_row(value) else value


def _with_fields(w: Walker, place: Place, value: Any, variable: Variable, name: str, state: State) -> Any:
    """Return a struct with what was written into its fields before, a yes and no too: `res.Acquired = n == 1`."""
    if not isinstance(value, Instance) or value.told is not None:
        return value
    written = {
        each.removeprefix(f"{name}."): given
        for (serial, each), given in state.variables.items()
        if serial == variable[0] and each.startswith(f"{name}.")
    }
    kept = {**dict(value.fields), **{each: given for each, given in written.items() if matters(given)}}
    fields = {each: given for each, given in written.items() if isinstance(given, Known)}
    fields |= {each: Known(False) for each in _left_out(w, place, value, name) if each not in written}
    told = tuple(each for each in fields.values() if isinstance(each.value, bool))
    # Whoever is given it may ask for these.
    answers = {each: given for each, given in fields.items() if isinstance(given.value, bool)}
    value = replace(value, fields=tuple({**kept, **answers}.items()))
    return replace(value, told=Mixed(told, " ".join(f"{name}.{each}" for each in fields))) if told else value


def _left_out(w: Walker, place: Place, value: Instance, name: str) -> Iterator[str]:
    """Yield the fields of a struct without a value that say yes or no, and that the function writes on some path."""
    text = place.routine.text if place.routine is not None and value.blank else b""
    for each in w.index.field_names(value.type) if text else ():
        if f"{name}.{each} =".encode() in text and w.index.field_type(value.type, each) == "bool":
            yield each


def _result_names(place: Place) -> list[str]:
    results = place.routine.node.child_by_field_name("result") if place.routine is not None else None
    if results is None or results.type != "parameter_list":
        return []
    return [place.file.source(name) for each in named(results) for name in each.children_by_field_name("name")]
