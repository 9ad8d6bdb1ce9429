"""Conditions: `if` statements, those that are known, and those on errors, behind which the flow goes on without one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import dialects, exclusive, narrowing
from nodepath_cli.source.hosts._go.alternatives import merge
from nodepath_cli.source.hosts._go.branches import LETTER, branch, condition_key, under_each
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Items, Text, Truth, Value, unknown

_ERROR_CHECK = lazy(r"^\(?(?:\w+\.)?\w*[eE]rr\w*\s*!=\s*nil\)?$|^errors\.(?:Is|As)\(")
_NO_ERROR = lazy(r"^(?:\w+\.)?\w*[eE]rr\w*\s*==\s*nil$")


def if_statement(m: Machine, f: Frame, node: Node) -> bool:
    """Run an `if` statement."""
    f.scope.push()
    try:
        initializer = node.child_by_field_name("initializer")
        if initializer is not None:
            m.execute(f, initializer)
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
            goes_on = _error_check(m, f, then, other, partial(_choice, m, f, node, source, other, failing=0))
            if goes_on and then is not None:
                narrowing.without_error(m, f, node, then)
            return goes_on
        if condition is not None and _NO_ERROR.match(source):
            return _success_check(m, f, then, other, partial(_choice, m, f, node, source, other, failing=1))
        if initializer is not None:
            shown = f"{f.file.shown(initializer)}; {source}"
        else:
            shown = source
        words = [
            f"if {_short(shown)}",
            f"else of if {_short(shown)}" if other is not None else f"unless {_short(shown)}",
        ]
        decision = m.decisions.get(*condition_key(f, node, source, words))
        if LETTER.search(source):
            m.decisions.guess(decision, "text")
        _note_presence(m, f, decision, source)
        if other is None and node.parent is not None and node.parent.type == "if_statement":
            m.decisions.doubt(decision, 1)
        along = exclusive.by_condition(m, f, condition, decision)
        return branch(m, f, decision, [then, other], narrowing.by_condition(m, f, condition), along)
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
        return m.execute(f, taken) if taken is not None else True

    def run(alternative: Alternative) -> bool:
        taken = then if _is_true(alternative) else other
        return taken is None or m.execute(f, taken)

    return under_each(f, condition, run)


def _is_true(alternative: Alternative) -> bool:
    return isinstance(alternative.atom, Truth) and alternative.atom.truth


def _choice(m: Machine, f: Frame, node: Node, source: str, other: Node | None, *, failing: int) -> tuple[Guard, Guard]:
    """Return the guards of what an error leads to, and of what its absence does; `failing` is the arm of the error."""
    words = [f"if {_short(source)}", f"{'unless' if other is None else 'else of if'} {_short(source)}"]
    decision = m.decisions.get(*condition_key(f, node, source, words))
    m.decisions.enter(decision, f.ambient, m.root)
    return ((decision, failing),), ((decision, 1 - failing),)


def _error_check(
    m: Machine, f: Frame, failed: Node | None, succeeded: Node | None, choice: Callable[[], tuple[Guard, Guard]]
) -> bool:
    """`if err != nil`: the flow goes on without the error, but for the texts and lists that are chosen by it.

    Where the arm without an error ends the function (`if err == nil { return ErrExists }`), it goes on with the error.
    `choice` gives the guards of the two ways.
    """
    scope, failing, after = f.scope, f.failing, f.scope
    goes_on = True
    if failed is not None:
        f.scope, f.failing = scope.fork(), True
        try:
            goes_on = m.execute(f, failed)
            after = f.scope
        finally:
            f.scope, f.failing = scope, failing
    if succeeded is None:
        if goes_on:
            _forget_flags(scope, after)
            _either(scope, after, choice)
        return True
    before = scope.fork() if failed is None else None
    if m.execute(f, succeeded):
        if goes_on:
            _either(f.scope, before or after, choice)
        return True
    if not goes_on and failed is not None and not _may_pass(failed):
        return False
    f.scope.levels = (before or after).levels[: len(f.scope.levels)]
    return True


def _either(scope: Scope, failed: Scope, choice: Callable[[], tuple[Guard, Guard]]) -> None:
    """Let variables be what either way makes of them: `column := "sent"; if err != nil { column = "failed" }`."""
    guards: tuple[Guard, Guard] | None = None
    for level, other in zip(scope.levels, failed.levels, strict=False):
        for name, value in level.items():
            there = other.get(name, value)
            if there is not value and _chosen(value) and _chosen(there):
                guards = guards or choice()
                level[name] = merge([(guards[0], there), (guards[1], value)])


def _chosen(value: Value) -> bool:
    return all(isinstance(each.atom, (Text, Items)) for each in value)


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


def _success_check(
    m: Machine, f: Frame, then: Node | None, other: Node | None, choice: Callable[[], tuple[Guard, Guard]]
) -> bool:
    """`if err == nil`: the flow goes on with what it does; where it returns, what stands behind it runs, too."""
    before = f.scope.fork()
    if _error_check(m, f, other, then, choice):
        return True
    f.scope = before
    return m.execute(f, other) if other is not None else True


def _short(source: str) -> str:
    return source if len(source) <= 100 else source[:97] + "..."
