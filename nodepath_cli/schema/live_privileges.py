"""What the configured account may do in its database.

Facts from the manuals ("The INFORMATION_SCHEMA SCHEMA_PRIVILEGES Table"): every account sees its own rows; the database
of a row is a pattern of LIKE; what a role grants is not among them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.schema.connection import one_line_errors, open_mysql, open_sqlite

READING = ("SELECT",)
"""What an audit against a live schema needs."""
UPGRADING = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX")
"""What the bundled revisions and Alembic's version table need."""

_VERSION = "SELECT VERSION()"
_PRIVILEGES = """SELECT PRIVILEGE_TYPE FROM information_schema.USER_PRIVILEGES WHERE GRANTEE = %(grantee)s
UNION SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES
WHERE GRANTEE = %(grantee)s AND DATABASE() LIKE TABLE_SCHEMA"""


class Account(Struct, frozen=True):
    """What a database answers of itself and of the account."""

    server: str
    """`8.0.36`, `10.11.6-MariaDB`, `SQLite`."""
    privileges: frozenset[str]
    """Granted to the account itself, on the whole database, in upper case."""

    def lacks(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Return the wanted privileges that are not granted to the account itself."""
        return tuple(each for each in wanted if each not in self.privileges)


def account(url: DatabaseUrl) -> Account:
    """Ask a database what the account of the URL may do. Raises a DatabaseError where it does not answer."""
    if url.dialect == "sqlite":
        with one_line_errors(url):
            open_sqlite(url, "read").close()
        path = url.database or ""
        writable = path == ":memory:" or os.access(Path(path), os.W_OK)
        return Account("SQLite", frozenset(UPGRADING if writable else READING))
    with one_line_errors(url):
        connection = open_mysql(url)
        try:
            with connection.cursor() as cursor:
                cursor.execute(_VERSION)
                version = cursor.fetchone()
                cursor.execute("SELECT CURRENT_USER()")
                user, _, host = str((cursor.fetchone() or ("",))[0]).rpartition("@")
                cursor.execute(_PRIVILEGES, {"grantee": f"'{user}'@'{host}'"})
                granted = frozenset(str(row[0]).upper() for row in cursor.fetchall())
        finally:
            connection.close()
    return Account(str(version[0]) if version else "", granted)
