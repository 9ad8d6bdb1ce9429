"""Composite literals (slices, maps, structs) and their elements."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.source.hosts._go import fields, filled_maps, instances, recording, steps
from nodepath_cli.source.hosts._go.alternatives import join_guards, limit, under
from nodepath_cli.source.hosts._go.choices import is_free
from nodepath_cli.source.hosts._go.declarations import field_names
from nodepath_cli.source.hosts._go.embedding import by_name
from nodepath_cli.source.hosts._go.index import declared_inside
from nodepath_cli.source.hosts._go.looks_like_sql import sql_kind
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import typed, zero
from nodepath_cli.source.hosts._go.ordering import spelled
from nodepath_cli.source.hosts._go.reasons import ARGUMENT, LIST_ELEMENT, MAP_ENTRY
from nodepath_cli.source.hosts._go.records import Call
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.text_parts import cut
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    MAX_ITEMS,
    Alternative,
    Atom,
    Function,
    Items,
    Number,
    Record,
    Table,
    Text,
    Truth,
    Unknown,
    Value,
    just,
    named_list,
    unknown,
)

_STEPS = frozenset(("Up", "Script"))
"""Fields of a migration tool's `Migration` that hold what it runs (sql-migrate, darwin)."""
_ASKED = 4
"""How many elements are looked at to see whether they are SQL."""
_MAX_CHOICES = 12
"""Most entries of a list or map that are tried where the index is known only at run time."""


def literal(m: Machine, f: Frame, node: Node) -> Value:
    """Return the value of `T{...}`."""
    kind, body = node.child_by_field_name("type"), node.child_by_field_name("body")
    return _body(m, f, kind, body) if body is not None else unknown("broken expression")


def bare(m: Machine, f: Frame, node: Node) -> Value:
    """Return the value of `{...}` where nothing says its type: a struct without name, or a list."""
    return _body(m, f, None, node)


def _body(m: Machine, f: Frame, kind: Node | None, body: Node, home: GoFile | None = None) -> Value:
    """Return what a body makes of a type; `home` is the file that the type stands in, where that is another one."""
    file = home or f.file
    while kind is not None and kind.type in ("pointer_type", "parenthesized_type"):
        inner = named(kind)
        kind = inner[0] if inner else None
    if kind is None:
        keyed = any(child.type == "keyed_element" for child in body.named_children)
        return _struct(m, f, "", [], body) if keyed else _list(m, f, None, body)
    if kind.type in ("slice_type", "array_type", "implicit_length_array_type"):
        return _list(m, f, kind.child_by_field_name("element"), body, file)
    if kind.type == "map_type":
        return _map(m, f, kind.child_by_field_name("value"), body, file)
    if kind.type == "struct_type":
        return _struct(m, f, m.index.type_id(file, kind), field_names(file, kind), body)
    type_id = m.index.type_id(file, kind)
    folder, _, name = type_id.rpartition(".")
    found = m.index.type(folder, name)
    under_type = found[1].child_by_field_name("type") if found else None
    if found is not None and under_type is not None and under_type.type != "struct_type":
        if under_type.type == "slice_type":
            return named_list(_list(m, f, under_type.child_by_field_name("element"), body, found[0]), type_id)
        if under_type.type == "map_type":
            return _map(m, f, under_type.child_by_field_name("value"), body, found[0])
    if found is None and kind.type == "type_identifier":
        local = declared_inside(file.source(kind), kind)
        if local is not None and local.type != "type_identifier":
            return _body(m, f, local, body, file)
    if type_id.endswith((".Builder", ".Buffer")) and not named(body):
        return zero(m, file, kind)
    return instances.made(m, f, file, kind, _struct(m, f, type_id, m.index.field_names(type_id), body))


def _value_of(m: Machine, f: Frame, element: Node, kind: Node | None, home: GoFile | None = None) -> Value:
    inner = named(element)[0] if element.type == "literal_element" and named(element) else element
    if inner.type == "literal_value":
        return _body(m, f, kind, inner, home)
    return first_of(m.evaluate(f, inner))


def _list(m: Machine, f: Frame, kind: Node | None, body: Node, home: GoFile | None = None) -> Value:
    file, elements = home or f.file, named(body)
    found: dict[int, Value] = {}
    at, is_open = -1, len(elements) > MAX_ITEMS
    for element in elements[:MAX_ITEMS]:
        value, at = element, at + 1
        if element.type == "keyed_element":
            key = element.child_by_field_name("key")
            value = element.child_by_field_name("value") or element
            place = _value_of(m, f, key, None)[0].atom if key is not None else None
            if isinstance(place, Number) and not place.sample and 0 <= place.value < MAX_ITEMS:
                at = place.value
            else:
                # Where it stands is not known.
                is_open = True
        found[at] = _value_of(m, f, value, kind, home)
    size = max(found, default=-1) + 1
    gap = zero(m, file, kind) if size > len(found) else ()
    items = tuple(found.get(each, gap) for each in range(size))
    type_id = m.index.type_id(file, kind)
    if "." in type_id and m.index.is_text(type_id):
        items = tuple(typed(m, item, type_id) for item in items)
    return just(Items(items, is_open, type_id))


def _map(m: Machine, f: Frame, kind: Node | None, body: Node, home: GoFile | None = None) -> Value:
    entries: list[tuple[Value, Value]] = []
    type_id = m.index.type_id(home or f.file, kind)
    is_text = "." in type_id and m.index.is_text(type_id)
    elements = [element for element in named(body) if element.type == "keyed_element"]
    for element in elements[:MAX_ITEMS]:
        key, value = element.child_by_field_name("key"), element.child_by_field_name("value")
        if key is not None and value is not None:
            made = _value_of(m, f, value, kind, home)
            entries.append((_value_of(m, f, key, None), typed(m, made, type_id) if is_text else made))
    if kind is not None and kind.type in ("type_identifier", "qualified_type"):
        entries = _completed(entries)
    return just(Table(tuple(entries), len(elements) > MAX_ITEMS))


def _completed(entries: list[tuple[Value, Value]]) -> list[tuple[Value, Value]]:
    """Return the entries of a map of structs, which none can be changed in: a text that one leaves out is empty."""
    records = [value[0].atom for _, value in entries if len(value) == 1]
    texts = {
        name: None
        for record in records
        if isinstance(record, Record)
        for name, value in record.fields
        if all(isinstance(each.atom, Text) for each in value)
    }
    completed = []
    for key, value in entries:
        record = value[0].atom
        if len(value) == 1 and isinstance(record, Record) and record.complete:
            unset = tuple((name, just(EMPTY)) for name in texts if record.get(name) is None)
            value = just(Record(record.type, (*record.fields, *unset), True)) if unset else value
        completed.append((key, value))
    return completed


def _struct(m: Machine, f: Frame, type_id: str, names: list[str], body: Node) -> Value:
    entries: list[tuple[str, Value]] = []
    folder = type_id.rpartition(".")[0]
    for position, element in enumerate(named(body)):
        name = names[position] if position < len(names) else f"#{position}"
        value = element
        if element.type == "keyed_element":
            key = element.child_by_field_name("key")
            name = f.file.source(key) if key is not None else name
            value = element.child_by_field_name("value") or element
        entries.append((name, _value_of(m, f, value, None)))
        if name in _STEPS and type_id.endswith(".Migration") and folder not in m.index.folders:
            call = Call(f.file, element.start_byte, element.end_byte, f"Migration.{name}", f.function)
            _migration(m, f, value, call, entries[-1][1])
        if folder in m.index.folders:
            site = (f.file.path, element.start_byte)
            fields.note(m, folder, type_id, name, entries[-1][1], f.function, site, (f.file.path, body.start_byte))
    return just(Record(type_id, tuple(entries), True))


def _migration(m: Machine, f: Frame, node: Node, call: Call, value: Value) -> None:
    """Record what a step of a migration runs; for one in a field, what each struct of the tree has there."""
    inner = named(node)[0] if node.type == "literal_element" and named(node) else node
    for step in steps.of_fields(m, f, inner, element) or [value]:
        recording.migration(m, f, call, step)


def element(m: Machine, f: Frame, node: Node, whole: Value, index: Value) -> Value:
    """Return `whole[index]`; where the index is known only at run time, each entry is an alternative."""
    if all(filled_maps.is_unknown(each.atom) for each in whole) and any(_is_open(each.atom) for each in index):
        values = filled_maps.entries(m, f, node)
        if values:
            return _any_of(m, f, node, values, False, MAP_ENTRY)
    elif named_texts := _by_name(m, f, whole, index):
        return named_texts
    result: list[Alternative] = []
    for outer in whole:
        for inner in index:
            guard = join_guards(outer.guard, inner.guard)
            if guard is None:
                continue
            atom = outer.atom
            if isinstance(atom, Items):
                result.extend(under(_item(m, f, node, atom, inner.atom), guard))
            elif isinstance(atom, Table):
                result.extend(under(_entry(m, f, node, atom, inner.atom), guard))
            elif isinstance(atom, Text):
                result.append(Alternative(guard, _byte(atom, inner.atom)))
            elif isinstance(atom, Unknown):
                result.append(Alternative(guard, Unknown("element of " + atom.reason, atom.type.partition("[]")[2])))
            else:
                result.append(Alternative(guard, Unknown("run-time value")))
    return limit(result) or unknown("run-time value")


def _by_name(m: Machine, f: Frame, whole: Value, index: Value) -> Value | None:
    """Return the statements of embedded files that a map without known entries has by their names."""
    if not m.index.beside or not all(filled_maps.is_unknown(each.atom) for each in whole):
        return None
    texts = [by_name(m.index, f.file.folder, plain(each.atom) or "") for each in index]
    found = [Alternative(each.guard, text) for each, text in zip(index, texts, strict=True) if text is not None]
    return tuple(found) if len(found) == len(texts) else None


def _is_open(key: Atom) -> bool:
    """Say whether a key is known only at run time."""
    return not isinstance(key, Number) and plain(key) is None


def _byte(text: Text, index: Atom) -> Atom:
    """Return `text[index]` as the text of one character, which is what it is compared with (`text[i] == '?'`)."""
    if not isinstance(index, Number) or index.sample or not text.plain.isascii():
        return Unknown("run-time value")
    return cut(text, index.value, index.value + 1) if 0 <= index.value < len(text.plain) else Unknown("run-time value")


def presence(whole: Value, index: Value) -> Value:
    """Return the `ok` of `value, ok := whole[index]`: known where the map and the key are."""
    result: list[Alternative] = []
    for outer in whole:
        for inner in index:
            guard = join_guards(outer.guard, inner.guard)
            if guard is not None:
                known = _has(outer.atom, inner.atom)
                result.append(Alternative(guard, Unknown("map lookup") if known is None else Truth(known)))
    return limit(result) or unknown("map lookup")


def _has(whole: object, key: object) -> bool | None:
    if not isinstance(whole, Table) or not isinstance(key, (Text, Number)):
        return None
    atoms = [entry[0][0].atom for entry in whole.entries]
    if isinstance(key, Number):
        found = any(isinstance(atom, Number) and atom.value == key.value for atom in atoms)
    else:
        known = plain(key)
        if known is None or any(not isinstance(atom, Text) or plain(atom) is None for atom in atoms):
            return None
        found = any(plain(atom) == known for atom in atoms)
    return found or (None if whole.open else False)


def _item(m: Machine, f: Frame, node: Node, whole: Items, index: Atom) -> Value:
    if isinstance(index, Number):
        if 0 <= index.value < len(whole.items):
            return _chosen(m, index, whole.items[index.value])
        return unknown(LIST_ELEMENT, whole.type)
    _ask(m, index, whole.items)
    return _any_of(m, f, node, list(whole.items), whole.open, LIST_ELEMENT)


def _ask(m: Machine, index: Atom, values: Sequence[Value]) -> None:
    """Have the callers looked at where an argument of theirs says which of several statements is meant."""
    if isinstance(index, Unknown) and index.reason == ARGUMENT and any(map(recording.is_sql, values[:_ASKED])):
        m.ask()


def _chosen(m: Machine, index: Atom, value: Value) -> Value:
    """Return an element; where it is SQL that an argument of a call being followed has chosen, that call sends it."""
    if m.calls and recording.is_sql(value):
        recording.choose(m, index, value)
    return value


def _entry(m: Machine, f: Frame, node: Node, whole: Table, key: Atom) -> Value:
    known = plain(key) if isinstance(key, Text) else None
    if isinstance(key, (Text, Number)) and (known is not None or isinstance(key, Number)):
        for candidate, value in whole.entries:
            atom = candidate[0].atom
            if (known is not None and plain(atom) == known) or _is_number(atom, key):
                return _chosen(m, key, value)
        if not whole.open and _is_set(whole):
            return just(Truth(False))
        return unknown(MAP_ENTRY)
    if whole.entries and isinstance(whole.entries[0][1][0].atom, Truth):
        # What is not in there has `false`.
        return unknown(MAP_ENTRY, "bool")
    _ask(m, key, [value for _, value in whole.entries])
    keys = [plain(key[0].atom) for key, _ in whole.entries]
    values = [value for _, value in whole.entries]
    return _any_of(m, f, node, values, whole.open, MAP_ENTRY, [key or "" for key in keys])


def _is_set(table: Table) -> bool:
    """Say whether a map says of texts that are known that they are in it."""
    return bool(table.entries) and all(
        isinstance(value[0].atom, Truth) and plain(key[0].atom) is not None for key, value in table.entries
    )


def _is_number(atom: Atom, key: Atom) -> bool:
    return isinstance(key, Number) and isinstance(atom, Number) and atom.value == key.value


def _distinct(values: list[Value]) -> list[Value]:
    """Values that are one known text each count once: a list of placeholders has one form."""
    seen: dict[object, Value] = {}
    for value in values:
        text = plain(value[0].atom) if len(value) == 1 else None
        seen.setdefault(text if text is not None else id(value), value)
    return list(seen.values())


def _may_be_sql(values: Sequence[Value]) -> bool:
    """Say whether values are texts with SQL, or structs with such a text."""
    for value in values:
        atom = value[0].atom
        held = [each for _, each in atom.fields] if isinstance(atom, Record) else [value]
        if any(isinstance(each[0].atom, Text) and sql_kind(each[0].atom.plain) for each in held if each):
            return True
    return False


def _any_of(
    m: Machine, f: Frame, node: Node, values: list[Value], is_open: bool, reason: str, keys: Sequence[str] = ()
) -> Value:
    """Return one of several values, nobody knows which. `keys` are those of a map: they may name databases."""
    everything, values = values, _distinct(values)
    if not values or is_open or len(values) > _MAX_CHOICES:
        return unknown(reason)
    if any(isinstance(each.atom, (Function, Unknown)) for value in values for each in value):
        return unknown(reason)
    if len(values) == 1:
        return values[0]
    shown = f.file.shown(node)
    key = ("element", f.activation, f.iteration, node.start_byte, f.file.path)
    words = [f"{shown} is entry {number}" for number in range(1, len(values) + 1)]
    if keys and len(values) == len(everything):
        index = node.child_by_field_name("index")
        by = f.file.shown(index) if index is not None else "a key"
        words = [f'map by {by}: case "{name}"' if name else other for name, other in zip(keys, words, strict=True)]
    fresh = m.decisions.number
    decision = m.decisions.get(key, words)
    if m.decisions.arms(decision) != words:
        # A map of other keys, or a longer list, in the same place.
        decision = m.decisions.get((*key, *words), words)
    index = node.child_by_field_name("index")
    if decision == fresh and index is not None and _may_be_sql(values) and is_free(m, f, index):
        m.decisions.choose(decision, f.ambient)
    m.decisions.spell(decision, spelled(values))
    return limit(each for arm, value in enumerate(values) for each in under(value, ((decision, arm),)))
