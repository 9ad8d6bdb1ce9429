"""Branches: each arm on its own copy of the variables, which are joined behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import dialects, narrowing
from nodepath_cli.source.hosts._go.alternatives import join_guards
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.narrowing import Narrowed
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Value

_IDENTIFIER = lazy(r"(?<![\w.\"`])[A-Za-z_]\w*")
LETTER = lazy(r"'(?:[^'\\]|\\.)'")
"""A condition on a letter of a text: what a program that reads its texts letter by letter makes of them is a guess."""


def sequence(m: Machine, f: Frame, nodes: Sequence[Node]) -> bool:
    """Run statements one behind the other, up to the one that does not go on."""
    return all(m.execute(f, node) for node in nodes)


def case_body(m: Machine, f: Frame, nodes: Sequence[Node]) -> bool:
    """Run the statements of an arm in a block of their own."""
    f.scope.push()
    try:
        return sequence(m, f, nodes)
    finally:
        f.scope.pop()


def branch(
    m: Machine,
    f: Frame,
    decision: int,
    arms: Sequence[Node | Sequence[Node] | None],
    narrowed: Sequence[Narrowed] = (),
    along: Sequence[Guard] = (),
) -> bool:
    """Run every arm on its own copy of the variables and join what goes on. None is an arm that does nothing.

    `along` are, for each arm, those of earlier branches that surely were taken where it is.
    """
    for each in narrowed:
        narrowing.apart(m, f, each, decision)
    base, ambient = f.scope, f.ambient
    m.charge(base.size() * len(arms))
    m.decisions.enter(decision, ambient, m.root)
    joined: list[tuple[Guard, Scope]] = []
    surviving: list[Guard] = []
    for number, arm in enumerate(arms):
        guard: Guard = ((decision, number),)
        if along and join_guards(ambient, along[number]) is not None:
            guard = (*along[number], *guard)
        inside = join_guards(ambient, guard)
        if inside is None:
            continue
        f.scope, f.ambient = base.fork(), inside
        for each in narrowed:
            each.enter(m, number, f.scope)
        goes_on = True
        if arm is not None:
            goes_on = m.execute(f, arm) if isinstance(arm, Node) else case_body(m, f, arm)
        if goes_on:
            joined.append((guard, f.scope))
            surviving.append(f.ambient)
    f.scope, f.ambient = base, ambient
    if not joined:
        return False
    for each in narrowed:
        each.leave(joined, decision)
    base.join(joined)
    if len(joined) == 1:
        f.ambient = surviving[0]
    return True


def under_each(f: Frame, value: Value, run: Callable[[Alternative], bool]) -> bool:
    """Run something under each alternative of a value; say whether it goes on under any.

    Behind it nothing is any more what it would be under those that it does not go on under.
    """
    base, ambient = f.scope, f.ambient
    joined: list[tuple[Guard, Scope]] = []
    ended: list[Guard] = []
    exits = len(f.exits[-1]) if f.exits else 0
    for alternative in value:
        inside = join_guards(ambient, alternative.guard)
        if inside is None:
            continue
        f.scope, f.ambient = base.fork(), inside
        if run(alternative):
            joined.append((alternative.guard, f.scope))
        else:
            ended.append(alternative.guard)
    f.scope, f.ambient = base, ambient
    if joined:
        base.join(joined)
        if exits == (len(f.exits[-1]) if f.exits else 0):
            base.without(ended)
    return bool(joined)


def condition_key(f: Frame, node: Node, source: str, words: list[str]) -> tuple[object, list[str], object]:
    """Two branches with one condition over the same values are one decision.

    A condition that calls something may answer differently each time, so it is a decision of its own.
    """
    compared = dialects.driver_test(source)
    if compared is not None:
        # Which database it is does not change while the program runs, whoever asks.
        return ("driver", f.file.folder, compared), words, None
    names = _IDENTIFIER.findall(source)
    if "(" in re.sub(r"\b(?:len|strings\.\w+)\(", "", source):
        return (f.activation, f.iteration, node.start_byte), words, None
    held = [value for name in names if (value := f.scope.get(name)) is not None]
    if held:
        # A function that is handed the very value of a condition and asks the same decides nothing anew.
        return (source, tuple(map(id, held))), words, held
    return ("package", f.file.folder, source), words, None
