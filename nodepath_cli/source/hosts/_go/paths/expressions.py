"""The values of expressions on a path."""

from __future__ import annotations

import ast

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import NOT_NULL, Aspect, Compared, Failure, Given, Known, Mixed, Outcome, Value
from nodepath_cli.source.hosts._go.paths import calling, comparing, structs
from nodepath_cli.source.hosts._go.paths.assigning import evaluated_name, of_type
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Closure,
    Instance,
    Many,
    Place,
    Scope,
    State,
    exported,
)
from nodepath_cli.source.hosts._go.paths.walker import Values, Walker
from nodepath_cli.source.hosts._go.standard_constants import LAYOUTS
from nodepath_cli.source.hosts._go.syntax import named

_ERROR_NAME = lazy(r"^(?:Err|err|E)[A-Z]\w*$|^\w+(?:Err|Error)$")
_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))
_MAX_TEXT = 80


def evaluate(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    """Return the values of an expression, each with its path. Raises TooManyPaths."""
    kind = node.type
    if kind == "call_expression":
        return calling.call(w, place, scope, node, state)
    if kind == "identifier":
        return [(state, _identifier(w, place, scope, node, state))]
    if kind in ("true", "false"):
        return [(state, Known(kind == "true"))]
    if kind == "nil":
        return [(state, Known(None))]
    if kind == "parenthesized_expression":
        return w.evaluate(place, scope, named(node)[0], state)
    if kind == "selector_expression":
        return _selector(w, place, scope, node, state)
    if kind == "binary_expression":
        return _binary(w, place, scope, node, state)
    if kind == "unary_expression":
        return _unary(w, place, scope, node, state)
    if kind == "func_literal":
        return [(state, Closure(node, scope, place))]
    if kind == "composite_literal":
        return structs.composite(w, place, scope, node, state)
    if kind == "type_assertion_expression":
        return _assertion(w, place, scope, node, state)
    if kind == "type_conversion_expression":
        operand = node.child_by_field_name("operand")
        return w.evaluate(place, scope, operand, state) if operand is not None else [(state, UNKNOWN)]
    return [(state, _other(place, node))] if kind != "index_expression" else _mixed(w, place, scope, node, state)


def _other(place: Place, node: Node) -> Any:
    source = place.file.source(node)
    if node.type == "int_literal":
        try:
            return Known(int(source.replace("_", ""), 0))
        except ValueError:
            return UNKNOWN
    if node.type == "raw_string_literal":
        return Known(source[1:-1])
    if node.type == "interpreted_string_literal":
        try:
            text = ast.literal_eval(source)
        except (ValueError, SyntaxError):
            return UNKNOWN
        return Known(text) if isinstance(text, str) else UNKNOWN
    return UNKNOWN


def _mixed(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    operand = node.child_by_field_name("operand")
    if operand is None:
        return [(state, UNKNOWN)]
    return [
        (after, Mixed((exported(value),) if exported(value) != UNKNOWN else (), _text(place, node)))
        for after, value in w.evaluate(place, scope, operand, state)
    ]


def _text(place: Place, node: Node) -> str:
    return place.file.shown(node)[:_MAX_TEXT]


def _identifier(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Any:
    name = place.file.source(node)
    found = scope.find(name)
    if found is not None:
        return state.variables.get(found, UNKNOWN)
    return package_value(w, place.file.folder, name)


def package_value(w: Walker, folder: str, name: str) -> Any:
    """Return the value of a package's constant or variable."""
    declared = w.index.value(folder, name)
    if declared is None:
        return Failure(name) if _ERROR_NAME.match(name) else Mixed((), name)
    listing = declared.inherited or declared.spec.child_by_field_name("value")
    nodes = named(listing) if listing is not None else []
    if declared.position < len(nodes):
        value = nodes[declared.position]
        if value.type in (
            "int_literal",
            "raw_string_literal",
            "interpreted_string_literal",
            "true",
            "false",
            "selector_expression",
        ):
            place = Place(declared.file, None)
            return evaluate(w, place, w.scope(), value, State())[0][1]
    return Failure(name) if _ERROR_NAME.match(name) else Mixed((), name)


def _selector(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if operand is None or member is None:
        return [(state, UNKNOWN)]
    known = evaluated_name(place, scope, node, state)
    if known is not None:
        return known
    name = place.file.source(member)
    if operand.type == "identifier" and scope.find(place.file.source(operand)) is None:
        return [(state, _of_package(w, place, operand, name))]
    result: Values = []
    for after, value in w.evaluate(place, scope, operand, state):
        result.append((after, _member(w, place, node, value, name)))
    return result


def _of_package(w: Walker, place: Place, operand: Node, name: str) -> Any:
    package = place.file.source(operand)
    if package == "time" and name in LAYOUTS:
        return Known(LAYOUTS[name])
    found = w.index.package_of(place.file, package)
    if found is not None and found[1] is not None:
        return package_value(w, found[1], name)
    return Failure(name) if _ERROR_NAME.match(name) else Mixed((), f"{package}.{name}")


def _member(w: Walker, place: Place, node: Node, value: Any, name: str) -> Any:
    if isinstance(value, Instance):
        held = value.field(name)
        if held is not None:
            return _of_row(held, name)
        type_id = w.index.field_type(value.type, name)
        return (of_type(type_id) if type_id else None) or Mixed((), _text(place, node))
    plain = exported(value)
    if comparing.failed(plain) is not None:
        return comparing.number_of(plain)
    if isinstance(plain, Outcome) and plain.aspect == "result":
        # gorm has the error and the number of rows in fields of its result.
        aspects: dict[str, Aspect] = {"Error": "error", "RowsAffected": "affected"}
        return Outcome(plain.run, aspects.get(name, "row"))
    if isinstance(plain, (Outcome, Known)):
        return _of_row(plain, name) if isinstance(plain, Outcome) else UNKNOWN
    return Mixed((plain,) if plain != UNKNOWN else (), _text(place, node))


def _of_row(value: Value, name: str) -> Value:
    """Return a member of what was read; `Valid`, as sql.NullInt64 has it, is whether there is a value, not which."""
    if name == "Valid" and isinstance(value, Outcome) and value.aspect == "row":
        return Mixed((value,), NOT_NULL)
    return value


def _binary(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return [(state, UNKNOWN)]
    if operator.type in ("&&", "||"):
        return [(after, Known(truth)) for after, truth in w.conditions(place, scope, node, state)]
    result: Values = []
    for between, one in w.evaluate(place, scope, left, state):
        for after, other in w.evaluate(place, scope, right, between):
            if operator.type in ("==", "!=") and _is_there(one, other):
                value: Any = Known(operator.type == "!=")
            elif operator.type in _COMPARE:
                source = place.file.source(right)
                value = comparing.compared(exported(one), operator.type, exported(other), source)
            else:
                parts = tuple(each for each in (exported(one), exported(other)) if each != UNKNOWN)
                value = Mixed(parts, _text(place, node))
            result.append((after, value))
    return result


def _is_there(one: Any, other: Any) -> bool:
    """Say whether what was made in the tree is compared with nil."""
    made, nothing = (one, other) if isinstance(one, Instance) else (other, one)
    return isinstance(made, Instance) and made.made and nothing == Known(None)


def _unary(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    operator, operand = node.child_by_field_name("operator"), node.child_by_field_name("operand")
    if operator is None or operand is None:
        return [(state, UNKNOWN)]
    if operator.type == "!":
        return [
            (
                after,
                Known(not value.value) if isinstance(value, Known) else Compared(exported(value), "==", Known(False)),
            )
            for after, value in w.evaluate(place, scope, operand, state)
        ]
    if operator.type == "-":
        return [
            (
                after,
                Known(-value.value)
                if isinstance(value, Known) and isinstance(value.value, int)
                else Mixed((exported(value),), _text(place, node)),
            )
            for after, value in w.evaluate(place, scope, operand, state)
        ]
    values = w.evaluate(place, scope, operand, state)
    if operator.type != "&":
        return values
    return [(after, replace(value, made=True) if isinstance(value, Instance) else value) for after, value in values]


def _assertion(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> Values:
    operand, kind = node.child_by_field_name("operand"), node.child_by_field_name("type")
    if operand is None or kind is None:
        return [(state, UNKNOWN)]
    return [
        (after, Many((value, comparing.kind_of_error(exported(value), _text(place, kind)))))
        for after, value in w.evaluate(place, scope, operand, state)
    ]


def parameter(w: Walker, place: Place, name: str, kind: Node | None) -> Any:
    """Return what is known of an argument of the function that is walked."""
    if kind is not None and kind.type == "function_type":
        return Given(name)
    type_id = w.index.type_id(place.file, kind)
    return (of_type(type_id) if type_id else None) or Given(name)
