"""What a function does whatever another one has answered: behind it, and put off before it."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.statement import Span

_AROUND = ("parenthesized_expression", "unary_expression", "binary_expression")
"""What a condition is made of."""
_ASSIGNING = ("short_var_declaration", "assignment_statement")
_PERHAPS = ("_case", "for_statement", "go_statement", "binary_expression")
"""What may run what stands in it or not."""
_CALLED = ("call_expression", "parenthesized_expression")
_LEAVING = ("return_statement", "break_statement", "continue_statement", "goto_statement")
_ENDS = frozenset(("panic", "Exit", "Goexit", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "FailNow"))


def behind(routine: Routine, name: str) -> frozenset[str]:
    """Return the names of the functions that a function calls behind another one, whatever that answers first.

    () where it goes by the answer: it leaves for it, keeps it or hands it on, or that cannot be told.
    """
    file, body = routine.file, routine.node.child_by_field_name("body")
    found: set[str] = set()
    for call in _calls(body) if body is not None else ():
        if _name(file, call) != name:
            continue
        chosen = _chosen(file, body, call) if body is not None else None
        if chosen is None:
            return frozenset()
        later = (each for each in _calls(body) if each.start_byte >= call.end_byte)
        found.update(
            _name(file, each)
            for each in later
            if not any(one.start_byte <= each.start_byte < one.end_byte for one in chosen)
        )
    return frozenset(found - {""})


def put_off(routine: Routine, before: str) -> dict[str, Span]:
    """Return what a function puts off to its end, whatever comes, before it calls another one and leaves by its answer.

    By name, with where it stands; only what is given nothing but arguments of that other one, on the same receiver.
    """
    file, body = routine.file, routine.node.child_by_field_name("body")
    every = list(_calls(body))
    asked = [each for each in every if _name(file, each) == before]
    if body is None or len(asked) != 1 or not _returns_by(file, body, asked[0]):
        return {}
    [call] = asked
    found: dict[str, Span] = {}
    for each in every:
        late = _deferral(each) if each.end_byte <= call.start_byte else None
        if late is None or not _same_block(late, call) or _receiver(file, each) != _receiver(file, call):
            continue
        if set(_arguments(file, each)) <= set(_arguments(file, call)):
            found[_name(file, each)] = file.span(late)
    found.pop("", None)
    return found


def _returns_by(file: GoFile, body: Node, call: Node) -> bool:
    """Say whether a function returns for what a call has answered, and does not call it again and again."""
    parent = call.parent
    while parent is not None and parent.start_byte != body.start_byte:
        if parent.type in ("for_statement", "func_literal"):
            return False
        parent = parent.parent
    around = _around(call)
    if around is None or around.type == "expression_statement":
        return False
    choices = [around]
    if around.type in _ASSIGNING:
        left = around.child_by_field_name("left")
        targets = [file.source(each) for each in named(left)] if left is not None else []
        uses = (use for each in targets[:1] for use in _named(file, body, each) if use.start_byte >= around.end_byte)
        choices = [each for use in uses if (each := _around(use)) is not None and each.type == "if_statement"]
    return any(_has(each, "return_statement") for each in choices[:1])


def _deferral(call: Node) -> Node | None:
    """Return the `defer` that runs a call in any case: itself, or in a literal that asks for nothing before."""
    node, parent = call, call.parent
    literal: Node | None = None
    while parent is not None and parent.type != "defer_statement":
        if parent.type == "func_literal":
            if literal is not None or parent.parent is None or parent.parent.type not in _CALLED:
                return None
            literal = parent
        elif (parent.type == "if_statement" and node.type == "block") or parent.type.endswith(_PERHAPS):
            return None
        node, parent = parent, parent.parent
    if parent is None or literal is None:
        return parent if parent is not None and node.start_byte == call.start_byte else None
    before = (each for each in _below(literal) if each.type == "return_statement" and each.end_byte <= call.start_byte)
    return parent if not any(before) else None


def _same_block(late: Node, call: Node) -> bool:
    """Say whether a statement stands in a block that a call stands in, too: it has been reached before."""
    block = late.parent
    return block is not None and block.start_byte <= call.start_byte < block.end_byte


def _receiver(file: GoFile, call: Node) -> str:
    function = call.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    return file.source(operand) if operand is not None else ""


def _arguments(file: GoFile, call: Node) -> list[str]:
    listing = call.child_by_field_name("arguments")
    given = (file.source(each) for each in named(listing)) if listing is not None else ()
    return [each for each in given if not each.startswith("context.")]


def _has(node: Node, kind: str) -> bool:
    return any(each.type == kind for each in _below(node))


def _below(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += named(each)


def _chosen(file: GoFile, body: Node | None, call: Node) -> list[Node] | None:
    """Return the `if`s that ask for a call's answer and go on behind them all the same; None where not all uses do."""
    around = _around(call)
    if around is None:
        return None
    if around.type == "expression_statement":
        return []
    if around.type == "if_statement":
        return None if _leaves(file, around) else [around]
    left, right = around.child_by_field_name("left"), around.child_by_field_name("right")
    targets = named(left) if left is not None else []
    if around.type not in _ASSIGNING or right is None or not targets or named(right) != [call]:
        return None
    answer = file.source(targets[0])
    if answer == "_":
        return []
    if targets[0].type != "identifier":
        return None
    found: list[Node] = []
    for use in _named(file, body, answer):
        if use.start_byte < around.end_byte:
            continue
        asking = _around(use)
        if asking is None or asking.type != "if_statement" or _leaves(file, asking):
            return None
        found.append(asking)
    return found


def _around(node: Node) -> Node | None:
    """Return the statement that an expression is the condition of, is assigned in or is by itself; None elsewhere."""
    parent = node.parent
    while parent is not None and parent.type in _AROUND:
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "expression_list":
        parent = parent.parent
    if parent is None or parent.type not in ("expression_statement", "if_statement", *_ASSIGNING):
        return None
    if parent.type == "if_statement" and parent.child_by_field_name("condition") != node:
        return None
    return parent


def _leaves(file: GoFile, choice: Node) -> bool:
    """Say whether a branch of an `if` leaves what stands around it."""
    waiting = [
        branch for field in ("consequence", "alternative") if (branch := choice.child_by_field_name(field)) is not None
    ]
    while waiting:
        node = waiting.pop()
        if node.type in _LEAVING or (node.type == "call_expression" and _name(file, node) in _ENDS):
            return True
        if node.type != "func_literal":
            waiting += named(node)
    return False


def _calls(node: Node | None) -> Iterator[Node]:
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        if each.type == "call_expression":
            yield each
        waiting += reversed(named(each))


def _named(file: GoFile, node: Node | None, name: str) -> Iterator[Node]:
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        if each.type == "identifier" and file.source(each) == name:
            yield each
        waiting += reversed(named(each))


def _name(file: GoFile, call: Node) -> str:
    """Return the bare name of what is called, empty where it has none."""
    function = call.child_by_field_name("function")
    name = function.child_by_field_name("field") or function if function is not None else None
    return file.source(name) if name is not None and name.type in ("identifier", "field_identifier") else ""
