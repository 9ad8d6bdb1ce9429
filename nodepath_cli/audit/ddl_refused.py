"""DDL that a program sends and that no server takes, whatever it holds at that moment.

A boot routine that adds a column again, or drops one that is gone, is none: it ignores the error. Wrong at any moment
are syntax, and a column or key twice in one statement; and so is a column that neither the schema nor any other text
of the tree has.

A script's own CREATE TABLE is as wrong at any moment; there types and defaults count, too. Looked at are the statements
that the replay of the schema could not take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Severity
from nodepath_cli.audit.foreign_refused import refused_references
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Problem
from nodepath_cli.sql.collations import UNKNOWN_COLLATION, unknown_collation
from nodepath_cli.sql.ddl import Refusal, nodes, read, refusal_of
from nodepath_cli.sql.lexer import END, LexError, tokenize
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.words import words_of

_ABOUT_TABLES = lazy(
    r"(?i)(?:\s|--[^\n]*\n|#[^\n]*\n)*(?:CREATE\s+(?:TEMPORARY\s+)?TABLE|ALTER\s+TABLE|CREATE\s+(?:UNIQUE\s+|FULLTEXT\s+)?INDEX)\b"
)
_NEVER_LAST = words_of("( , ADD AFTER BY COLUMN CONSTRAINT DEFAULT KEY NOT ON REFERENCES TABLE TO")
"""What no statement of any database ends with."""
_NEVER_BEHIND = {",": words_of(", )"), "(": words_of(",")}
_SYNTAX = 1064
_WITHIN = frozenset((1060, 1061, 1068, 1072))
"""What CREATE TABLE is refused for, whatever tables there are."""
_DEFAULT, _TEXT_DEFAULT = 1067, 1101
_WRITTEN = _WITHIN | {1054, 1063, 1075, 1115, 1253, 1273, 1294, 1425, 1426, 1427, 1439, _DEFAULT, _TEXT_DEFAULT}
"""The same of one that stands in a script as it is sent."""
_DATES = ("date", "time", "year", "datetime", "timestamp")
"""Types whose defaults depend on the server's mode."""
_FRAMED = {1075: "AUTO_INCREMENT", 1068: "PRIMARY"}
_REFERENCES = lazy(r"(?i)\bFOREIGN\s+KEY\b")
_COLLATE = lazy(r"(?i)\bCOLLATE\s*=?\s*['\"`]?(\w+)")
_QUOTED = lazy(r"'([^']*)'")
_NAMED = lazy(r"['`](?:[^'`.]*\.)?([^'`]*)['`]")


def refused_syntax(outcome: Resolution | Unparsed, context: Context) -> Iterator[Hit]:
    """Yield the place at which a DDL statement stops being one, where no language goes on so."""
    if not _is_sent(outcome, context) and not _in_script(outcome, context):
        return
    sql = outcome.variant.sql
    refusal = refusal_of(sql, context.dialect)
    if refusal is None or refusal.errno != _SYNTAX or refusal.start is None:
        return
    tokens = tokenize(sql, context.dialect.ansi_quotes)
    if isinstance(tokens, LexError):
        start = min(refusal.start, len(sql) - 1)
        yield Hit(f"syntax error: {refusal.message}", start, start + 1, errno=_SYNTAX)
        return
    at = next((number for number, start in enumerate(tokens.starts) if start == refusal.start), 0)
    last = tokens.kinds.index(END) - 1
    while tokens.words[last] == ";":
        last -= 1
    if at >= last and tokens.words[last] in _NEVER_LAST:
        start, end = tokens.starts[last], tokens.ends[last]
        yield Hit(f"the statement ends at '{sql[start:end]}'", start, end, errno=_SYNTAX)
    elif at and tokens.words[at] in _NEVER_BEHIND.get(tokens.words[at - 1], ()):
        shown = " ".join(sql[tokens.starts[at - 1] : tokens.ends[at]].split())
        yield Hit(f"syntax error at '{shown}'", tokens.starts[at], tokens.ends[at], errno=_SYNTAX)


def refused_definition(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield what a DDL statement has twice, or says of columns that are nowhere."""
    if resolution.kind != "ddl":
        return
    sql = resolution.variant.sql
    if context.statement.host == "sql":
        yield from _written_table(resolution, context)
        return
    if not _is_sent(resolution, context):
        return
    node = read(sql, context.dialect)
    if isinstance(node, nodes.CreateTable) and node.like is None and node.select is None:
        refusal = refusal_of(sql, context.dialect)
        if refusal is not None and refusal.errno in _WITHIN:
            named = _QUOTED.search(refusal.message)
            yield _hit(sql, refusal.errno, refusal.message, named[1] if named else None, "PRIMARY")
    elif isinstance(node, nodes.AlterTable):
        table = context.schema.table(node.name.name, node.name.database)
        if table is None or table.open or table.mixed or table.kind != "table" or node.if_exists:
            return
        if any(table is each for each in context.schema.temporary) or context.external(table.name):
            return
        added = [column.name for each in node.actions if isinstance(each, nodes.AddColumns) for column in each.columns]
        known = {*table.by_name, *map(str.lower, added)}
        certain = Confidence.CERTAIN if context.proved(table.name) else Confidence.LIKELY
        for errno, name in _needed(node, known):
            if name.lower() not in known and not context.named_elsewhere(name, sql):
                message = (
                    f"Key column '{name}' doesn't exist in table"
                    if errno == _NO_KEY_COLUMN
                    else f"Unknown column '{name}' in '{table.name}'"
                )
                yield _hit(sql, errno, message, name, name, table.name, certain)


def _written_table(resolution: Resolution, context: Context) -> Iterator[Hit]:
    """Yield what is wrong in a script's CREATE TABLE at any moment."""
    sql = resolution.variant.sql
    if not _of_script(resolution, context) or context.dialect.family != "mysql":
        return
    for place in _COLLATE.finditer(sql):
        if unknown_collation(place[1], context.dialect.name, context.dialect.version):
            message = f"unknown collation: '{place[1]}'"
            yield Hit(message, *place.span(1), identifier=place[1], errno=UNKNOWN_COLLATION)
            return
    refused = problem_of(context) is not None
    if not refused and not _REFERENCES.search(sql):
        return
    node = read(sql, context.dialect)
    if not refused and isinstance(node, nodes.CreateTable):
        yield from refused_references(node, sql, context)
        return
    if not isinstance(node, nodes.CreateTable) or node.like is not None or node.select is not None:
        return
    refusal = refusal_of(sql, context.dialect, whole=True)
    if refusal is None or refusal.errno not in _WRITTEN or (refusal.errno == _DEFAULT and _of_date(node, refusal)):
        return
    named = _QUOTED.search(refusal.message)
    name = named[1] if named else refusal.column
    hit = _hit(sql, refusal.errno, refusal.message, name, _FRAMED.get(refusal.errno, "CREATE"))
    if refusal.column is not None:
        # Its definition stands in front of its keys.
        first = re.search(rf"(?<![\w$]){re.escape(refusal.column)}(?![\w$])", sql)
        hit = replace(hit, start=first.start(), end=first.end()) if first else hit
    if refusal.errno == _TEXT_DEFAULT and context.dialect.assumed:
        hit = replace(hit, message=f"{hit.message} (MariaDB takes it)", severity=Severity.WARNING)
    yield hit


def _of_date(table: nodes.CreateTable, refusal: Refusal) -> bool:
    """Say whether the column with the default that is refused is a date or a time."""
    return any(
        isinstance(each, nodes.ColumnDef) and each.name == refusal.column and each.type.base in _DATES
        for each in table.elements
    )


_NO_COLUMN, _NO_KEY_COLUMN = 1054, 1072


def _needed(alter: nodes.AlterTable, known: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the columns that have to be there, each with the number of the error where it is not.

    Not those that a statement takes away: it may have run before.
    """
    for action in alter.actions:
        match action:
            case nodes.AddColumns(columns=columns):
                after = [column.position.after for column in columns if column.position and not column.if_exists]
                yield from ((_NO_COLUMN, name) for name in after if name)
            case nodes.ChangeColumn(old=old, column=column) if not column.if_exists:
                if old == column.name or column.name.lower() not in known:
                    yield _NO_COLUMN, old
                if column.position and column.position.after:
                    yield _NO_COLUMN, column.position.after
            case nodes.AlterColumn(name=name, if_exists=False):
                yield _NO_COLUMN, name
            case nodes.AddConstraint(element=nodes.KeyDef(parts=parts, if_not_exists=False)):
                yield from ((_NO_KEY_COLUMN, part.column) for part in parts if part.column)
            case nodes.AddConstraint(element=nodes.ForeignKeyDef(columns=names, if_not_exists=False)):
                yield from ((_NO_KEY_COLUMN, name) for name in names)
            case _:
                pass


def hit_at_name(sql: str, errno: int | None, message: str) -> Hit:
    """Return a hit at the name that a message of the server has in quotes; at the first word where it has none."""
    named = _NAMED.search(message)
    return _hit(sql, errno or _SYNTAX, message, named[1] if named else None, sql.split(None, 1)[0])


def problem_of(context: Context) -> Problem | None:
    """Return what the replay of the schema says of a script's statement; None where it took it."""
    span = context.statement.span
    found = (each for each in context.schema.problems if each.start == span.start and each.path == span.path)
    return next(found, None)


def _of_script(outcome: Resolution | Unparsed, context: Context) -> bool:
    """Say whether the text is the whole DDL of a script for the audited family."""
    statement = context.statement
    if context.dialect.family != "mysql" or statement.dialect or statement.host != "sql" or not statement.closed:
        return False
    return bool(_ABOUT_TABLES.match(outcome.variant.sql))


def _in_script(outcome: Resolution | Unparsed, context: Context) -> bool:
    """Say whether the text is a script's DDL that the replay could not take."""
    return _of_script(outcome, context) and problem_of(context) is not None


def _is_sent(outcome: Resolution | Unparsed, context: Context) -> bool:
    """Say whether a program sends the text as it stands to a server of the audited family."""
    variant, statement = outcome.variant, context.statement
    if context.dialect.family != "mysql" or statement.dialect or statement.host == "sql":
        return False
    if statement.call is None or not statement.call.surely:
        return False
    if variant.holes or variant.guessed or variant.repeats:
        return False
    return _ABOUT_TABLES.match(variant.sql) is not None


def _hit(
    sql: str,
    errno: int,
    message: str,
    name: str | None,
    word: str,
    table: str | None = None,
    confidence: Confidence = Confidence.CERTAIN,
) -> Hit:
    """Return a hit at the last place of a name, or of a word where there is no name."""
    places = list(re.finditer(rf"(?i)(?<![\w$]){re.escape(name or word)}(?![\w$])", sql))
    start, end = places[-1].span() if places else (0, len(sql.split(None, 1)[0]))
    shown = message if message[1:2].isupper() else message[:1].lower() + message[1:]
    return Hit(shown, start, end, table=table, identifier=name, errno=errno, confidence=confidence)
