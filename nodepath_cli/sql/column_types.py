"""What becomes of a column's values where its type changes: kept as they lie, converted, or lost in part.

Ranges and sizes are those of the MySQL manual, "Data Types" and "Data Type Storage Requirements".
"""

from __future__ import annotations

import itertools
from typing import Literal

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Column
from nodepath_cli.sql._ddl.nodes import TypeName
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import BLOBS, INTEGERS, TEXTS, TIMES, column_type_text, read_type

Change = Literal["same", "longer", "more members", "converted"]
"""What the server has to do to the rows: nothing; nothing, as a variable length grew, or as members were added behind
the others; rewrite them."""

_SIZES = ("tinyint", "smallint", "mediumint", "int", "bigint")
_LONGEST = {"tiny": 255, "": 65_535, "medium": 16_777_215, "long": 4_294_967_295}
_DIGITS = {"tinyint": 3, "smallint": 5, "mediumint": 8, "int": 10, "bigint": 20}
_FULL = {"year": 4, "date": 8, "time": 8, "datetime": 19, "timestamp": 19}
"""The characters of a text form."""
_BYTES = {"utf8mb4": 4, "utf8mb3": 3, "utf8": 3, "ucs2": 2, "utf16": 4, "utf32": 4}
_WIDE = frozenset({"utf8mb4", "utf16", "utf16le", "utf32", "gb18030"})
"""Character sets that hold every character of Unicode."""


def change(before: Column, after: Column, dialect: Dialect) -> Change:
    """Return what the server has to do to the rows for a change of type, charset or collation."""
    old, new = _read(before, dialect), _read(after, dialect)
    if old is None or new is None:
        return "same" if before.type == after.type else "converted"
    if before.charset != after.charset:
        return "converted"
    if before.collation != after.collation:
        return "converted"
    if column_type_text(before.type, dialect) == column_type_text(after.type, dialect):
        return "same"
    if old.base != new.base:
        return "converted"
    if old.base in ("varchar", "varbinary") and _length(new) >= _length(old):
        return "longer"
    if old.base in INTEGERS and (old.unsigned, old.zerofill) == (new.unsigned, new.zerofill):
        return "same"  # Another display width.
    if old.base in ("enum", "set") and new.arguments[: len(old.arguments)] == old.arguments:
        return "more members" if _member_bytes(old) == _member_bytes(new) else "converted"
    return "converted"


def bytes_of_length(column: Column, dialect: Dialect) -> int:
    """Return 1 or 2: how many bytes a VARCHAR's or VARBINARY's length takes."""
    read = _read(column, dialect)
    if read is None:
        return 2
    return 1 if _length(read) * _BYTES.get(column.charset or "", 1) <= 255 else 2


def loss(before: Column, after: Column, dialect: Dialect) -> str | None:
    """Return which values of the old type do not fit into the new one, None where every one does."""
    old, new = _read(before, dialect), _read(after, dialect)
    if old is None or new is None:
        return None
    found = _loss(old, new)
    if found is None and before.charset and after.charset and after.charset not in _WIDE | {before.charset}:
        return None if after.charset == _wider(before.charset) else f"characters that {after.charset} does not have"
    return found


def _loss(old: TypeName, new: TypeName) -> str | None:
    kinds = _kind(old), _kind(new)
    match kinds:
        case ("integer", "integer"):
            return _smaller_integer(old, new)
        case ("decimal", "decimal"):
            return _smaller_decimal(old, new)
        case ("integer", "decimal"):
            whole = _precision(new)[0] - _precision(new)[1]
            return None if whole >= _DIGITS[old.base] else f"numbers of more than {whole} digits"
        case ("decimal", "integer"):
            return "decimal places"
        case ("float", "integer" | "decimal"):
            return "numbers beyond its range or places"
        case ("members", "members") if old.base == "set" and new.base == "enum":
            return "rows with several members"
        case ("members", "members"):
            gone = [each for each in old.arguments if each not in new.arguments]
            return f"rows with {', '.join(repr(each) for each in gone[:3])}" if gone else None
        case ("text", "text") | ("bytes", "bytes"):
            return None if _length(new) >= _length(old) else f"texts of more than {_length(new)} characters"
        case ("time", "time"):
            return _lost_time(old, new)
        case ("integer", "text"):
            return None if _length(new) >= _DIGITS[old.base] + 1 else f"numbers of more than {_length(new)} digits"
        case ("time", "text"):
            return None if _length(new) >= _written(old) else f"times of more than {_length(new)} characters"
        case ("members", "text"):
            longest = max(map(len, old.arguments), default=0)
            return None if _length(new) >= longest else f"members of more than {_length(new)} characters"
        case ("text", "members"):
            return "texts that are no member of it"
        case ("text" | "bytes", "integer" | "decimal" | "float" | "time"):
            return f"texts that are no {new.base}"
        case ("bytes", "text"):
            return "bytes that are no text"
        case ("text", "bytes"):
            return None if _length(new) >= _length(old) * 4 else f"texts of more than {_length(new)} bytes"
    if kinds[0] == kinds[1] or kinds in (("integer", "float"), ("decimal", "float")):
        return None
    return f"values that are no {new.base}" if None not in kinds else None


def _kind(name: TypeName) -> str | None:
    if name.base in INTEGERS:
        return "integer"
    if name.base in ("char", "varchar") or name.base in TEXTS:
        return "text"
    if name.base in ("binary", "varbinary") or name.base in BLOBS:
        return "bytes"
    if name.base in ("enum", "set"):
        return "members"
    if name.base in ("float", "double"):
        return "float"
    if name.base in TIMES:
        return "time"
    return name.base if name.base in ("decimal", "json", "bit", "uuid") else None


def _smaller_integer(old: TypeName, new: TypeName) -> str | None:
    sizes = _SIZES.index(old.base), _SIZES.index(new.base)
    if not old.unsigned and new.unsigned:
        return "negative numbers"
    if sizes[1] < sizes[0] or (sizes[1] == sizes[0] and old.unsigned and not new.unsigned):
        return f"numbers beyond the range of {new.text}"
    return None


def _smaller_decimal(old: TypeName, new: TypeName) -> str | None:
    before, after = _precision(old), _precision(new)
    if not old.unsigned and new.unsigned:
        return "negative numbers"
    if after[1] < before[1]:
        return f"the places behind {after[1]}"
    return f"numbers beyond {new.text}" if after[0] - after[1] < before[0] - before[1] else None


def _lost_time(old: TypeName, new: TypeName) -> str | None:
    if old.base == new.base:
        places = [int(each.arguments[0]) if each.arguments and old.base != "year" else 0 for each in (old, new)]
        return "fractions of a second" if places[1] < places[0] else None
    match (old.base, new.base):
        case ("date", "datetime"):
            return None
        case ("timestamp", "datetime"):
            return None
        case ("datetime" | "date", "timestamp"):
            return "times before 1970 and after 2038"
        case ("datetime" | "timestamp", "date"):
            return "the time of day"
    return f"what a {old.base} has and a {new.base} has not"


def _read(column: Column, dialect: Dialect) -> TypeName | None:
    try:
        return read_type(Reader(column.type, dialect))
    except Refusal:
        return None


def _written(name: TypeName) -> int:
    places = int(name.arguments[0]) if name.arguments and name.base != "year" else 0
    return _FULL[name.base] + (places + 1 if places else 0)


def _length(name: TypeName) -> int:
    """Return the length in characters; of the TEXT and BLOB types in bytes, which is as many at most."""
    for word, longest in _LONGEST.items():
        if name.base in (f"{word}text", f"{word}blob"):
            return longest
    return int(name.arguments[0]) if name.arguments else 1


def _precision(name: TypeName) -> tuple[int, int]:
    places = [int(each) for each in itertools.islice((*name.arguments, *("10", "0")[len(name.arguments) :]), 2)]
    return places[0], places[1]


def _member_bytes(name: TypeName) -> int:
    count = len(name.arguments)
    if name.base == "enum":
        return 1 if count < 256 else 2
    return next(size for size in (1, 2, 3, 4, 8) if count <= size * 8 or size == 8)


def _wider(charset: str) -> str | None:
    return {"ascii": "latin1", "utf8": "utf8mb3"}.get(charset)
