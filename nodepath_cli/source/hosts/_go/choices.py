"""Entries of a map or list that are chosen at run time: whether any of them can be the one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.binding import parameters
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Unknown

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = lazy(r"[A-Za-z_]\w*")
_DECLARED = lazy(r"\s*\w+\s+[\w.\[\]*{}]+\s*\Z")
_DEEPEST = 3


def is_free(m: Machine, f: Frame, index: Node) -> bool:
    """Say whether a key that is known only at run time may be any: nothing around asks for it, no caller fixes it."""
    value = m.evaluate(f, index)
    atom = value[0].atom
    if len(value) != 1 or not isinstance(atom, Unknown):
        return False
    source = f.file.source(index)
    asked = [re.compile(rf"\b{word}\b") for word in _WORD.findall(source)]
    if any(word.search(m.decisions.arm(*entry)) for entry in f.ambient for word in asked):
        return False
    if atom.reason.startswith("result of"):
        return True
    if atom.reason != ARGUMENT or source not in f.parameters or f.routine is None or m.calls:
        return False
    routine = m.index.routine_at(*f.routine)
    return routine is not None and not _fixed(m, routine, f.parameters[source], 0)


def _fixed(m: Machine, routine: Routine, position: int, depth: int) -> bool:
    """Say whether some call gives a function a constant, or what may be one."""
    if depth > _DEEPEST:
        return True
    call = re.compile(rf"(?<!func )(?<!\) )\b{re.escape(routine.name)}\(")
    for file in m.index.files:
        if not file.has(routine.name):
            continue
        for found in call.finditer(file.text):
            given = _argument(file.text, found.end(), position)
            if given is not None and _may_be_constant(m, file, found.start(), given.strip(), depth):
                return True
    return False


def _argument(text: str, start: int, position: int) -> str | None:
    """Return the text of an argument of a call that opens before `start`, None for a declaration."""
    depth, begin, number = 0, start, 0
    for at in range(start, min(len(text), start + 2_000)):
        letter = text[at]
        if letter in "([{":
            depth += 1
        elif letter in ")]}" and depth:
            depth -= 1
        elif letter in ",)" and not depth:
            if number == position:
                given = text[begin:at]
                return None if _DECLARED.match(given) else given
            if letter == ")":
                return None
            number, begin = number + 1, at + 1
    return '"'


def _may_be_constant(m: Machine, file: GoFile, offset: int, given: str, depth: int) -> bool:
    if ('"' in given and "(" not in given) or "`" in given:
        return True
    if "(" in given:
        return False
    package, _, name = given.rpartition(".")
    if not _WORD.fullmatch(name) or not name:
        return True
    if package:
        found = m.index.package_of(file, package) if _WORD.fullmatch(package) else None
        # A field: what it holds is known as little as what the struct was made of.
        return found is None or found[1] is None or m.index.value(found[1], name) is not None
    if m.index.value(file.folder, name) is not None:
        return True
    around = m.index.enclosing(file, len(file.text[:offset].encode("utf-8", "surrogateescape")))
    if around is None:
        return True
    names = [each for each, _, _ in parameters(file, around.node)]
    return name in names and _fixed(m, around, names.index(name), depth + 1)
