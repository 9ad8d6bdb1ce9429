"""Upgrade, downgrade and adopt: what changes a database, one process at a time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import DatabaseError, NodepathError, Refused, UsageError
from nodepath_cli.migrate.environment import CONNECTION, ON_APPLY
from nodepath_cli.migrate.guard import refuse_unadopted
from nodepath_cli.migrate.lock import LOCK_SECONDS, one_at_a_time, settle
from nodepath_cli.migrate.records import Adoption, Current, Move
from nodepath_cli.migrate.shapes import FIRST, shapes
from nodepath_cli.migrate.state import target, where
from nodepath_cli.schema.connection import Mode, connect, driver_error, one_line_errors
from nodepath_cli.schema.revisions import alembic_config, script_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from sqlalchemy import Connection

TABLE_EXISTS = 1050


def upgrade(
    url: DatabaseUrl | str, revision: str = "head", migrations: Path | None = None, lock_seconds: float = LOCK_SECONDS
) -> Move:
    """Bring a database to a revision. A SQLite file is created where it is not there.

    `migrations` is a versions folder whose revisions follow the bundled ones; `lock_seconds` is how long another
    upgrade of the same database is waited for. Raises Refused where owned tables are there without a stamp, or where
    the database is ahead of the revisions; Busy; UsageError for a revision that does not exist; else a DatabaseError.
    """
    from alembic import command

    return _move(target(url), migrations, lock_seconds, lambda config: command.upgrade(config, revision), up=True)


def downgrade(
    url: DatabaseUrl | str, revision: str, migrations: Path | None = None, lock_seconds: float = LOCK_SECONDS
) -> Move:
    """Take a database back to a revision (`base`, `-1`, an id). Tables that a revision created are dropped with
    their rows. Raises as `upgrade` does."""
    from alembic import command

    return _move(target(url), migrations, lock_seconds, lambda config: command.downgrade(config, revision), up=False)


def adopt(url: DatabaseUrl | str, migrations: Path | None = None, lock_seconds: float = LOCK_SECONDS) -> Adoption:
    """Stamp a database whose owned tables are there in production's exact shape; nothing else is written.

    Where they are not in that shape the answer is `refused`, with the differences, and nothing is written. Raises Busy
    or another DatabaseError.
    """
    from alembic import command

    url = target(url)
    with _session(url, "write") as connection, one_at_a_time(connection, url, lock_seconds):
        before = where(connection, script_directory(migrations))
        tables = shapes(url, connection)
        settle(connection, url)
        if before.current is not None:
            return Adoption("already", before.current, tables)
        if any(item.shape != "production" for item in tables):
            return Adoption("refused", None, tables)
        _alembic(lambda config: command.stamp(config, FIRST), connection, migrations)
        return Adoption("stamped", FIRST, tables)


def _move(
    url: DatabaseUrl, migrations: Path | None, lock_seconds: float, step: Callable[[Config], None], *, up: bool
) -> Move:
    script = script_directory(migrations)
    with _session(url, "create" if up else "write") as connection, one_at_a_time(connection, url, lock_seconds):
        before = where(connection, script)
        if up:
            refuse_unadopted(connection)
        _refuse_ahead(before)
        settle(connection, url)
        applied = _alembic(step, connection, migrations)
        after = where(connection, script)
        settle(connection, url)
    return Move(before.current, after.current, after.head, applied)


def _refuse_ahead(before: Current) -> None:
    if before.state == "ahead":
        raise Refused(
            f"the database is at revision {before.current}, which this nodepath does not have",
            "install the version that has it, or give its folder with --migrations",
        )


@contextlib.contextmanager
def _session(url: DatabaseUrl, mode: Mode) -> Iterator[Connection]:
    with one_line_errors(url), connect(url, mode).connect() as connection:
        yield connection


def _alembic(step: Callable[[Config], None], connection: Connection, migrations: Path | None) -> tuple[str, ...]:
    """Run one of Alembic's commands over a connection and return the revisions that it applied or took back."""
    from alembic.util import CommandError

    applied: list[str] = []

    def note(*, step: Any, **_: object) -> None:
        if not step.is_stamp:
            applied.append(str(step.up_revision_id))

    config = alembic_config(migrations)
    config.attributes |= {CONNECTION: connection, ON_APPLY: note}
    try:
        # A revision that prints must not write into the JSON document.
        with contextlib.redirect_stdout(sys.stderr):
            step(config)
    except CommandError as error:
        text = " ".join(str(error).split())[:200]
        raise UsageError(text, "see nodepath db history for the revisions") from error
    except NodepathError:
        raise
    except Exception as error:
        told = _failed(error, tuple(applied))
        if told is None:
            raise
        raise told from error
    return tuple(applied)


def _failed(error: Exception, applied: tuple[str, ...]) -> NodepathError | None:
    """Return what a failed migration is to be told as; None for a server's answer that speaks for itself."""
    found = driver_error(error)
    if found is None:
        name = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        done = f" after {', '.join(applied)}" if applied else ""
        return DatabaseError(f"the migration failed{done} ({name})", "correct the revision, then run db upgrade again")
    if found.args and found.args[0] == TABLE_EXISTS:
        return Refused(
            f"a table that the revision creates is there already ({found.args[-1]})",
            "compare with nodepath db status, then adopt the table or move it away",
        )
    return None
