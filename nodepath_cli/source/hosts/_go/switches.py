"""Switches: which of their cases are taken, as far as that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import dialects, exclusive, loops, narrowing
from nodepath_cli.source.hosts._go.branches import LETTER, branch, case_body, condition_key, under_each
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.narrowing import Narrowed
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import FEW, Alternative, Atom, Number, Text, Value


def switch_statement(m: Machine, f: Frame, node: Node) -> bool:
    """Run a `switch` or `select` statement."""
    ambient = f.ambient
    f.scope.push()
    f.exits.append([])
    try:
        initializer, subject = node.child_by_field_name("initializer"), node.child_by_field_name("value")
        if initializer is not None:
            m.execute(f, initializer)
        value = first_of(m.test(f, subject)) if subject is not None else ()
        value = () if m.soft else value
        shown = f.file.shown(subject) if subject is not None else ""
        bodies: list[Sequence[Node] | None] = []
        asked: list[Sequence[Node]] = []
        words: list[str] = []
        chosen: int | None = None
        default: int | None = None
        others = bool(value)
        for case in (child for child in named(node) if child.type.endswith("_case")):
            tests = case.children_by_field_name("value") or case.children_by_field_name("type")
            tests += case.children_by_field_name("communication")
            skip = {test.start_byte for test in tests}
            body = [child for child in named(case) if child.start_byte not in skip]
            if case.type == "default_case":
                default = len(bodies)
                words.append(f"default of switch {shown}".rstrip())
            else:
                label = ", ".join(f.file.shown(test) for test in tests)
                words.append(f"switch {shown}: case {label}" if shown else f"case {label}")
                matches = _matches(m, f, value, tests) if chosen is None else None
                if matches:
                    chosen = len(bodies)
                others = others and matches is False
            bodies.append(body)
            asked.append(tests)
        if chosen is None and others and bodies and isinstance(value[0].atom, Number):
            # None of the cases is the one.
            if default is None:
                m.folded = True
                return True
            chosen = default
        few = 1 < len(value) <= FEW and node.type == "expression_switch_statement"
        taken = _taken(m, f, value, asked, default) if few else None
        if taken is not None and not any(
            dialects.by_branch(words[arm], "mysql") for arm in taken.values() if arm != -1
        ):
            m.folded = True
            return _run_taken(m, f, value, taken, bodies) or bool(f.exits[-1])
        narrowed: Sequence[Narrowed] = ()
        if node.type == "expression_switch_statement":
            asked += [()] if default is None else []
            narrowed = narrowing.by_cases(m, f, subject, asked)
        return _run_cases(m, f, node, shown, words, bodies, chosen, default, asked, narrowed)
    finally:
        exits = f.exits.pop()
        f.scope.pop()
        loops.take_exits(f, exits, ambient)


def _taken(
    m: Machine, f: Frame, value: Value, asked: Sequence[Sequence[Node]], default: int | None
) -> dict[int, int] | None:
    """Return which case each alternative of a known value takes, -1 for none; None where that is not known."""
    taken: dict[int, int] = {}
    for alternative in value:
        for arm, tests in enumerate(asked):
            matches = _matches(m, f, (alternative,), tests) if tests else False
            if matches is None:
                return None
            if matches:
                taken[id(alternative)] = arm
                break
        else:
            taken[id(alternative)] = -1 if default is None else default
    return taken


def _run_taken(
    m: Machine, f: Frame, value: Value, taken: Mapping[int, int], bodies: Sequence[Sequence[Node] | None]
) -> bool:
    def run(alternative: Alternative) -> bool:
        arm = taken[id(alternative)]
        body = bodies[arm] if arm != -1 else None
        return body is None or case_body(m, f, body)

    return under_each(f, value, run)


def _run_cases(
    m: Machine,
    f: Frame,
    node: Node,
    shown: str,
    words: list[str],
    bodies: list[Sequence[Node] | None],
    chosen: int | None,
    default: int | None,
    asked: Sequence[Sequence[Node]],
    narrowed: Sequence[Narrowed],
) -> bool:
    if chosen is not None and not dialects.by_branch(words[chosen], "mysql"):
        m.folded = True
        arm = bodies[chosen]
        goes_on = case_body(m, f, arm) if arm is not None else True
        return goes_on or bool(f.exits[-1])
    subject = node.child_by_field_name("value") if node.type == "expression_switch_statement" else None
    if default is None:
        bodies, words = [*bodies, None], [*words, f"no case of switch {shown}".rstrip()]
    if len(bodies) == 1:
        return (case_body(m, f, bodies[0]) if bodies[0] is not None else True) or bool(f.exits[-1])
    key, arms, held = condition_key(f, node, f"switch {shown} {' '.join(words)}" if shown else "(", words)
    decision = m.decisions.get((key, "switch"), arms, held)
    if any(map(LETTER.search, words)):
        m.decisions.guess(decision, "text")
    if default is None:
        m.decisions.doubt(decision, len(bodies) - 1)
    cases = [*asked, *([()] * (len(bodies) - len(asked)))]
    along = exclusive.by_cases(m, f, subject, cases, decision)
    return branch(m, f, decision, bodies, narrowed, along) or bool(f.exits[-1])


def _matches(m: Machine, f: Frame, value: Value, tests: Sequence[Node]) -> bool | None:
    """Say whether a case surely is the one of a value that is known, or surely not; None where that is not known."""
    if len(value) != 1 or not isinstance(value[0].atom, (Text, Number)):
        return None
    wanted = _compared(value[0].atom)
    if wanted is None:
        return None
    known = True
    for listing in tests:
        for test in named(listing) if listing.type == "expression_list" else [listing]:
            answer = first_of(m.evaluate(f, test))
            other = _compared(answer[0].atom) if len(answer) == 1 else None
            if other is not None and other == wanted:
                return True
            known = known and other is not None
    return False if known else None


def _compared(atom: Atom) -> str | int | None:
    """Return what a text or number that is known is compared by."""
    if isinstance(atom, Number):
        return None if atom.sample else atom.value
    return plain(atom)
