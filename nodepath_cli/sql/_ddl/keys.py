"""Keys: which are made, what they are called, and which the server refuses."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column
from nodepath_cli.sql._ddl.charsets import bytes_of
from nodepath_cli.sql._ddl.draft import Draft, DraftKey
from nodepath_cli.sql._ddl.nodes import ForeignKeyDef, KeyDef, KeyPart
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import BINARIES, BLOBS, SPATIAL, TEXTS

_LARGE = TEXTS | BLOBS
_PREFIXED = _LARGE | BINARIES | SPATIAL | {"char", "varchar"}
_MAX_KEY_BYTES = 3072
"""InnoDB with its default row format, since MySQL 5.7 and MariaDB 10.2 (manuals, "InnoDB Limits")."""


class NewKey(Struct, frozen=True):
    """A key to be made."""

    definition: KeyDef
    generated: bool = False


def supporting_key(foreign: ForeignKeyDef) -> NewKey:
    """Return the index that a foreign key brings along; it is made unless another key does as well."""
    parts = tuple(KeyPart(column) for column in foreign.columns)
    return NewKey(KeyDef("index", foreign.name or foreign.index, parts), generated=True)


def add_keys(draft: Draft, new: Sequence[NewKey], dialect: Dialect) -> None:
    """Add keys to a draft that has its columns already.

    Raises Refusal: 1068 for a second primary key, 1061 for a name that is taken, 1072 for a column that is not there,
    1060 for one that is there twice, 1170 for a text without length, 1089 for a length that does not fit, 1071 for a
    key that is too long. A key that a foreign key brought along gives way to one that begins with the same columns.
    """
    candidates: list[DraftKey | None] = list(draft.keys)
    old = len(candidates)
    taken = {key.name.lower() for key in draft.keys}
    has_primary = draft.primary is not None
    for each in new:
        definition = each.definition
        if definition.kind == "primary":
            if has_primary:
                if definition.if_not_exists:
                    continue
                raise Refusal(1068, "Multiple primary key defined")
            has_primary = True
        elif definition.name and definition.name.lower() in taken and definition.if_not_exists:
            continue
        candidates.append(_made(draft, each, dialect))
    _settle_generated(candidates)
    keys = [key for key in candidates[:old] if key is not None]
    for key in candidates[old:]:
        if key is not None:
            keys.append(_named(key, keys) if dialect.name != "sqlite" or key.name else _lite_name(draft, key, keys))
    draft.keys = keys


def _made(draft: Draft, each: NewKey, dialect: Dialect) -> DraftKey:
    definition = each.definition
    columns = tuple(_part(draft, part, definition, dialect) for part in definition.parts)
    if dialect.family != "sqlite":
        _check_twice(columns)
    if definition.kind in ("primary", "unique"):
        columns += _times(draft, definition)
    _check_length(draft, definition, dialect)
    name = "PRIMARY" if definition.kind == "primary" else definition.name or ""
    if definition.kind != "primary" and name.upper() == "PRIMARY":
        raise Refusal(1280, f"Incorrect index name '{name}'")
    if name.endswith(" "):
        raise Refusal(1280, f"Incorrect index name '{name}'")
    expressions = tuple(part.expression for part in definition.parts if part.column is None)
    lengths = tuple(part.length or 0 for part in definition.parts)
    return DraftKey(definition.kind, name, columns, each.generated, expressions, lengths)


def _times(draft: Draft, definition: KeyDef) -> tuple[str, ...]:
    """Return the columns that MariaDB adds to a unique key: a period's, or the end of a row's version (measured)."""
    if definition.without_overlaps:
        return next((times[::-1] for name, times in draft.periods.items() if name.upper() != "SYSTEM_TIME"), ())
    if not draft.versioned:
        return ()
    return tuple(
        column.name for column in draft.columns if column.generated and column.generated.expression == "ROW END"
    )


def _settle_generated(candidates: list[DraftKey | None]) -> None:
    """Drop the keys of foreign keys that another key makes superfluous.

    Of two such keys the longer one stays, of two of the same length the later one (measured on MariaDB 10.11).
    """
    if not any(key is not None and key.generated for key in candidates):
        return
    for later in range(len(candidates)):
        for earlier in range(later):
            key, other = candidates[later], candidates[earlier]
            if key is None or other is None or not _same_start(key, other):
                continue
            if not other.generated or (key.generated and len(key.columns) < len(other.columns)):
                candidates[later] = None
            else:
                candidates[earlier] = None
            break


def _same_start(key: DraftKey, other: DraftKey) -> bool:
    """Say whether one of the two is a foreign key's index that the other covers."""
    if not key.generated and not other.generated:
        return False
    short, long = (key, other) if key.generated else (other, key)
    if key.generated and other.generated and len(key.columns) > len(other.columns):
        short, long = other, key
    # Here the server does not look at the kind: a FULLTEXT key will do (measured).
    return covers(replace(long, kind="index"), short.columns)


def covers(key: DraftKey, columns: Sequence[str | None]) -> bool:
    """Say whether a key begins with these columns in their whole length."""
    if key.kind in ("fulltext", "spatial") or any(key.lengths[: len(columns)]):
        return False
    begin = key.columns[: len(columns)]
    return [(each or "").lower() for each in begin] == [(each or "").lower() for each in columns]


def _named(key: DraftKey, keys: Sequence[DraftKey]) -> DraftKey:
    """Give a key its name: the server's for one without is its first column's, then with `_2`, `_3`, ...

    A key that begins with an expression is `functional_index` (MySQL manual, "CREATE INDEX").
    """
    taken = {each.name.lower() for each in keys}
    if key.name:
        if key.name.lower() in taken:
            raise Refusal(1061, f"Duplicate key name '{key.name}'")
        return key
    base = key.columns[0] or "functional_index"
    if base.upper() != "PRIMARY" and base.lower() not in taken:
        return replace(key, name=base)
    number = 2
    while f"{base}_{number}".lower() in taken:
        number += 1
    return replace(key, name=f"{base}_{number}")


def _lite_name(draft: Draft, key: DraftKey, keys: Sequence[DraftKey]) -> DraftKey:
    """Name the index of a UNIQUE constraint as SQLite does: by the table and by how many there were before."""
    before = [each for each in keys if each.name.startswith("sqlite_autoindex_")]
    own = [each for each in keys if each.kind == "primary" and row_number(draft, each) is None]
    return replace(key, name=f"sqlite_autoindex_{draft.name}_{len(before) + len(own) + 1}")


def row_number(draft: Draft, primary: DraftKey) -> str | None:
    """Return the column that is SQLite's row number: an INTEGER that is the primary key alone.

    SQLite's manual, "Rowid Tables".
    """
    column = draft.column(primary.columns[0] or "") if len(primary.columns) == 1 else None
    return column.name if column and column.type == "integer" and not draft.without_rowid else None


def _part(draft: Draft, part: KeyPart, definition: KeyDef, dialect: Dialect) -> str | None:
    if part.column is None:
        return None
    column = draft.column(part.column)
    if column is None:
        if draft.open or (draft.versioned and part.column.lower() in ("row_start", "row_end")):
            return part.column
        raise Refusal(1072, f"Key column '{part.column}' doesn't exist in table")
    base = base_of(column)
    if definition.kind == "primary" and column.generated and column.generated.kind == "virtual":
        errno = 1903 if dialect.name == "mariadb" else 3106
        raise Refusal(errno, "Primary key cannot be defined upon a generated column")
    if dialect.name == "sqlite" or definition.kind in ("fulltext", "spatial"):
        return column.name
    hashed = dialect.name == "mariadb" and (definition.kind == "unique" or _alone(definition))
    if base == "json" and dialect.name == "mysql":
        raise Refusal(3152, f"JSON column '{column.name}' supports indexing only via generated columns")
    if base in _LARGE | {"json"} and not part.length and not hashed:
        if dialect.name == "mariadb" and definition.kind == "index" and draft.innodb:
            raise Refusal(1071, f"Specified key was too long; max key length is {_MAX_KEY_BYTES} bytes")
        raise Refusal(1170, f"BLOB/TEXT column '{column.name}' used in key specification without a key length")
    if part.length and base and (base not in _PREFIXED or 0 < _characters(column) < part.length):
        raise Refusal(1089, "Incorrect prefix key")
    return column.name


def _alone(definition: KeyDef) -> bool:
    return definition.kind == "index" and len(definition.parts) == 1


def base_of(column: Column) -> str:
    """Return the word of a column's type; "" where it is not known."""
    return column.type.partition("(")[0].split(" ")[0]


def _characters(column: Column) -> int:
    """Return the length of a character or binary type, 0 where it has none."""
    digits = column.type.partition("(")[2].partition(")")[0]
    if base_of(column) in _LARGE:
        return 0
    return int(digits) if digits.isdecimal() else 1


def _check_length(draft: Draft, definition: KeyDef, dialect: Dialect) -> None:
    """A long unique key becomes a hash on MariaDB, and a long index of one column is cut (measured)."""
    if not draft.innodb or dialect.name == "sqlite" or definition.kind in ("fulltext", "spatial"):
        return
    if dialect.name == "mariadb" and (definition.kind == "unique" or _alone(definition)):
        return
    total = 0
    for part in definition.parts:
        column = draft.column(part.column) if part.column else None
        if column is None:
            return
        base = base_of(column)
        if base not in _PREFIXED:
            continue
        if column.charset is None and base not in BINARIES and base not in BLOBS:
            return
        total += (part.length or _characters(column)) * bytes_of(column.charset)
    if total > _MAX_KEY_BYTES:
        raise Refusal(1071, f"Specified key was too long; max key length is {_MAX_KEY_BYTES} bytes")


def _check_twice(columns: tuple[str | None, ...]) -> None:
    seen = set()
    for column in columns:
        if column is not None:
            if column.lower() in seen:
                raise Refusal(1060, f"Duplicate column name '{column}'")
            seen.add(column.lower())


def settle_primary(draft: Draft, dialect: Dialect) -> None:
    """Make the columns of the primary key NOT NULL, and check that an AUTO_INCREMENT column begins a key (1075)."""
    primary = draft.primary
    lowered = {column.lower() for column in primary.columns if column} if primary else set()
    draft.columns = [
        replace(column, nullable=False) if column.nullable and column.name.lower() in lowered else column
        for column in draft.columns
    ]
    if dialect.name == "sqlite":
        number = row_number(draft, primary) if primary else None
        draft.columns = [
            replace(column, auto_increment=not column.auto_increment)
            if column.auto_increment != (column.name == number)
            else column
            for column in draft.columns
        ]
        return
    automatic = [column.name.lower() for column in draft.columns if column.auto_increment]
    if not automatic:
        return
    first = {(key.columns[0] or "").lower() for key in draft.keys if key.columns}
    if draft.engine in ("MyISAM", "Aria", "MEMORY", "MRG_MyISAM"):
        first |= {(column or "").lower() for key in draft.keys for column in key.columns}
    if len(automatic) > 1 or (automatic[0] not in first and not draft.open):
        raise Refusal(
            1075, "Incorrect table definition; there can be only one auto column and it must be defined as a key"
        )
