"""Running functions of the tree: with the arguments of a call bound, or once on their own."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import following, generics, instances, left_over, not_followed, passing, recording
from nodepath_cli.source.hosts._go.assignment import store
from nodepath_cli.source.hosts._go.binding import bind, function_name, receiver_name
from nodepath_cli.source.hosts._go.calls import SINKS, base_name
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.limits import MAX_INLINE, MAX_LIST_INLINE, MAX_NESTING, MAX_TEXT_INLINE
from nodepath_cli.source.hosts._go.machine import Frame, Machine, OutOfSteps, Summary, routine_key
from nodepath_cli.source.hosts._go.outcome import Results, foreign, results_of, unknown_results
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.records import Call, Handed, Key
from nodepath_cli.source.hosts._go.repeats import renumbered
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import (
    Alternative,
    Atom,
    Function,
    Items,
    Record,
    Table,
    Text,
    Unknown,
    Value,
)
from nodepath_cli.source.statement import Span

_SEQUENCE = lazy(r"\(?\s*(?:\w+\s+)?(?:iter\.Seq2?\b|func\(\s*(?:\w+\s+)?func\()")


def invoke(
    m: Machine,
    f: Frame,
    function: Function,
    call: Call,
    literals: frozenset[Span],
    nodes: Sequence[Node],
    values: Sequence[Value],
    receiver_node: Node | None,
    types: Sequence[str] = (),
) -> Results:
    """Return what a function returns for these arguments. Raises OutOfSteps.

    `types` are the ids of the types that the call names (`getOne[invoice](db, query)`).
    """
    key = (function.file.path, function.node.start_byte)
    if key in m.active or m.nesting > MAX_NESTING - 30:
        return unknown_results(m, function)
    closure = function.node.type == "func_literal"
    if not closure and not types and function.receiver is not None:
        types = instances.of_receiver(m, f, function, receiver_node)
    touches = returns = False
    if not closure:
        results = _unfollowed(m, f, function, call, literals, nodes, values, receiver_node, types)
        if results is not None:
            for decision in {decision for value in results for each in value for decision, _ in each.guard}:
                m.decisions.lead(decision, f.ambient, m.root)
            return results
        touches, returns, _ = following.worth(m, function, key)
        touches = touches or key in m.dependent
    m.inline_depth += not closure
    if literals:
        m.arguments.append(Handed(literals, call, key, recording.argument_of(literals, values, function.receiver)))
    if not closure:
        m.calls.append(call)
        m.bound.append((key, values))
    m.way.append((call.key, f.iteration))
    try:
        frame, written = _activate(m, f, function, nodes, values, receiver_node, types)
        if not closure and _is_sequence(function):
            _run_sequence(m, frame)
    finally:
        m.inline_depth -= not closure
        m.way.pop()
        if not closure:
            m.calls.pop()
            m.bound.pop()
        if literals:
            m.arguments.pop()
    for node, value in written:
        if value is not None and any(isinstance(each.atom, (Text, Record, Items, Table)) for each in value):
            store(m, f, _root(f, node, value), value)
    results = results_of(m, frame, function)
    if not closure and following.clauses(values):
        m.returned.extend(following.senders(m, results))
    return results if closure or returns or not touches else tuple(following.of_rows(value) for value in results)


def _unfollowed(
    m: Machine,
    f: Frame,
    function: Function,
    call: Call,
    literals: frozenset[Span],
    nodes: Sequence[Node],
    values: Sequence[Value],
    receiver_node: Node | None,
    types: Sequence[str],
) -> Results | None:
    """Return what a declared function returns where its call is not followed, None where it is to be."""
    key = (function.file.path, function.node.start_byte)
    touches, returns, structs = following.worth(m, function, key)
    touches = touches or key in m.dependent
    built = any(
        node.type == "unary_expression" and isinstance(value[0].atom, Text)
        for node, value in zip(nodes, values, strict=False)
    )
    built = built or following.builds(function, values, receiver_node) or following.applies(function, values)
    built = built or following.fills(m, function, values)
    scanning = any(following.takes_rows(each.atom) for value in values for each in value)
    wraps = bool(literals) and base_name(call.name.rpartition(".")[2]) in SINKS
    if not (touches or built or returns or structs or scanning or wraps or following.asks_for_text(m, values)):
        _pass_over(m, key, values)
        passing.hand(m, f, key, nodes, values)
        _run_literals(m, f, values)
        return unknown_results(m, function)
    if m.tired and not (touches or returns or literals or key in m.summaries or following.clauses(values)):
        return unknown_results(m, function)
    told = generics.tells(m, function, types, values)
    if (
        not (literals or built or returns or scanning or told or following.calls_back(values))
        and _settled(m, function, key)
        and not _rests_on_own(m, function, key)
    ):
        _pass_over(m, key, values)
        passing.hand(m, f, key, nodes, values)
        return _multiplied(m, key, values, _standalone(m, function))
    most = MAX_LIST_INLINE if following.lists_statements(values) else MAX_INLINE if touches else MAX_TEXT_INLINE
    too_deep = m.inline_depth >= most
    if (
        too_deep
        or not (told or following.informative(values, function.receiver))
        or (m.tired and not (touches or returns or following.clauses(values)))
    ):
        results = _multiplied(m, key, values, _standalone(m, function, values))
        passing.hand(m, f, key, nodes, values)
        if key in m.asked and any(isinstance(v[0].atom, Unknown) and v[0].atom.reason == ARGUMENT for v in values):
            m.ask()
        elif (touches or returns) and m.root is not None and m.sends[m.root] and any(each in f.types for each in types):
            # What its own type parameters stand for is known to callers.
            m.ask()
        not_followed.note_wrapped(m, f, key, call, nodes, values)
        return results
    return None


def _pass_over(m: Machine, key: Key, values: Sequence[Value]) -> None:
    """Remember a call that is not followed though it gives what can be a part of SQL, or a list that may hold some.

    That its function sends it may be found out later.
    """
    if m.root is not None and any(following.is_clause(value) or following.is_given_list(value) for value in values):
        m.passed_over.setdefault(key, set()).add(m.root)


def _activate(
    m: Machine,
    f: Frame,
    function: Function,
    nodes: Sequence[Node],
    values: Sequence[Value],
    receiver_node: Node | None,
    types: Sequence[str] = (),
) -> tuple[Frame, list[tuple[Node, Value | None]]]:
    """Run a function's body; return its frame, and the caller's expressions with what the function made of them."""
    key = (function.file.path, function.node.start_byte)
    closure = function.closure
    if closure is None:
        frame = m.frame(function.file, function_name(function))
        frame.scope.push()
        frame.types = generics.bound(function, types, values)
    else:
        inner, live = closure.enter(f.scope)
        frame = m.frame(function.file, f.function, inner)
        frame.types = closure.types
        frame.routine, frame.parameters = f.routine, f.parameters
        m.way.append((key, (closure.number,)))
        m.closures.add(closure.number)
    frame.ambient = frame.entered = f.ambient
    m.active.append(key)
    try:
        targets = bind(m, frame, function, nodes, values)
        _run(m, frame, function)
        written = [(node, frame.scope.get(name)) for name, node in targets]
        own = receiver_name(function)
        if own and receiver_node is not None:
            written.append((receiver_node, frame.scope.get(own)))
    finally:
        if closure is not None:
            closure.leave(inner, live)
            m.way.pop()
        m.active.pop()
    return frame, written


def _settled(m: Machine, function: Function, key: tuple[str, int]) -> bool:
    """Say whether what a function does on its own is all there is to know, whatever its arguments are.

    Most functions that run SQL are so: to follow them with the arguments of each of their calls would find nothing new.
    """
    if key in m.in_progress:
        return False
    known = m.settled.get(key)
    if known is not None:
        return known
    found = summary(m, Routine(function.file, function.node, function_name(function) or ""))
    rests = any(following.of_caller(value, 0) or following.is_receiver(function, value) for value in found.results)
    answer = key not in m.dependent and not rests
    if found.done:
        m.settled[key] = answer
    return found.done and answer


def _rests_on_own(m: Machine, function: Function, key: tuple[str, int]) -> bool:
    """Say whether a method returns texts that somebody has put into its receiver, and what this one holds is known."""
    own = function.receiver[0].atom if function.receiver is not None else None
    if not isinstance(own, Record) or not own.complete or key not in m.own_fields:
        return False
    return key in m.summaries and following.holds_text(m.summaries[key].results)


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


def run_unbound(m: Machine, f: Frame, function: Function) -> None:
    """Run a function literal whose arguments are not known. Raises OutOfSteps."""
    key = (function.file.path, function.node.start_byte)
    if key in m.active:
        return
    if m.nesting > MAX_NESTING - 30:
        m.folded = True
        return
    _activate(m, f, function, (), (), None)


def _is_sequence(function: Function) -> bool:
    """Say whether a function returns what a loop goes through (`iter.Seq2[invoice, error]`)."""
    result = function.node.child_by_field_name("result")
    return result is not None and bool(_SEQUENCE.match(function.file.source(result)))


def _run_sequence(m: Machine, frame: Frame) -> None:
    """Run what a loop over a function's result will run: with what that function was given."""
    for _, values in frame.returns:
        _run_literals(m, frame, values)


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
    m.enter(routine)
    m.sends[key] = routine.calls_database or routine.has_sql_words
    function = Function(routine.file, routine.node)
    m.in_progress.append(key)
    try:
        with m.budget():
            m.active.append(key)
            frame = m.frame(routine.file, routine.name)
            try:
                frame.types = generics.bound(function, (), ())
                bind(m, frame, function, (), ())
                counted = _countable(frame)
                passing.begin(m, frame, key)
                _run(m, frame, function)
                run_pending(m, frame)
                found.multiples = {loop: at for at, value in counted if (loop := m.registered(value))}
                if m.folded:
                    left_over.of_routine(m, routine)
            except OutOfSteps:
                left_over.of_routine(m, routine)
            except Exception as fault:
                not_followed.note_failed(m, routine, fault)
                left_over.of_routine(m, routine)
            found.results = results_of(m, frame, function)
            found.done = True
    finally:
        m.in_progress.pop()
    return found


def _countable(f: Frame) -> list[tuple[int, Value]]:
    """Return the parameters that are numbers or lists, with their positions."""
    values = [(at, f.scope.get(name)) for name, at in f.parameters.items()]
    return [
        (at, value)
        for at, value in values
        if value is not None and isinstance(value[0].atom, Unknown) and value[0].atom.type.startswith(("[]", "int"))
    ]


def run_pending(m: Machine, f: Frame) -> None:
    """Run the function literals that were made but never called (handlers, deferred work). Raises OutOfSteps."""
    while m.pending:
        function = m.pending.pop()
        if (function.file.path, function.node.start_byte) not in m.ran:
            run_unbound(m, f, function)
    m.inline_depth += 1
    try:
        while m.returned:
            function = m.returned.pop()
            if function.closure is not None and function.closure.number not in m.closures:
                home = m.index.enclosing(function.file, function.node.start_byte)
                run_unbound(m, m.frame(function.file, home.name if home is not None else None), function)
    finally:
        m.inline_depth -= 1


def _run(m: Machine, frame: Frame, function: Function) -> None:
    key = (function.file.path, function.node.start_byte)
    if not m.quiet:
        m.ran.add(key)
    body = function.node.child_by_field_name("body")
    if body is None:
        return
    # Until it has come to its end, all of it: whoever runs out of steps inside leaves the rest to others.
    m.cut.add(key)
    folded, m.folded = m.folded, False
    m.execute(frame, body)
    if not m.folded:
        m.cut.discard(key)
    m.folded = m.folded or folded


def _standalone(m: Machine, function: Function, values: Sequence[Value] = ()) -> Results:
    """The results of a function evaluated without its arguments; what depends on them is unknown.

    What only comes back from a function (`Strip(query)`) is not known for the reason of what it was given.
    """
    if function.node.type == "func_literal":
        return unknown_results(m, function)
    routine = Routine(function.file, function.node, function_name(function) or "")
    found = summary(m, routine).results
    blank = unknown_results(m, function)
    if not found:
        return blank
    reason = f"result of {routine.name}()"
    touches, returns, _ = following.worth(m, function, routine_key(routine))
    if touches and not returns:
        found = tuple(following.of_rows(value) for value in found)
    given = [value[0].atom for value in values if isinstance(value[0].atom, Unknown) and value[0].atom.type == "string"]
    handed = given[0] if len(given) == 1 else None
    return tuple(
        tuple(
            Alternative(
                each.guard, handed if handed is not None and _is_argument(each.atom) else foreign(each.atom, reason)
            )
            for each in value
        )
        for value in found
    )


def _multiplied(m: Machine, key: Key, values: Sequence[Value], results: Results) -> Results:
    """Return results that were found without arguments, in which what repeats does so as often as those say."""
    known = m.summaries.get(key)
    if known is None or not known.multiples:
        return results
    numbers = {}
    for loop, at in known.multiples.items():
        value = first_of(values[at]) if at < len(values) else ()
        numbers[loop] = (value and m.multiple(m.length(value) or value)) or m.another_multiple()
    return tuple(renumbered(value, numbers) for value in results)


def _is_argument(atom: Atom) -> bool:
    return isinstance(atom, Unknown) and atom.reason == ARGUMENT and atom.type in ("", "string")
