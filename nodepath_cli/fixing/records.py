"""What is changed, what is left and why, and the files that come of it."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.source.files import SourceFile


class Edit(Struct, frozen=True, order=True):
    """An identifier that gets another name, in the file as it was."""

    path: str
    start: int
    """Offset of its first character."""
    end: int
    old: str
    """As spelt in the source, without quotes."""
    new: str


class Left(Struct, frozen=True, order=True):
    """A statement that is left alone."""

    path: str
    line: int
    reason: str


class Fixed(Struct, frozen=True):
    """A file before and after."""

    before: SourceFile
    after: SourceFile


class Fix(Struct, frozen=True):
    """The finished answer: a plan until it is written."""

    edits: tuple[Edit, ...]
    """In order of path and place, each once."""
    left: tuple[Left, ...]
    files: tuple[Fixed, ...]
    """The files that change, in order of path."""
    written: bool = False

    def position(self, edit: Edit) -> tuple[int, int]:
        """Return line and column of an edit, 1-based, in the file as it was."""
        return next(each.before.position(edit.start) for each in self.files if each.before.path == edit.path)


def applied(file: SourceFile, edits: list[Edit]) -> SourceFile:
    """Return a file with its edits made."""
    text = file.text
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return SourceFile(file.path, text)
