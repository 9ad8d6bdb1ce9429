"""Every statement that a revision sends, recorded in the ledger, and left out where it has run already.

It is hung in (`listening.py`) below Alembic and SQLAlchemy's Core and ORM, where a statement goes to the driver, so a
revision needs nothing of it. What a revision sends past the connection that Alembic gave it (a second engine, the
driver's own cursor) is not seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nodepath_cli.config import Dialect
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Interrupted
from nodepath_cli.migrate.blockers import too_long
from nodepath_cli.migrate.dynamic import Prepared
from nodepath_cli.migrate.ledger import LEDGER_TABLE, Direction, Entry, Ledger, now
from nodepath_cli.migrate.matching import CannotResume, Remaining
from nodepath_cli.migrate.resume import Trust, resumed
from nodepath_cli.migrate.statements import Sent, is_temporary, sent, target_of
from nodepath_cli.migrate.waits import Waits, waited_too_long
from nodepath_cli.migrate.witness import table_key, text, witness
from nodepath_cli.schema.revisions import VERSION_TABLE
from nodepath_cli.sql.plain_ddl import plain_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

TABLE_EXISTS = 1050
Told = Callable[[str], None]
"""Hears, in one line, what a long run is doing."""


class Recorder:
    """Records what the revisions of one run send over one connection."""

    def __init__(
        self, connection: Connection, url: DatabaseUrl, waits: Waits | None = None, trust: Trust | None = None
    ) -> None:
        """Record over this connection. `trust` is what `db repair` was told of a step that cannot be judged."""
        self.ledger = Ledger(connection)
        self.told: Told = lambda _: None
        self._connection = connection
        self._url = url
        self._waits = waits or Waits()
        self._trust = trust
        self._lite = url.dialect == "sqlite"
        self._dialect = Dialect("sqlite" if self._lite else "mysql", ())
        self._passes: dict[str, Direction] = {}
        self._revision = ""
        self._direction: Direction = "up"
        self._file_hash = ""
        self._number = 0
        self._remaining = Remaining((), edited=False)
        self._open = False
        self._stale = False
        self._pending: list[Entry] = []
        self._closing: Entry | None = None
        """A DDL statement that has run, whose row does not say so yet. Nothing else is in the open transaction then."""
        self._carried: Entry | None = None
        """The last DDL statement of a revision that is stamped. Its row is closed with the next one that is written:
        the stamp says already that it has run."""
        self._refused: list[Entry] = []
        self._prepared = Prepared(self.ledger)
        self._temporary: set[str] = set()

    @property
    def listens(self) -> bool:
        """A revision is running: Alembic's own statements before and after it are not recorded."""
        return self._open

    def begin_session(self) -> None:
        """Set up the connection to a server."""
        self._dialect = _server(self._connection)
        self._waits.begin(self.ledger)

    def begin_run(self) -> None:
        """Have the ledger ready before the first revision."""
        self.ledger.create()
        self._passes = self.ledger.passes()

    def begin(self, revision: str, direction: Direction, file_hash: str = "") -> None:
        """Take up a revision, from where it was left. Raises Interrupted where that cannot be told."""
        self._revision, self._direction, self._file_hash = revision, direction, file_hash
        recorded = self._passes.get(revision)
        self._stale = recorded is not None and recorded != direction
        steps: tuple[Entry, ...] = ()
        if recorded == direction:
            steps = resumed(self.ledger, self._url, self.ledger.entries(revision), self._trust)
            have = "step has" if len(steps) == 1 else "steps have"
            self.told(f"{revision}: {len(steps)} {have} run before")
        edited = any(step.file_hash != file_hash for step in steps)
        self._remaining = Remaining(steps, edited=edited)
        self._number = max((step.step for step in steps), default=0)
        self._open = True

    def end(self) -> None:
        """Close the revision. Its last rows are committed with its stamp."""
        self._open = False
        if self._stale:
            self.ledger.remove(self._revision)
            self._stale = False
        if self._pending:
            # A part of the stamp's transaction.
            self.flush()
        self._settle_caught()
        try:
            self._remaining.finish()
        except CannotResume as error:
            raise self._cannot(error) from None
        self._carried, self._closing = self._closing or self._carried, None

    def end_run(self) -> None:
        """Close what the last revision has left open."""
        self._closing, self._carried = self._carried, None
        self._settle()

    def close(self) -> None:
        """Record nothing more, as the revision has failed."""
        self._open = False
        # The connection may be what has broken.
        with contextlib.suppress(Exception):
            self._settle()
            self.end_run()

    def _settle(self) -> None:
        """Let another connection see that the last DDL statement has run."""
        if self._closing is not None:
            self.ledger.done(self._closing)
            self._closing = None
            self.ledger.commit()

    def drop(self) -> None:
        """Forget the rows that are not written: what they stand for is rolled back."""
        self._pending.clear()

    def _settle_caught(self) -> None:
        """Close the rows of statements whose error the revision has caught itself: it has ended well."""
        for entry in self._refused:
            self.ledger.done(entry)
        self._refused.clear()

    def take(self, statement: Sent, cursor: Any, context: Any, run: Callable[[], None]) -> bool:
        """Take over a statement that is on its way to the driver; False leaves it to SQLAlchemy."""
        if not self._open or context.root_connection is not self._connection:
            return False
        if statement.kind in ("prepare", "execute"):
            inner = self._prepared.text(statement)
            if inner is None and statement.kind == "prepare":
                return False
            statement = sent(inner) if inner is not None else sent(f"CALL {statement.head}")
        if self._is_plain(statement):
            return False
        if statement.kind == "lock" and not self._lite:
            cursor.execute(f"{statement.text}, {LEDGER_TABLE} WRITE, {VERSION_TABLE} WRITE")
            return True
        known = self._taken(statement)
        if known is not None:
            self._pretend(known, cursor, context)
        elif statement.kind == "data" or self._lite:
            self._data(statement, cursor, context, run)
        else:
            self._ddl(statement, run)
        return True

    def _is_plain(self, statement: Sent) -> bool:
        """Say whether a statement is no step. Rows that are not written yet share the fate of the transaction."""
        if statement.kind == "session" and is_temporary(statement.text):
            self._temporary.update(name.lower() for name in _temporary_names(statement.text))
        if statement.kind in ("commit", "savepoint"):
            self.flush()
        elif statement.kind == "rollback":
            self.drop()
        return statement.kind in ("session", "commit", "rollback", "savepoint") or (
            statement.kind == "data" and target_of(statement.head) in self._temporary
        )

    def _taken(self, statement: Sent) -> Entry | None:
        try:
            return self._remaining.take(statement)
        except CannotResume as error:
            raise self._cannot(error) from None

    def _pretend(self, known: Entry, cursor: Any, context: Any) -> None:
        """Let a statement that has run already look as it did then."""
        if known.affected is not None:
            cursor.rowcount = known.affected
            if context.executemany:
                context._rowcount = known.affected
        if known.last_id is not None:
            cursor.lastrowid = known.last_id

    def _data(self, statement: Sent, cursor: Any, context: Any, run: Callable[[], None]) -> None:
        self._settle()
        alone = not self._lite and self._driver().get_autocommit()
        if alone:
            # Inside Alembic's autocommit_block. The row must not be without the statement, nor the other way round.
            self.ledger.send("START TRANSACTION")
        run()
        kind = "ddl" if statement.kind in ("ddl", "call") else "data"
        affected = cursor.rowcount if cursor.rowcount is not None and cursor.rowcount >= 0 else None
        entry = self._entry(
            statement,
            "done",
            kind=kind,
            affected=getattr(context, "_rowcount", affected) if context.executemany else affected,
            last_id=getattr(cursor, "lastrowid", None) or None,
        )
        self._pending.append(entry)
        if alone:
            self.flush()
            self.ledger.commit()

    def _ddl(self, statement: Sent, run: Callable[[], None]) -> None:
        started: list[Entry] = []

        def attempt() -> None:
            if not started:
                started.append(self._start(statement))
            run()

        try:
            if statement.kind == "call":
                attempt()
            else:
                self._waits.attempt(attempt, lambda number, pause: self._waiting(statement, number, pause))
        except Exception as error:
            if started:
                self._failed(started[0], error)
            if waited_too_long(error) and statement.kind == "ddl":
                raise too_long(self.ledger, statement, self._waits) from error
            raise
        self._closing = started[0]
        if statement.kind == "call":
            # What it has done may be a part of the open transaction.
            self.ledger.done(started[0])
            self._closing = None

    def _failed(self, entry: Entry, error: Exception) -> None:
        """Take back the row of a statement that the server has refused, where nothing is different for it.

        Where the connection is gone, or the statement has done a part of its work, the row stays as it is.
        """
        with contextlib.suppress(Exception):
            self._settle()
            before = entry.before or {}
            unchanged = bool(before) and (
                (error.args[:1] == (TABLE_EXISTS,) and list(before.values()) == [None])
                or all(text(self.ledger, name) == found for name, found in before.items())
            )
            if unchanged or sent(entry.statement).repeatable:
                self.ledger.remove(self._revision, (entry.step,))
                self.ledger.commit()
                return
        self._refused.append(entry)

    def _start(self, statement: Sent) -> Entry:
        """Write a statement's row before it runs. The statement commits the row: it commits before it runs."""
        before = self._before(statement) if statement.kind == "ddl" else None
        entry = self._entry(statement, "started", kind="ddl", before=before)
        # One statement closes the row before and opens this one.
        self._pending.append(entry)
        self.flush()
        return entry

    def _before(self, statement: Sent) -> dict[str, str | None] | None:
        """Return what a statement touches, as it is before it; None where that cannot be told."""
        plain = plain_table(statement.text)
        if plain is not None:
            name = table_key(plain.name)
            # The server refuses to make a table that is there.
            return {name: None if plain.made else text(self.ledger, name)}
        from nodepath_cli.sql.ddl_objects import touched

        found = touched(statement.text, self._dialect)
        return witness(self.ledger, found.objects) if found.objects else None

    def _entry(self, statement: Sent, state: Any, *, kind: Any, **values: Any) -> Entry:
        self._number += 1
        return Entry(
            self._revision,
            self._direction,
            self._number,
            kind,
            state,
            statement.text_hash,
            statement.values_hash,
            self._file_hash,
            statement.text if kind == "ddl" else statement.head,
            place=self._remaining.place(self._number),
            at=now(),
            **values,
        )

    def flush(self) -> None:
        """Write the rows of data statements, as a part of the transaction that they are in."""
        if self._stale and self._pending:
            # The rows of the revision's last run in the other direction.
            self.ledger.remove(self._revision)
            self._stale = False
        if not self._pending and self._closing is None:
            return
        self.ledger.add(self._pending, self._closing or self._carried)
        self._pending.clear()
        self._closing = self._carried = None

    def _waiting(self, statement: Sent, number: int, pause: float) -> None:
        self.told(f"{statement.head[:60]} waits for a lock; retry {number} of {self._waits.retries} in {pause:.1f} s")

    def _cannot(self, error: CannotResume) -> Interrupted:
        return Interrupted(
            f"revision {self._revision} is half applied and cannot be resumed: {error}",
            "restore the revision's file, or run nodepath db repair",
        )

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection


def _server(connection: Connection) -> Dialect:
    version = tuple(int(part) for part in connection.dialect.server_version_info or () if str(part).isdigit())
    return Dialect("mariadb" if getattr(connection.dialect, "is_mariadb", False) else "mysql", version)


def _temporary_names(text: str) -> list[str]:
    from nodepath_cli.sql.ddl_objects import touched

    return [each.name for each in touched(text, Dialect("mysql", ())).objects]
