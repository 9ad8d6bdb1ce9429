"""Syntax errors that are beyond doubt.

Either two words stand next to one another that no statement of any server has so: each pair was looked for in the
statements of MariaDB's regression suite that the server accepts, and in none of them it stands. Or the grammars of both
families stop, in a text that has no sign of another language: of 31,433 statements of that suite some 60 are refused,
and MariaDB 10.11 answers an error to each.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.source.spelling import meant_verb
from nodepath_cli.source.statement import Variant
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import NEVER_CLOSED
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Unparsed
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
_MAY_CLOSE = re.compile(r"(?i),|\b(?:AND|OR|FROM|WHERE|GROUP|ORDER|LIMIT|SET|VALUES?|SELECT|ON|AS|THEN|ELSE)\b")
"""Where a parenthesis that was forgotten may have stood: in front of these."""
_MOST_PLACES = 30
_FOREIGN = frozenset("{}[]%:$#\\")
_SHAPES = (
    ("SELECT", "FROM"),
    ("WITH", "SELECT"),
    ("INSERT", "INTO"),
    ("REPLACE", "INTO"),
    ("UPDATE", "SET"),
    ("DELETE", "FROM"),
)
_FROM_MISSPELT = (("SELECT", "JOIN"), ("SELECT", "WHERE"), ("DELETE", "WHERE"), ("UPDATE", "WHERE"))
_NEWEST = (("mysql", (8, 4)), ("mariadb", (11, 4)))
"""What one of these accepts is no syntax error, whatever the server at hand says."""
_OTHER_LANGUAGES = words_of(
    "ALLOW ANALYSE APPLY ARRAY CAST CONFLICT COPY CURRVAL EXCEPT EXTRACT FETCH FILTER FINAL FORMAT FULL GLOB ILIKE "
    "INTERSECT INTERVAL LATERAL MATERIALIZED MERGE MINUS NEXTVAL NOLOCK NULLS ONLY OUTPUT OVERLAPS PLACING PREWHERE "
    "QUALIFY RETURNING ROWID ROWNUM SAMPLE SIMILAR TABLESAMPLE TOP TTL UNNEST WITHIN ZONE ||"
)
"""Words of PostgreSQL, SQLite, SQL Server, Oracle, Cassandra and ClickHouse, or of what they write in another way."""


class SyntaxFault(Struct, frozen=True):
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
    clauses = _plain(variant, ansi_quotes, _SHAPES)
    if clauses is None:
        return None
    tokens = clauses.tokens
    for index in range(clauses.end - 1):
        never = _NEVER_AFTER.get(tokens.words[index])
        if never and tokens.words[index + 1] in never and not (index and tokens.words[index - 1] == "."):
            return _between(clauses, index)
    return None


def refused_word(unread: Unparsed, dialect: Dialect, known: Callable[[str], bool]) -> SyntaxFault | None:
    """Return the word at which the grammar stops, where those of both families do; None where in doubt.

    In doubt are also texts that name no table of which `known` is true, or that hold a word of another database's
    language.
    """
    if unread.start is None:
        return None
    if unread.variant.sql[unread.start : unread.start + 1] == ")":
        return _one_too_many(unread.variant, unread.start, dialect, known)
    if unread.reason == NEVER_CLOSED:
        return _never_closed(unread.variant, unread.start, dialect, known)
    verb = _verb_misspelt(unread, dialect, known)
    if verb is not None:
        return verb
    clauses = _plain(unread.variant, dialect.ansi_quotes, _SHAPES + _FROM_MISSPELT)
    if clauses is None or not _OTHER_LANGUAGES.isdisjoint(clauses.tokens.words) or not _names_any(clauses, known):
        return None
    for name, version in _NEWEST:
        other = parse(unread.variant, Dialect(name, version, dialect.ansi_quotes))
        if not isinstance(other, Unparsed) or other.start is None:
            return None
        if unread.variant.sql[other.start :][:1] == "=" and clauses.word(0) != "UPDATE":
            # Both servers read `FROM a = b` as `FROM a AS b` (measured).
            return None
    index = next((number for number, start in enumerate(clauses.tokens.starts) if start == unread.start), 0)
    if not 0 < index < clauses.end:
        return None
    fault = _between(clauses, index - 1)
    # The word is wrong wherever the one before it comes from.
    return replace(fault, first=fault.start)


def _verb_misspelt(unread: Unparsed, dialect: Dialect, known: Callable[[str], bool]) -> SyntaxFault | None:
    """Return the first word where the text is right with the verb that it was meant to be."""
    variant = unread.variant
    clauses = None if variant.holes else Clauses.of(variant.sql, dialect.ansi_quotes)
    if clauses is None or clauses.end < 2 or not _names_any(clauses, known):
        return None
    start, end = clauses.tokens.starts[0], clauses.tokens.ends[0]
    verb = meant_verb(variant.sql[start:end]) if unread.start == start else None
    if verb is None:
        return None
    meant = Variant(variant.sql[:start] + verb + variant.sql[end:], variant.offsets)
    fault = _between(clauses, 0)
    understood = not isinstance(parse(meant, dialect), Unparsed)
    return replace(fault, start=start, end=end) if understood else None


def _one_too_many(variant: Variant, start: int, dialect: Dialect, known: Callable[[str], bool]) -> SyntaxFault | None:
    """Return the parenthesis at `start` where the text is right without it."""
    without = variant.sql[:start] + " " + variant.sql[start + 1 :]
    if variant.holes or isinstance(parse(Variant(without, variant.offsets), dialect), Unparsed):
        return None
    clauses = Clauses.of(without, dialect.ansi_quotes)
    return SyntaxFault(start, start, start + 1, ")") if clauses and _names_any(clauses, known) else None


def _never_closed(variant: Variant, start: int, dialect: Dialect, known: Callable[[str], bool]) -> SyntaxFault | None:
    """Return the parenthesis at `start` where the text is right with its partner somewhere before the end.

    Where the partner would be right at the end, the text may be the first piece of another one.
    """
    if variant.holes:
        return None
    sql = variant.sql
    places = [start + match.start() for match in _MAY_CLOSE.finditer(sql[start:])]
    for place in (len(sql), *places[:_MOST_PLACES]):
        closed = f"{sql[:place]}) {sql[place:]}"
        if isinstance(parse(Variant(closed, variant.offsets), dialect), Unparsed):
            continue
        clauses = Clauses.of(closed, dialect.ansi_quotes)
        sure = place < len(sql) and clauses is not None and _names_any(clauses, known)
        return SyntaxFault(start, start, start + 1, "(") if sure else None
    return None


def _plain(variant: Variant, ansi_quotes: bool, shapes: tuple[tuple[str, str], ...]) -> Clauses | None:
    """Return the words of a text that is a statement and nothing else, as far as can be seen."""
    clauses = None if variant.holes else Clauses.of(variant.sql, ansi_quotes)
    if clauses is None or not _FOREIGN.isdisjoint(clauses.tokens.words):
        return None
    shaped = any(clauses.word(0) == first and _has(clauses, word) for first, word in shapes)
    return clauses if shaped else None


def _names_any(clauses: Clauses, known: Callable[[str], bool]) -> bool:
    tokens = clauses.tokens
    return any(
        known(tokens.text[start:end].strip("`"))
        for start, end in zip(tokens.starts[1 : clauses.end], tokens.ends[1 : clauses.end], strict=True)
    )


def _between(clauses: Clauses, index: int) -> SyntaxFault:
    """Return the fault that lies between the words at `index` and behind it."""
    tokens = clauses.tokens
    text = " ".join(clauses.text(index, index + 2).split())
    return SyntaxFault(tokens.starts[index], tokens.starts[index + 1], tokens.ends[index + 1], text)


def _has(clauses: Clauses, word: str) -> bool:
    return clauses.find(0, {word}) < clauses.end
