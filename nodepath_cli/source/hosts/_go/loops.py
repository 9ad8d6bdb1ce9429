"""Loops: over what is known element by element, over anything else none and one iteration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tree_sitter import Node

from nodepath_cli.source.hosts._go import letters, narrowing, not_followed
from nodepath_cli.source.hosts._go.alternatives import join_guards
from nodepath_cli.source.hosts._go.joints import with_mark
from nodepath_cli.source.hosts._go.later_rounds import differ
from nodepath_cli.source.hosts._go.machine import Frame, Machine, OutOfSteps
from nodepath_cli.source.hosts._go.reasons import ARGUMENT, GIVEN_ELEMENT, MAP_KEY
from nodepath_cli.source.hosts._go.repeats import loop_of, mark_repeats, place
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.same_rounds import (
    adds_alike,
    as_many_rounds,
    counted_to,
    index_of,
    is_steady,
    mark_between,
)
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import reason_of, type_of
from nodepath_cli.source.hosts._go.values import (
    SEQUENCE,
    Atom,
    Function,
    Guard,
    Items,
    Number,
    Table,
    Text,
    Truth,
    Unknown,
    Value,
    just,
    unknown,
)

_MAX_ROUNDS = 128
"""Most iterations of a loop that is counted out."""
_UNDECIDED = 12
"""Rounds with branches that are not decided, after which a loop is left: each doubles what the variables can be."""
_MAX_ELEMENTS = 200
"""Most elements of a list that a loop goes through one by one."""


def loop(m: Machine, f: Frame, node: Node) -> bool:
    """Run a `for` statement."""
    body = node.child_by_field_name("body")
    clause = next((child for child in named(node) if child is not body and child != body), None)
    f.scope.push()
    f.exits.append([])
    try:
        if body is None:
            return True
        if clause is None:
            return _once(m, f, node, body, None, may_skip=False)
        if clause.type == "range_clause":
            return _range(m, f, node, clause, body)
        if clause.type == "for_clause":
            return _counted(m, f, node, clause, body)
        m.evaluate(f, clause)
        return _once(m, f, node, body, None, may_skip=True)
    finally:
        f.exits.pop()
        f.scope.pop()


def take_exits(f: Frame, exits: list[tuple[Guard, Scope]], entered: Guard) -> None:
    """Join the variables at `break` and `continue` statements with those of the flow that went on.

    `entered` are the branches around the loop or switch.
    """
    before = set(entered)
    now = tuple(entry for entry in f.ambient if entry not in before)
    for guard, scope in exits[:4]:
        relative = tuple(entry for entry in guard if entry not in before)
        levels = scope.levels[: len(f.scope.levels)]
        if relative:
            f.scope.join([(now, f.scope.fork()), (relative, Scope(f.scope.owner, levels, f.scope.blocks))])


def _range(m: Machine, f: Frame, node: Node, clause: Node, body: Node) -> bool:
    right, left = clause.child_by_field_name("right"), clause.child_by_field_name("left")
    value = first_of(m.evaluate(f, right)) if right is not None else unknown("broken loop")
    targets = [f.file.source(name) for name in named(left)] if left is not None else []
    atom = value[0].atom
    if len(value) == 1 and isinstance(atom, Items) and not atom.open and atom.items:
        pairs = _pairs(atom)
        before = f.scope.fork() if atom.sample else None
        mark = _between_alike(f, body, targets, atom)
        _each(m, f, body, targets, pairs)
        if before is not None:
            mark_repeats(before, f.scope, loop_of(atom) or place(f.file, node), mark=mark)
        return True
    if len(value) == 1 and isinstance(atom, Table) and not atom.open and atom.entries:
        return _each(m, f, body, targets, list(atom.entries))
    if len(value) == 1 and isinstance(atom, Number) and not atom.sample and 0 <= atom.value <= _MAX_ROUNDS:
        return _each(m, f, body, targets, [(just(Number(n)), unknown("")) for n in range(atom.value)])
    if any(_is_known(each.atom) for each in value):
        return _alternatives(m, f, node, body, targets, value)
    # The elements of a file's text are as little known as the file: that is what a report should say.
    kind, reason = type_of(value), "loop variable"
    if isinstance(atom, Unknown) and atom.reason == "file":
        reason = "file"
    elif isinstance(atom, Unknown) and atom.reason == ARGUMENT and kind == "[]string":
        reason = GIVEN_ELEMENT
    element = unknown(reason, kind.partition("[]")[2])
    if isinstance(atom, Items):
        element = unknown(reason, atom.type)
    shown = f.file.shown(right) if right is not None else ""
    words = f"for range {shown}"
    is_map = kind.startswith("map[") or isinstance(atom, Table)
    first = unknown(MAP_KEY) if is_map else just(Number(0))
    if isinstance(atom, Items) and atom.named == SEQUENCE:
        first = element
    if isinstance(atom, (Unknown, Text, Function)) and kind != "int" and not kind.startswith(("[]", "map[")):
        first = unknown(reason)
    counted = as_many_rounds(m, f, value, body)
    listed = f.file.source(right) if right is not None and right.type == "identifier" and len(targets) == 2 else ""
    ends: list[Value | None] = []
    index = targets[0] if targets else ""
    steady, mark = _alike(f, body, index)
    variables = (targets, [first, element])
    more = None
    if targets and isinstance(first[0].atom, Number) and differ(f, body, index):
        more = partial(_declare, f, targets, [just(Number(1, sample=True)), element])
    before = f.scope.fork() if right is not None and letters.are_gone_through(value) else None
    goes_on = _once(
        *(m, f, node, body, variables, ends),
        may_skip=True,
        words=words,
        counted=counted,
        steady=steady,
        mark=mark,
        more=more,
    )
    if before is not None and right is not None:
        letters.built(f, before, value, right)
    if listed and ends and isinstance(atom, Unknown):
        narrowing.of_elements(m, f, listed, ends[0])
    return goes_on


def _alike(f: Frame, body: Node, index: str) -> tuple[bool, tuple[str, str] | None]:
    """Say whether each round adds the same, and return what stands between two elements, as in `mark_repeats`."""
    steady = is_steady(f, body, index)
    return steady, ("", "") if steady and adds_alike(f, body) else mark_between(f, body, index)


def _between_alike(f: Frame, body: Node, targets: list[str], items: Items) -> tuple[str, str] | None:
    """Return what stands between two elements of a list all of which are like the one that is known."""
    return _alike(f, body, targets[0])[1] if items.steady and len(items.items) == 1 and targets else None


def _pairs(items: Items) -> list[tuple[Value, Value]]:
    """Return what the two variables of a loop over a list are in each round."""
    if items.named == SEQUENCE:
        return [(item, unknown("no value")) for item in items.items]
    return [(just(Number(number)), item) for number, item in enumerate(items.items)]


def _is_known(atom: Atom) -> bool:
    """Say whether something is gone through element by element."""
    if isinstance(atom, Items):
        return bool(atom.items) and not atom.open
    return isinstance(atom, Table) and bool(atom.entries) and not atom.open


def _alternatives(m: Machine, f: Frame, node: Node, body: Node, targets: list[str], value: Value) -> bool:
    """A list that depends on a branch: go through each of its forms under that branch."""
    base, ambient = f.scope, f.ambient
    joined: list[tuple[Guard, Scope]] = []
    rounds: Scope | None = None
    none: list[Scope] = []
    number = 0
    lists = any(isinstance(each.atom, Items) and each.atom.named != SEQUENCE for each in value)
    for alternative in value:
        inside = join_guards(ambient, alternative.guard)
        if inside is None:
            continue
        f.scope, f.ambient = base.fork(), inside
        atom = alternative.atom
        if isinstance(atom, Items):
            pairs = _pairs(atom)
            mark = _between_alike(f, body, targets, atom)
            _each(m, f, body, targets, pairs)
            if atom.sample or atom.open:
                number = number or loop_of(atom) or place(f.file, node)
                mark_repeats(base, f.scope, loop_of(atom) or place(f.file, node), mark=mark)
                if atom.items:
                    rounds = rounds or f.scope
                else:
                    none.append(f.scope)
        elif isinstance(atom, Table) and _is_known(atom):
            _each(m, f, body, targets, list(atom.entries))
        else:
            # Of the forms of a list each has a first element.
            first = just(Number(0)) if lists else unknown("loop variable")
            _once(m, f, node, body, (targets, [first, unknown(reason_of(value))]), may_skip=True)
        joined.append((alternative.guard, f.scope))
    f.scope, f.ambient = base, ambient
    if rounds is not None:
        for scope in none:
            # No element is one of the lengths that the list can have.
            mark_repeats(base, rounds, number, scope)
    if joined:
        base.join(joined)
    return True


def _each(m: Machine, f: Frame, body: Node, targets: list[str], pairs: list[tuple[Value, Value]]) -> bool:
    received = len(m.received)
    try:
        goes_on = _rounds(m, f, body, targets, pairs[:_MAX_ELEMENTS])
    except OutOfSteps:
        not_followed.cut_short(m, m.received[received:])
        raise
    if len(pairs) > _MAX_ELEMENTS:
        not_followed.cut_short(m, m.received[received:])
    return goes_on


def _rounds(m: Machine, f: Frame, body: Node, targets: list[str], pairs: list[tuple[Value, Value]]) -> bool:
    ambient, iteration = f.ambient, f.iteration
    whole = _may_end_early(f, body)
    mark = mark_between(f, body, targets[0]) if targets and len(pairs) > 1 else None
    for number, pair in enumerate(pairs):
        f.iteration = (*iteration, number)
        f.scope.push()
        for name, value in zip(targets, pair, strict=False):
            f.scope.declare(name, value)
        before = f.scope.fork()
        goes_on = m.execute(f, body)
        if not goes_on and not f.exits[-1]:
            # Only some iteration returns; what follows the loop sees the variables as they were before it.
            f.scope.levels = before.levels
        _continue(f, ambient)
        f.scope.pop()
        if mark is not None and number and (old := before.get(mark[0])) and (new := f.scope.get(mark[0])):
            f.scope.assign(mark[0], with_mark(old, new, mark[1]))
        f.ambient = ambient
    f.iteration = iteration
    if whole is not None:
        mark_repeats(whole, f.scope, place(f.file, body))
    return True


def _declare(f: Frame, targets: Sequence[str], values: Sequence[Value]) -> None:
    for name, value in zip(targets, values, strict=False):
        f.scope.declare(name, value)


def _may_end_early(f: Frame, body: Node) -> Scope | None:
    """Return the variables before a loop that a `break` may end after any round: what it adds proves no counts."""
    return f.scope.fork() if b"break" in f.file.data[body.start_byte : body.end_byte] else None


def _continue(f: Frame, entered: Guard) -> None:
    exits = f.exits[-1]
    if exits:
        take_exits(f, exits, entered)
        exits.clear()


def _counted(m: Machine, f: Frame, node: Node, clause: Node, body: Node) -> bool:
    initializer, condition = clause.child_by_field_name("initializer"), clause.child_by_field_name("condition")
    update = clause.child_by_field_name("update")
    if initializer is not None:
        m.execute(f, initializer)
    test = first_of(m.test(f, condition)) if condition is not None else unknown("condition")
    first = test[0].atom
    if len(test) != 1 or not isinstance(first, Truth) or first.sample or (condition is not None and m.soft):
        words = f"for {f.file.shown(condition)}" if condition is not None else "for"
        index = index_of(f, update) if update is not None else ""
        turn = partial(m.execute, f, update) if update is not None and differ(f, body, index) else None
        counted = counted_to(m, f, condition, index, body)
        steady, mark = _alike(f, body, index) if index else (False, None)
        through = letters.counted(f, condition)
        before = f.scope.fork() if through is not None else None
        goes_on = _once(
            m, f, node, body, None, may_skip=True, words=words, counted=counted, steady=steady, mark=mark, more=turn
        )
        if through is not None and before is not None:
            letters.built(f, before, *through)
        return goes_on
    ambient, iteration = f.ambient, f.iteration
    whole = _may_end_early(f, body)
    undecided = 0
    for number in range(_MAX_ROUNDS):
        atom = test[0].atom
        if len(test) != 1 or not isinstance(atom, Truth) or not atom.truth:
            break
        f.iteration = (*iteration, number)
        before, decisions = f.scope.fork(), m.decisions.number
        if not m.execute(f, body) and not f.exits[-1]:
            f.scope.levels = before.levels
            break
        _continue(f, ambient)
        f.ambient = ambient
        undecided += m.decisions.number > decisions
        if update is None or condition is None or undecided == _UNDECIDED:
            break
        m.execute(f, update)
        test = first_of(m.evaluate(f, condition))
    f.iteration = iteration
    if whole is not None:
        mark_repeats(whole, f.scope, place(f.file, body))
    return True


def _once(
    m: Machine,
    f: Frame,
    node: Node,
    body: Node,
    variables: tuple[list[str], list[Value]] | None,
    ends: list[Value | None] | None = None,
    *,
    may_skip: bool,
    words: str = "for",
    counted: int = 0,
    steady: bool = False,
    mark: tuple[str, str] | None = None,
    more: Callable[[], object] | None = None,
) -> bool:
    """Run a body once, and where it may be skipped join that with not running it at all.

    `steady`: another round does the same; `mark` as in `mark_repeats`. `more` makes the variables those of a later
    round, which does something else.
    `ends` takes what the last of the variables is where a round ends that no statement has cut short.
    """
    base, ambient, iteration = f.scope, f.ambient, f.iteration
    key = ("loop", f.activation, iteration, node.start_byte)
    decision = m.decisions.get(key, [words, f"no iteration of {words}"])
    m.decisions.enter(decision, ambient, m.root)
    m.decisions.doubt(decision, 1)
    guard: Guard = ((decision, 0),)
    f.scope, f.ambient = base.fork(), join_guards(ambient, guard) or ambient
    f.iteration = (*iteration, 0)
    f.scope.push()
    if variables:
        _declare(f, *variables)
    goes_on = m.execute(f, body)
    inside = f.scope
    if not goes_on:
        exits = f.exits[-1]
        if exits:
            inside = exits[0][1]
            goes_on = True
    else:
        if ends is not None and variables is not None and variables[0] and not f.exits[-1]:
            ends.append(f.scope.get(variables[0][-1]))
        _continue(f, ambient)
    f.scope, f.ambient, f.iteration = base, ambient, iteration
    skipped = base.fork()
    # The first branch has the number 0.
    mark_repeats(base, inside, counted or decision + 1, skipped, steady=steady, mark=mark)
    if more is not None and goes_on:
        inside = _again(m, f, body, inside, guard, more)
    arms: list[tuple[Guard, Scope]] = []
    if goes_on:
        arms.append((guard, inside))
    if may_skip or not goes_on:
        arms.append((((decision, 1),), skipped))
    if len(arms) == 1:
        base.join([((), arms[0][1])])
    else:
        base.join(arms)
    return True


def _again(m: Machine, f: Frame, body: Node, first: Scope, guard: Guard, turn: Callable[[], object]) -> Scope:
    """Run a body behind its first round once more; return the variables behind that."""
    outer, ambient, iteration = f.scope, f.ambient, f.iteration
    before = first.fork()
    f.scope, f.ambient, f.iteration = first.fork(), join_guards(ambient, guard) or ambient, (*iteration, 1)
    f.exits[-1].clear()
    turn()
    goes_on, behind = m.execute(f, body), f.scope
    if goes_on:
        _continue(f, ambient)
    elif f.exits[-1]:
        goes_on, behind = True, f.exits[-1][0][1]
    if goes_on:
        mark_repeats(before, behind, place(f.file, body))
        before = behind
    f.exits[-1].clear()
    f.scope, f.ambient, f.iteration = outer, ambient, iteration
    return before
