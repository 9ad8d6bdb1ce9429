"""The table of a plain DDL statement, told by its first words alone.

Reading a whole statement takes a grammar whose import alone costs 70 ms, and a fifth of a millisecond for each
statement (measured). Most statements of a migration name one table in a place that cannot be mistaken.
"""

from __future__ import annotations

import re

_NAME = r"(?:`(?:[^`]|``)+`|[A-Za-z_][A-Za-z0-9_$]*)"
_PLAIN = re.compile(
    rf"\s*(?:CREATE\s+TABLE\s+(?P<made>{_NAME})\s*\("
    rf"|CREATE\s+(?:UNIQUE\s+)?INDEX\s+{_NAME}\s+ON\s+(?P<keyed>{_NAME})\s*\("
    rf"|ALTER\s+TABLE\s+(?P<changed>{_NAME})\s+(?:ADD|DROP|MODIFY|CHANGE|ALTER)\s)",
    re.IGNORECASE,
)
# Where more than one table may be named, or a part of one is taken away, the grammar has to say what it is.
_MORE = re.compile(r"\b(?:RENAME|EXCHANGE|PARTITION|TABLESPACE)\b|/\*|--|#", re.IGNORECASE)
_WORDS = frozenset(("IF", "IGNORE"))
"""Words that may stand where a name does in what is matched here."""


def plain_table(sql: str) -> str | None:
    """Return the bare name of the one table that a statement makes or changes, None where that takes a closer look.

    A statement that is named here changes what SHOW CREATE says of the table, or leaves the same behind when it runs
    twice.
    """
    match = _PLAIN.match(sql)
    if match is None or _MORE.search(sql):
        return None
    name = match["made"] or match["keyed"] or match["changed"]
    if name.startswith("`"):
        return name[1:-1].replace("``", "`")
    return None if name.upper() in _WORDS else name
