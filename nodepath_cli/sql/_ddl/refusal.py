"""A statement that the server would refuse."""

from __future__ import annotations


class Refusal(Exception):
    """Raised inside the replay of one statement; `replay` turns it into a `Problem` and drops the statement."""

    def __init__(self, errno: int | None, message: str) -> None:
        super().__init__(message)
        self.errno = errno
        self.message = message


def syntax_error(near: str) -> Refusal:
    """Return the refusal of a text that is no statement of the dialect (1064)."""
    shown = " ".join(near.split())[:60]
    return Refusal(1064, f"syntax error near '{shown}'" if shown else "syntax error at the end of the statement")


def unknown_column(name: str, where: str) -> Refusal:
    """Return the refusal of a column that is not there (1054)."""
    return Refusal(1054, f"Unknown column '{name}' in '{where}'")


def cannot_drop(kind: str, name: str) -> Refusal:
    """Return the refusal of dropping something that is not there (1091)."""
    return Refusal(1091, f"Can't DROP {kind} `{name}`; check that it exists")
