"""Texts known only at run time that may be a column: as an argument of a function, or beside an operator of arithmetic.

`COALESCE(%s, 0)`: what stands there is a value as long as the program says so. It may as well be `SUM(amount)`, whose
columns nobody has looked at. A number (`%d`) is none, nor is what a column is compared with or set to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from nodepath_cli.sql.cursor import EXPRESSION, VALUE, HoleUse
from nodepath_cli.sql.lexer import WORD, Tokens
from nodepath_cli.sql.prepare import Prepared
from nodepath_cli.sql.words import FUNCTION_WORDS, RESERVED, words_of

_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "DIV", "MOD", "|", "&", "^", "<<", ">>"))
_SIGNS = frozenset(("+", "-"))
_BEFORE = words_of("( , DISTINCT DISTINCTROW ALL FROM")
_BEHIND = words_of(") , AS USING ORDER SEPARATOR FROM")
_VALUES_ALONE = words_of("VALUES VALUE ROW AGAINST")
"""Words before parentheses in which values stand, not expressions."""
_OPERAND_ENDS = frozenset((")", "END", "NULL", "TRUE", "FALSE"))


def with_expressions(prepared: Prepared, uses: Sequence[HoleUse]) -> tuple[HoleUse, ...]:
    """Return what the holes of a text stand for, told apart by whether those of one value may be a column."""
    tokens = prepared.tokens
    numbers = {hole.offset for hole in prepared.variant.holes if hole.number}
    may_be = partial(_may_be_column, tokens)
    return tuple(
        replace(use, role=EXPRESSION)
        if use.role == VALUE and use.start not in numbers and may_be(bisect_left(tokens.starts, use.start))
        else use
        for use in uses
    )


def _may_be_column(tokens: Tokens, index: int) -> bool:
    words = tokens.words
    before, behind = words[index - 1], words[index + 1]
    if behind in _ARITHMETIC or (before in _ARITHMETIC and not _is_sign(tokens, index - 1)):
        return before != "INTERVAL"
    return before in _BEFORE and behind in _BEHIND and _is_argument(tokens, index)


def _is_sign(tokens: Tokens, index: int) -> bool:
    """Say whether `-` or `+` stands before a number (`a = -%s`), not between two operands."""
    word = tokens.words[index - 1]
    if tokens.words[index] not in _SIGNS or not word or word in _OPERAND_ENDS:
        return False
    return tokens.kinds[index - 1] != WORD or word in RESERVED


def _is_argument(tokens: Tokens, index: int) -> bool:
    """Say whether the parentheses around a token are those of a function."""
    words, depth, at = tokens.words, 0, index - 1
    while at > 0 and (words[at] != "(" or depth):
        depth += (words[at] == ")") - (words[at] == "(")
        at -= 1
    name = words[at - 1] if at > 0 and tokens.kinds[at - 1] == WORD else ""
    return bool(name) and name not in _VALUES_ALONE and (name not in RESERVED or name in FUNCTION_WORDS)
