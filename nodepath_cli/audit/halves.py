"""The statements of a tree, checked in two halves: where it is worth that, in two processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from nodepath_cli.audit.analyse import Analysis, Progress, columns_named
from nodepath_cli.audit.analysed import About, Analysed, Gist
from nodepath_cli.audit.finding import Finding, InventoryItem, Position, RelatedPlace, Suggestion, WrapperPlace
from nodepath_cli.in_shares import SHARES, Work, in_turn, side_by_side
from nodepath_cli.packing import Packing
from nodepath_cli.schema.model import Table

_WORTH = 400
"""Texts from which a second process is worth its start."""

_RECORDS = (About, Finding, Gist, InventoryItem, Position, RelatedPlace, Suggestion, WrapperPlace)

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
        packing = _packing(analysis)
        done = side_by_side(lambda number: share(number, None if number else progress), packing.packed)
        if done is not None:
            own, other = done[0], packing.unpacked(done[1])
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


def _packing(analysis: Analysis) -> Packing:
    """Return how results are told the other process. It has the tables of the schemas, too: of those a number."""
    tables = [table for target in analysis.targets for table in target.schema.tables]
    numbers = {id(table): number for number, table in enumerate(tables)}
    return Packing(_RECORDS, Table, lambda table: numbers.get(id(table)), tables.__getitem__)
