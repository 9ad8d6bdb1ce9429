"""Values of Go expressions."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go import composites, names
from nodepath_cli.source.hosts._go.building import number_less
from nodepath_cli.source.hosts._go.calling import call_value, generic_call
from nodepath_cli.source.hosts._go.handles import pointed
from nodepath_cli.source.hosts._go.joints import trimmed
from nodepath_cli.source.hosts._go.limits import MAX_NESTING
from nodepath_cli.source.hosts._go.literals import literal_text
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.scope import Closure
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import as_text, combine, join, plain, reason_of
from nodepath_cli.source.hosts._go.values import (
    FEW,
    Atom,
    Function,
    Items,
    Number,
    Text,
    Truth,
    Unknown,
    Value,
    just,
    named_basic,
    unknown,
)

_MAX_NUMBER = 1 << 62
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


def evaluate(m: Machine, f: Frame, node: Node) -> Value:
    """Return the value of an expression; calls inside it are followed and recorded. Raises OutOfSteps."""
    m.step()
    handler = _HANDLERS.get(node.type)
    if handler is None:
        return _other(m, f, node)
    m.nesting += 1
    try:
        if m.nesting > MAX_NESTING:
            m.folded = True
            return unknown("expression nested too deeply")
        return handler(m, f, node)
    finally:
        m.nesting -= 1


def _other(m: Machine, f: Frame, node: Node) -> Value:
    m.nesting += 1
    try:
        if m.nesting > MAX_NESTING:
            m.folded = True
        else:
            for child in named(node):
                m.evaluate(f, child)
    finally:
        m.nesting -= 1
    return unknown("run-time value")


def _string(_m: Machine, f: Frame, node: Node) -> Value:
    return just(literal_text(f.file, node))


def _integer(_m: Machine, f: Frame, node: Node) -> Value:
    source = f.file.source(node).replace("_", "").lower()
    try:
        value = int(source, 8) if len(source) > 1 and source[0] == "0" and source.isdigit() else int(source, 0)
    except ValueError:
        return unknown("number", "int")
    return just(Number(value)) if value < _MAX_NUMBER else unknown("number", "int")


def _true(_m: Machine, _f: Frame, _node: Node) -> Value:
    return just(Truth(True))


def _false(_m: Machine, _f: Frame, _node: Node) -> Value:
    return just(Truth(False))


def _nil(_m: Machine, _f: Frame, _node: Node) -> Value:
    return unknown("nil")


def _inner(m: Machine, f: Frame, node: Node) -> Value:
    children = named(node)
    return m.evaluate(f, children[0]) if children else unknown("broken expression")


def _closure(m: Machine, f: Frame, node: Node) -> Value:
    function = Function(f.file, node, Closure(f.scope, f.types))
    m.pending.append(function)
    return just(function)


def _unary(m: Machine, f: Frame, node: Node) -> Value:
    operand, operator = node.child_by_field_name("operand"), node.child_by_field_name("operator")
    if operand is None or operator is None:
        return unknown("broken expression")
    value = m.evaluate(f, operand)
    sign = operator.type
    if sign in ("&", "*"):
        return value if sign == "*" else pointed(m, f, operand, value)
    atom = value[0].atom
    if sign == "!" and len(value) <= FEW and all(isinstance(each.atom, Truth) for each in value):
        return combine((value,), _opposite)
    if len(value) == 1 and sign == "-" and isinstance(atom, Number):
        return just(Number(-atom.value, atom.sample))
    return unknown("run-time value")


def _opposite(atoms: tuple[Atom, ...]) -> Atom:
    atom = atoms[0]
    return Truth(not atom.truth, atom.sample) if isinstance(atom, Truth) else Unknown("condition")


def _binary(m: Machine, f: Frame, node: Node) -> Value:
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    if sign == "+":
        return _sum(m, f, node)
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return unknown("broken expression")
    first, second = m.evaluate(f, left), m.evaluate(f, right)
    if sign in ("&&", "||"):
        return _logic(sign, first, second)
    if len(first) == 1 and len(second) == 1:
        return just(_operate(sign, first[0].atom, second[0].atom))
    if sign in ("-", "*", "/", "%") or _all_known(first, second):
        return combine((first, second), lambda atoms: _operate(sign, atoms[0], atoms[1]))
    return unknown("comparison")


def _all_known(first: Value, second: Value) -> bool:
    return all(isinstance(each.atom, (Number, Truth, Text)) for value in (first, second) for each in value)


def _sum(m: Machine, f: Frame, node: Node) -> Value:
    # A chain of additions leans to the left and may have thousands of links: it is walked, not recursed into.
    operands: list[Node] = []
    current = node
    while current.type == "binary_expression":
        operator = current.child_by_field_name("operator")
        left, right = current.child_by_field_name("left"), current.child_by_field_name("right")
        if operator is None or operator.type != "+" or left is None or right is None:
            break
        operands.append(right)
        current = left
    operands.append(current)
    operands.reverse()
    values = [m.evaluate(f, operand) for operand in operands]
    if not any(isinstance(each.atom, Text) for value in values for each in value):
        if all(isinstance(each.atom, Number) for value in values for each in value):
            return combine(values, _total)
        return unknown(reason_of(values[0]))

    def make(atoms: tuple[Atom, ...]) -> Atom:
        return join([as_text(atom, f.file, operand) for atom, operand in zip(atoms, operands, strict=True)])

    firsts = (each[0].atom for each in values)
    own = next((atom.named for atom in firsts if isinstance(atom, Text) and atom.named), "")
    return named_basic(combine(values, make), own) if own else combine(values, make)


def _total(atoms: tuple[Atom, ...]) -> Atom:
    numbers = [atom for atom in atoms if isinstance(atom, Number)]
    return Number(sum(number.value for number in numbers), any(number.sample for number in numbers))


def _logic(sign: str, first: Value, second: Value) -> Value:
    known = [value[0].atom.truth for value in (first, second) if len(value) == 1 and isinstance(value[0].atom, Truth)]
    sample = any(isinstance(each.atom, Truth) and each.atom.sample for value in (first, second) for each in value)
    if sign == "&&" and False in known:
        return just(Truth(False, sample))
    if sign == "||" and True in known:
        return just(Truth(True, sample))
    if len(known) == 2:
        return just(Truth(known[0], sample))
    if (
        not sample
        and len(first) * len(second) <= FEW
        and all(isinstance(each.atom, Truth) for value in (first, second) for each in value)
    ):
        return combine((first, second), lambda atoms: _both(sign, *atoms))
    return unknown("condition")


def _both(sign: str, first: Atom, second: Atom) -> Atom:
    if not isinstance(first, Truth) or not isinstance(second, Truth):
        return Unknown("condition")
    return Truth(first.truth and second.truth if sign == "&&" else first.truth or second.truth)


def _operate(sign: str, left: Atom, right: Atom) -> Atom:
    if isinstance(left, Number) and isinstance(right, Number):
        result = _arithmetic(sign, left.value, right.value)
        if (left.sample or right.sample) and isinstance(result, (Number, Truth)):
            return replace(result, sample=True)
        return result
    if sign in ("==", "!="):
        if isinstance(left, Truth) and isinstance(right, Truth):
            return Truth((left.truth == right.truth) == (sign == "=="))
        first, second = plain(left), plain(right)
        if first is not None and second is not None:
            return Truth((first == second) == (sign == "=="))
    return Unknown("comparison" if sign in _COMPARISONS else "run-time value")


def _arithmetic(sign: str, left: int, right: int) -> Atom:
    if sign == "-":
        return Number(left - right)
    if sign == "*":
        return Number(left * right) if abs(left) < 1 << 31 and abs(right) < 1 << 31 else Unknown("number")
    if sign in ("/", "%") and right:
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return Number(quotient if sign == "/" else left - quotient * right)
    if sign == "<<" and 0 <= right < 62 and abs(left) < 1 << 31:
        return Number(left << right)
    if sign in ("|", "&", "^") and left >= 0 and right >= 0:
        return Number(left | right if sign == "|" else left & right if sign == "&" else left ^ right)
    answers = {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }
    return Truth(answers[sign]) if sign in answers else Unknown("number")


def _index(m: Machine, f: Frame, node: Node) -> Value:
    operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
    if operand is None or index is None:
        return unknown("broken expression")
    value = m.evaluate(f, operand)
    if any(isinstance(each.atom, Function) for each in value):
        return value
    return composites.element(m, f, node, value, m.evaluate(f, index))


def _slice(m: Machine, f: Frame, node: Node) -> Value:
    operand = node.child_by_field_name("operand")
    if operand is None:
        return unknown("broken expression")
    value = m.evaluate(f, operand)
    start, end = node.child_by_field_name("start"), node.child_by_field_name("end")
    low = m.evaluate(f, start) if start is not None else just(Number(0))
    less = _length_less(f, operand, end)
    high = just(Number(-less)) if less is not None else m.evaluate(f, end) if end is not None else just(Truth(True))

    def make(atoms: tuple[Atom, ...]) -> Atom:
        whole, first, last = atoms
        if isinstance(whole, Unknown):
            # Another list, with a length of its own.
            return replace(whole)
        if not isinstance(first, Number) or isinstance(last, Unknown):
            if isinstance(whole, Items):
                return replace(whole, sample=True, rounds=None)
            return Unknown("part of a text") if isinstance(whole, Text) else whole
        size = len(whole.plain) if isinstance(whole, Text) else len(whole.items) if isinstance(whole, Items) else 0
        until = size if not isinstance(last, Number) else size + last.value if less is not None else last.value
        if isinstance(whole, Text):
            return trimmed(whole, first.value, until)
        if isinstance(whole, Items):
            until = max(until, 0)
            if not whole.sample or whole.rounds is None:
                return replace(whole, items=whole.items[first.value : until])
            plain_ends = not any(whole.rounds[: first.value]) and (until >= size or first.value == until == 0)
            cut = whole.rounds[first.value : until] if plain_ends else None
            return replace(whole, items=whole.items[first.value : until], rounds=cut)
        return whole

    return combine((value, low, high), make)


def _length_less(f: Frame, operand: Node, end: Node | None) -> int | None:
    """Return N for the end `len(x)-N` of a slice of x."""
    if end is None or end.type != "binary_expression":
        return None
    return number_less(f, f"len({f.file.source(operand)})", end)


def _assertion(m: Machine, f: Frame, node: Node) -> Value:
    operand, kind = node.child_by_field_name("operand"), node.child_by_field_name("type")
    value = m.evaluate(f, operand) if operand is not None else unknown("broken expression")
    type_id = m.index.type_id(f.file, kind)
    if all(isinstance(each.atom, Unknown) for each in value):
        return unknown(reason_of(value), type_id)
    return value


def _conversion(m: Machine, f: Frame, node: Node) -> Value:
    called = generic_call(m, f, node)
    if called is not None:
        return called
    operand = node.child_by_field_name("operand")
    return m.evaluate(f, operand) if operand is not None else unknown("broken expression")


def _spread(m: Machine, f: Frame, node: Node) -> Value:
    return _inner(m, f, node)


Handler = Callable[[Machine, Frame, Node], Value]

_HANDLERS: dict[str, Handler] = {
    "interpreted_string_literal": _string,
    "raw_string_literal": _string,
    "rune_literal": _string,
    "int_literal": _integer,
    "true": _true,
    "false": _false,
    "nil": _nil,
    "identifier": names.identifier,
    "iota": names.identifier,
    "selector_expression": names.selector,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "parenthesized_expression": _inner,
    "call_expression": call_value,
    "func_literal": _closure,
    "composite_literal": composites.literal,
    "index_expression": _index,
    "slice_expression": _slice,
    "type_assertion_expression": _assertion,
    "type_conversion_expression": _conversion,
    "variadic_argument": _spread,
    "literal_element": _inner,
    "literal_value": composites.bare,
}
