"""One migration of a database at a time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Busy

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOCK_SECONDS = 60.0
"""How long another migration is waited for, where nothing else is said."""


@contextlib.contextmanager
def one_at_a_time(connection: Connection, url: DatabaseUrl, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Hold the lock of a database while the block runs.

    On a server it is a named lock, which goes with the connection however the process ends. It is local to one server:
    on a Galera cluster, migrations have to go through one node. On SQLite it is the write transaction, so that what the
    block does is done as a whole or not at all. Raises Busy where another process has it for longer than `seconds`.
    """
    if url.dialect == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
        connection.rollback()
        with connection.begin():
            yield
        return
    name = lock_name(url.database or "")
    _acquire(connection, url, name, seconds)
    try:
        yield
    finally:
        # The connection may be what has just broken; the lock is gone with it.
        with contextlib.suppress(Exception):
            _ask(connection, "SELECT RELEASE_LOCK(:name)", name=name)


def settle(connection: Connection, url: DatabaseUrl) -> None:
    """End the transaction that reading has begun, as Alembic begins its own. On SQLite it is the lock, and stays."""
    if url.dialect != "sqlite":
        connection.rollback()


def lock_name(database: str) -> str:
    """Return the name of the server's lock for a database: names are shared by the whole server, and have at most 64
    characters (MySQL manual, "Locking Functions")."""
    return "nodepath_" + hashlib.sha256(database.encode()).hexdigest()[:40]


def _acquire(connection: Connection, url: DatabaseUrl, name: str, seconds: float) -> None:
    if _ask(connection, "SELECT GET_LOCK(:name, :seconds)", name=name, seconds=seconds) != 1:
        raise Busy(
            f"another process has been migrating '{url.database}' for {seconds:g} s",
            "wait for it to end, or raise --lock-timeout",
        )


def _ask(connection: Connection, query: str, **values: object) -> object:
    from sqlalchemy import text

    answer = connection.execute(text(query), values).scalar()
    connection.rollback()
    return answer
