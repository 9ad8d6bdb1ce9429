"""Whether a program's connections count the rows that a statement finds, and not those that it changes.

With `clientFoundRows=true` in the data source name, an upsert or UPDATE that leaves its row as it is counts that row
(MySQL manual, "INSERT ... ON DUPLICATE KEY UPDATE Statement": 1 instead of 0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nodepath_cli.patterns import lazy

_WORD = b"lientFoundRows"
_LITERAL = lazy(rb"\bclientFoundRows=true\b")
_FIELD = lazy(rb"^(?!\s*(?://|\*)).*\bClientFoundRows\s*(?::|=)\s*true\b", re.MULTILINE)
_SOURCE = lazy(rb"@(?:tcp|unix)?\(|\bmysql\.(?:Config\{|NewConfig\(|ParseDSN\()")
"""What names a server: a data source name, or the driver's struct."""
_COMMENT = lazy(rb"(?:^|[^:\"'`])//|^\s*(?:\*|/\*)")
_DEEP = lazy(rb"\t\t| {5}")


def counts_found_rows(files: Iterable[bytes]) -> bool:
    """Say whether all of a program's connections do, as far as its files say; where one may not, none does."""
    sources = told = 0
    for data in files:
        if _WORD not in data and b"@" not in data and b"mysql." not in data:
            continue
        for line in data.splitlines():
            if _COMMENT.search(line):
                continue
            found = _LITERAL.search(line)
            quoted = found is not None and (line[: found.start()].count(b'"') % 2 or b"`" in line[: found.start()])
            told += bool(quoted and (b"@" in line or not _DEEP.match(line))) or bool(_FIELD.match(line))
            sources += bool(_SOURCE.search(line))
    return told > 0 and sources <= 1
