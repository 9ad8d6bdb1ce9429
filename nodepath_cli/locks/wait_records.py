"""Who waits for whom on a server, as records: connections, waits, and what the server can tell at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

Kind = Literal["row", "metadata", "user"]
KINDS: tuple[Kind, ...] = ("row", "metadata", "user")
"""InnoDB row locks; metadata locks, to which table, global and backup locks are counted; `GET_LOCK`."""


class Party(Struct, frozen=True):
    """A connection that waits or is waited for."""

    id: int
    """The server's connection id, for KILL."""
    user: str | None = None
    host: str | None = None
    state: str | None = None
    """The server's word for what it does (`Waiting for table metadata lock`), None where it says nothing."""
    query: str | None = None
    """The running statement; of an idle connection the last one, where the server remembers it."""
    idle: bool = False
    """It runs no statement: only its open transaction, or its own lock, is in the way."""
    transaction_seconds: int | None = None
    """Age of its open InnoDB transaction."""

    def document(self) -> dict[str, Any]:
        """Return the shape `C` of the JSON contract."""
        return {
            "id": self.id,
            "user": self.user,
            "host": self.host,
            "state": self.state,
            "query": self.query,
            "idle": self.idle,
            "transaction_seconds": self.transaction_seconds,
        }


class Wait(Struct, frozen=True):
    """One connection that waits for another one."""

    kind: Kind
    waiter: Party
    blocker: Party | None
    """None where the server cannot tell."""
    table: str | None = None
    """`database.table`; None for locks that are no table's, and where it is not known."""
    name: str | None = None
    """The name of a `GET_LOCK` lock."""
    seconds: int | None = None
    """How long it has been waiting."""
    candidates: tuple[Party, ...] = ()
    """Where the blocker is not known: connections whose open transaction is older than the wait."""

    def document(self) -> dict[str, Any]:
        """Return the shape `W` of the JSON contract."""
        return {
            "kind": self.kind,
            "table": self.table,
            "name": self.name,
            "seconds": self.seconds,
            "waiter": self.waiter.document(),
            "blocker": self.blocker.document() if self.blocker else None,
            "candidates": [each.document() for each in self.candidates],
        }


class Waits(Struct, frozen=True):
    """Everything that waits on a server at one moment."""

    waits: tuple[Wait, ...] = ()
    """The longest first."""
    blind: Mapping[Kind, str] = field(default_factory=dict)
    """By kind: why the server cannot tell who holds such a lock. A kind that is not in it is instrumented."""

    def longest(self) -> int:
        """Return how long the longest wait has lasted, in seconds; 0 where nobody waits."""
        return max((each.seconds or 0 for each in self.waits), default=0)

    def document(self) -> dict[str, Any]:
        """Return the JSON document of `nodepath locks waits`."""
        return {
            "instrumented": {kind: kind not in self.blind for kind in KINDS},
            "reasons": dict(self.blind),
            "waits": [each.document() for each in self.waits],
        }
