"""Columns that no statement of a tree names (NP601), and whether that is proved."""

from __future__ import annotations

from collections import defaultdict

from msgspec import Struct

from nodepath_cli.audit.implied import EVERY
from nodepath_cli.audit.uses import Index, blind_of


class UnusedColumn(Struct, frozen=True):
    """A column that no statement names."""

    table: str
    column: str
    doubt: str | None
    """Why it may be used all the same, None where it is proved that no statement that was read uses it."""


def unused(known: Index, table: str | None = None) -> tuple[UnusedColumn, ...]:
    """Return the columns that no statement names, of all known tables or of one, in order of table and column.

    `SELECT *` names all columns of its tables. A table that the migrations own and that no statement of this tree names
    is another program's, unless it is asked for. Nothing is proved of a table that a statement uses which was not fully
    understood, nor of one that a view of the schema may read: its SELECT is not among the statements.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for use in known.uses:
        named[use.table].add((use.column or "").lower())
    views = [name for name, each in known.tables.items() if each.kind == "view"]
    found = []
    for name in sorted(known.tables):
        each = known.tables[name]
        if each.kind != "table" or (table is not None and name != table) or EVERY in named[name]:
            continue
        doubt = _doubt(name, known) or (f"view {views[0]} may read it" if views else None)
        if table is None and name in known.owned and not named[name]:
            continue
        found += [
            UnusedColumn(name, column.name, doubt) for column in each.columns if column.name.lower() not in named[name]
        ]
    return tuple(found)


def _doubt(table: str, known: Index) -> str | None:
    blind = blind_of(table, known)
    if not blind:
        return None
    # What names the table says more than what may use any.
    first = next((each for each in blind if not each.anywhere), blind[0])
    more = f", and {len(blind) - 1} more" if len(blind) > 1 else ""
    return f"{first.path}:{first.line} was not fully understood ({first.reason}){more}"
