"""Constants that callers give a function which does nothing with them but give them to a database.

Such a function is not followed with the arguments of each of its calls: its SQL is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.constants import constant
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.records import Key, Noted, Passing
from nodepath_cli.source.hosts._go.values import Unknown, Value
from nodepath_cli.source.uses import Given

if TYPE_CHECKING:
    from tree_sitter import Node

_WRITTEN = lazy(rb"(?<![.\w])(\w+)(?=\s*(?:,[^\n=]*)?[-+|&*]?=(?!=))|&\s*(\w+)")
_ANY = frozenset(("string", "any", "interface{}"))


def begin(m: Machine, f: Frame, key: Key) -> None:
    """Remember the parameters of a function that is evaluated on its own which may be texts."""
    m.passing.pop(key, None)
    for name, at in f.parameters.items():
        value = f.scope.get(name)
        atom = value[0].atom if value is not None and len(value) == 1 else None
        if isinstance(atom, Unknown) and (
            atom.type in _ANY or (m.index.is_text(atom.type) and m.index.method(atom.type, "Value") is None)
        ):
            m.parameters[id(atom)] = atom, key, at


def passed(m: Machine, f: Frame, noted: Noted, nodes: Sequence[Node], values: Sequence[Value]) -> None:
    """Remember which arguments for placeholders are those of the function in progress."""
    if _always(m, f):
        for position, (node, value) in enumerate(zip(nodes, values, strict=False)):
            _pass(m, f, noted, position, node, value)


def hand(m: Machine, f: Frame, key: Key, nodes: Sequence[Node], values: Sequence[Value]) -> None:
    """Remember the constants that a call gives for placeholders by a function that is not followed.

    Which of several functions it may call is the one that they are meant for is not known.
    """
    if m.quiet or m.one_of_several or key not in m.passing or len(nodes) != len(values):
        return
    given: dict[Noted, list[Given]] = {}
    always = _always(m, f)
    written = _written(m.routines[key].text)
    for each in tuple(m.passing[key]):
        # What is made of it before (`status = strings.TrimSpace(status)`) is as unknown as it was.
        if each.name.encode() in written:
            continue
        if each.parameter >= len(values) or nodes[each.parameter].type == "variadic_argument":
            continue
        node, value = nodes[each.parameter], values[each.parameter]
        text = constant(m, value, f.ambient)
        if text is not None:
            given.setdefault(each.noted, []).append(Given(each.position, text.plain, f.file.span(node)))
        elif always:
            _pass(m, f, each.noted, each.position, node, value)
    for noted, constants in given.items():
        m.noted[replace(noted, constants=(*noted.constants, *constants))] = None


def _pass(m: Machine, f: Frame, noted: Noted, position: int, node: Node, value: Value) -> None:
    own = m.parameters.get(id(value[0].atom)) if len(value) == 1 and node.type == "identifier" else None
    name = f.file.source(node)
    if own is None or own[1] != m.root or f.parameters.get(name) != own[2]:
        return
    m.passing.setdefault(own[1], []).append(Passing(noted, position, own[2], name))


# Each placeholder of a function asks.
@lru_cache(maxsize=64)
def _written(text: bytes) -> frozenset[bytes]:
    """Return the names that a function's body assigns to, or takes the address of."""
    return frozenset(each[1] or each[2] for each in _WRITTEN.finditer(text, text.find(b"{")))


def _always(m: Machine, f: Frame) -> bool:
    """Say whether what is being run belongs to the function in progress itself, and no branch leads to it.

    Which arguments lead to a branch is not told here.
    """
    return not m.calls and not m.quiet and all(m.decisions.is_round(*entry) for entry in f.ambient)
