"""What an evaluation gave up on is read call by call, without following any: no statement is lost in silence."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from nodepath_cli.source.hosts._go import not_followed
from nodepath_cli.source.hosts._go.declarations import Declared, Routine
from nodepath_cli.source.hosts._go.machine import Machine, OutOfSteps
from nodepath_cli.source.hosts._go.syntax import GoFile


def of_routine(m: Machine, routine: Routine) -> None:
    """Read the calls of a declared function that is too complex one by one, with no variable known."""
    _each_call(m, routine, routine.node, routine.name)


def of_variable(m: Machine, declared: Declared) -> None:
    """Read what was left over of a package's variable: calls that were not come to, and function literals not run.

    They belong to no declared function: where one that asked for the variable runs out of steps, nobody else comes
    back to them.
    """
    for node in _left(m, declared):
        _each_call(m, _routine(declared), node, None)


def note_variable(m: Machine, declared: Declared, fault: Exception) -> None:
    """Remember a package's variable that nodepath itself failed on."""
    not_followed.note_failed(m, _routine(declared), fault)


def _routine(declared: Declared) -> Routine:
    """Return a variable's specification as a piece of code."""
    file, spec = declared.file, declared.spec
    return Routine(file, spec, file.shown(spec.child_by_field_name("name") or spec))


def _left(m: Machine, declared: Declared) -> Iterator[Node]:
    """Yield the calls of a variable that were not come to, and its function literals that were not run to the end."""
    path, stack = declared.file.path, [declared.spec]
    while stack:
        node = stack.pop()
        key = (path, node.start_byte)
        if node.type == "func_literal":
            if key not in m.ran or key in m.cut:
                yield node
        elif node.type == "call_expression" and key not in m.visited:
            yield node
        else:
            stack.extend(reversed(node.named_children))


def _each_call(m: Machine, routine: Routine, node: Node, function: str | None) -> None:
    """Evaluate the calls below a node that were not come to.

    One that nodepath itself fails on is passed over: what it failed on first is told.
    """
    file: GoFile = routine.file
    stack = [node]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.named_children))
        if node.type != "call_expression" or (file.path, node.start_byte) in m.visited:
            continue
        m.steps = m.told_at = 0
        try:
            m.evaluate(m.frame(file, function), node)
        except Exception as fault:
            if not isinstance(fault, OutOfSteps):
                not_followed.note_failed(m, routine, fault)
