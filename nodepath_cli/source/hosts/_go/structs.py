"""The names by which sqlx finds the fields of a struct: `db` tags, lower-case field names, embedded structs.

From the source of sqlx's package reflectx: a tag's text up to its first comma is the name, `-` leaves a field out, an
embedded struct without tag lends its fields, and a struct in a field gives `field.name`. Other mappers than the default
are possible; a tree that sets one is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.index import BASIC, Index
from nodepath_cli.source.hosts._go.syntax import GoFile, named

_TAG = lazy(r'(?<!\w)db:"((?:[^"\\]|\\.)*)"')
_MAPPERS = ("MapperFunc(", "NewMapper", ".Mapper =")
_MAX_DEPTH = 4
_SCALARS = BASIC - {"any", "error"}
_KNOWN_SCALARS = ("time.Time", "database/sql.Null", "encoding/json.RawMessage")


def own_mapping(files: Sequence[GoFile]) -> bool:
    """Say whether a program changes how sqlx finds fields."""
    return any(word in file.text for file in files if "sqlx" in file.text for word in _MAPPERS)


def columns_of(index: Index, type_id: str) -> tuple[str, ...] | None:
    """Return the names by which a struct's fields are found, None where they cannot be told."""
    found = index.body(type_id)
    if found is None or found[1].type != "struct_type":
        return None
    names: set[str] = set()
    complete = _collect(index, found[0], found[1], "", names, 0)
    return tuple(sorted(names)) if complete else None


def column_of(index: Index, type_id: str, field: str) -> str | None:
    """Return the name by which a struct's own field is found, None where it is not."""
    found = index.body(type_id)
    if found is None or found[1].type != "struct_type" or not field[:1].isupper():
        return None
    tags = (tag for names, _, tag in _fields(*found) if field in names)
    tag = next(tags, "-")
    return field.lower() if tag is None else None if tag == "-" else tag


def is_scalar(index: Index, type_id: str) -> bool | None:
    """Say whether a value of a type takes one column as a whole; None where that cannot be told."""
    if type_id in _SCALARS or type_id.startswith(_KNOWN_SCALARS):
        return True
    folder = type_id.rpartition(".")[0]
    if folder not in index.folders:
        return None
    found = index.body(type_id)
    if found is None:
        return None
    if found[1].type != "struct_type":
        return True if found[1].type == "slice_type" else None
    if index.method(type_id, "Scan") is not None:
        return True
    fields = list(_fields(found[0], found[1]))
    # An embedded type may bring a Scan of its own.
    if any(
        not names and index.type_id(found[0], kind).rpartition(".")[0] not in index.folders for names, kind, _ in fields
    ):
        return None
    return not any(name[:1].isupper() for names, _, _ in fields for name in (names or ["X"]))


def _collect(index: Index, file: GoFile, body: Node, prefix: str, names: set[str], depth: int) -> bool:
    complete = True
    for own, kind, tag in _fields(file, body):
        if tag == "-":
            continue
        type_id = index.type_id(file, kind)
        if not own:
            inner = f"{prefix}{tag}." if tag else prefix
            complete &= _inner(index, type_id, inner, names, depth)
            continue
        for name in own:
            if not name[:1].isupper():
                continue
            shown = prefix + (tag if tag is not None else name).lower()
            names.add(shown)
            if kind is not None and kind.type != "slice_type" and type_id not in BASIC:
                _inner(index, type_id, f"{shown}.", names, depth)
    return complete


def _inner(index: Index, type_id: str, prefix: str, names: set[str], depth: int) -> bool:
    found = index.body(type_id)
    if found is None or depth >= _MAX_DEPTH:
        return False
    file, body = found
    if body.type != "struct_type":
        return True
    return _collect(index, file, body, prefix, names, depth + 1)


def _fields(file: GoFile, node: Node) -> Iterator[tuple[list[str], Node | None, str | None]]:
    """Yield the names, the type and the name in the tag of each field declaration; no names for an embedded struct."""
    for listing in named(node):
        for declaration in named(listing):
            if declaration.type != "field_declaration":
                continue
            tag = declaration.child_by_field_name("tag")
            written = _TAG.search(file.source(tag).replace('\\"', '"')) if tag is not None else None
            names = [file.source(name) for name in declaration.children_by_field_name("name")]
            yield names, declaration.child_by_field_name("type"), written.group(1).split(",")[0] if written else None
