"""Recording the SQL that calls receive, and the database calls whose SQL cannot be followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from nodepath_cli.source.hosts._go.calls import ALWAYS, base_name, is_database, never_sends, sql_argument
from nodepath_cli.source.hosts._go.looks_like_sql import sql_kind, sql_kind_at_sink
from nodepath_cli.source.hosts._go.machine import ARGUMENT, Call, Frame, Machine, NotFollowed, Received
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.values import (
    Alternative,
    Several,
    Text,
    Unknown,
    Value,
    given,
    has_hole,
)
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.calling import Callee

Literal = Span

_TEXT_PACKAGES = frozenset(("fmt", "strings", "bytes", "strconv", "slices", "maps"))


def is_sql(value: Value) -> bool:
    """Say whether a value is SQL in one of its alternatives."""
    return any(isinstance(each.atom, Text) and sql_kind(each.atom.plain) for each in value)


def spread_results(value: Value) -> list[Value]:
    """Return the values that a call's single argument stands for: `f(g())` hands on all results of g."""
    atom = value[0].atom
    return list(atom.values) if isinstance(atom, Several) else [value]


def record(
    m: Machine, f: Frame, call: Call, callee: Callee, nodes: Sequence[Node], values: Sequence[Value]
) -> frozenset[Literal]:
    """Record the SQL among a call's arguments; return the literals that it consists of."""
    if m.quiet:
        return frozenset()
    sink = _sink(f, callee, nodes)
    if sink is not None:
        return _record_sink(m, f, call, callee, nodes[sink], first_of(values[sink]))
    if never_sends(callee.name, callee.package, callee.method):
        return frozenset()
    literals: set[Literal] = set()
    for value in values:
        for alternative in given(first_of(value), f.ambient):
            atom = alternative.atom
            if isinstance(atom, Text) and len(atom.plain) > 5:
                kind = sql_kind(atom.plain)
                if kind is not None:
                    literals |= _note(m, f, call, alternative, atom, kind, 1)
    return frozenset(literals)


def is_sink(f: Frame, callee: Callee, nodes: Sequence[Node]) -> bool:
    """Say whether a call is a database call by its name and shape."""
    return _sink(f, callee, nodes) is not None


def wanted(f: Frame, callee: Callee, nodes: Sequence[Node]) -> range | None:
    """Return which arguments of a call may be SQL, None where all may."""
    sink = _sink(f, callee, nodes)
    if sink is not None:
        return range(sink, sink + 1)
    if callee.package not in _TEXT_PACKAGES and never_sends(callee.name, callee.package, callee.method):
        return range(0) if callee.method else None
    return None


def _sink(f: Frame, callee: Callee, nodes: Sequence[Node]) -> int | None:
    """Return which argument is the SQL of a database method, None where the call is none."""
    if not callee.method or callee.package is not None:
        return None
    position = sql_argument(callee.method, [f.file.source(node) for node in nodes])
    if position is None or nodes[position].type == "func_literal":
        return None
    receiver = f.file.source(callee.receiver_node) if callee.receiver_node is not None else ""
    database = is_database("".join(receiver.split()), callee.receiver_type)
    if database is False or (database is None and base_name(callee.method) not in ALWAYS):
        return None
    return position


def _record_sink(m: Machine, f: Frame, call: Call, callee: Callee, node: Node, value: Value) -> frozenset[Literal]:
    literals: set[Literal] = set()
    reason = None
    for alternative in given(value, f.ambient):
        atom = alternative.atom
        if isinstance(atom, Text):
            kind = sql_kind_at_sink(atom.plain)
            if kind is not None:
                literals |= _note(m, f, call, alternative, atom, kind, 2)
            elif has_hole(atom):
                reason = reason or _start_reason(atom)
        elif isinstance(atom, Unknown):
            reason = reason or atom.reason
        else:
            reason = reason or "run-time value"
    if literals or reason is None:
        return frozenset(literals)
    receiver = f.file.source(callee.receiver_node) if callee.receiver_node is not None else ""
    if is_database("".join(receiver.split()), callee.receiver_type) is None and not _may_be_text(value):
        return frozenset()
    _note_opaque(m, f, call, reason, node)
    return frozenset()


def _may_be_text(value: Value) -> bool:
    atom = value[0].atom
    return isinstance(atom, Text) or (isinstance(atom, Unknown) and atom.type in ("", "string"))


def _start_reason(text: Text) -> str:
    for piece in text.pieces:
        if piece.hole is not None:
            return piece.hole[1]
    return "run-time value"


def _note(m: Machine, f: Frame, call: Call, alternative: Alternative, text: Text, kind: str, rank: int) -> set[Literal]:
    literals = {piece.literal for piece in text.pieces if piece.literal is not None}
    visible = [piece.literal for piece in text.pieces if piece.literal is not None and not piece.text.isspace()]
    outer = _outer_call(m, literals)
    if outer is not None and rank < 2:
        # A helper of the wrapper that was given the SQL too: the wrapper's own call is recorded.
        return literals
    if outer is not None:
        given_literals, caller = outer
        m.covered.add(call.key)
        call, rank = caller, 3
        visible = [literal for literal in visible if literal in given_literals] or visible
    m.received.append(
        Received(
            call,
            text,
            alternative.guard,
            f.ambient,
            kind,
            rank,
            m.inline_depth > 0,
            m.next_order(),
            visible[0] if visible else None,
            f.iteration,
            m.root,
        )
    )
    return literals


def hand_on(m: Machine, call: Call, literals: frozenset[Literal], result: Value) -> None:
    """Remember a call that returns the SQL that it was given: whoever gets the result is the database call."""
    for each in result:
        atom = first_of((each,))[0].atom
        if isinstance(atom, Text):
            same = {piece.literal for piece in atom.pieces if piece.literal in literals and piece.literal is not None}
            if same:
                m.handed_on.setdefault(call.key, set()).update(same)


def _outer_call(m: Machine, literals: set[Literal]) -> tuple[frozenset[Literal], Call] | None:
    """Return the outermost call that was given one of these literals as SQL: that is where the wrapper is used."""
    return next((entry for entry in m.arguments if entry[0] & literals), None)


def _note_opaque(m: Machine, f: Frame, call: Call, reason: str, node: Node) -> None:
    wrapper = None
    position = f.parameters.get(f.file.source(node)) if node.type == "identifier" else None
    if position is not None and m.calls:
        # Behind a wrapper: the call that was to give the SQL is the one whose SQL is not known.
        m.covered.add(call.key)
        call = m.calls[-1]
    elif position is not None and f.routine is not None:
        wrapper = f.routine
        m.wrappers.setdefault(wrapper, set()).add(position)
    m.not_followed.append(NotFollowed(call, reason, f.ambient, reason == ARGUMENT, m.next_order(), wrapper, m.root))


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
            _note_opaque(m, f, call, first.reason, nodes[position])
