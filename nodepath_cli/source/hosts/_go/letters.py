"""Loops over the letters of a text that build another one: what comes out is known at run time, and surely not empty.

`for _, c := range name { if c == '`' { b.WriteString("``") } else { b.WriteRune(c) } }`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.machine import Frame
from nodepath_cli.source.hosts._go.scope import Scope
from nodepath_cli.source.hosts._go.texts import as_text, join
from nodepath_cli.source.hosts._go.values import Alternative, Text, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_LENGTH = lazy(r"len\((\w+)\)$")


def are_gone_through(value: Value) -> bool:
    """Say whether a loop over a value is one over the letters of a text."""
    return all(
        isinstance(each.atom, Text) or (isinstance(each.atom, Unknown) and each.atom.type == "string") for each in value
    )


def counted(f: Frame, condition: Node | None) -> tuple[Value, Node] | None:
    """Return the text through whose letters a loop counts (`i < len(name)`), None where it is none."""
    right = condition.child_by_field_name("right") if condition is not None else None
    found = _LENGTH.match(f.file.source(right)) if right is not None else None
    value = f.scope.get(found[1]) if found is not None else None
    listing = right.child_by_field_name("arguments") if right is not None else None
    if value is None or listing is None or not are_gone_through(value):
        return None
    return value, listing.named_children[0]


def built(f: Frame, before: Scope, value: Value, node: Node) -> None:
    """Let the texts that a loop over a text's letters has built be known only at run time.

    `before` are the variables before the loop, `node` is what it went through.
    """
    for old, new in zip(before.levels, f.scope.levels, strict=False):
        for name, was in old.items():
            now = new.get(name, was)
            if now is not was and _grown(was, now):
                more = as_text(
                    value[0].atom if isinstance(value[0].atom, Unknown) else Unknown("text made letter by letter"),
                    f.file,
                    node,
                )
                new[name] = tuple(
                    Alternative(each.guard, join([each.atom, more])) for each in was if isinstance(each.atom, Text)
                )


def _grown(was: Value, now: Value) -> bool:
    """Say whether a loop has put behind each text what is not known, a letter."""
    begun = [each.atom for each in was if isinstance(each.atom, Text)]
    texts = [each.atom for each in now if isinstance(each.atom, Text)]
    if len(begun) != len(was) or len(texts) != len(now):
        return False
    added = [next((each for each in begun if text.plain.startswith(each.plain)), None) for text in texts]
    return None not in added and any(
        piece.hole is not None
        for text, own in zip(texts, added, strict=True)
        for piece in text.pieces[len(own.pieces if own is not None else ()) :]
    )
