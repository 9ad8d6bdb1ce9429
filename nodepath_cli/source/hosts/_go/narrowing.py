"""What a comparison says of a variable: in the arm that it leads to, and behind it where every other arm leaves.

`switch column { case "name", "city": default: return ErrColumn }` leaves two columns that the SQL behind it can name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from nodepath_cli.source.hosts._go.alternatives import under
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Text, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST = 12
"""Texts of one arm that are kept apart."""
_CONSTANT = frozenset(("interpreted_string_literal", "raw_string_literal", "identifier", "selector_expression"))
_NO_TEXT_TYPES = ("[]", "map[", "*", "int", "bool", "error", "float", "func")


class Narrowed(Struct):
    """A variable that is known only at run time, and what it is in each arm of a branch."""

    name: str
    before: Value
    arms: list[Value | None]
    """None where an arm says nothing of it."""

    def enter(self, number: int, scope: Scope) -> None:
        """Let an arm know what the variable is."""
        value = self.arms[number]
        if value is not None:
            scope.assign(self.name, value)

    def leave(self, surviving: Sequence[tuple[Guard, Scope]], decision: int) -> None:
        """Forget it behind the branch, unless each way there has asked for it."""
        told = [(self.arms[dict(guard)[decision]], scope) for guard, scope in surviving]
        if all(value is not None for value, _ in told):
            return
        for value, scope in told:
            if value is not None and scope.get(self.name) is value:
                scope.assign(self.name, self.before)


def by_cases(m: Machine, f: Frame, subject: Node | None, cases: Sequence[Sequence[Node]]) -> Narrowed | None:
    """Return what the cases of a switch say of its subject, each with its tests; None where they say nothing."""
    before = _open(f, subject)
    if subject is None or before is None:
        return None
    arms = [_texts(m, f, tests) for tests in cases]
    return _narrowed(f.file.source(subject), before, arms)


def by_condition(m: Machine, f: Frame, condition: Node | None) -> Narrowed | None:
    """Return what the two arms of a condition say of a variable that it compares (`a == "x" || a == "y"`)."""
    if condition is None:
        return None
    leaves: list[tuple[str, Node, Node]] = []
    if not _compared(f, condition, "", leaves):
        return None
    sign, subject, _ = leaves[0]
    name = f.file.source(subject)
    before = _open(f, subject)
    if before is None or any(each[0] != sign or f.file.source(each[1]) != name for each in leaves):
        return None
    texts = _texts(m, f, [test for _, _, test in leaves])
    return _narrowed(name, before, [texts, None] if sign == "==" else [None, texts])


def _compared(f: Frame, node: Node, joint: str, leaves: list[tuple[str, Node, Node]]) -> bool:
    """Collect the comparisons of a chain, those for equality with `||` between them, the others with `&&`."""
    if node.type == "parenthesized_expression":
        return all(_compared(f, each, joint, leaves) for each in named(node))
    left, sign, right = (node.child_by_field_name(part) for part in ("left", "operator", "right"))
    if node.type != "binary_expression" or left is None or sign is None or right is None:
        return False
    operator = f.file.source(sign)
    if operator in ("||", "&&"):
        return joint in ("", operator) and all(_compared(f, each, operator, leaves) for each in (left, right))
    if operator not in ("==", "!=") or joint == ("&&" if operator == "==" else "||"):
        return False
    if _open(f, left) is None:
        left, right = right, left
    leaves.append((operator, left, right))
    return True


def _open(f: Frame, subject: Node | None) -> Value | None:
    """Return the value of a variable that may be any text, None for anything else."""
    value = f.scope.get(f.file.source(subject)) if subject is not None and subject.type == "identifier" else None
    atom = value[0].atom if value is not None and len(value) == 1 else None
    return value if isinstance(atom, Unknown) and not atom.type.startswith(_NO_TEXT_TYPES) else None


def _texts(m: Machine, f: Frame, tests: Sequence[Node]) -> list[Text] | None:
    """Return the texts that something is compared with, None where one is not known or empty."""
    found: list[Text] = []
    for listing in tests:
        for test in named(listing) if listing.type == "expression_list" else [listing]:
            value = first_of(m.evaluate(f, test)) if test.type in _CONSTANT else ()
            atom = value[0].atom if len(value) == 1 else None
            if not isinstance(atom, Text) or not plain(atom):
                return None
            found.append(atom)
    return found if 0 < len(found) <= _MOST else None


def _narrowed(name: str, before: Value, arms: Sequence[list[Text] | None]) -> Narrowed | None:
    if not any(arms):
        return None
    return Narrowed(
        name, before, [None if texts is None else tuple(Alternative((), text) for text in texts) for texts in arms]
    )


def apart(m: Machine, f: Frame, narrowed: Narrowed, decision: int) -> None:
    """Make a branch of the texts of an arm that has several."""
    for arm, value in enumerate(narrowed.arms):
        if value is not None and len(value) > 1:
            words = [f'{narrowed.name} == "{each.atom.plain}"' for each in value if isinstance(each.atom, Text)]
            inner = m.decisions.get((decision, "one of", arm), words)
            m.decisions.enter(inner, (*f.ambient, (decision, arm)))
            narrowed.arms[arm] = tuple(
                each for at, alternative in enumerate(value) for each in under((alternative,), ((inner, at),))
            )
