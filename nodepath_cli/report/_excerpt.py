"""The source line of a finding with carets under it, aligned in a terminal for tabs and wide characters, too."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.audit.finding import Position
from nodepath_cli.report._words import clean

TAB = 4
"""A tab is shown as so many blanks: its own width depends on the terminal and on what stands before it."""
_WIDEST = 160
"""Terminal columns of a source line that are shown at most; a longer one is cut around the identifier."""
_LEAD = 60
"""Terminal columns before the identifier that a cut line keeps."""


class Excerpt(Struct, frozen=True):
    """A source line as it is shown, and the line of carets that stands directly under it."""

    line: int
    source: str
    carets: str


def excerpt(text: str, position: Position) -> Excerpt | None:
    """Return the excerpt of a file's text at a position, or None where the text does not reach so far.

    A position over several lines is marked up to the end of its first line.
    """
    source = _line(text, position.line)
    if source is None or position.column > len(source) + 1:
        return None
    last = position.end_column if position.end_line == position.line else len(source.rstrip()) + 1
    cells = [_cell(character) for character in source]
    start = sum(width for _, width in cells[: position.column - 1])
    length = max(1, sum(width for _, width in cells[position.column - 1 : last - 1]))
    cut, shift = _cut(cells, start)
    return Excerpt(position.line, cut, " " * (start - shift) + "^" * min(length, max(1, _width(cut) - start + shift)))


def _line(text: str, number: int) -> str | None:
    begin = 0
    for _ in range(number - 1):
        begin = text.find("\n", begin) + 1
        if begin == 0:
            return None
    end = text.find("\n", begin)
    return text[begin : len(text) if end < 0 else end].rstrip("\r")


def _cell(character: str) -> tuple[str, int]:
    """Return a character as it is shown and the terminal columns that it takes."""
    if character == "\t":
        return " " * TAB, TAB
    if " " <= character <= "~":
        return character, 1
    from unicodedata import category, east_asian_width

    shown = clean(character)
    if category(shown) in ("Mn", "Me", "Cf"):
        return shown, 0
    return shown, 2 if east_asian_width(shown) in "WF" else 1


def _width(shown: str) -> int:
    return sum(_cell(character)[1] for character in shown)


def _cut(cells: list[tuple[str, int]], start: int) -> tuple[str, int]:
    """Return the text to show and by how many terminal columns everything moves to the left."""
    if sum(width for _, width in cells) <= _WIDEST:
        return "".join(shown for shown, _ in cells).rstrip(), 0
    from_column = max(0, start - _LEAD)
    kept: list[str] = []
    column = skipped = 0
    for shown, width in cells:
        if column < from_column:
            skipped += width
        elif column - skipped + width <= _WIDEST - 3:
            kept.append(shown)
        else:
            return ("..." if skipped else "") + "".join(kept) + "...", skipped - (3 if skipped else 0)
        column += width
    return "..." + "".join(kept), skipped - 3
