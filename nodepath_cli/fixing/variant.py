"""A SQL text with some of its names replaced, and the way back to the places in the text before."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.fixing.replacement import Replacement
from nodepath_cli.source.statement import OffsetMap, Variant


class Rewritten(Struct, frozen=True):
    """A text and what it becomes."""

    original: Variant
    made: tuple[Replacement, ...] = ()
    """In order of place; their offsets count in the original text."""

    def variant(self) -> Variant:
        """Return the new text; it stands nowhere in the source, so nothing of it can be located."""
        original = self.original
        out = []
        position = 0
        for each in self.made:
            out += [original.sql[position : each.start], each.new]
            position = each.end
        out.append(original.sql[position:])
        return replace(
            original,
            sql="".join(out),
            offsets=OffsetMap(()),
            holes=tuple(replace(hole, offset=self._forth(hole.offset)) for hole in original.holes),
            repeats=tuple((self._forth(start), self._forth(end)) for start, end in original.repeats),
        )

    def _forth(self, offset: int) -> int:
        return offset + sum(len(each.new) - (each.end - each.start) for each in self.made if each.end <= offset)

    def with_more(self, found: Sequence[Replacement]) -> Rewritten | None:
        """Return the text with further names replaced, whose offsets count in the new text.

        None where one of them is a name that was put there before.
        """
        more = []
        for each in found:
            start = self._back(each.start)
            if start is None:
                return None
            more.append(replace(each, start=start, end=start + (each.end - each.start)))
        return Rewritten(self.original, tuple(sorted((*self.made, *more), key=lambda each: each.start)))

    def _back(self, offset: int) -> int | None:
        shift = 0
        for each in self.made:
            start = each.start + shift
            if offset < start:
                break
            if offset < start + len(each.new):
                return None
            shift += len(each.new) - (each.end - each.start)
        return offset - shift
