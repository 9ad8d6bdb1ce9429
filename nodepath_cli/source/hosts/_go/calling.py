"""Calls: which function is meant, what it returns, and whether it receives SQL."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go import (
    arguments,
    building,
    builtin,
    following,
    generics,
    gorm,
    interfaces,
    invoking,
    outcome,
    recording,
    subjects,
)
from nodepath_cli.source.hosts._go.alternatives import given, under
from nodepath_cli.source.hosts._go.calls import never_sends
from nodepath_cli.source.hosts._go.exchange import exchanged
from nodepath_cli.source.hosts._go.index import BASIC
from nodepath_cli.source.hosts._go.layouts import layout_of
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.makers import of_another
from nodepath_cli.source.hosts._go.names import bare_name, member_value, package_name, typed
from nodepath_cli.source.hosts._go.options import changed_by_value
from nodepath_cli.source.hosts._go.own_verbs import filled
from nodepath_cli.source.hosts._go.records import Call, Evaluated
from nodepath_cli.source.hosts._go.repeats import mark_repeats, place
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.scope import Closure
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Bound, Function, Number, Several, Text, Unknown, Value, just, unknown

_REBINDING = frozenset(("Rebind", "Bind", "In", "ReplaceAllString", "ReplaceAllLiteralString", "ReplaceAllStringFunc"))
"""Functions of sqlx and its like that return their SQL with other placeholders, and those of patterns that tidy it."""


class Callee(Struct):
    """What stands in front of the parentheses."""

    name: str
    """As written."""
    method: str
    """The last name, empty for a plain function."""
    package: str | None = None
    """The import path where it is a function of an imported package."""
    receiver_node: Node | None = None
    receiver: Value | None = None
    functions: tuple[Function, ...] = ()
    """What it may be, where that is code of the tree."""
    texts: tuple[bool, ...] | None = None
    """Of each parameter, whether it can be a SQL text, where the tree declares the method."""

    sends_only: bool = False
    """It is a method of an interface that is followed for what it sends: its results are no part of SQL."""
    of_handles: bool = False
    """It is a method of an interface that database handles alone have."""
    on_text: bool = False
    """It is a method of a named string type (`type statement string`): what it sends is its receiver."""

    @property
    def receiver_type(self) -> str:
        """The receiver's type id, empty where it is not known."""
        return type_of(self.receiver) if self.receiver is not None else ""


def call_value(m: Machine, f: Frame, node: Node) -> Value:
    """Return a call's value, and record the SQL that it receives."""
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None:
        return unknown("broken call")
    return _call(m, f, node, function, named(listing) if listing is not None else [])


def generic_call(m: Machine, f: Frame, node: Node) -> Value | None:
    """Return the value of `count[invoice](db)`, which is written like a conversion to a generic type; None for one."""
    kind, operand = node.child_by_field_name("type"), node.child_by_field_name("operand")
    function = kind.child_by_field_name("type") if kind is not None and kind.type == "generic_type" else None
    if function is None or operand is None:
        return None
    type_id = m.index.type_id(f.file, function)
    folder, _, name = type_id.rpartition(".")
    return _call(m, f, node, function, [operand]) if m.index.routine(folder, name) is not None else None


def _call(m: Machine, f: Frame, node: Node, function: Node, arguments: list[Node]) -> Value:
    if not m.quiet:
        m.visited.add((f.file.path, node.start_byte))
    builder = building.builder_call(m, f, function, arguments)
    if builder is not None:
        return builder
    callee = _callee(m, f, function)
    values = _arguments(m, f, arguments, recording.wanted(f, callee, arguments))
    special = _special(m, f, node, callee, arguments, values)
    if special is not None:
        return special
    call = Call(f.file, node.start_byte, node.end_byte, callee.name, f.function)
    before = len(m.received)
    literals = recording.record(m, f, call, callee, arguments, values)
    sink = recording.sink_of(f, callee, arguments, values)
    made = exchanged(m, f, Evaluated(call, callee, arguments, values), sink, m.received[before:])
    _forget(f, arguments)
    result = _follow(m, f, node, callee, call, literals, arguments, values)
    if callee.sends_only and not (result and outcome.has_rows(result)):
        result = None
    if result is not None and _only_rebinds(callee, values, result):
        result = first_of(values[0])
    if result is None:
        if callee.package is None and (not callee.method or m.index.is_interface(callee.receiver_type)):
            changed_by_value(m, f, callee.name, arguments, values)
        result = made or gorm.expression(f.file, callee, arguments, values)
        if f.types and not f.types.get(callee.receiver_type, "-") and m.root is not None and m.sends[m.root]:
            # A method of a type parameter: what it returns is known to callers that say what that stands for.
            m.ask()
        result = result or _converted(m, f, callee, values) or _outside(f, callee, arguments, values)
    if literals:
        recording.hand_on(m, call, literals, result)
    return result


def _callee(m: Machine, f: Frame, node: Node) -> Callee:
    while node.type in ("parenthesized_expression", "index_expression", "type_instantiation_expression"):
        inner = node.child_by_field_name("operand") or (named(node)[0] if named(node) else None)
        if inner is None or (
            node.type == "index_expression" and inner.type not in ("identifier", "selector_expression")
        ):
            break
        if node.type == "index_expression" and any(
            not isinstance(each.atom, Function) for each in m.evaluate(f, inner)
        ):
            break
        node = inner
    name = f.file.shown(node)
    if node.type == "func_literal":
        return Callee("func literal", "", functions=(Function(f.file, node, Closure(f.scope, f.types)),))
    if node.type in ("identifier", "type_identifier"):
        return _plain(m, f, name)
    if node.type == "qualified_type":
        folder, _, method = m.index.type_id(f.file, node).rpartition(".")
        return Callee(name, method, folder, functions=_functions(package_name(m, folder, method) or ()))
    if node.type != "selector_expression":
        return Callee(name, "", functions=_functions(m.evaluate(f, node)))
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if operand is None or member is None:
        return Callee(name, "")
    method = f.file.source(member)
    if operand.type == "identifier" and f.scope.get(f.file.source(operand)) is None:
        found = m.index.package_of(f.file, f.file.source(operand))
        if found is not None:
            value = package_name(m, found[1], method) if found[1] is not None else None
            return Callee(name, method, found[0], functions=_functions(value or ()))
    receiver = first_of(m.evaluate(f, operand))
    value = member_value(m, f, node, receiver, method)
    bound = _handle_method(value)
    if bound is not None and (bound.method, bound.type) != (method, type_of(receiver)):
        return _of_handle(name, bound)
    functions = _bound(_functions(value), receiver) or _only_method(m, f, receiver, method)
    texts: tuple[bool, ...] | None = None
    sends_only = of_handles = on_text = False
    if functions:
        on_text = m.index.is_text(type_of(receiver)) or recording.named_text(receiver)
        texts = tuple(interfaces.texts(functions[0].file, functions[0].node))
    else:
        type_id = interfaces.interface_of(m, type_of(receiver), method)
        declared = interfaces.specification(m, type_id, method) if type_id else None
        if declared is not None:
            texts = tuple(interfaces.texts(*declared))
            functions = interfaces.implementations(m, type_id, method)
            sends_only = bool(functions) and not interfaces.returns_part(*declared)
            of_handles = interfaces.of_handles(m, *declared, method)
    return Callee(name, method, None, operand, receiver, functions, texts, sends_only, of_handles, on_text)


def _plain(m: Machine, f: Frame, name: str) -> Callee:
    value = f.scope.get(name)
    if value is None:
        value = bare_name(m, f.file, name)
    bound = _handle_method(value) if value else None
    if bound is not None:
        return _of_handle(name, bound)
    return Callee(name, "", functions=_functions(given(value, f.ambient) if value else ()))


def _handle_method(value: Value) -> Bound | None:
    """Return the method of a database handle that a value is, whichever of several handles it belongs to."""
    first = value[0].atom
    if not isinstance(first, Bound):
        return None
    bound = [each.atom for each in value if isinstance(each.atom, Bound) and each.atom.method == first.method]
    if len(bound) < len(value):
        return None
    if len(bound) == 1:
        return first
    rows = [under(method.rows, each.guard) for method, each in zip(bound, value, strict=True)]
    return replace(first, rows=tuple(each for some in rows for each in some) if all(rows) else ())


def _of_handle(name: str, bound: Bound) -> Callee:
    """Return the callee of `exec(ctx, query)` where that is the method of a database handle, or of rows."""
    return Callee(name, bound.method, None, None, bound.rows or unknown("handle", bound.type))


def _functions(value: Value) -> tuple[Function, ...]:
    found = tuple(each.atom for each in value if isinstance(each.atom, Function))
    return found[:4]


def _bound(functions: tuple[Function, ...], receiver: Value) -> tuple[Function, ...]:
    """One method that several forms of its receiver have is called once, with all of them."""
    first = functions[0] if functions else None
    if first is None or len(functions) < 2 or any(each.node != first.node for each in functions):
        return functions
    return (Function(first.file, first.node, None, receiver),) if first.receiver is not None else functions


def _only_method(m: Machine, f: Frame, receiver: Value, method: str) -> tuple[Function, ...]:
    """The one method of that name in the package, where the receiver's type is not known."""
    type_id = type_of(receiver)
    if type_id or method[:1].isupper():
        return ()
    found = m.index.methods(f.file.folder, method)
    return (Function(found[0].file, found[0].node, None, receiver),) if len(found) == 1 else ()


def _arguments(m: Machine, f: Frame, nodes: list[Node], wanted: range | None) -> list[Value]:
    """Evaluate arguments; fields are looked up only in those that may be SQL (`wanted`, None for all)."""
    values = []
    unread = m.unread
    for position, node in enumerate(nodes):
        m.unread = wanted is not None and position not in wanted
        try:
            value = m.evaluate(f, node)
        finally:
            m.unread = unread
        values.append(value if len(nodes) == 1 else first_of(value))
    return values


def _special(m: Machine, f: Frame, node: Node, callee: Callee, nodes: list[Node], values: list[Value]) -> Value | None:
    """Return the value of a call of Go itself or of its string packages, None for any other."""
    if callee.functions:
        return None
    singles = [first_of(value) for value in values]
    if callee.package is None and not callee.method:
        if f.types and len(singles) == 1 and f"{f.file.folder}.{callee.name}" in f.types:
            # `PT(new(T)).Table()`
            return singles[0]
        if callee.name in BASIC:
            return _basic(callee.name, singles[0]) if singles else unknown("broken conversion")
        return builtin.go_call(m, f, callee.name, nodes, singles)
    if callee.package is not None:
        return builtin.package_call(m, f, callee.package, callee.method, nodes, singles)
    if callee.receiver is not None:
        return builtin.method_call(m, f, node, callee.receiver, callee.method, nodes, singles)
    return None


def _basic(name: str, value: Value) -> Value:
    """Return a value converted to a type of Go's own (`string(statement)`)."""
    first = value[0].atom
    if name == "string" and len(value) == 1 and isinstance(first, Unknown) and first.type not in ("", "string"):
        return unknown(first.reason, "string")
    if isinstance(first, Number) and len(value) == 1 and first.named:
        return just(Number(first.value, first.sample))
    return value


def _converted(m: Machine, f: Frame, callee: Callee, values: list[Value]) -> Value | None:
    """Return a text as one of the named string type that it is converted to (`statement("SELECT 1")`)."""
    if len(values) != 1 or (callee.method and callee.package is None):
        return None
    value = first_of(values[0])
    first = value[0].atom
    if isinstance(first, (Bound, Function)):
        return _converted_function(m, f, callee, value)
    if isinstance(first, Number):
        return _converted_number(m, f, callee, value)
    if not (isinstance(first, Text) or (isinstance(first, Unknown) and m.index.is_text(first.type))):
        return None
    type_id = _type_called(m, f, callee)
    if not m.index.is_text(type_id):
        return None
    return tuple(
        replace(
            each,
            atom=replace(each.atom, named=type_id)
            if isinstance(each.atom, Text)
            else replace(each.atom, type=type_id)
            if isinstance(each.atom, Unknown)
            else each.atom,
        )
        for each in value
    )


def _converted_function(m: Machine, f: Frame, callee: Callee, value: Value) -> Value | None:
    """Return a function as one of the type that it is converted to (`option(func(q *query) {...})`)."""
    type_id = _type_called(m, f, callee)
    body = m.index.body(type_id) if type_id else None
    if body is None or body[1].type != "function_type":
        return None
    return tuple(
        replace(each, atom=replace(each.atom, named=type_id)) if isinstance(each.atom, Function) else each
        for each in value
    )


def _converted_number(m: Machine, f: Frame, callee: Callee, value: Value) -> Value | None:
    """Return a number as one of the type that it is converted to (`sessionType(i)`), which may have methods."""
    folder, _, name = _type_called(m, f, callee).rpartition(".")
    if folder not in m.index.folders or m.index.type(folder, name) is None:
        return None
    return typed(m, _basic("int", value), f"{folder}.{name}")


def _type_called(m: Machine, f: Frame, callee: Callee) -> str:
    """Return the id of the type that a conversion names, as far as it is written like a call; else empty."""
    folder = f.file.folder if callee.package is None else m.index.modules.folder(callee.package, f.file.folder)
    return f"{folder}.{callee.method or callee.name}" if folder is not None else ""


def _follow(
    m: Machine,
    f: Frame,
    node: Node,
    callee: Callee,
    call: Call,
    literals: frozenset[recording.Literal],
    nodes: list[Node],
    values: list[Value],
) -> Value | None:
    """Return what functions of the tree return, None where the call is of none."""
    if not callee.functions:
        _closures(m, f, node, values)
        return None
    m.followed.add(call.key)
    bound = values
    if len(values) == 1 and len(values[0]) == 1:
        bound = recording.spread_results(values[0])
    several = len(callee.functions) > 1
    types = generics.named_by(m, f, node)
    for function in callee.functions if m.asked_fields else ():
        subjects.forget(m, f, function, nodes, callee.receiver_node)
    m.one_of_several += several
    try:
        results = [
            (function, invoking.invoke(m, f, function, call, literals, nodes, bound, callee.receiver_node, types))
            for function in callee.functions
        ]
    finally:
        m.one_of_several -= several
    if callee.receiver is not None and _is_another(f, callee):
        results = [(function, _of_another(m, function, found)) for function, found in results]
    return outcome.merged(m, f, node, results, callee.receiver)


def _is_another(f: Frame, callee: Callee) -> bool:
    """Say whether a method is called on a value of which it is not known who has made it.

    That is no receiver of the function in progress and none of its fields: such a one stands for any of its type.
    """
    node = callee.receiver_node
    while node is not None and node.type in ("selector_expression", "parenthesized_expression"):
        node = node.child_by_field_name("operand") or next(iter(named(node)), None)
    begun = f.scope.get(f.file.source(node)) if node is not None and node.type == "identifier" else None
    if begun is not None and any(isinstance(each.atom, Unknown) and each.atom.reason == "receiver" for each in begun):
        return False
    return all(isinstance(each.atom, Unknown) for each in callee.receiver or ())


def _of_another(m: Machine, function: Function, results: outcome.Results) -> outcome.Results:
    """Return what a method returns for a receiver that is not known, where it reads what others put into its fields."""
    key = (function.file.path, function.node.start_byte)
    if key not in m.own_fields:
        return results
    return tuple(of_another(m, value, key, following.holds_text) for value in results)


def _only_rebinds(callee: Callee, values: list[Value], result: Value) -> bool:
    """Say whether a call gives SQL other placeholders in a way that is not followed (a mock has the only body)."""
    if callee.method != "Rebind" or len(values) != 1:
        return False
    unfollowed = all(isinstance(each.atom, Unknown) for each in first_of(result))
    return unfollowed and any(isinstance(each.atom, Text) for each in first_of(values[0]))


def _closures(m: Machine, f: Frame, node: Node, values: list[Value]) -> None:
    """Run the function literals that are handed to a call which is not followed (`db.Transaction(func(tx) {...})`)."""
    for value in values:
        for each in value:
            if isinstance(each.atom, Function) and each.atom.node.type == "func_literal":
                before = f.scope.fork()
                invoking.run_unbound(m, f, each.atom)
                # How often foreign code calls it is not known.
                mark_repeats(before, f.scope, place(f.file, node))


def _forget(f: Frame, nodes: list[Node]) -> None:
    """What is handed to foreign code by its address may be another value afterwards (`row.Scan(&count)`)."""
    for node in nodes:
        if node.type == "composite_literal":
            # `QueryRow(query, []any{id}, []any{&count})`
            body = node.child_by_field_name("body")
            elements = [each for each in named(body) if each.type == "literal_element"] if body is not None else []
            _forget(f, [inner for each in elements for inner in named(each)])
        operand = node.child_by_field_name("operand") if node.type == "unary_expression" else None
        if operand is None or operand.type != "identifier" or not f.file.source(node).startswith("&"):
            continue
        value = f.scope.get(f.file.source(operand))
        if value is not None:
            f.scope.assign(f.file.source(operand), unknown("value set by a call", type_of(value)))


def _outside(f: Frame, callee: Callee, nodes: list[Node], values: list[Value]) -> Value:
    """The value of a call of foreign code: SQL that it is given comes back as it is (`db.Rebind(query)`).

    What it is given beside it goes into the place of verbs (`Format("DELETE FROM %n", table)`).
    """
    handed = () if recording.is_sink(f, callee, nodes) else values
    for value in handed:
        if recording.is_sql(value) and not never_sends(callee.name, callee.package, callee.method):
            return tuple(map(filled, value)) if len(values) > 1 else value
    if callee.method in _REBINDING and values:
        # What only gets other placeholders is as little known as before.
        first = values[1 if callee.method == "Rebind" and callee.package and len(values) > 1 else 0][0].atom
        if isinstance(first, Unknown):
            return unknown(first.reason, "string")
        if isinstance(first, Text) and arguments.rewrites(callee):
            # `sqlx.In(" WHERE id IN (?)", ids)`: a part of SQL comes back like a whole statement.
            return just(Several((values[0], unknown("result of sqlx", "[]any"), unknown("result of sqlx", "error"))))
    shown = callee.name if len(callee.name) < 60 else callee.method
    if callee.method == "Format" and callee.package is None and len(values) == 1:
        return just(Unknown(f"result of {shown}()", layout=layout_of(callee.receiver_type, first_of(values[0]))))
    return unknown(f"result of {shown}()", builtin.result_type(callee.package, callee.method, callee.receiver_type))
