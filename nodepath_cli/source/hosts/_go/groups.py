"""The records of calls, put together by the literal that each text begins in, without what others say better."""

from __future__ import annotations

import sys
from typing import TypeAlias

from msgspec import Struct, field

from nodepath_cli.source.hosts._go.judging import Judge
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.makers import SET_IN
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.records import Call, NotFollowed, Received
from nodepath_cli.source.hosts._go.values import Text
from nodepath_cli.source.statement import Span

Order: TypeAlias = tuple[str, int, int]
"""File and byte offset of the function from which something was recorded, and its number: in order of the source,
however a program is divided."""


class Group(Struct):
    """The records of one call that begin in one literal."""

    call: Call
    origin: Span | None
    records: list[Received] = field(default_factory=list)
    orders: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of all records of a text, of which `records` keeps one."""
    rank: int = 0
    """The best rank of its records."""
    order: Order = ("", 0, 0)
    """The first of its records."""

    @property
    def key(self) -> tuple[str, int]:
        """The call's identity."""
        return self.call.key


def grouped(m: Machine, judge: Judge) -> list[Group]:
    """Return the records of a program, those of one call and one literal together."""
    groups: dict[tuple[str, int, Span | None], Group] = {}
    for record in m.received:
        key = (*record.call.key, record.origin)
        groups.setdefault(key, Group(record.call, record.origin)).records.append(record)
    for group in groups.values():
        if any(record.rank == 3 for record in group.records):
            # A caller from which it is too deep to the database has only what it gave the wrapper.
            near = {record.root for record in group.records if record.rank == 3}
            group.records = [record for record in group.records if record.rank == 3 or record.root not in near]
        if any(record.bound for record in group.records):
            kept = [
                record
                for record in group.records
                if record.bound or not (_of_arguments(record.text) or _of_any(m, record))
            ]
            group.records = kept or group.records
        if any(record.bound and not _mixes(m, record) for record in group.records):
            # Callers say which parts go together.
            group.records = [record for record in group.records if not _mixes(m, record)]
        if len({record.root for record in group.records}) > 1:
            kept = [record for record in group.records if not (_of_arguments(record.text) and _on_its_own(m, record))]
            group.records = kept or group.records
        distinct: dict[str, Received] = {}
        for record in group.records:
            first = distinct.setdefault(record.text.plain, record)
            if first is not record and judge.guard(first.guard) and not judge.guard(record.guard):
                # Two databases that get the same text: it belongs to the audited one.
                distinct[record.text.plain] = record
            group.orders.setdefault(record.text.plain, []).append(record.order)
        group.records = list(distinct.values())
        group.rank = max(record.rank for record in group.records)
        group.order = min(order_of(record) for record in group.records)
    return list(groups.values())


def order_of(record: Received | NotFollowed) -> Order:
    """Return where a record comes among all. What the variables of a package lead to comes behind the functions."""
    return (*(record.root or (record.call.file.path, sys.maxsize)), record.order)


def _on_its_own(m: Machine, record: Received) -> bool:
    """Say whether a record stems from the function that the call stands in, evaluated without its arguments."""
    routine = m.routine(record.root) if record.root is not None else None
    return routine is not None and routine.name == record.call.function and routine.file is record.call.file


def _of_arguments(text: Text) -> bool:
    return any(piece.hole is not None and piece.hole[1] == ARGUMENT for piece in text.pieces)


def _of_any(m: Machine, record: Received) -> bool:
    """Say whether a text has what any value of a type may have in a field: callers say what theirs has."""
    return any(m.decisions.guessed(decision) == "part" for decision, _ in record.guard)


def _mixes(m: Machine, record: Received) -> bool:
    """Say whether a text is made of several fields of which each may have been set by several functions.

    A table that one of them sets may never meet the joins that another one adds.
    """
    return len({decision for decision, arm in record.guard if m.decisions.arm(decision, arm).startswith(SET_IN)}) > 1
