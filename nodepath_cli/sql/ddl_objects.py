"""Which tables and other objects a DDL statement makes, changes or takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.sql._ddl.nodes import (
    AlterTable,
    CreateSequence,
    CreateTable,
    CreateView,
    Ddl,
    DropTables,
    ExchangePartition,
    Name,
    RenameTables,
    RenameTo,
    Truncate,
)
from nodepath_cli.sql._ddl.parse import parse
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql.executable import open_executable

ObjectKind = Literal["table", "trigger", "procedure", "function", "event"]

_NAME = r"(?:`(?:[^`]|``)+`|[\w$]+)"
_OTHER = lazy(
    rf"\s*(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+(?:\s*@\s*\S+)?\s+)?(?:AGGREGATE\s+)?"
    rf"(?P<kind>TRIGGER|PROCEDURE|FUNCTION|EVENT)\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?"
    rf"(?:(?P<database>{_NAME})\s*\.\s*)?(?P<name>{_NAME})",
    re.IGNORECASE,
)
_KINDS: dict[str, ObjectKind] = {
    "TRIGGER": "trigger",
    "PROCEDURE": "procedure",
    "FUNCTION": "function",
    "EVENT": "event",
}
_COMMENTS = lazy(r"\s*(?:/\*.*?\*/|--(?=\s)[^\n]*\n|#[^\n]*\n)", re.DOTALL)


class DdlObject(Struct, frozen=True):
    """A thing of a database that a DDL statement names; views and sequences count as tables, as their names do."""

    kind: ObjectKind
    name: str
    database: str | None = None
    """None where the statement names none."""


class Touched(Struct, frozen=True):
    """What one DDL statement touches."""

    objects: tuple[DdlObject, ...] = ()
    """() where no object of a known kind is named."""
    swaps: bool = False
    """Running it twice can undo it (RENAME TABLE, EXCHANGE PARTITION)."""
    temporary: bool = False
    """It makes or drops a temporary table, which goes with the connection."""


def touched(sql: str, dialect: Dialect) -> Touched:
    """Return what a DDL statement touches; nothing for a text that is not understood. Never raises."""
    opened = open_executable(sql, dialect)
    match = _OTHER.match(_without_comments(opened))
    if match:
        kind = _KINDS[match["kind"].upper()]
        return Touched((DdlObject(kind, _plain(match["name"]), match["database"] and _plain(match["database"])),))
    try:
        statement = parse(opened, dialect)
    except (Refusal, RecursionError):
        return Touched()
    names = dict.fromkeys(_names(statement))
    objects = tuple(DdlObject("table", name.name, name.database) for name in names)
    return Touched(objects, _swaps(statement), bool(getattr(statement, "temporary", False)))


def _names(statement: Ddl) -> Iterator[Name]:
    match statement:
        case CreateTable(name=name) | CreateView(name=name) | CreateSequence(name=name) | Truncate(name=name):
            yield name
        case AlterTable(name=name, actions=actions):
            yield name
            yield from (action.name for action in actions if isinstance(action, RenameTo))
            yield from (action.table for action in actions if isinstance(action, ExchangePartition))
        case DropTables(names=names):
            yield from names
        case RenameTables(pairs=pairs):
            yield from (name for pair in pairs for name in pair)
        case _:
            return


def _swaps(statement: Ddl) -> bool:
    if isinstance(statement, AlterTable):
        return any(isinstance(action, ExchangePartition | RenameTo) for action in statement.actions)
    return isinstance(statement, RenameTables)


def _without_comments(sql: str) -> str:
    position = 0
    while match := _COMMENTS.match(sql, position):
        position = match.end()
    return sql[position:]


def _plain(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name
