"""Running functions of the tree: with the arguments of a call bound, or once on their own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import recording
from nodepath_cli.source.hosts._go.assignment import store
from nodepath_cli.source.hosts._go.index import Routine
from nodepath_cli.source.hosts._go.machine import (
    ARGUMENT,
    MAX_HELPERS,
    MAX_INLINE,
    MAX_NESTING,
    Call,
    Frame,
    Machine,
    OutOfSteps,
    Summary,
    routine_key,
)
from nodepath_cli.source.hosts._go.names import zero
from nodepath_cli.source.hosts._go.relevant import returns_text, touches_sql
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import (
    Alternative,
    Atom,
    Function,
    Guard,
    Items,
    Number,
    Record,
    Several,
    Table,
    Text,
    Unknown,
    Value,
    just,
    limit,
    under,
    unknown,
)
from nodepath_cli.source.statement import Span

_NAME = re.compile(r"[A-Za-z_]\w*")

Results = tuple[Value, ...]


def invoke(
    m: Machine,
    f: Frame,
    function: Function,
    call: Call,
    literals: frozenset[Span],
    nodes: Sequence[Node],
    values: Sequence[Value],
    receiver_node: Node | None,
) -> Results:
    """Return what a function returns for these arguments. Raises OutOfSteps."""
    key = (function.file.path, function.node.start_byte)
    if key in m.active or m.nesting > MAX_NESTING - 30:
        return _unknown_results(m, function)
    closure = function.node.type == "func_literal"
    if not closure:
        touches, returns = _worth(m, function, key)
        built = any(
            node.type == "unary_expression" and isinstance(value[0].atom, Text)
            for node, value in zip(nodes, values, strict=False)
        )
        if not (touches or built or returns):
            _run_literals(m, f, values)
            return _unknown_results(m, function)
        if m.inline_depth >= (MAX_INLINE if touches else MAX_HELPERS) or not _informative(values, function.receiver):
            results = _standalone(m, function)
            recording.note_wrapped(m, f, key, call, nodes, values)
            return results
    frame = m.frame(function.file, f.function if closure else _name(function), _captured(f, function))
    frame.ambient = frame.entered = f.ambient
    m.active.append(key)
    m.inline_depth += not closure
    if literals:
        m.arguments.append((literals, call))
    if closure:
        frame.routine, frame.parameters = f.routine, f.parameters
    else:
        m.calls.append(call)
    frame.scope.push()
    try:
        targets = _bind(m, frame, function, nodes, values)
        _run(m, frame, function)
        written = [(node, frame.scope.get(name)) for name, node in targets]
        own = _receiver_name(function)
        if own and receiver_node is not None:
            written.append((receiver_node, frame.scope.get(own)))
    finally:
        frame.scope.pop()
        m.active.pop()
        m.inline_depth -= not closure
        if not closure:
            m.calls.pop()
        if literals:
            m.arguments.pop()
    for node, value in written:
        if value is not None and any(isinstance(each.atom, (Text, Record, Items, Table)) for each in value):
            store(m, f, _root(f, node, value), value)
    return _results(m, frame, function)


def _worth(m: Machine, function: Function, key: tuple[str, int]) -> tuple[bool, bool]:
    """Say whether a function touches SQL, and whether it may return a text."""
    found = m.worth.get(key)
    if found is None:
        file, node = function.file, function.node
        found = (touches_sql(file, node), returns_text(file, node, structs=file.folder in m.sql_folders))
        m.worth[key] = found
    return found


def _root(f: Frame, node: Node, value: Value) -> Node:
    """The variable behind a chain of calls that hand on their receiver: `q.where(a).where(b)` changes q."""
    current = node
    while current.type == "call_expression":
        function = current.child_by_field_name("function")
        operand = function.child_by_field_name("operand") if function is not None else None
        if operand is None:
            return node
        current = operand
    if current is node or current.type != "identifier":
        return node
    before = f.scope.get(f.file.source(current))
    return current if before is not None and type_of(before) == type_of(value) else node


def _captured(f: Frame, function: Function) -> Scope | None:
    if function.scope is None:
        return None
    # Where the closure's own function is running, its variables may have been forked since.
    return f.scope if f.scope.owner == function.scope.owner else function.scope


def run_unbound(m: Machine, f: Frame, function: Function) -> None:
    """Run a function literal whose arguments are not known. Raises OutOfSteps."""
    key = (function.file.path, function.node.start_byte)
    if key in m.active or m.nesting > MAX_NESTING - 30:
        return
    frame = m.frame(function.file, f.function, _captured(f, function))
    frame.ambient = frame.entered = f.ambient
    frame.routine, frame.parameters = f.routine, f.parameters
    m.active.append(key)
    frame.scope.push()
    try:
        _bind(m, frame, function, (), ())
        _run(m, frame, function)
    finally:
        frame.scope.pop()
        m.active.pop()


def _run_literals(m: Machine, f: Frame, values: Sequence[Value]) -> None:
    for value in values:
        for each in value:
            if isinstance(each.atom, Function) and each.atom.node.type == "func_literal":
                run_unbound(m, f, each.atom)


def summary(m: Machine, routine: Routine) -> Summary:
    """Return what a declared function does on its own; it is evaluated once."""
    key = routine_key(routine)
    found = m.summaries.get(key)
    if found is not None:
        if not found.done and key in m.in_progress:
            m.taint(m.in_progress.index(key))
        return found
    if m.nesting > MAX_NESTING // 2:
        m.taint(len(m.in_progress) - 1)
        return Summary()
    found = m.summaries[key] = Summary()
    m.routines[key] = routine
    function = Function(routine.file, routine.node)
    m.in_progress.append(key)
    try:
        with m.budget():
            m.active.append(key)
            frame = m.frame(routine.file, routine.name)
            try:
                _bind(m, frame, function, (), ())
                _run(m, frame, function)
                run_pending(m, frame)
                if m.folded:
                    _without_following(m, routine)
            except OutOfSteps:
                _without_following(m, routine)
            found.results = _results(m, frame, function)
            found.done = True
    finally:
        m.in_progress.pop()
    return found


def run_pending(m: Machine, f: Frame) -> None:
    """Run the function literals that were made but never called (handlers, deferred work). Raises OutOfSteps."""
    while m.pending:
        function = m.pending.pop()
        if (function.file.path, function.node.start_byte) not in m.ran:
            run_unbound(m, f, function)


def _without_following(m: Machine, routine: Routine) -> None:
    """Read the calls of a function that is too complex one by one, with no variable known: no call is lost."""
    stack = [routine.node]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.named_children))
        if node.type != "call_expression" or (routine.file.path, node.start_byte) in m.visited:
            continue
        m.steps = 0
        try:
            m.evaluate(m.frame(routine.file, routine.name), node)
        except OutOfSteps:
            continue


def _run(m: Machine, frame: Frame, function: Function) -> None:
    m.ran.add((function.file.path, function.node.start_byte))
    body = function.node.child_by_field_name("body")
    if body is not None:
        m.execute(frame, body)


def _name(function: Function) -> str | None:
    node = function.node.child_by_field_name("name")
    return function.file.source(node) if node is not None else None


def _receiver_name(function: Function) -> str:
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


def _bind(
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
        frame.scope.declare(name, _typed(value, type_id))
        if function.node.type != "func_literal":
            frame.parameters[name] = position
    _bind_receiver(m, frame, function)
    _bind_results(m, frame, function)
    return written


def _typed(value: Value, type_id: str) -> Value:
    first = value[0].atom if value else None
    if len(value) == 1 and isinstance(first, Unknown) and not first.type and type_id:
        return unknown(first.reason, type_id)
    return value


def _bind_receiver(m: Machine, frame: Frame, function: Function) -> None:
    listing = function.node.child_by_field_name("receiver")
    if listing is None:
        return
    for each in named(listing):
        name = each.child_by_field_name("name")
        if name is not None:
            type_id = m.index.type_id(function.file, each.child_by_field_name("type"))
            value = function.receiver or unknown("receiver", type_id)
            frame.scope.declare(function.file.source(name), _typed(value, type_id))


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
                frame.scope.declare(names[-1], zero(m, function.file, kind))
    frame.results = tuple(names)
    frame.has_error = bool(kinds) and function.file.source(kinds[-1]).split()[-1:] == ["error"]


def result_count(function: Function) -> int:
    """Return how many values a function returns."""
    result = function.node.child_by_field_name("result")
    if result is None:
        return 0
    if result.type != "parameter_list":
        return 1
    return sum(
        max(1, sum(name.type == "identifier" for name in each.children_by_field_name("name"))) for each in named(result)
    )


def _result_types(m: Machine, function: Function) -> list[str]:
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


def _unknown_results(m: Machine, function: Function) -> Results:
    reason = f"result of {_name(function) or 'func literal'}()"
    return tuple(unknown(reason, kind) for kind in _result_types(m, function))


def _standalone(m: Machine, function: Function) -> Results:
    """The results of a function evaluated without its arguments; what depends on them is unknown."""
    if function.node.type == "func_literal":
        return _unknown_results(m, function)
    routine = Routine(function.file, function.node, _name(function) or "")
    found = summary(m, routine).results
    blank = _unknown_results(m, function)
    if not found:
        return blank
    reason = f"result of {routine.name}()"
    return tuple(tuple(Alternative(each.guard, _foreign(each.atom, reason)) for each in value) for value in found)


def _foreign(atom: Atom, reason: str) -> Atom:
    """What depends on a function's arguments, as its caller sees it."""
    if isinstance(atom, Unknown) and atom.reason == ARGUMENT:
        return Unknown(reason, atom.type)
    if isinstance(atom, Text) and any(piece.hole is not None and piece.hole[1] == ARGUMENT for piece in atom.pieces):
        pieces = [
            piece._replace(hole=(piece.hole[0], reason))
            if piece.hole is not None and piece.hole[1] == ARGUMENT
            else piece
            for piece in atom.pieces
        ]
        return Text(tuple(pieces), atom.plain)
    return atom


def _informative(values: Sequence[Value], receiver: Value | None) -> bool:
    known = (Text, Number, Items, Table, Record, Function)
    everything = [*values, receiver] if receiver is not None else values
    return any(isinstance(each.atom, known) for value in everything for each in value)


def _results(m: Machine, frame: Frame, function: Function) -> Results:
    rows = frame.returns or frame.failures
    kinds = _result_types(m, function)
    if not rows:
        return tuple(frame.scope.get(name) or unknown("run-time value") for name in frame.results) or _unknown_results(
            m, function
        )
    entered = set(frame.entered)
    result = []
    for position in range(max(len(kinds), 1)):
        alternatives: list[Alternative] = []
        for guard, values in rows:
            if position < len(values):
                relative: Guard = tuple(entry for entry in guard if entry not in entered)
                alternatives.extend(under(values[position], relative) if len(rows) > 1 else values[position])
        value = limit(alternatives) or unknown("run-time value")
        result.append(_typed(value, kinds[position]) if position < len(kinds) else value)
    return tuple(result)


def merged(m: Machine, f: Frame, node: Node, results: Sequence[Results]) -> Value:
    """Return a call's value from what the functions that it may call return."""
    rows = [row for row in results if row]
    if not rows:
        return unknown("no value")
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else just(Several(rows[0]))
    names = [f"callee {number}" for number in range(1, len(rows) + 1)]
    decision = m.decisions.get(("callee", f.activation, f.iteration, node.start_byte), names)
    width = min(len(row) for row in rows)
    values = tuple(
        limit(each for number, row in enumerate(rows) for each in under(row[position], ((decision, number),)))
        for position in range(width)
    )
    return values[0] if width == 1 else just(Several(values))
