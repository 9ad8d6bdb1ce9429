"""Syntax errors that are beyond doubt.

Either two words stand next to one another that no statement of any server has so: each pair was looked for in the
statements of MariaDB's regression suite that the server accepts, and in none of them it stands. Or the grammars of both
families stop, in a text that has no sign of another language: of 31,433 statements of that suite some 60 are refused,
and MariaDB 10.11 answers an error to each. A text that breaks off (`WHERE` at its end, an open quote or parenthesis)
may be a piece of another text, unless it is known to be whole: then that is an error, too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.spelling import meant_verb
from nodepath_cli.source.statement import Separator, Variant
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import (
    NEVER_CLOSED,
    NEVER_OPENED,
    NUMBER,
    OPEN_QUOTE,
    PARAM,
    QUOTED,
    WORD,
    LexError,
    tokenize,
)
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Unparsed
from nodepath_cli.sql.words import RESERVED, words_of

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
_MAY_CLOSE = lazy(r"(?i),|\b(?:AND|OR|FROM|WHERE|GROUP|ORDER|LIMIT|SET|VALUES?|SELECT|ON|AS|THEN|ELSE)\b")
"""Where a parenthesis that was forgotten may have stood: in front of these."""
_MOST_PLACES = 30
_OPENED = lazy(r"`[\w$]+(?=\s)")
_GLUED = _CLAUSES | words_of(
    "FROM SET VALUES AND OR ON SELECT UNION INTO JOIN LEFT RIGHT INNER CROSS FOR BY LIKE BETWEEN DISTINCT USING"
)
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
_VERBS = frozenset(first for first, _ in _SHAPES)
_NEWEST = (("mysql", (8, 4)), ("mariadb", (11, 4)))
"""What one of these accepts is no syntax error, whatever the server at hand says."""
_OTHER_LANGUAGES = words_of(
    "ALLOW ANALYSE APPLY ARRAY CAST CONFLICT COPY CURRVAL EXCEPT EXTRACT FETCH FILTER FINAL FORMAT FULL GLOB ILIKE "
    "INTERSECT INTERVAL LATERAL MATERIALIZED MERGE MINUS NEXTVAL NOLOCK NULLS ONLY OUTPUT OVERLAPS PLACING PREWHERE "
    "QUALIFY RETURNING ROWID ROWNUM SAMPLE SIMILAR TABLESAMPLE TOP TTL UNNEST WITHIN ZONE ||"
)
"""Words of PostgreSQL, SQLite, SQL Server, Oracle, Cassandra and ClickHouse, or of what they write in another way."""
_BEFORE_TOP = words_of("SELECT DISTINCT ALL DELETE UPDATE INSERT INTO (")
_OWN_TYPES = words_of("SIGNED UNSIGNED CHAR DATETIME BINARY")
"""What CAST makes in MySQL and MariaDB, and hardly elsewhere."""


class SyntaxFault(Struct, frozen=True):
    """Two words that cannot follow one another; the second one is what the server stumbles over."""

    first: int
    """Offset of the first word."""
    start: int
    end: int
    """Offsets of the second word."""
    text: str
    """How both read."""
    ends: bool = False
    """There is no second word: the statement ends behind `text`, which `start` and `end` frame."""
    before: str = ""
    """The first word, where there are two."""
    alone: bool = False
    """The second word is wrong wherever the first one comes from."""
    why: str = ""
    """What is wrong with them, where that can be told."""


class Known(Struct, frozen=True):
    """What a schema tells of the names in a text that the grammar does not understand."""

    table: Callable[[str], bool]
    """Whether there is a table of that name."""
    columns: Callable[[frozenset[str]], bool] = lambda _names: False
    """Whether there is a table that has all these columns."""


def syntax_fault(variant: Variant, ansi_quotes: bool = False) -> SyntaxFault | None:
    """Return the first certain syntax error of a text that the grammar does not understand, None where in doubt.

    A text with marks of a template or of another language, or without the words of a statement is in doubt, and so are
    what stands behind its first hole and one that breaks off, as it may be a piece of another text.
    """
    clauses = _plain(variant, ansi_quotes, _SHAPES, names=True)
    if clauses is None:
        return None
    tokens = clauses.tokens
    for index in range(clauses.end - 1):
        never = _NEVER_AFTER.get(tokens.words[index])
        if never and tokens.words[index + 1] in never and not (index and tokens.words[index - 1] == "."):
            return _between(clauses, index)
    return None


def refused_word(
    unread: Unparsed, dialect: Dialect, known: Known, *, whole: bool = False, sent: bool = False
) -> SyntaxFault | None:
    """Return the word at which the grammar stops, where those of both families do; None where in doubt.

    In doubt are also texts that name no known table, or that hold a word of another database's language. `whole`: the
    text is all that the server gets, so that its end is the statement's. `sent`: it is, though it was put together.
    """
    if unread.start is None:
        return None
    unpaired = _UNPAIRED.get(unread.reason)
    if unpaired is not None:
        fault = unpaired(unread.variant, unread.start, dialect, known)
        return fault or (_without_partner(unread.variant, unread.start, dialect, known) if whole or sent else None)
    verb = _verb_misspelt(unread, dialect, known)
    if verb is not None:
        return verb
    clauses = _plain(unread.variant, dialect.ansi_quotes, None if whole else _SHAPES + _FROM_MISSPELT)
    if clauses is None or any(_foreign_words(clauses)):
        return None
    glued = _glued(unread, clauses, dialect, known)
    if glued is None and not _names_any(clauses, known):
        return None
    for name, version in _NEWEST:
        other = parse(unread.variant, Dialect(name, version, dialect.ansi_quotes))
        if not isinstance(other, Unparsed) or other.start is None or _may_be_alias(clauses, other.start):
            return None
    index = next((number for number, start in enumerate(clauses.tokens.starts) if start == unread.start), 0)
    if clauses.word(index) == "VALUES" and _has(clauses, "DUPLICATE"):
        # MariaDB takes it for a column's name there (measured).
        return None
    if glued is not None and index:
        return glued
    if index >= clauses.end:
        return _at_end(clauses) if whole and not unread.variant.holes else None
    if not index:
        return None
    fault = _between(clauses, index - 1)
    # A list that is empty has to be seen to be so.
    return fault if clauses.word(index) == ")" else replace(fault, alone=True)


def _may_be_alias(clauses: Clauses, start: int) -> bool:
    """Say whether `=` stands behind a table: both servers read `FROM a = b` as `FROM a AS b` (measured)."""
    tokens = clauses.tokens
    if tokens.text[start : start + 1] != "=" or clauses.word(0) == "UPDATE" or start not in tokens.starts:
        return False
    before = tokens.starts.index(start) - 1
    if before > 1 and all(_is_name(clauses, at) for at in (before - 1, before)):
        # `FROM t a = b`: the table has its alias.
        return False
    return tokens.kinds[before] in (WORD, QUOTED) or tokens.words[before] == ")"


def _is_name(clauses: Clauses, index: int) -> bool:
    kind, word = clauses.tokens.kinds[index], clauses.tokens.words[index]
    return kind == QUOTED or (kind == WORD and word not in RESERVED)


def _glued(unread: Unparsed, clauses: Clauses, dialect: Dialect, known: Known) -> SyntaxFault | None:
    """Return the word that two literals make, one of them with a keyword, where the text is right with a blank there.

    `"... FROM flows" + "WHERE id = ?"`
    """
    variant, tokens = unread.variant, clauses.tokens
    joints = {segment.start for segment in variant.offsets.segments[1:]}
    found: list[tuple[int, int]] = []
    for index, kind in enumerate(tokens.kinds[: clauses.end] if joints else ()):
        start, end = tokens.starts[index], tokens.ends[index]
        for joint in range(start + 1, end) if kind == WORD else ():
            if joint in joints and not _GLUED.isdisjoint(
                (variant.sql[start:joint].upper(), variant.sql[joint:end].upper())
            ):
                found.append((joint, index))
    if not found:
        return None
    text = variant.sql
    for joint, _ in reversed(found):
        text = f"{text[:joint]} {text[joint:]}"
    holes = tuple(
        replace(each, offset=each.offset + sum(at <= each.offset for at, _ in found)) for each in variant.holes
    )
    meant = Clauses.of(text, dialect.ansi_quotes)
    right = not isinstance(parse(Variant(text, variant.offsets, holes), dialect), Unparsed)
    if not right or meant is None or not _names_any(meant, known):
        return None
    joint, index = found[0]
    first, end = tokens.starts[index], tokens.ends[index]
    words, before = variant.sql[first:end], variant.sql[first:joint]
    return SyntaxFault(first, joint, end, text=words, before=before, alone=True, why="a blank is missing")


def _foreign_words(clauses: Clauses) -> Iterator[str]:
    """Yield the words of another database's language, but for those that are MySQL's where they stand."""
    tokens = clauses.tokens
    for index, word in enumerate(tokens.words):
        if word not in _OTHER_LANGUAGES or (index and tokens.words[index - 1] == "."):
            continue
        following = tokens.words[index + 1]
        if word == "INTERVAL" and (following == "(" or tokens.kinds[index + 1] in (NUMBER, PARAM, WORD)):
            # PostgreSQL's is a text.
            continue
        if word == "FORMAT" and following == "(":
            continue
        if word == "TOP" and index and tokens.words[index - 1] not in _BEFORE_TOP:
            # No language has it at the end (`ORDER BY a TOP 10`).
            continue
        if word == "CAST" and following == "(":
            close = tokens.closing[index + 1]
            named = clauses.find(index + 2, {"AS"}, close)
            if named < close and tokens.words[named + 1] in _OWN_TYPES:
                continue
        yield word


def _at_end(clauses: Clauses) -> SyntaxFault:
    """Return the fault that the statement goes on for no word more."""
    tokens, last = clauses.tokens, clauses.end - 1
    start, end = tokens.starts[last], tokens.ends[last]
    return SyntaxFault(start, start, end, tokens.text[start:end], True)


def _without_partner(variant: Variant, place: int, dialect: Dialect, known: Known) -> SyntaxFault | None:
    """Return the quote or parenthesis that has no partner, in a text that is a statement but for such marks."""
    text, start = variant.sql, place
    if text[place] == "`" and (begun := _begun_quote(variant, dialect, known)) is not None:
        return begun
    if variant.holes or "\\" in text:
        # Some servers take a backslash for a letter (sql_mode NO_BACKSLASH_ESCAPES).
        return None
    while True:
        text = text[:start] + " " + text[start + 1 :]
        again = tokenize(text, dialect.ansi_quotes)
        if not isinstance(again, LexError):
            break
        start = again.start
    clauses = _plain(Variant(text, variant.offsets), dialect.ansi_quotes, None)
    # `||` is an operator of every database; a mark without a partner is wrong to all of them.
    if clauses is None or any(word != "||" for word in _foreign_words(clauses)):
        return None
    if not _names_any(clauses, known) and not _calls_alone(clauses, Variant(variant.sql + ")", variant.offsets)):
        return None
    return SyntaxFault(place, place, place + 1, variant.sql[place])


def _calls_alone(clauses: Clauses, closed: Variant) -> bool:
    """Say whether a text names no table at all, and is right with a parenthesis at its end: `SELECT GET_LOCK(?, ?`."""
    newest = (Dialect(name, version) for name, version in _NEWEST)
    tables = {"FROM", "TABLE", "INTO"}
    return clauses.find(0, tables) == clauses.end and not any(
        isinstance(parse(closed, each), Unparsed) for each in newest
    )


def _begun_quote(variant: Variant, dialect: Dialect, known: Known) -> SyntaxFault | None:
    """Return the backquote before a name, where the text is right with its partner behind that name."""
    sql = variant.sql
    for opened in () if variant.holes else _OPENED.finditer(sql):
        closed = f"{sql[: opened.end()]}`{sql[opened.end() :]}"
        if not isinstance(parse(Variant(closed, variant.offsets), dialect), Unparsed):
            clauses = Clauses.of(closed, dialect.ansi_quotes)
            at = opened.start()
            return SyntaxFault(at, at, at + 1, "`") if clauses and _names_any(clauses, known) else None
    return None


def _verb_misspelt(unread: Unparsed, dialect: Dialect, known: Known) -> SyntaxFault | None:
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


def _one_too_many(variant: Variant, start: int, dialect: Dialect, known: Known) -> SyntaxFault | None:
    """Return the parenthesis at `start` where the text is right without it."""
    without = variant.sql[:start] + " " + variant.sql[start + 1 :]
    if variant.holes or isinstance(parse(Variant(without, variant.offsets), dialect), Unparsed):
        return None
    clauses = Clauses.of(without, dialect.ansi_quotes)
    return SyntaxFault(start, start, start + 1, ")") if clauses and _names_any(clauses, known) else None


def _never_closed(variant: Variant, start: int, dialect: Dialect, known: Known) -> SyntaxFault | None:
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


_UNPAIRED: dict[str, Callable[[Variant, int, Dialect, Known], SyntaxFault | None]] = {
    NEVER_OPENED: _one_too_many,
    NEVER_CLOSED: _never_closed,
    OPEN_QUOTE: lambda *_: None,
}
"""What is said of marks without a partner in a text that may be a piece of another one."""


def _plain(
    variant: Variant, ansi_quotes: bool, shapes: tuple[tuple[str, str], ...] | None, *, names: bool = False
) -> Clauses | None:
    """Return the words of a text that is a statement and nothing else, as far as can be seen.

    None for `shapes`: its first word is enough. What stands behind the first hole is not among them; with `names` a
    name in backquotes is no such hole.
    """
    clauses = Clauses.of(variant.sql, ansi_quotes)
    if clauses is None or not _FOREIGN.isdisjoint(clauses.tokens.words):
        return None
    first = next((each.offset for each in variant.holes if not (names and _in_quotes(clauses, each.offset))), None)
    if first is not None:
        # What touches a hole may be a part of a word.
        clauses = Clauses(clauses.tokens, sum(end < first for end in clauses.tokens.ends[: clauses.end]))
    if shapes is None:
        return clauses if clauses.word(0) in _VERBS else None
    shaped = any(clauses.word(0) == first and _has(clauses, word) for first, word in shapes)
    return clauses if shaped else None


def _in_quotes(clauses: Clauses, offset: int) -> bool:
    tokens = clauses.tokens
    at = bisect_right(tokens.starts, offset) - 1
    return at >= 0 and tokens.kinds[at] == QUOTED and offset < tokens.ends[at] - 1


def _names_any(clauses: Clauses, known: Known) -> bool:
    """Say whether a text names a known table, or lists columns of one where a table's name is left out."""
    tokens = clauses.tokens
    texts = [
        tokens.text[start:end].strip("`")
        for start, end in zip(tokens.starts[1 : clauses.end], tokens.ends[1 : clauses.end], strict=True)
    ]
    if any(map(known.table, texts)):
        return True
    opening = 1 + (clauses.word(1) == "INTO")
    if clauses.word(0) not in ("INSERT", "REPLACE") or clauses.word(opening) != "(":
        return False
    listed = texts[opening : tokens.closing[opening] - 1]
    names = frozenset(name.lower() for name in listed if name != ",")
    return len(names) > 1 and known.columns(names)


def _between(clauses: Clauses, index: int) -> SyntaxFault:
    """Return the fault that lies between the words at `index` and behind it."""
    tokens = clauses.tokens
    text = " ".join(clauses.text(index, index + 2).split())
    before = clauses.text(index, index + 1)
    return SyntaxFault(tokens.starts[index], tokens.starts[index + 1], tokens.ends[index + 1], text, before=before)


def _has(clauses: Clauses, word: str) -> bool:
    return clauses.find(0, {word}) < clauses.end


def twice(variant: Variant, element: Separator) -> Variant:
    """Return a text in which an element that may be there any number of times is there two times."""
    start, end = element.start, element.end
    more = element.text + variant.sql[start:end]
    again = [replace(each, offset=each.offset + len(more)) for each in variant.holes if each.offset >= start]
    kept = [each for each in variant.holes if each.offset < end]
    return Variant(variant.sql[:end] + more + variant.sql[end:], variant.offsets, (*kept, *again))
