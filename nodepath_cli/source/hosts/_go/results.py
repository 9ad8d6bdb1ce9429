"""The results of calls where Go takes several values at once."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.values import Several, Value, unknown


def several(m: Machine, f: Frame, nodes: Sequence[Node]) -> list[Value]:
    """Return the values of an expression list; one call that returns several values gives them all."""
    values = [m.evaluate(f, node) for node in nodes]
    if len(values) == 1 and len(values[0]) == 1 and isinstance(values[0][0].atom, Several):
        return list(values[0][0].atom.values)
    return [first_of(value) for value in values]


def first_of(value: Value) -> Value:
    """Return the first of a call's results where it has several."""
    if len(value) == 1 and isinstance(value[0].atom, Several):
        return value[0].atom.values[0] if value[0].atom.values else unknown("no value")
    return value
