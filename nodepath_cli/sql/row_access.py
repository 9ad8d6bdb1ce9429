"""Which row a statement reads or writes, by which key, under what condition, and what it makes of its columns.

Column names are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Table

_NEW = lazy(r"(?:uuid_to_bin\s*\(\s*)?uuid(?:_short)?\s*\(\s*\)", re.IGNORECASE)
_MOMENT = lazy(
    r"(?:now|sysdate|current_timestamp|localtime|localtimestamp|utc_timestamp|unix_timestamp)\b", re.IGNORECASE
)
_DAY = lazy(r"date(?!time)|time(?!stamp)|year")

Action = Literal["select", "insert", "ignore", "upsert", "replace", "update", "delete"]
"""`ignore` is INSERT IGNORE, `upsert` INSERT ... ON DUPLICATE KEY UPDATE."""

Kind = Literal["value", "constant", "null", "now", "column", "inserted", "other"]
"""What an expression is: a placeholder or run-time value, a constant, NULL, the time of day, a column, VALUES(col)."""


class Operand(Struct, frozen=True):
    """A value in a statement."""

    kind: Kind
    text: str
    columns: frozenset[str] = frozenset()
    """The columns that it is made of."""
    parameter: int | None = None
    """With `value`: which placeholder it is, from 0; None for a part of the text that is known only at run time."""
    clock: bool = False
    """The time of day stands in it."""
    chooses: bool = False
    """It is one of several values, by a condition: `IF(...)`, `CASE ... END`."""
    null_safe: bool = False
    """It asks whether something is NULL."""
    branches: tuple[Branch, ...] = ()
    """Of `IF(...)`, `IFNULL(...)` and `CASE WHEN ... END`: what it is under which condition, in order."""


class Branch(Struct, frozen=True):
    """What an expression is where some conditions hold that the ones before it do not."""

    conditions: tuple[Condition, ...]
    """All have to hold; () for what is left."""
    value: Operand


class Setting(Struct, frozen=True):
    """A column and what it gets."""

    column: str
    value: Operand

    @property
    def keeps(self) -> bool:
        """Say whether the column keeps its value: `x = x`."""
        return self.value.kind == "column" and self.value.columns == {self.column}


class Condition(Struct, frozen=True):
    """One of the conditions that all have to hold."""

    text: str
    columns: frozenset[str]
    column: str | None = None
    """With `operator`: the column that is compared, alone on its side."""
    operator: str | None = None
    """As with the column on the left."""
    operand: Operand | None = None
    clock: bool = False
    null_safe: bool = False
    left: Operand | None = None
    """With `relation`: what is compared, as it is written, or what is asked alone (`1`, `locked`, `owner IS NULL`)."""
    right: Operand | None = None
    relation: str | None = None
    """The operator between them; `null` for IS NULL, `true` for an operand alone."""
    negated: bool = False
    """NOT stands before it (`NOT (...)`, `IS NOT NULL`)."""
    alternatives: tuple[tuple[Condition, ...], ...] = ()
    """Of OR, or of a negated parenthesis: one of them has to hold, each with all of its own conditions."""

    @property
    def fixes(self) -> str | None:
        """The column that it fixes to one value, None where it does something else."""
        equal = self.operator == "=" and self.operand is not None and self.operand.kind in ("value", "constant")
        return self.column if equal else None

    @property
    def ordered(self) -> bool:
        """Say whether it asks for more or less than something, or for the time: an age."""
        return self.operator in ("<", "<=", ">", ">=") or self.clock


class RowAccess(Struct, frozen=True):
    """What a statement does with the rows of one table."""

    action: Action
    table: Table
    start: int
    """Where the statement begins in the variant's SQL."""
    end: int
    """Behind the table's name, or behind the verb where that comes later: what a report marks."""
    conditions: tuple[Condition, ...] = ()
    """Of WHERE."""
    settings: tuple[Setting, ...] = ()
    """Of SET or ON DUPLICATE KEY UPDATE."""
    inserted: tuple[Setting, ...] = ()
    """Of the first row of an INSERT."""
    locks: bool = False
    """FOR UPDATE or FOR SHARE, and waits for rows that others have locked."""
    shared: bool = False
    """With `locks`: others may lock the same rows for reading, too."""
    selected: frozenset[str] = frozenset()
    """The columns that a SELECT gives."""
    picked: tuple[frozenset[str], ...] = ()
    """The columns that each of its values is made of, in order; () where `*` stands among them."""
    values: tuple[Condition, ...] = ()
    """With `picked`: each of them as a condition that may be met, without the name that it is given."""
    limited: bool = False
    """LIMIT or ORDER BY stands behind it: one of many rows is picked."""
    parameters: int = 0
    """How many placeholders it has."""
    guarded: bool = False
    """Of an INSERT: it adds the row under a condition, `SELECT ?, ? FROM DUAL WHERE NOT EXISTS (...)`."""

    @property
    def fixed(self) -> dict[str, Operand]:
        """The columns that WHERE fixes, or that an INSERT gives a value, with it."""
        if self.action in ("insert", "ignore", "upsert", "replace"):
            return {each.column: each.value for each in self.inserted}
        return {each.fixes: each.operand for each in self.conditions if each.fixes and each.operand}

    @property
    def key(self) -> tuple[str, ...] | None:
        """The unique key that is fixed, None where none is: at most one row is meant.

        A key that the server numbers is none where a row is inserted, nor is one with the present in it.
        """
        fixed = self.fixed
        writes = self.action in ("insert", "ignore", "upsert", "replace")
        for columns in unique_keys(self.table):
            if all(column in fixed for column in columns):
                counted = any(_numbered(self.table, each) or fresh(self.table, each, fixed[each]) for each in columns)
                if not (writes and counted):
                    return columns
        loose = dict.fromkeys(key for key, _ in self._loose())
        everywhere = len(loose) == 1 and len(list(self._loose())) == len(self.conditions[0].alternatives)
        return next(iter(loose)) if everywhere else None

    @property
    def one_key(self) -> tuple[str, ...] | None:
        """The unique key that is fixed, or that one of the alternatives of an OR fixes: others may reach more rows."""
        return self.key or next((key for key, _ in self._loose()), None)

    @property
    def loose(self) -> bool:
        """Say whether one of the alternatives of an OR fixes a key and others reach more rows."""
        return self.key is None and any(self._loose())

    def _loose(self) -> Iterator[tuple[tuple[str, ...], tuple[Condition, ...]]]:
        if self.action not in ("update", "delete") or len(self.conditions) != 1 or self.conditions[0].negated:
            return
        for conditions in self.conditions[0].alternatives:
            fixed = {each.fixes for each in conditions}
            for columns in unique_keys(self.table):
                if fixed.issuperset(columns):
                    yield columns, tuple(each for each in conditions if each.fixes not in columns)
                    break

    @property
    def reaching(self) -> tuple[tuple[Condition, ...], ...]:
        """The conditions beside the key under which the row of a key is reached, one for each way to reach it."""
        return tuple(conditions for _, conditions in self._loose()) or (self.others,)

    @property
    def others(self) -> tuple[Condition, ...]:
        """The conditions beside those that fix the key."""
        key = self.key or ()
        return tuple(each for each in self.conditions if each.fixes not in key)


def unique_keys(table: Table) -> tuple[tuple[str, ...], ...]:
    """Return the columns of every unique key, those with expressions left out."""
    keys = [table.primary_key] if table.primary_key else []
    keys += [tuple(column for column in key.columns if column) for key in table.unique_keys if None not in key.columns]
    return tuple(tuple(column.lower() for column in key) for key in keys if key)


def fresh(table: Table, column: str, value: Operand) -> bool:
    """Say whether a column gets what no other row has: the time of day, down to the second at least, or a new UUID.

    A row of a moment ago then keeps nobody out by a key over it.
    """
    if _NEW.match(value.text):
        return True
    found = table.column(column)
    return value.kind == "now" and bool(_MOMENT.match(value.text)) and found is not None and not _DAY.match(found.type)


def _numbered(table: Table, column: str) -> bool:
    found = table.column(column)
    return found is not None and found.auto_increment
