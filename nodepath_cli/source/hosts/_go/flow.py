"""Running the statements of a function: assignments by flow, branches forked and joined, loops none and once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import assignment, dialects, loops, narrowing
from nodepath_cli.source.hosts._go.alternatives import join_guards
from nodepath_cli.source.hosts._go.machine import MAX_NESTING, Frame, Machine
from nodepath_cli.source.hosts._go.narrowing import Narrowed
from nodepath_cli.source.hosts._go.results import first_of, several
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Alternative, Atom, Guard, Number, Text, Truth, Value, unknown

_IDENTIFIER = re.compile(r"(?<![\w.\"`])[A-Za-z_]\w*")
_LETTER = re.compile(r"'(?:[^'\\]|\\.)'")
"""A condition on a letter of a text: what a program that reads its texts letter by letter makes of them is a guess."""
_ERROR_CHECK = re.compile(r"^\(?(?:\w+\.)?\w*[eE]rr\w*\s*!=\s*nil\)?$|^errors\.(?:Is|As)\(")


_NO_ERROR = re.compile(r"^(?:\w+\.)?\w*[eE]rr\w*\s*==\s*nil$")


def execute(m: Machine, f: Frame, node: Node) -> bool:
    """Run a statement; say whether the flow goes on behind it. Raises OutOfSteps."""
    m.step()
    m.nesting += 1
    try:
        if m.nesting > MAX_NESTING:
            m.folded = True
            return True
        handler = _HANDLERS.get(node.type)
        if handler is not None:
            return handler(m, f, node)
        if node.type.endswith(("_expression", "literal", "identifier")):
            m.evaluate(f, node)
            return True
        return sequence(m, f, named(node))
    finally:
        m.nesting -= 1


def sequence(m: Machine, f: Frame, nodes: Sequence[Node]) -> bool:
    """Run statements one behind the other, up to the one that does not go on."""
    return all(execute(m, f, node) for node in nodes)


def _block(m: Machine, f: Frame, node: Node) -> bool:
    f.scope.push()
    try:
        return sequence(m, f, named(node))
    finally:
        f.scope.pop()


def _expression(m: Machine, f: Frame, node: Node) -> bool:
    children = named(node)
    for child in children:
        m.evaluate(f, child)
    return not (children and children[0].type == "call_expression" and _ends(f.file.source(children[0])))


def _ends(source: str) -> bool:
    return source.startswith(("panic(", "os.Exit(", "log.Fatal", "log.Panic", "runtime.Goexit("))


def _return(m: Machine, f: Frame, node: Node) -> bool:
    listing = named(node)
    nodes = named(listing[0]) if listing and listing[0].type == "expression_list" else listing
    if nodes:
        values = tuple(several(m, f, nodes))
    else:
        values = tuple(f.scope.get(name) or unknown("run-time value") for name in f.results)
    failed = f.has_error and len(nodes) > 1 and nodes[-1].type != "nil" and not _is_err_variable(f, nodes[-1])
    (f.failures if failed else f.returns).append((f.ambient, values))
    return False


def _is_err_variable(f: Frame, node: Node) -> bool:
    """`return rows, err` hands on both; inside `if err != nil` it only fails."""
    return node.type == "identifier" and not f.failing


def _leave(_m: Machine, f: Frame, _node: Node) -> bool:
    if f.exits:
        f.exits[-1].append((f.ambient, f.scope.fork()))
    return False


def _if(m: Machine, f: Frame, node: Node) -> bool:
    f.scope.push()
    try:
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            execute(m, f, initializer)
        condition = node.child_by_field_name("condition")
        known = first_of(m.test(f, condition)) if condition is not None else ()
        then, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        source = " ".join(f.file.source(condition).split()) if condition is not None else ""
        settled = bool(known) and all(isinstance(each.atom, Truth) for each in known)
        # What rests on a field or a variable may be otherwise, but goes with the branches that it was set in.
        settled = settled and (not m.soft or len({_is_true(each) for each in known}) > 1)
        if settled and not _leaves_the_rest_dead(m, known, then, other) and not _of_another_database(known, source):
            return _known(m, f, known, then, other)
        if condition is not None and _ERROR_CHECK.match(source):
            goes_on = _error_check(m, f, then, other)
            if goes_on and then is not None:
                narrowing.without_error(m, f, node, then)
            return goes_on
        if condition is not None and _NO_ERROR.match(source):
            return _success_check(m, f, then, other)
        if initializer is not None:
            shown = f"{f.file.shown(initializer)}; {source}"
        else:
            shown = source
        words = [
            f"if {_short(shown)}",
            f"else of if {_short(shown)}" if other is not None else f"unless {_short(shown)}",
        ]
        decision = m.decisions.get(*_condition_key(f, node, source, words))
        if _LETTER.search(source):
            m.decisions.guess(decision, "text")
        _note_presence(m, f, decision, source)
        if other is None and node.parent is not None and node.parent.type == "if_statement":
            m.decisions.doubt(decision, 1)
        return branch(m, f, decision, [then, other], narrowing.by_condition(m, f, condition))
    finally:
        f.scope.pop()


def _note_presence(m: Machine, f: Frame, decision: int, source: str) -> None:
    """Remember what `if !ok` says of the choice of an entry in `entry, ok := entries[key]`."""
    value = f.scope.get(source.removeprefix("!")) if m.lookups else None
    known = m.lookups.get(id(value)) if value is not None else None
    choice = m.decisions.find(known.choice) if known is not None else None
    if choice is not None:
        m.decisions.present(decision, int(source.startswith("!")), choice)


def _leaves_the_rest_dead(m: Machine, condition: Value, then: Node | None, other: Node | None) -> bool:
    """Say whether a condition would end a function that is run on its own: nobody writes what can never be reached.

    What is thought to be known then is not (`cmd.Stdout = &out; cmd.Run(); if out.String() == "" { return }`).
    """
    if len(m.active) != 1 or len(condition) != 1:
        return False
    taken = then if _is_true(condition[0]) else other
    statements = (
        [each for part in named(taken) for each in (named(part) if part.type == "statement_list" else [part])]
        if taken is not None
        else []
    )
    return bool(statements) and statements[-1].type == "return_statement"


def _of_another_database(condition: Value, source: str) -> bool:
    """Say whether a condition that is known chooses what another database than MySQL gets.

    The one value that the tree gives a setting is its default: where that is another database, the choice is open.
    """
    arms = {f"{'if' if _is_true(each) else 'else of if'} {source}" for each in condition}
    return any(dialects.by_branch(words, "mysql") for words in arms)


def _known(m: Machine, f: Frame, condition: Value, then: Node | None, other: Node | None) -> bool:
    """A condition that is known, perhaps differently under different branches: run what it leads to under each."""
    m.folded = True
    if len(condition) == 1:
        taken = then if _is_true(condition[0]) else other
        return execute(m, f, taken) if taken is not None else True

    def run(alternative: Alternative) -> bool:
        taken = then if _is_true(alternative) else other
        return taken is None or execute(m, f, taken)

    return _under_each(f, condition, run)


def _under_each(f: Frame, value: Value, run: Callable[[Alternative], bool]) -> bool:
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


def _is_true(alternative: Alternative) -> bool:
    return isinstance(alternative.atom, Truth) and alternative.atom.truth


def _error_check(m: Machine, f: Frame, failed: Node | None, succeeded: Node | None) -> bool:
    """`if err != nil`: the calls inside count, what it assigns does not; the flow goes on without the error.

    Where the arm without an error ends the function (`if err == nil { return ErrExists }`), it goes on with the error.
    """
    scope, failing, after = f.scope, f.failing, f.scope
    goes_on = True
    if failed is not None:
        f.scope, f.failing = scope.fork(), True
        try:
            goes_on = execute(m, f, failed)
            after = f.scope
        finally:
            f.scope, f.failing = scope, failing
    if succeeded is None:
        if goes_on:
            _forget_flags(scope, after)
        return True
    before = scope.fork() if failed is None else None
    if execute(m, f, succeeded):
        return True
    if not goes_on and failed is not None and not _may_pass(failed):
        return False
    f.scope.levels = (before or after).levels[: len(f.scope.levels)]
    return True


def _forget_flags(scope: Scope, failed: Scope) -> None:
    """Make what a failure that is gone on from decides open again: `if err != nil { isNew = true }`."""
    for level, other in zip(scope.levels, failed.levels, strict=False):
        for name, value in level.items():
            there = other.get(name, value)
            if there is not value and any(isinstance(each.atom, Truth) for each in (*value, *there)):
                level[name] = unknown("value that a failure decides", "bool")


def _may_pass(node: Node) -> bool:
    """Say whether a branch is a chain of conditions without a last `else`: no arm of it has to be taken."""
    while node.type == "if_statement":
        other = node.child_by_field_name("alternative")
        if other is None:
            return True
        node = other
    return False


def _success_check(m: Machine, f: Frame, then: Node | None, other: Node | None) -> bool:
    """`if err == nil`: the flow goes on with what it does; where it returns, what stands behind it runs, too."""
    before = f.scope.fork()
    if _error_check(m, f, other, then):
        return True
    f.scope = before
    return execute(m, f, other) if other is not None else True


def _short(source: str) -> str:
    return source if len(source) <= 100 else source[:97] + "..."


def _condition_key(f: Frame, node: Node, source: str, words: list[str]) -> tuple[object, list[str], object]:
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


def branch(
    m: Machine,
    f: Frame,
    decision: int,
    arms: Sequence[Node | Sequence[Node] | None],
    narrowed: Sequence[Narrowed] = (),
) -> bool:
    """Run every arm on its own copy of the variables and join what goes on. None is an arm that does nothing."""
    for each in narrowed:
        narrowing.apart(m, f, each, decision)
    base, ambient = f.scope, f.ambient
    m.charge(base.size() * len(arms))
    m.decisions.enter(decision, ambient)
    joined: list[tuple[Guard, Scope]] = []
    surviving: list[Guard] = []
    for number, arm in enumerate(arms):
        guard: Guard = ((decision, number),)
        inside = join_guards(ambient, guard)
        if inside is None:
            continue
        f.scope, f.ambient = base.fork(), inside
        for each in narrowed:
            each.enter(m, number, f.scope)
        goes_on = True
        if arm is not None:
            goes_on = execute(m, f, arm) if isinstance(arm, Node) else _case_body(m, f, arm)
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


def _case_body(m: Machine, f: Frame, nodes: Sequence[Node]) -> bool:
    f.scope.push()
    try:
        return sequence(m, f, nodes)
    finally:
        f.scope.pop()


def _switch(m: Machine, f: Frame, node: Node) -> bool:
    ambient = f.ambient
    f.scope.push()
    f.exits.append([])
    try:
        initializer, subject = node.child_by_field_name("initializer"), node.child_by_field_name("value")
        if initializer is not None:
            execute(m, f, initializer)
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
        taken = _taken(m, f, value, asked, default) if len(value) > 1 and node.type[:4] == "expr" else None
        if taken is not None and not any(
            dialects.by_branch(words[arm], "mysql") for arm in taken.values() if arm != -1
        ):
            m.folded = True
            return _run_taken(m, f, value, taken, bodies) or bool(f.exits[-1])
        narrowed: Sequence[Narrowed] = ()
        if node.type == "expression_switch_statement":
            asked += [()] if default is None else []
            narrowed = narrowing.by_cases(m, f, subject, asked)
        return _run_cases(m, f, node, shown, words, bodies, chosen, default, narrowed)
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
        return body is None or _case_body(m, f, body)

    return _under_each(f, value, run)


def _run_cases(
    m: Machine,
    f: Frame,
    node: Node,
    shown: str,
    words: list[str],
    bodies: list[Sequence[Node] | None],
    chosen: int | None,
    default: int | None,
    narrowed: Sequence[Narrowed],
) -> bool:
    if chosen is not None and not dialects.by_branch(words[chosen], "mysql"):
        m.folded = True
        arm = bodies[chosen]
        goes_on = _case_body(m, f, arm) if arm is not None else True
        return goes_on or bool(f.exits[-1])
    if default is None:
        bodies, words = [*bodies, None], [*words, f"no case of switch {shown}".rstrip()]
    if len(bodies) == 1:
        return (_case_body(m, f, bodies[0]) if bodies[0] is not None else True) or bool(f.exits[-1])
    key, arms, held = _condition_key(f, node, f"switch {shown} {' '.join(words)}" if shown else "(", words)
    decision = m.decisions.get((key, "switch"), arms, held)
    if any(map(_LETTER.search, words)):
        m.decisions.guess(decision, "text")
    if default is None:
        m.decisions.doubt(decision, len(bodies) - 1)
    return branch(m, f, decision, bodies, narrowed) or bool(f.exits[-1])


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


def _deferred(m: Machine, f: Frame, node: Node) -> bool:
    for child in named(node):
        m.evaluate(f, child)
    return True


def _nothing(_m: Machine, _f: Frame, _node: Node) -> bool:
    return True


_HANDLERS: dict[str, Callable[[Machine, Frame, Node], bool]] = {
    "block": _block,
    "expression_statement": _expression,
    "short_var_declaration": assignment.declare,
    "assignment_statement": assignment.assign,
    "var_declaration": assignment.variables,
    "const_declaration": assignment.constants,
    "inc_statement": assignment.count,
    "dec_statement": assignment.count,
    "return_statement": _return,
    "if_statement": _if,
    "for_statement": loops.loop,
    "expression_switch_statement": _switch,
    "type_switch_statement": _switch,
    "select_statement": _switch,
    "break_statement": _leave,
    "continue_statement": _leave,
    "goto_statement": _nothing,
    "fallthrough_statement": _nothing,
    "go_statement": _deferred,
    "defer_statement": _deferred,
    "comment": _nothing,
    "type_declaration": _nothing,
    "label_name": _nothing,
}
