"""Whether the rounds of a loop all do the same, and what they are as many as."""

from __future__ import annotations

import re

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.allowed import quietly
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Items, Number, Record, Value

_CHANGES = lazy(rb"(?<![:=!<>])=(?!=)|\+\+|--")
_SEPARATES = lazy(
    rb"\bif\s+(\w+)\s*(?:>|!=)\s*0\s*\{[^{}?\w]*(?:[\w.]+\s*(?:=\s*append\(\w+,|\+=|\()\s*)"
    rb"(?:\"[^\"\w?]*\"|'[^'\w?]*')\s*\)?\s*\}"
)
"""What writes nothing but a separator in front of all rounds but the first."""
_MARK = lazy(
    rb"\bif\s+(?:(?P<index>\w+)\s*(?:>|!=)\s*0|(?P<text>[\w.]+)\s*!=\s*\"\"|len\((?P<long>[\w.]+)\)\s*(?:>|!=)\s*0"
    rb"|(?P<built>[\w.]+)\.Len\(\)\s*(?:>|!=)\s*0)\s*\{\s*(?P<to>[\w.]+?)\s*(?:\+=\s*|\.Write(?:String|Byte|Rune)\(\s*)"
    rb"(?:\"(?P<words>[^\"\\?]*)\"|'(?P<sign>[^'\\?])'|(?P<name>\w+))\s*\)?\s*\}"
)
"""The same, added to a variable: in all rounds but the first, or where the variable is not empty."""
_ADDS = lazy(rb"(?<![:=!<>])=\s*append\(|(\w+)\s*\+=")
_FILLS = rb"\b\w+\[%s\](?:\s*=(?!=))?"
"""What sets an element of a list, or reads one."""
_LISTED = rb"(\bappend\((?:[^()\n\"`]|\([^()\n]*\))*?),\s*%s\b(?=\s*[,)])"
"""The number or key of a round that is added to a list as it stands: another value, and no other text."""
_LEFT_ALONE = lazy(rb"\b_\s*=\s*\w+")
_LEFT_OUT = rb"(\w+)(?P<of>\s*:?=\s*[\w.]+\[%s\]\s*;?\s*if\s+!)\1\s*\{[^{}]*\b(?:return|continue)\b[^{}]*\}"
"""A round whose key another map does not have is left out: `column, ok := columns[key]; if !ok { continue }`."""
_TAKEN_IN = rb"\bif\s+\w+,\s*(\w+)\s*:=\s*[\w.]+\[%s\];\s*\1\s*(?=\{)"
"""The same the other way round: `if column, ok := columns[key]; ok { ... }`."""
_CALLS = lazy(
    rb"\b(?!(?:append|string|len|Sprint|Sprintf|Fprint|Fprintf|WriteString|WriteByte|WriteRune|Write)\()\w+\("
)
"""A call that may give something else in each round."""
_LITERAL = lazy(rb'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
_BRANCHING = (b"if ", b"switch", b"break", b"continue", b"return", b"goto", b"select")


def as_many_rounds(m: Machine, f: Frame, value: Value, body: Node) -> int:
    """Return the number of a list's length where a loop over it goes the same way in each round, 0 where it may not."""
    source = f.file.data[body.start_byte : body.end_byte]
    if any(word in _SEPARATES.sub(b"", source) for word in _BRANCHING):
        return 0
    atom = value[0].atom
    if isinstance(atom, Items):
        return atom.size if len(value) == 1 else 0
    length = m.length(value) or value
    return m.multiple(length)


def mark_between(f: Frame, body: Node, index: str) -> tuple[str, str] | None:
    """Return the variable to which a loop adds an element in each round, and what it puts between two of them.

    It may be a field (`q.text`). None where rounds may differ in more, and where nothing is put in between.
    """
    source = f.file.data[body.start_byte : body.end_byte]
    found = [each.groupdict() for each in _MARK.finditer(source)]
    if len(found) != 1 or any(word in _MARK.sub(b"", source) for word in (*_BRANCHING, b"func")):
        return None
    words = {key: part.decode("utf-8", "surrogateescape") for key, part in found[0].items() if part is not None}
    target = words["to"]
    if "index" in words:
        begun = words["index"] == index
    else:
        asked = words.get("text") or words.get("long") or words.get("built")
        begun = asked == target and _known_text(f, target) == ""
    mark = words.get("words", words.get("sign")) if "name" not in words else _known_text(f, words["name"])
    return (target, mark) if begun and mark is not None else None


def _known_text(f: Frame, name: str) -> str | None:
    owner, *fields = name.split(".")
    value = f.scope.get(owner)
    for field in fields:
        record = value[0].atom if value is not None and len(value) == 1 else None
        value = record.get(field) if isinstance(record, Record) else None
    return plain(value[0].atom) if value is not None and len(value) == 1 else None


def is_steady(f: Frame, body: Node, index: str) -> bool:
    """Say whether each round of a loop adds to lists and texts what the first one does: nothing else is changed in it.

    `index` is the number of the round, or empty. Elements of lists that it stands for are another one in each round.
    Rounds may be left out whose key a map does not have.
    """
    # What stands in a literal changes nothing (`append(sets, column+" = ?")`).
    source = _LEFT_ALONE.sub(b"", _LITERAL.sub(b'""', f.file.data[body.start_byte : body.end_byte]))
    if index not in ("", "_") and b"if " in source:
        key = re.escape(index).encode()
        source = re.sub(_TAKEN_IN % key, b"", re.sub(_LEFT_OUT % key, b"", source))
    if any(word in source for word in (*_BRANCHING, b"func")):
        return False
    if index not in ("", "_"):
        name = re.escape(index).encode()
        source = re.sub(_FILLS % name, b"", source)
        listed = 1
        while listed:
            source, listed = re.subn(_LISTED % name, rb"\1", source)
        if re.search(rb"\b" + name + rb"\b", source):
            return False
    added = _ADDS.findall(source)
    if len(_CHANGES.findall(source)) != len(added):
        return False
    # What grows and is read again is longer in the next round (`n += 2`).
    return all(len(re.findall(rb"\b%s\b" % name, source)) == added.count(name) for name in {*added} - {b""})


def adds_alike(f: Frame, body: Node) -> bool:
    """Say whether a steady loop adds the same text in each round: no function is asked that may say something else."""
    return _CALLS.search(_LITERAL.sub(b'""', f.file.data[body.start_byte : body.end_byte])) is None


def index_of(f: Frame, update: Node) -> str:
    """Return the variable that counts the rounds: that of `i++`."""
    source = f.file.source(update)
    return source[:-2] if update.type == "inc_statement" else ""


def counted_to(m: Machine, f: Frame, condition: Node | None, index: str, body: Node) -> int:
    """Return the number of what a loop from 0 counts up to (`i < n`), 0 where that is not known or rounds differ."""
    if condition is None or not index or condition.type != "binary_expression":
        return 0
    left, right, sign = (condition.child_by_field_name(part) for part in ("left", "right", "operator"))
    begun = f.scope.get(index)
    atom = begun[0].atom if begun is not None and len(begun) == 1 else None
    if left is None or right is None or sign is None or sign.type not in ("<", "!=") or f.file.source(left) != index:
        return 0
    if not isinstance(atom, Number) or atom.value or atom.sample:
        return 0
    changed = re.compile(rf"\b{re.escape(index)}\s*(?:\+\+|--|[-+*/]?=[^=])".encode())
    if changed.search(f.file.data, body.start_byte, body.end_byte):
        return 0
    return as_many_rounds(m, f, first_of(quietly(m, f, right)), body)
