"""Calls that ask whether a list has a text, and for which variable: `slices.Contains`, `slices.Index`, `lo.Contains`.

Of `slices.ContainsFunc` and `slices.IndexFunc` those whose function compares an element with the variable alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go.syntax import named

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.machine import Frame

_CONTAINS = frozenset(("slices.Contains", "slices.ContainsFunc", "lo.Contains"))
_INDEX = frozenset(("slices.Index", "slices.IndexFunc", "lo.IndexOf"))
_LISTS = frozenset(("identifier", "selector_expression", "composite_literal"))
_FOUND = frozenset((">= 0", "> -1", "!= -1"))
_MISSED = frozenset(("< 0", "<= -1", "== -1"))


def contains(f: Frame, node: Node) -> tuple[Node, Node] | None:
    """Return the list and what is looked for in it of a call that answers whether that is in there."""
    return _asked(f, node, _CONTAINS)


def compared_index(f: Frame, node: Node) -> tuple[Node, Node, bool] | None:
    """Return the list, what is looked for, and whether `slices.Index(list, by) >= 0` holds where that is in there."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    sign = node.child_by_field_name("operator")
    if left is None or right is None or sign is None:
        return None
    test = f"{sign.type} {f.file.source(right).replace(' ', '')}"
    if test not in _FOUND | _MISSED:
        return None
    found = _asked(f, left, _INDEX)
    return (*found, test in _FOUND) if found else None


def _asked(f: Frame, node: Node, names: frozenset[str]) -> tuple[Node, Node] | None:
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = named(listing) if node.type == "call_expression" and listing is not None else []
    name = f.file.source(function) if function is not None else ""
    if name not in names or len(given) != 2 or given[0].type not in _LISTS:
        return None
    wanted = _compared(f, given[1]) if name.endswith("Func") else given[1]
    return (given[0], wanted) if wanted is not None else None


def _compared(f: Frame, node: Node) -> Node | None:
    """Return what `func(c string) bool { return c == by }` compares each element with."""
    listing, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    parameters = named(listing) if node.type == "func_literal" and listing is not None else []
    names = parameters[0].children_by_field_name("name") if len(parameters) == 1 else []
    statements = named(body) if body is not None else []
    if len(statements) == 1 and statements[0].type == "statement_list":
        statements = named(statements[0])
    if len(names) != 1 or len(statements) != 1 or statements[0].type != "return_statement":
        return None
    sides = _sides(f, statements[0])
    element = f.file.source(names[0])
    others = [each for each in sides if f.file.source(each) != element]
    return others[0] if len(sides) == 2 and len(others) == 1 else None


def _sides(f: Frame, statement: Node) -> list[Node]:
    """Return both sides of `return a == b` or `return strings.EqualFold(a, b)`: names are alike in any case."""
    inner = named(statement)
    while len(inner) == 1 and inner[0].type in ("expression_list", "parenthesized_expression"):
        inner = named(inner[0])
    if len(inner) != 1:
        return []
    sign, function = inner[0].child_by_field_name("operator"), inner[0].child_by_field_name("function")
    if sign is not None and sign.type == "==":
        sides = (inner[0].child_by_field_name("left"), inner[0].child_by_field_name("right"))
        return [each for each in sides if each is not None]
    listing = inner[0].child_by_field_name("arguments")
    if function is not None and listing is not None and f.file.source(function) == "strings.EqualFold":
        return named(listing)
    return []
