"""Where fields and variables of packages are written: one query over a tree of interest."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

from msgspec import Struct, field
from tree_sitter import Node, Query, QueryCursor

from nodepath_cli.source.hosts._go.syntax import LANGUAGE, GoFile, named

_QUERY = """
(assignment_statement left: (expression_list) @left right: (expression_list) @right) @assignment
(composite_literal type: (_) @type body: (literal_value) @body)
(short_var_declaration left: (expression_list) @locals)
(range_clause left: (expression_list) @locals)
(var_spec name: (identifier) @local)
(const_spec name: (identifier) @local)
(parameter_declaration name: (identifier) @local)
(variadic_parameter_declaration name: (identifier) @local)
"""


class Write(Struct, frozen=True):
    """One place that gives a field, or what may be a variable of the package, a value."""

    value: Node | None
    """The expression; None where it is one of several results of a call, or part of a `+=`."""
    type: Node | None
    """The struct's type where the write is an element of a composite literal."""
    is_field: bool
    start: int
    """Byte offset of the write."""
    of_element: bool = False
    """It gives one element of a map or list a value: `value`."""
    inside: int = 0
    """Where the struct's own type is not written (`[]step{{SQL: "..."}}`): how many lists and maps of `type` are around
    it."""


class Writes(Struct):
    """All writes of a file, or of a part of it."""

    by_name: dict[str, list[Write]] = field(default_factory=dict)
    by_position: dict[int, list[Write]] = field(default_factory=dict)
    """Elements of composite literals that name no field (`store{db, "orders"}`)."""
    _local_starts: list[int] = field(default_factory=list)
    _local_names: list[str] = field(default_factory=list)

    def locals_between(self, start: int, end: int) -> set[str]:
        """Return the names that are declared between two byte offsets."""
        low = bisect_right(self._local_starts, start - 1)
        high = bisect_right(self._local_starts, end)
        return set(self._local_names[low:high])


@cache
def _query() -> Query:
    return Query(LANGUAGE, _QUERY)


def writes_of(file: GoFile, root: Node) -> Writes:
    """Return the writes below a node of a file, in source order."""
    result = Writes()
    names: list[tuple[int, str]] = []
    for _, captures in QueryCursor(_query()).matches(root):
        if "assignment" in captures:
            _assignment(file, result, captures["assignment"][0], captures["left"][0], captures["right"][0])
        elif "body" in captures:
            _elements(file, result, captures["type"][0], captures["body"][0])
        else:
            for node in captures.get("local", ()):
                names.append((node.start_byte, file.source(node)))
            for group in captures.get("locals", ()):
                names.extend((node.start_byte, file.source(node)) for node in named(group))
    names.sort()
    result._local_starts = [start for start, _ in names]
    result._local_names = [name for _, name in names]
    return result


def _assignment(file: GoFile, result: Writes, node: Node, left: Node, right: Node) -> None:
    operator = node.child_by_field_name("operator")
    targets, values = named(left), named(right)
    plain = operator is not None and operator.type == "=" and len(targets) == len(values)
    for position, target in enumerate(targets):
        value = values[position] if plain else None
        of_element = target.type == "index_expression"
        if of_element:
            target = target.child_by_field_name("operand") or target
        if target.type == "identifier":
            write = Write(value, None, False, node.start_byte, of_element)
            result.by_name.setdefault(file.source(target), []).append(write)
        elif target.type == "selector_expression":
            member = target.child_by_field_name("field")
            if member is not None:
                write = Write(value, None, True, node.start_byte, of_element)
                result.by_name.setdefault(file.source(member), []).append(write)


def _elements(file: GoFile, result: Writes, kind: Node, body: Node, inside: int = 0) -> None:
    struct = inside > 0 or kind.type in ("type_identifier", "qualified_type", "generic_type")
    for position, element in enumerate(named(body)):
        key: Node | None = None
        value: Node | None = named(element)[0] if named(element) else element
        if element.type == "keyed_element":
            key, value = element.child_by_field_name("key"), element.child_by_field_name("value")
            value = named(value)[0] if value is not None and value.type == "literal_element" and named(value) else value
        if value is not None and value.type == "literal_value":
            _elements(file, result, kind, value, inside + 1)
        elif struct and element.type != "keyed_element":
            result.by_position.setdefault(position, []).append(
                Write(value, kind, True, element.start_byte, inside=inside)
            )
        elif struct and key is not None and value is not None:
            write = Write(element.child_by_field_name("value"), kind, True, element.start_byte, inside=inside)
            result.by_name.setdefault(file.source(key), []).append(write)
