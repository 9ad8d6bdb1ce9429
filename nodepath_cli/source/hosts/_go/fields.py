"""Fields of structs and variables of packages that functions write: who writes them, and what.

A write whose value rests on the package alone (`insert: fmt.Sprintf(insertFormat, table)`) is evaluated by itself. Only
where it rests on variables of its function is the whole function evaluated first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct
from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import makers
from nodepath_cli.source.hosts._go.alternatives import limit
from nodepath_cli.source.hosts._go.callers import evaluate_callers
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import Machine, OutOfSteps
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.records import Key, Written
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import MAX_ITEMS, Number, Table, Truth, Unknown, Value
from nodepath_cli.source.hosts._go.writes import Write

VARIABLE = "="
"""Stands for the type where the write is to a variable of the package."""
_MAX_WRITES = 40
_MAX_CALLERS = 32
"""Most callers of a function that writes an argument. A clause of a builder (`dal.From(table)`) may have hundreds;
of what they give it, no more alternatives are kept than a value can have."""
_DEEPEST = 2
"""How many links of fields that are filled from other fields are followed. Requests that are copied from layer to layer
would lead through a whole program, and end where a user typed something."""
_IDENTIFIER = lazy(r"(?<![\w.\"`])[A-Za-z_]\w*")
# To evaluate every function that fills some field would cost more than the rest of the audit. One is worth it where a
# name says that the field has to do with SQL, or a text stands on the right side.
_TELLING = lazy(
    r"sql|quer|stmt|statement|ddl|table|schema|migrat|^up$|cmd|prefix|column|where|order|cond|clause|^q$|"
    # When a row was updated or deleted is no SQL.
    r"(?:insert|select)(?!ed)|(?:update|delete)(?!d)|dialect|driver|(?<!con)text|parts|build",
    re.IGNORECASE,
)
_OF_TABLE = lazy(r"(?i:table|column)")
_TEXTUAL = lazy(
    r"[\"`]|Sprint|\+|(?i:sql|query|stmt|ddl|table|schema|clause|column|prefix|dialect)|"
    # `exec: db.ExecContext`
    r"\.(?:Must|Named)?(?:Exec|Prepare|Get|Select)x?(?:Context)?$"
)


class _Site(Struct, frozen=True):
    file: GoFile
    write: Write


def note(
    m: Machine,
    folder: str,
    type_id: str,
    name: str,
    value: Value,
    function: str | None,
    site: tuple[str, int],
    literal: Key | None = None,
) -> bool:
    """Remember what a place writes to a field of a type (empty where it is not known) or to a VARIABLE.

    Say whether that may be more than was known: to be told the same once more changes nothing where it is not.
    """
    kept = tuple(each for each in value if not isinstance(each.atom, (Number, Truth)))
    if not kept:
        return False
    writes = m.fields.setdefault((folder, name), {})
    known = any(not isinstance(each.atom, Unknown) for each in kept)
    before = writes.get(site)
    if before is not None and not known:
        return False
    entry = Written(type_id, function or "", kept if known else kept[:1], literal)
    if before is not None and before.known:
        if before.value != entry.value and len(before.value) < _MAX_WRITES:
            # A constructor that several callers give different arguments.
            both = limit([*before.value, *entry.value])
            writes[site] = Written(type_id or before.type, entry.function, both, literal)
            m.fields_version += 1
            return not makers.same(before.value, both)
        return False
    is_map = isinstance(kept[0].atom, Table)
    if is_map:
        _replace_earlier(writes, entry)
    if len(writes) < (MAX_ITEMS if is_map else _MAX_WRITES) or before is not None:
        writes[site] = entry
        m.fields_version += 1
        return True
    return False


def _replace_earlier(writes: dict[Key, Written], entry: Written) -> None:
    """Forget what a map was before a function has given it one entry more."""
    new = entry.value[0]
    for site, other in list(writes.items()) if len(entry.value) == 1 and isinstance(new.atom, Table) else ():
        old = other.value[0]
        if (
            (other.function, other.type, len(other.value), old.guard) == (entry.function, entry.type, 1, new.guard)
            and isinstance(old.atom, Table)
            and isinstance(new.atom, Table)
            and makers.grows_to(old.atom, new.atom)
        ):
            del writes[site]


def assigned(m: Machine, folder: str, name: str) -> list[Value]:
    """Return what functions assign to a package's variable."""
    _evaluate(m, folder, name, is_field=False)
    return [entry.value for entry in m.fields.get((folder, name), {}).values() if entry.type == VARIABLE]


def grows(m: Machine, folder: str, name: str) -> bool:
    """Say whether functions append to a package's list."""
    growing = re.compile(rf"append\(\s*{re.escape(name)}\s*,")
    return any(
        write.value is not None and growing.match(file.source(write.value))
        for file in _files(m, folder, name)
        for write in m.index.writing(file, name, is_field=False)
    )


def stored(
    m: Machine, folder: str, type_id: str, name: str, *, whose: bool = True, whole: bool = False
) -> Value | None:
    """Return what constructors and other functions put into a field, None where nothing is known.

    `whose` says whether it is a field of the receiver, which any value of the type can be; of another value it is not
    known which of them it is. `whole` says that nothing is known of the value itself: then all its fields come from the
    same place. `type_id` is empty where the struct's type is not known. Writes of different functions are different
    branches, named after the function.
    """
    if folder not in m.index.folders:
        return None
    _evaluate(m, folder, name, is_field=True)
    for each in (type_id,) if type_id else _having(m, folder, name):
        _evaluate_positions(m, folder, each, name)
        _evaluate_literals(m, folder, each, name)
    key = (folder, type_id, name, whose, whole and bool(type_id))
    found = m.stored.get(key)
    if found is None or found[0] != m.fields_version:
        entries = m.fields.get((folder, name), {})
        writes = {site: entry for site, entry in entries.items() if entry.type != VARIABLE}
        inner = m.index.promoting(type_id, name) if type_id else ""
        ours = makers.of_embedded(m, type_id, inner, writes) if inner else makers.of_type(m, type_id, writes.values())
        found = m.stored[key] = (m.fields_version, makers.as_value(m, key, ours))
    return found[1]


def written(m: Machine, type_id: str, name: str) -> list[Value]:
    """Return everything that the tree writes to a field of a type, place by place, in the order of its files."""
    folder = type_id.rpartition(".")[0]
    if stored(m, folder, type_id, name) is None:
        return []
    return [entry.value for entry in makers.of_type(m, type_id, m.fields.get((folder, name), {}).values())]


def chained(m: Machine, type_id: str, name: str) -> bool:
    """Say whether only options and methods that hand the struct on set a field (`func (s *Select) Order(...) *Select`).

    Such calls are followed, so that a struct made in sight has the field only where one of them was called.
    """
    key = (type_id, name)
    known = m.chained.get(key)
    if known is None:
        folder, _, type_name = type_id.rpartition(".")
        sites = [
            (file, write)
            for file in (_files(m, folder, name) if folder in m.sql_folders else ())
            for write in m.index.writing(file, name, is_field=True)
            if write.type is None and not write.of_element
        ]
        known = m.chained[key] = bool(sites) and all(
            _hands_on(m.index.enclosing(file, write.start), type_name) or _is_option(file, write, type_name)
            for file, write in sites
        )
    return known


def _is_option(file: GoFile, write: Write, type_name: str) -> bool:
    """Say whether a write stands in a function literal that gets the struct (`func(s *Select) { s.order = c }`)."""
    node = write.value
    while node is not None and node.type != "func_literal":
        node = node.parent
    listing = node.child_by_field_name("parameters") if node is not None else None
    taken = rf"\w+\s+\*{re.escape(type_name)}\b"
    return listing is not None and bool(re.search(taken, file.source(listing)))


def _hands_on(routine: Routine | None, type_name: str) -> bool:
    """Say whether a function is a method with a pointer to a type for its receiver, and for its only result."""
    if routine is None or routine.receiver != type_name:
        return False
    receiver, result = (routine.node.child_by_field_name(part) for part in ("receiver", "result"))
    if receiver is None or result is None or "*" not in routine.file.source(receiver):
        return False
    return routine.file.source(result).partition("[")[0] == f"*{type_name}"


def _evaluate(m: Machine, folder: str, name: str, *, is_field: bool) -> None:
    """Evaluate the places that write a name, each once."""
    key = (folder, name, is_field)
    if key in m.searched or _too_deep(m):
        return
    m.searched.add(key)
    for file in _files(m, folder, name):
        for write in m.index.writing(file, name, is_field=is_field):
            _evaluate_write(m, folder, name, _Site(file, write))


def _evaluate_write(m: Machine, folder: str, name: str, site: _Site) -> None:
    """Evaluate one place that writes a name, unless it is known."""
    if (site.file.path, site.write.start) in m.fields.get((folder, name), {}):
        return
    m.fields_in_progress += 1
    try:
        _write(m, folder, name, site)
    finally:
        m.fields_in_progress -= 1


def _too_deep(m: Machine) -> bool:
    """Say whether a field is not looked up here.

    Functions with SQL that get to know too little by that are evaluated again.
    """
    if m.fields_in_progress < _DEEPEST:
        return False
    m.tainted.update(key for key in m.in_progress[1:] if m.sends[key])
    return True


def _evaluate_positions(m: Machine, folder: str, type_id: str, name: str) -> None:
    """Evaluate the literals of a struct that give a field its value by its place, each once."""
    key = (type_id, name, True)
    if key in m.searched or _too_deep(m):
        return
    m.searched.add(key)
    names = m.index.field_names(type_id)
    if name not in names:
        return
    opening = f"{type_id.rpartition('.')[2]}{{"
    for file in m.index.folders[folder]:
        if opening not in file.text:
            continue
        for part in m.index.writes(file, lambda text: opening in text):
            for write in part.by_position.get(names.index(name), ()):
                if _type(m, file, write) == type_id:
                    _evaluate_write(m, folder, name, _Site(file, write))


def _evaluate_literals(m: Machine, folder: str, type_id: str, name: str) -> None:
    """Evaluate what other packages put into a field whose name says nothing (`&db.Repo{Table: "t", Key: "id"}`).

    Once for each, where another field of the struct is for a table or columns.
    """
    key = (type_id, name, False)
    if not name[:1].isupper() or _TELLING.search(name) or key in m.searched or _too_deep(m):
        return
    m.searched.add(key)
    if not any(_OF_TABLE.search(each) for each in m.index.field_names(type_id)):
        return
    opening = re.compile(rf"\.{re.escape(type_id.rpartition('.')[2])}\s*[\[{{]")
    for file in m.index.importing(folder):
        if file.has(name) and opening.search(file.text):
            for write in m.index.writing(file, name, is_field=True):
                if write.type is not None and not write.of_element and _type(m, file, write) == type_id:
                    _evaluate_write(m, folder, name, _Site(file, write))


def _having(m: Machine, folder: str, name: str) -> list[str]:
    """Return the types of a package that have a field, the first time that it is asked for of an unknown one."""
    key = (folder, f"?.{name}", True)
    if key in m.searched or _too_deep(m):
        return []
    m.searched.add(key)
    found = (f"{folder}.{each}" for file in m.index.mentioning(folder, name) for each in m.index.of(file).types)
    return [type_id for type_id in found if name in m.index.field_names(type_id)]


def _files(m: Machine, folder: str, name: str) -> Iterable[GoFile]:
    yield from m.index.mentioning(folder, name)
    if name[:1].isupper() and _TELLING.search(name):
        yield from (file for file in m.index.importing(folder) if file.has(name))


def _write(m: Machine, folder: str, name: str, site: _Site) -> None:
    file, write = site.file, site.write
    routine = m.index.enclosing(file, write.start)
    if write.of_element:
        telling = routine is not None and (routine.has_sql_words or _TELLING.search(name))
        if routine is not None and telling and (_textual(file, write) or _is_constant(m, file, write.value)):
            m.summary(routine)
        return
    if write.value is not None and stands_alone(m, file, write.value, routine):
        frame = m.frame(file, routine.name if routine is not None else None)
        m.quiet += 1
        try:
            value = first_of(m.evaluate(frame, write.value))
        except OutOfSteps:
            return
        finally:
            m.quiet -= 1
        kind = _type(m, file, write) if write.is_field else VARIABLE
        note(m, folder, kind, name, value, frame.function, (file.path, write.start), _literal(file, write.value))
        return
    if routine is not None and (_TELLING.search(name) or _textual(file, write)):
        m.summary(routine)
        written = m.fields.get((folder, name), {}).get((file.path, write.start))
        if written is not None and any(
            isinstance(each.atom, Unknown) and each.atom.reason == ARGUMENT for each in written.value
        ):
            evaluate_callers(m, routine, most=_MAX_CALLERS)


def _type(m: Machine, file: GoFile, write: Write) -> str:
    """Return the id of the type of a struct that a composite literal makes, empty where it is not known."""
    return m.index.element_id(m.index.type_id(file, write.type), write.inside)


def _literal(file: GoFile, value: Node) -> Key | None:
    """Return where the composite literal begins that a value is an element of, None where it is none."""
    above = value.parent
    while above is not None and above.type in ("literal_element", "keyed_element"):
        above = above.parent
    return (file.path, above.start_byte) if above is not None and above.type == "literal_value" else None


def stands_alone(m: Machine, file: GoFile, value: Node, routine: Routine | None) -> bool:
    """Say whether an expression names no variable of its function."""
    if routine is None:
        return True
    source = file.source(value)
    if "func(" in source:
        return False
    names = set(_IDENTIFIER.findall(source))
    start, end = routine.start_byte, routine.end_byte
    return not names & m.index.writes_around(routine).locals_between(start, end)


def _textual(file: GoFile, write: Write) -> bool:
    return write.value is not None and bool(_TEXTUAL.search(file.source(write.value)))


def _is_constant(m: Machine, file: GoFile, value: Node | None) -> bool:
    """Say whether an expression is the name of a constant of its package."""
    if value is None or value.type != "identifier":
        return False
    declared = m.index.value(file.folder, file.source(value))
    return declared is not None and declared.constant
