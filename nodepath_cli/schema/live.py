"""The schema of a running database, read-only: information_schema of MySQL and MariaDB, or SQLite's catalogue.

Privileges: SELECT on the tables is enough for tables, columns, keys and views. (MySQL's manual, "The
INFORMATION_SCHEMA TABLE_CONSTRAINTS Table": foreign keys may stay hidden from an account that has nothing else.)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.config import Settings
from nodepath_cli.database_url import DatabaseUrl, configured, parse
from nodepath_cli.errors import NoDatabase
from nodepath_cli.schema.connection import connect, one_line_errors, open_mysql, open_sqlite
from nodepath_cli.schema.model import Schema

__all__ = ["connect", "load", "read"]

LIVE = "live"


def load(url: str, base: Schema, settings: Settings) -> Schema:
    """Lay the schema of a database over `base`. `url` is a database URL, or `live` for the configured database.

    Raises ConfigError where `live` is not configured, UsageError and TlsError for a malformed URL, and a DatabaseError
    (exit 4) where the database does not answer as needed.
    """
    target = configured(settings.database_url, os.environ) if url == LIVE else parse(url)
    found = read(target)
    below = replace(base, case_sensitive_tables=found.case_sensitive_tables and settings.case_sensitive_tables)
    if not settings.dialect_given:
        below = replace(below, dialect=found.dialect, version=found.version)
    return below.layered(replace(found, sources=(LIVE if url == LIVE else target.masked,), server_known=True))


def read(url: DatabaseUrl, only: Sequence[str] | None = None) -> Schema:
    """Return the schema of a database, or of the tables named in `only`.

    Raises a DatabaseError (exit 4) where the database does not answer as needed.
    """
    if url.dialect == "sqlite":
        from nodepath_cli.schema.live_sqlite import read_sqlite

        with one_line_errors(url):
            lite = open_sqlite(url, "read")
            try:
                return read_sqlite(lite, only, name=Path(url.database or "").name)
            finally:
                lite.close()
    from nodepath_cli.schema.live_mysql import read_mysql

    if not url.database:
        raise NoDatabase("the database URL names no database", "add /DATABASE to the URL")
    with one_line_errors(url):
        connection = open_mysql(url)
        try:
            return read_mysql(connection, only)
        finally:
            connection.close()
