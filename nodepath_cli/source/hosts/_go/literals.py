"""Go string and rune literals, decoded so that every character knows its source."""

from __future__ import annotations

import re

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import EMPTY, Piece, Text
from nodepath_cli.source.statement import Span

# The Go specification, "Rune literals": the escapes of one character.
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = lazy(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_HIGHEST = 0x10FFFF


def literal_text(file: GoFile, node: Node) -> Text:
    """Return the text of a raw, interpreted or rune literal.

    An escape is one run that stands for its whole source; a broken literal (no closing quote) gives what there is.
    """
    whole = file.span(node)
    source = file.text[whole.start : whole.end]
    if not source:
        return EMPTY
    quote = source[0]
    end = whole.end - 1 if len(source) > 1 and source[-1] == quote else whole.end
    inner = file.text[whole.start + 1 : end]
    if quote == "`":
        return _raw(inner, whole)
    return _interpreted(inner, whole)


def _raw(inner: str, whole: Span) -> Text:
    """Go drops carriage returns from raw literals (specification, "String literals")."""
    base = whole.start + 1
    if "\r" not in inner:
        return _one(inner, base, whole)
    pieces = []
    offset = 0
    for part in inner.split("\r"):
        if part:
            span = Span(whole.path, base + offset, base + offset + len(part))
            pieces.append(Piece(part, span, True, whole))
        offset += len(part) + 1
    return Text(tuple(pieces), inner.replace("\r", ""))


def _interpreted(inner: str, whole: Span) -> Text:
    base = whole.start + 1
    if "\\" not in inner:
        return _one(inner, base, whole)
    pieces = []
    position = 0
    for escape in _ESCAPE.finditer(inner):
        if escape.start() > position:
            span = Span(whole.path, base + position, base + escape.start())
            pieces.append(Piece(inner[position : escape.start()], span, True, whole))
        span = Span(whole.path, base + escape.start(), base + escape.end())
        pieces.append(Piece(_unescape(escape.group()), span, False, whole))
        position = escape.end()
    if position < len(inner):
        span = Span(whole.path, base + position, base + len(inner))
        pieces.append(Piece(inner[position:], span, True, whole))
    return Text(tuple(pieces), "".join(piece.text for piece in pieces))


def _one(inner: str, base: int, whole: Span) -> Text:
    if not inner:
        # An empty literal still says where a text begins, so it keeps no piece: nothing of it is ever shown.
        return EMPTY
    return Text((Piece(inner, Span(whole.path, base, base + len(inner)), True, whole),), inner)


def _unescape(escape: str) -> str:
    kind = escape[1]
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind in "xuU" and len(escape) > 2:
        code = int(escape[2:], 16)
    elif kind in "01234567" and len(escape) == 4:
        code = int(escape[1:], 8)
    else:
        return kind
    return chr(code) if code <= _HIGHEST else "\ufffd"
