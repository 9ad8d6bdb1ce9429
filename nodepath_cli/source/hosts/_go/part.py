"""What a share of a program has for its own: files, and of one that is cut what begins between two offsets."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.source.hosts._go.declarations import Declared, FileIndex, Routine
from nodepath_cli.source.hosts._go.syntax import GoFile

END = sys.maxsize


class Part(Struct, frozen=True):
    """A file, or a part of it."""

    file: GoFile
    begin: range = range(END)
    """The byte offsets at which what belongs to the part begins."""

    def routines(self, declared: FileIndex) -> Iterator[Routine]:
        """Yield its functions and methods in source order, of all that its file declares."""
        return (each for each in declared.all_routines() if each.start_byte in self.begin)

    def values(self, declared: FileIndex) -> Iterator[tuple[str, Declared]]:
        """Yield its constants and variables by name, of all that its file declares."""
        return ((name, each) for name, each in declared.values.items() if each.spec.start_byte in self.begin)

    def blanks(self, declared: FileIndex) -> Iterator[Declared]:
        """Yield its variables without name."""
        return (each for each in declared.blanks if each.spec.start_byte in self.begin)
