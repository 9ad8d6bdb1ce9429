"""A run as a script (`--sql`) or as a plan (`--dry-run`): nothing is written."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import DatabaseError, UsageError
from nodepath_cli.migrate.environment import OFFLINE
from nodepath_cli.migrate.guard import refuse_unadopted
from nodepath_cli.migrate.plan import make_plan
from nodepath_cli.migrate.preflight import Preflight, make_preflight
from nodepath_cli.migrate.records import Current
from nodepath_cli.migrate.runner import refuse_ahead
from nodepath_cli.migrate.session import opened
from nodepath_cli.migrate.state import target, where
from nodepath_cli.migrate.unfinished import refuse_other_direction
from nodepath_cli.schema.revisions import Family, alembic_config, script_directory


def dry_run(
    url: DatabaseUrl | str, revision: str = "head", migrations: Path | None = None, *, up: bool = True
) -> Preflight:
    """Return what an upgrade (or downgrade) would do to a database, read-only.

    Raises what the run itself would raise before its first statement, but waits for no lock.
    """
    url = target(url)
    script = script_directory(migrations)
    if url.dialect == "sqlite" and up and (url.database == ":memory:" or not Path(url.database or "").exists()):
        here = Current(None, ",".join(sorted(script.get_heads())), "empty")
        return make_preflight(make_plan(here, revision, script, up=up), here.head, script, None)
    with opened(url, "read") as connection:
        here = where(connection, script)
        refuse_ahead(here)
        refuse_other_direction(connection, script, "up" if up else "down")
        if up:
            refuse_unadopted(connection)
        return make_preflight(make_plan(here, revision, script, up=up), here.head, script, connection)


def script_text(revision: str, migrations: Path | None, dialect: Family, *, up: bool = True) -> str:
    """Return the SQL of a run without a database. `revision` may be a range, `FROM:TO`; an upgrade begins at base
    without one.

    Raises UsageError for a revision that does not exist, DatabaseError for one that needs a database.
    """
    from alembic import command
    from alembic.util import CommandError

    if ":" not in revision and not up:
        raise UsageError("a downgrade as a script needs to know where it begins", "give FROM:TO, as in 0002:0001")
    wanted = revision if ":" in revision else f"base:{revision}"
    config = alembic_config(migrations)
    written = io.StringIO()
    config.output_buffer = written
    config.attributes |= {OFFLINE: dialect}
    try:
        with contextlib.redirect_stdout(sys.stderr):
            (command.upgrade if up else command.downgrade)(config, wanted, sql=True)
    except CommandError as error:
        raise UsageError(" ".join(str(error).split())[:200], "see nodepath db history for the revisions") from error
    except Exception as error:
        name = f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"
        raise DatabaseError(
            f"a revision cannot be written down without a database ({name})", "run nodepath db upgrade --dry-run"
        ) from error
    return written.getvalue()
