"""Functions of the tree that ask whether a text is one of several: `func sortable(c string) bool`, `check(c) error`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go.allowed import (
    NOTHING,
    Answers,
    Texts,
    all_of,
    elements,
    keys,
    quietly,
    said,
    shared,
    texts_of,
)
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.values import Function, unknown

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST = 4
"""Statements of a function that does nothing but answer."""
_LISTS = ("identifier", "selector_expression", "composite_literal")


class _UnclearError(Exception):
    """The function does more than to answer."""


def asked(m: Machine, function: Function) -> Answers:
    """Return what a function's argument, or else its receiver, is where it answers yes (no error), and where no."""
    key = (function.file.path, function.node.start_byte)
    known = m.predicates.get(key)
    if known is None:
        m.predicates[key] = NOTHING
        known = m.predicates[key] = _answers(m, function)
    return known


def _answers(m: Machine, function: Function) -> Answers:
    file, node = function.file, function.node
    body, result = node.child_by_field_name("body"), node.child_by_field_name("result")
    kind = file.source(result) if result is not None else ""
    names = [name for name, _, _ in parameters(file, node)]
    receiver = node.child_by_field_name("receiver")
    if receiver is not None and not names:
        names = [file.source(each) for listed in named(receiver) for each in listed.children_by_field_name("name")]
    statements = _statements(body)
    if kind not in ("bool", "error") or len(names) != 1 or not 0 < len(statements) <= _MOST:
        return NOTHING
    frame = m.frame(file, None)
    frame.scope.push()
    for each in named(receiver) if receiver is not None else ():
        for name in each.children_by_field_name("name"):
            value = function.receiver or unknown("receiver", m.index.type_id(file, each.child_by_field_name("type")))
            frame.scope.declare(file.source(name), value)
    frame.scope.declare(names[0], unknown(ARGUMENT, "string"))
    try:
        return _Asked(m, frame, names[0], kind).answers(statements)
    except _UnclearError:
        return NOTHING


class _Asked:
    """The statements of such a function, one after the other."""

    def __init__(self, m: Machine, f: Frame, name: str, kind: str) -> None:
        self._m, self._f, self._name, self._kind = m, f, name, kind
        self._told: dict[bool, list[Texts | None]] = {True: [], False: []}
        self._left: Texts | None = None
        """What the argument can still be, None for anything."""

    def answers(self, statements: Sequence[Node]) -> Answers:
        """Return what the argument is by answer."""
        for statement in statements:
            if self._last(statement):
                return self._of(True), self._of(False)
        raise _UnclearError

    def _of(self, answer: bool) -> Texts | None:
        found = self._told[answer]
        return all_of(text for texts in found if texts for text in texts) if all(found) else None

    def _last(self, node: Node) -> bool:
        """Run a statement; say whether none comes behind it."""
        if node.type == "short_var_declaration":
            self._run(node)
        elif node.type == "if_statement":
            self._condition(node)
        elif node.type == "expression_switch_statement":
            return self._switch(node)
        elif node.type == "for_statement":
            self._told[True].append(self._loop(node))
        elif node.type == "return_statement":
            self._return(node)
            return True
        else:
            raise _UnclearError
        return False

    def _run(self, node: Node) -> None:
        self._m.quiet += 1
        try:
            self._m.execute(self._f, node)
        finally:
            self._m.quiet -= 1

    def _asks(self, condition: Node) -> Answers:
        return said(self._m, self._f, condition, None).get(self._name, NOTHING)

    def _narrow(self, texts: Texts | None) -> None:
        self._left = shared(self._left, texts) if self._left and texts else texts or self._left

    def _condition(self, node: Node) -> None:
        initializer, condition = node.child_by_field_name("initializer"), node.child_by_field_name("condition")
        answer = self._verdict(_statements(node.child_by_field_name("consequence")))
        if condition is None or answer is None or node.child_by_field_name("alternative") is not None:
            raise _UnclearError
        if initializer is not None:
            self._run(initializer)
        yes, no = self._asks(condition)
        self._told[answer].append(yes)
        self._narrow(no)

    def _switch(self, node: Node) -> bool:
        subject = node.child_by_field_name("value")
        if subject is None or self._f.file.source(subject) != self._name:
            raise _UnclearError
        going_on: Texts = []
        others = True
        for case in (each for each in named(node) if each.type in ("expression_case", "default_case")):
            tests = case.children_by_field_name("value")
            skip = {test.start_byte for test in tests}
            body = _flat([each for each in named(case) if each.start_byte not in skip])
            answer = self._verdict(body)
            if body and answer is None:
                raise _UnclearError
            texts = texts_of(self._m, self._f, tests) if tests else None
            if answer is not None:
                self._told[answer].append(texts)
            elif texts is None:
                raise _UnclearError
            else:
                going_on += texts
            others = others and case.type != "default_case"
        if others:
            return False
        self._left = all_of(going_on)
        return not going_on

    def _loop(self, node: Node) -> Texts | None:
        """`for _, each := range columns { if each == c { return true } }`."""
        clause = next((each for each in named(node) if each.type == "range_clause"), None)
        left, right = (clause.child_by_field_name(part) for part in ("left", "right")) if clause else (None, None)
        inner = _statements(node.child_by_field_name("body"))
        if (
            left is None
            or right is None
            or right.type not in _LISTS
            or len(inner) != 1
            or inner[0].type != "if_statement"
        ):
            raise _UnclearError
        condition = inner[0].child_by_field_name("condition")
        answer = self._verdict(_statements(inner[0].child_by_field_name("consequence")))
        element = self._f.file.source(named(left)[-1])
        shown = "".join(self._f.file.source(condition).split()) if condition is not None else ""
        if answer is not True or shown not in (f"{element}=={self._name}", f"{self._name}=={element}"):
            raise _UnclearError
        value = first_of(quietly(self._m, self._f, right))
        return elements(value) if len(named(left)) == 2 else keys(value)

    def _return(self, node: Node) -> None:
        answer = self._verdict([node])
        if answer is not None:
            self._told[answer].append(self._left)
            return
        expression = _returned(node)
        if expression is None or self._kind != "bool":
            raise _UnclearError
        before = self._left
        for answer, texts in zip((True, False), self._asks(expression), strict=True):
            self._left = before
            self._narrow(texts)
            self._told[answer].append(self._left)

    def _verdict(self, statements: Sequence[Node]) -> bool | None:
        """Return what a block answers that does nothing else; None where that is not known."""
        expression = _returned(statements[-1]) if len(statements) == 1 else None
        if expression is None:
            return None
        shown = self._f.file.source(expression)
        if self._kind == "bool":
            return {"true": True, "false": False}.get(shown)
        # A variable of that name may as well be nil.
        return True if shown == "nil" else None if shown.startswith("err") and shown.isidentifier() else False


def _statements(block: Node | None) -> list[Node]:
    return _flat(named(block)) if block is not None else []


def _flat(nodes: Sequence[Node]) -> list[Node]:
    return [each for part in nodes for each in (named(part) if part.type == "statement_list" else [part])]


def _returned(node: Node) -> Node | None:
    """Return the one expression that a statement returns, None for any other statement."""
    listing = named(node) if node.type == "return_statement" else []
    nodes = named(listing[0]) if listing and listing[0].type == "expression_list" else listing
    return nodes[0] if len(nodes) == 1 else None
