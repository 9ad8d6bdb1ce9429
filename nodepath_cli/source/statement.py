"""A SQL statement as it stands in a source file, and the way back from every SQL offset to that file.

Offsets are 0-based and count characters (code points) of the decoded text, ends are exclusive; lines and columns are
computed only when a report is rendered. A file is decoded as UTF-8 with `surrogateescape`, so that an invalid byte is
one character and no position shifts.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from nodepath_cli.source.uses import Use

Guess = Literal["", "part", "text"]
"""How far a text is more than a guess; see `Variant.guessed`."""

HOLE = "\ufffc"
"""The character that stands in `Variant.sql` for a part known only at run time (OBJECT REPLACEMENT CHARACTER)."""


def legible(text: str) -> str:
    """Return a text with holes as reports show it."""
    return text.replace(HOLE, "\u2026")


class Span(Struct, frozen=True, order=True):
    """A piece of a source file."""

    path: str
    """The file, as reports name it: relative to the working directory, with `/`, without `./`."""
    start: int
    """Offset of the first character."""
    end: int
    """Offset behind the last character."""


class Segment(Struct, frozen=True):
    """A run of SQL characters that came from one place."""

    start: int
    """Offset in the SQL of the first character."""
    end: int
    """Offset in the SQL behind the last character."""
    source: Span
    """Where the run stands in the source."""
    linear: bool = True
    """True: SQL character `start + i` is source character `source.start + i`. False: the whole run stands for the whole
    source span (an escape sequence, a computed value, the expression behind a hole)."""


class OffsetMap(Struct, frozen=True):
    """Where every character of a SQL text came from: segments in order of `start`, without gaps or overlaps."""

    segments: tuple[Segment, ...]

    def locate(self, start: int, end: int) -> Span:
        """Return the source span of SQL characters `start` to `end`.

        Where the characters come from several literals, the span lies in the file of the first one and ends with the
        last character that comes from that literal. Offsets outside the text are clamped into it.

        Raises ValueError where the map is empty.
        """
        if not self.segments:
            raise ValueError("an empty offset map locates nothing")
        first = self._at(start)
        begin, until = _in_segment(first, start, min(max(end, start), first.end))
        last = self._at(max(end - 1, start))
        if last is not first and last.source.path == first.source.path and last.source.start >= first.source.end:
            _, until = _in_segment(last, last.start, min(max(end, last.start), last.end))
        return Span(first.source.path, begin, max(begin, until))

    def contiguous(self, start: int, end: int) -> bool:
        """Say whether SQL characters `start` to `end` stand unbroken and unescaped in one piece of source."""
        segment = self._at(start)
        return segment.linear and segment.start <= start and end <= segment.end

    def _at(self, offset: int) -> Segment:
        index = bisect_right(self.segments, offset, key=lambda segment: segment.start) - 1
        return self.segments[max(index, 0)]

    @property
    def unbroken(self) -> bool:
        """Whether all of the text stands in one literal: nothing was put together."""
        segments = self.segments
        return bool(segments) and all(
            one.source.path == two.source.path and one.source.end == two.source.start for one, two in pairwise(segments)
        )

    @staticmethod
    def identity(path: str, start: int, end: int) -> OffsetMap:
        """Map a text that stands verbatim in `path` from `start` to `end`."""
        return OffsetMap((Segment(0, end - start, Span(path, start, end)),))


def _in_segment(segment: Segment, start: int, end: int) -> tuple[int, int]:
    if not segment.linear:
        return segment.source.start, segment.source.end
    base = segment.source.start - segment.start
    low = min(max(start, segment.start), segment.end)
    high = min(max(end, segment.start), segment.end)
    return base + low, base + high


class Hole(Struct, frozen=True):
    """A part of the SQL that is known only at run time."""

    offset: int
    """Offset in `Variant.sql` of its HOLE character."""
    expression: str
    """The source expression behind it, shortened to one line (`tableName`, `strings.Join(parts, ", ")`)."""
    reason: str
    """Why it is not known, in the words of the report (`function argument`, `map of updates`)."""
    number: bool = False
    """It holds a number, or `true` or `false`, and nothing else (`LIMIT %d`)."""


class Separator(Struct, frozen=True):
    """What is put between the elements of a list that a text has."""

    start: int
    end: int
    """Its own offsets, or those of an element that stands for any number of copies, each like it."""
    text: str
    own: bool
    """The offsets are its own."""


class Variant(Struct, frozen=True):
    """One SQL text that a statement can have. Most statements have one; a branch that adds text gives more."""

    sql: str
    """The text, with a HOLE character for each hole."""
    offsets: OffsetMap
    """From `sql` to the source."""
    holes: tuple[Hole, ...] = ()
    """The holes, in order of offset."""
    branch: str = ""
    """The choice that leads to it (`if deviceID != ""`), empty where there is none."""
    repeats: tuple[tuple[int, int], ...] = ()
    """Offsets (start, end) of parts that stand for any number of copies of themselves: what a loop adds whose rounds
    are counted at run time. They may contain one another."""

    guessed: Guess = ""
    """`part`: a part of it is what some value of a type holds in a field; whether the value at hand is one of them is
    not known. `text`: it is put together in a way that was not followed, letter by letter or by a loop without a
    round, so that the program may never build it."""

    separators: tuple[Separator, ...] = ()
    """In order of place; an element that may be there several times, but in other forms, has none."""

    replaced: tuple[tuple[int, int], ...] = ()
    """Offsets (start, end) of what the settings have put in the place of other text."""

    def countable(self, start: int, end: int) -> bool:
        """Say whether the number of elements between two offsets is that of the text.

        A part that repeats as a whole has the same number of elements in every copy.
        """
        return not any(
            first < end and last > start and not (first <= start and last >= end) for first, last in self.repeats
        )


class Wrapper(Struct, frozen=True):
    """A function of the tree that hands the SQL which it is given on to a database."""

    name: str
    """Its bare name (`ExecInstance`)."""
    span: Span
    """Where its name is declared."""
    argument: int
    """Which of its arguments is the SQL, the first is 1; 0 for the receiver of a method."""


class CallSite(Struct, frozen=True):
    """The call that receives the SQL."""

    name: str
    """The callee as written (`r.db.ExecContext`)."""
    span: Span
    """The whole call, from the first character of the callee to the closing parenthesis."""
    wrapper: Wrapper | None = None
    """The function that is called, where it is one of the tree; None for a method of a database package."""
    surely: bool = False
    """A method of a database gets the text as it stands: what its receiver is was told by more than the method."""
    followed: bool = False
    """It is a function of the tree that was followed to the database: the text is the one that is sent there."""


class Statement(Struct, frozen=True):
    """One SQL statement of a source file, with everything that the host language knows about it."""

    variants: tuple[Variant, ...]
    """Its texts, at least one; the first is the one that reports show. Empty `sql` where nothing could be followed."""
    span: Span
    """Where its first literal begins, up to the end of the last literal of the same file (or of the call, if none)."""
    host: str
    """The host language's id: `go`, `sql`."""
    function: str | None = None
    """The enclosing function or method by its bare name (`TryAcquireSession`), None at top level."""
    call: CallSite | None = None
    """The call that receives it, None for a constant that reaches none, and in a `.sql` file."""
    opaque: str | None = None
    """Why the host could not follow it at all (`SQL is a function argument`); None where `variants` holds its text."""
    dialect: str | None = None
    """The other database whose SQL this is (`postgresql`, `sqlite`), None where it is to be audited."""
    dialect_reason: str | None = None
    """How that was told (`imports lib/pq`, `$1 placeholder`, `folder postgres`)."""
    foreign_file: bool = False
    """With `dialect`: it was told by the whole file (its folder, name or imports), which is then listed as skipped."""
    misplaced: tuple[int, int] | None = None
    """With `dialect`: where in its first text stands what no database reads that the program opens."""
    uses: tuple[Use, ...] = ()
    """What gives values for its placeholders and takes its columns, as far as that was followed."""
    migration: str | None = None
    """The numbered file of code that runs it as a part of a migration (`0003_names.go`), None where none is known."""
    closed: bool = False
    """A semicolon ends it, in a `.sql` file."""
    lenient: bool = False
    """Its script has turned strict mode off before it (`SET sql_mode = ''`): a value that does not fit is a warning."""

    @property
    def sql(self) -> str:
        """The first variant's text."""
        return self.variants[0].sql if self.variants else ""
