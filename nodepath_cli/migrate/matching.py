"""Which statements of a revision have run already, when it runs once more after it was interrupted.

The revision is Python: it is run from its beginning, and what it sends is compared with what the ledger has. A revision
may look at the database and send less than the first time (`if not inspector.has_table(...)`), which is not to stop it.
What the ledger has of data statements was committed with a DDL statement that stands behind them, so all of it has
taken effect.
"""

from __future__ import annotations

from nodepath_cli.migrate.ledger import Entry
from nodepath_cli.migrate.statements import Sent


class CannotResume(Exception):
    """It cannot be told whether a statement has run; the text says why."""


class Remaining:
    """The steps that are recorded as done and have not been met again yet."""

    def __init__(self, steps: tuple[Entry, ...], *, edited: bool) -> None:
        """Begin with the recorded steps in order. `edited`: the revision's file is not what it was then."""
        self._steps = tuple(sorted(steps, key=lambda step: step.place))
        self._edited = edited
        self._next = 0
        self._passed_over = False

    @property
    def left(self) -> tuple[Entry, ...]:
        """The steps that have not been met."""
        return self._steps[self._next :]

    def place(self, step: int) -> str:
        """Return where a step stands that has not run before: at the end, or behind the last one that was met."""
        own = f"{step:08}"
        if not self.left:
            return own
        return f"{self._steps[self._next - 1].place if self._next else '0' * 8}.{own}"

    def take(self, statement: Sent) -> Entry | None:
        """Return the recorded step that this statement is, None where it has not run yet.

        Raises CannotResume where that cannot be told.
        """
        left = self.left
        if not left:
            return None
        index = self._exact(statement)
        if index is None and self._same_place(statement, left[0]):
            index = self._next
        if index is not None and not (self._edited and index != self._next):
            self._passed_over = self._passed_over or index > self._next
            self._next = index + 1
            return self._steps[index]
        self._refuse_doubt(statement, left)
        return None

    def finish(self) -> None:
        """Check what is left when the revision has ended. Raises CannotResume as `take` does."""
        if self._edited and self.left:
            raise CannotResume(f"the revision was changed since: it no longer has step {self.left[0].step}")

    def _exact(self, statement: Sent) -> int | None:
        for index in range(self._next, len(self._steps)):
            step = self._steps[index]
            if (step.text_hash, step.values_hash) == (statement.text_hash, statement.values_hash):
                return index
        return None

    def _same_place(self, statement: Sent, step: Entry) -> bool:
        """A data statement with other values (the clock, a new id) in the very place that it had."""
        return not self._passed_over and statement.kind == step.kind == "data" and step.text_hash == statement.text_hash

    def _refuse_doubt(self, statement: Sent, left: tuple[Entry, ...]) -> None:
        if self._edited:
            raise CannotResume(
                f"the revision was changed since: step {left[0].step} ({left[0].statement[:60]}) has run"
            )
        if statement.kind != "data":
            return
        for step in left:
            if step.kind == "data" and step.statement == statement.head:
                raise CannotResume(f"'{statement.head}' has run before, with another text or other values")
