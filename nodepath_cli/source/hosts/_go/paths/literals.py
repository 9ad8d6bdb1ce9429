"""What runs later, by itself: function literals that a function hands out or puts off, and calls that it puts off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from tree_sitter import Node

from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.syntax import GoFile, named

_AROUND = ("parenthesized_expression", "expression_list", "literal_element", "literal_value", "unary_expression")
_RETURNED = r"\breturn\b[^\n]*(?<![\w.]){}\b(?!\()"


class Later(Struct, frozen=True):
    """A function literal, or a call that is put off by itself: `defer db.Exec("DELETE ...")`."""

    node: Node
    name: str
    """Of the variable or field that it is kept in, empty where there is none."""
    deferred: bool
    """It runs when the function ends."""


def later(routine: Routine) -> Iterator[Later]:
    """Yield the literals of a function that run later, and the calls that it puts off, the outermost first."""
    if b"func" not in routine.text[4:] and b"defer" not in routine.text:
        return
    body = routine.node.child_by_field_name("body")
    waiting = [body] if body is not None else []
    while waiting:
        node = waiting.pop()
        found = _kept(routine, node) if node.type == "func_literal" else None
        call = _put_off(node) if node.type == "defer_statement" else None
        if call is not None:
            yield Later(call, "", True)
        elif found is not None:
            yield found
        elif node.type != "go_statement":
            waiting += reversed(named(node))


def _put_off(statement: Node) -> Node | None:
    """Return the call of a defer statement that runs no literal."""
    call = next((each for each in named(statement) if each.type == "call_expression"), None)
    function = call.child_by_field_name("function") if call is not None else None
    return call if function is not None and function.type in ("selector_expression", "identifier") else None


def _kept(routine: Routine, literal: Node) -> Later | None:
    """Return how a literal is kept for later, None where it runs where it stands or is given away."""
    file, node, name = routine.file, literal, ""
    while node.parent is not None:
        node = node.parent
        match node.type:
            case "return_statement":
                return Later(literal, name, False)
            case "keyed_element" if not name:
                name = file.source(named(node)[0]) if named(node) else ""
            case "composite_literal":
                pass
            case "short_var_declaration" | "assignment_statement" | "var_spec":
                target = name or _target(file, node, literal)
                return Later(literal, target, False) if name or _handed_on(routine, node, target) else None
            case "call_expression":
                put_off = node.parent is not None and node.parent.type == "defer_statement"
                return Later(literal, name, True) if put_off and _runs(node, literal) else None
            case kind if kind not in _AROUND:
                return None
    return None


def _runs(call: Node, literal: Node) -> bool:
    function = call.child_by_field_name("function")
    while function is not None and function.type == "parenthesized_expression":
        function = named(function)[0]
    return function is not None and function.start_byte == literal.start_byte


def _target(file: GoFile, node: Node, literal: Node) -> str:
    """Return the name of what a literal is assigned to."""
    left = node.child_by_field_name("left") or node
    right = node.child_by_field_name("right") or node.child_by_field_name("value")
    values = [each.start_byte for each in named(right)] if right is not None else []
    place = values.index(literal.start_byte) if literal.start_byte in values else 0
    targets = named(left) if node.type != "var_spec" else node.children_by_field_name("name")
    if place >= len(targets):
        return ""
    member = targets[place].child_by_field_name("field")
    return file.source(member or targets[place])


def _handed_on(routine: Routine, node: Node, name: str) -> bool:
    """Say whether a variable with a literal is returned, is a result or stands in a struct, or is a field."""
    left = node.child_by_field_name("left")
    if left is not None and any(each.type == "selector_expression" for each in named(left)):
        return True
    text = routine.text.decode("utf-8", "replace")
    escaped = re.escape(name)
    results = routine.node.child_by_field_name("result")
    if results is not None and re.search(rf"\b{escaped}\s+func\b", routine.file.source(results)):
        return True
    deferred = re.search(rf"\bdefer\s+{escaped}\(", text)
    return bool(name and (deferred or re.search(_RETURNED.format(escaped), text)))
