"""Collations and character sets that a query names: whether a server has them, and whether they fit one another.

Measured on MariaDB 10.11; MySQL's own are those of its manual ("Supported Character Sets and Collations").
"""

from __future__ import annotations

from nodepath_cli.source.spelling import one_slip
from nodepath_cli.sql._ddl.charsets import CHARSETS, charset_of
from nodepath_cli.sql.words import words_of

UNKNOWN_CHARSET = 1115
UNKNOWN_COLLATION = 1273
NOT_OF_CHARSET = 1253
MIXED = 1267

_UNICODE = frozenset(("utf8", "utf8mb3", "utf8mb4", "utf16", "utf16le", "utf32", "ucs2"))
_OF_UNICODE = {
    each.lower()
    for each in words_of("""
        BIN CROATIAN_CI CROATIAN_MYSQL561_CI CZECH_CI DANISH_CI ESPERANTO_CI ESTONIAN_CI GENERAL_CI GENERAL_MYSQL500_CI
        GERMAN2_CI HUNGARIAN_CI ICELANDIC_CI LATVIAN_CI LITHUANIAN_CI MYANMAR_CI PERSIAN_CI POLISH_CI ROMANIAN_CI
        ROMAN_CI SINHALA_CI SLOVAK_CI SLOVENIAN_CI SPANISH2_CI SPANISH_CI SWEDISH_CI THAI_520_W2 TOLOWER_CI TURKISH_CI
        UNICODE_520_CI UNICODE_CI VIETNAMESE_CI
    """)
}
_OF_LATIN1 = {
    each.lower() for each in words_of("BIN DANISH_CI GENERAL_CI GENERAL_CS GERMAN1_CI GERMAN2_CI SPANISH_CI SWEDISH_CI")
}
_NEWER = ("0900", "uca1400", "nopad")
"""In the names of collations that one of the servers has, or a version of it."""
_WITH_0900 = (11, 4)
"""MariaDB's version that takes MySQL's names of them (release notes)."""


def full_name(name: str) -> str:
    """Return a charset or collation in lower case, with `utf8` under its full name."""
    lower = name.lower()
    return "utf8mb3" + lower[4:] if lower == "utf8" or lower.startswith("utf8_") else lower


def unknown_charset(name: str) -> bool:
    """Say whether neither MySQL nor MariaDB has a character set of that name."""
    return name.lower() not in CHARSETS and name.lower() != "default"


def unknown_collation(name: str, dialect: str, version: tuple[int, ...]) -> bool:
    """Say whether the server surely has no collation of that name.

    Looked at are those of Unicode's character sets, and slips in the names of latin1's and in that of a character set:
    any other one may be another database's (`Latin1_General_100_CI_AS`).
    """
    lower = name.lower()
    charset, _, rest = lower.partition("_")
    if any(each in rest for each in _NEWER):
        # Which server it is may only be assumed where that is MySQL.
        return dialect == "mariadb" and "0900" in rest and bool(version) and version < _WITH_0900
    if charset in _UNICODE:
        return rest not in _OF_UNICODE
    if charset == "latin1":
        return rest not in _OF_LATIN1 and any(one_slip(rest, each) for each in _OF_LATIN1)
    return bool(rest) and charset not in CHARSETS and any(one_slip(charset, each) for each in _UNICODE)


def misfit(collation: str, charset: str | None) -> str | None:
    """Return the server's message where a collation is another character set's than what it is said of; else None."""
    own = charset_of(full_name(collation))
    if not own or charset is None or unknown_charset(charset) or full_name(charset) == full_name(own):
        return None
    return f"Collation '{collation}' is not valid for character set '{charset}'"
