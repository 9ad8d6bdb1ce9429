"""A statement that the server would refuse."""

from __future__ import annotations

from nodepath_cli.source.statement import legible


class Refusal(Exception):
    """Raised inside the replay of one statement; `replay` turns it into a `Problem` and drops the statement."""

    def __init__(self, errno: int | None, message: str, start: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno
        self.message = message
        self.start = start
        """Offset of the word that cannot stand where it does, None where none is meant."""
        self.column: str | None = None
        """The column whose definition is refused."""


def syntax_error(near: str, start: int | None = None) -> Refusal:
    """Return the refusal of a text that is no statement of the dialect (1064)."""
    words = legible(" ".join(near.split())[:60])
    message = f"syntax error near '{words}'" if words else "syntax error at the end of the statement"
    return Refusal(1064, message, start)


def unknown_column(name: str, where: str) -> Refusal:
    """Return the refusal of a column that is not there (1054)."""
    return Refusal(1054, f"Unknown column '{name}' in '{where}'")


def cannot_drop(kind: str, name: str) -> Refusal:
    """Return the refusal of dropping something that is not there (1091)."""
    return Refusal(1091, f"Can't DROP {kind} `{name}`; check that it exists")
