"""The statements of a tree, checked in pieces: where it is worth that, in two processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from nodepath_cli.audit.analyse import Analysis, Progress, columns_named
from nodepath_cli.audit.analysed import Analysed, Gist
from nodepath_cli.config import Dialect
from nodepath_cli.first_come import FirstCome
from nodepath_cli.in_shares import Work, in_turn, side_by_side
from nodepath_cli.packing import Packing
from nodepath_cli.schema.model import Table
from nodepath_cli.source.statement import Statement
from nodepath_cli.sql.ddl import builds_schema

_WORTH = 30_000
"""Characters of SQL from which a second process is worth its start."""
_EACH = 50
"""What a text costs however short it is, in characters."""

T = TypeVar("T")


def checked(
    analysis: Analysis, check: Callable[[Analysed], T], jobs: int = 1, progress: Progress | None = None
) -> list[T]:
    """Return what `check` says of each statement, in their order; every statement then knows its gist.

    At most `jobs` processes work at once. What `check` returns has to be plain data, and to rest on nothing but the
    statement and the analysis.
    """
    costs = [_cost(each.statement, analysis.main.dialect) for each in analysis.statements]
    first_come = FirstCome()

    def share(told: Progress | None) -> Work[list[tuple[int, Gist, T]]]:
        return _share(analysis, first_come.of(range(len(costs)), costs.__getitem__), check, told)

    packing = _packing(analysis)
    done = None
    if jobs > 1 and sum(costs) >= _WORTH:
        done = side_by_side(lambda number: share(None if number else progress), packing.packed, first_come)
    if done is not None:
        results = [done[0], packing.unpacked(done[1])]
        for number, gist, _ in results[1]:
            analysis.statements[number].take(gist)
    else:
        results = in_turn(lambda _: share(progress))
    if progress:
        progress(len(costs), len(costs))
    said = {number: said for result in results for number, _, said in result}
    return [said[number] for number in range(len(costs))]


def _cost(statement: Statement, dialect: Dialect) -> int:
    """How much is to be resolved of a statement."""
    if statement.dialect or statement.opaque or builds_schema(statement.sql, dialect):
        return 0
    return sum(_EACH + len(variant.sql) for variant in statement.variants)


def _share(
    analysis: Analysis, numbers: Iterable[int], check: Callable[[Analysed], T], progress: Progress | None
) -> Work[list[tuple[int, Gist, T]]]:
    own: dict[int, Analysed] = {}
    for number in numbers:
        if progress and number % 64 == 0:
            progress(number, len(analysis.statements))
        own[number] = analysis.statements[number]
        own[number].resolve()
    analysis.take((yield columns_named(own.values())))
    return [(number, each.gist, check(each)) for number, each in own.items()]


def _packing(analysis: Analysis) -> Packing:
    """Return how results are told the other process. It has the tables of the schemas, too: of those a number."""
    tables = [table for target in analysis.targets for table in target.schema.tables]
    numbers = {id(table): number for number, table in enumerate(tables)}
    return Packing(Table, lambda table: numbers.get(id(table)), tables.__getitem__)
