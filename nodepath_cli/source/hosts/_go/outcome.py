"""What a function's activation leaves: its results, also those of a function that is not followed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.alternatives import limit, under
from nodepath_cli.source.hosts._go.binding import function_name, result_types
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import typed
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.values import (
    Alternative,
    Atom,
    Function,
    Guard,
    Handle,
    Several,
    Text,
    Unknown,
    Value,
    just,
    unknown,
)

Results = tuple[Value, ...]
_WORD = lazy(r"\w+")
METHOD = "method in "
"""How a branch is named that stands for one of the types behind an interface: followed by its file."""


def unknown_results(m: Machine, function: Function) -> Results:
    reason = f"result of {function_name(function) or 'func literal'}()"
    return tuple(unknown(reason, kind) for kind in result_types(m, function))


def foreign(atom: Atom, reason: str) -> Atom:
    """What depends on a function's arguments, as its caller sees it."""
    if isinstance(atom, Unknown) and atom.reason == ARGUMENT:
        return Unknown(reason, atom.type)
    if isinstance(atom, Text) and any(piece.hole is not None and piece.hole[1] == ARGUMENT for piece in atom.pieces):
        pieces = [
            replace(piece, hole=(piece.hole[0], reason))
            if piece.hole is not None and piece.hole[1] == ARGUMENT
            else piece
            for piece in atom.pieces
        ]
        return Text(tuple(pieces), atom.plain)
    return atom


def has_rows(value: Value) -> bool:
    """Say whether rows or a prepared statement are among results: their columns are taken by the caller."""
    return any(
        isinstance(each.atom, Handle) or (isinstance(each.atom, Several) and any(map(has_rows, each.atom.values)))
        for each in value
    )


def results_of(m: Machine, frame: Frame, function: Function) -> Results:
    rows = frame.returns or frame.failures
    kinds = result_types(m, function)
    if not rows:
        return tuple(frame.scope.get(name) or unknown("run-time value") for name in frame.results) or unknown_results(
            m, function
        )
    entered = set(frame.entered)
    result = []
    for position in range(max(len(kinds), 1)):
        alternatives: list[Alternative] = []
        for guard, values in rows:
            if position < len(values):
                relative: Guard = tuple(entry for entry in guard if entry not in entered)
                alternatives.extend(under(values[position], relative) if len(rows) > 1 else values[position])
        value = limit(alternatives) or unknown("run-time value")
        result.append(typed(m, value, kinds[position]) if position < len(kinds) else value)
    return tuple(result)


def merged(
    m: Machine, f: Frame, node: Node, called: Sequence[tuple[Function, Results]], receiver: Value | None
) -> Value:
    """Return a call's value from what the functions that it may call return.

    `receiver` is what they are methods of: one value behind an interface has all its methods from one type.
    """
    called = [(function, row) for function, row in called if row]
    rows = [row for _, row in called]
    if not rows:
        return unknown("no value")
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else just(Several(rows[0]))
    files = [function.file for function, _ in called]
    if len({file.built for file in files if file.built}) == len(files):
        decision = m.decisions.built(files)
    else:
        names = [_place(function, number) for number, (function, _) in enumerate(called, 1)]
        held = receiver[0].atom if receiver is not None and len(receiver) == 1 else None
        owners = tuple(_owner(function) for function, _ in called)
        if isinstance(held, Unknown) and all(owners):
            decision = m.decisions.get(("callee", f.activation, f.iteration, id(held), *owners), names, held)
        else:
            decision = m.decisions.get(("callee", f.activation, f.iteration, node.start_byte), names)
    width = min(len(row) for row in rows)
    values = tuple(
        limit(each for number, row in enumerate(rows) for each in under(row[position], ((decision, number),)))
        for position in range(width)
    )
    return values[0] if width == 1 else just(Several(values))


def _owner(function: Function) -> tuple[str, str] | None:
    """Return the folder and name of the type that a method belongs to, None for a function."""
    receiver = function.node.child_by_field_name("receiver")
    words = _WORD.findall(function.file.source(receiver).partition("[")[0]) if receiver is not None else []
    return (function.file.folder, words[-1]) if words else None


def _place(function: Function, number: int) -> str:
    return METHOD + function.file.name if function.node.type == "method_declaration" else f"callee {number}"
