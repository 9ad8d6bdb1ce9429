"""What a condition says of a variable counts in the arm that it leads to, and behind it where every other arm leaves.

`switch column { case "name", "city": default: return ErrColumn }` leaves two columns that the SQL behind it can name;
so does `if !allowed[column] { column = "name" }`, with what that arm puts there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import allowed, predicates, subjects
from nodepath_cli.source.hosts._go.alternatives import under
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.repeats import repeated_value
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Items, Text, Unknown, Value, just

if TYPE_CHECKING:
    from tree_sitter import Node


_CHECKED = lazy(r"(\w+)\s*!=\s*nil$")


class Narrowed(Struct):
    """A variable that is known only at run time, and what it is in each arm of a branch."""

    name: str
    before: Value
    arms: list[Value | None]
    """None where an arm says nothing of it."""

    def enter(self, m: Machine, number: int, scope: Scope) -> None:
        """Let an arm know what the variable is."""
        value = self.arms[number]
        if value is not None:
            scope.assign(self.name, value)
            m.asked_values[id(value)] = value

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
        return now is None or any(each.atom is was.atom for each in now for was in self.before)


def by_cases(m: Machine, f: Frame, subject: Node | None, cases: Sequence[Sequence[Node]]) -> list[Narrowed]:
    """Return what the cases of a switch say of its subject, or of what they ask for, each with its tests.

    The default has none.
    """
    if subject is None:
        return _by_conditions(m, f, cases)
    if subjects.open_value(m, f, subject) is None:
        return []
    name = f.file.source(subject)
    said = [allowed.one_of(m, f, name, tests).get(name, (None, None))[0] for tests in cases]
    return _narrowed(m, f, {name: said})


def without_error(m: Machine, f: Frame, node: Node, failed: Node) -> None:
    """Let the statements behind `if err := check(by); err != nil { return err }` know what passes that check."""
    condition = node.child_by_field_name("condition")
    asked = _CHECKED.match(f.file.source(condition)) if condition is not None else None
    statement = node.child_by_field_name("initializer") or node.prev_named_sibling
    if asked is None or statement is None or statement.type not in ("short_var_declaration", "assignment_statement"):
        return
    left, right = statement.child_by_field_name("left"), statement.child_by_field_name("right")
    call = right.named_children[0] if right is not None and right.named_child_count == 1 else None
    if left is None or call is None or call.type != "call_expression" or f.file.source(left) != asked.group(1):
        return
    found = allowed.called(m, f, call)
    texts = predicates.asked(m, found[0])[0] if found is not None and _leaves(failed) else None
    if found is None or not texts:
        return
    name = f.file.source(found[1])
    subjects.before(m, f, name)
    words = [f'{name} == "{text.plain}"' for text in texts]
    decision = m.decisions.get(("passes", f.activation, f.iteration, node.start_byte, f.file.path), words)
    m.decisions.enter(decision, f.ambient, m.root)
    f.scope.assign(name, tuple(Alternative(((decision, at),), text) for at, text in enumerate(texts)))


def _leaves(block: Node) -> bool:
    """Say whether a block surely leaves what it stands in."""
    last: Node | None = block
    while last is not None and last.type in ("block", "statement_list"):
        last = next((each for each in reversed(last.named_children) if each.type != "comment"), None)
    return last is not None and last.type in ("return_statement", "continue_statement", "break_statement")


def of_elements(m: Machine, f: Frame, listed: str, element: Value | None) -> None:
    """Let the statements behind a loop that leaves for each element that is not allowed know what the others are.

    `element` is what its variable was at the end of a round.
    """
    before = f.scope.get(listed)
    if element is None or before is None or m.asked_values.get(id(element)) is not element or len(before) != 1:
        return
    if isinstance(before[0].atom, Unknown):
        size = m.multiple(m.length(before) or before)
        item = repeated_value(element, size) if size else element
        rounds = ((size,),) if size else None
        f.scope.assign(listed, just(Items((item,), False, "string", True, "", rounds, (), size)))


def by_condition(m: Machine, f: Frame, condition: Node | None) -> list[Narrowed]:
    """Return what the two arms of a condition say of the variables that it asks for (`a == "x" || a == "y"`)."""
    if condition is None:
        return []
    return _narrowed(m, f, {name: list(arms) for name, arms in allowed.said(m, f, condition, predicates.asked).items()})


def _by_conditions(m: Machine, f: Frame, cases: Sequence[Sequence[Node]]) -> list[Narrowed]:
    """`switch { case allowed[by]: default: return err }`: each case is met where those before it did not hold."""
    arms: list[allowed.Said] = []
    for tests in cases:
        nodes = [node for test in tests for node in (test.named_children if test.type == "expression_list" else [test])]
        arms.append(allowed.any_of([allowed.said(m, f, node, predicates.asked) for node in nodes]))
    before = allowed.any_of([said for tests, said in zip(cases, arms, strict=True) if tests])
    names = {name for said in arms for name in said}
    return _narrowed(
        m,
        f,
        {
            name: [
                said.get(name, (None, None))[0] if tests else before.get(name, (None, None))[1]
                for tests, said in zip(cases, arms, strict=True)
            ]
            for name in names
        },
    )


def _narrowed(m: Machine, f: Frame, said: dict[str, list[list[Text] | None]]) -> list[Narrowed]:
    found = []
    for name, told in said.items():
        # One text alone that a field is compared with is mostly a setting, no list of what is allowed.
        arms = [texts if texts and ("." not in name or len(texts) > 1) else None for texts in told]
        before = subjects.before(m, f, name) if any(arms) else None
        if before is not None:
            values = [tuple(Alternative((), text) for text in texts) if texts else None for texts in arms]
            found.append(Narrowed(name, before, values))
    return found


def apart(m: Machine, f: Frame, narrowed: Narrowed, decision: int) -> None:
    """Make a branch of the texts of an arm that has several."""
    for arm, value in enumerate(narrowed.arms):
        if value is not None and len(value) > 1:
            words = [f'{narrowed.name} == "{each.atom.plain}"' for each in value if isinstance(each.atom, Text)]
            inner = m.decisions.get((decision, "one of", narrowed.name, arm), words)
            m.decisions.enter(inner, (*f.ambient, (decision, arm)), m.root)
            narrowed.arms[arm] = tuple(
                each for at, alternative in enumerate(value) for each in under((alternative,), ((inner, at),))
            )
