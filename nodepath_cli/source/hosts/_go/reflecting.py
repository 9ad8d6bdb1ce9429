"""Go's package reflect, as far as programs ask it for the fields of a struct and their tags.

`t.Field(i).Tag.Get("db")` in a loop up to `t.NumField()` gives the columns of a struct; each of them stands where
its tag does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nodepath_cli.source.hosts._go.syntax import GoFile, named
from nodepath_cli.source.hosts._go.text_parts import cut
from nodepath_cli.source.hosts._go.texts import computed, plain, type_of
from nodepath_cli.source.hosts._go.values import (
    EMPTY,
    Number,
    Piece,
    Record,
    Several,
    Text,
    Truth,
    Value,
    just,
    unknown,
)
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.machine import Machine

TYPE, VALUE = "reflect.Type", "reflect.Value"
_FIELD, _TAG = "reflect.StructField", "reflect.StructTag"
_OF = "of"
_SAME = frozenset(("Elem", "Type", "Interface", "Addr"))
_MOST = 200
"""Most fields of a struct that are told one by one."""


def reflect_call(m: Machine, name: str, values: Sequence[Value]) -> Value | None:
    """Return what a function of reflect says of a struct of the tree; None for any other call."""
    if name not in ("TypeOf", "ValueOf", "Indirect") or len(values) != 1:
        return None
    atom = values[0][0].atom
    if len(values[0]) == 1 and isinstance(atom, Record) and atom.type in (TYPE, VALUE):
        return values[0]
    type_id = type_of(values[0]).lstrip("*")
    if not type_id or _fields(m, type_id) is None:
        return None
    return _of(TYPE if name == "TypeOf" else VALUE, type_id)


def reflect_method(m: Machine, receiver: Value, name: str, values: Sequence[Value]) -> Value | None:
    """Return what a method of reflect's types returns, None for one that is not followed."""
    atom = receiver[0].atom
    if len(receiver) != 1 or not isinstance(atom, Record):
        return None
    if atom.type == _TAG:
        return _tagged(atom, name, values)
    if atom.type == _FIELD and name == "IsExported":
        text = atom.get("Name")
        return just(Truth(bool(text) and (plain(text[0].atom) or "")[:1].isupper())) if text else None
    held = atom.get(_OF) if atom.type in (TYPE, VALUE) else None
    type_id = type_of(held) if held is not None else ""
    fields = _fields(m, type_id) if type_id else None
    if fields is None:
        return None
    if name in _SAME:
        return receiver if name != "Type" or atom.type == TYPE else _of(TYPE, type_id)
    if name == "NumField":
        return just(Number(len(fields)))
    if name == "Name":
        return unknown("name of a type", "string")
    at = values[0][0].atom if name == "Field" and len(values) == 1 and len(values[0]) == 1 else None
    if atom.type != TYPE or not isinstance(at, Number) or at.sample or not 0 <= at.value < len(fields):
        return None
    return just(fields[at.value])


def _of(kind: str, type_id: str) -> Value:
    return just(Record(kind, ((_OF, unknown("type", type_id)),), True))


def _fields(m: Machine, type_id: str) -> list[Record] | None:
    """Return the fields of a struct of the tree in order, None for any other type."""
    found = m.index.body(type_id)
    if found is None or found[1].type != "struct_type":
        return None
    fields = list(_declared(m, *found))
    return fields if len(fields) <= _MOST else None


def _declared(m: Machine, file: GoFile, body: Node) -> Iterator[Record]:
    for declaration in (each for listing in named(body) for each in named(listing)):
        if declaration.type != "field_declaration":
            continue
        names, kind = declaration.children_by_field_name("name"), declaration.child_by_field_name("type")
        tag = declaration.child_by_field_name("tag")
        of = m.index.type_id(file, kind) if kind is not None else ""
        for name in names or ([kind] if kind is not None else []):
            yield Record(
                _FIELD,
                (
                    ("Name", just(computed(file.source(name).lstrip("*").rpartition(".")[2], file, name))),
                    ("Anonymous", just(Truth(not names))),
                    ("PkgPath", just(EMPTY)),
                    ("Type", _of(TYPE, of)),
                    ("Tag", just(Record(_TAG, (("text", just(_written(file, tag))),), True))),
                ),
                True,
            )


def _written(file: GoFile, tag: Node | None) -> Text:
    """Return the text of a tag, where it is written in back quotes: each character keeps its place."""
    if tag is None or tag.type != "raw_string_literal":
        return EMPTY
    text, whole = file.source(tag)[1:-1], file.span(tag)
    return Text((Piece(text, Span(whole.path, whole.start + 1, whole.end - 1), True, whole),), text) if text else EMPTY


def _tagged(tag: Record, name: str, values: Sequence[Value]) -> Value | None:
    held = tag.get("text")
    text = held[0].atom if held else None
    key = plain(values[0][0].atom) if len(values) == 1 and len(values[0]) == 1 else None
    if not isinstance(text, Text) or key is None or name not in ("Get", "Lookup"):
        return None
    found = re.search(rf'(?<!\w){re.escape(key)}:"((?:[^"\\]|\\.)*)"', text.plain)
    value = just(cut(text, *found.span(1)) if found else EMPTY)
    return value if name == "Get" else just(Several((value, just(Truth(found is not None)))))
