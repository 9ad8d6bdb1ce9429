"""Keys: which are made, what they are called, and which the server refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from nodepath_cli.schema.model import ForeignKey
from nodepath_cli.sql._ddl.draft import Draft, DraftKey
from nodepath_cli.sql._ddl.nodes import ForeignKeyDef, KeyDef, KeyPart, Name, Reference
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import BLOBS, TEXTS

_UNINDEXABLE = TEXTS | BLOBS


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be made."""

    definition: KeyDef
    generated: bool = False


def supporting_key(foreign: ForeignKeyDef) -> NewKey:
    """Return the index that a foreign key brings along; it is made unless another key does as well."""
    parts = tuple(KeyPart(column) for column in foreign.columns)
    return NewKey(KeyDef("index", foreign.name or foreign.index, parts), generated=True)


def add_keys(draft: Draft, new: Iterable[NewKey], *, sqlite: bool = False) -> None:
    """Add keys to a draft that has its columns already.

    Raises Refusal: 1068 for a second primary key, 1061 for a name that is taken, 1072 for a column that is not there,
    1060 for one that is there twice, 1170 for a text without length. A key that a foreign key brought along gives way
    to one that begins with the same columns.
    """
    for each in new:
        definition = each.definition
        if each.generated and any(_covers(key, definition) for key in draft.keys):
            continue
        if definition.kind == "primary" and draft.primary:
            raise Refusal(1068, "Multiple primary key defined")
        columns = tuple(_part(draft, part, definition, sqlite=sqlite) for part in definition.parts)
        _check_twice(columns)
        name = definition.name
        if definition.kind == "primary":
            name = "PRIMARY"
        elif name is None:
            name = _free_name(draft, columns)
        elif name.upper() == "PRIMARY":
            raise Refusal(1280, f"Incorrect index name '{name}'")
        elif draft.key(name):
            if definition.if_not_exists:
                continue
            raise Refusal(1061, f"Duplicate key name '{name}'")
        expressions = tuple(part.expression for part in definition.parts if part.column is None)
        prefixed = any(part.length for part in definition.parts)
        key = DraftKey(definition.kind, name, columns, each.generated, expressions, prefixed)
        if not each.generated and definition.kind not in ("fulltext", "spatial"):
            draft.keys = [old for old in draft.keys if not (old.generated and _covers(key, _as_definition(old)))]
        draft.keys.append(key)


def _as_definition(key: DraftKey) -> KeyDef:
    return KeyDef("index", key.name, tuple(KeyPart(column) for column in key.columns))


def _covers(key: DraftKey, definition: KeyDef) -> bool:
    if key.kind in ("fulltext", "spatial") or key.prefixed:
        return False
    wanted = [(part.column or "").lower() for part in definition.parts]
    return [(column or "").lower() for column in key.columns[: len(wanted)]] == wanted


def _part(draft: Draft, part: KeyPart, definition: KeyDef, *, sqlite: bool) -> str | None:
    if part.column is None:
        return None
    column = draft.column(part.column)
    if column is None:
        if draft.versioned and part.column.lower() in ("row_start", "row_end"):
            return part.column
        if draft.open:
            return part.column
        raise Refusal(1072, f"Key column '{part.column}' doesn't exist in table")
    base = column.type.partition("(")[0].split(" ")[0]
    if base in _UNINDEXABLE and not part.length and definition.kind in ("primary", "index") and not sqlite:
        raise Refusal(1170, f"BLOB/TEXT column '{column.name}' used in key specification without a key length")
    return column.name


def _check_twice(columns: tuple[str | None, ...]) -> None:
    seen = set()
    for column in columns:
        if column is not None:
            if column.lower() in seen:
                raise Refusal(1060, f"Duplicate column name '{column}'")
            seen.add(column.lower())


def _free_name(draft: Draft, columns: tuple[str | None, ...]) -> str:
    """Return the server's name for a key without one: its first column's, then with `_2`, `_3`, ...

    A key that begins with an expression is `functional_index` (MySQL manual, "CREATE INDEX").
    """
    base = columns[0] or "functional_index"
    if base.upper() != "PRIMARY" and not draft.key(base):
        return base
    number = 2
    while draft.key(f"{base}_{number}"):
        number += 1
    return f"{base}_{number}"


def add_foreign_key(draft: Draft, definition: ForeignKeyDef, database: str | None) -> None:
    """Add a foreign key; InnoDB's name for one without is `table_ibfk_1`, counting on from the highest that is there.

    Raises Refusal: 1072 for a column that is not there, 1239 for a wrong number of columns, 1826 for a taken name.
    """
    for name in definition.columns:
        if draft.column(name) is None and not draft.open:
            raise Refusal(1072, f"Key column '{name}' doesn't exist in table")
    reference = definition.reference
    if reference.columns and len(reference.columns) != len(definition.columns):
        raise Refusal(1239, "Incorrect foreign key definition: Key reference and table reference don't match")
    name = definition.name or definition.index or _constraint_name(draft)
    if any(key.name.lower() == name.lower() for key in draft.foreign_keys):
        if definition.if_not_exists:
            return
        raise Refusal(1826, f"Duplicate FOREIGN KEY constraint name '{name}'")
    draft.foreign_keys.append(
        ForeignKey(
            name,
            tuple((draft.column(column) or _Spelt(column)).name for column in definition.columns),
            _shown(reference.table, database),
            reference.columns or definition.columns,
            reference.on_delete,
            reference.on_update,
        )
    )


@dataclass(frozen=True, slots=True)
class _Spelt:
    name: str


def _shown(name: Name, database: str | None) -> str:
    return f"{name.database}.{name.name}" if name.database and name.database != database else name.name


def _constraint_name(draft: Draft) -> str:
    prefix = f"{draft.name}_ibfk_"
    numbers = [
        int(key.name[len(prefix) :])
        for key in draft.foreign_keys
        if key.name.startswith(prefix) and key.name[len(prefix) :].isdigit()
    ]
    return f"{prefix}{max(numbers, default=0) + 1}"


def foreign_key_of(column: str, reference: Reference) -> ForeignKeyDef:
    """Return the foreign key of a REFERENCES in a column definition."""
    return ForeignKeyDef(None, None, (column,), reference)


def settle_primary(draft: Draft, *, sqlite: bool) -> None:
    """Make the columns of the primary key NOT NULL, and check that an AUTO_INCREMENT column begins a key (1075)."""
    if sqlite:
        return
    primary = draft.primary
    lowered = {column.lower() for column in primary.columns if column} if primary else set()
    draft.columns = [
        replace(column, nullable=False) if column.nullable and column.name.lower() in lowered else column
        for column in draft.columns
    ]
    automatic = [column.name.lower() for column in draft.columns if column.auto_increment]
    if not automatic:
        return
    first = {(key.columns[0] or "").lower() for key in draft.keys if key.columns}
    if not draft.innodb:
        first |= {(column or "").lower() for key in draft.keys for column in key.columns}
    if len(automatic) > 1 or automatic[0] not in first:
        raise Refusal(
            1075, "Incorrect table definition; there can be only one auto column and it must be defined as a key"
        )
