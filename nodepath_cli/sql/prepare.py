"""A text made ready for the grammar: opened comments, cut lists, tokens.

Every rewrite keeps each character in its place. Texts that are too long or nested too deep are
refused here, with the reason.
"""

from __future__ import annotations

import re

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import HOLE, Variant
from nodepath_cli.sql.cursor import MAX_NESTING
from nodepath_cli.sql.executable import open_executable
from nodepath_cli.sql.lexer import LexError, Tokens, tokenize
from nodepath_cli.sql.resolution import Unparsed

MAX_SIZE = 100_000
"""Most characters of one statement, long lists of literals not counted."""

# No possessive groups: see sql/lexer.py.
_LITERAL = r"\s*+(?:-?\d++(?:\.\d++)?|'[^'\\]*+'|\?|NULL)\s*+"
_LIST = lazy(rf"(?<=[(,])(?:{_LITERAL},){{64,}}", re.IGNORECASE)
_ROW = lazy(rf"\((?:{_LITERAL},)*{_LITERAL}\)\s*+,\s*+", re.IGNORECASE)
_LEAD = lazy(rf"\s*(?:{HOLE}\s*)+(?=(?:select|insert|replace|update|delete|with|create|alter|drop)\s)", re.IGNORECASE)


class Prepared(Struct, frozen=True):
    """A text with its tokens."""

    variant: Variant
    dialect: Dialect
    text: str
    """The text that the tokens' offsets count in."""
    tokens: Tokens
    lead: tuple[int, ...] = ()
    """Where holes stood in front of the first word of a statement: most likely a comment, and blanks in `text`."""


def prepare(variant: Variant, dialect: Dialect) -> Prepared | Unparsed:
    """Make a text ready for the grammar; say why where it cannot be read."""
    text = variant.sql
    if len(text) > MAX_SIZE:
        text, left = _cut(text)
        if left > MAX_SIZE:
            return Unparsed(variant, f"longer than {MAX_SIZE:,} characters")
    text, lead = without_lead(text) if variant.holes else (text, ())
    text = open_executable(text, dialect)
    sqlite = dialect.name == "sqlite"
    tokens = tokenize(text, dialect.ansi_quotes or sqlite, sqlite)
    if isinstance(tokens, LexError):
        syntax = HOLE not in text
        return Unparsed(variant, tokens.reason, syntax, tokens.start if syntax else None)
    if tokens.depth > MAX_NESTING:
        return Unparsed(variant, f"nested deeper than {MAX_NESTING} levels")
    return Prepared(variant, dialect, text, tokens, lead=lead)


def without_lead(text: str) -> tuple[str, tuple[int, ...]]:
    """Return a text with blanks for the holes in front of its first word, where that begins a statement, and those."""
    found = _LEAD.match(text)
    if found is None:
        return text, ()
    end = found.end()
    return " " * end + text[end:], tuple(at for at in range(end) if text[at] == HOLE)


def _cut(text: str) -> tuple[str, int]:
    """Blank long lists of literals and rows of one width; return the text and how many characters are left of it."""
    text = _cut_rows(_LIST.sub(lambda match: " " * len(match.group()), text))
    return text, len(text) - sum(len(run) for run in re.findall(r"\s{65,}+", text))


def _cut_rows(text: str) -> str:
    out: list[str] = []
    position = 0
    for match in re.finditer(r"(?i)\bVALUES\s*+(?=\()", text):
        if match.start() < position:
            continue
        first = _ROW.match(text, match.end())
        if not first:
            continue
        width = _width(first.group())
        end = start = first.end()
        row = _ROW.match(text, end)
        while row and _width(row.group()) == width:
            end = row.end()
            row = _ROW.match(text, end)
        out.append(text[position:start])
        out.append(" " * (end - start))
        position = end
    out.append(text[position:])
    return "".join(out)


def _width(row: str) -> int:
    return re.sub(r"'[^']*'", "", row[: row.rindex(")")]).count(",")
