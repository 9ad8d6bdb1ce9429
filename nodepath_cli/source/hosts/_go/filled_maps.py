"""Maps that are filled under keys known only at run time (`c.query[level] = text`): what an entry may be.

Every value that the package puts into such a map may be asked for, where the map is made empty and each of the values
rests on the package alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.fields import stands_alone
from nodepath_cli.source.hosts._go.machine import Frame, Machine, OutOfSteps
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Atom, Table, Text, Unknown, Value
from nodepath_cli.source.hosts._go.writes import Write

_MADE_EMPTY = lazy(r"make\(|map\[.*\]\s*[\w.*]+\s*\{\s*\}$")
_CHAIN = lazy(r"(?<![\w.])(?:\w+\.)*$")
"""What stands in front of a name: the struct that it is a field of, or nothing."""
_CALLED = lazy(r"(\w+)\($")
_LINE = 400
"""So many characters of a line are looked at in front of a name."""
_MOST = 12
_KEPT = ("len", "delete", "clear")
"""Functions that put nothing into a map."""


def is_unknown(atom: Atom) -> bool:
    """Say whether a value is a map of which no entry is known."""
    if isinstance(atom, Table):
        return not atom.entries
    return isinstance(atom, Unknown) and atom.type == "map[]string"


def entries(m: Machine, f: Frame, node: Node) -> list[Value]:
    """Return the texts that an entry of the map in `map[key]` may be; none where not every one of them is known."""
    operand = node.child_by_field_name("operand")
    if operand is None:
        return []
    name = f.file.source(operand).rpartition(".")[2]
    writes = list(_writes(m, f, operand))
    if not any(write.of_element for _, write in writes) or len(writes) > _MOST:
        return []
    if any(_is_shared(m, file, name) for file in {file.path: file for file, _ in writes}.values()):
        return []
    result: list[Value] = []
    for file, write in writes:
        if write.value is None:
            return []
        if not write.of_element:
            if not _MADE_EMPTY.match(file.source(write.value)):
                return []
            continue
        value = _alone(m, file, write)
        if value is None:
            return []
        result.append(value)
    return result


def _is_shared(m: Machine, file: GoFile, name: str) -> bool:
    """Say whether a map is handed to a function, which may put in more, or an entry of it is added to.

    It is told once for each file and name: each round of a loop that reads an entry asks.
    """
    key = (file.path, name)
    known = m.shared_maps.get(key)
    if known is None:
        known = m.shared_maps[key] = _shares(file.text, name)
    return known


def _shares(text: str, name: str) -> bool:
    # A pattern that begins with the name finds it at once; one with what may stand in front is tried at each word.
    for found in re.finditer(rf"{re.escape(name)}(?=\[[^\n]*\]\s*\+=|\s*[,)])", text):
        start = found.start()
        line = text[max(text.rfind("\n", 0, start) + 1, start - _LINE) : start]
        chain = _CHAIN.search(line)
        if chain is None:
            continue
        if text.startswith("[", found.end()):
            return True
        at = start - len(chain.group())
        while at > 0 and text[at - 1].isspace():
            at -= 1
        called = _CALLED.search(line[: chain.start()])
        if text.endswith(",", 0, at) or (called is not None and called[1] not in _KEPT):
            return True
    return False


def _writes(m: Machine, f: Frame, operand: Node) -> Iterator[tuple[GoFile, Write]]:
    """Yield what writes to a map or its entries: to one of a function in that function, to a field in its package."""
    if operand.type == "identifier":
        routine = m.index.enclosing(f.file, operand.start_byte)
        name = f.file.source(operand)
        if routine is None or f.scope.get(name) is None or name in f.parameters:
            return
        for write in m.index.writes_around(routine).by_name.get(name, ()):
            if not write.is_field and routine.start_byte <= write.start < routine.end_byte:
                yield f.file, write
    owner, member = operand.child_by_field_name("operand"), operand.child_by_field_name("field")
    if operand.type == "selector_expression" and owner is not None and member is not None:
        folder, name = type_of(first_of(m.evaluate(f, owner))).rpartition(".")[0], f.file.source(member)
        for file in m.index.mentioning(folder, name):
            for write in m.index.writing(file, name, is_field=True):
                yield file, write


def _alone(m: Machine, file: GoFile, write: Write) -> Value | None:
    """Return a text that rests on the package alone, None for anything else."""
    routine = m.index.enclosing(file, write.start)
    if write.value is None or not stands_alone(m, file, write.value, routine):
        return None
    m.quiet += 1
    try:
        value = first_of(m.evaluate(m.frame(file, routine.name if routine is not None else None), write.value))
    except OutOfSteps:
        return None
    finally:
        m.quiet -= 1
    return value if all(isinstance(each.atom, Text) for each in value) else None
