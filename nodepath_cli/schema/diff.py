"""The differences between two tables, in the words of the JSON documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Column, ForeignKey, Key, Schema, Table

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
_INTEGER = lazy(r"\b(tinyint|smallint|mediumint|int|bigint)\s*\(\d+\)")
BOOKKEEPING = frozenset({"nodepath_alembic_version", "nodepath_ledger"})
"""The tables in which nodepath keeps what it has done to a database."""
_SYNONYMS = {"integer": "int", "bool": "tinyint", "boolean": "tinyint", "dec": "decimal", "numeric": "decimal"}


class Difference(Struct, frozen=True):
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


def differences(expected: Table, actual: Table | None, *, strict: bool = False) -> tuple[Difference, ...]:
    """Return how a table differs from what it should be; () where it is the same.

    A further index that is not unique, and foreign keys, count where `strict` is asked for.
    """
    if actual is None:
        return (Difference("missing-table", expected.name, expected.name, expected.name, None),)
    found = [*_columns(expected, actual), *_keys(expected, actual, strict=strict), *_options(expected, actual)]
    if strict:
        found += _foreign_keys(expected, actual)
    return tuple(found)


def schema_differences(expected: Schema, actual: Schema) -> tuple[Difference, ...]:
    """Return how one schema differs from another, strictly, by table.

    A table that only `actual` has is a `missing-table` with nothing expected. nodepath's own tables, the version table
    and the ledger, count where both schemas have them.
    """
    found: list[Difference] = []
    for table in expected.tables:
        other = actual.table(table.name, table.database)
        if other is not None or table.name not in BOOKKEEPING:
            found += differences(table, other, strict=True)
    for table in actual.tables:
        if expected.table(table.name, table.database) is None and table.name not in BOOKKEEPING:
            found.append(Difference("missing-table", table.name, table.name, None, table.name))
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


def _keys(expected: Table, actual: Table, *, strict: bool) -> Iterator[Difference]:
    if (expected.primary_key or (strict and actual.primary_key)) and _lower(expected.primary_key) != _lower(
        actual.primary_key
    ):
        kind: Kind = "changed-key" if actual.primary_key else "missing-key"
        there = _listed(actual.primary_key) if actual.primary_key else None
        wanted = _listed(expected.primary_key) if expected.primary_key else None
        yield Difference(kind, expected.name, "PRIMARY", wanted, there)
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
        if name not in ours and (unique or strict):
            yield Difference("changed-key", expected.name, key.name, None, _key(key, unique=unique))


def _foreign_keys(expected: Table, actual: Table) -> Iterator[Difference]:
    # By what they say: the server makes names for those that have none.
    ours = {_foreign(key).lower(): key for key in expected.foreign_keys}
    theirs = {_foreign(key).lower(): key for key in actual.foreign_keys}
    for text, key in ours.items():
        if text not in theirs:
            yield Difference("missing-key", expected.name, key.name, _foreign(key), None)
    for text, key in theirs.items():
        if text not in ours:
            yield Difference("changed-key", expected.name, key.name, None, _foreign(key))


def _foreign(key: ForeignKey) -> str:
    actions = f" ON DELETE {key.on_delete.upper()}" if key.on_delete else ""
    actions += f" ON UPDATE {key.on_update.upper()}" if key.on_update else ""
    return f"FOREIGN KEY {_listed(key.columns)} REFERENCES {key.table} {_listed(key.references)}{actions}"


def _options(expected: Table, actual: Table) -> Iterator[Difference]:
    for name in ("engine", "charset", "collation"):
        ours, theirs = getattr(expected, name), getattr(actual, name)
        if ours is not None and theirs is not None and theirs.lower() != ours.lower():
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
