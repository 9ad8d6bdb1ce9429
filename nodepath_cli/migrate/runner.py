"""Upgrade, downgrade and stamp: what changes a database, one process at a time, with every statement in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct, field

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Refused
from nodepath_cli.migrate.guard import refuse_unadopted
from nodepath_cli.migrate.listening import recording
from nodepath_cli.migrate.lock import LOCK_SECONDS, one_at_a_time, settle
from nodepath_cli.migrate.plan import Plan, make_plan
from nodepath_cli.migrate.preflight import Preflight, make_preflight
from nodepath_cli.migrate.records import Current, Move
from nodepath_cli.migrate.session import moving, opened, run_alembic
from nodepath_cli.migrate.state import target, where
from nodepath_cli.migrate.unfinished import forget, refuse_other_direction
from nodepath_cli.migrate.waits import Waits
from nodepath_cli.schema.revisions import script_directory

Gate = Callable[[Plan], None]
"""Is asked once the plan is known and the lock is held, before the first statement; raises a NodepathError to stop."""


class Hooks(Struct, frozen=True):
    """What else is done during an upgrade, and who hears of it."""

    gates: tuple[Gate, ...] = ()
    """Asked in turn, only where something is pending; the place for a check of the code against what is to come."""
    preflight: Callable[[Preflight], None] | None = None
    """Hears what is to come, with the tables' sizes, before the gates; only where something is pending."""
    progress: Callable[[int, int], None] | None = None
    """Hears how many of the planned revisions are done, and how many there are."""
    told: Callable[[str], None] | None = None
    """Hears, in one line, what takes long: a resumed revision, a retry."""


class _Run(Struct, frozen=True):
    """An upgrade or downgrade."""

    url: DatabaseUrl
    migrations: Path | None
    lock_seconds: float
    waits: Waits
    hooks: Hooks = field(default_factory=Hooks)


def upgrade(
    url: DatabaseUrl | str,
    revision: str = "head",
    migrations: Path | None = None,
    lock_seconds: float = LOCK_SECONDS,
    waits: Waits | None = None,
    hooks: Hooks | None = None,
) -> Move:
    """Bring a database to a revision. A SQLite file is created where it is not there.

    `migrations` is a versions folder whose revisions follow the bundled ones; `lock_seconds` is how long another
    upgrade of the same database is waited for, `waits` how a DDL statement waits for its table. A revision that an
    earlier run has left half applied is gone on with. Raises Refused where owned tables are there without a stamp, or
    where the database is ahead of the revisions; Interrupted where a half-applied revision cannot be gone on with;
    Busy; UsageError for a revision that does not exist; else a DatabaseError.
    """
    run = _Run(target(url), migrations, lock_seconds, waits or Waits(), hooks or Hooks())
    return _move(run, revision, up=True)


def downgrade(
    url: DatabaseUrl | str,
    revision: str,
    migrations: Path | None = None,
    lock_seconds: float = LOCK_SECONDS,
    waits: Waits | None = None,
    hooks: Hooks | None = None,
) -> Move:
    """Take a database back to a revision (`base`, `-1`, an id). Tables that a revision created are dropped with
    their rows. Raises as `upgrade` does."""
    run = _Run(target(url), migrations, lock_seconds, waits or Waits(), hooks or Hooks())
    return _move(run, revision, up=False)


def stamp(
    url: DatabaseUrl | str, revision: str, migrations: Path | None = None, lock_seconds: float = LOCK_SECONDS
) -> Move:
    """Write a revision into the version table and run nothing. What was half applied is taken for settled.

    Raises as `upgrade` does.
    """
    from alembic import command

    url = target(url)
    script = script_directory(migrations)
    with opened(url, "create") as connection, one_at_a_time(connection, url, lock_seconds):
        before = where(connection, script)
        forget(connection, script)
        settle(connection, url)
        run_alembic(lambda config: command.stamp(config, revision), connection, migrations)
        # What the ledger has of revisions that the new stamp is below would make them look half applied.
        forget(connection, script)
        after = where(connection, script)
        settle(connection, url)
    return Move(before.current, after.current, after.head, ())


def _move(run: _Run, revision: str, *, up: bool) -> Move:
    script = script_directory(run.migrations)
    url = run.url
    with opened(url, "create" if up else "write") as connection, one_at_a_time(connection, url, run.lock_seconds):
        before = where(connection, script)
        refuse_ahead(before)
        refuse_other_direction(connection, script, "up" if up else "down")
        if up:
            refuse_unadopted(connection)
        plan = make_plan(before, revision, script, up=up)
        if plan.steps:
            if run.hooks.preflight is not None:
                run.hooks.preflight(make_preflight(plan, before.head, script, connection))
            for gate in run.hooks.gates:
                gate(plan)
        settle(connection, url)
        with recording(connection, url, run.waits) as recorder:
            recorder.told = run.hooks.told or recorder.told
            step = moving(script, revision, up=up)
            applied = run_alembic(step, connection, run.migrations, recorder, _counted(run.hooks, len(plan.steps)))
        after = where(connection, script)
        settle(connection, url)
    return Move(before.current, after.current, after.head, applied)


def _counted(hooks: Hooks, total: int) -> Callable[[str], None]:
    done = 0

    def count(_: str) -> None:
        nonlocal done
        done += 1
        if hooks.progress is not None:
            hooks.progress(done, total)

    return count


def refuse_ahead(before: Current) -> None:
    """Stop where the database is at a revision that is not among these. Raises Refused."""
    if before.state == "ahead":
        raise Refused(
            f"the database is at revision {before.current}, which this nodepath does not have",
            "install the version that has it, or give its folder with --migrations",
        )
