"""Statements that choose, repeat or put off: if, switch, for, defer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tree_sitter import Node

from nodepath_cli.source.functions import Called, Meant, Mixed, Ran
from nodepath_cli.source.hosts._go.paths import assigning, comparing, meaning, returning
from nodepath_cli.source.hosts._go.paths.assigning import write
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Place,
    Scope,
    State,
    Texts,
    exported,
)
from nodepath_cli.source.hosts._go.paths.walker import Flow, Handler, Left, TooManyPaths, Walker
from nodepath_cli.source.hosts._go.syntax import named

_MAX_DEFERRED = 40
_MAX_TRIES = 3
_CHOOSING = (
    "if_statement",
    "expression_switch_statement",
    "type_switch_statement",
    "select_statement",
    "for_statement",
)
"""What may run what stands in it or not."""


def _if(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    inner = w.scope(scope)
    flows = _initialized(w, place, inner, node, state)
    then, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    result: list[Flow] = []
    for current in flows:
        for after, truth in w.conditions(place, inner, node.child_by_field_name("condition"), current):
            arm = then if truth else other
            result += w.statement(place, inner, arm, after) if arm is not None else [(after, None)]
    return result


def _initialized(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[State]:
    initializer = node.child_by_field_name("initializer")
    if initializer is None:
        return [state]
    return [after for after, left in w.statement(place, scope, initializer, state) if left is None]


def _leave(kind: str) -> Callable[[Walker, Place, Scope, Node, State], list[Flow]]:
    return lambda _w, _place, _scope, _node, state: [(state, Left(kind))]


def _for(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    inner = w.scope(scope)
    body = node.child_by_field_name("body")
    heads = [child for child in named(node) if child != body]
    head = heads[0] if heads else None
    if body is None:
        return [(state, None)]
    if head is not None and head.type == "range_clause":
        return _range(w, place, inner, head, body, state)
    test: Node | None = head
    starts = [state]
    if head is not None and head.type == "for_clause":
        test = head.child_by_field_name("condition")
        starts = _initialized(w, place, inner, head, state)
    flows: list[Flow] = []
    for start in starts:
        if test is None:
            flows += _endless(w, place, inner, body, start)
            continue
        if head is not None and head.type == "for_clause":
            # The rounds of a counted loop: at least one, as tries of an acquire have it.
            flows += _round(w, place, inner, body, start)
            continue
        for after, truth in w.conditions(place, inner, test, start):
            flows += _round(w, place, inner, body, after) if truth else [(after, None)]
    return flows


def _range(w: Walker, place: Place, scope: Scope, head: Node, body: Node, state: State) -> list[Flow]:
    flows: list[Flow] = []
    right, left = head.child_by_field_name("right"), head.child_by_field_name("left")
    for after, value in w.evaluate(place, scope, right, state) if right is not None else [(state, UNKNOWN)]:
        flows.append((after, None))
        inside = after.fork()
        for target in named(left) if left is not None else ():
            write(place.file, scope, target, Mixed((exported(value),)), inside, True)
        flows += _round(w, place, scope, body, inside)
    return flows


def _round(w: Walker, place: Place, scope: Scope, body: Node, state: State) -> list[Flow]:
    flows = w.statement(place, scope, body, state)
    return [
        (after, left if left is not None and left.kind == "return" else None)
        for after, left in (*flows, *_again(w, place, scope, body, state, flows))
    ]


def _again(w: Walker, place: Place, scope: Scope, body: Node, start: State, flows: list[Flow]) -> list[Flow]:
    """Run a second round behind those that have run a statement and try again, where these are few."""
    tries = [
        after
        for after, left in flows
        if (left is None or left.kind == "continue")
        and any(isinstance(step, Ran) for step in after.steps[len(start.steps) :])
    ]
    if not tries or len(tries) > _MAX_TRIES:
        return []
    steps = w.steps
    try:
        return [each for state in tries for each in w.statement(place, scope, body, state.fork())]
    except TooManyPaths:
        # The first round alone says enough.
        w.steps = steps
        return []


def _endless(w: Walker, place: Place, scope: Scope, body: Node, state: State) -> list[Flow]:
    """`for { }` is left by `break` and `return` alone; a path that tries again is followed once."""
    flows: list[Flow] = []
    first = w.statement(place, scope, body, state)
    for after, left in (*first, *_again(w, place, scope, body, state, first)):
        if left is None or left.kind == "continue":
            continue
        flows.append((after, left if left.kind == "return" else None))
    return flows


def _switch(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    inner = w.scope(scope)
    subject = node.child_by_field_name("value")
    flows: list[Flow] = []
    for start in _initialized(w, place, inner, node, state):
        subjects: list[tuple[State, Any | None]] = [(start, None)]
        if subject is not None:
            subjects = [*w.evaluate(place, inner, subject, start)]
        for current, value in subjects:
            flows += _cases(w, place, inner, node, current, value)
    return [(after, None if left is not None and left.kind == "break" else left) for after, left in flows]


def _cases(w: Walker, place: Place, scope: Scope, node: Node, state: State, subject: Any | None) -> list[Flow]:
    flows: list[Flow] = []
    waiting = [state]
    default: Sequence[Node] | None = None
    for case in (child for child in named(node) if child.type.endswith("_case")):
        tests = [each for field in case.children_by_field_name("value") for each in _listed(field)]
        tests += case.children_by_field_name("type")
        skipped = {child.start_byte for field in ("value", "type") for child in case.children_by_field_name(field)}
        body = [child for child in named(case) if child.start_byte not in skipped]
        if case.type == "default_case":
            default = body
            continue
        for test in tests:
            following = []
            for current in waiting:
                for after, truth in _case(w, place, scope, node, test, subject, current):
                    if truth:
                        flows += w.block(place, _alias(w, place, scope, node, subject, after), body, after)
                    else:
                        following.append(after)
            waiting = following
    for current in waiting:
        flows += w.block(place, w.scope(scope), default, current) if default is not None else [(current, None)]
    return flows


def _listed(node: Node) -> list[Node]:
    return named(node) if node.type == "expression_list" else [node]


def _case(
    w: Walker, place: Place, scope: Scope, node: Node, test: Node, subject: Any | None, state: State
) -> list[tuple[State, bool]]:
    if subject is None:
        return w.conditions(place, scope, test, state)
    if node.type == "type_switch_statement":
        return w.decided(state, comparing.kind_of_error(exported(subject), place.file.shown(test)))
    result = []
    for after, value in w.evaluate(place, scope, test, state):
        source = place.file.source(test)
        result += w.decided(after, comparing.compared(exported(subject), "==", exported(value), source))
    return result


def _alias(w: Walker, place: Place, scope: Scope, node: Node, subject: Any | None, state: State) -> Scope:
    inner = w.scope(scope)
    alias = node.child_by_field_name("alias")
    for target in _listed(alias) if alias is not None else ():
        write(place.file, inner, target, UNKNOWN if subject is None else subject, state, True)
    return inner


def _select(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    flows: list[Flow] = []
    for case in named(node):
        body = [child for child in named(case) if child not in case.children_by_field_name("communication")]
        flows += w.block(place, w.scope(scope), body, state.fork())
    return [(after, None if left is not None and left.kind == "break" else left) for after, left in flows]


def _deferred(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Write down what a deferred or concurrent function calls; what it does is not followed."""
    after = state.fork()
    late = node.type == "defer_statement"
    waiting = [(node, late)]
    found = 0
    while waiting and found < _MAX_DEFERRED:
        each, certain = waiting.pop()
        if each.type == "call_expression":
            function = each.child_by_field_name("function")
            member = function.child_by_field_name("field") if function is not None else None
            name = member or function
            if function is not None and name is not None and name.type in ("identifier", "field_identifier"):
                found += 1
                meant = meaning.of_call(w, place, scope, function, state)
                sends = _sends(w, place, each, meant) if certain else ()
                after.add(Called(place.file.source(name), late, sends=sends, meant=meant))
        certain = certain and each.type not in _CHOOSING
        waiting += [(child, certain or _is_head(each, child)) for child in reversed(named(each))]
    return [(after, None)]


def _is_head(node: Node, child: Node) -> bool:
    """Say whether a part of a choice runs whatever it comes to: `if _, err := db.Exec("DELETE ..."); err != nil`."""
    return node.type == "if_statement" and child == node.child_by_field_name("initializer")


def _sends(w: Walker, place: Place, call: Node, meant: Meant) -> Texts:
    """Return the statements that a call sends, by itself or as a function of the tree."""
    own = w.texts.get((place.file.path, call.start_byte, call.end_byte), ())
    name = call.child_by_field_name("function")
    name = (name.child_by_field_name("field") or name) if name is not None else None
    known = w.known.get(place.file.source(name), ()) if name is not None and not own else ()
    if meant is not None:
        known = [each for each in known if each.file.span(each) in meant]
    return w.texts_of(known[0]) if len(known) == 1 else own


def _concurrent(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    """Follow a literal that a function starts and that is all it does: `go func() { db.Exec("DELETE ...") }()`."""
    call = next((each for each in named(node) if each.type == "call_expression"), None)
    function = call.child_by_field_name("function") if call is not None else None
    if call is None or function is None or function.type != "func_literal" or not _is_all(place, node):
        return _deferred(w, place, scope, node, state)
    steps = w.steps
    try:
        return [(after, None) for after, _ in w.evaluate(place, scope, call, state)]
    except TooManyPaths:
        w.steps = steps
        return _deferred(w, place, scope, node, state)


def _is_all(place: Place, node: Node) -> bool:
    """Say whether a statement stands in a function that answers nothing, or nothing but that there is no error."""
    body = place.routine.node.child_by_field_name("body") if place.routine is not None else None
    if place.routine is None or body is None or node.parent is None:
        return False
    statements = named(node.parent)
    around = node.parent if node.parent.type == "block" else node.parent.parent
    if around is None or around.start_byte != body.start_byte:
        return False
    if place.routine.node.child_by_field_name("result") is None:
        return True
    others = [place.file.source(each) for each in statements if each.start_byte != node.start_byte]
    return others == ["return nil"]


def _labelled(w: Walker, place: Place, scope: Scope, node: Node, state: State) -> list[Flow]:
    return w.block(place, scope, [child for child in named(node) if child.type != "label_name"], state)


HANDLERS: dict[str, Handler] = {
    **assigning.HANDLERS,
    "if_statement": _if,
    "return_statement": returning.leave,
    "for_statement": _for,
    "expression_switch_statement": _switch,
    "type_switch_statement": _switch,
    "select_statement": _select,
    "break_statement": _leave("break"),
    "continue_statement": _leave("continue"),
    "defer_statement": _deferred,
    "go_statement": _concurrent,
    "labeled_statement": _labelled,
}
"""How every statement is run, by its node's type."""
