"""Which values no column of a type takes, in strict mode: numbers beyond its range, texts that are no time or no JSON.

Only what both servers refuse whatever their sql_mode allows beside is told. So nothing is said of dates with zeros in
them (NO_ZERO_DATE, NO_ZERO_IN_DATE) and of offsets from UTC, `Z` among them, some of which MySQL takes since 8.0.19
(manual, "Date and Time Literals"). Days that a month does not have are told, although the mode ALLOW_INVALID_DATES,
which no server has by default, lets them in. The rest was measured on MariaDB 10.11.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy
from nodepath_cli.sql._ddl.nodes import TypeName
from nodepath_cli.sql._ddl.reader import Reader
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import DECIMALS, INTEGERS, read_type, server_type

_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
_NUMBER = lazy(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*")
# The widest DECIMAL has 65 digits, more than the default context holds.
_WIDE = Context(prec=500)

_MARK = r"[^\w\s]"
_DATE = lazy(rf"\s*(\d{{4}}|\d\d|\d){_MARK}+(\d+){_MARK}+(\d+)(.*)", re.DOTALL)
_CLOCK = lazy(rf"(?:T|\s+)(\d\d?)(?:{_MARK}(\d\d?)(?:{_MARK}(\d\d?)(?:\.\d*)?)?)?\s*")
_WORD_BEHIND = lazy(r"(?:(?:T|\s+)[\d:.]*)?\s*[A-SU-Za-su-z]\w*[\s\w]*")
_COMPACT = lazy(r"\s*(\d{4}|\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?\s*")
_BROKEN_OFF = lazy(
    rf"\s*\d+(?:(?:{_MARK}|\s)+(?:\d+|[A-SU-Za-su-z]\w*))?(?:{_MARK}|\s)*(?:[A-SU-Za-su-z].*)?", re.DOTALL
)
_TIME = lazy(r"\s*-?(\d+):(\d+)(?::(\d+)(?:\.\d*)?)?\s*")
_TIME_AND_WORD = lazy(r"\s*-?\d+(?::\d+)*(?:\.\d*)?\s*[A-SU-Za-su-z][\s\w]*")
_POINT_AT_END = lazy(r"\d\.(?!\d)")
_MOST_HOURS = 838
_FIRST_YEAR, _LEAP_YEAR = 1970, 2000


@lru_cache(maxsize=4096)
def type_of(text: str, dialect: Dialect) -> TypeName | None:
    """Return a column's type as the server stores it, None where it cannot be told."""
    try:
        return server_type(read_type(Reader(text, dialect)), dialect) if text else None
    except Refusal:
        return None


def beyond(kind: TypeName, text: str) -> bool:
    """Say whether a number, in quotes or not, is beyond what an integer, DECIMAL or YEAR column holds (1264)."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return False
    number = Decimal(match[1])
    if kind.base in INTEGERS:
        bits = _BITS[kind.base]
        unsigned = kind.unsigned or kind.zerofill
        low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if number and number.adjusted() > 30:
            return True
        return not low <= int(number.to_integral_value(ROUND_HALF_UP)) <= high
    if kind.base == "year":
        whole = int(number.to_integral_value(ROUND_HALF_UP))
        return not (0 <= whole < 100 or 1901 <= whole <= 2155)
    if kind.base in DECIMALS:
        precision = int(kind.arguments[0]) if kind.arguments else 10
        scale = int(kind.arguments[1]) if len(kind.arguments) > 1 else 0
        if number and number.adjusted() > 100:
            return True
        rounded = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _WIDE)
        unsigned = kind.unsigned or kind.zerofill
        return (unsigned and rounded < 0) or rounded.copy_abs() >= Decimal(10) ** (precision - scale)
    return False


def is_no_time(base: str, text: str) -> bool:
    """Say whether a text is no time for a column of type `date`, `datetime`, `timestamp` or `time` (1292)."""
    return _no_clock(text) if base == "time" else _no_date(base, text)


def _no_date(base: str, text: str) -> bool:
    if not text.lstrip()[:1].isdigit():
        return True
    if not text.isascii():
        return False
    match = _DATE.fullmatch(text)
    if match:
        year, month, day, rest = match[1], int(match[2]), int(match[3]), match[4]
        if _no_day(year, month, day):
            return True
        if max(len(match[2]), len(match[3])) > 2:
            # One server reads on where the other one has its two digits.
            return False
        rest = rest.rstrip("Zz")
        if _WORD_BEHIND.fullmatch(rest):
            return True
        clock = _CLOCK.fullmatch(rest)
        if clock and any(int(part or 0) > most for part, most in zip(clock.groups(), (23, 59, 59), strict=True)):
            return True
        return base == "timestamp" and len(year) == 4 and 0 < int(year) < _FIRST_YEAR - 1
    compact = _COMPACT.fullmatch(text)
    if compact and len(text.strip()) in (6, 8, 12, 14):
        digits = text.strip()
        wide = 4 if len(digits) in (8, 14) else 2
        parts = [digits[:wide], *(digits[at : at + 2] for at in range(wide, len(digits), 2))]
        if _no_day(parts[0], int(parts[1]), int(parts[2])):
            return True
        return any(int(part) > most for part, most in zip(parts[3:], (23, 59, 59), strict=False))
    return _BROKEN_OFF.fullmatch(text) is not None and text.strip().strip("0") != "" and not _long_number(text)


def _long_number(text: str) -> bool:
    """Say whether a text is, or begins with, more digits than a year has: the servers part them."""
    return re.match(r"\s*\d{5}", text) is not None


def _no_day(year: str, month: int, day: int) -> bool:
    """Say whether no year has such a month or day; zeros may be allowed."""
    if month > 12 or day > 31:
        return True
    if not month or not day:
        return False
    full = int(year) + (0 if len(year) == 4 else 1900 if int(year) >= 70 else 2000)
    if len(year) == 1 or not full:
        full = _LEAP_YEAR
    return day > monthrange(full, month)[1]


def _no_clock(text: str) -> bool:
    stripped = text.strip()
    if not stripped.lstrip("-")[:1].isdigit():
        return stripped[:1].isalpha()
    match = _TIME.fullmatch(text)
    if match:
        hours, minutes, seconds = (int(each or 0) for each in match.groups())
        return minutes > 59 or seconds > 59 or hours > _MOST_HOURS
    return _TIME_AND_WORD.fullmatch(text) is not None


def is_no_json(text: str) -> bool:
    """Say whether a text is certainly no JSON document: not even a reader that lets control characters pass takes it.

    Of a number that ends with its point nothing is said: MariaDB takes it.
    """
    try:
        json.loads(text, strict=False, parse_constant=_no_constant)
    except ValueError:
        return _POINT_AT_END.search(text) is None
    except RecursionError:
        pass
    return False


def _no_constant(name: str) -> None:
    """Refuse `NaN` and `Infinity`, which JSON does not have."""
    raise ValueError(name)
