"""Bringing renamed and half-renamed lock tables back into revision 0001's shape, with every row.

The plan is made from the live shape alone, and the states between its statements are shapes that it understands: where
it is interrupted, the next plan goes on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.errors import Refused
from nodepath_cli.migrate.shapes import ADDED, FORMER
from nodepath_cli.schema.diff import described, differences, normal_type
from nodepath_cli.schema.model import Column, Key, Schema, Table

CLOCK = ("locked_at", "timestamp", "last_activity", "created_at")
"""Where a row's time is taken from, the first that has one: a lock of the renamed shape has it in `locked_at`."""
_ROOM = 64
"""Characters that a column needs to take up the stand-in for a key that is NULL."""
_BY_HAND = "bring the table into that shape by hand: nodepath db status lists the differences"


class Check(Struct, frozen=True):
    """A question to the rows that has to be answered with 0 before anything is written."""

    query: str
    """Gives one number."""
    problem: str
    """What it means where it is not 0; `{count}` stands for the number."""


class TablePlan(Struct, frozen=True):
    """What it takes to carry one table over."""

    table: str
    checks: tuple[Check, ...]
    statements: tuple[str, ...]


def plan_table(expected: Table, actual: Table, dialect: Dialect) -> TablePlan:
    """Return the statements that make `expected` of `actual`; none where it is that already.

    Raises Refused where columns are there that nobody knows, or the key's columns are not.
    """
    if not differences(expected, actual):
        return TablePlan(expected.name, (), ())
    return _Planner(expected, actual, dialect).plan()


class _Planner:
    def __init__(self, expected: Table, actual: Table, dialect: Dialect) -> None:
        self.expected = expected
        self.actual = actual
        self.dialect = dialect
        self.table = _quoted(expected.name)
        self.primary = _quoted(expected.primary_key[0])

    def plan(self) -> TablePlan:
        self._refuse_unknown()
        first = list(self._prepare())
        fill = self._fill()
        statements = [f"ALTER TABLE {self.table} {', '.join(first)}"] if first else []
        statements += [fill] if fill else []
        after = self._after(statements)
        last = self._final(after)
        return TablePlan(self.expected.name, tuple(self._checks()), (*statements, last))

    def _refuse_unknown(self) -> None:
        known = {*self.expected.by_name, *FORMER, *ADDED}
        strange = [column.name for column in self.actual.columns if column.name.lower() not in known]
        if strange:
            raise Refused(f"{self.expected.name} has a column that is not known: {strange[0]}", _BY_HAND)
        if tuple(name.lower() for name in self.actual.primary_key) != tuple(
            name.lower() for name in self.expected.primary_key
        ):
            raise Refused(f"{self.expected.name} has another primary key", _BY_HAND)
        for now in FORMER.values():
            if not self._sources(now):
                raise Refused(f"{self.expected.name} has no column that {now} could be taken from", _BY_HAND)

    def _sources(self, now: str) -> list[Column]:
        """Return the columns that hold a key's value: the one of that name, then the one of its former name."""
        names = (now, *(former for former, name in FORMER.items() if name == now))
        return [column for name in names if (column := self.actual.column(name)) is not None]

    def _prepare(self) -> Iterator[str]:
        """Yield the changes that the rows' values need before they can be filled in."""
        for now in FORMER.values():
            column = self._sources(now)[0]
            if not _has_room(column, 255 if len(self._sources(now)) > 1 else _ROOM):
                yield f"MODIFY COLUMN {_quoted(column.name)} VARCHAR(255) NULL"
        clock = self.actual.column("timestamp")
        if clock is None:
            yield "ADD COLUMN `timestamp` VARCHAR(255) NULL"
        elif not _has_room(clock, 32):
            yield "MODIFY COLUMN `timestamp` VARCHAR(255) NULL"

    def _fill(self) -> str | None:
        """Return the UPDATE that gives every row the values that it will keep, None where all have them."""
        values = []
        for now in FORMER.values():
            columns = self._sources(now)
            if len(columns) > 1 or columns[0].nullable:
                values.append(f"{_quoted(columns[0].name)} = {self._key_value(now)}")
        clock = self.actual.column("timestamp")
        if clock is None or clock.nullable or not _has_room(clock, 32) or self._clocks() != ["timestamp"]:
            values.append(f"`timestamp` = {self._clock_value()}")
        if not values:
            return None
        # Otherwise the server would set these to the time of the UPDATE.
        values += [f"{_quoted(each.name)} = {_quoted(each.name)}" for each in self.actual.columns if each.on_update]
        return f"UPDATE {self.table} SET {', '.join(values)}"

    def _key_value(self, now: str) -> str:
        """A NULL key, which no caller can have asked for, becomes one of its own, so that the row is kept."""
        names = [_quoted(column.name) for column in self._sources(now)]
        given = [f"NULLIF({name}, '')" for name in names] if len(names) > 1 else []
        return f"COALESCE({', '.join([*given, *names])}, CONCAT('unknown-', {self.primary}))"

    def _clocks(self) -> list[str]:
        return [name for name in CLOCK if self.actual.column(name) is not None or name == "timestamp"]

    def _clock_value(self) -> str:
        parts = [f"NULLIF(CAST({_quoted(name)} AS CHAR), '')" for name in self._clocks()]
        return f"COALESCE({', '.join(parts)}, '')"

    def _checks(self) -> Iterator[Check]:
        name = self.expected.name
        for now in FORMER.values():
            columns = [_quoted(column.name) for column in self._sources(now)]
            if len(columns) > 1:
                yield Check(
                    f"SELECT COUNT(*) FROM {self.table} WHERE NULLIF({columns[0]}, '') <> NULLIF({columns[1]}, '')",
                    f"{name}: {{count}} rows have one value in {columns[0]} and another in {columns[1]}",
                )
            yield Check(
                f"SELECT COUNT(*) FROM {self.table} WHERE CHAR_LENGTH({self._key_value(now)}) > 255",
                f"{name}: {{count}} rows have a value for {now} that is longer than 255 characters",
            )
        keys = [f"CONVERT({self._key_value(now)} USING utf8mb4)" for now in FORMER.values()]
        collation = self.expected.collation or "utf8mb4_unicode_ci"
        grouped = ", ".join(f"{key} COLLATE {collation}" for key in keys)
        yield Check(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM {self.table} GROUP BY {grouped} HAVING COUNT(*) > 1) AS twice",
            f"{name}: {{count}} pairs of id_prospect and id_device would stand in more than one row",
        )
        yield Check(
            f"SELECT COUNT(*) FROM {self.table} WHERE {self.primary} > 2147483647",
            f"{name}: {{count}} rows have a number that does not fit an INT",
        )

    def _after(self, statements: list[str]) -> Table:
        return _replayed(self.actual, statements, self.dialect)

    def _final(self, actual: Table) -> str:
        """Return the one ALTER that makes the production shape of the prepared table."""
        parts = []
        before = None
        for column in self.expected.columns:
            place = f"AFTER {_quoted(before)}" if before else "FIRST"
            definition = f"{_quoted(column.name)} {_definition(column)} {place}"
            old = self._old_name(column.name, actual)
            parts.append(f"CHANGE COLUMN {_quoted(old)} {definition}" if old else f"MODIFY COLUMN {definition}")
            before = column.name
        renamed = {name for column in self.expected.columns if (name := self._old_name(column.name, actual))}
        parts += [
            f"DROP COLUMN {_quoted(each.name)}"
            for each in actual.columns
            if self.expected.column(each.name) is None and each.name not in renamed
        ]
        options = [each for each in differences(self.expected, actual) if each.kind == "changed-option"]
        if any(each.name == "engine" for each in options):
            parts.append(f"ENGINE={self.expected.engine}")
        if any(each.name in ("charset", "collation") for each in options):
            parts.append(f"CONVERT TO CHARACTER SET {self.expected.charset} COLLATE {self.expected.collation}")
        columns = f"ALTER TABLE {self.table} {', '.join(parts)}"
        keys = list(self._keys(_replayed(actual, [columns], self.dialect)))
        return ", ".join([columns, *keys])

    def _old_name(self, now: str, actual: Table) -> str | None:
        if actual.column(now) is not None:
            return None
        former = next((old for old, name in FORMER.items() if name == now), None)
        return former if former and actual.column(former) is not None else None

    def _keys(self, actual: Table) -> Iterator[str]:
        wanted = {key.name: (key, "UNIQUE KEY") for key in self.expected.unique_keys}
        wanted |= {key.name: (key, "KEY") for key in self.expected.indexes}
        found = [(each.kind, each.name) for each in differences(self.expected, actual)]
        if (self.actual.engine or "").lower() != (self.expected.engine or "").lower():
            # Another engine's keys may be shorter than they look (MyISAM: 1000 bytes, the rest is cut off).
            there = {key.name for key in (*actual.unique_keys, *actual.indexes)}
            found += [("changed-key", name) for name in wanted if name in there and ("changed-key", name) not in found]
        for kind, name in found:
            if kind == "changed-key" and name != "PRIMARY":
                yield f"DROP KEY {_quoted(name)}"
            if kind in ("missing-key", "changed-key") and name in wanted:
                key, word = wanted[name]
                yield f"ADD {word} {_quoted(key.name)} ({_columns(key)})"


def _replayed(table: Table, statements: list[str], dialect: Dialect) -> Table:
    from nodepath_cli.sql.ddl import DdlText, Replay

    replay = Replay(Schema((table,), dialect.name, dialect.version), dialect)
    for statement in statements:
        for problem in replay.run(DdlText(statement)):
            raise Refused(f"{table.name} cannot be carried over: {problem.message}", _BY_HAND)
    found = replay.schema().table(table.name)
    return found if found is not None else replace(table, columns=())


def _has_room(column: Column, length: int) -> bool:
    kind = normal_type(column.type)
    match = re.fullmatch(r"(?:var)?char\((\d+)\)", kind)
    return int(match[1]) >= length if match else kind in ("text", "mediumtext", "longtext")


def _definition(column: Column) -> str:
    text = described(replace(column, collation=None))
    return text if column.collation is None else text.replace(" NOT NULL", f" COLLATE {column.collation} NOT NULL", 1)


def _columns(key: Key) -> str:
    return ", ".join(_quoted(column or "") for column in key.columns)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
