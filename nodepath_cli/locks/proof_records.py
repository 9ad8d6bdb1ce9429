"""What `nodepath locks prove` is told, and what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct, field

Decides = Literal["no-error", "rows-affected", "row"]
DECIDES: tuple[Decides, ...] = ("no-error", "rows-affected", "row")
"""What tells a caller that it has the lock: no statement failed; the last write affected exactly one row; the last
SELECT gave a row."""


class Call(Struct, frozen=True):
    """How one caller fared."""

    errno: int | None = None
    """The server's error number, None where every statement went through."""
    affected: int | None = None
    """Rows affected by its last INSERT, REPLACE, UPDATE or DELETE."""
    row: bool | None = None
    """Whether its last SELECT gave a row."""

    def acquired(self, decides: Decides) -> bool:
        """Say whether the caller takes it that it has the lock."""
        if self.errno is not None:
            return False
        if decides == "rows-affected":
            return self.affected == 1
        return decides == "no-error" or bool(self.row)


class Proof(Struct, frozen=True):
    """What came of letting many callers acquire one lock at the same moment, several times."""

    callers: int
    decides: Decides
    rounds: tuple[tuple[Call, ...], ...]
    errors: dict[int, str] = field(default_factory=dict)
    """By error number: what the server said."""

    def winners(self, decides: Decides | None = None) -> tuple[int, ...]:
        """Return how many callers acquired the lock in each round."""
        return tuple(sum(call.acquired(decides or self.decides) for call in each) for each in self.rounds)

    @property
    def worst(self) -> int:
        """The most callers that had the lock at once; 0 where some round had no winner and none had two."""
        counts = self.winners()
        return max(counts) if max(counts, default=0) > 1 else min(counts, default=0)

    @property
    def exclusive(self) -> bool:
        """Whether exactly one caller got it in every round."""
        return all(count == 1 for count in self.winners())

    def outcomes(self) -> Counter[str]:
        """Count the calls by their error number, `ok` for those without one."""
        return Counter(str(call.errno) if call.errno else "ok" for each in self.rounds for call in each)

    def document(self) -> dict[str, Any]:
        """Return the JSON document of `nodepath locks prove`."""
        by = {each: list(self.winners(each)) for each in _told(self.rounds)}
        return {
            "callers": self.callers,
            "rounds": len(self.rounds),
            "decides": self.decides,
            "acquired": list(self.winners()),
            "acquired_by": by,
            "exclusive": self.exclusive,
            "outcomes": dict(sorted(self.outcomes().items())),
            "errors": {str(number): text for number, text in sorted(self.errors.items())},
        }


def _told(rounds: Sequence[Sequence[Call]]) -> list[Decides]:
    """Return what could decide: a SELECT only where there is one."""
    calls = [call for each in rounds for call in each]
    found: list[Decides] = ["no-error"]
    if any(call.affected is not None for call in calls):
        found.append("rows-affected")
    if any(call.row is not None for call in calls):
        found.append("row")
    return found
