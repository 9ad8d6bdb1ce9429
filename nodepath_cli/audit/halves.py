"""The statements of a tree, checked in two halves: where it is worth that, in two processes."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from nodepath_cli.audit.analyse import Analysis, Progress, columns_named
from nodepath_cli.audit.analysed import Analysed, Gist
from nodepath_cli.in_shares import SHARES, Work, in_turn, side_by_side
from nodepath_cli.schema.model import Table

_WORTH = 400
"""Texts from which a second process is worth its start."""

T = TypeVar("T")


def checked(
    analysis: Analysis, check: Callable[[Analysed], T], jobs: int = 1, progress: Progress | None = None
) -> list[T]:
    """Return what `check` says of each statement, in their order; every statement then knows its gist.

    At most `jobs` processes work at once. What `check` returns has to be plain data, and to rest on nothing but the
    statement and the analysis.
    """
    halves = _halves(analysis.statements)

    def share(number: int, told: Progress | None) -> Work[list[tuple[Gist, T]]]:
        return _share(analysis, halves[number], check, told)

    texts = sum(len(each.statement.variants) for each in analysis.statements)
    if jobs > 1 and texts >= _WORTH:
        tables = _Tables(analysis)
        done = side_by_side(lambda number: share(number, None if number else progress), tables.packed)
        if done is not None:
            own, other = done[0], tables.unpacked(done[1])
            for number, (gist, _) in zip(halves[1], other, strict=True):
                analysis.statements[number].take(gist)
            return [said for _, said in (*own, *other)]
    return [said for result in in_turn(lambda number: share(number, progress)) for _, said in result]


def _halves(statements: Sequence[Analysed]) -> list[range]:
    """Cut the statements where there are as many texts before as behind."""
    whole = sum(len(each.statement.variants) for each in statements)
    cut, before = 0, 0
    while before * SHARES < whole:
        before += len(statements[cut].statement.variants)
        cut += 1
    return [range(cut), range(cut, len(statements))]


def _share(
    analysis: Analysis, numbers: range, check: Callable[[Analysed], T], progress: Progress | None
) -> Work[list[tuple[Gist, T]]]:
    statements = [analysis.statements[number] for number in numbers]
    for number, analysed in zip(numbers, statements, strict=True):
        if progress and number % 64 == 0:
            progress(number, len(analysis.statements))
        analysed.resolve()
    analysis.take((yield columns_named(statements)))
    return [(each.gist, check(each)) for each in statements]


class _Tables:
    """The tables of the schemas, which both processes have: a number is enough to name one."""

    def __init__(self, analysis: Analysis) -> None:
        self._tables = [table for target in analysis.targets for table in target.schema.tables]
        self._numbers = {id(table): number for number, table in enumerate(self._tables)}

    def packed(self, result: object) -> bytes:
        """Return plain data as bytes."""
        buffer = io.BytesIO()
        _Pickler(buffer, self._numbers).dump(result)
        return buffer.getvalue()

    def unpacked(self, data: bytes) -> Any:
        """Return what the other process has packed."""
        return _Unpickler(io.BytesIO(data), self._tables).load()


class _Pickler(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(buffer, pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers

    def persistent_id(self, obj: object) -> int | None:
        return self._numbers.get(id(obj)) if isinstance(obj, Table) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, buffer: io.BytesIO, tables: Sequence[Table]) -> None:
        super().__init__(buffer)
        self._tables = tables

    def persistent_load(self, number: int) -> Table:
        return self._tables[number]
