"""Where the times that statements write and ask for stand, seen from the present."""

from __future__ import annotations

import re
from typing import Literal

from nodepath_cli.audit.locking.outcome import Run
from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Moment, Value
from nodepath_cli.sql.row_access import Operand, Setting

Direction = Literal["", "earlier", "later", "unknown"]
"""`` for the present itself."""

_MOVED = lazy(
    r"(?:date_add|adddate|(?P<sub>date_sub|subdate))\s*\(.*\binterval\s*(?P<a>-?)|"
    r"timestampadd\s*\(\s*\w+\s*,\s*(?P<b>-?)|"
    r"\w+\s*(?:\(\s*\d?\s*\)\s*)?(?:\+|(?P<minus>-))\s*interval\s*(?P<c>-?)|"
    r"unix_timestamp\s*\([^()]*(?:\(\s*\d?\s*\))?\s*\)\s*(?:\+|(?P<less>-))",
    re.IGNORECASE | re.DOTALL,
)
"""A time that something is added to or taken away from."""

_CLOCKS = r"(?:now|current_timestamp|utc_timestamp|sysdate|localtime|localtimestamp)\s*(?:\(\s*\d?\s*\))?"
_WRITTEN = lazy(r"date_format\s*\(\s*(?P<time>.*?)\s*,\s*'[^']*'\s*\)\s*\Z", re.IGNORECASE | re.DOTALL)
_PRESENT = lazy(_CLOCKS, re.IGNORECASE)
_READ = lazy(
    rf"\s*select\s+(?:{_CLOCKS}|date_format\s*\(\s*{_CLOCKS}\s*,\s*'[^']*'\s*\)|"
    rf"cast\s*\(\s*{_CLOCKS}\s+as\s+char\b[^()]*(?:\(\s*\d+\s*\)[^()]*)?\)|"
    rf"convert\s*\(\s*{_CLOCKS}\s*,\s*char\b\s*(?:\(\s*\d+\s*\)\s*)?\))\s*"
    rf"(?:as\s+\w+\s*)?(?:from\s+dual\s*)?;?\s*\Z",
    re.IGNORECASE,
)
"""A SELECT that gives nothing but the present."""


def reads_present(sql: str) -> bool:
    """Say whether a statement asks the server what time it is, and nothing else."""
    return _READ.match(sql) is not None


def moved(text: str) -> Direction | None:
    """Return where an expression moves the time that it is made of, None where it does not."""
    written = _WRITTEN.match(text)
    if written is not None:
        text = written["time"]
        if _PRESENT.fullmatch(text):
            return ""
    found = _MOVED.match(text)
    if found is None:
        return None
    return "earlier" if sum(map(bool, found.groups())) % 2 else "later"


def direction(setting: Setting, run: Run) -> Direction | None:
    """Return where a time stands that a column gets; None for what is no time."""
    value = setting.value
    if value.kind == "inserted" and run.site is not None:
        given = next((each for each in run.site.access.inserted if each.column in value.columns), None)
        return direction(given, run) if given is not None else None
    return of_operand(value, run)


def of_operand(value: Operand, run: Run | None) -> Direction | None:
    """Return where the time stands that an expression without columns is, None for what is no time."""
    if value.kind == "now":
        return ""
    if value.kind == "other" and value.clock and not value.chooses and not value.columns:
        return moved(value.text)
    given = argument(run, value)
    return given.moved if isinstance(given, Moment) else None


def argument(run: Run | None, operand: Operand) -> Value | None:
    """Return what a placeholder gets, None where that is not known."""
    if run is None:
        return None
    arguments, place = run.ran.arguments, operand.parameter
    if arguments is None or place is None or run.site is None or len(arguments) != run.site.access.parameters:
        return None
    return arguments[place]
