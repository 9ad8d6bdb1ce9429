"""The tokens of a MySQL or MariaDB statement, as parallel lists with exact offsets.

Facts from the MySQL manual, chapter "Language Structure", checked on MariaDB 10.11: an unquoted identifier may begin
with a digit (`1a`) and hold `$`; `1e1` is a number; `--` starts a comment only before white space; two adjacent string
literals are one. A HOLE character is a token of its own, also where it touches a word.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import HOLE

WORD, QUOTED, NUMBER, STRING, OP, PARAM, VARIABLE, HOLED, END = range(1, 10)
"""Kinds of tokens: unquoted word, quoted identifier, number, string, operator, placeholder, `@x`, a hole, the end."""

# Letters, digits, `_`, `$` and all beyond ASCII, told by what is none of them: a range up to the last character takes a
# millisecond to compile wherever it stands.
_WORDLY = r"[^\x00-\x23\x25-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
_WORD_CHARACTER = rf"(?:(?!{HOLE}){_WORDLY})"
# Most tokens are such words: tried first, and not character by character as those with holes and letters beyond ASCII.
_PLAIN_WORD = rf"[A-Za-z_][A-Za-z0-9_$]*+(?!{_WORDLY})"
# No possessive groups (`(...)*+`): early Python 3.11 loses its place where a round of one fails (seen on 3.11.2, where
# `a--b` lost its minus signs). Possessive classes (`[...]++`) are right everywhere.
_SKIP = r"[\s\x00]*+(?:(?:\#[^\n]*+|--(?=[\s\x00-\x1f]|\Z)[^\n]*+|/\*.*?\*/)[\s\x00]*+)*"
_NUMBER = (
    r"0x[0-9a-fA-F]+(?![\w$])|0b[01]+(?![\w$])|\d+\.\d*(?:[eE][+-]?\d+)?(?![\w$])"
    rf"|(?<![\w$`])\.\d+(?:[eE][+-]?\d+)?|(?<!\.)\d+\.(?=[A-Za-z_])|\d+(?:[eE][+-]?\d+)?(?!{_WORDLY})|\d+(?=\ufffc)|\d+\.(?=\D|\Z)"
)
_SINGLE = r"'(?:[^'\\]|\\.|'')*'"
_DOUBLE = r'"(?:[^"\\]++|\\.|"")*"(?!")'
_DOUBLE_NAME = r'"(?:[^"]++|"")*"(?!")'
_BACK = r"`(?:[^`]++|``)*`(?!`)"
_VARIABLE = rf"@@?(?:`[^`]*`|'[^']*'|\"[^\"]*\"|{_WORD_CHARACTER}|\.)*"
_OPERATOR = r"<=>|->>|->|<<|>>|<=|>=|<>|!=|\|\||&&|:=|::|."


@cache
def _pattern(ansi_quotes: bool, brackets: bool) -> re.Pattern[str]:
    names = _BACK + (f"|{_DOUBLE_NAME}" if ansi_quotes else "") + (r"|\[[^\]\n]*\]" if brackets else "")
    strings = _SINGLE if ansi_quotes else f"{_SINGLE}|{_DOUBLE}"
    # `$1` and `$name` are parameters to SQLite, names to the others.
    word, parameter = (
        (rf"(?!\$){_WORD_CHARACTER}+", r"[:$]\w+|\?\d*")
        if brackets
        else (f"{_WORD_CHARACTER}+", r"\?\d*|:[A-Za-z_]\w*(?:\.\w+)*")
    )
    return re.compile(
        rf"{_SKIP}(?:({_PLAIN_WORD})|({_NUMBER})|({word})|({strings})|({names})|({parameter})"
        rf"|({_VARIABLE})|({HOLE}+)|({_OPERATOR})|\Z)",
        re.DOTALL,
    )


_NAME_BEHIND_DOT = lazy(_WORDLY)
NEVER_CLOSED = "a parenthesis that is never closed"
NEVER_OPENED = "a closing parenthesis too many"
OPEN_QUOTE = "a quote that is never closed"
_QUOTES = frozenset("'\"`")
_KINDS = (END, WORD, NUMBER, WORD, STRING, QUOTED, PARAM, VARIABLE, HOLED, OP)


class Tokens(Struct, frozen=True):
    """A text's tokens. Item `i` of every list belongs to token `i`; the last token is END."""

    text: str
    kinds: list[int]
    words: list[str]
    """Upper-case text of words, the text of operators, "" for everything else: a keyword is told by this alone. What
    stands before the dot of a name is in lower case: no keyword."""
    starts: list[int]
    ends: list[int]
    closing: dict[int, int]
    """By the index of each `(`: the index of its `)`."""
    depth: int
    """The deepest nesting of parentheses."""


class LexError(Struct, frozen=True):
    """A text that has no tokens, and why: an open quote, an unmatched parenthesis. The server refuses it, too."""

    reason: str
    start: int
    """Offset of the quote or parenthesis."""


def tokenize(text: str, ansi_quotes: bool = False, brackets: bool = False) -> Tokens | LexError:
    """Return the tokens of a text, or why it has none.

    `ansi_quotes`: `"x"` is an identifier. `brackets`: so is `[x]` (SQLite). The rules look at a statement when all are
    resolved, so that the last thousands of texts are remembered: nobody changes the lists.
    """
    return _tokenized(text, ansi_quotes, brackets)


# Arguments that are left out, or given by name, make another key: `tokenize` gives them all.
@lru_cache(maxsize=4096)
def _tokenized(text: str, ansi_quotes: bool, brackets: bool) -> Tokens | LexError:
    kinds: list[int] = []
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    closing: dict[int, int] = {}
    stack: list[int] = []
    depth = 0
    for match in _pattern(ansi_quotes, brackets).finditer(text):
        group = match.lastindex
        if group is None:
            break
        start, end = match.span(group)
        kind = _KINDS[group]
        if kind == WORD:
            word = text[start:end]
            # `order.id`: a dot that touches what is around it makes a name of any word (measured; `sql_lex.cc`). Words
            # in lower case are no keywords.
            named = not brackets and text[end : end + 1] == "." and _NAME_BEHIND_DOT.match(text, end + 1)
            words.append(word.lower() if named else word.upper())
        elif kind == OP:
            word = text[start:end]
            if word == "(":
                stack.append(len(kinds))
                depth = max(depth, len(stack))
            elif word == ")":
                if not stack:
                    return LexError(NEVER_OPENED, start)
                closing[stack.pop()] = len(kinds)
            elif word in _QUOTES:
                return LexError(OPEN_QUOTE, start)
            words.append(word)
        else:
            words.append("")
        kinds.append(kind)
        starts.append(start)
        ends.append(end)
    if stack:
        return LexError(NEVER_CLOSED, starts[stack[-1]])
    # Three ends, so that a look-ahead of two needs no bounds check.
    kinds += [END] * 3
    words += [""] * 3
    starts += [len(text)] * 3
    ends += [len(text)] * 3
    return Tokens(text, kinds, words, starts, ends, closing, depth)


def unquote(text: str) -> str:
    """Return the name inside a quoted identifier."""
    quote = text[0]
    if quote == "[":
        return text[1:-1]
    inner = text[1:-1]
    return inner.replace(quote + quote, quote) if quote in inner else inner
