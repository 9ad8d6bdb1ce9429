"""What kind of statement a revision sends: by its first words, and whether it may be left out when a run is resumed."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.sql.words import words_of

Kind = Literal["ddl", "data", "call", "session", "commit", "rollback", "savepoint", "prepare", "execute", "lock"]
"""`ddl` commits by itself (MySQL manual, "Statements That Cause an Implicit Commit"), `data` is part of a transaction,
`call` may do either. The others are no steps and sent in every run: they read, or set what goes with the connection or
its transaction."""

_SPACE = lazy(r"(?:\s+|/\*(?!M?!).*?\*/|--(?=\s|\Z)[^\n]*|#[^\n]*|\()+", re.DOTALL)
_EXECUTABLE = lazy(r"/\*M?!\d{0,6}\s*")
_WORD = lazy(r"[A-Za-z_]+")
_DDL = words_of(
    "CREATE ALTER DROP RENAME TRUNCATE GRANT REVOKE ANALYZE OPTIMIZE REPAIR CHECK FLUSH RESET CACHE INSTALL UNINSTALL "
    "IMPORT"
)
_DATA = words_of("INSERT REPLACE UPDATE DELETE LOAD MERGE")
_OTHERS: dict[str, Kind] = {
    "BEGIN": "commit",
    "CALL": "call",
    "COMMIT": "commit",
    "EXECUTE": "execute",
    "LOCK": "lock",
    "PREPARE": "prepare",
    "ROLLBACK": "rollback",
    "SAVEPOINT": "savepoint",
    "START": "commit",
}
_REPEATABLE = words_of("ANALYZE OPTIMIZE REPAIR CHECK FLUSH GRANT RESET CACHE")
_WRITES = lazy(r"\b(UPDATE|DELETE|INSERT|REPLACE)\b", re.IGNORECASE)
_TARGET = lazy(
    r"\b(?:INTO|UPDATE|FROM|INSERT|REPLACE|CALL)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE|QUICK|TABLE|INTO|FROM)"
    r"\s+)*((?:[`\"]?[\w$]+[`\"]?\s*\.\s*)?[`\"]?[\w$]+[`\"]?)",
    re.IGNORECASE,
)
_TEMPORARY = lazy(r"\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?|DROP\s+)TEMPORARY\b", re.IGNORECASE)


class Sent(Struct, frozen=True):
    """A statement as the driver gets it, and what tells it from another one."""

    kind: Kind
    text: str
    text_hash: str
    values_hash: str
    """Of the values beside the text, "" where there are none."""
    head: str
    """Verb and table, as in `INSERT leads`: what is shown of a data statement, whose values stay out of the ledger."""
    repeatable: bool = False
    """It leaves the same behind however often it runs (ANALYZE, GRANT)."""


def sent(text: str, values: object = None) -> Sent:
    """Return what is known of a statement by its text alone."""
    start = _start(text)
    match = _WORD.match(text, start)
    word = match.group().upper() if match else ""
    kind = _kind(word, text, start)
    given = repr(values) if values else ""
    target = _TARGET.search(text, start) if kind in ("data", "call") else None
    head = f"{word} {_bare(target.group(1))}" if target else " ".join(text[start : start + 120].split())
    return Sent(kind, text, _hash(text), _hash(given) if given else "", head, word in _REPEATABLE)


def is_temporary(text: str) -> bool:
    """Say whether a statement makes or drops a temporary table: no commit, and gone with the connection."""
    return _TEMPORARY.match(text, _start(text)) is not None


def target_of(head: str) -> str:
    """Return the table of a `head` in lower case, "" where it has none."""
    return head.partition(" ")[2].lower()


def _kind(word: str, text: str, start: int) -> Kind:
    if word in _DDL:
        return "session" if is_temporary(text) else "ddl"
    if word == "WITH":
        return "data" if _WRITES.search(text, start) and not re.search(r"\bFOR\s+UPDATE\b", text, re.I) else "session"
    if word in _DATA:
        return "data"
    return _OTHERS.get(word, "session")


def _start(text: str) -> int:
    """Return where the first word stands, behind comments and brackets and inside an executed comment."""
    position = 0
    while True:
        match = _SPACE.match(text, position) or _EXECUTABLE.match(text, position)
        if match is None:
            return position
        position = match.end()


def _bare(name: str) -> str:
    return re.sub(r"[`\"\s]", "", name)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
