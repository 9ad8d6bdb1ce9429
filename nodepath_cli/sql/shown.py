"""The columns that SHOW and DESCRIBE give, for those that are the same on all servers.

Measured on MariaDB 10.11; for MySQL from its manual ("SHOW Statements"). SHOW INDEX, SHOW PROCESSLIST and the like have
other columns on each server, and the names of SHOW TABLES and SHOW DATABASES hold what is shown: those are not told.
"""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.sql.words import words_of

_PAIR = ("Variable_name", "Value")
_WARNING = ("Level", "Code", "Message")
_FIELDS = ("Field", "Type", "Null", "Key", "Default", "Extra")
_FULL_FIELDS = ("Field", "Type", "Collation", "Null", "Key", "Default", "Extra", "Privileges", "Comment")
_SCOPES = words_of("GLOBAL SESSION LOCAL")
_FIXED: dict[str, tuple[str, ...]] = {
    "STATUS": _PAIR,
    "VARIABLES": _PAIR,
    "WARNINGS": _WARNING,
    "ERRORS": _WARNING,
    "COLUMNS": _FIELDS,
    "FIELDS": _FIELDS,
}
_FULL: dict[str, tuple[str, ...]] = {"COLUMNS": _FULL_FIELDS, "FIELDS": _FULL_FIELDS}


def shown_columns(words: Sequence[str]) -> tuple[str, ...] | None:
    """Return the columns of a statement by its words in upper case, None where they are not known."""
    first, *rest = words[:3]
    if first in ("DESCRIBE", "DESC"):
        return _FIELDS
    if first != "SHOW" or not rest:
        return None
    full = rest[0] == "FULL"
    kind = rest[-1] if full or rest[0] in _SCOPES else rest[0]
    return (_FULL if full else _FIXED).get(kind)
