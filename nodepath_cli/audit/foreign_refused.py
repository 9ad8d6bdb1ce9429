"""Foreign keys of scripts whose other table, column or type there is not, as the tree makes them.

With `foreign_key_checks=0` the servers take some of them, and which statement runs first is only inferred: so each is a
warning. The numbers are MySQL's (manual, "FOREIGN KEY Constraints"); MariaDB answers 1005 with errno 150 (measured).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.finding import Confidence, Hit, Severity, Suggestion
from nodepath_cli.audit.near import near_tables
from nodepath_cli.schema.model import ForeignKey, Table
from nodepath_cli.sql.ddl import may_refer, nodes

_NO_TABLE, _NO_COLUMN, _UNLIKE, _ON_MARIADB = 1824, 3734, 3780, 1005


def refused_references(node: nodes.CreateTable, sql: str, context: Context) -> Iterator[Hit]:
    """Yield the foreign keys of a script's CREATE TABLE that cannot be made."""
    table = context.schema.table(node.name.name, node.name.database)
    if table is None or table.open or table.mixed:
        return
    own = [each for each in node.elements if isinstance(each, nodes.ForeignKeyDef)]
    for definition in own:
        key = next((each for each in table.foreign_keys if each.columns == definition.columns), None)
        fault = _fault(key, table, context) if key else None
        if fault is not None:
            yield _hit(definition, *fault, sql, context)


def _fault(key: ForeignKey, table: Table, context: Context) -> tuple[int, str, str, tuple[Suggestion, ...]] | None:
    """Return number, message, name and suggestions of what a foreign key lacks."""
    parent = context.schema.table(key.table, table.database)
    if parent is None:
        near = near_tables(key.table, context.schema)
        if not near or context.external(key.table) or context.gone_table(key.table):
            return None
        return _NO_TABLE, f"Failed to open the referenced table '{key.table}'", key.table, near
    if parent.kind != "table" or parent.open or parent.mixed or len(key.references) != len(key.columns):
        return None
    for own_name, other_name in zip(key.columns, key.references, strict=True):
        own, other = table.column(own_name), parent.column(other_name)
        if other is None:
            return _NO_COLUMN, f"Missing column '{other_name}' in the referenced table '{parent.name}'", other_name, ()
        if own is not None and not may_refer(own, other, context.dialect):
            message = f"Referencing column '{own_name}' ({own.type}) and '{other_name}' ({other.type}) are incompatible"
            return _UNLIKE, message, own_name, ()
    return None


def _hit(
    definition: nodes.ForeignKeyDef,
    errno: int,
    message: str,
    name: str,
    suggestions: tuple[Suggestion, ...],
    sql: str,
    context: Context,
) -> Hit:
    """Return a warning at a name in the foreign key."""
    first = re.escape(definition.columns[0])
    key = re.search(rf"(?is)FOREIGN\s+KEY[^(]*\(\s*[`\"]?{first}(?![\w$])", sql)
    place = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])").search(sql, key.start() if key else 0)
    start, end = place.span() if place else (0, len(sql.split(None, 1)[0]))
    return Hit(
        message[:1].lower() + message[1:],
        start,
        end,
        identifier=name,
        errno=_ON_MARIADB if context.dialect.name == "mariadb" else errno,
        suggestions=suggestions,
        confidence=Confidence.LIKELY,
        severity=Severity.WARNING,
    )
