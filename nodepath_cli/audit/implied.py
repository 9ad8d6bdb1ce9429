"""What a statement uses of its tables without writing a column's name: `*`, USING, NATURAL, an INSERT without a list.

The resolution has what a statement names; this is the rest, read off the statement's structure.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.schema.model import Table
from nodepath_cli.sql.nodes import (
    Delete,
    FromItem,
    Hidden,
    Ident,
    Insert,
    Join,
    Select,
    Star,
    TableName,
    Update,
    within,
)
from nodepath_cli.sql.parse import Parsed
from nodepath_cli.sql.resolution import Access, Resolution, TableRef

EVERY = "*"
"""Stands for all columns of a table."""


class Implied(Struct, frozen=True):
    """A use of a table's column, or of all of them, with its place in the variant's SQL."""

    table: TableRef
    column: str
    """The column's name, or `*`."""
    access: Access
    start: int
    end: int


class Structure(Struct, frozen=True):
    """What the structure of a text adds to its resolution."""

    uses: tuple[Implied, ...]
    deleted: frozenset[int]
    """Offsets (`TableRef.start`) of the tables that a multi-table DELETE deletes from."""
    hidden_table: bool
    """It reads or writes a table that is known only at run time."""


def structure(parsed: Parsed, resolution: Resolution) -> Structure:
    """Return what the structure of a text adds to its resolution."""
    return _Walk(parsed, resolution).run()


class _Walk:
    def __init__(self, parsed: Parsed, resolution: Resolution) -> None:
        self._parsed = parsed
        self._by_start = {table.start: table for table in resolution.tables}
        self._uses: list[Implied] = []
        self._deleted: set[int] = set()
        self._hidden = False

    def run(self) -> Structure:
        # A list of its own instead of recursion: a statement may be nested as deep as the grammar lets it.
        waiting: list[object] = [self._parsed.nodes]
        while waiting:
            node = waiting.pop()
            self._node(node)
            waiting.extend(within(node))
        return Structure(tuple(self._uses), frozenset(self._deleted), self._hidden)

    def _node(self, node: object) -> None:
        match node:
            case Select():
                self._hidden = self._hidden or node.open_sources
                self._stars(tuple(item.value for item in node.items), node.sources)
            case Join():
                self._join(node)
            case Insert():
                self._insert(node)
            case Update():
                self._hidden = self._hidden or node.open_sources
                self._stars(tuple(item.value for item in node.returning or ()), node.sources)
            case Delete():
                self._hidden = self._hidden or node.open_sources
                self._stars(tuple(item.value for item in node.returning or ()), node.sources)
                self._delete(node)
            case Hidden():
                self._hidden = True
            case TableName() if node.name.hole:
                self._hidden = True
            case _:
                pass

    def _stars(self, values: tuple[object, ...], sources: tuple[FromItem, ...]) -> None:
        for star in values:
            if isinstance(star, Star):
                for leaf in self._leaves(sources):
                    if star.table is None or _answers(leaf, star.table.text):
                        self._add(leaf, EVERY, "read", star.start, star.end)

    def _join(self, join: Join) -> None:
        sides = list(self._leaves((join.left,))), list(self._leaves((join.right,)))
        for name in join.using or ():
            for leaf in (*sides[0], *sides[1]):
                if leaf.table is None or leaf.table.column(name.text):
                    self._add(leaf, name.text, "join", name.start, name.end)
        if join.natural:
            for own, other in (sides, sides[::-1]):
                for leaf in own:
                    for column in _shared(leaf, other):
                        self._add(leaf, column, "join", join.natural.start, join.natural.end)

    def _insert(self, node: Insert) -> None:
        target = self._by_start.get(node.target.start)
        self._hidden = self._hidden or node.target.hole
        if target is None:
            return
        if node.columns is None and node.assignments is None:
            self._add(target, EVERY, "write", node.target.start, node.target.end)
        for item in node.returning or ():
            if isinstance(item.value, Star):
                self._add(target, EVERY, "read", item.value.start, item.value.end)

    def _delete(self, node: Delete) -> None:
        for target in node.targets or ():
            for leaf in self._leaves(node.sources):
                if _answers(leaf, target.name.text):
                    self._deleted.add(leaf.start)

    def _leaves(self, sources: tuple[FromItem, ...]) -> Iterator[TableRef]:
        """Yield the tables of a FROM; a derived table's own are not among them."""
        for source in sources:
            if isinstance(source, Join):
                yield from self._leaves((source.left, source.right))
            elif isinstance(source, TableName) and (found := self._table(source.name)):
                yield found

    def _table(self, name: Ident) -> TableRef | None:
        return self._by_start.get(name.start)

    def _add(self, table: TableRef, column: str, access: Access, start: int, end: int) -> None:
        self._uses.append(Implied(table, column, access, start, end))


def _answers(table: TableRef, name: str) -> bool:
    return (table.alias or table.name).lower() == name.lower()


def _shared(leaf: TableRef, others: list[TableRef]) -> tuple[str, ...]:
    """Return the columns that NATURAL joins a table by; all of them where the other side cannot be told."""
    tables: list[Table | None] = [other.table for other in others]
    if leaf.table is None or not tables or None in tables:
        return (EVERY,)
    return tuple(
        column.name for column in leaf.table.columns if any(other and other.column(column.name) for other in tables)
    )
