"""What a DBA is told about lock tables, with the JSON objects that it becomes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from nodepath_cli.locks.timestamps import Format, ServerTime, State


class Clocks(Struct, frozen=True):
    """The server's clock beside this machine's."""

    server: ServerTime
    client: datetime
    """With its zone, at the moment that the server's was read."""
    skew_seconds: float
    """How far the server is ahead."""
    zone: str
    """The server's name for the connection's zone: `SYSTEM`, `+08:00`."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "server": self.server.text(),
            "client": self.client.isoformat(),
            "skew_seconds": round(self.skew_seconds, 3),
            "zone": self.zone,
        }


class Totals(Struct, frozen=True):
    """One lock table at a glance: counts of the whole table, by the server's clock."""

    table: str
    shape: str
    """`production`, `renamed`, `partial`, `unknown`: as `nodepath db status` says it."""
    rows: int
    oldest_seconds: float | None
    """Of what is held or stale; None where nothing is."""
    over_30s: int
    over_5min: int
    future: int
    unparseable: int
    stale: int
    """Older than the lease that was asked for."""
    released: int
    """Given back, with the row kept."""
    datetime: int
    """Rows with a text like `2006-01-02 15:04:05`."""
    rfc3339: int
    own: int
    """Rows whose text is a token of this package; all others were written by other code."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object S."""
        return {
            "table": self.table,
            "shape": self.shape,
            "rows": self.rows,
            "oldest_seconds": None if self.oldest_seconds is None else round(self.oldest_seconds, 3),
            "over_30s": self.over_30s,
            "over_5min": self.over_5min,
            "future": self.future,
            "unparseable": self.unparseable,
            "stale": self.stale,
            "released": self.released,
        }


class Lock(Struct, frozen=True):
    """One row of a lock table."""

    table: str
    prospect: str
    """In full: whoever shows it masks it."""
    device: str
    timestamp: str | None
    """The text as it stands in the row; None for a `locked_at` that is NULL."""
    parsed: str | None
    format: Format
    age_seconds: float | None
    state: State
    lease_seconds: float | None
    """The lease that it was taken with, None where the text does not say."""

    def document(self, show_phones: bool) -> dict[str, Any]:
        """Return the JSON object L."""
        return {
            "table": self.table,
            "prospect": self.prospect if show_phones else masked(self.prospect),
            "device": self.device,
            "timestamp": self.timestamp,
            "parsed": self.parsed,
            "format": self.format,
            "age_seconds": None if self.age_seconds is None else round(self.age_seconds, 3),
            "state": self.state,
            "lease_seconds": self.lease_seconds,
        }


def masked(prospect: str) -> str:
    """Return a phone number by which its owner can be told apart, but not called."""
    shown = 2 if len(prospect) >= 8 else 0
    return prospect[:shown] + "*" * max(len(prospect) - 2 * shown, 3) + prospect[len(prospect) - shown :]
