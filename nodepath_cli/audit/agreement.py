"""What a cross-check with a live server comes to: the records that reports render."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Kind = Literal["schema", "false-alarm", "missed", "different-error", "dialect"]
"""`schema`: the schema source and the server differ in a name that the statement uses. `false-alarm`: nodepath refuses
what the server accepts. `missed`: the other way round. `different-error`: both refuse, for other reasons. `dialect`:
nodepath would agree if it were told the server's dialect."""


class Disagreement(Struct, frozen=True):
    """One text of a statement on which nodepath, the server and the schema source do not agree."""

    path: str
    line: int
    column: int
    function: str | None
    sql: str
    nodepath: str
    """nodepath's verdict in words: `accepts`, `not known: ...`, or its errors with their numbers."""
    server: str
    """The server's, in the same form."""
    kind: Kind
    names: tuple[str, ...] = ()
    """With `schema`: what one side has and the other has not, in words."""


class Reason(Struct, frozen=True):
    """Why texts were not asked, or not in full, and how many."""

    text: str
    count: int


class CrossCheck(Struct, frozen=True):
    """The outcome. A statement that branches make into several texts counts once for each."""

    server: str
    """The database's URL without its password, and what server it is."""
    asked: int
    agreed: int
    undecided: int
    """The server accepts them, and nodepath had no verdict (`no schema for table x`)."""
    disagreements: tuple[Disagreement, ...] = ()
    """In order of path and line; `asked` is the sum of these, of `agreed` and of `undecided`."""
    not_asked: tuple[Reason, ...] = ()
    """The most frequent first."""
    in_part: tuple[Reason, ...] = ()
    """Parts of accepted statements that could not be asked."""
