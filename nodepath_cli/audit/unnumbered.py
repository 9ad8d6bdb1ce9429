"""The schema that a script meets of which no number says when it runs: before or behind what the tree has today.

An upgrade that adds a column, fills it from an old one and drops that (or renames a table and makes it anew) names what
is gone afterwards. Where the rest of the tree makes what it begins with, that is what it meets. Where the schema has
been through it already, the tables that it changes may have had other columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.script import parts
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import DdlText, Replay, builds_schema, nodes, read

_TAKES = lazy(r"\s*(?:ALTER\b.*\b(?:DROP|CHANGE|RENAME)\b|RENAME\b)", re.IGNORECASE | re.DOTALL)
_ADDS = lazy(r"\s*ALTER\b.*\bADD\b", re.IGNORECASE | re.DOTALL)
_COUNTS = lazy(
    r"\s*(?:INSERT|REPLACE)\s+(?:\w+\s+)*?INTO\s+[\w$.`]+\s*(?:VALUES?\b|SELECT\b|\(\s*SELECT\b)", re.IGNORECASE
)
"""A row for as many columns as the table has at that moment."""
_WORD = lazy(r"[\w$]+")


class Met(Struct, frozen=True):
    """What the first statement of a script or a migration meets."""

    schema: Schema
    changed: frozenset[str] = frozenset()
    """Words in lower case: a table of such a name may have had other columns then."""


def met(script: Sequence[Statement], today: Schema, rest: Callable[[], Schema | None], dialect: Dialect) -> Met:
    """Return what the first statement of a script meets.

    `rest` gives what everything else of the tree makes, None where the schema was given.
    """
    texts = [DdlText(sql, step.span.path) for step in script for sql in parts(step.sql) if builds_schema(sql, dialect)]
    takes = any(_TAKES.match(each.sql) for each in texts)
    adds = any(_ADDS.match(each.sql) for each in texts) and any(_COUNTS.match(step.sql) for step in script)
    if not takes and not adds:
        return Met(today)
    before = rest()
    if before is not None and not _refused(texts, before, dialect):
        return Met(before)
    changed = _refused(texts, today, dialect) + _made_anew(texts, dialect)
    return Met(today, frozenset(word.lower() for text in changed for word in _WORD.findall(text)))


def _refused(texts: Sequence[DdlText], base: Schema, dialect: Dialect) -> list[str]:
    """Return the texts that the server would refuse, one behind the other, on this schema."""
    running = Replay(base, dialect, ordered=False)
    return [each.sql for each in texts if running.run(each)]


def _made_anew(texts: Sequence[DdlText], dialect: Dialect) -> list[str]:
    """Return the texts that give a table another name which a later one makes anew: its old shape is not in them."""
    found: list[str] = []
    away: dict[str, str] = {}
    for each in texts:
        node = read(each.sql, dialect)
        if isinstance(node, nodes.AlterTable) and any(isinstance(step, nodes.RenameTo) for step in node.actions):
            away[node.name.name.lower()] = each.sql
        elif isinstance(node, nodes.RenameTables):
            away |= {old.name.lower(): each.sql for old, _ in node.pairs}
        elif isinstance(node, nodes.CreateTable) and node.name.name.lower() in away:
            found.append(away.pop(node.name.name.lower()))
    return found
