"""The text timestamps of the lock tables: what a text means, how old it is, and the tokens that this package writes.

Texts that are read: `2006-01-02 15:04:05` and RFC 3339, each with any number of digits behind the seconds, with `T` or
a blank between date and time, with and without a zone. Everything else is unparseable.

A token is such a text, too: the server's time with 26 digits behind the seconds. Six are the microseconds, four the
zone that the time is in (its minutes east of UTC, plus 5000), eight the lease in milliseconds, and eight are random,
which makes every token unique. A released row carries ` released` behind it. Go's `time.Parse("2006-01-02 15:04:05",
text)` takes a token as it is, since Go takes a fraction of any length wherever seconds may stand.
"""

from __future__ import annotations

import math
import os
import random
import re
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from msgspec import Struct

from nodepath_cli.patterns import lazy

Format = Literal["datetime", "rfc3339", "unparseable"]
State = Literal["held", "stale", "released", "future", "unparseable"]

LEASE_SECONDS = 30.0
"""How long a lock is held without a sign of life, where nothing else is said: what the service's own code has."""
FUTURE_SECONDS = 5.0
"""A text that lies further ahead of the server's clock than this is future-dated."""
RELEASED = " released"
"""What stands behind the token of a row that was released and kept."""

_TEXT = lazy(
    r"(?P<second>[0-9]{4}-[0-9]{2}-[0-9]{2}(?P<between>[ T])[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]+))?"
    r"(?P<zone>[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
    r"(?P<released>(?i: released))?",
    re.ASCII,
)
_MICRO, _ZONE, _LEASE, _RANDOM = 6, 4, 8, 8
_DIGITS = _MICRO + _ZONE + _LEASE + _RANDOM
LONGEST_LEASE = (10**_LEASE - 1) / 1000
"""What a token has room for, in seconds."""
_ZONE_BASE = 5000
_FARTHEST = 15 * 60
"""No zone lies farther from UTC, in minutes."""
_CHANCE = random.Random()
"""Of our own: a program may give `random` a seed, and then all its processes would draw the same."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_CHANCE.seed)


class ServerTime(Struct, frozen=True):
    """One reading of the server's clock."""

    local: datetime
    """The time in the zone of the connection, without one (`NOW(6)`)."""
    offset: int
    """The zone of the connection at that time, in minutes east of UTC."""

    @property
    def utc(self) -> datetime:
        """The same time in UTC, without a zone."""
        return self.local - timedelta(minutes=self.offset)

    def later(self, seconds: float) -> ServerTime:
        """Return the time so many seconds on."""
        return ServerTime(self.local + timedelta(seconds=seconds), self.offset)

    def text(self) -> str:
        """Return the time as ISO 8601 with its offset."""
        return self.local.isoformat() + offset_text(self.offset)


class Reading(Struct, frozen=True):
    """What a text means."""

    format: Format
    local: datetime | None = None
    """The time that the text names, in its own zone, to the microsecond; None where it names none."""
    offset: int | None = None
    """The zone that the text names, in minutes east of UTC; None for none: the connection's."""
    fraction: bool = False
    """It is exact to more than a second."""
    lease: float | None = None
    """The lease that its owner took it with, in seconds; None where the text is no token of this package."""
    released: bool = False

    def age(self, now: ServerTime) -> float | None:
        """Return how many seconds ago it was by the server's clock, None where it is unparseable."""
        if self.local is None:
            return None
        since = (now.local - self.local).total_seconds()
        return since if self.offset is None else since + (self.offset - now.offset) * 60

    def parsed(self, now: ServerTime) -> str | None:
        """Return the time as ISO 8601 with offset; a text without zone is in the connection's."""
        if self.local is None:
            return None
        return self.local.isoformat() + offset_text(now.offset if self.offset is None else self.offset)


_UNPARSEABLE = Reading("unparseable")


def read(text: str | None) -> Reading:
    """Return what a text means. None, the `locked_at` of a lock that was given back, is released."""
    if text is None:
        return Reading("datetime", released=True)
    found = _TEXT.fullmatch(text)
    if found is None:
        return _UNPARSEABLE
    second, between, fraction, zone, released = found.groups()
    try:
        local = datetime.fromisoformat(second)
    except ValueError:
        return _UNPARSEABLE
    offset, lease = None, None
    if zone:
        offset = 0 if zone in "Zz" else int(zone[0] + "1") * (int(zone[1:3]) * 60 + int(zone[4:6]))
    elif fraction and len(fraction) == _DIGITS:
        own = int(fraction[_MICRO : _MICRO + _ZONE]) - _ZONE_BASE
        if abs(own) <= _FARTHEST:
            offset, lease = own, int(fraction[_MICRO + _ZONE : -_RANDOM]) / 1000
    if fraction:
        local = local.replace(microsecond=int(fraction[:_MICRO].ljust(_MICRO, "0")))
    written: Format = "rfc3339" if between != " " or zone else "datetime"
    return Reading(written, local, offset, bool(fraction), lease, bool(released))


def state(reading: Reading, age: float | None, lease: float) -> State:
    """Return the state of a lock whose text was read so and is so old."""
    if reading.released:
        return "released"
    if age is None:
        return "unparseable"
    if age < -FUTURE_SECONDS:
        return "future"
    return "stale" if age > lease else "held"


def new_token(now: ServerTime, lease: float) -> str:
    """Return the text that a lock taken now for a lease in seconds carries; no other call ever returns it again."""
    chance = int(_CHANCE.random() * 10**_RANDOM)
    return f"{now.local.isoformat(' ', 'microseconds')}{_zone_and_lease(now.offset, lease)}{chance:08}"


@lru_cache(16)
def _zone_and_lease(offset: int, lease: float) -> str:
    return f"{offset + _ZONE_BASE:0{_ZONE}}{math.ceil(lease * 1000):0{_LEASE}}"


@cache
def offset_text(minutes: int) -> str:
    """Return an offset as ISO 8601 has it: `+08:00`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
