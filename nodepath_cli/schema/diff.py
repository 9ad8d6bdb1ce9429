"""The differences between two tables, in the words of the JSON documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from nodepath_cli.schema.model import Column, Key, Table

Kind = Literal[
    "missing-table",
    "extra-column",
    "missing-column",
    "changed-column",
    "missing-key",
    "changed-key",
    "changed-option",
]

# MySQL 8.0.19 and later show no display width for integers (manual, "Numeric Type Attributes"); elsewhere it is one
# spelling of the same type. tinyint(1) keeps its width there and means a boolean.
_INTEGER = re.compile(r"\b(tinyint|smallint|mediumint|int|bigint)\s*\(\d+\)")
_SYNONYMS = {"integer": "int", "bool": "tinyint", "boolean": "tinyint", "dec": "decimal", "numeric": "decimal"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: what was expected, and what is there."""

    kind: Kind
    table: str
    name: str
    """The column, key or option; the table itself for a missing table."""
    expected: str | None
    actual: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "kind": self.kind,
            "table": self.table,
            "name": self.name,
            "expected": self.expected,
            "actual": self.actual,
        }


def differences(expected: Table, actual: Table | None) -> tuple[Difference, ...]:
    """Return how a table differs from what it should be; () where it is the same."""
    if actual is None:
        return (Difference("missing-table", expected.name, expected.name, expected.name, None),)
    found = [*_columns(expected, actual), *_keys(expected, actual), *_options(expected, actual)]
    return tuple(found)


def described(column: Column) -> str:
    """Return a column's definition in one line, with the type spelt the same for every server."""
    parts = [normal_type(column.type), "NULL" if column.nullable else "NOT NULL"]
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.on_update:
        parts.append(f"ON UPDATE {column.on_update}")
    if column.auto_increment:
        parts.append("AUTO_INCREMENT")
    if column.generated:
        parts.append(f"AS ({column.generated.expression}) {column.generated.kind.upper()}")
    if column.invisible:
        parts.append("INVISIBLE")
    if column.collation:
        parts.append(f"COLLATE {column.collation}")
    return " ".join(parts)


def normal_type(text: str) -> str:
    """Return a type in the one spelling in which types are compared."""
    text = " ".join(text.lower().split())
    word, _, rest = text.partition(" ")
    base, bracket, size = word.partition("(")
    text = _SYNONYMS.get(base, base) + bracket + size + (f" {rest}" if rest else "")
    return _INTEGER.sub(r"\1", text)


def _columns(expected: Table, actual: Table) -> Iterator[Difference]:
    for column in expected.columns:
        other = actual.column(column.name)
        if other is None:
            yield Difference("missing-column", expected.name, column.name, described(column), None)
            continue
        ours, theirs = _comparable(column, expected), _comparable(other, actual)
        if ours != theirs:
            yield Difference("changed-column", expected.name, column.name, ours, theirs)
    for column in actual.columns:
        if expected.column(column.name) is None:
            yield Difference("extra-column", expected.name, column.name, None, described(column))


def _comparable(column: Column, table: Table) -> str:
    """Describe a column without a collation that is the table's own."""
    text = described(column)
    return text.removesuffix(f" COLLATE {table.collation}") if table.collation else text


def _keys(expected: Table, actual: Table) -> Iterator[Difference]:
    if expected.primary_key and _lower(expected.primary_key) != _lower(actual.primary_key):
        kind: Kind = "changed-key" if actual.primary_key else "missing-key"
        there = _listed(actual.primary_key) if actual.primary_key else None
        yield Difference(kind, expected.name, "PRIMARY", _listed(expected.primary_key), there)
    ours = {key.name.lower(): (key, unique) for key, unique in _all_keys(expected)}
    theirs = {key.name.lower(): (key, unique) for key, unique in _all_keys(actual)}
    for name, (key, unique) in ours.items():
        if name not in theirs:
            yield Difference("missing-key", expected.name, key.name, _key(key, unique=unique), None)
            continue
        text, other = _key(key, unique=unique), _key(theirs[name][0], unique=theirs[name][1])
        if text.lower() != other.lower():
            yield Difference("changed-key", expected.name, key.name, text, other)
    for name, (key, unique) in theirs.items():
        # A further index changes how fast a lock is found; a further unique key changes who gets one.
        if name not in ours and unique:
            yield Difference("changed-key", expected.name, key.name, None, _key(key, unique=True))


def _options(expected: Table, actual: Table) -> Iterator[Difference]:
    for name in ("engine", "charset", "collation"):
        ours, theirs = getattr(expected, name), getattr(actual, name)
        if ours is not None and (theirs or "").lower() != ours.lower():
            yield Difference("changed-option", expected.name, name, ours, theirs)


def _all_keys(table: Table) -> Iterator[tuple[Key, bool]]:
    yield from ((key, True) for key in table.unique_keys)
    yield from ((key, False) for key in table.indexes)


def _key(key: Key, *, unique: bool) -> str:
    return ("UNIQUE " if unique else "") + _listed(key.columns)


def _listed(columns: tuple[str | None, ...]) -> str:
    return "(" + ", ".join(column or "<expression>" for column in columns) + ")"


def _lower(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column.lower() for column in columns)
