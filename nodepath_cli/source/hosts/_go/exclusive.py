"""Branches that exclude each other: one variable, unchanged, is compared with different constants.

`if kind == Replace { ... } else { ... }` and further down `if kind == Upsert { ... }`: where the second holds, the
first does not. Each arm of a branch says what the variable can be there; where that leaves one arm of an earlier
branch, it is taken with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Guard, Number, Text, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_EARLIER = 12
"""Branches on one variable that are compared with a later one."""
_LITERALS = frozenset(("interpreted_string_literal", "raw_string_literal", "int_literal"))
_NAMES = frozenset(("identifier", "selector_expression"))
_FUNCTIONS = frozenset(("function_declaration", "method_declaration"))

Constant = str | int


class Possible(NamedTuple):
    """What a variable can be in an arm: one of some constants, or anything but those."""

    constants: frozenset[Constant]
    inside: bool

    def meets(self, other: Possible) -> bool:
        """Say whether the variable can be so in two arms at once."""
        if self.inside and other.inside:
            return not self.constants.isdisjoint(other.constants)
        if not self.inside and not other.inside:
            return True
        one, rest = (self, other) if self.inside else (other, self)
        return not one.constants <= rest.constants


ANYTHING = Possible(frozenset(), False)


class Asked(Struct):
    """A branch that asks for a variable."""

    subject: Value
    """What the variable was then: kept, as its identity tells whether that has changed."""
    decision: int
    frame: Frame
    tests: Sequence[Sequence[Node]]
    """What each arm compares it with; none in the arm for everything else."""
    arms: list[Possible] | None = None
    """What it can be in each, found out when another branch asks for it."""


def by_condition(m: Machine, f: Frame, condition: Node | None, decision: int) -> list[Guard]:
    """Return the arms of earlier branches that go with each arm of a condition."""
    compared = _comparison(f, condition) if condition is not None else None
    if compared is None:
        return []
    subject, constant, equal = compared
    return _together(m, f, subject, [[constant], []] if equal else [[], [constant]], decision)


def by_cases(m: Machine, f: Frame, subject: Node | None, cases: Sequence[Sequence[Node]], decision: int) -> list[Guard]:
    """Return the arms of earlier branches that go with each case of a switch; the default has no tests."""
    if subject is None or subject.type not in _NAMES:
        return []
    tests = [[node for test in each for node in _listed(test)] for each in cases]
    return _together(m, f, subject, tests, decision)


def _listed(test: Node) -> list[Node]:
    return named(test) if test.type == "expression_list" else [test]


def _comparison(f: Frame, condition: Node) -> tuple[Node, Node, bool] | None:
    """Return what a condition compares, with what constant, and whether it holds where they are equal."""
    if condition.type != "binary_expression":
        return None
    left, sign, right = (condition.child_by_field_name(part) for part in ("left", "operator", "right"))
    if left is None or sign is None or right is None or sign.type not in ("==", "!="):
        return None
    if _root(f, left) is None:
        left, right = right, left
    return (left, right, sign.type == "==") if left.type in _NAMES and right.type in _NAMES | _LITERALS else None


def _root(f: Frame, node: Node) -> Value | None:
    """Return the variable that a name, or a field of it, belongs to; None where it is no variable of the function."""
    if node.type == "selector_expression":
        inner = node.child_by_field_name("operand")
        return _root(f, inner) if inner is not None and inner.type == "identifier" else None
    return f.scope.get(f.file.source(node)) if node.type == "identifier" else None


def _together(m: Machine, f: Frame, subject: Node, tests: Sequence[Sequence[Node]], decision: int) -> list[Guard]:
    value, name = _root(f, subject), f.file.source(subject)
    if value is None or len(value) != 1 or not isinstance(value[0].atom, Unknown):
        return []
    earlier = m.compared.setdefault((id(value), name), [])
    now = Asked(value, decision, f, tests)
    found = _implied(m, earlier, now) if earlier and not _is_set(f, subject, name) else []
    if len(earlier) < _MAX_EARLIER and all(each.decision != decision for each in earlier):
        earlier.append(now)
    return found


def _implied(m: Machine, earlier: Sequence[Asked], now: Asked) -> list[Guard]:
    result: list[Guard] = []
    for arm in _arms(m, now):
        entries = []
        for each in earlier:
            possible = [number for number, other in enumerate(_arms(m, each)) if arm.meets(other)]
            if len(possible) == 1 and each.decision < now.decision:
                entries.append((each.decision, possible[0]))
        result.append(tuple(sorted(entries)))
    return result


def _is_set(f: Frame, subject: Node, name: str) -> bool:
    """Say whether a field is set in the function: what the variable was then says nothing of it."""
    if subject.type == "identifier":
        return False
    above = subject
    while above.parent is not None and above.type not in _FUNCTIONS:
        above = above.parent
    return bool(re.search(rf"(?<![\w.]){re.escape(name)}\s*(?:,[^=\n]*)?(?:[-+|]?=[^=]|\+\+|--)", f.file.source(above)))


def _arms(m: Machine, asked: Asked) -> list[Possible]:
    """Return what the variable of a branch can be in each of its arms."""
    if asked.arms is None:
        told = [[_constant(m, asked.frame, node) for node in tests] for tests in asked.tests]
        known = [frozenset(each for each in constants if each is not None) for constants in told]
        every = frozenset[Constant]().union(*known)
        asked.arms = [
            Possible(own, True) if own and None not in constants else ANYTHING if constants else Possible(every, False)
            for own, constants in zip(known, told, strict=True)
        ]
    return asked.arms


def _constant(m: Machine, f: Frame, node: Node) -> Constant | None:
    """Return a number or text that is the same whenever it is asked for, None for anything else."""
    if node.type not in _NAMES | _LITERALS or (node.type in _NAMES and _root(f, node) is not None):
        return None
    soft, quiet = m.soft, m.quiet
    m.quiet += 1
    try:
        value = first_of(m.test(f, node))
        atom = value[0].atom if len(value) == 1 and not m.soft else None
    finally:
        m.soft, m.quiet = soft, quiet
    if isinstance(atom, Number):
        return None if atom.sample else atom.value
    return plain(atom) if isinstance(atom, Text) else None
