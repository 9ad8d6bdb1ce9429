"""How a value of the configuration or the command line is read: dialects, sizes, durations, percentages, modes.

Every function takes the value as it was given (text from the command line, a TOML value from a file) and raises
ValueError with what it expected, in words that fit behind "is not": `a dialect (mysql, mariadb or sqlite, ...)`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy

_DIALECT = lazy(r"(?P<name>[a-z]+)(?::(?P<version>\d+(?:\.\d+){0,2}))?", re.IGNORECASE)
_DURATION = lazy(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|s|m|h|d)?", re.IGNORECASE)
_SIZE = lazy(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>k|m|g)?i?b?", re.IGNORECASE)
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST_SECONDS = 365 * 86400.0
_UNIT_BYTES = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}
_DEFAULT_VERSION = {"mysql": (8, 0), "mariadb": (10, 11), "sqlite": ()}
_NEWEST = range(100)
"""Of the newest series there are more each quarter."""
_VERSIONS = {
    "mysql": {5: range(5, 8), 8: range(5), 9: _NEWEST},
    "mariadb": {5: range(5, 6), 10: range(12), 11: range(9), 12: _NEWEST},
    "sqlite": {3: _NEWEST},
}
"""By its first number, the second ones of the versions that are known."""
_KNOWN = {"mysql": "5.5 to 5.7, 8.0 to 8.4 and 9.x", "mariadb": "5.5, 10.x, 11.x and 12.x", "sqlite": "3.x"}

SQL_MODES = frozenset(
    {
        "ALLOW_INVALID_DATES",
        "ANSI",
        "ANSI_QUOTES",
        "EMPTY_STRING_IS_NULL",
        "ERROR_FOR_DIVISION_BY_ZERO",
        "HIGH_NOT_PRECEDENCE",
        "IGNORE_BAD_TABLE_OPTIONS",
        "IGNORE_SPACE",
        "NO_AUTO_CREATE_USER",
        "NO_AUTO_VALUE_ON_ZERO",
        "NO_BACKSLASH_ESCAPES",
        "NO_DIR_IN_CREATE",
        "NO_ENGINE_SUBSTITUTION",
        "NO_UNSIGNED_SUBTRACTION",
        "NO_ZERO_DATE",
        "NO_ZERO_IN_DATE",
        "ONLY_FULL_GROUP_BY",
        "PAD_CHAR_TO_FULL_LENGTH",
        "PIPES_AS_CONCAT",
        "REAL_AS_FLOAT",
        "SIMULTANEOUS_ASSIGNMENT",
        "STRICT_ALL_TABLES",
        "STRICT_TRANS_TABLES",
        "TIME_ROUND_FRACTIONAL",
        "TIME_TRUNCATE_FRACTIONAL",
        "TRADITIONAL",
    }
)
"""The modes of MySQL 5.7 and 8.0 and of MariaDB 10.11, from their manuals."""


def text(value: object) -> str:
    """Return a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a text")
    return value


def texts(value: object) -> tuple[str, ...]:
    """Return a list of texts; one text is a list of one."""
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        raise ValueError("a list of texts")
    return tuple(text(each) for each in value)


def comma_texts(value: object) -> tuple[str, ...]:
    """Return a list of texts, each of which may hold several, separated by commas."""
    given = texts(value)
    parts = (part.strip() for each in given for part in each.split(","))
    found = tuple(part for part in parts if part)
    if given and not found:
        # `--select ,` would otherwise select everything.
        raise ValueError("a list of texts")
    return found


def pairs(value: object) -> tuple[tuple[str, str], ...]:
    """Return a table of texts as pairs; a table within it gives keys with a dot."""
    if not isinstance(value, dict):
        raise ValueError("a table of texts")
    found: list[tuple[str, str]] = []
    for key, each in value.items():
        if isinstance(each, dict):
            found.extend((f"{key}.{below}", deep) for below, deep in pairs(each))
        elif isinstance(each, str):
            found.append((str(key), each))
        else:
            raise ValueError("a table of texts")
    return tuple(found)


def renames(value: object) -> tuple[tuple[str, str], ...]:
    """Return `("table.old", "new")` pairs."""
    found = pairs(value)
    if any("." not in old or not new.strip() for old, new in found):
        raise ValueError('a table of "table.old" = "new"')
    return found


def replacements(value: object) -> tuple[tuple[str, str], ...]:
    """Return what is replaced in SQL, the longest text first, so that a prefix never hides a longer text."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError("a table of texts")
    return tuple(sorted(pairs(value), key=lambda pair: (-len(pair[0]), pair[0])))


def flag(value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def percentage(value: object) -> float:
    """Return a percentage between 0 and 100."""
    try:
        number = float(str(value).strip().removesuffix("%")) if not isinstance(value, bool) else -1.0
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise ValueError("a percentage between 0 and 100")
    return number


def size(value: object) -> int:
    """Return a size in bytes: a number, or one with a unit of 1000 (`500k`, `2MB`)."""
    match = _SIZE.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    if match is None:
        raise ValueError("a size in bytes, such as 2000000 or 2MB")
    return int(float(match["number"]) * _UNIT_BYTES[(match["unit"] or "").lower()])


def count(value: object) -> int:
    """Return a whole number from 0."""
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("a whole number from 0")
    return int(text)


def number(value: object) -> int:
    """Return a whole number from 1."""
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{0,3}", text):
        raise ValueError("a whole number from 1")
    return int(text)


def duration(value: object) -> float:
    """Return a duration in seconds: a number of seconds, or one with a unit (`30s`, `10m`, `2h`)."""
    match = _DURATION.fullmatch(str(value).strip()) if not isinstance(value, bool) else None
    seconds = float(match["number"]) * _UNIT_SECONDS[(match["unit"] or "s").lower()] if match else math.inf
    # A server takes a number that it cannot hold for none at all: it would not wait.
    if seconds > LONGEST_SECONDS:
        raise ValueError("a duration of at most 365d, such as 30, 30s, 10m or 2h")
    return seconds


def dialect(value: object) -> Dialect:
    """Return the dialect of `mysql`, `mysql:5.7`, `mariadb:10.11` or `sqlite`."""
    match = _DIALECT.fullmatch(value.strip()) if isinstance(value, str) else None
    name = match["name"].lower() if match else ""
    if match is None or name not in _DEFAULT_VERSION:
        raise ValueError("a dialect (mysql, mariadb or sqlite, with a version as in mysql:5.7)")
    if not match["version"]:
        return Dialect(name, _DEFAULT_VERSION[name])
    version = tuple(int(part[:9]) for part in match["version"].split("."))
    minors = _VERSIONS[name].get(version[0])
    if minors is None or any(part not in minors for part in version[1:2]):
        raise ValueError(f"a version of {name} that nodepath knows ({_KNOWN[name]})")
    return Dialect(name, version)


def sql_mode(value: object) -> tuple[str, ...]:
    """Return the sql_mode's names in upper case."""
    named = tuple(name.upper() for name in comma_texts(value))
    unknown = [name for name in named if name not in SQL_MODES]
    if unknown:
        raise ValueError(f"a list of SQL modes such as ANSI_QUOTES (unknown: {unknown[0]})")
    return named


def case_sensitivity(value: object) -> bool:
    """Return whether table names compare by case, from the server's lower_case_table_names (0, 1 or 2)."""
    if isinstance(value, bool) or str(value).strip() not in ("0", "1", "2"):
        raise ValueError("0, 1 or 2, as the server's lower_case_table_names")
    return str(value).strip() == "0"


def choice(*allowed: str) -> Callable[[object], str]:
    """Return a reader that takes one of these words only."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError("one of " + ", ".join(allowed))
        return value

    return read
