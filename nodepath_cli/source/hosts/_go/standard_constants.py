"""The constants of Go's standard library that texts of SQL are made with, as the documentation of their packages says.

pkg.go.dev: net/http (methods and statuses), time (layouts), math (limits of integers), os and path/filepath (of Unix).
"""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.texts import computed
from nodepath_cli.source.hosts._go.values import Number, Value, just

_METHODS = ("Get", "Head", "Post", "Put", "Patch", "Delete", "Connect", "Options", "Trace")
_STATUSES = {
    100: "Continue SwitchingProtocols Processing EarlyHints",
    200: "OK Created Accepted NonAuthoritativeInfo NoContent ResetContent PartialContent MultiStatus AlreadyReported",
    226: "IMUsed",
    300: "MultipleChoices MovedPermanently Found SeeOther NotModified UseProxy",
    307: "TemporaryRedirect PermanentRedirect",
    400: "BadRequest Unauthorized PaymentRequired Forbidden NotFound MethodNotAllowed NotAcceptable ProxyAuthRequired "
    "RequestTimeout Conflict Gone LengthRequired PreconditionFailed RequestEntityTooLarge RequestURITooLong "
    "UnsupportedMediaType RequestedRangeNotSatisfiable ExpectationFailed Teapot",
    421: "MisdirectedRequest UnprocessableEntity Locked FailedDependency TooEarly UpgradeRequired",
    428: "PreconditionRequired TooManyRequests",
    431: "RequestHeaderFieldsTooLarge",
    451: "UnavailableForLegalReasons",
    500: "InternalServerError NotImplemented BadGateway ServiceUnavailable GatewayTimeout HTTPVersionNotSupported "
    "VariantAlsoNegotiates InsufficientStorage LoopDetected",
    510: "NotExtended NetworkAuthenticationRequired",
}
"""Names of statuses, counted on from the first one's number."""
LAYOUTS = {
    "Layout": "01/02 03:04:05PM '06 -0700",
    "ANSIC": "Mon Jan _2 15:04:05 2006",
    "UnixDate": "Mon Jan _2 15:04:05 MST 2006",
    "RubyDate": "Mon Jan 02 15:04:05 -0700 2006",
    "RFC822": "02 Jan 06 15:04 MST",
    "RFC822Z": "02 Jan 06 15:04 -0700",
    "RFC850": "Monday, 02-Jan-06 15:04:05 MST",
    "RFC1123": "Mon, 02 Jan 2006 15:04:05 MST",
    "RFC1123Z": "Mon, 02 Jan 2006 15:04:05 -0700",
    "RFC3339": "2006-01-02T15:04:05Z07:00",
    "RFC3339Nano": "2006-01-02T15:04:05.999999999Z07:00",
    "Kitchen": "3:04PM",
    "Stamp": "Jan _2 15:04:05",
    "StampMilli": "Jan _2 15:04:05.000",
    "StampMicro": "Jan _2 15:04:05.000000",
    "StampNano": "Jan _2 15:04:05.000000000",
    "DateTime": "2006-01-02 15:04:05",
    "DateOnly": "2006-01-02",
    "TimeOnly": "15:04:05",
}
"""The layouts of Go's package time."""
_WIDTHS = (8, 16, 32, 64)
_LIMITS = {
    **{f"MaxInt{bits}": 2 ** (bits - 1) - 1 for bits in _WIDTHS},
    **{f"MinInt{bits}": -(2 ** (bits - 1)) for bits in _WIDTHS},
    **{f"MaxUint{bits}": 2**bits - 1 for bits in _WIDTHS},
    # On 64 bits.
    "MaxInt": 2**63 - 1,
    "MinInt": -(2**63),
    "MaxUint": 2**64 - 1,
}
_CONSTANTS: dict[str, Mapping[str, str | int]] = {
    "net/http": {
        **{f"Method{name}": name.upper() for name in _METHODS},
        **{f"Status{name}": at for first, names in _STATUSES.items() for at, name in enumerate(names.split(), first)},
    },
    "time": LAYOUTS,
    "math": _LIMITS,
    "os": {"PathSeparator": "/", "PathListSeparator": ":", "DevNull": "/dev/null"},
    "path/filepath": {"Separator": "/", "ListSeparator": ":"},
}


def standard(file: GoFile, node: Node, package: str, name: str) -> Value | None:
    """Return the value of a constant of the standard library, None for all else; a rune is a text.

    `node` is where the constant stands.
    """
    held = _CONSTANTS.get(package)
    value = held.get(name) if held is not None else None
    if value is None:
        return None
    return just(computed(value, file, node) if isinstance(value, str) else Number(value))
