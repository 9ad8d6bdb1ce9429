"""What a condition says of a variable counts in the arm that it leads to, and behind it where every other arm leaves.

`switch column { case "name", "city": default: return ErrColumn }` leaves two columns that the SQL behind it can name;
so does `if !allowed[column] { column = "name" }`, with what that arm puts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from nodepath_cli.source.hosts._go import allowed
from nodepath_cli.source.hosts._go.alternatives import under
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Text, Value

if TYPE_CHECKING:
    from tree_sitter import Node


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
        """Forget it behind the branch, unless each way there has asked for it or has put something else there."""
        told = [(self.arms[dict(guard)[decision]], scope) for guard, scope in surviving]
        if all(value is not None or not self._is_there(scope) for value, scope in told):
            return
        for value, scope in told:
            if value is not None and scope.get(self.name) is value:
                scope.assign(self.name, self.before)

    def _is_there(self, scope: Scope) -> bool:
        """Say whether the variable can still be what it was before the branch."""
        now = scope.get(self.name)
        return now is None or any(each.atom is self.before[0].atom for each in now)


def by_cases(m: Machine, f: Frame, subject: Node | None, cases: Sequence[Sequence[Node]]) -> list[Narrowed]:
    """Return what the cases of a switch say of its subject, or of what they ask for, each with its tests.

    The default has none.
    """
    if subject is None:
        return _by_conditions(m, f, cases)
    if allowed.open_value(f, subject) is None:
        return []
    name = f.file.source(subject)
    said = [allowed.one_of(m, f, name, tests).get(name, (None, None))[0] for tests in cases]
    return _narrowed(f, {name: said})


def by_condition(m: Machine, f: Frame, condition: Node | None) -> list[Narrowed]:
    """Return what the two arms of a condition say of the variables that it asks for (`a == "x" || a == "y"`)."""
    if condition is None:
        return []
    return _narrowed(f, {name: list(arms) for name, arms in allowed.said(m, f, condition).items()})


def _by_conditions(m: Machine, f: Frame, cases: Sequence[Sequence[Node]]) -> list[Narrowed]:
    """`switch { case allowed[by]: default: return err }`: each case is met where those before it did not hold."""
    arms: list[allowed.Said] = []
    for tests in cases:
        nodes = [node for test in tests for node in (test.named_children if test.type == "expression_list" else [test])]
        arms.append(allowed.any_of([allowed.said(m, f, node) for node in nodes]))
    before = allowed.any_of([said for tests, said in zip(cases, arms, strict=True) if tests])
    names = {name for said in arms for name in said}
    return _narrowed(
        f,
        {
            name: [
                said.get(name, (None, None))[0] if tests else before.get(name, (None, None))[1]
                for tests, said in zip(cases, arms, strict=True)
            ]
            for name in names
        },
    )


def _narrowed(f: Frame, said: dict[str, list[list[Text] | None]]) -> list[Narrowed]:
    found = []
    for name, arms in said.items():
        before = f.scope.get(name)
        if before is not None and any(arms):
            values = [tuple(Alternative((), text) for text in texts) if texts else None for texts in arms]
            found.append(Narrowed(name, before, values))
    return found


def apart(m: Machine, f: Frame, narrowed: Narrowed, decision: int) -> None:
    """Make a branch of the texts of an arm that has several."""
    for arm, value in enumerate(narrowed.arms):
        if value is not None and len(value) > 1:
            words = [f'{narrowed.name} == "{each.atom.plain}"' for each in value if isinstance(each.atom, Text)]
            inner = m.decisions.get((decision, "one of", narrowed.name, arm), words)
            m.decisions.enter(inner, (*f.ambient, (decision, arm)))
            narrowed.arms[arm] = tuple(
                each for at, alternative in enumerate(value) for each in under((alternative,), ((inner, at),))
            )
