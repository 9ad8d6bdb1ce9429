"""Words that no server takes side by side, in a text whose names are understood all the same."""

from __future__ import annotations

from nodepath_cli.sql.cursor import Cursor
from nodepath_cli.sql.nodes import CallFault

_DIRECTIONS = frozenset(("ASC", "DESC"))


class SlipGrammar(Cursor):
    """Steps over slips, and notes them."""

    slips: list[CallFault]

    def slip(self, first: int, end: int, errno: int = 1064, message: str = "") -> None:
        """Note tokens that no server takes side by side."""
        start, behind = self.starts[first], self.ends[end - 1]
        text = " ".join(self.text[start:behind].split())
        self.slips.append(CallFault(errno, message or f"Syntax error at '{text}'", text, start, behind))

    def direction(self) -> None:
        """Step over ASC or DESC, where it stands here, and note a second one."""
        if self.words[self.i] in _DIRECTIONS:
            self.i += 1
            while self.words[self.i] in _DIRECTIONS:
                self.slip(self.i - 1, self.i + 1)
                self.i += 1
