"""What a field holds, by those who have made the structs: constructors, literals, and the places that assign to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.alternatives import limit, under
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import Key, Written
from nodepath_cli.source.hosts._go.values import CAP, Alternative, Guard, Items, Number, Table, Text, Unknown, Value

MORE = "value beyond those that are followed"
SET_IN = "set in "
"""What the words begin with of a branch that stands for one of the places which set a field."""


def same(first: Value, second: Value) -> bool:
    """Say whether two values are one, alternative by alternative."""
    return len(first) == len(second) and all(
        one.atom is other.atom and one.guard == other.guard for one, other in zip(first, second, strict=True)
    )


def of_type(m: Machine, type_id: str, writes: Iterable[Written]) -> list[Written]:
    """Return the writes to a field that can be those of a type; all of them where the type is not known."""
    if not type_id:
        return list(writes)
    same = [entry for entry in writes if entry.type == type_id]
    return same + [entry for entry in writes if not entry.type or _embeds(m, type_id, entry.type)]


def of_embedded(m: Machine, outer: str, inner: str, writes: Mapping[tuple[str, int], Written]) -> list[Written]:
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
        if outer in holding.get(entry.function, {outer}) and entry in of_type(m, outer, (entry,))
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


def as_value(m: Machine, key: tuple[str, str, str, bool, bool], writes: list[Written]) -> Value | None:
    """Return what the places that write a field say of it, None without any; `key` is that of `Machine.stored`."""
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
    arms = [SET_IN + maker for maker in makers]
    decision = m.decisions.get(chosen, arms)
    if not whose:
        m.decisions.guess(decision, "part")
    else:
        m.setters[decision] = ("field", folder, type_id, "" if whole else name, False, *makers), arms
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


def of_another(m: Machine, value: Value, method: Key, holds: Callable[[Sequence[Value]], bool]) -> Value:
    """Return what a method returns where it is not that of the receiver in progress but of a value that is not known.

    Which of those that set its fields has made that one is a guess, and so is that one of them has: of only one, what
    is wrong cannot be told from what is its own. `holds` says whether there is a text among values.
    """
    result = []
    for each in value:
        guard = {_guessed(m, entry) for entry in each.guard}
        if guard == set(each.guard) and holds(((each,),)):
            # No arm beside it: it says nothing of its own.
            made = m.decisions.get(("field", "element", *method), [""])
            m.decisions.guess(made, "text")
            guard.add((made, 0))
        result.append(Alternative(tuple(sorted(guard)), each.atom))
    return tuple(result)


def _guessed(m: Machine, entry: tuple[int, int]) -> tuple[int, int]:
    decision, arm = entry
    found = m.setters.get(decision)
    if found is None:
        return entry
    guess = m.decisions.get(*found)
    m.decisions.guess(guess, "part")
    return guess, arm


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
            other is not each.atom and grows_to(each.atom, other)
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
        elif before[1] is not value and not same(before[1], value):
            entries[_key(key)] = key, limit([*before[1], *value])
    return Table(tuple(entries.values()), first.open or second.open)


def grows_to(first: Table, second: Table) -> bool:
    """Say whether a map has fewer entries than another one, each the same there."""
    if len(first.entries) >= len(second.entries):
        return False
    there = {_key(key): value for key, value in second.entries}
    return all(same(there.get(_key(key), ()), value) for key, value in first.entries)


def _key(key: Value) -> object:
    """Return what tells a key from others."""
    atom = key[0].atom
    return atom.plain if isinstance(atom, Text) else atom.value if isinstance(atom, Number) else id(key)


def _of_any_length(each: Alternative) -> Alternative:
    atom = each.atom
    return replace(each, atom=replace(atom, sample=True, rounds=None)) if isinstance(atom, Items) else each


def _embeds(m: Machine, outer: str, inner: str) -> bool:
    return outer != inner and (inner in m.index.embedded(outer) or outer in m.index.embedded(inner))
