"""The TLS parameters of a database URL, in the spellings of MySQL's clients, PyMySQL and the Go driver.

Nothing here falls back to plaintext: a parameter that names TLS (`ssl...`, `tls...`, `useSSL`) and is not known, or
whose value is not known, is a TlsError. What the modes mean is taken from the MySQL manual ("--ssl-mode") and from the
README of go-sql-driver/mysql ("tls").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from nodepath_cli.errors import TlsError

if TYPE_CHECKING:
    import ssl

Verify = Literal["nothing", "authority", "identity"]
"""What of the server's certificate is checked: nothing, who signed it, or that and the host name."""


class Plain(Struct, frozen=True):
    """No TLS, because the URL asks for none."""


class Preferred(Struct, frozen=True):
    """TLS where the server offers it, unverified: what MySQL's own clients do when nothing is said."""


class Required(Struct, frozen=True):
    """TLS or no connection."""

    verify: Verify = "nothing"
    ca: str | None = None
    """Path of the certificate authority's PEM file; None for those that the system trusts."""
    cert: str | None = None
    """Path of the client's certificate."""
    key: str | None = None
    """Path of the client's private key; None where `cert` holds it too."""

    def context(self) -> ssl.SSLContext:
        """Return the context for a connection. Raises TlsError where a named file cannot be used."""
        import ssl

        # Not create_default_context: from Python 3.13 on it demands X.509 extensions that the certificates which a
        # MySQL server makes for itself do not have.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = self.verify == "identity"
        context.verify_mode = ssl.CERT_NONE if self.verify == "nothing" else ssl.CERT_REQUIRED
        try:
            if self.ca is not None:
                context.load_verify_locations(cafile=self.ca)
            elif self.verify != "nothing":
                context.load_default_certs()
            if self.cert is not None:
                # An empty pass phrase: OpenSSL would otherwise ask for one on the terminal.
                context.load_cert_chain(self.cert, self.key, password="")
        except (OSError, ValueError) as error:
            names = ", ".join(Path(name).name for name in (self.ca, self.cert, self.key) if name)
            reason = error.strerror if type(error) is FileNotFoundError else "not a usable PEM file"
            raise TlsError(
                f"the TLS files of the database URL cannot be used ({names}: {reason})",
                "check the paths in ssl_ca, ssl_cert and ssl_key",
            ) from error
        return context


Tls = Plain | Preferred | Required

FILE_KEYS = ("ssl_ca", "ssl_cert", "ssl_key")
SWITCHES = ("ssl_verify_cert", "ssl_verify_identity", "ssl_check_hostname", "ssl_disabled")
KNOWN_KEYS = frozenset({"ssl_mode", "tls", *FILE_KEYS, *SWITCHES})

_MODES: dict[str, str] = {
    "disabled": "disabled",
    "preferred": "preferred",
    "required": "required",
    "verify_ca": "verify_ca",
    "verify_identity": "verify_identity",
}
_GO_MODES: dict[str, str] = {
    "true": "verify_identity",
    "1": "verify_identity",
    "skip-verify": "required",
    "preferred": "preferred",
    "false": "disabled",
    "0": "disabled",
}
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


def normal_key(key: str) -> str:
    """Return a parameter's name in one spelling: `ssl-mode`, `SSL_MODE` and `ssl_mode` are one."""
    return key.lower().replace("-", "_")


def concerns_tls(key: str) -> bool:
    """Say whether a parameter of that name is about TLS, known or not (`sslmode`, `useSSL`, `requireSSL`)."""
    return bool(re.search(r"ssl|tls", key, re.IGNORECASE))


def tls_of(parameters: Sequence[tuple[str, str]]) -> Tls:
    """Return what the parameters of a URL, as (name, decoded value), ask for.

    `ssl-mode` or `tls` decides. Without one, a certificate authority means that the server's certificate is checked
    against it (as MySQL's clients do), a client certificate means that TLS is required, and nothing at all means
    Preferred. Raises TlsError for an unknown name or value, and for parameters that contradict each other.
    """
    given: dict[str, str] = {}
    for key, value in parameters:
        if not concerns_tls(key):
            continue
        name = normal_key(key)
        if name not in KNOWN_KEYS:
            raise TlsError(
                f"unknown TLS parameter '{_shown(key)}' in the database URL",
                "use ssl_mode, ssl_ca, ssl_cert, ssl_key or tls",
            )
        if not value or given.get(name, value) != value:
            raise TlsError(f"'{_shown(key)}' in the database URL is empty or given twice", "give it once, with a value")
        given[name] = value
    return _combine(_mode(given), given)


def _mode(given: Mapping[str, str]) -> str | None:
    modes: list[str] = []
    if "ssl_mode" in given:
        value = given["ssl_mode"]
        modes.append(_known(_MODES, "ssl_mode", normal_key(value), value))
    if "tls" in given:
        value = given["tls"]
        modes.append(_known(_GO_MODES, "tls", value.lower(), value))
    switches = {name: _switch(name, given[name]) for name in SWITCHES if name in given}
    if switches.get("ssl_disabled"):
        modes.append("disabled")
    if switches.get("ssl_verify_identity") or switches.get("ssl_check_hostname"):
        modes.append("verify_identity")
    elif switches.get("ssl_verify_cert"):
        modes.append("verify_ca")
    elif switches and not modes:
        # All of them false: TLS without that check was asked for, not no TLS.
        modes.append("required")
    if len(set(modes)) > 1:
        raise TlsError("the TLS parameters of the database URL contradict each other", "give one of ssl_mode and tls")
    return modes[0] if modes else None


def _combine(mode: str | None, given: Mapping[str, str]) -> Tls:
    files = {name: given[name] for name in FILE_KEYS if name in given}
    if "ssl_key" in files and "ssl_cert" not in files:
        raise TlsError("the database URL has ssl_key without ssl_cert", "add ssl_cert")
    if mode == "disabled":
        if files:
            raise TlsError(
                "the database URL disables TLS and names TLS files", "drop the files, or use ssl_mode=VERIFY_CA"
            )
        return Plain()
    if not files and mode in (None, "preferred"):
        return Preferred()
    verify: Verify = "nothing"
    if mode == "verify_identity":
        verify = "identity"
    elif mode == "verify_ca" or (mode in (None, "preferred") and "ssl_ca" in files):
        verify = "authority"
    return Required(verify, files.get("ssl_ca"), files.get("ssl_cert"), files.get("ssl_key"))


def _known(values: Mapping[str, str], name: str, key: str, shown: str) -> str:
    if key not in values:
        allowed = ", ".join(value.upper() if name == "ssl_mode" else value for value in values if value not in "10")
        raise TlsError(f"unknown value '{_shown(shown)}' of {name} in the database URL", f"use one of {allowed}")
    return values[key]


def _switch(name: str, value: str) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise TlsError(f"unknown value '{_shown(value)}' of {name} in the database URL", "use true or false")


def _shown(text: str) -> str:
    """Return at most the beginning of a value: a mistyped URL can carry more than a mode there."""
    return re.sub(r"[^\w.-].*", "...", text, flags=re.DOTALL)[:24]
