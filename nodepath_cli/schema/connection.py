"""Opening a database, and saying in one line why it would not open.

PyMySQL and SQLAlchemy are imported where they are needed: together they cost a quarter of a second.
"""

from __future__ import annotations

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from nodepath_cli.database_tls import Required
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import (
    AccessDenied,
    Busy,
    ConfigError,
    DatabaseError,
    NoDatabase,
    NodepathError,
    TlsFailure,
    Unreachable,
)

if TYPE_CHECKING:
    import pymysql
    from sqlalchemy import Engine

UNREACHABLE = frozenset(
    {1040, 1053, 1129, 1152, 1158, 1159, 1160, 1161, 1203, 2002, 2003, 2005, 2006, 2012, 2013, 2055}
)
ACCESS_DENIED = frozenset(
    {1044, 1045, 1130, 1141, 1142, 1143, 1227, 1251, 1275, 1370, 1524, 1698, 1820, 1862, 2049, 2059, 2061, 3118, 4151}
)
NO_DATABASE = frozenset({1046, 1049})
TLS = frozenset({2026, 3159, 1835})
BUSY = frozenset({1205, 1213, 3572})
"""Error numbers from the manuals of MySQL ("Server Error Message Reference", "Client Error Message Reference") and
MariaDB ("MariaDB Error Codes"); those of a wrong password, a missing database and a wrong address were seen."""


def open_mysql(url: DatabaseUrl, read_seconds: float | None = None) -> pymysql.connections.Connection[Any]:
    """Connect to a MySQL or MariaDB server. An answer is waited for without end, or for `read_seconds`.

    Raises Unreachable, AccessDenied, NoDatabase or TlsFailure (exit 4), TlsError where a TLS file cannot be used, and
    ConfigError for a character set that the driver does not know.
    """
    import pymysql

    arguments = url.connect_args()
    _check_charset(url)
    try:
        # PyMySQL's connect_timeout ends where the server's greeting is waited for: a service of another kind would be
        # waited for without end.
        connection = pymysql.connect(**arguments, autocommit=True, read_timeout=url.connect_seconds)
    except (pymysql.err.Error, RuntimeError, OSError) as error:
        raise translated(error, url) from error
    except UnicodeError as error:
        raise ConfigError(
            "the host, user or password of the database URL cannot be encoded", "check the URL"
        ) from error
    except Exception as error:
        # What PyMySQL makes of a greeting that is none (IndexError, struct.error, AssertionError).
        raise Unreachable(
            f"what answers at {url.place} is no MySQL or MariaDB server", "check host and port"
        ) from error
    # A long ALTER is not to be cut off. PyMySQL has no public way to change the timeout later.
    connection._read_timeout = read_seconds  # type: ignore[attr-defined]
    if isinstance(url.tls, Required):
        _insist_on_tls(connection, url)
    return connection


def _other_service(url: DatabaseUrl) -> Unreachable:
    return Unreachable(f"what answers at {url.place} is no MySQL or MariaDB server", "check host and port")


def _check_charset(url: DatabaseUrl) -> None:
    from pymysql.charset import charset_by_name

    try:
        known = charset_by_name(url.charset) is not None
    except (AttributeError, LookupError):
        known = False
    if not known:
        raise ConfigError(f"the driver knows no character set '{url.charset}'", "use charset=utf8mb4")


def _insist_on_tls(connection: pymysql.connections.Connection[Any], url: DatabaseUrl) -> None:
    """Refuse a connection that is not encrypted: PyMySQL before 1.2 goes on in plaintext where a server has no TLS."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        row = cursor.fetchone()
    if row is None or not row[1]:
        connection.close()
        raise _no_tls(url)


def _no_tls(url: DatabaseUrl) -> TlsFailure:
    return TlsFailure(
        f"the server at {url.place} does not offer TLS, which the URL requires",
        "enable TLS on the server, or drop the TLS parameters from the URL",
    )


Mode = Literal["read", "write", "create"]
"""What a SQLite file is opened for. Only `create` makes one that is not there."""
_BEGIN: dict[Mode, str] = {"read": "BEGIN", "write": "BEGIN IMMEDIATE", "create": "BEGIN IMMEDIATE"}


def open_sqlite(url: DatabaseUrl, mode: Mode) -> sqlite3.Connection:
    """Open a SQLite file.

    Raises NoDatabase where it is not there or cannot be opened.
    """
    path = url.database or ":memory:"
    try:
        if path == ":memory:":
            return sqlite3.connect(path, isolation_level=None)
        if mode == "create":
            return sqlite3.connect(path, timeout=10, isolation_level=None)
        if not Path(path).is_file():
            raise NoDatabase(f"there is no SQLite database '{path}'", "create it with nodepath db upgrade")
        access = "ro" if mode == "read" else "rw"
        name = f"file:{quote(str(Path(path).absolute()))}?mode={access}"
        return sqlite3.connect(name, uri=True, timeout=10, isolation_level=None)
    except (sqlite3.Error, ValueError, OSError) as error:
        raise NoDatabase(f"the SQLite database '{path}' cannot be opened ({error})", "check the path") from error


def connect(url: DatabaseUrl, mode: Mode = "write") -> Engine:
    """Return a SQLAlchemy engine without a pool. It connects when it is first used, and then raises as `open_mysql`
    and `open_sqlite` do. The password is not in `engine.url`.

    Raises NoDatabase where the URL names no database.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool, StaticPool

    if url.dialect == "sqlite":
        pool = StaticPool if url.database == ":memory:" else NullPool
        engine = create_engine("sqlite://", creator=lambda: open_sqlite(url, mode), poolclass=pool)
        # Python's driver begins transactions when it sees fit, and never before DDL; here SQLAlchemy says when.
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_BEGIN[mode]))
        return engine
    if not url.database:
        raise NoDatabase("the database URL names no database", "add /DATABASE to the URL")
    return create_engine("mysql+pymysql://", creator=lambda: open_mysql(url), poolclass=NullPool)


@contextmanager
def one_line_errors(url: DatabaseUrl) -> Iterator[None]:
    """Turn what the driver or SQLAlchemy raises inside into a DatabaseError."""
    try:
        yield
    except NodepathError:
        raise
    except Exception as error:
        found = driver_error(error)
        if found is None:
            raise
        raise translated(found, url) from error


def driver_error(error: BaseException | None) -> Exception | None:
    """Return the driver's own error behind an exception (SQLAlchemy keeps it in `orig`), None where there is none."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        original = getattr(error, "orig", None)
        if isinstance(original, Exception):
            return original
        if isinstance(error, (sqlite3.Error, ssl.SSLError)) or type(error).__module__ == "pymysql.err":
            return error if isinstance(error, Exception) else None
        error = error.__cause__
    return None


def translated(error: Exception, url: DatabaseUrl) -> NodepathError:
    """Return the error that a user can act on for one of the driver's."""
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error, url)
    number, text = _number_and_text(error)
    cause = getattr(error, "original_exception", None) or error
    server = f"the server at {url.place}"
    if isinstance(cause, ssl.SSLError) or number in TLS:
        if "doesn't support" in text:
            return _no_tls(url)
        return TlsFailure(
            f"the connection to {url.place} could not be secured ({_short(text)})",
            "check ssl_mode, ssl_ca and the server's certificate",
        )
    if isinstance(error, RuntimeError) and "cryptography" in str(error):
        return AccessDenied(
            f"{server} wants caching_sha2_password over an unencrypted connection",
            "add tls=skip-verify or ssl_ca to the URL, or pip install cryptography",
        )
    if number is None and type(error).__name__ == "InternalError":
        # PyMySQL on a packet that is none of the protocol's.
        return _other_service(url)
    said = f"{server} says: {_short(text)}{f' ({number})' if number is not None else ''}"
    if number in NO_DATABASE:
        return NoDatabase(said, "check the database's name in the URL")
    if number in ACCESS_DENIED:
        return AccessDenied(said, "check user, password and privileges")
    if number in BUSY:
        return Busy(said, "try again when the other transaction has ended")
    if number in UNREACHABLE or isinstance(cause, OSError):
        return Unreachable(
            f"no database server answers at {url.place} ({_short(text)})", "check host, port and network"
        )
    return DatabaseError(said, "see the server's manual for this error number")


def _from_sqlite(error: sqlite3.Error, url: DatabaseUrl) -> NodepathError:
    text = str(error)
    if "locked" in text:
        return Busy(f"the SQLite database '{url.database}' is locked", "try again when the other program is done")
    if "not a database" in text or "unable to open" in text:
        return NoDatabase(f"'{url.database}' is not a SQLite database that can be opened ({text})", "check the path")
    return DatabaseError(f"SQLite says: {_short(text)}", "check the file and the revision")


def _number_and_text(error: Exception) -> tuple[int | None, str]:
    arguments = error.args
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        return arguments[0], str(arguments[1])
    return None, str(error)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
