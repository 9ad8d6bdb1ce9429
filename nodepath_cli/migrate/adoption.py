"""Adopting tables that are there already: production's exact shape is stamped, any other is refused."""

from __future__ import annotations

from pathlib import Path

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.migrate.guard import FIRST
from nodepath_cli.migrate.lock import LOCK_SECONDS, one_at_a_time, settle
from nodepath_cli.migrate.records import Adoption
from nodepath_cli.migrate.session import opened, run_alembic
from nodepath_cli.migrate.shapes import shapes
from nodepath_cli.migrate.state import target, where
from nodepath_cli.schema.revisions import script_directory


def adopt(url: DatabaseUrl | str, migrations: Path | None = None, lock_seconds: float = LOCK_SECONDS) -> Adoption:
    """Stamp a database whose owned tables are there in production's exact shape; nothing else is written.

    Where they are not in that shape the answer is `refused`, with the differences, and nothing is written. Raises Busy
    or another DatabaseError.
    """
    from alembic import command

    url = target(url)
    with opened(url, "write") as connection, one_at_a_time(connection, url, lock_seconds):
        before = where(connection, script_directory(migrations))
        tables = shapes(url, connection)
        settle(connection, url)
        if before.current is not None:
            return Adoption("already", before.current, tables)
        if any(item.shape != "production" for item in tables):
            return Adoption("refused", None, tables)
        run_alembic(lambda config: command.stamp(config, FIRST), connection, migrations)
        return Adoption("stamped", FIRST, tables)
