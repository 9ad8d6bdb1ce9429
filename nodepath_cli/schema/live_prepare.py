"""Asking a live server what it says of a statement, without running it and with the right to SELECT alone.

A statement is prepared, which resolves its names and runs nothing (measured on MariaDB 10.11: no row, sequence, lock
or stored function is touched). A write is prepared as it is where the user may write, and asked as SELECTs of the same
names besides: that is all a reader may ask (1142 otherwise), and PREPARE leaves the column list of INSERT ... SELECT,
its ON DUPLICATE KEY UPDATE and the ORDER BY of DELETE unchecked (measured). SELECTs are asked in a read-only session.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.schema.connection import UNREACHABLE, one_line_errors, open_mysql, translated
from nodepath_cli.sql.as_select import Selects, as_selects, pieces

if TYPE_CHECKING:
    import pymysql

LOCK_SECONDS = 5
"""How many seconds one statement and the metadata locks that it needs may take: no queueing behind an ALTER TABLE."""
READ_SECONDS = 15.0
"""How long an answer is waited for before the connection is given up, where the server does not heed the other."""
_MOST_LOST = 3
"""Connections given up one after the other before the server counts as gone."""

_DENIED = {
    1142: "the database user may not read every table that it names",
    1143: "the database user may not read every column that it names",
    1044: "the database user may not use a database that it names",
    1227: "it needs a privilege that the database user has not",
    1370: "the database user may not run a routine that it calls",
    1792: "it calls what may write, which a read-only session does not prepare",
}
_NO_ANSWER = {
    1153: "it is longer than the server takes in one packet",
    1205: "a lock on a table that it names was not released in time",
    1295: "the server does not prepare statements of its kind",
    1317: "the server gave up on it",
    1390: "it has more placeholders than the server prepares",
    1461: "the server has no room for another prepared statement",
    1969: "the server did not answer in time",
    3024: "the server did not answer in time",
}
_NAMES = frozenset((1051, 1052, 1054, 1060, 1066, 1109, 1110, 1136, 1146, 1247, 1250, 1222, 4009))
"""What a refused SELECT proves of the write that it stands for. Error numbers of the manuals of MySQL ("Server Error
Message Reference") and MariaDB ("MariaDB Error Codes"); those of privileges and of read-only sessions were seen."""

_SESSION = (
    "autocommit = 1",
    "lc_messages = 'en_US'",
    "lock_wait_timeout = {seconds}",
    "max_statement_time = {seconds}",
    "max_execution_time = {seconds}000",
)
"""The last two are MariaDB's and MySQL's: each server refuses the other's."""


class Refusal(Struct, frozen=True):
    """An error with which the server refuses a statement."""

    errno: int
    message: str


class Accepted(Struct, frozen=True):
    """The server has nothing against it."""

    as_write: bool = True
    """It was prepared as it is, not only asked as SELECTs."""
    left: tuple[str, ...] = ()
    """The parts that could not be asked."""


class Refused(Struct, frozen=True):
    """The server refuses it. Each of the SELECTs that stand for a write can bring an error of its own."""

    refusals: tuple[Refusal, ...]


class NotAsked(Struct, frozen=True):
    """The server could not be asked, and why."""

    reason: str


Answer = Accepted | Refused | NotAsked


@contextmanager
def opened(url: DatabaseUrl, ansi_quotes: bool = False) -> Iterator[Server]:
    """Give the server that statements are put to.

    Raises a DatabaseError (exit 4) where it does not answer as needed, also later.
    """
    server = Server(url, ansi_quotes)
    with one_line_errors(url):
        try:
            server.open()
            yield server
        finally:
            server.close()


class Server:
    """A connection on which nothing but SET and PREPARE is run."""

    def __init__(self, url: DatabaseUrl, ansi_quotes: bool = False) -> None:
        """Remember the server; `open` connects."""
        self._url = url
        self._ansi_quotes = ansi_quotes
        self._connection: pymysql.connections.Connection[Any] | None = None
        self._mode = ""
        self._lost = 0

    def open(self) -> None:
        """Connect. Raises as `open_mysql` does."""
        self._connected()

    def _connected(self) -> pymysql.connections.Connection[Any]:
        if self._connection is not None and self._connection.open:
            return self._connection
        import pymysql

        self._connection = connection = open_mysql(self._url, READ_SECONDS)
        self._mode = ""
        with connection.cursor() as cursor:
            for setting in _SESSION:
                # A server that lacks one of them is asked without it: the read timeout holds for all.
                with suppress(pymysql.err.OperationalError, pymysql.err.ProgrammingError, pymysql.err.InternalError):
                    cursor.execute("SET SESSION " + setting.format(seconds=LOCK_SECONDS))
        return connection

    def close(self) -> None:
        """Close the connection."""
        import pymysql

        if self._connection is not None and self._connection.open:
            with suppress(pymysql.err.Error, OSError):
                self._connection.close()

    def ask(self, sql: str) -> Answer:
        """Return what the server says of a text; of one that holds several statements, of each in turn.

        Raises Unreachable where the server is gone.
        """
        answer: Answer = NotAsked("there is no statement in it")
        left: dict[str, None] = {}
        as_write = True
        for piece in pieces(sql, self._ansi_quotes):
            answer = self._statement(piece)
            if not isinstance(answer, Accepted):
                return answer
            as_write = as_write and answer.as_write
            left |= dict.fromkeys(answer.left)
        return Accepted(as_write, tuple(left)) if isinstance(answer, Accepted) else answer

    def _statement(self, sql: str) -> Answer:
        selects = as_selects(sql, self._ansi_quotes)
        if selects is None:
            return NotAsked("it is neither SELECT, INSERT, REPLACE, UPDATE nor DELETE")
        return self._write(sql, selects) if selects.writes else self._query(sql, selects.questions[0].sql)

    def _query(self, sql: str, unlocked: str) -> Answer:
        answer = self._prepare(sql, "READ ONLY")
        return self._prepare(unlocked, "READ ONLY") if isinstance(answer, NotAsked) and unlocked != sql else answer

    def _write(self, sql: str, selects: Selects) -> Answer:
        direct = self._prepare(sql, "READ WRITE")
        if isinstance(direct, Refused):
            return direct
        refusals: list[Refusal] = []
        left: list[str] = []
        answered = False
        for question in selects.questions:
            answer = self._prepare(question.sql, "READ ONLY")
            match answer:
                case Accepted():
                    answered = True
                case NotAsked():
                    left.append(answer.reason)
                case Refused():
                    refusal = answer.refusals[0]
                    errno = question.meaning(refusal.errno)
                    if errno in _NAMES:
                        refusals.append(Refusal(errno or 0, refusal.message))
                    else:
                        left.append("the number of values" if question.only_these else f"a part ({refusal.errno})")
        if refusals:
            return Refused(tuple(dict.fromkeys(refusals)))
        if isinstance(direct, Accepted):
            return Accepted(True, selects.left)
        return Accepted(False, (*selects.left, *left)) if answered else direct

    def _prepare(self, sql: str, mode: Literal["READ ONLY", "READ WRITE"]) -> Answer:
        import pymysql

        try:
            return self._prepared(sql, mode)
        except pymysql.err.MySQLError as error:
            errno = error.args[0] if error.args and isinstance(error.args[0], int) else 0
            if errno and errno not in UNREACHABLE:
                return _answer(errno, str(error.args[-1]))
            self._lost += 1
            self.close()
            if self._lost >= _MOST_LOST:
                raise translated(error, self._url) from error
            return NotAsked("the server did not answer in time")
        except UnicodeError:
            return NotAsked("it holds characters that the connection cannot carry")

    def _prepared(self, sql: str, mode: str) -> Accepted:
        with self._connected().cursor() as cursor:
            if mode != self._mode:
                cursor.execute(f"SET SESSION TRANSACTION {mode}")
                self._mode = mode
            cursor.execute("PREPARE nodepath_statement FROM %s", (sql,))
        self._lost = 0
        return Accepted()


def _answer(errno: int, message: str) -> Answer:
    reason = _DENIED.get(errno) or _NO_ANSWER.get(errno)
    return NotAsked(reason) if reason else Refused((Refusal(errno, message),))
