"""Which files are read: paths, globs, ignores, links; and a file's text with its lines."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class SourceFile:
    """A file that is read."""

    path: str
    """As reports name it: relative to the working directory, with `/`, without `./`."""
    text: str
    """Decoded as UTF-8 with `surrogateescape`; line ends as they are."""

    @cached_property
    def line_starts(self) -> list[int]:
        """Offsets at which lines begin (`\\n` ends a line)."""
        starts = [0]
        find = self.text.find
        index = find("\n")
        while index >= 0:
            starts.append(index + 1)
            index = find("\n", index + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character offset, 1-based, in characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Return a line (1-based) without its line end."""
        start = self.line_starts[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")
