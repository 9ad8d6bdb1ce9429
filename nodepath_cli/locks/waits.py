"""`waits`: one look at a server, bounded in time, and what comes out of it.

The statements are in `queries/`, one file for each question and, where they differ, for each kind of server.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import UsageError
from nodepath_cli.locks.wait_chains import USER_STATE, chains
from nodepath_cli.locks.wait_facts import Facts, LockName, MetadataLock, Process, RowWait, Transaction
from nodepath_cli.locks.wait_records import KINDS, Kind, Waits
from nodepath_cli.locks.waiting_for import lock_asked
from nodepath_cli.schema.connection import driver_error, one_line_errors, open_mysql

if TYPE_CHECKING:
    import pymysql

QUERY_SECONDS = 3.0
"""How long one question may take on the server; its driver waits a little longer."""
_NO_PRIVILEGE = frozenset({1142, 1227})
_TOO_LONG = frozenset({1317, 1969, 3024})
"""A statement that the server has ended: MariaDB's max_statement_time, MySQL's max_execution_time."""
_NO_SUCH_TABLE = frozenset({1109, 1146})

Rows = list[tuple[Any, ...]]


def waits(url: DatabaseUrl, query_seconds: float = QUERY_SECONDS) -> Waits:
    """Return who waits for whom on the server of a URL; nothing is changed there.

    Every question ends after `query_seconds`; a kind of wait whose question did not end, or is not allowed, is given as
    one that the server cannot tell. Raises UsageError for SQLite, which has no connections to look at, and a
    DatabaseError where the server does not answer at all.
    """
    if url.dialect == "sqlite":
        raise UsageError("SQLite has no list of connections and locks", "name a MySQL or MariaDB server")
    with one_line_errors(url):
        connection = open_mysql(url, query_seconds + 2)
        try:
            return chains(_Look(connection, query_seconds).facts())
        finally:
            connection.close()


class _Look:
    """The questions of one look, and what could not be asked."""

    def __init__(self, connection: pymysql.connections.Connection[Any], seconds: float) -> None:
        self._connection = connection
        self._blind: dict[Kind, str] = {}
        version = str(self._ask("SELECT VERSION()")[0][0])
        self._mariadb = "mariadb" in version.lower()
        self._major = int(version.split(".")[0])
        self._ask(
            f"SET SESSION max_statement_time = {seconds}"
            if self._mariadb
            else f"SET SESSION max_execution_time = {int(seconds * 1000)}"
        )

    def facts(self) -> Facts:
        """Ask everything."""
        transactions = self._transactions()
        rows = self._row_waits() if "row" not in self._blind else ()
        locks = self._metadata()
        # Asked last: whoever is in a wait by now is in it still, and the states fit what was read before.
        processes = {each.id: each for each in self._processes()}
        me = int(self._ask("SELECT CONNECTION_ID()")[0][0])
        processes.pop(me, None)
        return Facts(
            processes,
            {owner: each for owner, each in transactions.items() if owner != me},
            rows,
            tuple(each for each in locks if each.owner != me),
            self._last_statements(),
            self._user_locks(processes),
            self._blind,
        )

    def _processes(self) -> list[Process]:
        return [
            Process(int(id_), user, host, database, str(command), str(state or ""), _text(info), _whole(seconds))
            for id_, user, host, database, command, state, info, seconds in self._ask(_query("processes"))
        ]

    def _transactions(self) -> dict[int, Transaction]:
        rows = self._try(_query("transactions"), KINDS, "the privilege PROCESS is missing")
        return {int(owner): Transaction(_whole(seconds), _whole(waiting)) for owner, seconds, waiting in rows}

    def _row_waits(self) -> tuple[RowWait, ...]:
        if self._mariadb or self._major < 8:
            rows = self._try(_query("row-waits"), ("row",), "information_schema has no tables of locks")
        elif self._flag("SELECT @@performance_schema"):
            rows = self._try(_query("row-waits-mysql-8"), ("row",), "no SELECT on performance_schema")
        else:
            self._blind["row"] = "performance_schema is off"
            return ()
        return tuple(
            RowWait(int(waiter), int(blocker), table.replace("`", "") if table else None)
            for waiter, blocker, table in rows
        )

    def _metadata(self) -> list[MetadataLock]:
        """Return the metadata locks; the performance schema shows what is waited for, too, the plugin what is held."""
        if self._flag("SELECT @@performance_schema") and self._flag(_query("instruments")):
            rows = self._try(_query("metadata"), ("metadata", "user"), "no SELECT on performance_schema")
            return [_metadata_lock(row) for row in rows]
        if self._mariadb and self._flag(_query("plugins")):
            rows = self._try(_query("metadata-mariadb-plugin"), ("metadata", "user"), "the plugin does not answer")
            return [_metadata_lock(row) for row in rows]
        why = (
            "neither performance_schema nor the plugin metadata_lock_info follows them"
            if self._mariadb
            else "performance_schema does not follow them (instrument wait/lock/metadata/sql/mdl)"
        )
        kinds: tuple[Kind, ...] = ("metadata", "user")
        for kind in kinds:
            self._blind.setdefault(kind, why)
        return []

    def _last_statements(self) -> dict[int, str]:
        try:
            rows = self._ask(_query("last-statements"))
        except Exception as error:
            _number(error)
            return {}
        return {int(owner): text for owner, sql in rows if (text := _text(sql))}

    def _user_locks(self, processes: dict[int, Process]) -> dict[str, int]:
        names = {lock_asked(each.query) for each in processes.values() if each.state == USER_STATE}
        found = {}
        for name in filter(None, names):
            holder = self._ask("SELECT IS_USED_LOCK(%s)", (name,))[0][0]
            if holder is not None:
                found[name] = int(holder)
        return found

    def _flag(self, query: str) -> bool:
        try:
            return bool(self._ask(query)[0][0])
        except Exception as error:
            _number(error)
            return False

    def _try(self, query: str, kinds: tuple[Kind, ...], refused: str) -> Rows:
        """Ask, and note for these kinds of waits why there was no answer."""
        try:
            return self._ask(query)
        except Exception as error:
            number = _number(error)
            reason = "the server needed too long to answer" if number in _TOO_LONG else refused
            for kind in kinds:
                self._blind.setdefault(kind, reason)
            return []

    def _ask(self, query: str, values: tuple[object, ...] | None = None) -> Rows:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())


def _number(error: Exception) -> int:
    """Return the number of an answer that only says that a question cannot be asked here; raise any other error."""
    found = driver_error(error)
    number = found.args[0] if found is not None and found.args else None
    if number in _NO_PRIVILEGE | _TOO_LONG | _NO_SUCH_TABLE | {1054, 1193}:
        return int(number)
    raise error


def _metadata_lock(row: tuple[Any, ...]) -> MetadataLock:
    owner, kind, schema, name, mode, pending = row
    return MetadataLock(int(owner), LockName(_kind(str(kind)), schema or "", name or ""), str(mode), bool(pending))


def _kind(text: str) -> str:
    """Return a word for what is locked: `TABLE` of the performance schema, `Table metadata lock` of the plugin."""
    return text.lower().split()[0]


def _query(name: str) -> str:
    return files(__package__).joinpath("queries", f"{name}.sql").read_text(encoding="utf-8")


def _whole(value: object) -> int | None:
    return None if value is None else int(value)  # type: ignore[call-overload]


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
