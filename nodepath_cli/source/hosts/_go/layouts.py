"""Times written as texts with a layout of Go's package time (`due.Format("02/01/2006")`)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache, partial

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go.standard_constants import LAYOUTS
from nodepath_cli.source.hosts._go.texts import plain
from nodepath_cli.source.hosts._go.values import Value

TIME = "time.Time"
_PART = lazy(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|__2|_2(?!006)|[345]|PM|pm|"
    r"[-Z]07(?::00:00|0000|:00|00|)|[.,](?:0+|9+)(?!\d)"
)
"""What a layout has for the parts of a time; all else stands for itself."""
_MOMENTS = (
    (datetime(2026, 3, 5, 7, 8, 9), 0, 0, "UTC"),
    (datetime(2026, 12, 25, 17, 38, 49), 123456789, 8 * 60, "+08"),
    (datetime(2009, 10, 31), 0, -5 * 60, "EST"),
    (datetime(2011, 11, 11, 11, 11, 11), 110000000, 60, "CET"),
    (datetime(2001, 2, 3, 4, 5, 6), 500000000, 5 * 60 + 30, "IST"),
    (datetime(1999, 8, 24, 12, 0), 0, 0, "UTC"),
    (datetime(2024, 2, 29, 23, 59, 59), 999999999, 0, "GMT"),
)
"""Time, nanoseconds, minutes from UTC, and the zone's name."""
_NAMES = {"January": "%B", "Jan": "%b", "Monday": "%A", "Mon": "%a", "PM": "%p"}
_NUMBERS = {
    "1": "month",
    "01": "month",
    "2": "day",
    "_2": "day",
    "02": "day",
    "15": "hour",
    "4": "minute",
    "04": "minute",
    "5": "second",
    "05": "second",
    "2006": "year",
}


def layout_of(receiver: str, value: Value) -> str:
    """Return the layout that `Format` of a value of a type is given, empty where it is none or not known."""
    text = plain(value[0].atom) if len(value) == 1 and receiver in ("", TIME) else None
    known = text is not None and (receiver == TIME or "2006" in text or text in LAYOUTS.values())
    return text if text is not None and known and _PART.search(text) else ""


@lru_cache(maxsize=256)
def written(layout: str) -> tuple[str, ...]:
    """Return how several moments are written with a layout."""
    return tuple(dict.fromkeys(_PART.sub(partial(_part, each), layout) for each in _MOMENTS))


def _part(at: tuple[datetime, int, int, str], found: re.Match[str]) -> str:
    moment, nanoseconds, offset, zone = at
    part = found[0]
    if part in _NAMES:
        return moment.strftime(_NAMES[part])
    if part in _NUMBERS:
        width = 4 if part == "2006" else len(part)
        return str(getattr(moment, _NUMBERS[part])).rjust(width, "0" if part[0] != "_" else " ")
    if part[0] in ".,":
        digits = f"{nanoseconds:09}"[: len(part) - 1]
        digits = digits.rstrip("0") if part[1] == "9" else digits.ljust(len(part) - 1, "0")
        return part[0] + digits if digits else ""
    if part[0] in "-Z":
        return _offset(part, offset)
    match part:
        case "MST":
            return zone
        case "pm":
            return moment.strftime("%p").lower()
        case "06":
            return moment.strftime("%y")
        case "002":
            return moment.strftime("%j")
        case "__2":
            return moment.strftime("%j").lstrip("0").rjust(3)
        case _:
            return str(moment.hour % 12 or 12).rjust(len(part), "0")


def _offset(part: str, minutes: int) -> str:
    if part[0] == "Z" and not minutes:
        return "Z"
    hours, rest = divmod(abs(minutes), 60)
    colon = ":" if ":" in part else ""
    parts = [f"{hours:02}", f"{rest:02}", "00"][: len(part.replace(":", "")) // 2]
    return ("-" if minutes < 0 else "+") + colon.join(parts)
