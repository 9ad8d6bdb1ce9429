"""What a function calls behind another one, whatever that one has answered."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.syntax import GoFile, named

_AROUND = ("parenthesized_expression", "unary_expression", "binary_expression")
"""What a condition is made of."""
_ASSIGNING = ("short_var_declaration", "assignment_statement")
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
