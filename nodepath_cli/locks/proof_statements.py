"""The statements of an acquire, checked before they run, and the tables that they need."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.errors import UsageError
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.statement import OffsetMap, Variant
from nodepath_cli.sql.lexer import PARAM, LexError, tokenize
from nodepath_cli.sql.parse import parse
from nodepath_cli.sql.resolution import Found, Resolution, Unparsed
from nodepath_cli.sql.resolve import resolve

_RUN = frozenset({"select", "insert", "replace", "update", "delete"})
NOW = "{now}"
CALLER = "{caller}"


class Step(Struct, frozen=True):
    """One statement of an acquire, ready for the driver."""

    sql: str
    """With `%s` for each placeholder."""
    values: tuple[str, ...]
    """The texts for the placeholders; `{now}` (one for all callers of a round) and `{caller}` are filled in."""
    reads: bool
    """A SELECT."""


def steps(statements: Sequence[str], values: Sequence[str], schema: Schema, dialect: Dialect) -> tuple[Step, ...]:
    """Return the statements with their values.

    Without any values every placeholder gets the round's date and time, which fits text and time columns. Raises
    UsageError for a statement that is not understood, names a table that is not there or another database, or is none
    of SELECT, INSERT, REPLACE, UPDATE and DELETE, and where there are too few or too many values.
    """
    texts = [_placeholders(sql) for sql in statements]
    wanted = sum(len(places) for _, places in texts)
    if values and len(values) != wanted:
        raise UsageError(
            f"{wanted} placeholders and {len(values)} values", "give --param once for each `?`, or not at all"
        )
    left = list(values) or [NOW] * wanted
    found = []
    for sql, places in texts:
        resolution = _checked(sql, schema, dialect)
        own, left = left[: len(places)], left[len(places) :]
        found.append(Step(_driver_text(sql, places), tuple(own), resolution.kind == "select"))
    return tuple(found)


def tables(statements: Sequence[str], schema: Schema, dialect: Dialect) -> tuple[str, ...]:
    """Return the tables that the statements name. Raises as `steps` does."""
    named = (table.name for sql in statements for table in _checked(sql, schema, dialect).tables)
    return tuple(dict.fromkeys(named))


def _checked(sql: str, schema: Schema, dialect: Dialect) -> Resolution:
    parsed = parse(Variant(sql, OffsetMap.identity("--acquire-sql", 0, len(sql))), dialect)
    shown = " ".join(sql.split())[:60]
    if isinstance(parsed, Unparsed):
        raise UsageError(f"'{shown}' is not understood ({parsed.reason})", "give one statement as the program sends it")
    if len(parsed.nodes) != 1 or parsed.kind not in _RUN:
        raise UsageError(
            f"'{shown}' is not one SELECT, INSERT, REPLACE, UPDATE or DELETE", "give --acquire-sql once a statement"
        )
    resolution = resolve(parsed, schema)
    for table in resolution.tables:
        if table.database is not None:
            raise UsageError(
                f"'{shown}' names the database {table.database}", "leave it out: it runs on copies of the tables"
            )
        if not isinstance(table.outcome, Found):
            raise UsageError(f"the database has no table '{table.name}'", "check the statement and the database")
    return resolution


def _placeholders(sql: str) -> tuple[str, list[tuple[int, int]]]:
    tokens = tokenize(sql)
    if isinstance(tokens, LexError):
        raise UsageError(f"'{' '.join(sql.split())[:60]}' is not understood ({tokens.reason})", "correct the statement")
    places = zip(tokens.kinds, tokens.starts, tokens.ends, strict=True)
    return sql, [(start, end) for kind, start, end in places if kind == PARAM]


def _driver_text(sql: str, places: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in places:
        parts += [sql[at:start].replace("%", "%%"), "%s"]
        at = end
    return "".join([*parts, sql[at:].replace("%", "%%")])
