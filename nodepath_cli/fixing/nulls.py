"""NULL that a statement writes into a NOT NULL column: the server answers 1048."""

from __future__ import annotations

from collections.abc import Iterator

from nodepath_cli.schema.model import Column, Table
from nodepath_cli.sql.clauses import Clauses
from nodepath_cli.sql.lexer import QUOTED
from nodepath_cli.sql.resolution import Clause, InsertRef, Resolution

_ASSIGNED = frozenset((Clause.SET, Clause.ODKU_LEFT, Clause.ODKU_SELECT, Clause.INSERT_COLUMNS))
_ENDS = frozenset((",", ")", ";", "WHERE", "ORDER", "LIMIT", "ON", "RETURNING"))


def refused_nulls(resolution: Resolution, *, ansi_quotes: bool = False) -> Iterator[str]:
    """Yield the NOT NULL columns that NULL is written into, as a value or as what an expression may give.

    A comparison (`IS NULL`) writes nothing. Offsets do not matter: the text may stand nowhere in a source.
    """
    clauses = Clauses.of(resolution.variant.sql, ansi_quotes)
    if clauses is None:
        return
    tokens = clauses.tokens
    index = {start + (tokens.kinds[number] == QUOTED): number for number, start in enumerate(tokens.starts)}
    for column in resolution.columns:
        known = column.table.column(column.name) if column.table else None
        if known is None or not _strict(known) or column.clause not in _ASSIGNED:
            continue
        first = index.get(column.start)
        if first is not None and clauses.word(first + 1) == "=":
            end = _end(clauses, first + 2)
            if _gives_null(clauses, first + 2, end):
                yield known.name
    for insert in resolution.inserts:
        yield from _of_rows(insert, clauses, index)


def _of_rows(insert: InsertRef, clauses: Clauses, index: dict[int, int]) -> Iterator[str]:
    columns = _columns(insert.target, insert.columns)
    for row in insert.rows:
        first = index.get(row.start)
        if first is None or clauses.word(first) != "(":
            # The rows of a SELECT: which value goes where is not followed.
            if _gives_null(clauses, max(first or 0, 0), clauses.end):
                yield from (each.name for each in columns if each is not None and _strict(each))
            continue
        values = list(clauses.split(first + 1, clauses.tokens.closing.get(first, first), ","))
        for column, (begin, end) in zip(columns, values, strict=False):
            if column is not None and _strict(column) and _gives_null(clauses, begin, end):
                yield column.name


def _columns(table: Table | None, names: tuple[str, ...] | None) -> list[Column | None]:
    if table is None:
        return []
    return list(table.visible) if names is None else [table.column(name) for name in names]


def _strict(column: Column) -> bool:
    return not column.nullable and not column.auto_increment and column.generated is None


def _end(clauses: Clauses, begin: int) -> int:
    """Return the index behind an assigned expression."""
    at = begin
    while at < clauses.end and clauses.word(at) not in _ENDS:
        at = clauses.tokens.closing.get(at, at) + 1
    return at


def _gives_null(clauses: Clauses, begin: int, end: int) -> bool:
    return any(
        clauses.word(at) == "NULL" and clauses.word(at - 1) not in ("IS", "NOT", "<=>") for at in range(begin, end)
    )
