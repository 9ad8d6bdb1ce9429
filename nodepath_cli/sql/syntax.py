"""Syntax errors that are beyond doubt: two words next to one another that no statement of any server has so.

A grammar that does not understand a text proves nothing. These pairs do: each was looked for in the statements of
MariaDB's regression suite that the server accepts, and in none of them it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from nodepath_cli.source.statement import Variant
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.words import words_of

_CLAUSES = words_of("WHERE ORDER GROUP HAVING LIMIT")
_ENDS = _CLAUSES | words_of("AND OR , )")
_NEVER_AFTER = {
    ",": _CLAUSES | words_of("FROM AND OR , )"),
    "(": words_of(","),
    "WHERE": _ENDS,
    "HAVING": _ENDS,
    "AND": _ENDS,
    "OR": _ENDS,
    "=": _ENDS | {"FROM"},
    "SELECT": _CLAUSES | words_of("FROM ,"),
    "FROM": _ENDS | {"FROM"},
    "SET": words_of("WHERE ,"),
    "BY": _ENDS | {"FROM"},
    "INTO": words_of("VALUES ,"),
}
_FOREIGN = frozenset("{}[]%:$#\\")
_SHAPES = (("SELECT", "FROM"), ("INSERT", "INTO"), ("REPLACE", "INTO"), ("UPDATE", "SET"), ("DELETE", "FROM"))


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Two words that cannot follow one another; the second one is what the server stumbles over."""

    first: int
    """Offset of the first word."""
    start: int
    end: int
    """Offsets of the second word."""
    text: str
    """How both read."""


def syntax_fault(variant: Variant, ansi_quotes: bool = False) -> SyntaxFault | None:
    """Return the first certain syntax error of a text that the grammar does not understand, None where in doubt.

    A text with holes, with marks of a template or of another language, or without the words of a statement is in doubt;
    so is one that breaks off, as it may be a piece of another text.
    """
    if variant.holes:
        return None
    clauses = Clauses.of(variant.sql, ansi_quotes)
    if clauses is None or not any(clauses.word(0) == first and _has(clauses, word) for first, word in _SHAPES):
        return None
    tokens = clauses.tokens
    if not _FOREIGN.isdisjoint(tokens.words):
        return None
    for index in range(clauses.end - 1):
        never = _NEVER_AFTER.get(tokens.words[index])
        if never and tokens.words[index + 1] in never and not (index and tokens.words[index - 1] == "."):
            text = " ".join(variant.sql[tokens.starts[index] : tokens.ends[index + 1]].split())
            return SyntaxFault(tokens.starts[index], tokens.starts[index + 1], tokens.ends[index + 1], text)
    return None


def _has(clauses: Clauses, word: str) -> bool:
    return clauses.find(0, {word}) < clauses.end
