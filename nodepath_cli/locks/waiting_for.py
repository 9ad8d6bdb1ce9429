"""What a waiting statement asks for, read from its text: the server's process list does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.lexer import QUOTED, WORD, LexError, tokenize, unquote

_CHANGES_SHAPE = frozenset({"ALTER", "DROP", "RENAME", "TRUNCATE", "CREATE", "OPTIMIZE", "REPAIR"})
_WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD"})
_GET_LOCK = lazy(r"\bget_lock\s*\(\s*(?:'((?:[^'\\]|\\.|'')*)'|\"([^\"]*)\")", re.IGNORECASE)
_READS = frozenset({"SELECT", "SHOW", "DESC", "DESCRIBE", "EXPLAIN", "WITH", "VALUES", "TABLE"})


def wanted_mode(query: str | None) -> str | None:
    """Return the metadata lock that a statement wants on its tables, None where its text does not tell."""
    words = _words(query)
    first = words[0] if words else ""
    if first in _CHANGES_SHAPE:
        return "EXCLUSIVE"
    if first == "LOCK":
        return "SHARED_NO_READ_WRITE" if "WRITE" in words else "SHARED_READ_ONLY"
    if first in _WRITES or (first == "SELECT" and words[-2:] == ["FOR", "UPDATE"]):
        return "SHARED_WRITE"
    return "SHARED_READ" if first in _READS else None


def tables_in(query: str | None, database: str | None, tables: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return those of the tables (database, name) that a statement names.

    A name without its database is looked for in `database`, the connection's own.
    """
    names = _names(query)
    qualified = {(names[i], names[i + 2]) for i in range(len(names) - 2) if names[i + 1] == "."}
    bare = {name for i, name in enumerate(names) if i == 0 or names[i - 1] != "."}
    return frozenset(
        (schema, name)
        for schema, name in tables
        if (schema, name) in qualified or (schema == database and name in bare)
    )


def names_in(query: str | None) -> frozenset[str]:
    """Return every name and word of a statement."""
    return frozenset(_names(query))


def lock_asked(query: str | None) -> str | None:
    """Return the name of the lock that a statement asks for with `GET_LOCK`, None where it is not a literal."""
    match = _GET_LOCK.search(query or "")
    if match is None:
        return None
    return (match[1] if match[1] is not None else match[2]).replace("''", "'").replace("\\'", "'")


def _names(query: str | None) -> list[str]:
    """Return a statement's names without quotes, its words and its dots; "" for everything else."""
    tokens = tokenize(query or "")
    if isinstance(tokens, LexError):
        return []
    found = []
    for kind, start, end in zip(tokens.kinds, tokens.starts, tokens.ends, strict=True):
        piece = tokens.text[start:end]
        found.append(unquote(piece) if kind == QUOTED else piece if kind == WORD or piece == "." else "")
    return found


def _words(query: str | None) -> list[str]:
    tokens = tokenize(query or "")
    return [] if isinstance(tokens, LexError) else [word for word in tokens.words if word]
