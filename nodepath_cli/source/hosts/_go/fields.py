"""Fields of structs and variables of packages that functions write: who writes them, and what."""

from __future__ import annotations

import re

from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.values import Alternative, Text, Unknown, Value, limit, under

_MAX_WRITES = 64


def note(m: Machine, folder: str, type_id: str, name: str, value: Value, function: str | None) -> None:
    """Remember that a function writes a value to a field (`type_id` given) or to a package's variable."""
    writes = m.fields.setdefault((folder, name), [])
    entry = (type_id, function or "", value)
    if len(writes) < _MAX_WRITES and entry not in writes:
        writes.append(entry)


def written(m: Machine, folder: str, type_id: str, name: str, pattern: str) -> list[tuple[str, str, Value]]:
    """Return all writes to a name in a package; functions whose text matches `pattern` are evaluated first."""
    key = (folder, f"{name}{'' if type_id or '.' in pattern[:8] else '='}")
    if key not in m.searched:
        m.searched.add(key)
        find = re.compile(pattern)
        for file in m.index.folders.get(folder, ()):
            if name not in file.text or not find.search(file.text):
                continue
            for routine in m.index.of(file).all_routines():
                if find.search(file.source(routine.node)):
                    m.summary(routine)
    writes = m.fields.get((folder, name), [])
    if not type_id:
        return [entry for entry in writes]
    same = [entry for entry in writes if entry[0] == type_id]
    return same or [entry for entry in writes if _embeds(m, type_id, entry[0]) or not entry[0]]


def stored(m: Machine, folder: str, type_id: str, name: str) -> Value | None:
    """Return what constructors and other functions put into a field, None where nothing is known.

    Writes of different functions are different branches, named after the function.
    """
    if folder not in m.index.folders:
        return None
    pattern = rf"(?<!\w){re.escape(name)}\s*(?::(?!=)|,[^\n]*=|\+?=(?!=))"
    writes = written(m, folder, type_id, name, pattern)
    known = [
        (function, alternative)
        for _, function, value in writes
        for alternative in value
        if not isinstance(alternative.atom, Unknown)
    ]
    if not known:
        return writes[0][2] if writes else None
    if len(known) == 1:
        return (Alternative((), known[0][1].atom),)
    functions = list(dict.fromkeys(function for function, _ in known))
    decision = m.decisions.get(("field", folder, type_id, name), [f"set in {function}" for function in functions])
    result: list[Alternative] = []
    seen: set[str] = set()
    for function, alternative in known:
        if isinstance(alternative.atom, Text):
            if alternative.atom.plain in seen or not alternative.atom.plain:
                continue
            seen.add(alternative.atom.plain)
        result.extend(under((alternative,), ((decision, functions.index(function)),)))
    return limit(result) or None


def _embeds(m: Machine, outer: str, inner: str) -> bool:
    return bool(inner) and (inner in m.index.embedded(outer) or outer in m.index.embedded(inner))
