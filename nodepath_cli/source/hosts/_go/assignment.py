"""Assignments and declarations inside functions."""

from __future__ import annotations

from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go import fields, generics, names
from nodepath_cli.source.hosts._go.alternatives import given, limit
from nodepath_cli.source.hosts._go.composites import presence
from nodepath_cli.source.hosts._go.declarations import variable_specs
from nodepath_cli.source.hosts._go.handles import place_of, target_of
from nodepath_cli.source.hosts._go.machine import Frame, Lookup, Machine
from nodepath_cli.source.hosts._go.repeats import repeated_value
from nodepath_cli.source.hosts._go.results import first_of, several
from nodepath_cli.source.hosts._go.syntax import named
from nodepath_cli.source.hosts._go.texts import as_text, combine, join, plain, reason_of, type_of
from nodepath_cli.source.hosts._go.values import (
    MAX_ITEMS,
    Alternative,
    Atom,
    Handle,
    Items,
    Number,
    Record,
    Table,
    Text,
    Unknown,
    Value,
    just,
    named_basic,
    unknown,
)


def declare(m: Machine, f: Frame, node: Node) -> bool:
    """Run `a, b := x, y`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return True
    targets = named(left)
    values = _padded(m, several(m, f, named(right)), len(targets), f, right)
    # With `:=` at least one name is new; a name of this very block is assigned, any other is declared anew.
    for target, value in zip(targets, values, strict=False):
        name = f.file.source(target)
        if f.scope.declared_here(name):
            f.scope.assign(name, value)
        else:
            f.scope.declare(name, value)
    return True


def assign(m: Machine, f: Frame, node: Node) -> bool:
    """Run `a, b = x, y` and `a += x`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None:
        return True
    targets = named(left)
    if operator is not None and operator.type != "=":
        target = targets[0]
        current, value = first_of(m.evaluate(f, target)), several(m, f, named(right))[0]
        store(m, f, target, _compound(f, target, right, operator.type, current, value), node)
        return True
    values = _padded(m, several(m, f, named(right)), len(targets), f, right)
    for target, value in zip(targets, values, strict=False):
        store(m, f, target, value, node)
    return True


def _padded(m: Machine, values: list[Value], wanted: int, f: Frame, right: Node) -> list[Value]:
    if len(values) >= wanted:
        return values
    only = named(right)[0] if len(named(right)) == 1 else None
    if wanted == 2 and only is not None and only.type == "index_expression":
        operand, index = only.child_by_field_name("operand"), only.child_by_field_name("index")
        if operand is not None and index is not None:
            key = ("element", f.activation, f.iteration, only.start_byte, f.file.path)
            whole, at = m.evaluate(f, operand), m.evaluate(f, index)
            found = presence(whole, at)
            name = f.file.source(index)
            asked = f.scope.get(name.partition(".")[0]) or at
            m.lookups[id(found)] = Lookup(found, key, first_of(whole), name, asked)
            return [values[0], found]
    if len(values) == 1 and len(named(right)) == 1:
        # One expression for several targets: a call that is not followed, a map lookup or a type assertion with `ok`.
        rest = unknown(f"result of {f.file.shown(right)}")
        return [values[0], *[rest] * (wanted - 1)]
    return values + [unknown("run-time value")] * (wanted - len(values))


def _compound(f: Frame, target: Node, right: Node, operator: str, current: Value, value: Value) -> Value:
    first, second = current[0].atom, value[0].atom
    if operator != "+=":
        return unknown("run-time value", type_of(current))
    if isinstance(first, Text) or isinstance(second, Text):

        def make(atoms: tuple[Atom, ...]) -> Atom:
            return join((as_text(atoms[0], f.file, target), as_text(atoms[1], f.file, right)))

        joined = combine((current, value), make)
        return named_basic(joined, first.named) if isinstance(first, Text) and first.named else joined
    if isinstance(first, Number) and isinstance(second, Number) and len(current) == len(value) == 1:
        return just(Number(first.value + second.value, first.sample or second.sample))
    return unknown(reason_of(current), type_of(current))


def count(m: Machine, f: Frame, node: Node) -> bool:
    """Run `i++` and `i--`."""
    target = named(node)[0] if named(node) else None
    if target is None:
        return True
    value = m.evaluate(f, target)
    atom = value[0].atom
    step = 1 if node.type == "inc_statement" else -1
    known = len(value) == 1 and isinstance(atom, Number)
    store(
        m,
        f,
        target,
        just(Number(atom.value + step, atom.sample))
        if known and isinstance(atom, Number)
        else unknown("counter", "int"),
    )
    return True


def store(m: Machine, f: Frame, target: Node, value: Value, statement: Node | None = None) -> None:
    """Give a variable, a field or an element a new value. `statement` is the assignment that does so, if one does."""
    site = (f.file.path, (statement or target).start_byte)
    if target.type == "unary_expression" and isinstance(value[0].atom, Handle):
        pointer = target.child_by_field_name("operand")
        place = target_of(m, f, pointer) if pointer is not None else None
        if place is not None:
            fields.note(m, place[0], place[1], place[2], value, f.function, site)
            return
    while target.type in ("parenthesized_expression", "unary_expression"):
        inner = target.child_by_field_name("operand") or (named(target)[0] if named(target) else None)
        if inner is None:
            return
        target = inner
    if target.type == "identifier":
        name = f.file.source(target)
        if name != "_" and not f.scope.assign(name, value) and m.index.value(f.file.folder, name) is not None:
            _store_variable(m, f, f.file.folder, name, value, site)
    elif target.type == "selector_expression":
        _store_member(m, f, target, value, site)
    elif target.type == "index_expression":
        _store_element(m, f, target, value, site)


def _store_variable(m: Machine, f: Frame, folder: str, name: str, value: Value, site: tuple[str, int]) -> None:
    more = fields.note(m, folder, fields.VARIABLE, name, value, f.function, site)
    if more and isinstance(value[0].atom, Table) and not isinstance(m.values.get((folder, name)), int):
        # A map that is filled entry by entry: what was known of it is less than there is.
        m.values.pop((folder, name), None)


def _store_member(m: Machine, f: Frame, target: Node, value: Value, site: tuple[str, int]) -> None:
    operand, member = target.child_by_field_name("operand"), target.child_by_field_name("field")
    if operand is None or member is None:
        return
    name = f.file.source(member)
    if operand.type == "identifier" and f.scope.get(f.file.source(operand)) is None:
        package = m.index.package_of(f.file, f.file.source(operand))
        if package is not None:
            if package[1] is not None:
                _store_variable(m, f, package[1], name, value, site)
            return
    owner = first_of(m.evaluate(f, operand))
    changed: list[Alternative] = []
    noted = ""
    for alternative in owner:
        atom = alternative.atom
        if isinstance(atom, (Record, Unknown)) and atom.type:
            folder = atom.type.rpartition(".")[0]
            if folder in m.index.folders and noted != atom.type:
                more = fields.note(m, folder, atom.type, name, value, f.function, site)
                noted = "" if more else atom.type
        elif isinstance(atom, Unknown):
            fields.note(m, f.file.folder, "", name, value, f.function, site)
            noted = ""
        if isinstance(atom, Record):
            changed.append(Alternative(alternative.guard, atom.set(name, given(value, alternative.guard))))
        elif isinstance(atom, Unknown) and atom.type and operand.type == "identifier":
            # From here on this function knows the field of a struct that it was handed.
            changed.append(Alternative(alternative.guard, Record(atom.type, ((name, value),))))
        else:
            changed.append(alternative)
    if any(isinstance(alternative.atom, Record) for alternative in changed):
        store(m, f, operand, limit(changed))
    if name in m.asked_names and operand.type == "identifier":
        f.scope.assign(f.file.source(target), value)


def _store_element(m: Machine, f: Frame, target: Node, value: Value, site: tuple[str, int]) -> None:
    operand, index = target.child_by_field_name("operand"), target.child_by_field_name("index")
    if operand is None or index is None:
        return
    owner, key = m.evaluate(f, operand), first_of(m.evaluate(f, index))
    if any(isinstance(each.atom, Handle) for each in value):
        place = place_of(m, f, target)
        if place is not None:
            fields.note(m, *place, value, f.function, site)
    if operand.type == "identifier" and isinstance(owner[0].atom, Unknown) and owner[0].atom.reason == names.ITSELF:
        # A package's map whose own value is being asked for: what this entry adds to it.
        owner = just(Table(()))
    changed = [Alternative(each.guard, _with_element(each.atom, key, value)) for each in owner]
    store(m, f, operand, tuple(changed))


def _with_element(atom: Atom, key: Value, value: Value) -> Atom:
    at = key[0].atom
    if isinstance(atom, Items):
        if atom.size and len(atom.items) == 1:
            return _with_one_of_many(atom, at, value)
        if len(key) == 1 and isinstance(at, Number) and 0 <= at.value < len(atom.items):
            items = (*atom.items[: at.value], value, *atom.items[at.value + 1 :])
            return replace(atom, items=items)
        if not atom.items:
            # `marks[i] = "?"` in a loop over a list made for it: every element has this form.
            if atom.size:
                each = repeated_value(value, atom.size)
                return Items((each,), False, atom.type, True, atom.named, ((atom.size,),), (), atom.size)
            return Items((value,), False, atom.type, atom.open or atom.sample)
        return replace(atom, open=True)
    if isinstance(atom, Table):
        known = _key(at)
        if len(key) == 1 and known is not None and len(atom.entries) < MAX_ITEMS:
            kept = tuple(entry for entry in atom.entries if _key(entry[0][0].atom) != known)
            return Table((*kept, (key, value)), atom.open)
        return Table(atom.entries, True)
    return atom


def _key(atom: Atom) -> str | int | None:
    """Return what tells a key that is known from others, None for one that is not."""
    return plain(atom) if not isinstance(atom, Number) else None if atom.sample else atom.value


def _with_one_of_many(atom: Items, at: Atom, value: Value) -> Items:
    """A list whose elements all have one form gets another at a place: it stays as long as it is."""
    if isinstance(at, Number) and at.value == 0:
        return replace(atom, items=(repeated_value(value, atom.size),))
    texts = any(isinstance(each.atom, Text) for each in (*value, *atom.items[0]))
    return replace(atom, open=True) if texts else atom


def variables(m: Machine, f: Frame, node: Node) -> bool:
    """Run `var a, b T = x, y`."""
    for spec in variable_specs(node):
        targets = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        listing, kind = spec.child_by_field_name("value"), spec.child_by_field_name("type")
        if listing is None:
            values = [generics.zero_value(m, f, kind) or names.zero(m, f.file, kind) for _ in targets]
        else:
            values = _padded(m, several(m, f, named(listing)), len(targets), f, listing)
        if kind is not None and listing is not None:
            type_id = m.index.type_id(f.file, kind)
            values = [names.typed(m, value, type_id) for value in values]
        for target, value in zip(targets, values, strict=False):
            f.scope.declare(f.file.source(target), value)
    return True


def constants(m: Machine, f: Frame, node: Node) -> bool:
    """Run `const a = x` inside a function."""
    last: Node | None = None
    for number, spec in enumerate(child for child in named(node) if child.type == "const_spec"):
        last = spec.child_by_field_name("value") or last
        if last is None:
            continue
        f.scope.push()
        f.scope.declare("iota", just(Number(number)))
        values = several(m, f, named(last))
        f.scope.pop()
        kind = spec.child_by_field_name("type")
        if kind is not None:
            values = [names.typed(m, value, m.index.type_id(f.file, kind)) for value in values]
        targets = [child for child in spec.children_by_field_name("name") if child.type == "identifier"]
        for target, value in zip(targets, values, strict=False):
            f.scope.declare(f.file.source(target), value)
    return True
