"""What the server makes of a DEFAULT clause."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from nodepath_cli.patterns import lazy
from nodepath_cli.sql._ddl.nodes import Default, TypeName
from nodepath_cli.sql._ddl.parse_column import now_text
from nodepath_cli.sql._ddl.refusal import Refusal
from nodepath_cli.sql._ddl.types import BINARIES, BLOBS, CHARACTER, DECIMALS, FLOATS, INTEGERS

_NUMBER = lazy(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
_DATE = lazy(r"(\d{1,4})[-/.:](\d{1,2})[-/.:](\d{1,2})(?:[ T]+(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2}))?(\.\d*)?)?")
_TIME = lazy(r"(-?)(?:(\d+) )?(\d{1,3}):(\d{1,2})(?::(\d{1,2}))?(\.\d*)?")
# The widest DECIMAL has 65 digits, more than the default context holds.
_WIDE = Context(prec=200)
_RANGES = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}


def invalid(column: str) -> Refusal:
    """Return the refusal of a default that the type cannot hold (1067)."""
    return Refusal(1067, f"Invalid default value for '{column}'")


def default_text(default: Default, column_type: TypeName, column: str, *, zero_dates: bool = True) -> str | None:
    """Return the SQL text of a default as the server keeps it, None for NULL.

    `zero_dates` is false where the sql_mode holds NO_ZERO_DATE. Raises Refusal (1067) for a value that the type
    cannot hold. Spellings measured on MariaDB 10.11.
    """
    if default.kind == "null":
        return None
    if default.kind == "expression":
        return default.text
    base = column_type.base
    if default.kind == "now":
        if base not in ("timestamp", "datetime") and base in INTEGERS:
            raise invalid(column)
        return now_text(default.text)
    if base == "bit":
        return _bit(default, column)
    value = _plain(default, text=base not in INTEGERS and base not in DECIMALS and base not in FLOATS)
    if base in INTEGERS:
        return _integer(value, column_type, column)
    if base in DECIMALS:
        return _decimal(value, column_type, column)
    if base in FLOATS:
        return _float(value, column_type, column)
    if base == "year":
        return _year(value, column)
    if base in ("date", "datetime", "timestamp"):
        return quoted(_moment(value, column_type, column, zero_dates))
    if base == "time":
        return quoted(_time(value, column_type, column))
    if base in ("enum", "set"):
        return quoted(_member(value, default, column_type, column))
    if base in ("char", "varchar", "binary", "varbinary") and column_type.arguments:
        if len(value) > int(column_type.arguments[0]):
            raise invalid(column)
    elif base in ("char", "binary") and len(value) > 1:
        raise invalid(column)
    if base not in CHARACTER and base not in BLOBS and base not in BINARIES:
        return quoted(value)
    return quoted(value.rstrip(" ") if base == "char" else value)


def quoted(value: str) -> str:
    """Return a string literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _plain(default: Default, *, text: bool) -> str:
    if default.kind != "bits":
        return default.text
    number = _bits(default.text)
    if not text:
        return str(number)
    size = max((number.bit_length() + 7) // 8, 1)
    return number.to_bytes(size, "big").decode("utf-8", "replace")


def _bits(text: str) -> int:
    try:
        return int(text[2:] or "0", 16 if text[1] in "xX" else 2)
    except ValueError:
        return 0


def _bit(default: Default, column: str) -> str:
    if default.kind == "bits":
        return f"b'{_bits(default.text):b}'"
    if default.kind in ("number", "boolean"):
        return f"b'{int(_number(default.text, column)):b}'"
    number = int.from_bytes(default.text.encode("utf-8", "replace"), "big")
    return f"b'{number:b}'"


def _number(value: str, column: str) -> Decimal:
    if not _NUMBER.fullmatch(value):
        raise invalid(column)
    try:
        number = Decimal(value.strip())
    except InvalidOperation:
        raise invalid(column) from None
    if abs(number.adjusted()) > 307:
        # More than a DOUBLE holds.
        raise invalid(column)
    return number


def _integer(value: str, column_type: TypeName, column: str) -> str:
    number = _number(value, column)
    if abs(number.adjusted()) > 40:
        raise invalid(column)
    whole = int(number.to_integral_value(ROUND_HALF_UP))
    bits = _RANGES[column_type.base]
    low, high = (0, 2**bits - 1) if column_type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if not low <= whole <= high:
        raise invalid(column)
    if column_type.zerofill:
        width = int(column_type.arguments[0]) if column_type.arguments else 10
        return str(whole).zfill(width)
    return str(whole)


def _decimal(value: str, column_type: TypeName, column: str) -> str:
    precision = int(column_type.arguments[0]) if column_type.arguments else 10
    scale = int(column_type.arguments[1]) if len(column_type.arguments) > 1 else 0
    number = _number(value, column)
    if abs(number.adjusted()) > 100:
        raise invalid(column)
    rounded = number.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP, _WIDE)
    if rounded.adjusted() >= (precision or 10) - scale and rounded != 0:
        raise invalid(column)
    if column_type.unsigned and rounded < 0:
        raise invalid(column)
    text = f"{rounded:f}"
    return "0" + text[1:] if text == "-0" else text


def _float(value: str, column_type: TypeName, column: str) -> str:
    if len(column_type.arguments) == 2:
        return _decimal(value, column_type, column)
    number = float(_number(value, column))
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def _year(value: str, column: str) -> str:
    number = int(_number(value, column))
    if 0 < number < 100:
        number += 1900 if number >= 70 else 2000
    if number != 0 and not 1901 <= number <= 2155:
        raise invalid(column)
    return f"{number:04d}"


def _fraction(digits: str | None, column_type: TypeName) -> str:
    precision = int(column_type.arguments[0]) if column_type.arguments else 0
    return "." + (digits or ".")[1:].ljust(precision, "0")[:precision] if precision else ""


def _moment(value: str, column_type: TypeName, column: str, zero_dates: bool) -> str:
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?", value.strip())
    match = _DATE.fullmatch(value.strip())
    if value.strip() == "0":
        parts = ["0"] * 6
        digits = None
    elif compact:
        parts = [part or "0" for part in compact.groups()]
        digits = None
    elif match:
        parts = [part or "0" for part in match.groups()[:6]]
        digits = match.group(7)
    else:
        raise invalid(column)
    year, month, day, hour, minute, second = (int(part) for part in parts)
    if len(parts[0]) == 2:
        year += 1900 if year >= 70 else 2000
    if month > 12 or day > 31 or hour > 23 or minute > 59 or second > 59:
        raise invalid(column)
    if not zero_dates and year == month == day == 0:
        raise invalid(column)
    date = f"{year:04d}-{month:02d}-{day:02d}"
    if column_type.base == "date":
        return date
    return f"{date} {hour:02d}:{minute:02d}:{second:02d}" + _fraction(digits, column_type)


def _time(value: str, column_type: TypeName, column: str) -> str:
    match = _TIME.fullmatch(value.strip())
    if match:
        sign, days, hours, minutes, seconds, digits = match.groups()
        hour = int(hours) + 24 * int(days or 0)
        minute, second = int(minutes), int(seconds or 0)
    elif re.fullmatch(r"\d{1,7}", value.strip()):
        sign, digits, number = "", None, int(value)
        hour, minute, second = number // 10000, number // 100 % 100, number % 100
    else:
        raise invalid(column)
    if minute > 59 or second > 59 or hour > 838:
        raise invalid(column)
    return f"{sign}{hour:02d}:{minute:02d}:{second:02d}" + _fraction(digits, column_type)


def _member(value: str, default: Default, column_type: TypeName, column: str) -> str:
    members = {member.lower(): member for member in column_type.arguments}
    value = value.rstrip(" ")
    if column_type.base == "enum":
        if value.lower() not in members:
            raise invalid(column)
        return members[value.lower()]
    if default.kind == "number":
        raise invalid(column)
    chosen = {part.lower() for part in value.split(",")} if value else set()
    if not chosen <= set(members):
        raise invalid(column)
    return ",".join(member for member in column_type.arguments if member.lower() in chosen)
