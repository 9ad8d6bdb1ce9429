"""Fields of structs and variables of packages that functions write: who writes them, and what.

A write whose value rests on the package alone (`insert: fmt.Sprintf(insertFormat, table)`) is evaluated by itself. Only
where it rests on variables of its function is the whole function evaluated first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from tree_sitter import Node

from nodepath_cli.source.hosts._go.callers import evaluate_callers
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import ARGUMENT, Machine, OutOfSteps
from nodepath_cli.source.hosts._go.records import Key, Written
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import (
    CAP,
    MAX_ITEMS,
    Alternative,
    Guard,
    Items,
    Number,
    Table,
    Text,
    Truth,
    Unknown,
    Value,
    limit,
    under,
)
from nodepath_cli.source.hosts._go.writes import Write

MORE = "value beyond those that are followed"
VARIABLE = "="
"""Stands for the type where the write is to a variable of the package."""
_MAX_WRITES = 40
_MAX_CALLERS = 32
"""Most callers of a function that writes an argument. A clause of a builder (`dal.From(table)`) may have hundreds;
of what they give it, no more alternatives are kept than a value can have."""
_DEEPEST = 2
"""How many links of fields that are filled from other fields are followed. Requests that are copied from layer to layer
would lead through a whole program, and end where a user typed something."""
_IDENTIFIER = re.compile(r"(?<![\w.\"`])[A-Za-z_]\w*")
# To evaluate every function that fills some field would cost more than the rest of the audit. One is worth it where a
# name says that the field has to do with SQL, or a text stands on the right side.
_TELLING = re.compile(
    r"sql|quer|stmt|statement|ddl|table|schema|migrat|^up$|cmd|prefix|column|where|order|cond|clause|^q$|"
    # When a row was updated or deleted is no SQL.
    r"(?:insert|select)(?!ed)|(?:update|delete)(?!d)|dialect|driver|(?<!con)text|parts|build",
    re.IGNORECASE,
)
_TEXTUAL = re.compile(r"[\"`]|Sprint|\+|(?i:sql|query|stmt|ddl|table|schema|clause|column|prefix|dialect)")


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
            return not _same(before.value, both)
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
            and _grows_to(old.atom, new.atom)
        ):
            del writes[site]


def _same(first: Value, second: Value) -> bool:
    return len(first) == len(second) and all(
        one.atom is other.atom and one.guard == other.guard for one, other in zip(first, second, strict=True)
    )


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
    if type_id:
        _evaluate_positions(m, folder, type_id, name)
    key = (folder, type_id, name, whose, whole and bool(type_id))
    found = m.stored.get(key)
    if found is None or found[0] != m.fields_version:
        entries = m.fields.get((folder, name), {})
        writes = {site: entry for site, entry in entries.items() if entry.type != VARIABLE}
        inner = m.index.promoting(type_id, name) if type_id else ""
        ours = _of_embedded(m, type_id, inner, writes) if inner else _of_type(m, type_id, writes.values())
        found = m.stored[key] = (m.fields_version, _as_value(m, key, ours))
    return found[1]


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
                if m.index.type_id(file, write.type) == type_id:
                    _evaluate_write(m, folder, name, _Site(file, write))


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
    if write.value is not None and _stands_alone(m, file, write.value, routine):
        frame = m.frame(file, routine.name if routine is not None else None)
        m.quiet += 1
        try:
            value = first_of(m.evaluate(frame, write.value))
        except OutOfSteps:
            return
        finally:
            m.quiet -= 1
        kind = VARIABLE if not write.is_field else m.index.type_id(file, write.type)
        note(m, folder, kind, name, value, frame.function, (file.path, write.start), _literal(file, write.value))
        return
    if routine is not None and (_TELLING.search(name) or _textual(file, write)):
        m.summary(routine)
        written = m.fields.get((folder, name), {}).get((file.path, write.start))
        if written is not None and any(
            isinstance(each.atom, Unknown) and each.atom.reason == ARGUMENT for each in written.value
        ):
            evaluate_callers(m, routine, most=_MAX_CALLERS)


def _literal(file: GoFile, value: Node) -> Key | None:
    """Return where the composite literal begins that a value is an element of, None where it is none."""
    above = value.parent
    while above is not None and above.type in ("literal_element", "keyed_element"):
        above = above.parent
    return (file.path, above.start_byte) if above is not None and above.type == "literal_value" else None


def _stands_alone(m: Machine, file: GoFile, value: Node, routine: Routine | None) -> bool:
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


def _of_type(m: Machine, type_id: str, writes: Iterable[Written]) -> list[Written]:
    if not type_id:
        return list(writes)
    same = [entry for entry in writes if entry.type == type_id]
    return same + [entry for entry in writes if not entry.type or _embeds(m, type_id, entry.type)]


def _of_embedded(m: Machine, outer: str, inner: str, writes: Mapping[tuple[str, int], Written]) -> list[Written]:
    """Return the writes to a field of an embedded struct that can be those of one of the structs that embed it.

    What the constructor of another one puts into it is not in this one.
    """
    folder, _, name = outer.rpartition(".")
    made = re.compile(rf"\b{re.escape(name)}\{{|\bnew\({re.escape(name)}\)")
    holding: dict[str, set[str]] = {}
    for entry in m.fields.get((folder, inner.rpartition(".")[2]), {}).values():
        holding.setdefault(entry.function, set()).add(entry.type)
    found = {
        site: entry
        for site, entry in writes.items()
        if outer in holding.get(entry.function, {outer}) and entry in _of_type(m, outer, (entry,))
    }
    own = [entry for site, entry in found.items() if _inside(m, site, made)]
    return own or list(found.values())


def _inside(m: Machine, site: tuple[str, int], pattern: re.Pattern[str]) -> bool:
    file = m.index.by_path.get(site[0])
    routine = m.index.enclosing(file, site[1]) if file is not None else None
    return routine is not None and file is not None and bool(pattern.search(file.source(routine)))


def _makers(m: Machine, writes: Sequence[Written], *, whole: bool) -> list[str]:
    """Return what has made the struct that each write is to: its function, or the place of one of several literals."""
    if not whole:
        return [entry.function for entry in writes]
    literals: dict[str, set[tuple[str, int]]] = {}
    for entry in writes:
        if entry.literal is not None:
            literals.setdefault(entry.function, set()).add(entry.literal)
    return [
        _shown(m, entry.literal) if entry.literal is not None and len(literals[entry.function]) > 1 else entry.function
        for entry in writes
    ]


def _shown(m: Machine, place: Key) -> str:
    path, offset = place
    data = m.index.by_path[path].data
    start = data.rfind(b"\n", 0, offset) + 1
    line = data.count(b"\n", 0, start) + 1
    return f"{path}:{line}:{offset - start + 1}"


def _as_value(m: Machine, key: tuple[str, str, str, bool, bool], writes: list[Written]) -> Value | None:
    folder, type_id, name, whose, whole = key
    # More of them than can be kept apart are not kept together either.
    whole = whole and sum(len(entry.value) for entry in writes) <= CAP
    known = [
        (maker, alternative)
        for maker, entry in zip(_makers(m, writes, whole=whole), writes, strict=True)
        for alternative in entry.value
        if not isinstance(alternative.atom, Unknown)
    ]
    if not known:
        return writes[0].value if writes else None
    if len(known) < sum(len(entry.value) for entry in writes):
        # Some place writes what is not known: a list may as well have another length.
        known = [(maker, _of_any_length(each) if isinstance(each.atom, Items) else each) for maker, each in known]
    known = filled(known)
    if len(known) == 1:
        return (Alternative((), known[0][1].atom),)
    makers = list(dict.fromkeys(maker for maker, _ in known))
    texts = {alternative.atom.plain if isinstance(alternative.atom, Text) else None for _, alternative in known}
    if len(texts) == 1 and not texts & {None, ""}:
        return (Alternative((), known[0][1].atom),)
    # The fields of one struct go together: which of them it is, is one choice for all that the same places have set.
    chosen = ("field", folder, type_id, "" if whole else name, whose, *makers)
    decision = m.decisions.get(chosen, [f"set in {maker}" for maker in makers])
    if not whose:
        m.decisions.guess(decision, "part")
    result: list[Alternative] = []
    seen: set[str] = set()
    for maker, alternative in known:
        if isinstance(alternative.atom, Text):
            if not alternative.atom.plain or (alternative.atom.plain in seen and not whole):
                continue
            seen.add(alternative.atom.plain)
        result.extend(under((alternative,), ((decision, makers.index(maker)),)))
    kept = limit(result)
    if len(kept) < len(result) and len(result) > CAP:
        # Which of them are left out shall not be silence.
        return (*kept, Alternative((), Unknown(MORE)))
    return kept or None


def filled(known: list[tuple[str, Alternative]]) -> list[tuple[str, Alternative]]:
    """Return what functions write, with the maps that one of them fills entry by entry as the one map that they are.

    What a branch of the function makes of a map stays apart, unless it is a state of it on the way to another one.
    """
    if sum(isinstance(each.atom, Table) for _, each in known) < 2:
        return known
    whole: dict[tuple[str, Guard], Table] = {}
    for function, each in known:
        if isinstance(each.atom, Table):
            before = whole.get((function, each.guard))
            whole[function, each.guard] = each.atom if before is None else _united(before, each.atom)
    result: list[tuple[str, Alternative]] = []
    for function, each in known:
        if not isinstance(each.atom, Table):
            result.append((function, each))
            continue
        table = whole.pop((function, each.guard), None)
        if table is not None:
            result.append((function, Alternative(each.guard, table)))
    tables = [(function, each.atom) for function, each in result if isinstance(each.atom, Table)]
    return [
        (function, each)
        for function, each in result
        if not isinstance(each.atom, Table)
        or not any(
            other is not each.atom and _grows_to(each.atom, other)
            for own, other in tables
            if own == function or not each.atom.entries
        )
    ]


def _united(first: Table, second: Table) -> Table:
    """Return a map with the entries of two; a key that both have may have either value."""
    entries = {_key(key): (key, value) for key, value in first.entries}
    for key, value in second.entries:
        before = entries.get(_key(key))
        if before is None:
            entries[_key(key)] = key, value
        elif before[1] is not value and not _same(before[1], value):
            entries[_key(key)] = key, limit([*before[1], *value])
    return Table(tuple(entries.values()), first.open or second.open)


def _grows_to(first: Table, second: Table) -> bool:
    """Say whether a map has fewer entries than another one, each the same there."""
    if len(first.entries) >= len(second.entries):
        return False
    there = {_key(key): value for key, value in second.entries}
    return all(_same(there.get(_key(key), ()), value) for key, value in first.entries)


def _key(key: Value) -> object:
    """Return what tells a key from others."""
    atom = key[0].atom
    return atom.plain if isinstance(atom, Text) else atom.value if isinstance(atom, Number) else id(key)


def _of_any_length(each: Alternative) -> Alternative:
    atom = each.atom
    return replace(each, atom=replace(atom, sample=True, rounds=None)) if isinstance(atom, Items) else each


def _embeds(m: Machine, outer: str, inner: str) -> bool:
    return outer != inner and (inner in m.index.embedded(outer) or outer in m.index.embedded(inner))
