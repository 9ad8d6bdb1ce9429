"""What a condition says of variables: the texts that one can be where it holds, and where it does not.

`by == "name" || by == city`, `slices.Contains(columns, by)`, `allowed[by]`, the `ok` of `_, ok := allowed[by]`, and
functions of the tree that ask just that (`if !sortable(by) { return err }`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go import fields
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.membership import compared_index, contains
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.subjects import open_value, subject_of
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain, type_of
from nodepath_cli.source.hosts._go.values import (
    CAP,
    Function,
    Items,
    Table,
    Text,
    Truth,
    Value,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Texts = list[Text]
Answers = tuple[Texts | None, Texts | None]
"""What something is where a condition holds, and where it does not; None where that may be anything."""
Said = dict[str, Answers]
"""The same by variable."""
Ask = Callable[[Machine, Function], Answers]
"""Looks into a function for what its only argument, or else its receiver, is where it answers yes, and where no."""
_CONSTANT = frozenset(("interpreted_string_literal", "raw_string_literal", "identifier", "selector_expression"))
_LISTS = frozenset(("identifier", "selector_expression", "composite_literal"))
NOTHING: Answers = (None, None)


def said(m: Machine, f: Frame, node: Node, ask: Ask | None) -> Said:
    """Return what a condition says; without `ask` no functions are looked into."""
    if node.type == "parenthesized_expression":
        return said(m, f, named(node)[0], ask) if named(node) else {}
    if node.type == "unary_expression":
        operand = node.child_by_field_name("operand")
        if operand is None or not f.file.source(node).startswith("!"):
            return {}
        return {name: (no, yes) for name, (yes, no) in said(m, f, operand, ask).items()}
    if node.type == "binary_expression":
        return _joined(m, f, node, ask)
    if node.type == "index_expression":
        operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
        index = subject_of(m, f, index) if index is not None else None
        if open_value(m, f, index) is None or index is None or operand is None or operand.type not in _LISTS:
            return {}
        return _is(f.file.source(index), keys(_set_of(m, f, operand), true=True))
    if node.type == "identifier":
        known = m.lookups.get(id(f.scope.get(f.file.source(node)))) if m.lookups else None
        if known is None or f.scope.get(known.name.partition(".")[0]) is not known.key:
            return {}
        return _is(known.name, keys(known.whole))
    return _called(m, f, node, ask) if node.type == "call_expression" else {}


def one_of(m: Machine, f: Frame, name: str, tests: Sequence[Node]) -> Said:
    """Return what the tests of a case say of the subject of a switch."""
    return _is(name, texts_of(m, f, tests))


def either(first: Said, second: Said) -> Said:
    """Return what `first || second` says; `!(!first && !second)` is the same."""
    found: Said = {}
    for name in first.keys() | second.keys():
        (yes, no), (also, nor) = first.get(name, NOTHING), second.get(name, NOTHING)
        found[name] = (all_of([*yes, *also]) if yes and also else None, shared(no, nor) if no and nor else no or nor)
    return found


def any_of(parts: Sequence[Said]) -> Said:
    """Return what is said where one of several conditions holds, and where none does."""
    found = parts[0] if parts else {}
    for part in parts[1:]:
        found = either(found, part)
    return found


def keys(value: Value, *, true: bool = False) -> Texts | None:
    """Return the keys of a map that is known, or those with `true` for their value; None where one is not known."""
    atom = value[0].atom
    if len(value) != 1 or not isinstance(atom, Table) or atom.open:
        return None
    found: list[Value] = []
    for key, entry in atom.entries:
        answer = entry[0].atom
        if true and (len(entry) != 1 or not isinstance(answer, Truth)):
            return None
        if not true or (isinstance(answer, Truth) and answer.truth):
            found.append(key)
    return _known(found)


def _is(name: str, texts: Texts | None) -> Said:
    return {name: (texts, None)} if texts else {}


def _joined(m: Machine, f: Frame, node: Node, ask: Ask | None) -> Said:
    left, sign, right = (node.child_by_field_name(part) for part in ("left", "operator", "right"))
    if left is None or sign is None or right is None:
        return {}
    operator = sign.type
    index = compared_index(f, node)
    if index is not None:
        whole, wanted, holds = index
        return _listed(m, f, whole, wanted) if holds else _not(_listed(m, f, whole, wanted))
    if operator in ("||", "&&"):
        first, second = said(m, f, left, ask), said(m, f, right, ask)
        if operator == "||":
            return either(first, second)
        return _not(either(_not(first), _not(second)))
    if operator not in ("==", "!="):
        return {}
    left, right = subject_of(m, f, left), subject_of(m, f, right)
    if open_value(m, f, left) is None:
        left, right = right, left
    if open_value(m, f, left) is None:
        return {}
    found = _is(f.file.source(left), texts_of(m, f, [right]))
    return found if operator == "==" else _not(found)


def _listed(m: Machine, f: Frame, whole: Node, wanted: Node) -> Said:
    """Return what is said of a variable where a list has it."""
    subject = subject_of(m, f, wanted)
    if open_value(m, f, subject) is None:
        return {}
    return _is(f.file.source(subject), elements(first_of(quietly(m, f, whole))))


def _not(found: Said) -> Said:
    return {name: (no, yes) for name, (yes, no) in found.items()}


def all_of(texts: Iterable[Text]) -> Texts | None:
    """Return each text once, None where they are none or too many."""
    found = list({text.plain: text for text in texts}.values())
    return found if 0 < len(found) <= CAP else None


def shared(first: Texts, second: Texts) -> Texts | None:
    others = {text.plain for text in second}
    return [text for text in first if text.plain in others] or None


def _known(values: Sequence[Value]) -> Texts | None:
    """Return values as texts, None where one is not known or empty."""
    found: Texts = []
    for value in values:
        atom = value[0].atom if len(value) == 1 else None
        if not isinstance(atom, Text) or not plain(atom):
            return None
        found.append(atom)
    return all_of(found)


def texts_of(m: Machine, f: Frame, tests: Sequence[Node]) -> Texts | None:
    """Return the texts that something is compared with, None where one is not known or empty."""
    found: list[Value] = []
    for listing in tests:
        for test in named(listing) if listing.type == "expression_list" else [listing]:
            if test.type not in _CONSTANT:
                return None
            found.append(first_of(m.evaluate(f, test)))
    return _known(found)


def _set_of(m: Machine, f: Frame, node: Node) -> Value:
    """Return a map to booleans; of one in a field nothing else asks what constructors put there."""
    value = first_of(quietly(m, f, node))
    owner, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if type_of(value) != "map[]bool" or owner is None or member is None:
        return value
    type_id = type_of(first_of(quietly(m, f, owner)))
    return fields.stored(m, type_id.rpartition(".")[0], type_id, f.file.source(member)) or value


def elements(value: Value) -> Texts | None:
    """Return the elements of a list that is known, None where one is not known."""
    atom = value[0].atom
    return _known(atom.items) if len(value) == 1 and isinstance(atom, Items) and not atom.open | atom.sample else None


def quietly(m: Machine, f: Frame, node: Node) -> Value:
    """Evaluate an expression once more, without recording anything."""
    m.quiet += 1
    try:
        return m.evaluate(f, node)
    finally:
        m.quiet -= 1


def called(m: Machine, f: Frame, node: Node) -> tuple[Function, Node] | None:
    """Return the function of the tree that a call asks, and the variable that it asks it for; None where there is none.

    That is its only argument, or without one its receiver (`by.Valid()`).
    """
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = named(listing) if listing is not None else []
    if function is None or len(given) > 1 or function.type not in ("identifier", "selector_expression"):
        return None
    subject = given[0] if given else function.child_by_field_name("operand")
    subject = subject_of(m, f, subject) if subject is not None else None
    if subject is None or open_value(m, f, subject) is None:
        return None
    value = quietly(m, f, function)
    found = value[0].atom
    return (found, subject) if len(value) == 1 and isinstance(found, Function) and found.closure is None else None


def _called(m: Machine, f: Frame, node: Node, ask: Ask | None) -> Said:
    """Return what a call says that answers whether a text is in a list."""
    found = contains(f, node)
    if found is not None:
        return _listed(m, f, *found)
    asked = called(m, f, node) if ask is not None else None
    answers = ask(m, asked[0]) if ask is not None and asked is not None else NOTHING
    return {f.file.source(asked[1]): answers} if asked is not None and answers != NOTHING else {}
