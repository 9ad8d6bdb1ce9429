"""The names of a statement that one of two schemas has and the other has not."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.schema.model import Table
from nodepath_cli.sql.resolution import Ambiguous, ColumnRef, Found, Missing, Resolution


def drift(source: Resolution, server: Resolution) -> tuple[str, ...]:
    """Return in words what the schema source and the server have differently, of what this statement names.

    Both resolutions are of the same text. An INSERT without a column list names every visible column of its table.
    """
    return tuple(dict.fromkeys([*_tables(source, server), *_columns(source, server), *_inserts(source, server)]))


def _tables(source: Resolution, server: Resolution) -> Iterator[str]:
    theirs = {table.start: table for table in server.tables}
    for table in source.tables:
        other = theirs.get(table.start)
        if other:
            yield from _one_sided(f"table {table.name}", table.outcome, other.outcome)


def _one_sided(name: str, source: object, server: object) -> Iterator[str]:
    if isinstance(source, Found) and isinstance(server, Missing):
        yield f"{name} is in the schema source and not on the server"
    elif isinstance(source, Missing) and isinstance(server, Found):
        yield f"{name} is on the server and not in the schema source"


def _columns(source: Resolution, server: Resolution) -> Iterator[str]:
    lost = any(isinstance(table.outcome, Missing) for table in (*source.tables, *server.tables))
    theirs = {(column.start, column.clause): column for column in server.columns}
    for column in source.columns:
        other = theirs.get((column.start, column.clause))
        # Without its table a column is missing, too, and not worth a word of its own.
        if other is None or lost:
            continue
        yield from _one_sided(f"column {_label(column, other)}", column.outcome, other.outcome)
        if isinstance(other.outcome, Ambiguous) != isinstance(column.outcome, Ambiguous):
            where = "on the server" if isinstance(other.outcome, Ambiguous) else "in the schema source"
            yield f"column {column.name} is in several tables {where} alone"


def _label(column: ColumnRef, other: ColumnRef) -> str:
    table = column.table or other.table
    return f"{table.name}.{column.name}" if table else column.name


def _inserts(source: Resolution, server: Resolution) -> Iterator[str]:
    for ours, theirs in zip(source.inserts, server.inserts, strict=False):
        if ours.columns is None and ours.target and theirs.target:
            yield from _listed(ours.target, theirs.target)


def _listed(source: Table, server: Table) -> Iterator[str]:
    ours, theirs = ({column.name.lower(): column.name for column in table.visible} for table in (source, server))
    for key in sorted(ours.keys() - theirs.keys()):
        yield f"column {source.name}.{ours[key]} is in the schema source and not on the server"
    for key in sorted(theirs.keys() - ours.keys()):
        yield f"column {source.name}.{theirs[key]} is on the server and not in the schema source"
