"""Ending one connection: what it is and who waits for it is shown first, and some are never ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Refused, UsageError
from nodepath_cli.locks.wait_records import Party, Wait
from nodepath_cli.locks.waits import QUERY_SECONDS, waits
from nodepath_cli.schema.connection import one_line_errors, open_mysql

if TYPE_CHECKING:
    import pymysql

_SYSTEM_USERS = frozenset({"system user", "event_scheduler", "mysql.session", "mysql.infoschema"})
_SYSTEM_COMMANDS = frozenset(
    {"Binlog Dump", "Binlog Dump GTID", "Daemon", "Slave_IO", "Slave_SQL", "Slave_worker", "Connect", "Register Slave"}
)
"""From the manuals of MySQL ("Thread Command Values") and MariaDB ("Thread Command Values"): replication's connections
and the server's own. `Connect` is a replica's, connected to its source."""
_FIND = "SELECT user, host, command, state, info FROM information_schema.processlist WHERE id = %s"


class Ending(Struct, frozen=True):
    """A connection that is to be ended, and what that means."""

    party: Party
    waiting: tuple[Wait, ...]
    """Who waits for it, directly."""

    def document(self, *, killed: bool) -> dict[str, Any]:
        """Return the JSON document of `nodepath locks kill`."""
        return {
            "dry_run": not killed,
            "killed": killed,
            "connection": self.party.document(),
            "waits": [each.document() for each in self.waiting],
        }


def plan(url: DatabaseUrl, id_: int) -> Ending:
    """Return what ending a connection would mean; nothing is changed.

    Raises UsageError where there is no such connection, Refused for nodepath's own, replication's and the server's own
    connections, and a DatabaseError.
    """
    found = waits(url)
    with one_line_errors(url):
        connection = open_mysql(url, QUERY_SECONDS)
        try:
            party = _party(connection, id_)
        finally:
            connection.close()
    waiting = tuple(each for each in found.waits if each.blocker is not None and each.blocker.id == id_)
    known = next((each.blocker for each in waiting), None)
    return Ending(known or party, waiting)


def end(url: DatabaseUrl, ending: Ending) -> None:
    """End the connection of a plan; its open transaction is rolled back by the server.

    Raises as `plan` does: it is looked up once more, and refused where another user has it by now.
    """
    with one_line_errors(url):
        connection = open_mysql(url, QUERY_SECONDS)
        try:
            now = _party(connection, ending.party.id)
            if (now.user, now.host) != (ending.party.user, ending.party.host):
                raise Refused(f"connection {now.id} is another one by now", "look again with nodepath locks waits")
            with connection.cursor() as cursor:
                cursor.execute(f"KILL CONNECTION {int(now.id)}")
        finally:
            connection.close()


def _party(connection: pymysql.connections.Connection[Any], id_: int) -> Party:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        if int(cursor.fetchone()[0]) == id_:
            raise Refused(f"connection {id_} is nodepath's own", "name another one")
        cursor.execute(_FIND, (id_,))
        row = cursor.fetchone()
    if row is None:
        raise UsageError(
            f"the server shows no connection {id_}",
            "see nodepath locks waits; without PROCESS only one's own are shown",
        )
    user, host, command, state, query = row
    if user in _SYSTEM_USERS or command in _SYSTEM_COMMANDS:
        raise Refused(f"connection {id_} is the server's or replication's own ({user}, {command})", "leave it alone")
    return Party(id_, user, host, state or None, query, command == "Sleep")
