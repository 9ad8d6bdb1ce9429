"""Formatting verbs of a program's own (`DROP TABLE %n`, `VALUES (%?)`): what a wrapper puts in their place is a hole.

SQL has `%` only between two operands. Where an operand begins, behind a word, a comma or an opening parenthesis, it is
a verb of whatever formats the text, and what it stands for, a name or a value, is told by the place.
"""

from __future__ import annotations

import re

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.text_parts import add, cut, hole
from nodepath_cli.source.hosts._go.values import EMPTY, Alternative, Text

_VERB = r"%[-+# 0]*\d*(?:\.\d+)?(?:\[\d+\])?[A-Za-z?](?![\w%])"
_FOUND = lazy(
    rf"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`(?P<quoted>{_VERB})`|`[^`]*`|(?P<bare>{_VERB})", re.DOTALL
)
_OPERAND_BEGINS = lazy(
    r"(?:[(,=<>.+*/|!]|\b(?:from|into|exists|tables?|update|join|set|where|and|or|not|values?|in|like|by|on|limit|offset|"
    r"between|select|distinct|as|using|to|having|when|then|else|case|only|ignore|view|index|database|schema|end)|"
    # `orders_%d`: the rest of a name.
    r"\w_)$",
    re.IGNORECASE,
)
_LOOKED_AT = 12
"""How much of what stands in front tells where an operand begins: the longest word."""
REASON = "formatting verb"


def opened(text: Text) -> Text:
    """Return a text with a hole for each verb of a program's own; what stands in quotes is left as it is."""
    if "%" not in text.plain:
        return text
    result, position = EMPTY, 0
    for found in _FOUND.finditer(text.plain):
        group = "quoted" if found["quoted"] else "bare" if found["bare"] else None
        if group is None:
            continue
        start, end = found.span(group)
        before = text.plain[max(0, start - _LOOKED_AT - 1) : start]
        if group == "bare" and not _OPERAND_BEGINS.search(before if before.endswith("_") else before.rstrip()):
            continue
        verb = cut(text, start, end)
        made = hole(verb.plain, REASON, verb.pieces[0].span)
        result, position = add(add(result, cut(text, position, start)), made), end
    return add(result, cut(text, position, len(text.plain))) if position else text


def filled(alternative: Alternative) -> Alternative:
    """Return what code that is not followed makes of a text that may have verbs, and of values for them."""
    atom = alternative.atom
    return Alternative(alternative.guard, opened(atom)) if isinstance(atom, Text) and "%" in atom.plain else alternative
