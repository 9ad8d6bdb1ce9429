"""One connection, the statements that run on it, and what their errors mean."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from nodepath_cli.errors import Unreachable
from nodepath_cli.locks.statements import quoted, statement
from nodepath_cli.schema.connection import UNREACHABLE, driver_error

Server = Literal["mysql", "mariadb", "sqlite"]
Trouble = Literal["duplicate", "undone", "wait", "lost"]
"""What a failed statement means: the key is there; it was undone for another's sake and can be tried at once; it has
waited for another as long as it may; the connection is gone, and nobody knows what became of the statement."""

DUPLICATE = frozenset({1062, 1586})
UNDONE = frozenset({1020, 1213, 1412})
WAIT = frozenset({1205, 1317, 1969, 3024, 3572})
LOST = UNREACHABLE | {0, 1927, 4031}
"""Error numbers of the servers ("Server Error Message Reference", "MariaDB Error Codes"): 1020, 1213 and 1412 undo the
statement, 1205 and 3572 are a lock that was not had in time, 1317, 1969 and 3024 a statement that was stopped, 1927 and
4031 a connection that was ended. 0 is PyMySQL's for a connection that is closed already."""


class Session(Struct):
    """One connection."""

    raw: Any
    """The driver's connection."""
    server: Server
    version: tuple[int, ...]
    close: Callable[[], object]
    private: bool = True
    """Nobody else uses it, so that it may be kept."""
    _cursor: Any = None
    """What `run` uses again and again."""
    _within: bool = False
    """A transaction of this class is going on."""
    _texts: dict[tuple[str, ...], str] = field(default_factory=dict)
    """What `run` has run, by name and parts."""

    def run(self, name: str, values: Mapping[str, object], **parts: str) -> int:
        """Run a statement that changes rows and return how many. Raises the driver's errors."""
        key = (name, *parts.values())
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = self.sql(name, **parts)
        cursor = self._cursor
        if cursor is None:
            cursor = self._cursor = self.raw.cursor()
        cursor.execute(text, values)
        count = int(cursor.rowcount)
        if self.server == "sqlite" and not self.private and not self._within:
            # Where the connection is not ours alone, the driver has begun a transaction.
            self.raw.commit()
        return count

    def rows(self, name: str, values: Mapping[str, object] | None = None, **parts: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows. Raises the driver's errors."""
        cursor = self.raw.cursor()
        try:
            cursor.execute(self.sql(name, **parts), values or {})
            return list(cursor.fetchall())
        finally:
            cursor.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the statements of the block one whole. Raises the driver's errors."""
        self._only("begin")
        self._within = True
        try:
            yield
        except BaseException:
            # The connection may be what has failed.
            with contextlib.suppress(Exception):
                self._only("rollback")
            raise
        finally:
            self._within = False
        self._only("commit")

    def _only(self, name: str) -> None:
        cursor = self.raw.cursor()
        cursor.execute(self.sql(name))
        cursor.close()

    def stream(self, name: str, values: Mapping[str, object], **parts: str) -> Iterator[tuple[Any, ...]]:
        """Run a query and yield its rows as the server sends them. Raises the driver's errors.

        Where a driver has no cursor for that, the rows are held.
        """
        cursor = self._streaming_cursor()
        try:
            cursor.execute(self.sql(name, **parts), values)
            while rows := cursor.fetchmany(1000):
                yield from rows
        finally:
            cursor.close()

    def _streaming_cursor(self) -> Any:
        if type(self.raw).__module__.startswith("pymysql."):
            from pymysql.cursors import SSCursor

            return self.raw.cursor(SSCursor)
        return self.raw.cursor()

    def quoted(self, name: str) -> str:
        """Return a name in back quotes for this server."""
        return quoted(name) if self.server != "sqlite" else quoted(name).replace("%%", "%")

    def sql(self, name: str, **parts: str) -> str:
        """Return the text of a statement for this server. Parts go in for the names in braces."""
        text = statement(name, self.server, self.version)
        for part, value in parts.items():
            text = text.replace("{" + part + "}", value)
        return text


def trouble(error: BaseException) -> Trouble | None:
    """Say what a failed statement means for the protocol, None for an error that trying again does not mend."""
    if isinstance(error, Unreachable):
        return "lost"
    found = driver_error(error)
    if isinstance(found, sqlite3.Error):
        code = getattr(found, "sqlite_errorcode", 0)
        if code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY):
            return "duplicate"
        return "wait" if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    if found is None:
        # A driver other than PyMySQL, asked without SQLAlchemy in between.
        found = error if isinstance(error, Exception) else None
    number = getattr(found, "errno", None) or next(iter(getattr(found, "args", ())), None)
    if isinstance(found, OSError) or not isinstance(number, int):
        return "lost" if isinstance(found, OSError) else None
    kinds: tuple[tuple[Trouble, frozenset[int]], ...] = (
        ("duplicate", DUPLICATE),
        ("undone", UNDONE),
        ("wait", WAIT),
        ("lost", LOST),
    )
    return next((kind for kind, numbers in kinds if number in numbers), None)
