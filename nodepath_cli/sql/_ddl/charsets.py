"""Charsets and collations: which belongs to which, and what a table or column without one gets.

Facts: MySQL manual, "Supported Character Sets and Collations"; MariaDB 10.11's information_schema (measured).
"""

from __future__ import annotations

from nodepath_cli.config import Dialect
from nodepath_cli.sql._ddl.refusal import Refusal

_DEFAULTS = {
    "armscii8": "armscii8_general_ci",
    "ascii": "ascii_general_ci",
    "big5": "big5_chinese_ci",
    "binary": "binary",
    "cp1250": "cp1250_general_ci",
    "cp1251": "cp1251_general_ci",
    "cp1256": "cp1256_general_ci",
    "cp1257": "cp1257_general_ci",
    "cp850": "cp850_general_ci",
    "cp852": "cp852_general_ci",
    "cp866": "cp866_general_ci",
    "cp932": "cp932_japanese_ci",
    "dec8": "dec8_swedish_ci",
    "eucjpms": "eucjpms_japanese_ci",
    "euckr": "euckr_korean_ci",
    "gb18030": "gb18030_chinese_ci",
    "gb2312": "gb2312_chinese_ci",
    "gbk": "gbk_chinese_ci",
    "geostd8": "geostd8_general_ci",
    "greek": "greek_general_ci",
    "hebrew": "hebrew_general_ci",
    "hp8": "hp8_english_ci",
    "keybcs2": "keybcs2_general_ci",
    "koi8r": "koi8r_general_ci",
    "koi8u": "koi8u_general_ci",
    "latin1": "latin1_swedish_ci",
    "latin2": "latin2_general_ci",
    "latin5": "latin5_turkish_ci",
    "latin7": "latin7_general_ci",
    "macce": "macce_general_ci",
    "macroman": "macroman_general_ci",
    "sjis": "sjis_japanese_ci",
    "swe7": "swe7_swedish_ci",
    "tis620": "tis620_thai_ci",
    "ucs2": "ucs2_general_ci",
    "ujis": "ujis_japanese_ci",
    "utf16": "utf16_general_ci",
    "utf16le": "utf16le_general_ci",
    "utf32": "utf32_general_ci",
    "utf8": "utf8_general_ci",
    "utf8mb3": "utf8mb3_general_ci",
    "utf8mb4": "utf8mb4_general_ci",
}
CHARSETS = frozenset(_DEFAULTS)
"""The character sets of both servers."""
_BYTES = {
    **dict.fromkeys(("utf8mb4", "utf16", "utf16le", "utf32", "gb18030"), 4),
    **dict.fromkeys(("utf8", "utf8mb3", "eucjpms", "ujis"), 3),
    **dict.fromkeys(("ucs2", "big5", "cp932", "euckr", "gb2312", "gbk", "sjis"), 2),
}


def bytes_of(charset: str | None) -> int:
    """Return the most bytes that a character of the charset takes."""
    return _BYTES.get(charset or "", 1)


def charset_name(charset: str, dialect: Dialect) -> str:
    """Return a charset as the server names it; raises Refusal (1115) for one that it does not have.

    `utf8` is an alias of utf8mb3 in MySQL 8.0 and in MariaDB since 10.6, and the name itself before.
    """
    if charset == "utf8" and utf8_is_alias(dialect):
        return "utf8mb3"
    if charset == "utf8mb3" and not utf8_is_alias(dialect):
        return "utf8"
    if charset not in _DEFAULTS:
        raise Refusal(1115, f"Unknown character set: '{charset}'")
    return charset


def utf8_is_alias(dialect: Dialect) -> bool:
    """Say whether the server shows `utf8` as `utf8mb3`."""
    return not dialect.version or dialect.version >= ((10, 6) if dialect.name == "mariadb" else (8, 0))


def default_collation(charset: str, dialect: Dialect) -> str:
    """Return the collation of a charset for which none is written."""
    if charset == "utf8mb4" and dialect.name == "mysql" and (not dialect.version or dialect.version >= (8, 0)):
        return "utf8mb4_0900_ai_ci"
    return _DEFAULTS.get(charset, f"{charset}_general_ci")


def charset_of(collation: str) -> str:
    """Return the charset that a collation belongs to, "" for a name that is valid for several (`uca1400_ai_ci`)."""
    if collation == "binary":
        return "binary"
    charset = collation.partition("_")[0]
    return charset if charset in _DEFAULTS else ""


def binary_collation(charset: str) -> str:
    """Return the collation that compares the charset's code points."""
    return "binary" if charset == "binary" else f"{charset}_bin"


def settle(
    charset: str | None,
    collation: str | None,
    inherited: tuple[str | None, str | None],
    dialect: Dialect,
) -> tuple[str | None, str | None]:
    """Return charset and collation where these are written and those are inherited; None where they cannot be told.

    Raises Refusal for an unknown charset (1115) or collation (1273), or a collation of another charset (1253).
    """
    if charset is None and collation is None:
        return inherited
    if charset is not None:
        charset = charset_name(charset, dialect)
    if collation is None:
        assert charset is not None
        return charset, default_collation(charset, dialect)
    if collation == "default":
        base = charset or inherited[0]
        return base, base and default_collation(base, dialect)
    _check_known(collation, dialect)
    own = charset_of(collation)
    if not own:
        return _contextual(charset or inherited[0], collation)
    own = charset_name(own, dialect)
    if charset is not None and own != charset:
        raise Refusal(1253, f"COLLATION '{collation}' is not valid for CHARACTER SET '{charset}'")
    return own, _spelt(collation, own)


def _check_known(collation: str, dialect: Dialect) -> None:
    """Refuse the other server's collations: UCA 9.0.0 is MySQL's since 8.0, UCA 14.0.0 and NO PAD are MariaDB's."""
    newer = not dialect.version or dialect.version >= ((11, 4) if dialect.name == "mariadb" else (8, 0))
    foreign = dialect.name == "mysql" and ("uca1400" in collation or "nopad" in collation)
    if foreign or ("_0900_" in collation and not newer):
        raise Refusal(1273, f"Unknown collation: '{collation}'")


def _contextual(charset: str | None, collation: str) -> tuple[str | None, str]:
    """MariaDB's collations without a charset in their name take that of their place."""
    if not collation.startswith("uca1400"):
        raise Refusal(1273, f"Unknown collation: '{collation}'")
    return charset, f"{charset}_{collation}" if charset else collation


def _spelt(collation: str, charset: str) -> str:
    prefix, _, rest = collation.partition("_")
    return f"{charset}_{rest}" if rest and prefix in ("utf8", "utf8mb3") else collation
