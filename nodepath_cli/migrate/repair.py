"""`db repair`: a half-applied revision brought to its end, after a person has seen what is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Interrupted, NodepathError, Refused, UsageError
from nodepath_cli.migrate.guard import half_done, present, recorded, refuse_unadopted
from nodepath_cli.migrate.ledger import Direction, Entry, Ledger
from nodepath_cli.migrate.listening import recording
from nodepath_cli.migrate.lock import LOCK_SECONDS, one_at_a_time, settle
from nodepath_cli.migrate.resume import Assessment, Trust, assess
from nodepath_cli.migrate.session import opened, run_alembic
from nodepath_cli.migrate.state import target, where
from nodepath_cli.migrate.statements import sent
from nodepath_cli.migrate.unfinished import unfinished
from nodepath_cli.migrate.waits import Waits
from nodepath_cli.schema.diff import Difference
from nodepath_cli.schema.revisions import render, script_directory

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

Action = Literal["kept", "finished", "undone"]
"""`kept`: it has taken effect; `finished`: it is run now; `undone`: its effect is gone, and it is run once more."""


class RepairStep(Struct, frozen=True):
    """What becomes of one step."""

    revision: str
    step: int
    action: Action
    statement: str

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"revision": self.revision, "step": self.step, "action": self.action, "statement": self.statement}


class Repair(Struct, frozen=True):
    """What a repair does, or would do."""

    state: Literal["clean", "repaired", "interrupted"]
    """`clean`: there is nothing to repair; `interrupted`: it cannot be repaired yet, and `error` says why."""
    revision: str | None
    """The half-applied revision, or the recorded one where there is none."""
    steps: tuple[RepairStep, ...] = ()
    dry_run: bool = False
    """A plan: nothing was written."""
    differences: tuple[Difference, ...] = ()
    """Between what the recorded steps make and what is there."""
    error: NodepathError | None = None

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "state": self.state,
            "revision": self.revision,
            "steps": [item.document() for item in self.steps],
            "dry_run": self.dry_run,
            "differences": [item.document() for item in self.differences],
        }


def repair(
    url: DatabaseUrl | str,
    migrations: Path | None = None,
    *,
    yes: bool = False,
    assume: Literal["ran", "not-run"] | None = None,
    lock_seconds: float = LOCK_SECONDS,
    waits: Waits | None = None,
) -> Repair:
    """Say what finishing the half-applied revision takes; with `yes`, do it.

    `assume` answers for the last step where nothing shows whether it has run. Raises UsageError where the revision's
    file is not at hand, Refused where it is an adoption that was interrupted, Busy, or another DatabaseError.
    """
    url = target(url)
    script = script_directory(migrations)
    with opened(url, "write") as connection, one_at_a_time(connection, url, lock_seconds):
        here = where(connection, script)
        half = unfinished(connection, script)
        if not half:
            found = recorded(connection)
            if not found and half_done(found, present(connection)):
                refuse_unadopted(connection)
            if yes:
                _close(connection)
            settle(connection, url)
            return Repair("clean", here.current, dry_run=not yes)
        revision, direction = next(iter(half.items()))
        ledger = Ledger(connection)
        found_steps = assess(ledger, url, ledger.entries(revision))
        settle(connection, url)
        case = _Case(revision, direction, found_steps, assume)
        case.check(script)
        plan = case.steps(script, url)
        if case.error is not None:
            return Repair("interrupted", revision, (), not yes, found_steps.differences, case.error)
        if not yes:
            return Repair("repaired", revision, plan, True, found_steps.differences)
        done = _finish(connection, url, script, migrations, case, waits)
        settle(connection, url)
    return Repair("repaired", revision, done, False, found_steps.differences)


class _Case(Struct, frozen=True):
    """One half-applied revision."""

    revision: str
    direction: Direction
    found: Assessment
    assume: Literal["ran", "not-run"] | None

    def check(self, script: ScriptDirectory) -> None:
        """Raise where it is not ours to finish."""
        if self.direction == "adopt":
            raise Refused("an adoption was interrupted", "run nodepath db adopt --carry-over again, which goes on")
        if self.revision not in {item.revision for item in script.walk_revisions("base", "heads")}:
            raise UsageError(
                f"the half-applied revision {self.revision} is not among the revisions", "give its folder: --migrations"
            )

    @property
    def applied(self) -> int | None:
        """How many recorded steps count as done."""
        found = self.found
        if found.applied is None and found.undecided and self.assume is not None:
            return len(found.entries) - (self.assume == "not-run")
        return len(found.entries) if found.applied is None and found.extras_only else found.applied

    @property
    def error(self) -> NodepathError | None:
        """Why nothing can be done yet."""
        if self.applied is not None:
            return None
        what = f"revision {self.revision} is half {'applied' if self.direction == 'up' else 'taken back'}"
        if self.found.undecided:
            step = "look at the database, then run nodepath db repair --assume ran (or not-run) --yes"
        else:
            step = "bring the tables into one of the revision's shapes by hand, then run nodepath db repair again"
        return Interrupted(f"{what}: {self.found.doubt}", step)

    def steps(self, script: ScriptDirectory, url: DatabaseUrl) -> tuple[RepairStep, ...]:
        """Return the plan; what follows the recorded steps is told as far as it can be rendered."""
        applied = self.applied or 0
        known = [
            _step(entry, "kept" if index < applied else "undone" if entry.state == "done" else "finished")
            for index, entry in enumerate(self.found.entries)
        ]
        item = script.get_revision(self.revision)
        rendered = render(script, item, "sqlite" if url.dialect == "sqlite" else "mysql", up=self.direction == "up")
        coming = [text for text in rendered.statements if sent(text).kind in ("ddl", "data", "call")][len(known) :]
        first = max((each.step for each in known), default=0) + 1
        known += [
            RepairStep(self.revision, first + index, "finished", _short(text)) for index, text in enumerate(coming)
        ]
        return tuple(known)


def _finish(
    connection: Connection,
    url: DatabaseUrl,
    script: ScriptDirectory,
    migrations: Path | None,
    case: _Case,
    waits: Waits | None,
) -> tuple[RepairStep, ...]:
    from alembic import command

    kept = {entry.step for entry in case.found.entries[: case.applied or 0]}
    trust = Trust(case.assume, undone=True, extras=True)
    down = script.get_revision(case.revision).down_revision
    below = down if isinstance(down, str) else down[0] if down else "base"
    with recording(connection, url, waits, trust) as recorder:
        run_alembic(
            lambda config: (
                command.upgrade(config, case.revision) if case.direction == "up" else command.downgrade(config, below)
            ),
            connection,
            migrations,
            recorder,
        )
    entries = Ledger(connection).entries(case.revision)
    return tuple(_step(entry, "kept" if entry.step in kept else "finished") for entry in entries)


def _close(connection: Connection) -> None:
    """Close rows that were left open in revisions which are finished."""
    ledger = Ledger(connection)
    for entry in ledger.entries():
        if entry.state == "started":
            ledger.done(entry)
    ledger.commit()


def _step(entry: Entry, action: Action) -> RepairStep:
    return RepairStep(entry.revision, entry.step, action, _short(entry.statement))


def _short(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 200 else shown[:197] + "..."
