"""Types of CAST and CONVERT that neither MySQL nor MariaDB makes.

Measured on MariaDB 10.11; for MySQL from its manual ("Cast Functions and Operators"). A type that one of the two makes
(`VARCHAR(20)` and `INT`: MariaDB, `JSON` and `YEAR`: MySQL) is no syntax error: MariaDB's are told as its own (NP113).
"""

from __future__ import annotations

from collections.abc import Sequence

from nodepath_cli.sql.words import words_of

_SIZES = words_of("TINYINT SMALLINT MEDIUMINT BIGINT")
_NONE = _SIZES | words_of(
    "TEXT TINYTEXT MEDIUMTEXT LONGTEXT BLOB TINYBLOB MEDIUMBLOB LONGBLOB STRING NUMERIC BOOL BOOLEAN TIMESTAMP ENUM "
    "VARBINARY NVARCHAR"
)
_SIGNS = words_of("SIGNED UNSIGNED")
_BEHIND = _SIGNS | {"(", ")"}
UNKNOWN_TYPE = 4161


def refused_type(words: Sequence[str], at: int) -> int:
    """Return how many words of the type at `at` the servers refuse, 0 where they do not."""
    kind, following = words[at], words[at + 1]
    if (kind in _NONE and following in _BEHIND) or (kind == "VARCHAR" and following == ")"):
        return 1
    signed = (kind in _SIGNS and following in _SIZES) or (kind in ("INT", "INTEGER") and following in _SIGNS)
    return 2 if signed else 0


def mariadbs_type(words: Sequence[str], at: int) -> bool:
    """Say whether MariaDB alone makes values of the type at `at`: INT, INTEGER and VARCHAR with a length (measured).

    MySQL has SIGNED and CHAR for them, and answers 1064 (manual, "Cast Functions and Operators").
    """
    kind, following = words[at], words[at + 1]
    return (kind in ("INT", "INTEGER") and following == ")") or (kind == "VARCHAR" and following == "(")


def refusal_of_type(word: str, dialect: str) -> tuple[int, str]:
    """Return error number and message for a type."""
    if word.upper() == "STRING" and dialect == "mariadb":
        return UNKNOWN_TYPE, f"Unknown data type: '{word}'"
    return 1064, f"Syntax error at '{word}': no type that values are made of"
