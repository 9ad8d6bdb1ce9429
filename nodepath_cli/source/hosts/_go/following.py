"""What is asked before a call is followed: what its function may have to do with SQL, and what it is given of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import recording
from nodepath_cli.source.hosts._go.binding import parameters, receiver_name
from nodepath_cli.source.hosts._go.looks_like_sql import sql_kind
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.relevant import returns_struct, returns_text, touches_sql
from nodepath_cli.source.hosts._go.values import (
    Atom,
    Bound,
    Function,
    Handle,
    Items,
    Number,
    Record,
    Table,
    Text,
    Unknown,
    Value,
    unknown,
)

_CLAUSE = lazy(r"[\s?=(,`]")
_TEXT_TYPES = frozenset(("", "string", "[]string"))
_NO_TEXT_TYPES = frozenset(("int", "int32", "int64", "uint", "uint64", "bool", "error", "float64"))
_DEPTH = 3
"""How deep structs and lists in each other are looked into."""
_LOOKED_AT = 40
"""How many elements of a list are looked at for what rests on arguments."""


def worth(m: Machine, function: Function, key: tuple[str, int]) -> tuple[bool, bool, bool]:
    """Say whether a function touches SQL, whether it may return a text, and whether a struct with one."""
    found = m.worth.get(key)
    if found is None:
        file, node = function.file, function.node
        structs = file.folder in m.sql_folders and returns_struct(file, node)
        found = m.worth[key] = (touches_sql(file, node), returns_text(file, node), structs)
    return found


def clauses(values: Sequence[Value]) -> bool:
    """Say whether anything among some values can become a part of SQL."""
    return any(_has_clause(each.atom, 0) for value in values for each in value)


def holds_text(values: Sequence[Value]) -> bool:
    """Say whether there is a text among some values, or in what they hold."""
    return any(_holds_text(each.atom, 0) for value in values for each in value)


def _holds_text(atom: Atom, depth: int) -> bool:
    if isinstance(atom, Record) and depth <= _DEPTH:
        return any(_holds_text(each.atom, depth + 1) for _, value in atom.fields for each in value)
    if isinstance(atom, Items) and depth <= _DEPTH:
        return any(_holds_text(each.atom, depth + 1) for value in atom.items[:_LOOKED_AT] for each in value)
    return isinstance(atom, Text) and bool(atom.plain)


def is_clause(value: Value) -> bool:
    """Say whether a value is a text that can be a part of SQL, or a list of such: more than a single word."""
    return any(isinstance(each.atom, (Text, Items)) and _has_clause(each.atom, 0) for each in value)


def is_given_list(value: Value) -> bool:
    """Say whether a value is a list of texts that the function in progress was given itself."""
    atom = value[0].atom
    return isinstance(atom, Unknown) and atom.reason == ARGUMENT and atom.type == "[]string"


def lists_statements(values: Sequence[Value]) -> bool:
    """Say whether a list of whole statements is among some values."""
    return any(
        isinstance(item[0].atom, Text) and sql_kind(item[0].atom.plain) is not None
        for value in values
        for each in value
        if isinstance(each.atom, Items)
        for item in each.atom.items[:1]
        if item
    )


def builds(function: Function, values: Sequence[Value], receiver_node: Node | None) -> bool:
    """Say whether a method puts a text that it is given into its receiver (`w.add("id = ?")`).

    Where that holds parts of SQL by now, it may put in one of those again, or arguments (`b.row(id, name)`).
    """
    own = receiver_name(function) if receiver_node is not None else ""
    if not own:
        return False
    given = any(isinstance(each.atom, Text) and each.atom.plain for value in values for each in value)
    if not given and not _is_begun(function.receiver or ()):
        return False
    body = function.node.child_by_field_name("body")
    written = rf"\b{own}(?:\.\w+)+\s*(?:\+?=[^=]|\.Write|\[)|Fprintf?\(&?{own}\.|\*{own}\s*=[^=]"
    return body is not None and bool(re.search(written, function.file.source(body)))


def _is_begun(receiver: Value) -> bool:
    """Say whether a struct was made here, with texts in its fields that can be parts of SQL."""
    return any(
        isinstance(field[0].atom, Text) and _CLAUSE.search(field[0].atom.plain) is not None
        for each in receiver
        if isinstance(each.atom, Record) and each.atom.complete
        for _, field in each.atom.fields
        if field
    )


def fills(m: Machine, function: Function, values: Sequence[Value]) -> bool:
    """Say whether a function gives a text to a method of a struct that it has a pointer to (`setIf(s, "name", v)`)."""
    given = list(zip(parameters(function.file, function.node), values, strict=False))
    texts = [name for (name, _, _), value in given if isinstance(value[0].atom, Text) and value[0].atom.plain]
    body = function.node.child_by_field_name("body")
    if not texts or body is None:
        return False
    for (name, kind, _), value in given:
        atom = value[0].atom
        if isinstance(atom, Record) and atom.complete and kind is not None and kind.type == "pointer_type":
            called = rf"\b{name}\.\w+\((?:[^()]*,)?\s*(?:{'|'.join(texts)})\s*[,)]"
            if atom.type.rpartition(".")[0] in m.sql_folders and re.search(called, function.file.source(body)):
                return True
    return False


def applies(function: Function, values: Sequence[Value]) -> bool:
    """Say whether a method is that of an option, which does something to the struct that it is given a pointer to."""
    if function.receiver is None or len(values) != 1 or function.node.child_by_field_name("result") is not None:
        return False
    given, own = values[0][0].atom, function.receiver[0].atom
    return isinstance(given, Record) and given.complete and isinstance(own, (Function, Record))


def of_rows(value: Value) -> Value:
    """Forget the fields of a struct that a function with SQL returns, unless a part of SQL is among them."""
    if not all(isinstance(each.atom, (Record, Unknown)) and not _has_clause(each.atom, 0) for each in value):
        return value
    kinds = {each.atom.type for each in value if isinstance(each.atom, (Record, Unknown)) and each.atom.type}
    return unknown("data from the database", kinds.pop()) if len(kinds) == 1 else value


def _has_clause(atom: Atom, depth: int) -> bool:
    """Say whether a struct holds anything that can become a part of SQL: more than single words and numbers."""
    if isinstance(atom, Text):
        return bool(_CLAUSE.search(atom.plain))
    if isinstance(atom, Record):
        return depth > _DEPTH or any(_has_clause(each.atom, depth + 1) for _, value in atom.fields for each in value)
    if isinstance(atom, Items):
        return any(_has_clause(each.atom, depth + 1) for value in atom.items[:_LOOKED_AT] for each in value)
    return isinstance(atom, Function) or (isinstance(atom, Table) and bool(atom.entries))


def calls_back(values: Sequence[Value]) -> bool:
    """Say whether a function is among some values: whoever gets it may call it."""
    return any(isinstance(each.atom, (Bound, Function)) for value in values for each in value)


def takes_rows(atom: Atom) -> bool:
    """Say whether what a function is given are rows, a prepared statement, or the Scan of rows."""
    return isinstance(atom, Handle) or (isinstance(atom, Bound) and bool(atom.rows))


def asks_for_text(m: Machine, values: Sequence[Value]) -> bool:
    """Say whether a function literal among the values makes SQL of a text that it is to be called with."""
    for value in values:
        for each in value:
            function = each.atom
            if isinstance(function, Function) and function.closure is not None:
                listing = function.node.child_by_field_name("parameters")
                key = (function.file.path, function.node.start_byte)
                if listing is not None and "string" in function.file.source(listing) and worth(m, function, key)[0]:
                    return True
    return False


def senders(m: Machine, results: Sequence[Value]) -> list[Function]:
    """Return the function literals with SQL or database calls among what a call returns."""
    functions = [each.atom for value in results for each in value if isinstance(each.atom, Function)]
    return [
        each
        for each in functions
        if each.closure is not None and worth(m, each, (each.file.path, each.node.start_byte))[0]
    ]


def is_receiver(function: Function, value: Value) -> bool:
    """Say whether a method returns its receiver with a field set: the other fields are the caller's."""
    receiver = function.node.child_by_field_name("receiver")
    if receiver is None or not receiver_name(function):
        return False
    declared = function.file.source(receiver)
    return any(
        isinstance(each.atom, Record)
        and not each.atom.complete
        and re.search(rf"\*{re.escape(each.atom.type.rpartition('.')[2])}\b", declared)
        for each in value
    )


def of_caller(value: Value, depth: int) -> bool:
    """Say whether a result rests on an argument of its function or on its receiver."""
    for each in value:
        atom = each.atom
        if isinstance(atom, Unknown) and recording.of_caller(atom.reason) and (depth == 0 or atom.type in _TEXT_TYPES):
            return atom.type not in _NO_TEXT_TYPES
        if isinstance(atom, Text) and any(p.hole is not None and recording.of_caller(p.hole[1]) for p in atom.pieces):
            return True
        inner: Sequence[Value] = ()
        if isinstance(atom, Record):
            inner = [value for _, value in atom.fields]
        elif isinstance(atom, Items):
            inner = atom.items[:_LOOKED_AT]
        elif isinstance(atom, Table):
            inner = [value for _, value in atom.entries[:_LOOKED_AT]]
        if depth < 2 and any(of_caller(value, depth + 1) for value in inner):
            return True
    return False


def informative(values: Sequence[Value], receiver: Value | None) -> bool:
    """Say whether anything is known of what a function is given: with nothing known it does what it does on its own."""
    known = (Text, Number, Items, Table, Record, Function, Bound, Handle)
    everything = [*values, receiver] if receiver is not None else values
    return any(isinstance(each.atom, known) for value in everything for each in value)
