"""Texts that are built bit by bit: in a `strings.Builder`, a `bytes.Buffer`, or whatever `fmt.Fprintf` writes to."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import templates
from nodepath_cli.source.hosts._go.assignment import store
from nodepath_cli.source.hosts._go.formatting import formatted
from nodepath_cli.source.hosts._go.joints import trimmed
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.texts import as_text, combine, join, length_of
from nodepath_cli.source.hosts._go.values import EMPTY, Atom, Number, Text, Unknown, Value, just, unknown

_WRITES = frozenset(("WriteString", "WriteByte", "WriteRune", "Write"))
_TWO = 2


def builder_call(m: Machine, f: Frame, function: Node, nodes: Sequence[Node]) -> Value | None:
    """Run `b.WriteString(x)`, `fmt.Fprintf(&b, ...)` and `io.WriteString(&b, x)` on a text that is being built.

    None for any other call.
    """
    if function.type != "selector_expression" or not nodes:
        return None
    operand, member = function.child_by_field_name("operand"), function.child_by_field_name("field")
    if operand is None or member is None:
        return None
    method = f.file.source(member)
    if method in _WRITES and len(nodes) == 1 and operand.type in ("identifier", "selector_expression"):
        current = _text_being_built(m, f, operand)
        if current is None:
            return None
        added = first_of(m.evaluate(f, nodes[0]))
        _append(m, f, operand, current, added, nodes[0])
        return unknown("number of bytes")
    package = f.file.source(operand)
    if method == "Execute" and len(nodes) == _TWO and nodes[0].type in ("unary_expression", "identifier"):
        target = nodes[0].child_by_field_name("operand") or nodes[0]
        current = _text_being_built(m, f, target)
        written = templates.executed(m, f, operand, nodes) if current is not None else None
        if current is None or written is None:
            return None
        _append(m, f, target, current, written, nodes[0])
        return unknown("error", "error")
    if len(nodes) > 1 and (
        (package == "fmt" and method in ("Fprintf", "Fprint", "Fprintln"))
        or (package == "io" and method == "WriteString")
    ):
        target = nodes[0]
        if target.type == "unary_expression":
            target = target.child_by_field_name("operand") or target
        current = _text_being_built(m, f, target)
        if current is None:
            return None
        values = [first_of(m.evaluate(f, node)) for node in nodes[1:]]
        added = formatted(f.file, method[1:].capitalize(), nodes[1:], values) if package == "fmt" else values[0]
        _append(m, f, target, current, added, nodes[1])
        return unknown("number of bytes")
    return None


def _text_being_built(m: Machine, f: Frame, node: Node) -> Value | None:
    if node.type == "identifier":
        value = f.scope.get(f.file.source(node))
    elif node.type == "selector_expression":
        value = m.evaluate(f, node)
    else:
        return None
    return value if value and any(isinstance(each.atom, Text) for each in value) else None


def _append(m: Machine, f: Frame, target: Node, current: Value, added: Value, node: Node) -> None:
    def make(atoms: tuple[Atom, ...]) -> Atom:
        return join((as_text(atoms[0], f.file, target), as_text(atoms[1], f.file, node)))

    store(m, f, target, combine((current, added), make))


def method_of_text(
    m: Machine, f: Frame, node: Node, receiver: Value, name: str, nodes: Sequence[Node], values: Sequence[Value]
) -> Value | None:
    """Return the value of a method of a text that is built, None for one that is not known."""
    if name in ("String", "Bytes", "Grow"):
        return receiver
    if name == "Len":
        return combine((receiver,), lambda atoms: length_of(atoms[0], m.unread))
    function = node.child_by_field_name("function")
    operand = function.child_by_field_name("operand") if function is not None else None
    if name == "Reset":
        if operand is not None:
            store(m, f, operand, just(EMPTY))
        return receiver
    if name == "Truncate" and len(nodes) == 1 and operand is not None:
        return _truncate(m, f, operand, nodes[0], (receiver, values[0]))
    return None


def _truncate(m: Machine, f: Frame, operand: Node, size: Node, values: Sequence[Value]) -> Value:
    """Run `b.Truncate(n)`: `n` is often the length of what is there, less that of a separator."""
    less = number_less(f, f"{f.file.source(operand)}.Len()", size)

    def make(atoms: tuple[Atom, ...]) -> Atom:
        text, number = atoms
        if isinstance(text, Text) and less is not None:
            return trimmed(text, 0, len(text.plain) - less)
        if isinstance(text, Text) and isinstance(number, Number) and not number.sample:
            return trimmed(text, 0, number.value)
        return Unknown("part of a text") if isinstance(text, Text) else text

    store(m, f, operand, combine(values, make))
    return unknown("no value")


def number_less(f: Frame, whole: str, node: Node) -> int | None:
    """Return N where an expression is `whole-N`, None for any other."""
    source = "".join(f.file.source(node).split())
    prefix = "".join(whole.split()) + "-"
    rest = source[len(prefix) :]
    return int(rest) if source.startswith(prefix) and rest.isdigit() and len(rest) < 6 else None
