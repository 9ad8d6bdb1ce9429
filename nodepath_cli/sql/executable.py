"""Comments that the server runs, `/*!40101 ... */` and MariaDB's `/*M!100100 ... */`, opened in place.

Facts from the manuals ("Comments", MySQL 8.4; "Comment Syntax", MariaDB): the text is run where the version is absent
or not above the server's. MariaDB skips `/*!50700` to `/*!99999`, as those mean features of MySQL 5.7 and later.
"""

from __future__ import annotations

import re

from nodepath_cli.config import Dialect
from nodepath_cli.patterns import lazy

_PIECE = lazy(
    r"'(?:[^'\\]++|\\.|'')*+'|\"(?:[^\"\\]++|\\.|\"\")*+\"|`[^`]*+`|\#[^\n]*+|--(?=\s|\Z)[^\n]*+"
    r"|(/\*M?!)(\d{5,6})?|/\*(?!M?!).*?\*/|(\*/)",
    re.DOTALL,
)
_NEWEST_MYSQL = 99998
_NEWEST_MARIADB = 199999


def open_executable(text: str, dialect: Dialect) -> str:
    """Return the text with the frames of executed comments blanked and the skipped comments blanked whole."""
    if "/*!" not in text and "/*M!" not in text:
        return text
    limit = _limit(dialect)
    out: list[str] = []
    position = 0
    opened = 0
    while True:
        match = _PIECE.search(text, position)
        if not match:
            out.append(text[position:])
            return "".join(out)
        start, end = match.span()
        out.append(text[position:start])
        if match.group(1):
            if _runs(match.group(1), match.group(2), dialect, limit):
                opened += 1
            else:
                end = _skipped_end(text, end)
            out.append(_blank(text[start:end]))
        elif match.group(3) and opened:
            opened -= 1
            out.append("  ")
        else:
            out.append(text[start:end])
        position = end


def _limit(dialect: Dialect) -> int:
    if dialect.name == "mariadb":
        return _number(dialect.version) if dialect.version else _NEWEST_MARIADB
    return _number(dialect.version) if dialect.version else _NEWEST_MYSQL


def _number(version: tuple[int, ...]) -> int:
    major, minor, patch = (*version, 0, 0, 0)[:3]
    # A version without patch level stands for its newest release.
    return major * 10000 + minor * 100 + (patch if len(version) > 2 else 99)


def _runs(opener: str, digits: str | None, dialect: Dialect, limit: int) -> bool:
    if dialect.name == "sqlite" or (opener == "/*M!" and dialect.name != "mariadb"):
        return False
    if digits is None:
        return True
    number = int(digits)
    if dialect.name == "mariadb" and opener == "/*!" and 50700 <= number <= 99999:
        return False
    return number <= limit


def _skipped_end(text: str, position: int) -> int:
    end = text.find("*/", position)
    nested = text.find("/*", position, end if end >= 0 else len(text))
    if nested >= 0 and end >= 0:
        end = text.find("*/", end + 2)
    return len(text) if end < 0 else end + 2


def _blank(piece: str) -> str:
    return re.sub(r"[^\n]", " ", piece)
