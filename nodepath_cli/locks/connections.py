"""Connections that the lock statements run on: private ones, in autocommit, with a bounded wait for other transactions.

They are taken from an engine once and kept, since a pool sends a ROLLBACK whenever a connection comes back, which costs
a fifth of an acquire and release (measured on MariaDB 10.11). Nothing that is set on them leaks into the engine's pool.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import NoDatabase, NodepathError, UsageError
from nodepath_cli.locks.session import Server, Session, trouble
from nodepath_cli.locks.statements import statement
from nodepath_cli.schema.connection import driver_error, open_mysql, open_sqlite, translated

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from nodepath_cli.locks.clock import Sample

T = TypeVar("T")
_IDLE = 4
"""How many connections are kept for an engine."""
_process = 0
"""Another number in each child of fork. Asking the system for the process's own each time is a call to the kernel."""


def _forked() -> None:
    global _process
    _process += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


class Connections:
    """The private connections to one database."""

    def __init__(self, open_one: Callable[[], tuple[Any, Callable[[], object], bool]], url: DatabaseUrl) -> None:
        """`open_one` returns a connection of the driver, how it is closed, and whether it is ours alone."""
        self._open = open_one
        self.url = url
        self._shared: list[Session] = []
        self._local = threading.local()
        self._lite = url.dialect == "sqlite"
        self._process = _process
        self.memo: dict[str, Any] = {}
        """What was found out about the database, by name."""
        self.with_key: set[str] = set()
        """The tables that were seen to have the unique key without which they are no lock tables."""
        self.clock: Sample | None = None
        """The last reading of the server's clock."""

    def do(self, work: Callable[[Session], T]) -> T:
        """Do something on a connection. One that has failed within is not used again. Raises as the driver does."""
        idle = self._idle()
        try:
            session = idle.pop()
        except IndexError:
            session = self._opened()
        try:
            done = work(session)
        except BaseException as error:
            self._put_away(session, error)
            raise
        if session.private and len(idle) < _IDLE:
            idle.append(session)
        else:
            session.close()
        return done

    @contextlib.contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a connection, as `do` does."""
        session = self._idle_one() or self._opened()
        try:
            yield session
        except BaseException as error:
            self._put_away(session, error)
            raise
        self._keep(session)

    def _put_away(self, session: Session, error: BaseException) -> None:
        if trouble(error) in ("duplicate", "undone", "wait"):
            self._keep(session)
        else:
            with contextlib.suppress(Exception):
                session.close()

    def close(self) -> None:
        """Close what is not lent out."""
        while (session := self._idle_one()) is not None:
            with contextlib.suppress(Exception):
                session.close()

    def failed(self, error: BaseException) -> NodepathError | None:
        """Return a driver's error as one that a user can act on, None for an error of another kind."""
        if isinstance(error, NodepathError):
            return error
        found = driver_error(error)
        return None if found is None else translated(found, self.url)

    def _idle(self) -> list[Session]:
        if self._process != _process:
            # A child of fork: the parent goes on using its connections.
            self._shared, self._local, self._process = [], threading.local(), _process
        if not self._lite:
            return self._shared
        found: list[Session] = self._local.__dict__.setdefault("idle", [])
        return found

    def _idle_one(self) -> Session | None:
        idle = self._idle()
        try:
            return idle.pop()
        except IndexError:
            return None

    def _keep(self, session: Session) -> None:
        idle = self._idle()
        if session.private and len(idle) < _IDLE:
            idle.append(session)
        else:
            session.close()

    def _opened(self) -> Session:
        raw, close, private = self._open()
        if isinstance(raw, sqlite3.Connection) or self.url.dialect == "sqlite":
            if private:
                raw.isolation_level = None
                raw.execute("PRAGMA busy_timeout = 1000")
            return Session(raw, "sqlite", (), close, private)
        try:
            raw.autocommit(True) if callable(getattr(raw, "autocommit", None)) else setattr(raw, "autocommit", True)
            cursor = raw.cursor()
            cursor.execute(statement("session", "mysql"))
            if "server" not in self.memo:
                cursor.execute("SELECT VERSION()")
                self.memo["server"] = _server(str(cursor.fetchone()[0]))
            cursor.close()
        except BaseException:
            with contextlib.suppress(Exception):
                close()
            raise
        server, version = self.memo["server"]
        return Session(raw, server, version, close)


def _server(text: str) -> tuple[Server, tuple[int, ...]]:
    numbers = re.match(r"(?:5\.5\.5-)?(\d+)\.(\d+)(?:\.(\d+))?", text)
    version = tuple(int(part) for part in numbers.groups() if part is not None) if numbers else ()
    return ("mariadb" if "mariadb" in text.lower() else "mysql"), version


_OF_ENGINES: WeakKeyDictionary[Engine, Connections] = WeakKeyDictionary()
_ENGINES_MUTEX = threading.Lock()


def of_engine(engine: Engine) -> Connections:
    """Return the private connections that belong to an engine; the same ones for the same engine.

    Raises UsageError for an engine of another database than MySQL, MariaDB or SQLite.
    """
    found = _OF_ENGINES.get(engine)
    if found is not None:
        return found
    with _ENGINES_MUTEX:
        found = _OF_ENGINES.get(engine)
        if found is None:
            found = _OF_ENGINES[engine] = Connections(_from_engine(engine), _url(engine))
        return found


def _from_engine(engine: Engine) -> Callable[[], tuple[Any, Callable[[], object], bool]]:
    import weakref

    behind = weakref.ref(engine)

    def open_one() -> tuple[Any, Callable[[], object], bool]:
        from sqlalchemy.pool import SingletonThreadPool, StaticPool

        engine = behind()
        assert engine is not None
        lent = engine.raw_connection()
        if isinstance(engine.pool, (StaticPool, SingletonThreadPool)):
            # A database in memory is this one connection.
            return lent.dbapi_connection, lent.close, False
        lent.detach()
        return lent.dbapi_connection, lent.close, True

    return open_one


def _url(engine: Engine) -> DatabaseUrl:
    url = engine.url
    if engine.dialect.name not in ("mysql", "mariadb", "sqlite"):
        raise UsageError(f"there are no session locks on {engine.dialect.name}", "use MySQL, MariaDB or SQLite")
    sqlite = engine.dialect.name == "sqlite"
    dialect: Server = "sqlite" if sqlite else "mariadb" if engine.dialect.name == "mariadb" else "mysql"
    masked = url.render_as_string(hide_password=True)
    database = (url.database or ":memory:") if sqlite else url.database
    return DatabaseUrl(dialect, database, masked, url.host, url.port or 3306, user=url.username)


def of_url(url: DatabaseUrl) -> Connections:
    """Return connections to a database by its URL, without SQLAlchemy. A SQLite file has to be there.

    Raises NoDatabase where the URL names none.
    """
    if url.dialect != "sqlite" and not url.database:
        raise NoDatabase("the database URL names no database", "add /DATABASE to the URL")

    def open_one() -> tuple[Any, Callable[[], object], bool]:
        raw = open_sqlite(url, "write") if url.dialect == "sqlite" else open_mysql(url)
        return raw, raw.close, True

    return Connections(open_one, url)
