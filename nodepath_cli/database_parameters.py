"""The parameters of a database URL: which of the Go driver's and of PyMySQL's there are, and which say something here.

Those that are about Go's reading of values or about the application's own traffic (`parseTime`, `readTimeout`, which
would end a long ALTER) are dropped. Those about TLS are in `database_tls`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from nodepath_cli.database_tls import concerns_tls, normal_key
from nodepath_cli.errors import UsageError
from nodepath_cli.patterns import lazy

Parameters = Sequence[tuple[str, str]]
"""Names as written and decoded values, in order."""

CONNECT_SECONDS = 8
"""How long a connection may take to open: a mistyped host must not look like a hanging tool."""

KNOWN = frozenset(
    {"charset", "collation", "loc", "parsetime", "timeout", "readtimeout", "writetimeout", "connect_timeout"}
    | {"unix_socket", "socket", "multistatements", "interpolateparams", "clientfoundrows", "allownativepasswords"}
    | {"maxallowedpacket", "columnswithalias", "rejectreadonly", "checkconnliveness", "time_zone", "sql_mode"}
)
"""Their names, in the one spelling of `normal_key`."""
_SECRET = lazy(r"pass|pwd|secret|token", re.IGNORECASE)
_DURATION = lazy(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h)?")
_UNIT_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}
_CHARSET = lazy(r"[A-Za-z0-9_]+", re.ASCII)


def begins_with_known(query: str) -> bool:
    """Say whether a query begins with a known parameter: then it is one, and not part of a password."""
    key = normal_key(query.partition("=")[0])
    return "=" in query and (concerns_tls(key) or key in KNOWN)


def parameters_of(query: str) -> Parameters:
    """Return the parameters of a query, percent-decoded."""
    # `+` stays itself: a path with a plus is likelier here than a blank written as one.
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(unquote(key), unquote(value)) for key, _, value in pairs]


def masked_query(query: str) -> str:
    """Return a query as it may be shown, with its `?`: as written, but for values whose name speaks of a secret."""
    if not query:
        return ""
    parts = []
    for part in query.split("&"):
        key, equals, value = part.partition("=")
        parts.append(f"{key}=***" if equals and _SECRET.search(unquote(key)) and value else part)
    return "?" + "&".join(parts)


def value_of(parameters: Parameters, *names: str) -> str | None:
    """Return the last value that is not empty under one of these normal names, None where there is none."""
    found = [value for key, value in parameters if normal_key(key) in names and value]
    return found[-1] if found else None


def charset_of(parameters: Parameters) -> str:
    """Return the first charset of the list that the Go driver allows there. Raises UsageError where it is no name."""
    charset = (value_of(parameters, "charset") or "utf8mb4").partition(",")[0].strip()
    if not _CHARSET.fullmatch(charset):
        raise UsageError("the database URL's charset is not a name", "use charset=utf8mb4")
    return charset.lower()


def connect_seconds_of(parameters: Parameters) -> int:
    """Return `timeout` (Go, `5s`) or `connect_timeout` (seconds) in whole seconds, at least 1.

    Raises UsageError where it is no duration.
    """
    text = value_of(parameters, "timeout", "connect_timeout")
    if text is None:
        return CONNECT_SECONDS
    match = _DURATION.fullmatch(text)
    if match is None:
        raise UsageError("the database URL's timeout is not a duration", "use timeout=5s")
    return max(1, min(round(float(match["number"]) * _UNIT_SECONDS[match["unit"]]), 3600))
