"""What only later rounds of a loop do: `for i, word := range words { if i == 0 { ... } else { ... } }`.

A loop whose rounds are counted at run time is run once. Where it asks for its first round, and SQL of its own stands
in what the first round leaves out, one more round shows that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.machine import Frame
from nodepath_cli.source.hosts._go.syntax import named

_FIRST = lazy(r"(==\s*0|<\s*1|<=\s*0)")
_LATER = lazy(r"(>\s*0|!=\s*0|>=\s*1)")
_LITERAL = lazy(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_TELLING = lazy(r"(?i)\w\s*[=<>]|\b(?:SELECT|INSERT\s+INTO|DELETE\s+FROM|JOIN|WHERE|LIKE|BETWEEN)\b|\bIN\s*\(")


def differ(f: Frame, body: Node, index: str) -> bool:
    """Say whether rounds behind the first one have SQL of their own, in a loop with this index."""
    if index in ("", "_"):
        return False
    asked = re.compile(rb"\bif\s+(?:[^{;\n]*;\s*)?" + re.escape(index).encode() + rb"\s*(?:[=!]=|[<>]=?)\s*[01]\s*\{")
    return bool(asked.search(f.file.data, body.start_byte, body.end_byte)) and any(
        _telling(f, part) for part in _left_out(f, body, re.compile(rf"{re.escape(index)}\s*(.*)", re.DOTALL))
    )


def _left_out(f: Frame, node: Node, asks: re.Pattern[str]) -> Iterator[Node]:
    """Yield what the first round does not run."""
    if node.type == "func_literal":
        return
    if node.type == "if_statement":
        condition = node.child_by_field_name("condition")
        compared = asks.fullmatch(f.file.source(condition)) if condition is not None else None
        if compared is not None:
            then = node.child_by_field_name("consequence")
            if _FIRST.fullmatch(compared[1]):
                leaves = then is not None and f.file.source(then).rstrip("} \t\n").endswith("continue")
                part = node.parent if leaves else node.child_by_field_name("alternative")
            else:
                part = then if _LATER.fullmatch(compared[1]) else None
            if part is not None:
                yield part
    for child in named(node):
        yield from _left_out(f, child, asks)


def _telling(f: Frame, node: Node) -> bool:
    """Say whether there is SQL that names something in the literals of a part: more than what stands between others."""
    return any(_TELLING.search(found) for found in _LITERAL.findall(f.file.source(node)))
