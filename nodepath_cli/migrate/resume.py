"""Where a half-applied revision was left: the live shape of what its statements touch, against the states between them.

Each DDL statement's row has what it touches as it was before. So the state after the first m statements is known: what
a later statement touches is as it was before that one, and the rest is as the replay makes it of the last statement
that touched it. The live shape has to be one of these states.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Interrupted
from nodepath_cli.migrate.ledger import Entry, Ledger
from nodepath_cli.migrate.statements import sent
from nodepath_cli.migrate.witness import expected_after, same, table_name, text
from nodepath_cli.schema.diff import Difference, differences
from nodepath_cli.schema.model import Schema, Table

REPAIR = "run nodepath db repair, which shows what differs"


class Trust(Struct, frozen=True):
    """What a person has decided about a half-applied revision (`db repair`)."""

    assume: Literal["ran", "not-run"] | None = None
    """Whether the last statement has run, where that cannot be told."""
    undone: bool = False
    """Steps whose effect is gone again may run once more."""
    extras: bool = False
    """Columns and keys that nobody expects may stay."""


class Assessment(Struct, frozen=True):
    """How much of a revision is there."""

    entries: tuple[Entry, ...]
    applied: int | None
    """How many of the entries have taken effect, from the first; None where the live shape fits no step."""
    doubt: str = ""
    """Why it is None."""
    extras_only: bool = False
    """It is None for columns and keys alone that are there besides."""
    undecided: bool = False
    """It is None as nothing tells whether the last statement has run."""
    differences: tuple[Difference, ...] = ()
    """Between what the recorded statements make and what is there."""

    @property
    def started(self) -> bool:
        """The last statement was sent, and its end was not recorded."""
        return bool(self.entries) and self.entries[-1].state == "started"

    @property
    def resumes(self) -> bool:
        """The next run goes on by itself."""
        if self.applied is None:
            return False
        missing = self.entries[self.applied :]
        if len(missing) <= (1 if self.started else 0):
            return True
        return self.applied == 0 and all(entry.kind == "ddl" for entry in self.entries)


def assess(ledger: Ledger, url: DatabaseUrl, entries: tuple[Entry, ...]) -> Assessment:
    """Compare the live shape with the states between the recorded steps of a revision."""
    if url.dialect == "sqlite" or not entries:
        return Assessment(entries, len(entries))
    return _States(ledger, url, entries).assessment()


def resumed(ledger: Ledger, url: DatabaseUrl, entries: tuple[Entry, ...], trust: Trust | None) -> tuple[Entry, ...]:
    """Return the steps of a revision that have taken effect, and make the ledger say so.

    Raises Interrupted where the live shape fits no step, or another than the last.
    """
    found = assess(ledger, url, entries)
    applied = found.applied
    if trust is not None and applied is None:
        if found.undecided and trust.assume is not None:
            applied = len(entries) - (trust.assume == "not-run")
        elif found.extras_only and trust.extras:
            applied = len(entries)
    if applied is None:
        raise Interrupted(f"revision {entries[0].revision} is half applied: {found.doubt}", REPAIR)
    if not found.resumes and not (trust is not None and (trust.undone or found.applied is None)):
        gone = f"steps {applied + 1} to {len(entries)} have been undone since"
        raise Interrupted(f"revision {entries[0].revision} is half applied: {gone}", REPAIR)
    if applied < len(entries):
        ledger.remove(entries[0].revision, (entry.step for entry in entries[applied:]))
    kept = tuple(ledger.done(entry) if entry.state == "started" else entry for entry in entries[:applied])
    ledger.commit()
    return kept


class _States:
    """The states between the steps, and which of them is the live one."""

    def __init__(self, ledger: Ledger, url: DatabaseUrl, entries: tuple[Entry, ...]) -> None:
        self.ledger = ledger
        self.url = url
        self.entries = entries
        self.touching: dict[str, list[int]] = {}
        for index, entry in enumerate(entries):
            for name in entry.before or {}:
                self.touching.setdefault(name, []).append(index)
        self.now = {name: text(ledger, name) for name in self.touching}
        self.after: dict[int, dict[str, Table | None] | None] = {}

    @cached_property
    def live(self) -> Schema:
        from nodepath_cli.schema import live

        # What was read for SHOW CREATE must not keep this connection's transaction open.
        self.ledger.commit()
        return live.read(self.url)

    @cached_property
    def charset(self) -> tuple[str, str]:
        charset, collation = self.ledger.ask("SELECT @@character_set_database, @@collation_database")[0]
        return str(charset), str(collation)

    def assessment(self) -> Assessment:
        size = len(self.entries)
        last = self.entries[-1]
        if last.state == "started":
            if last.before is None:
                return self._unseen(last)
            before, after = self.fits(size - 1), self.fits(size)
            if before and after and self._swaps(last):
                return self._undecided(f"step {last.step} leaves the same shape as it found")
            if before or after:
                return Assessment(self.entries, size - 1 if before else size)
            if self._unknown(size - 1) and self.fits(size - 1, but=last.before):
                return self._undecided(f"what step {last.step} makes is not known")
        for applied in range(size, -1, -1):
            if self.fits(applied):
                return Assessment(self.entries, applied)
        return self._misfit()

    def _unseen(self, last: Entry) -> Assessment:
        """A statement about nothing that could be looked at."""
        if not self.fits(len(self.entries)):
            return self._misfit()
        if sent(last.statement).repeatable:
            return Assessment(self.entries, len(self.entries) - 1)
        return self._undecided(f"nothing shows whether step {last.step} has run")

    def _undecided(self, why: str) -> Assessment:
        shown = " ".join(self.entries[-1].statement.split())[:80]
        return Assessment(self.entries, None, f"{why} ({shown})", undecided=True)

    def _misfit(self) -> Assessment:
        found = tuple(self._differences())
        extras = bool(found) and all(each.expected is None for each in found)
        first = f": {found[0].kind} {found[0].name} of {found[0].table}" if found else ""
        return Assessment(self.entries, None, f"the live shape fits no step{first}", extras, differences=found)

    def fits(self, applied: int, but: object = ()) -> bool:
        """Say whether the live shape is that after the first `applied` steps, objects in `but` aside."""
        return all(self._fits(name, applied) for name in self.touching if name not in (but or ()))  # type: ignore[operator]

    def _fits(self, name: str, applied: int) -> bool:
        later = next((index for index in self.touching[name] if index >= applied), None)
        if later is not None:
            return self.now[name] == (self.entries[later].before or {})[name]
        return self._is_after(name, self.touching[name][-1])

    def _is_after(self, name: str, index: int) -> bool:
        entry = self.entries[index]
        before = (entry.before or {})[name]
        if not name.startswith("table "):
            word = entry.statement.split(None, 1)[0].upper()
            return self.now[name] is None if word == "DROP" else self.now[name] is not None
        expected = self._after(index)
        table = table_name(name)
        if expected is None or table is None:
            # A recorded end is believed where it cannot be checked.
            return entry.state == "done" and not (before is None and self.now[name] is None)
        return same(expected.get(table), self.live.table(table))

    def _after(self, index: int) -> dict[str, Table | None] | None:
        if index not in self.after:
            entry = self.entries[index]
            self.after[index] = expected_after(entry.before or {}, entry.statement, self.live, self.charset)
        return self.after[index]

    def _unknown(self, index: int) -> bool:
        return (
            any(name.startswith("table ") for name in self.entries[index].before or {}) and self._after(index) is None
        )

    def _swaps(self, entry: Entry) -> bool:
        from nodepath_cli.sql.ddl_objects import touched

        return touched(entry.statement, Dialect(self.live.dialect, self.live.version)).swaps

    def _differences(self) -> Iterator[Difference]:
        """Between the state after all recorded steps and the live one."""
        for name, indexes in self.touching.items():
            if self._fits(name, len(self.entries)):
                continue
            table = table_name(name)
            expected = self._after(indexes[-1]) if table else None
            if expected is None or table is None:
                yield Difference("missing-table", table or name, table or name, table or name, None)
                continue
            wanted, actual = expected.get(table), self.live.table(table)
            if wanted is None:
                yield Difference("missing-table", table, table, None, table)
            else:
                yield from differences(wanted, actual, strict=True)
