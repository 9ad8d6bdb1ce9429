"""One of Alembic's commands, run over a connection of ours, and what it raises told in one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import DatabaseError, NodepathError, Refused, UsageError
from nodepath_cli.migrate.environment import CONNECTION, ON_APPLY, RECORDER
from nodepath_cli.schema.connection import Mode, connect, driver_error, one_line_errors
from nodepath_cli.schema.revisions import alembic_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

    from nodepath_cli.migrate.recorder import Recorder

TABLE_EXISTS = 1050


@contextlib.contextmanager
def opened(url: DatabaseUrl, mode: Mode) -> Iterator[Connection]:
    """Give a connection for the block; what the driver raises inside becomes a DatabaseError."""
    with one_line_errors(url), connect(url, mode).connect() as connection:
        yield connection


def moving(script: ScriptDirectory, revision: str, *, up: bool) -> Callable[[Config], object]:
    """Return what `alembic.command.upgrade` or `downgrade` does, over revisions that are read already: reading 200
    files once more took a tenth of a run (measured)."""

    def step(config: Config) -> None:
        from alembic.runtime.environment import EnvironmentContext

        def plan(heads: Any, _: Any) -> Any:
            return script._upgrade_revs(revision, heads) if up else script._downgrade_revs(revision, heads)

        with EnvironmentContext(config, script, fn=plan, destination_rev=revision):
            script.run_env()

    return step


def run_alembic(
    step: Callable[[Config], object],
    connection: Connection,
    migrations: Path | None,
    recorder: Recorder | None = None,
    told: Callable[[str], None] | None = None,
) -> tuple[str, ...]:
    """Run one of Alembic's commands over a connection and return the revisions that it applied or took back.

    `told` hears of each as it is done. Raises UsageError for a revision that does not exist, Refused where a table is
    in the way, DatabaseError for a revision that fails, and what the recorder raises.
    """
    from alembic.util import CommandError

    applied: list[str] = []

    def note(*, step: Any, **_: object) -> None:
        if not step.is_stamp:
            applied.append(str(step.up_revision_id))
            if told is not None:
                told(applied[-1])

    config = alembic_config(migrations)
    config.attributes |= {CONNECTION: connection, ON_APPLY: note, RECORDER: recorder}
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
        told_as = _failed(error, tuple(applied))
        if told_as is None:
            raise
        raise told_as from error
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
