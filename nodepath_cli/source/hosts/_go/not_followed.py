"""What is not followed: database calls whose SQL is not known, lists that are too long, and nodepath's own faults."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.faults import said_of
from nodepath_cli.source.hosts._go.alternatives import join_guards
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.reasons import ARGUMENT, GIVEN_ELEMENT, LIST_ELEMENT, MAP_ENTRY
from nodepath_cli.source.hosts._go.records import Call, Key, NotFollowed, Received
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.values import Guard, Unknown, Value

_VARYING = 2
CUT = "later element of a list that is too long to follow"


def note_opaque(m: Machine, f: Frame, call: Call, reason: str, node: Node, branch: Guard | None = None) -> None:
    """Record a call that is not followed; `branch` is under what, where other branches were followed."""
    wrapper = None
    position = _parameter(f, node) if reason == ARGUMENT or _was_given(m, f, node, reason) else None
    if position is not None and m.calls:
        # Behind a wrapper: the call that was to give the SQL is the one whose SQL is not known.
        m.covered.add(call.key)
        call = m.calls[-1]
    elif position is not None and f.routine is not None:
        wrapper = f.routine
        m.wrappers.setdefault(wrapper, set()).add(position)
    if m.root is not None:
        m.dependent.add(m.root)
    if reason == GIVEN_ELEMENT:
        m.ask()
    ambient = join_guards(f.ambient, branch or ()) or f.ambient
    parameter = reason == ARGUMENT
    order = m.next_order()
    m.not_followed.append(NotFollowed(call, reason, ambient, parameter, order, wrapper, m.root, branch is not None))


def note_failed(m: Machine, routine: Routine, fault: Exception) -> None:
    """Remember a function that nodepath itself failed on: one fault must not take the rest of the tree with it."""
    call = Call(routine.file, routine.start_byte, routine.end_byte, routine.name, routine.name)
    m.not_followed.append(NotFollowed(call, said_of(fault), (), False, m.next_order(), None, m.root))


def cut_short(m: Machine, records: Sequence[Received]) -> None:
    """Remember which calls of a loop send more than was seen of them, as not all of its rounds are followed.

    A call that sends the same in each round sends nothing else in a later one.
    """
    calls: dict[Key, dict[str, Received]] = {}
    for record in records:
        calls.setdefault(record.call.key, {})[record.text.plain] = record
    for texts in calls.values():
        if len({record.iteration for record in texts.values()}) < _VARYING:
            continue
        record = next(iter(texts.values()))
        order = m.next_order()
        m.not_followed.append(NotFollowed(record.call, CUT, record.ambient, False, order, None, m.root, True))


def _was_given(m: Machine, f: Frame, node: Node, reason: str) -> bool:
    """Say whether what is not known is what the call being followed gives for a parameter, or chooses by one."""
    if not m.bound or m.bound[-1][0] != f.routine:
        return False
    index = node.child_by_field_name("index") if node.type == "index_expression" else None
    if index is not None:
        return reason in (MAP_ENTRY, LIST_ELEMENT) and f.file.source(index) in f.parameters
    position = f.parameters.get(f.file.source(node)) if node.type == "identifier" else None
    if position is None or position >= len(m.bound[-1][1]):
        return False
    atom = m.bound[-1][1][position][0].atom
    return isinstance(atom, Unknown) and atom.reason == reason


def _parameter(f: Frame, node: Node, depth: int = 0) -> int | None:
    """Return which parameter of its function an expression is, also where a call only rewrites it (`Rebind(query)`)."""
    if node.type == "identifier":
        return f.parameters.get(f.file.source(node))
    if node.type == "index_expression":
        index = node.child_by_field_name("index")
        return f.parameters.get(f.file.source(index)) if index is not None else None
    listing = node.child_by_field_name("arguments") if node.type == "call_expression" else None
    for each in named(listing) if listing is not None and depth < 3 else ():
        found = _parameter(f, each, depth + 1)
        if found is not None:
            return found
    return None


def note_wrapped(
    m: Machine, f: Frame, wrapper: tuple[str, int], call: Call, nodes: Sequence[Node], values: Sequence[Value]
) -> None:
    """Record a call of a wrapper that is given SQL which cannot be followed."""
    for position in m.wrappers.get(wrapper, ()):
        if position >= min(len(values), len(nodes)):
            continue
        first = values[position][0].atom if values[position] else None
        if isinstance(first, Unknown):
            m.covered_by_callers.add(wrapper)
            note_opaque(m, f, call, first.reason, nodes[position])
