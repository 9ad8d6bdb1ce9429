"""How many values a call's argument list stands for, under each branch: `a, b` are two, `args...` as many as it has."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from tree_sitter import Node

from nodepath_cli.source.hosts._go.alternatives import agree
from nodepath_cli.source.hosts._go.machine import Frame
from nodepath_cli.source.hosts._go.values import CAP, Guard, Items, Several, Unknown, Value


class Counted(Struct, frozen=True):
    """One number of values, and the branches that lead to it."""

    guard: Guard
    number: int | None
    """None where it is known only at run time."""
    reason: str = ""
    rounds: tuple[tuple[int, ...], ...] = ()
    """Where they are those of loops: for each the loops, by their numbers, each of whose rounds has one; () for one
    that is there once."""
    none: tuple[int, ...] = ()
    """Loops that had no round."""


def counted(f: Frame, nodes: Sequence[Node], values: Sequence[Value], *, rest: bool) -> tuple[list[Counted], bool]:
    """Return the numbers of values that an argument list can have, and whether they are all that there can be.

    `rest` says whether other arguments stand in front of it.
    """
    if not rest and len(nodes) == 1 and nodes[0].type == "call_expression":
        return [_of_call(values[0])], True
    if not nodes or nodes[-1].type != "variadic_argument":
        return [Counted((), len(nodes))], True
    value, fixed = values[-1], len(nodes) - 1
    found: list[Counted] = []
    for each in value:
        guard, atom = each.guard, each.atom
        if not agree(guard, f.ambient):
            continue
        if isinstance(atom, Items) and not atom.open and not atom.sample:
            found.append(Counted(guard, fixed + len(atom.items)))
        elif isinstance(atom, Unknown) and atom.reason == "nil":
            found.append(Counted(guard, fixed))
        else:
            reason = atom.reason if isinstance(atom, Unknown) else "list of unknown length"
            rounds, none = _rounds(atom, fixed) if isinstance(atom, Items) else ((), ())
            found.append(Counted(guard, None, reason, rounds, none))
    return found, len(value) < CAP


def _rounds(items: Items, fixed: int) -> tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]:
    known: tuple[tuple[int, ...], ...] | None = items.rounds
    if items.size:
        known = ((items.size,),)
    elif items.open or known is None:
        return (), ()
    return (*((),) * fixed, *known), items.none


def _of_call(value: Value) -> Counted:
    """`f(g())` hands on all results of g, however many they are."""
    atom = value[0].atom
    if len(value) == 1 and isinstance(atom, Several):
        return Counted((), len(atom.values))
    return Counted((), None, "results of a call")


def implied(guard: Guard, *known: Guard) -> bool:
    """Say whether a guard holds wherever all of the known ones do."""
    arms = {entry for each in known for entry in each}
    return all(entry in arms for entry in guard)
