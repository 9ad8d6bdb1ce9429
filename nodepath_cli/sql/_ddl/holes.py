"""DDL with a part that only the running program knows."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import HOLE
from nodepath_cli.sql._ddl.apply import apply
from nodepath_cli.sql._ddl.catalog import Catalog
from nodepath_cli.sql._ddl.nodes import (
    CheckDef,
    CreateTable,
    Default,
    DropKey,
    ForeignKeyDef,
    KeyDef,
    Options,
    RenameKey,
)
from nodepath_cli.sql._ddl.parse import parse
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal

# A letter that no schema uses: the grammar reads it as part of a name.
_MARK = "\u02bd"
_OPTIONAL: tuple[type, ...] = (KeyDef, ForeignKeyDef, CheckDef, DropKey, RenameKey, Options, Default)
"""Where a text may be unknown without any doubt about tables and columns."""
_NAMED: tuple[type, ...] = (DropKey, RenameKey, Default)
_TABLE = lazy(
    r"\s*(CREATE\s+TABLE(?:\s+IF\s+NOT\s+EXISTS)?|ALTER\s+TABLE(?:\s+IF\s+EXISTS)?)\s+(?=[^\ufffc\s]+[\s(])",
    re.IGNORECASE,
)
_SELECTED = lazy(r"\bSELECT\b(?:(?!\bFROM\b).)*\ufffc", re.IGNORECASE | re.DOTALL)
"""A select list with a hole: it makes columns of which the names are not known."""
_ALONE = lazy(r"(?<=[\s(,=])\ufffc(?=[\s),]|\Z)")


def apply_with_hole(sql: str, catalog: Catalog, dialect: Dialect) -> None:
    """Apply a statement with a hole.

    In the name of a key or constraint, a default or an option it does not matter. Elsewhere the table that the
    statement names can have any column from then on, and a Refusal says so; it changes nothing where the table's own
    name is the hole.
    """
    # A hole that stands alone can be a number as well: a length, a default.
    for text in (sql, _ALONE.sub("1", sql)):
        try:
            statement = _settled(parse(text.replace(HOLE, _MARK), dialect))
        except Refusal:
            continue
        if isinstance(statement, CreateTable) and statement.select and _SELECTED.search(sql):
            continue
        if _MARK not in repr(statement):
            apply(statement, catalog)
            return
    match = _TABLE.match(sql)
    if match is None:
        raise Refusal(None, "a part of this statement is known only at run time")
    words = match.group(1).upper().split()
    name = catalog.resolve(Reader(sql[match.end() :].replace(HOLE, _MARK), dialect).table_name())
    if words[0] == "CREATE" and not catalog.may_create(name, if_not_exists="IF" in words):
        return
    if words[0] == "ALTER" and catalog.get(name) is None:
        raise catalog.no_such_table(name)
    catalog.put_open(name, create=words[0] == "CREATE")
    raise Refusal(
        None, f"a part of this statement is known only at run time: any column of {name.name} is taken as known"
    )


def _settled(node: Any) -> Any:
    """Return a statement without the marks that do not matter."""
    if isinstance(node, tuple):
        return tuple(_settled(each) for each in node)
    if not isinstance(node, Struct):
        return node
    changes: dict[str, Any] = {}
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if isinstance(value, str) and _MARK in value and isinstance(node, _OPTIONAL):
            left = value.replace(_MARK, "")
            changes[name] = left if left or isinstance(node, _NAMED) else None
        elif isinstance(value, (tuple, Struct)):
            changes[name] = _settled(value)
    return replace(node, **changes) if changes else node
