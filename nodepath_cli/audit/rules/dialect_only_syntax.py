"""Syntax that the audited server does not have, but MariaDB or another version of MySQL: it answers 1064.

Why it matters: `ADD COLUMN IF NOT EXISTS` makes a script repeatable on MariaDB and fails on MySQL, mostly in the one
deploy that meets MySQL. A boot routine that ignores the error leaves the column out without a word.

Another database's syntax (`RETURNING`, `ILIKE`, `$1`, `::`, `SELECT TOP`) is told where the program imports drivers of
the audited server alone and names no other database; else such a statement is listed as the other database's.

The same goes for what is newer than the server: common table expressions, window functions and SKIP LOCKED are not in
MySQL 5.7. The version is that of `--dialect mysql:5.7`. So are functions that came later (`JSON_VALUE`: 8.0.21), which
get 1305, and types that MariaDB alone casts to (`CAST(a AS INT)`).

Example:

    ALTER TABLE users_nodepath ADD COLUMN IF NOT EXISTS phone VARCHAR(20)

A reserved word of MySQL 8 that other servers take for a name (`AS rank`, `FROM groups`) needs backquotes there.

What to write instead: a numbered migration that runs once, or a look into information_schema first. Where the server is
MariaDB, say so: `--dialect mariadb`, or `dialect = "mariadb"` in the configuration. The forms are those that MariaDB's
documentation names as its own and MySQL's manual ("ALTER TABLE", "CREATE INDEX", "CREATE TABLE") does not have.
"""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Hit, Rule, Severity
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.parse import IS_RESERVED
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.words import words_of

_PARTS = words_of("COLUMN INDEX KEY UNIQUE FULLTEXT SPATIAL FOREIGN CONSTRAINT PARTITION PERIOD CHECK PRIMARY")
_REPLACED = words_of("TABLE DATABASE SCHEMA INDEX UNIQUE FULLTEXT FUNCTION PROCEDURE TRIGGER EVENT SEQUENCE USER ROLE")
_INDEXES = words_of("INDEX UNIQUE FULLTEXT SPATIAL")


def check(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield what another server or version takes, and each form of MariaDB's own in DDL or ANALYZE TABLE for MySQL."""
    for violation in resolution.violations:
        if violation.elsewhere and (violation.identifier or "").lower() not in context.functions():
            yield Hit(
                message=violation.message,
                start=violation.start,
                end=violation.end,
                errno=violation.errno,
            )
    if resolution.kind not in ("ddl", "other") or context.dialect.name != "mysql":
        return
    if "mariadb" in resolution.variant.branch.lower():
        # The program asks for the server before it sends the text.
        return
    clauses = Clauses.of(resolution.variant.sql, context.dialect.ansi_quotes)
    if clauses is None:
        return
    for start, end in (*_conditions(clauses), *_replacements(clauses), *_sequences(clauses), *_statistics(clauses)):
        form = " ".join(clauses.text(start, end).upper().split())
        yield Hit(
            message=f"{form} is MariaDB's alone: MySQL answers 1064",
            start=clauses.tokens.starts[start],
            end=clauses.tokens.ends[end - 1],
            errno=1064,
        )


def check_unread(unread: Unparsed, context: Context) -> Iterator[Hit]:
    """Yield what the audited server lacks, of a text that therefore cannot be read."""
    call = context.statement.call
    if IS_RESERVED in unread.lacking and (call is None or not call.surely or call.wrapper is not None):
        # What hands the text on may put quotes around the word first.
        return
    if unread.lacking and unread.start is not None and not unread.variant.guessed:
        word = unread.variant.sql[unread.start :].split(None, 1)[0]
        message = f"{unread.lacking}: it answers 1064"
        yield Hit(message=message, start=unread.start, end=unread.start + len(word), errno=1064)


def _conditions(clauses: Clauses) -> Iterator[tuple[int, int]]:
    """Yield IF EXISTS and IF NOT EXISTS where MySQL has none: in the parts of ALTER TABLE, and for indexes."""
    first = clauses.word(0)
    if first not in ("ALTER", "CREATE", "DROP", "RENAME"):
        return
    index = 0
    while (index := clauses.find(index + 1, {"IF"})) < clauses.end:
        end = index + (3 if clauses.word(index + 1) == "NOT" else 2)
        if clauses.word(end - 1) != "EXISTS":
            continue
        start = index
        while start and clauses.word(start - 1) in _PARTS:
            start -= 1
        if first == "ALTER" and clauses.word(start - 1) in ("ADD", "DROP", "MODIFY", "CHANGE"):
            yield start - 1, end
        elif (
            (first == "ALTER" and clauses.word(1) == "TABLE" and index == 2)
            or (first == "RENAME" and clauses.word(1) == "TABLE")
            or (first in ("CREATE", "DROP") and start == 1 and clauses.word(1) in _INDEXES)
        ):
            yield 0, end


def _replacements(clauses: Clauses) -> Iterator[tuple[int, int]]:
    """Yield CREATE OR REPLACE of anything but a view."""
    words = tuple(clauses.word(index) for index in range(4))
    if words[:3] == ("CREATE", "OR", "REPLACE") and words[3] in _REPLACED:
        yield 0, 4


def _sequences(clauses: Clauses) -> Iterator[tuple[int, int]]:
    if clauses.word(0) in ("CREATE", "DROP", "ALTER") and clauses.word(1) == "SEQUENCE":
        yield 0, 2


def _statistics(clauses: Clauses) -> Iterator[tuple[int, int]]:
    """Yield PERSISTENT FOR of ANALYZE TABLE, which MySQL has not (manual, "ANALYZE TABLE Statement")."""
    if clauses.word(0) == "ANALYZE" and clauses.find(1, {"TABLE", "TABLES"}) < clauses.end:
        index = clauses.find(1, {"PERSISTENT"})
        if clauses.word(index + 1) == "FOR":
            yield index, index + 2


RULE = Rule(
    "NP113",
    "dialect-only-syntax",
    Severity.WARNING,
    "syntax that MariaDB or another version of MySQL has, and the audited server has not (1064)",
    check,
    check_unread,
)
