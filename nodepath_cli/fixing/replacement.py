"""What an unknown name is replaced by: only a name that is proven, or a near table where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.context import Context
from nodepath_cli.audit.near import column_suggestions, near_tables, renamed_tables
from nodepath_cli.patterns import lazy
from nodepath_cli.sql.resolution import ColumnRef, Missing, Resolution, TableRef

_QUALIFIER = lazy(r"(?P<name>[\w$]+)`?\s*\.\s*`?\Z")
"""What stands before a column's first character."""


class Replacement(Struct, frozen=True):
    """A name in a SQL text and the one that takes its place; offsets count in the text."""

    start: int
    end: int
    old: str
    new: str
    table: str | None
    """The table of a column, None for a table."""


class Unproven(Struct, frozen=True):
    """A name that nothing proven replaces, and why."""

    reason: str


def replacements(resolution: Resolution, context: Context, *, unsafe: bool) -> Iterator[Replacement | Unproven]:
    """Yield what becomes of every unknown table, or else of every unknown column."""
    tables = [table for table in resolution.tables if isinstance(table.outcome, Missing)]
    unknown = [table for table in tables if not context.external(table.name)]
    for table in unknown:
        found = _table(table, context, unsafe=unsafe)
        yield found
        if isinstance(found, Replacement) and table.alias is None:
            yield from _qualifiers(table.name, found.new, resolution)
    if unknown:
        return
    yield from (_column(each, context) for each in resolution.columns if isinstance(each.outcome, Missing))


def _qualifiers(old: str, new: str, resolution: Resolution) -> Iterator[Replacement]:
    """Yield the places where a column is qualified with the table's own name."""
    sql = resolution.variant.sql
    for column in resolution.columns:
        found = _QUALIFIER.search(sql, max(column.start - 200, 0), column.start) if column.qualifier == old else None
        if found and found["name"] == old:
            yield Replacement(found.start("name"), found.end("name"), old, new, None)


def _table(table: TableRef, context: Context, *, unsafe: bool) -> Replacement | Unproven:
    former = renamed_tables(table.name, context.schema, context.table_renames)
    if len(former) == 1:
        return Replacement(table.start, table.end, table.name, former[0].replacement, None)
    near = near_tables(table.name, context.schema)
    if not near:
        return Unproven(f"table '{table.name}' is unknown, and nothing proven takes its place")
    if len(near) > 1:
        names = " and ".join(f"'{each.replacement}'" for each in near)
        return Unproven(f"table '{table.name}' may be {names}: near names only")
    new = near[0].replacement
    if not unsafe:
        return Unproven(f"'{new}' is only a near name of table '{table.name}' ({near[0].reason}); --unsafe takes it")
    return Replacement(table.start, table.end, table.name, new, None)


def _column(column: ColumnRef, context: Context) -> Replacement | Unproven:
    tables = (column.table,) if column.table else column.candidates
    found: dict[tuple[str, str], None] = {}
    for rename in context.renames:
        for table in tables:
            there = table.column(rename.new) if rename.table == table.name else None
            if there is not None and rename.old.lower() == column.name.lower():
                found[table.name, there.name] = None
    if len(found) == 1:
        (table_name, new), *_ = found
        return Replacement(column.start, column.end, column.name, new, table_name)
    if found:
        names = " and ".join(f"'{table}.{new}'" for table, new in found)
        return Unproven(f"column '{column.name}' has become {names}: it cannot be told which is meant")
    near = column_suggestions(column.name, tables, (), context.siblings)
    hint = f" ('{near[0].replacement}' is only a near name)" if near else ""
    return Unproven(f"no proven name takes the place of unknown column '{column.name}'{hint}")
