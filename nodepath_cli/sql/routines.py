"""Stored functions and procedures: what a script makes of them, as far as a call has to fit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nodepath_cli.patterns import lazy
from nodepath_cli.schema.model import Routine, RoutineKind
from nodepath_cli.sql.lexer import LexError, tokenize

_NAME = r"(?:`(?:[^`]|``)+`|[\w$]+)"
_ROUTINE = lazy(
    r"\s*(?P<verb>CREATE|DROP)\s+(?P<replaces>OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+(?:\s*@\s*\S+)?\s+)?"
    r"(?:AGGREGATE\s+)?(?P<kind>PROCEDURE|FUNCTION)\s+(?:IF\s+(?P<keeps>NOT\s+)?EXISTS\s+)?"
    rf"(?:{_NAME}\s*\.\s*)?(?P<name>{_NAME})\s*(?P<parameters>\()?",
    re.IGNORECASE,
)
_KINDS: dict[str, RoutineKind] = {"PROCEDURE": "procedure", "FUNCTION": "function"}


class Routines:
    """The routines that there are, statement by statement."""

    def __init__(self, known: Iterable[Routine] = ()) -> None:
        """Begin with those of earlier sources."""
        self._known = {(each.kind, each.name.lower()): each for each in known}

    def read(self, sql: str) -> None:
        """Take over a statement that makes or drops a routine; any other one changes nothing."""
        match = _ROUTINE.match(sql)
        if match is None:
            return
        kind, name = _KINDS[match["kind"].upper()], match["name"].strip("`").replace("``", "`")
        key = kind, name.lower()
        if match["verb"].upper() == "DROP":
            self._known.pop(key, None)
            return
        before = self._known.get(key)
        made = Routine(name, kind, _parameters(sql[match.start("parameters") :]) if match["parameters"] else None)
        if before is None or match["replaces"]:
            self._known[key] = made
        elif before.parameters != made.parameters and not match["keeps"]:
            # The server has one of that name alone: this is another database's, or another version's.
            self._known[key] = Routine(name, kind)

    def all(self) -> tuple[Routine, ...]:
        """Return them by name."""
        return tuple(self._known[key] for key in sorted(self._known))


def _parameters(text: str) -> int | None:
    """Return how many parameters a text lists that begins with their parenthesis; None where they cannot be told."""
    tokens = tokenize(text, False)
    if isinstance(tokens, LexError):
        return None
    words, closing, at, commas = tokens.words, tokens.closing, 1, 0
    while at < closing[0]:
        if words[at] in ("DEFAULT", ":="):
            # MariaDB: such a parameter may be left out.
            return None
        commas += words[at] == ","
        at = closing[at] + 1 if words[at] == "(" else at + 1
    return commas + (closing[0] > 1)
