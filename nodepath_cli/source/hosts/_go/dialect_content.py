"""Whose SQL a text is by what stands in it: words and forms that the audited server does not understand."""

from __future__ import annotations

import re
from functools import lru_cache

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.dialects import Foreign

_SERIAL = "SERIAL column"
_STRINGS = lazy(r"'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_CONTENT: list[tuple[str, str, tuple[str, ...], re.Pattern[str]]] = [
    ("postgresql", "$1 placeholder", ("$",), lazy(r"(?<![\w$])\$[1-9]\d*\b")),
    ("postgresql", ":: cast", ("::",), lazy(r"[\w)\]'\"?]::[a-z]", re.IGNORECASE)),
    ("postgresql", "ILIKE", ("ilike",), lazy(r"\bi(?:like)\b", re.IGNORECASE)),
    ("sqlite", "sqlite_master", ("sqlite_",), lazy(r"\bsqlite_(?:master|schema|sequence)\b", re.IGNORECASE)),
    ("sqlite", "PRAGMA", ("pragma",), lazy(r"^\s*pragma\s", re.IGNORECASE)),
    ("sqlite", "AUTOINCREMENT", ("autoincrement",), lazy(r"\bautoincrement\b", re.IGNORECASE)),
    (
        "sqlite",
        "INSERT OR",
        ("or",),
        lazy(r"^\s*(?:insert|update)\s+or\s+(?:replace|ignore|abort|fail|rollback)\b", re.IGNORECASE),
    ),
    ("postgresql", "ON CONFLICT", ("conflict",), lazy(r"\bon\s+conflict\b", re.IGNORECASE)),
    (
        "postgresql",
        "current_database()",
        ("current_",),
        lazy(r"\bcurrent_(?:database|schemas?|setting)\s*\(", re.IGNORECASE),
    ),
    ("postgresql", "NULLS LAST", ("nulls",), lazy(r"\bnulls\s+(?:first|last)\b", re.IGNORECASE)),
    ("postgresql", "FILTER (WHERE", ("filter",), lazy(r"\)\s*filter\s*\(\s*where\b", re.IGNORECASE)),
    ("postgresql", "NOT VALID", ("valid",), lazy(r"\bnot\s+valid\s*;?\s*$", re.IGNORECASE)),
    ("postgresql", "jsonb", ("jsonb",), lazy(r"\bjsonb(?:_\w+)?\b", re.IGNORECASE)),
    (
        "postgresql",
        "BIGSERIAL",
        ("serial", "bytea", "timestamptz", "plpgsql", "pg_"),
        lazy(r"\b(?:bigserial|smallserial|bytea|timestamptz|plpgsql|pg_catalog|pg_\w+\()", re.IGNORECASE),
    ),
    ("postgresql", _SERIAL, ("serial",), lazy(r"\bserial\s+(?:primary|not\s+null)\b", re.IGNORECASE)),
    ("postgresql", "pg_ table", ("pg_",), lazy(r"\b(?:from|join)\s+pg_\w+", re.IGNORECASE)),
    ("postgresql", "string_agg", ("string_agg",), lazy(r"\bstring_agg\s*\(", re.IGNORECASE)),
    ("postgresql", "EXTRACT(EPOCH", ("epoch",), lazy(r"\bextract\s*\(\s*epoch\b", re.IGNORECASE)),
    ("cassandra", "USING TTL", ("using",), lazy(r"\busing\s+(?:ttl|timestamp)\s+(?:\?|\d)", re.IGNORECASE)),
    (
        "cassandra",
        "IF NOT EXISTS",
        ("exists",),
        lazy(r"^\s*insert\s+into\b.*\)\s*if\s+not\s+exists\b", re.IGNORECASE | re.DOTALL),
    ),
    ("cassandra", "ALLOW FILTERING", ("filtering",), lazy(r"\ballow\s+filtering\s*;?\s*$", re.IGNORECASE)),
    ("postgresql", "DISTINCT ON", ("distinct",), lazy(r"\bdistinct\s+on\s*\(", re.IGNORECASE)),
    ("mssql", "SELECT TOP", ("top",), lazy(r"\bselect\s+(?:distinct\s+)?top\s*(?:\(|\d)", re.IGNORECASE)),
    ("mssql", "@p1 parameter", ("@p",), lazy(r"(?<![\w@])@p[1-9]\d*\b")),
    (
        "mssql",
        "[bracketed] name",
        ("[",),
        lazy(r"\b(?:from|into|update|join|table)\s+(?:\[\w+\]\s*\.\s*)?\[\w+\]", re.IGNORECASE),
    ),
]
"""Dialect, reason, what the text in lower case must hold for the pattern to be worth a search, the pattern."""
_SERIAL_OF_MYSQL = lazy(r"`|\bauto_increment\b|\bunsigned\b|\bengine\s*=", re.IGNORECASE)
"""What PostgreSQL has not: there SERIAL is MySQL's BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE.

https://dev.mysql.com/doc/refman/8.4/en/numeric-type-syntax.html
"""
_RETURNING = lazy(r"\breturning\s+(?:[\w\"`*.]+)", re.IGNORECASE)
_JSON_VALUE = lazy(r"\bjson_value\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)", re.IGNORECASE)
_QUOTED = lazy(
    r"\b(?:from|into|update|join|table|exists)\s+\"\w+\"|\"\w+\"\s*\.\s*\"\w+\"|\bset\s+\"\w+\"\s*=|"
    # A list of names; one of values (`VALUES ("a", 1)`, `IN ("a", "b")`) is MySQL's, too.
    r"\b(?:into|table|exists)\s+(?:[\w$.]|`[^`]*`)+\s*\(\s*\"\w+\"|\(\s*\"\w+\"\s*\)\s*values\b|"
    r"\b(?:index|key|unique)\b[^()]*\(\s*\"\w+\"",
    re.IGNORECASE,
)
_MYSQL_CONTENT: list[tuple[str, re.Pattern[str]]] = [
    ("ON DUPLICATE KEY", lazy(r"\bon\s+duplicate\s+key\b", re.IGNORECASE)),
    ("AUTO_INCREMENT", lazy(r"\bauto_increment\b", re.IGNORECASE)),
    ("ENGINE=", lazy(r"\)\s*engine\s*=", re.IGNORECASE)),
    (
        "FROM_UNIXTIME",
        lazy(r"\b(?:from_unixtime|unix_timestamp|str_to_date|timestampdiff|last_insert_id)\s*\(", re.IGNORECASE),
    ),
]
_WRITE = lazy(r"\b(?:update\b.*\bset\b.*\bfrom|delete\b.*\busing)\b", re.IGNORECASE | re.DOTALL)
_INNERMOST = lazy(r"\([^()]*\)")
_UPDATE_FROM = lazy(r"^\s*(?:with\s[^;]*?\s)?update\s[^;]*?\sset\s[^;]*?=[^;]*?\sfrom\s+[\w\"`]", re.IGNORECASE)
_DELETE_USING = lazy(
    r"\bdelete\s+from\s+(?:only\s+)?(?:\w+\.)?[\"`]?(\w+)[\"`]?(?:\s+(?:as\s+)?(?!using\b)\w+)?\s+using\s([^;]*?)"
    r"(?:\swhere\s|\sreturning\s|;|$)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def by_content(text: str, dialect: Dialect) -> Foreign | None:
    """Tell by what a text says that the audited server does not understand."""
    bare = _STRINGS.sub("''", text) if "'" in text else text
    if dialect.family == "sqlite":
        for reason, pattern in _MYSQL_CONTENT:
            if pattern.search(bare):
                return Foreign("mysql", reason)
        for other, reason, _, pattern in _CONTENT:
            if other == "mssql" and pattern.search(bare):
                return Foreign(other, reason)
        return None
    lower = bare.lower()
    for other, reason, needs, pattern in _CONTENT:
        for need in needs:
            if need in lower and pattern.search(bare) and not (reason is _SERIAL and _SERIAL_OF_MYSQL.search(bare)):
                return Foreign(other, reason)
    if (
        "returning" in lower
        and _RETURNING.search(_without_types(bare))
        and (dialect.name != "mariadb" or re.match(r"\s*update\b", bare, re.IGNORECASE))
    ):
        return Foreign("postgresql", "RETURNING")
    if not dialect.ansi_quotes and '"' in bare and _QUOTED.search(bare):
        return Foreign("postgresql", "double-quoted name")
    return None


def _without_types(bare: str) -> str:
    """Blank out the calls of JSON_VALUE: behind RETURNING they have a type."""
    return _JSON_VALUE.sub(lambda call: " " * len(call[0]), bare)


def place_of(text: str, found: Foreign) -> tuple[int, int] | None:
    """Return start and end of what tells that a text is another database's, None where that is not one place."""
    bare = _without_types(_STRINGS.sub(lambda each: "'" * len(each[0]), text) if "'" in text else text)
    patterns = [pattern for other, reason, _, pattern in _CONTENT if (other, reason) == (found.dialect, found.reason)]
    match = next((match for pattern in (*patterns, _RETURNING, _QUOTED) if (match := pattern.search(bare))), None)
    return match.span() if match is not None else None


def by_joined_write(text: str) -> Foreign | None:
    """Tell PostgreSQL's forms of a write that joins: UPDATE ... SET ... FROM, DELETE FROM ... USING with other tables.

    To MySQL they are errors like any other, so they tell something only in a program that has several databases.
    """
    head = text[:200].lower()
    if not ("update" in head or "delete" in head) or not _WRITE.search(text):
        return None
    flat = _STRINGS.sub("''", text)
    while (inner := _INNERMOST.sub(" ", flat)) != flat:
        flat = inner
    if _UPDATE_FROM.search(flat):
        return Foreign("postgresql", "UPDATE ... FROM")
    using = _DELETE_USING.search(flat)
    if using and using.group(1).lower() not in re.findall(r"\w+", using.group(2).lower()):
        return Foreign("postgresql", "DELETE ... USING")
    return None
