"""The ledger: a row for every statement of a revision, beside the version table.

MySQL and MariaDB commit with every DDL statement, so a run that dies leaves a half-applied revision of which Alembic
knows nothing. A DDL statement's row is there before it runs (`started`) and says so when it has run (`done`); a data
statement's row is committed in the statement's own transaction. Rows are kept after the revision is stamped: whether a
revision is finished is told by the version table.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEDGER_TABLE = "nodepath_ledger"

Direction = Literal["up", "down", "adopt"]
StepState = Literal["started", "done"]
Before = Mapping[str, str | None]
"""The text of SHOW CREATE by `kind name`, None for what was not there."""

_CHUNK = 200
_FIELDS = (
    "revision",
    "direction",
    "step",
    "kind",
    "state",
    "text_hash",
    "values_hash",
    "file_hash",
    "statement",
    "before_shapes",
    "affected",
    "last_id",
    "place",
    "at",
)
_MYSQL = f"""CREATE TABLE IF NOT EXISTS `{LEDGER_TABLE}` (
  `revision` VARCHAR(190) NOT NULL,
  `direction` VARCHAR(8) NOT NULL,
  `step` INT NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  `state` VARCHAR(8) NOT NULL,
  `text_hash` CHAR(64) NOT NULL,
  `values_hash` VARCHAR(64) NOT NULL,
  `file_hash` VARCHAR(64) NOT NULL,
  `statement` MEDIUMTEXT NOT NULL,
  `before_shapes` MEDIUMTEXT NULL,
  `affected` BIGINT NULL,
  `last_id` BIGINT UNSIGNED NULL,
  `place` TEXT NOT NULL,
  `at` VARCHAR(40) NOT NULL,
  PRIMARY KEY (`revision`, `step`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"""
_SQLITE = f"""CREATE TABLE IF NOT EXISTS "{LEDGER_TABLE}" (
  "revision" TEXT NOT NULL, "direction" TEXT NOT NULL, "step" INTEGER NOT NULL, "kind" TEXT NOT NULL,
  "state" TEXT NOT NULL, "text_hash" TEXT NOT NULL, "values_hash" TEXT NOT NULL, "file_hash" TEXT NOT NULL,
  "statement" TEXT NOT NULL, "before_shapes" TEXT NULL, "affected" INTEGER NULL, "last_id" INTEGER NULL,
  "place" TEXT NOT NULL, "at" TEXT NOT NULL, PRIMARY KEY ("revision", "step")
)"""


class Entry(Struct, frozen=True):
    """One statement of a revision, as it was recorded."""

    revision: str
    direction: Direction
    step: int
    """Counts the statements of the revision from 1; reading ones do not count."""
    kind: Literal["ddl", "data"]
    state: StepState
    text_hash: str
    values_hash: str
    file_hash: str
    """Of the revision's file, "" where it could not be read."""
    statement: str
    """A DDL statement's text; verb and table of a data statement."""
    before: Before | None = None
    """What a DDL statement touches, as it was before; None where that could not be told."""
    affected: int | None = None
    last_id: int | None = None
    place: str = ""
    """Where it stands in the revision: sorts before `step` does, for one that only a resumed run has sent."""
    at: str = ""
    """When its state was written, ISO 8601 in UTC, by the client's clock."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        shown = " ".join(self.statement.split())
        return {
            "revision": self.revision,
            "step": self.step,
            "state": self.state,
            "at": self.at,
            "direction": self.direction,
            "statement": shown if len(shown) <= 200 else shown[:197] + "...",
        }


class Ledger:
    """The table in one database, over the connection that migrates it: what it writes is part of its transaction."""

    def __init__(self, connection: Connection) -> None:
        """Write over this connection."""
        self._connection = connection
        self._lite = connection.dialect.name == "sqlite"
        self._quote = '"' if self._lite else "`"
        self._mark = "?" if self._lite else "%s"

    def create(self) -> None:
        """Make the table where it is not there. On MySQL that commits."""
        self.send(_SQLITE if self._lite else _MYSQL)

    def exists(self) -> bool:
        """Say whether the table is there."""
        if self._lite:
            return bool(self.ask("SELECT name FROM sqlite_master WHERE name = ?", (LEDGER_TABLE,)))
        return bool(
            self.ask(
                "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = %s",
                (LEDGER_TABLE,),
            )
        )

    def entries(self, revision: str | None = None) -> tuple[Entry, ...]:
        """Return every row, or those of a revision, by revision and step; () where there is no table."""
        if not self.exists():
            return ()
        columns = ", ".join(self._quoted(name) for name in _FIELDS)
        query = f"SELECT {columns} FROM {self._quoted(LEDGER_TABLE)}"
        if revision is None:
            return tuple(_entry(row) for row in self.ask(f"{query} ORDER BY 1, 3"))
        rows = self.ask(f"{query} WHERE revision = {self._mark} ORDER BY 3", (revision,))
        return tuple(_entry(row) for row in rows)

    def passes(self) -> dict[str, Direction]:
        """Return which revisions have rows, and of which direction."""
        if not self.exists():
            return {}
        rows = self.ask(f"SELECT DISTINCT revision, direction FROM {self._quoted(LEDGER_TABLE)}")
        return {str(revision): direction for revision, direction in rows}

    def add(self, entries: Sequence[Entry], closing: Entry | None = None) -> None:
        """Write new rows, and in the same statement that a started one has run. Not for SQLite with `closing`."""
        if closing is not None and not entries:
            self.done(closing)
        for first in range(0, len(entries), _CHUNK):
            part = entries[first : first + _CHUNK]
            values = [value for entry in part for value in _values(entry)]
            if closing is not None and first == 0:
                values += (closing.revision, closing.direction, closing.step, closing.kind, now())
                self.send(_insert(self._quote, self._mark, len(part)) + _CLOSING, values)
            else:
                self.send(_insert(self._quote, self._mark, len(part)), values)

    def done(self, entry: Entry) -> Entry:
        """Write that a started statement has run."""
        changed = replace(entry, state="done", at=now())
        self.send(
            f"UPDATE {self._quoted(LEDGER_TABLE)} SET state = 'done', {self._quoted('at')} = {self._mark} "
            f"WHERE revision = {self._mark} AND step = {self._mark}",
            (changed.at, entry.revision, entry.step),
        )
        return changed

    def remove(self, revision: str, steps: Iterable[int] | None = None) -> None:
        """Take out a revision's rows, or those of some steps."""
        where = f"DELETE FROM {self._quoted(LEDGER_TABLE)} WHERE revision = {self._mark}"
        if steps is None:
            self.send(where, (revision,))
            return
        for step in steps:
            self.send(f"{where} AND step = {self._mark}", (revision, step))

    def send(self, query: str, values: Sequence[object] = ()) -> None:
        """Run a statement on the driver's connection, past SQLAlchemy and what listens to it."""
        cursor = self._driver().cursor()
        try:
            cursor.execute(query, tuple(values) or None) if not self._lite else cursor.execute(query, tuple(values))
        finally:
            cursor.close()

    def ask(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a query in the same way and return its rows."""
        cursor = self._driver().cursor()
        try:
            cursor.execute(query, tuple(values) or None) if not self._lite else cursor.execute(query, tuple(values))
            return [tuple(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def commit(self) -> None:
        """End the driver's transaction. Not for SQLite, where the whole run is one."""
        if not self._lite:
            self._driver().commit()

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection

    def _quoted(self, name: str) -> str:
        return f"{self._quote}{name}{self._quote}"


def now() -> str:
    """Return the time as rows have it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@cache
def _insert(quote: str, mark: str, rows: int) -> str:
    columns = ", ".join(f"{quote}{name}{quote}" for name in _FIELDS)
    marks = "(" + ", ".join([mark] * len(_FIELDS)) + ")"
    return f"INSERT INTO {quote}{LEDGER_TABLE}{quote} ({columns}) VALUES {', '.join([marks] * rows)}"


# The row is there: of these values, only the state and the time are written.
_CLOSING = (
    ", (%s, %s, %s, %s, 'done', '', '', '', '', NULL, NULL, NULL, '', %s)"
    " ON DUPLICATE KEY UPDATE `state` = VALUES(`state`), `at` = VALUES(`at`)"
)
_VALUES = attrgetter(*("before" if name == "before_shapes" else name for name in _FIELDS))
_BEFORE = _FIELDS.index("before_shapes")


def _values(entry: Entry) -> list[object]:
    values = list(_VALUES(entry))
    if values[_BEFORE] is not None:
        values[_BEFORE] = json.dumps(dict(values[_BEFORE]))
    return values


def _entry(row: Sequence[Any]) -> Entry:
    values = dict(zip(_FIELDS, row, strict=True))
    before = values.pop("before_shapes")
    return Entry(**values, before=json.loads(before) if before is not None else None)
