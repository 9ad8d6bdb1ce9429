"""The time of day in Go: what `time.Now()` becomes on its way to a statement."""

from __future__ import annotations

from typing import Literal

from nodepath_cli.source.functions import Known, Mixed, Moment
from nodepath_cli.source.hosts._go.paths.state import Any, Instance

NOW = Moment("time", "local")
UNKNOWN = Moment("time", "")
INJECTED = Moment("time", "injected")
"""By a clock that the program was given: `s.clock.Now()`."""
_UNITS = {"Unix": "unix seconds", "UnixMilli": "unix milliseconds", "UnixMicro": "unix microseconds"}
_UNITS["UnixNano"] = "unix nanoseconds"
_SAME = frozenset(("Truncate", "Round", "Local"))
_MOVED = frozenset(("Add", "AddDate"))


def _direction(arguments: tuple[Any, ...]) -> Literal["earlier", "later", "unknown"]:
    """Say where `Add` or `AddDate` moves a time; a duration that has no sign is taken to be none below zero."""
    for each in arguments:
        if isinstance(each, Known) and isinstance(each.value, int) and each.value:
            return "earlier" if each.value < 0 else "later"
        if isinstance(each, Mixed) and each.text:
            return "earlier" if each.text.startswith("-") else "later"
        if isinstance(each, Instance) and each.type == "time.Duration":
            return "later"
    return "unknown"


def moment_method(moment: Moment, method: str, arguments: tuple[Any, ...], written: str = "") -> Any | None:
    """Return what a method makes of a time, None for a method that makes something else.

    `written` are its arguments in the source.
    """
    if moment.form != "time":
        return None
    if method in _SAME:
        return Moment("time", "local" if method == "Local" else moment.zone, moment.moved, moment.by)
    if method == "UTC":
        return Moment("time", "utc", moment.moved, moment.by)
    if method == "In":
        return Moment("time", "", moment.moved, moment.by)
    if method in _MOVED:
        if moment.moved:
            return Moment("time", moment.zone, "unknown")
        return Moment("time", moment.zone, _direction(arguments), written)
    if method in _UNITS:
        return Moment(_UNITS[method], "utc", moment.moved, moment.by)
    if method == "String":
        return Moment("2006-01-02 15:04:05.999999999 -0700 MST", moment.zone, moment.moved, moment.by)
    if method in ("Format", "AppendFormat"):
        layout = arguments[0] if arguments else None
        if isinstance(layout, Known) and isinstance(layout.value, str):
            return Moment(layout.value, moment.zone, moment.moved, moment.by)
        return Mixed((moment,), "a layout that is not known")
    return None
