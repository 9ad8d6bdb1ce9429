"""Database URLs in every form that the first users have in their environment, and where they are looked for.

Forms: `mysql://`, `mysql+pymysql://`, `mariadb://`, `mariadb+pymysql://` with `USER:PASSWORD@HOST:PORT/DATABASE?...`;
`sqlite:///PATH`; the Go driver's DSN `USER:PASSWORD@tcp(HOST:PORT)/DATABASE?...` or `...@unix(PATH)/DATABASE`, also
behind `mysql://`, as golang-migrate writes it.

Passwords. In a URL they may hold `@ / # % : ?` raw or percent-encoded: the last `@` ends them. A `%` with two hex
digits behind it is read as an encoded character, every other `%` as itself, so a password that really holds `%41` has
to be written `%2541`. In a bare DSN nothing is decoded, because the Go driver decodes nothing there.

No exception, `repr` or `str` of this module holds a password.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote

from nodepath_cli.database_parameters import (
    CONNECT_SECONDS,
    begins_with_known,
    charset_of,
    connect_seconds_of,
    masked_query,
    parameters_of,
    value_of,
)
from nodepath_cli.database_tls import Plain, Preferred, Required, Tls, tls_of
from nodepath_cli.errors import ConfigError, TlsError, UsageError
from nodepath_cli.patterns import lazy

MYSQL_PORT = 3306
WAYS = (
    "give --database-url, set NODEPATH_DATABASE_URL, MYSQL_URI, DATABASE_URL or MYSQL_HOST, MYSQL_USER, "
    "MYSQL_PASSWORD and MYSQL_DATABASE, or write database-url into nodepath.toml"
)
FORMS = "use mysql://USER:PASSWORD@HOST:PORT/DATABASE, USER:PASSWORD@tcp(HOST:PORT)/DATABASE or sqlite:///PATH"

_SCHEME = lazy(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://", re.ASCII)
_SCHEMES: dict[str, Literal["mysql", "mariadb", "sqlite"]] = {
    "mysql": "mysql",
    "mysql+pymysql": "mysql",
    "mariadb": "mariadb",
    "mariadb+pymysql": "mariadb",
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
}
_PLACE = lazy(
    r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[\w.-]*)(?::(?P<port>\d*))?(?:/(?P<database>[^/?#@]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_GO_PLACE = lazy(
    r"(?P<protocol>[a-z0-9]+)\((?P<address>[^()]*)\)/(?P<database>[^/?#@]*)(?:\?(?P<query>.*))?", re.DOTALL
)
_GO_SHORT = lazy(r"(?:tcp)?/(?P<database>[^/?#@]*)(?:\?(?P<query>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrl:
    """Where a database is and how to reach it. Its text (`str`, `repr`, `masked`) never holds the password."""

    dialect: Literal["mysql", "mariadb", "sqlite"]
    """What the scheme says; a `mysql` server may turn out to be MariaDB."""
    database: str | None
    """The database's name, or the SQLite file's path (`:memory:` for none); None where the URL names none."""
    masked: str
    """The URL as its user knows it, with `***` for the password."""
    host: str | None = None
    port: int = MYSQL_PORT
    socket: str | None = None
    """Path of the server's socket, which goes before host and port."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    charset: str = "utf8mb4"
    connect_seconds: int = CONNECT_SECONDS
    tls: Tls = field(default_factory=Preferred)

    def __repr__(self) -> str:
        return f"DatabaseUrl({self.masked})"

    def __str__(self) -> str:
        return self.masked

    @property
    def place(self) -> str:
        """The server's address as error messages name it: `host:port`, or the socket."""
        if self.dialect == "sqlite":
            return self.database or ":memory:"
        if self.socket:
            return f"socket {self.socket}"
        host = self.host or "localhost"
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    def connect_args(self) -> dict[str, Any]:
        """Return the keyword arguments of `pymysql.connect`.

        Raises TlsError where a TLS file cannot be used, UsageError for a SQLite URL.
        """
        if self.dialect == "sqlite":
            raise UsageError("a sqlite URL has no server to connect to", FORMS)
        arguments: dict[str, Any] = {
            "host": self.host or "localhost",
            "port": self.port,
            # As bytes: PyMySQL would encode a text as Latin-1, and refuse what does not fit.
            "password": (self.password or "").encode("utf-8", "surrogateescape"),
            "charset": self.charset,
            "connect_timeout": self.connect_seconds,
        }
        arguments |= {"user": self.user} if self.user else {}
        arguments |= {"database": self.database} if self.database else {}
        arguments |= {"unix_socket": self.socket} if self.socket else {}
        match self.tls:
            case Plain():
                arguments["ssl_disabled"] = True
            case Required():
                arguments["ssl"] = self.tls.context()
            case Preferred():
                # PyMySQL from 1.2 on takes TLS where the server offers it, unless it is told otherwise.
                pass
        return arguments


def is_url(text: str) -> bool:
    """Say whether a text is meant as a database URL or DSN rather than as a path or a word. It may still be wrong."""
    return bool(_SCHEME.match(text)) or _go_split(text) is not None


def parse(text: str) -> DatabaseUrl:
    """Read a database URL or DSN.

    Raises UsageError where it cannot be read and TlsError where a TLS parameter is not known. Neither message holds
    anything of the text but its scheme, since whatever could not be read may be the password.
    """
    text = text.strip()
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise UsageError("the database URL holds control characters", FORMS)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _from_dsn(text, "mysql", prefix="", decoded=False)
    name = scheme["scheme"].lower()
    if name not in _SCHEMES:
        if _go_split(text) is not None:
            return _from_dsn(text, "mysql", prefix="", decoded=False)
        raise UsageError(f"'{name[:24]}://' is no database that nodepath reads", FORMS)
    rest = text[scheme.end() :]
    if _SCHEMES[name] == "sqlite":
        return _from_sqlite(rest, scheme[0])
    if _go_split(rest) is not None:
        return _from_dsn(rest, _SCHEMES[name], prefix=scheme[0], decoded=True)
    return _from_url(rest, _SCHEMES[name], scheme[0])


def configured(option: str | None, environ: Mapping[str, str], config: str | None = None) -> DatabaseUrl:
    """Return the database that a run is told to use.

    Asked in order: `--database-url`, NODEPATH_DATABASE_URL, MYSQL_URI, DATABASE_URL, MYSQL_HOST with its companions,
    then the configuration's `database-url`. An empty variable counts as none. Raises ConfigError where there is none,
    and ConfigError or TlsError, naming the place, where the first one found cannot be read.
    """
    found = find(option, environ, config)
    if found is None:
        raise ConfigError("no database is configured", WAYS)
    return found


def find(option: str | None, environ: Mapping[str, str], config: str | None = None) -> DatabaseUrl | None:
    """Return the database as `configured` does, or None where none is named. Raises as `configured` does."""
    if option is not None:
        return _named("--database-url", option)
    for variable in ("NODEPATH_DATABASE_URL", "MYSQL_URI", "DATABASE_URL"):
        if environ.get(variable, "").strip():
            return _named(variable, environ[variable])
    if environ.get("MYSQL_HOST", "").strip() or environ.get("MYSQL_DATABASE", "").strip():
        return _from_parts(environ)
    return _named("database-url in the configuration", config) if config is not None else None


def _named(place: str, text: str) -> DatabaseUrl:
    if not text.strip():
        raise ConfigError(f"{place} is empty", WAYS)
    try:
        return parse(text)
    except TlsError as error:
        raise TlsError(f"{place}: {error.message}", error.next_step) from None
    except UsageError as error:
        raise ConfigError(f"{place}: {error.message}", error.next_step) from None


def _from_parts(environ: Mapping[str, str]) -> DatabaseUrl:
    """Build a URL from MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD and MYSQL_DATABASE, all taken verbatim."""
    database = environ.get("MYSQL_DATABASE", "").strip()
    if not database:
        raise ConfigError("MYSQL_HOST is set, but MYSQL_DATABASE is not", "set MYSQL_DATABASE, or give --database-url")
    host = environ.get("MYSQL_HOST", "").strip() or "localhost"
    if not re.fullmatch(r"[\w.:-]+", host):
        raise ConfigError("MYSQL_HOST is not a host name", "set MYSQL_HOST to a name or an address, without a port")
    port = environ.get("MYSQL_PORT", "").strip()
    user = environ.get("MYSQL_USER", "").strip() or None
    password = environ.get("MYSQL_PASSWORD") or None
    try:
        number = _port(port)
    except UsageError as error:
        raise ConfigError("MYSQL_PORT is not a port number", "set MYSQL_PORT to a number") from error
    shown_host = f"[{host}]" if ":" in host else host
    account = f"{user or ''}{':***' if password else ''}"
    masked = f"mysql://{account}{'@' if account else ''}{shown_host}:{number}/{database}"
    return DatabaseUrl("mysql", database, masked, host, number, None, user, password)


def _from_sqlite(rest: str, prefix: str) -> DatabaseUrl:
    path, _, query = rest.partition("?")
    if not path.startswith("/"):
        raise UsageError(
            "a sqlite URL has three slashes and a path", "use sqlite:///relative.db or sqlite:////folder/x.db"
        )
    path = _decoded(path[1:])
    if not path:
        raise UsageError("the sqlite URL names no file", "use sqlite:///relative.db or sqlite:////folder/x.db")
    del query  # Options of the driver (timeout, cache, mode) change nothing about which schema is there.
    return DatabaseUrl("sqlite", path, prefix + "/" + path, tls=Plain())


def _from_url(rest: str, dialect: Literal["mysql", "mariadb", "sqlite"], prefix: str) -> DatabaseUrl:
    split = _url_split(rest)
    if split is None:
        raise UsageError(f"the database URL cannot be read behind '{prefix}'", FORMS)
    account, place = split
    host = (place["host"] or "").removeprefix("[").removesuffix("]") or "localhost"
    user, password, shown = _account(account, decoded=True)
    query = place["query"] or ""
    head = rest[len(account or "") + (account is not None) :].partition("?")[0]
    masked = prefix + shown + head + masked_query(query)
    parameters = parameters_of(query)
    return DatabaseUrl(
        dialect,
        _decoded(place["database"] or "") or None,
        masked,
        _decoded(host),
        _port(place["port"] or ""),
        value_of(parameters, "unix_socket", "socket"),
        user,
        password,
        charset_of(parameters),
        connect_seconds_of(parameters),
        tls_of(parameters),
    )


def _url_split(rest: str) -> tuple[str | None, re.Match[str]] | None:
    """Split `USER:PASSWORD@` from the place.

    A raw `@` can stand in the password or in a query value (a path). The first `@` behind which a whole place with a
    database and a known parameter stands decides; else the last `@` does.
    """
    if "@" not in rest:
        match = _PLACE.fullmatch(rest)
        return (None, match) if match else None
    starts = [-1, *(match.start() for match in re.finditer("@", rest))]
    for start in starts:
        match = _PLACE.fullmatch(rest, start + 1)
        if (
            match
            and match["database"] is not None
            and "@" in (match["query"] or "")
            and begins_with_known(match["query"])
        ):
            return (rest[:start] if start >= 0 else None, match)
    last = starts[-1]
    match = _PLACE.fullmatch(rest, last + 1)
    return (rest[:last], match) if match else None


def _go_split(text: str) -> tuple[str | None, re.Match[str]] | None:
    """Split a DSN at the last `@` (the first, for none) behind which `protocol(address)/database` stands."""
    for start in [*(match.start() for match in reversed(list(re.finditer("@", text)))), -1]:
        match = _GO_PLACE.fullmatch(text, start + 1)
        if match:
            return (text[:start] if start >= 0 else None, match)
    return None


def _from_dsn(rest: str, dialect: Literal["mysql", "mariadb", "sqlite"], *, prefix: str, decoded: bool) -> DatabaseUrl:
    split = _go_split(rest)
    if split is None:
        return _from_short_dsn(rest)
    account, place = split
    user, password, shown = _account(account, decoded=decoded)
    host, port, socket = _go_address(place["protocol"], place["address"])
    query = place["query"] or ""
    parameters = parameters_of(query)
    masked = f"{prefix}{shown}{place['protocol']}({place['address']})/{place['database']}{masked_query(query)}"
    return DatabaseUrl(
        dialect,
        _decoded(place["database"]) or None,
        masked,
        host,
        port,
        socket,
        user,
        password,
        charset_of(parameters),
        connect_seconds_of(parameters),
        tls_of(parameters),
    )


def _from_short_dsn(rest: str) -> DatabaseUrl:
    """Read `USER:PASSWORD@/DATABASE`, for which the Go driver takes 127.0.0.1:3306."""
    account, at, place_text = rest.rpartition("@")
    place = _GO_SHORT.fullmatch(place_text)
    if not at or place is None:
        raise UsageError("the database URL has neither a scheme nor the form of a Go DSN", FORMS)
    user, password, shown = _account(account, decoded=False)
    query = place["query"] or ""
    parameters = parameters_of(query)
    return DatabaseUrl(
        "mysql",
        _decoded(place["database"]) or None,
        f"{shown}{place_text.partition('?')[0]}{masked_query(query)}",
        "127.0.0.1",
        MYSQL_PORT,
        None,
        user,
        password,
        charset_of(parameters),
        connect_seconds_of(parameters),
        tls_of(parameters),
    )


def _go_address(protocol: str, address: str) -> tuple[str | None, int, str | None]:
    if protocol == "unix":
        if not address:
            raise UsageError("the DSN's unix() names no socket", "use USER:PASSWORD@unix(PATH)/DATABASE")
        return None, MYSQL_PORT, address
    if protocol not in ("tcp", "tcp4", "tcp6"):
        raise UsageError(f"the DSN's protocol '{protocol[:24]}' is not known", "use tcp(HOST:PORT) or unix(PATH)")
    match = re.fullmatch(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[\w.-]*)(?::(?P<port>\d*))?", address)
    if match is None:
        raise UsageError("the DSN's address is not HOST:PORT", "use tcp(HOST:PORT), with an IPv6 address in []")
    return match["host"].removeprefix("[").removesuffix("]") or "127.0.0.1", _port(match["port"] or ""), None


def _account(account: str | None, *, decoded: bool) -> tuple[str | None, str | None, str]:
    """Return user, password, and the account as it may be shown, with its `@`."""
    if account is None:
        return None, None, ""
    user, colon, password = account.partition(":")
    shown = f"{user}{':***' if colon else ''}@"
    if decoded:
        user, password = unquote(user), unquote(password)
    return user or None, password if colon else None, shown


def _decoded(text: str) -> str:
    found = unquote(text)
    if not found.isprintable():
        raise UsageError("the database URL holds control characters", FORMS)
    return found


def _port(text: str) -> int:
    if not text:
        return MYSQL_PORT
    if not text.isdecimal() or not 0 < int(text[:9]) < 65536:
        raise UsageError("the database URL's port is not between 1 and 65535", FORMS)
    return int(text)
