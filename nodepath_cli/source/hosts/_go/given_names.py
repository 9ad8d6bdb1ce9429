"""The names that a struct or a map gives for the `:name` of a statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.alternatives import agree
from nodepath_cli.source.hosts._go.handles import Counts
from nodepath_cli.source.hosts._go.index import bare_name
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.structs import columns_of
from nodepath_cli.source.hosts._go.texts import plain, type_of
from nodepath_cli.source.hosts._go.values import Items, Table, Value, just

if TYPE_CHECKING:
    from tree_sitter import Node

MAP = "map"
"""The owner of the names of a map."""
_KEEPS = lazy(
    r"(?:^|\.)(?:len|Named\w*|MustExec\w*|Exec\w*|Query\w*|Get\w*|Select\w*|BindNamed|Print\w*|\w+f|Debug|Info|Warn|Error)$"
)
"""Functions that put nothing into a map that they are given: those that send it, and those that print it."""
_NAME = lazy(r"(?:\w+\.)*\w+")
_SEVERAL = 2


def given_names(m: Machine, f: Frame, node: Node, value: Value) -> list[Counts]:
    """Return the names that an argument gives: of a map that branches fill what it has under each of them."""
    if any(isinstance(each.atom, Table) for each in value) and _is_handed_on(m, f, node):
        return [Counts("names", reason="a map that is handed to a function, which may put in more")]
    possible = [each for each in value if agree(each.guard, f.ambient)]
    if len(possible) < _SEVERAL or not all(isinstance(each.atom, Table) for each in possible):
        return [names_of(m, value)]
    return [
        Counts("names", each.guard, reason="a map that is filled in a loop, or in one of several cases")
        if any(_may_not_be(m, *entry) for entry in each.guard)
        else replace(names_of(m, just(each.atom)), guard=each.guard)
        for each in possible
    ]


def _may_not_be(m: Machine, decision: int, arm: int) -> bool:
    """Say whether an arm may never be taken: none of several cases, and no round of a loop."""
    return m.decisions.is_doubtful(decision, arm) or m.decisions.is_round(decision, 0)


def _is_handed_on(m: Machine, f: Frame, node: Node) -> bool:
    """Say whether the function around hands a variable or field to another one, or has it under a second name."""
    name = f.file.source(node)
    routine = m.index.enclosing(f.file, node.start_byte) if _NAME.fullmatch(name) else None
    if routine is None:
        return False
    text = f.file.source(routine.node)
    if re.search(rf"(?<![=!<>])=\s*{re.escape(name)}\s*(?:$|[;}}])|:\s+{re.escape(name)}\s*[,}}]", text, re.MULTILINE):
        return True
    stack = [routine.node]
    while stack:
        each = stack.pop()
        stack += each.named_children
        listing = each.child_by_field_name("arguments") if each.type == "call_expression" else None
        function = each.child_by_field_name("function")
        if listing is None or function is None or _KEEPS.search(f.file.source(function)):
            continue
        if any(f.file.source(given) == name for given in listing.named_children):
            return True
    return False


def names_of(m: Machine, value: Value) -> Counts:
    """Return the names that a struct, a map or a list of them gives."""
    atom = value[0].atom
    if len({type_of((each,)) for each in value}) > 1:
        return Counts("names", reason="a value of several types")
    if len(value) == 1 and isinstance(atom, Items) and not atom.type and atom.items:
        return names_of(m, atom.items[0])
    if len(value) == 1 and isinstance(atom, Table):
        keys = [plain(key[0].atom) if len(key) == 1 else None for key, _ in atom.entries]
        if atom.open or None in keys:
            return Counts("names", reason="map whose keys are known only at run time")
        return Counts("names", names=tuple(sorted(key for key in keys if key is not None)), owner=MAP)
    type_id = atom.type if isinstance(atom, Items) else type_of(value)
    type_id = type_id.removeprefix("[]")
    names = columns_of(m.index, type_id) if type_id else None
    reason = "" if names is not None else "a type whose fields are not known"
    return Counts("names", names=names, owner=bare_name(type_id), reason=reason)
