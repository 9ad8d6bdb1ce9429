"""Running the statements of a function: assignments by flow, branches forked and joined, loops none and once."""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from nodepath_cli.source.hosts._go import assignment, conditions, loops, switches
from nodepath_cli.source.hosts._go.branches import case_body, sequence
from nodepath_cli.source.hosts._go.limits import MAX_NESTING
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import several
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.values import unknown


def execute(m: Machine, f: Frame, node: Node) -> bool:
    """Run a statement; say whether the flow goes on behind it. Raises OutOfSteps."""
    m.step()
    m.nesting += 1
    try:
        if m.nesting > MAX_NESTING:
            m.folded = True
            return True
        handler = _HANDLERS.get(node.type)
        if handler is not None:
            return handler(m, f, node)
        if node.type.endswith(("_expression", "literal", "identifier")):
            m.evaluate(f, node)
            return True
        return sequence(m, f, named(node))
    finally:
        m.nesting -= 1


def _block(m: Machine, f: Frame, node: Node) -> bool:
    return case_body(m, f, named(node))


def _expression(m: Machine, f: Frame, node: Node) -> bool:
    children = named(node)
    for child in children:
        m.evaluate(f, child)
    return not (children and children[0].type == "call_expression" and _ends(f.file.source(children[0])))


def _ends(source: str) -> bool:
    return source.startswith(("panic(", "os.Exit(", "log.Fatal", "log.Panic", "runtime.Goexit("))


def _return(m: Machine, f: Frame, node: Node) -> bool:
    listing = named(node)
    nodes = named(listing[0]) if listing and listing[0].type == "expression_list" else listing
    if nodes:
        values = tuple(several(m, f, nodes))
    else:
        values = tuple(f.scope.get(name) or unknown("run-time value") for name in f.results)
    failed = f.has_error and len(nodes) > 1 and nodes[-1].type != "nil" and not _is_err_variable(f, nodes[-1])
    (f.failures if failed else f.returns).append((f.ambient, values))
    return False


def _is_err_variable(f: Frame, node: Node) -> bool:
    """`return rows, err` hands on both; inside `if err != nil` it only fails."""
    return node.type == "identifier" and not f.failing


def _leave(_m: Machine, f: Frame, _node: Node) -> bool:
    if f.exits:
        f.exits[-1].append((f.ambient, f.scope.fork()))
    return False


def _deferred(m: Machine, f: Frame, node: Node) -> bool:
    for child in named(node):
        m.evaluate(f, child)
    return True


def _nothing(_m: Machine, _f: Frame, _node: Node) -> bool:
    return True


_HANDLERS: dict[str, Callable[[Machine, Frame, Node], bool]] = {
    "block": _block,
    "expression_statement": _expression,
    "short_var_declaration": assignment.declare,
    "assignment_statement": assignment.assign,
    "var_declaration": assignment.variables,
    "const_declaration": assignment.constants,
    "inc_statement": assignment.count,
    "dec_statement": assignment.count,
    "return_statement": _return,
    "if_statement": conditions.if_statement,
    "for_statement": loops.loop,
    "expression_switch_statement": switches.switch_statement,
    "type_switch_statement": switches.switch_statement,
    "select_statement": switches.switch_statement,
    "break_statement": _leave,
    "continue_statement": _leave,
    "goto_statement": _nothing,
    "fallthrough_statement": _nothing,
    "go_statement": _deferred,
    "defer_statement": _deferred,
    "comment": _nothing,
    "type_declaration": _nothing,
    "label_name": _nothing,
}
