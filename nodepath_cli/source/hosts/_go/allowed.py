"""What a condition says of variables: the texts that one can be where it holds, and where it does not.

`by == "name" || by == city`, `slices.Contains(columns, by)`, `allowed[by]`, the `ok` of `_, ok := allowed[by]`, and
functions of the tree that ask just that of their argument (`if !sortable(by) { return err }`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.machine import ARGUMENT, Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import CAP, Function, Items, Table, Text, Truth, Unknown, Value, unknown

if TYPE_CHECKING:
    from tree_sitter import Node

Texts = list[Text]
Said = dict[str, tuple[Texts | None, Texts | None]]
"""By variable: what it is where a condition holds, and where it does not; None where that may be anything."""
_CONSTANT = frozenset(("interpreted_string_literal", "raw_string_literal", "identifier", "selector_expression"))
_LISTS = frozenset(("identifier", "selector_expression", "composite_literal"))
_NO_TEXT_TYPES = ("[]", "map[", "*", "int", "bool", "error", "float", "func")
_CONTAINS = frozenset(("slices.Contains", "lo.Contains"))
_NOTHING: tuple[Texts | None, Texts | None] = (None, None)


def said(m: Machine, f: Frame, node: Node, *, inside: bool = False) -> Said:
    """Return what a condition says. `inside`: it stands in a function that is asked for it, and is followed no more."""
    if node.type == "parenthesized_expression":
        return said(m, f, named(node)[0], inside=inside) if named(node) else {}
    if node.type == "unary_expression":
        operand = node.child_by_field_name("operand")
        if operand is None or not f.file.source(node).startswith("!"):
            return {}
        return {name: (no, yes) for name, (yes, no) in said(m, f, operand, inside=inside).items()}
    if node.type == "binary_expression":
        return _joined(m, f, node, inside=inside)
    if node.type == "index_expression":
        operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
        if open_value(f, index) is None or index is None or operand is None or operand.type not in _LISTS:
            return {}
        return _is(f.file.source(index), keys(first_of(_quietly(m, f, operand)), true=True))
    if node.type == "identifier":
        known = m.lookups.get(id(f.scope.get(f.file.source(node)))) if m.lookups else None
        if known is None or f.scope.get(known.name) is not known.key:
            return {}
        return _is(known.name, keys(known.whole))
    return _called(m, f, node, inside=inside) if node.type == "call_expression" else {}


def one_of(m: Machine, f: Frame, name: str, tests: Sequence[Node]) -> Said:
    """Return what the tests of a case say of the subject of a switch."""
    return _is(name, _texts(m, f, tests))


def open_value(f: Frame, subject: Node | None) -> Value | None:
    """Return the value of a variable that may be any text, None for anything else."""
    value = f.scope.get(f.file.source(subject)) if subject is not None and subject.type == "identifier" else None
    atom = value[0].atom if value is not None and len(value) == 1 else None
    return value if isinstance(atom, Unknown) and not atom.type.startswith(_NO_TEXT_TYPES) else None


def either(first: Said, second: Said) -> Said:
    """Return what `first || second` says; `!(!first && !second)` is the same."""
    found: Said = {}
    for name in first.keys() | second.keys():
        (yes, no), (also, nor) = first.get(name, _NOTHING), second.get(name, _NOTHING)
        found[name] = (_all([*yes, *also]) if yes and also else None, _shared(no, nor) if no and nor else no or nor)
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


def _joined(m: Machine, f: Frame, node: Node, *, inside: bool) -> Said:
    left, sign, right = (node.child_by_field_name(part) for part in ("left", "operator", "right"))
    if left is None or sign is None or right is None:
        return {}
    operator = sign.type
    if operator in ("||", "&&"):
        first, second = said(m, f, left, inside=inside), said(m, f, right, inside=inside)
        if operator == "||":
            return either(first, second)
        return _not(either(_not(first), _not(second)))
    if operator not in ("==", "!="):
        return {}
    if open_value(f, left) is None:
        left, right = right, left
    if open_value(f, left) is None:
        return {}
    found = _is(f.file.source(left), _texts(m, f, [right]))
    return found if operator == "==" else _not(found)


def _not(found: Said) -> Said:
    return {name: (no, yes) for name, (yes, no) in found.items()}


def _all(texts: Iterable[Text]) -> Texts | None:
    """Return each text once, None where they are none or too many."""
    found = list({text.plain: text for text in texts}.values())
    return found if 0 < len(found) <= CAP else None


def _shared(first: Texts, second: Texts) -> Texts | None:
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
    return _all(found)


def _texts(m: Machine, f: Frame, tests: Sequence[Node]) -> Texts | None:
    """Return the texts that something is compared with, None where one is not known or empty."""
    found: list[Value] = []
    for listing in tests:
        for test in named(listing) if listing.type == "expression_list" else [listing]:
            if test.type not in _CONSTANT:
                return None
            found.append(first_of(m.evaluate(f, test)))
    return _known(found)


def _elements(value: Value) -> Texts | None:
    atom = value[0].atom
    return _known(atom.items) if len(value) == 1 and isinstance(atom, Items) and not atom.open | atom.sample else None


def _quietly(m: Machine, f: Frame, node: Node) -> Value:
    m.quiet += 1
    try:
        return m.evaluate(f, node)
    finally:
        m.quiet -= 1


def _called(m: Machine, f: Frame, node: Node, *, inside: bool) -> Said:
    """Return what a call says that answers whether a text is in a list."""
    function, listing = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    given = named(listing) if listing is not None else []
    if function is None or not given or open_value(f, given[-1]) is None:
        return {}
    name = f.file.source(given[-1])
    if f.file.source(function) in _CONTAINS:
        listed = len(given) == 2 and given[0].type in _LISTS
        return _is(name, _elements(first_of(_quietly(m, f, given[0])))) if listed else {}
    if inside or len(given) != 1 or function.type not in ("identifier", "selector_expression"):
        return {}
    value = _quietly(m, f, function)
    called = value[0].atom
    if len(value) != 1 or not isinstance(called, Function) or called.closure is not None:
        return {}
    found = _asked(m, called)
    return {name: found} if found != _NOTHING else {}


def _asked(m: Machine, function: Function) -> tuple[Texts | None, Texts | None]:
    """Return what a function's argument is where it answers yes, and where it answers no."""
    key = (function.file.path, function.node.start_byte)
    known = m.predicates.get(key)
    if known is None:
        m.predicates[key] = _NOTHING
        known = m.predicates[key] = _predicate(m, function)
    return known


def _predicate(m: Machine, function: Function) -> tuple[Texts | None, Texts | None]:
    body, result = function.node.child_by_field_name("body"), function.node.child_by_field_name("result")
    taken = parameters(function.file, function.node)
    if body is None or result is None or function.file.source(result) != "bool" or len(taken) != 1:
        return _NOTHING
    statements = [each for part in named(body) for each in (named(part) if part.type == "statement_list" else [part])]
    frame = m.frame(function.file, None)
    name = taken[0][0]
    frame.scope.push()
    frame.scope.declare(name, unknown(ARGUMENT, "string"))
    return _answers(m, frame, statements, name) if statements and len(statements) <= 2 else _NOTHING


def _answers(m: Machine, f: Frame, statements: Sequence[Node], name: str) -> tuple[Texts | None, Texts | None]:
    """`return allowed[c]`, `_, ok := allowed[c]; return ok`, or a question whose only answer is yes, and then no."""
    answer = _returned(statements[-1])
    if answer is None:
        return _NOTHING
    if len(statements) == 1:
        return said(m, f, answer, inside=True).get(name, _NOTHING)
    first = statements[0]
    if first.type == "short_var_declaration":
        m.quiet += 1
        try:
            m.execute(f, first)
        finally:
            m.quiet -= 1
        return said(m, f, answer, inside=True).get(name, _NOTHING)
    if f.file.source(answer) != "false":
        return _NOTHING
    if first.type == "expression_switch_statement":
        return _by_cases(m, f, first, name), None
    if first.type == "for_statement":
        return _by_elements(m, f, first, name), None
    if first.type == "if_statement" and first.child_by_field_name("initializer") is None:
        condition, then = first.child_by_field_name("condition"), first.child_by_field_name("consequence")
        if condition is not None and _says_yes(f, then) and first.child_by_field_name("alternative") is None:
            return said(m, f, condition, inside=True).get(name, _NOTHING)
    return _NOTHING


def _by_cases(m: Machine, f: Frame, switch: Node, name: str) -> Texts | None:
    subject = switch.child_by_field_name("value")
    if subject is None or f.file.source(subject) != name:
        return None
    found: Texts = []
    for case in (each for each in named(switch) if each.type in ("expression_case", "default_case")):
        tests = case.children_by_field_name("value")
        skip = {test.start_byte for test in tests}
        body = [each for each in named(case) if each.start_byte not in skip]
        body = [each for part in body for each in (named(part) if part.type == "statement_list" else [part])]
        answer = _returned(body[0]) if len(body) == 1 else None
        answered = f.file.source(answer) if answer is not None else ""
        if case.type == "default_case" or answered != "true":
            if answered != "false":
                return None
            continue
        texts = _texts(m, f, tests)
        if texts is None:
            return None
        found += texts
    return _all(found)


def _by_elements(m: Machine, f: Frame, loop: Node, name: str) -> Texts | None:
    """`for _, each := range columns { if each == c { return true } }`."""
    clause = next((each for each in named(loop) if each.type == "range_clause"), None)
    body = loop.child_by_field_name("body")
    left, right = (clause.child_by_field_name(part) for part in ("left", "right")) if clause else (None, None)
    inner = (
        [each for part in named(body) for each in (named(part) if part.type == "statement_list" else [part])]
        if body
        else []
    )
    if left is None or right is None or len(inner) != 1 or inner[0].type != "if_statement" or right.type not in _LISTS:
        return None
    condition, then = inner[0].child_by_field_name("condition"), inner[0].child_by_field_name("consequence")
    target = named(left)[-1] if named(left) else None
    if condition is None or target is None or not _says_yes(f, then):
        return None
    element = f.file.source(target)
    if "".join(f.file.source(condition).split()) not in (f"{element}=={name}", f"{name}=={element}"):
        return None
    value = first_of(_quietly(m, f, right))
    return _elements(value) if len(named(left)) == 2 else keys(value)


def _says_yes(f: Frame, block: Node | None) -> bool:
    return block is not None and "".join(f.file.source(block).split()) == "{returntrue}"


def _returned(node: Node) -> Node | None:
    """Return the one expression that a statement returns, None for any other statement."""
    listing = named(node) if node.type == "return_statement" else []
    nodes = named(listing[0]) if listing and listing[0].type == "expression_list" else listing
    return nodes[0] if len(nodes) == 1 else None
