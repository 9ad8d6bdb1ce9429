"""Where the texts of a statement stop being SQL: at one word of the source, whichever of them is sent.

A statement that branches build has many texts, and some may never be built: a condition stands without the WHERE that
another branch has put before it. So a piece of the source is wrong only if no text with it can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Span, Variant
from nodepath_cli.sql.cursor import TOO_EARLY
from nodepath_cli.sql.resolution import Resolution, Unparsed
from nodepath_cli.sql.syntax import SyntaxFault

_MANY = 16
"""From so many texts on, some combinations of branches may be missing."""

_ASKS = lazy(r"(?i)[\w`)?'](?:\s*(?:<=?>?|>=?|!=)|\s+(?:NOT\s+)?LIKE)\s*\Z")
"""A comparison that is left without its second side: no list makes that, and no loop."""
_BETWEEN_STATEMENTS = frozenset(("UNION", "ALL", "DISTINCT", "EXCEPT", "INTERSECT"))


def asks_for_more(variant: Variant) -> bool:
    """Say whether a text ends with a comparison, in the piece of source that has the first side as well."""
    found = _ASKS.search(variant.sql)
    return found is not None and variant.offsets.contiguous(found.start(), len(variant.sql))


def place(outcome: Resolution | Unparsed, start: int, end: int) -> Span:
    """Return where a part of a text stands in the source."""
    return outcome.variant.offsets.locate(start, end)


class Texts(Struct, frozen=True):
    """The texts of a statement."""

    outcomes: Sequence[Resolution | Unparsed]
    fault: Callable[[Unparsed], SyntaxFault | None]
    """The certain fault of a text, None where it is in doubt."""

    def stop_at(self, unread: Unparsed, fault: SyntaxFault, *, sent: bool = False) -> bool:
        """Say whether every text that has this word stops at it. `sent`: a database gets the text as it stands."""
        word = place(unread, fault.start, fault.end)
        others = self._with(unread, fault.start)
        for each, other in self._faults(others):
            if other is None or place(each, other.start, other.end) != word:
                return False
        contiguous = unread.variant.offsets.contiguous
        if len(others) + 1 == len(self.outcomes) or self._rest_ends_early(others, unread):
            ends = fault.ends and not unread.variant.offsets.unbroken and not asks_for_more(unread.variant)
            sent = sent and len(self.outcomes) == 1
            return not ends and (sent or contiguous(fault.start if fault.alone else fault.first, fault.end))
        if unread.variant.guessed or _glues(fault):
            return False
        if contiguous(fault.first, fault.end):
            return True
        if _repeats(unread, fault):
            return False
        # What stands before is right with other words behind it.
        before = place(unread, fault.first, fault.first + len(fault.before) if fault.before else fault.start)
        return fault.alone and (len(self.outcomes) < _MANY or self._meets_all([unread, *others])) and self._read(before)

    def stop_behind(self, unread: Unparsed, fault: SyntaxFault) -> bool:
        """Say whether every text that has the word before stops behind it: whatever is put there is wrong."""
        first, end = _before(fault)
        word = place(unread, first, end)
        others = self._with(unread, first)
        following = set() if fault.ends else {place(unread, fault.start, fault.end)}
        ways = {None if fault.ends else place(unread, fault.start, fault.end)}
        for each, other in self._faults(others):
            if other is None or place(each, *_before(other)) != word:
                return False
            ways.add(None if other.ends else place(each, other.start, other.end))
            if not other.ends:
                following.add(place(each, other.start, other.end))
        if len(others) + 1 == len(self.outcomes):
            return len(ways) > 1 and None not in ways
        if unread.variant.guessed or _glues(fault) or _repeats(unread, fault):
            return False
        # Of words that are right somewhere, the program may part one from the other.
        return len(ways) > 1 or (not fault.alone and all(map(self._read, following)))

    def _rest_ends_early(self, others: Sequence[Resolution | Unparsed], unread: Unparsed) -> bool:
        """Say whether all texts but these break off: a loop without a round adds nothing to the first words."""
        known = {id(unread), *map(id, others)}
        rest = [each for each in self.outcomes if id(each) not in known]
        return all(isinstance(each, Unparsed) and each.reason == TOO_EARLY for each in rest)

    def _with(self, unread: Unparsed, start: int) -> list[Resolution | Unparsed]:
        """Return the other texts that have the piece of the source that a word stands in, or a part of it.

        A program that takes the word out of a piece (`strings.TrimSuffix`) has not sent it.
        """
        segments = unread.variant.offsets.segments
        found = (each.source for each in segments if each.start <= start < each.end)
        span = next(found, place(unread, start, start + 1))
        return [each for each in self.outcomes if each is not unread and has(each, span)]

    def _meets_all(self, texts: Sequence[Resolution | Unparsed]) -> bool:
        """Say whether every piece of source that any text has is in one of these, too: what is missing of many
        combinations puts nothing new beside a piece that is in all of these."""
        met = _sources(texts)
        return all(span in met for span in _sources(self.outcomes))

    def _read(self, span: Span) -> bool:
        """Say whether a text with a piece of the source is understood."""
        return any(isinstance(each, Resolution) and has(each, span) for each in self.outcomes)

    def _faults(
        self, outcomes: Sequence[Resolution | Unparsed]
    ) -> Iterator[tuple[Resolution | Unparsed, SyntaxFault | None]]:
        if any(isinstance(each, Resolution) for each in outcomes):
            yield outcomes[0], None
            return
        for each in outcomes:
            yield each, self.fault(each) if isinstance(each, Unparsed) else None


def _sources(outcomes: Iterable[Resolution | Unparsed]) -> frozenset[Span]:
    return frozenset(each.source for outcome in outcomes for each in outcome.variant.offsets.segments)


def _before(fault: SyntaxFault) -> tuple[int, int]:
    return fault.first, fault.end if fault.ends else fault.first + len(fault.before)


def _glues(fault: SyntaxFault) -> bool:
    """Say whether a text ends with what stands between whole statements: a loop may add another one."""
    return (fault.before or fault.text).upper() in _BETWEEN_STATEMENTS


def _repeats(unread: Unparsed, fault: SyntaxFault) -> bool:
    """Say whether a word of the fault is what a loop adds: its last round may add something else."""
    return any(start < fault.end and end > fault.first for start, end in unread.variant.repeats)


def has(outcome: Resolution | Unparsed, span: Span) -> bool:
    """Say whether a text has a piece of the source, or a part of it."""
    return any(
        each.source.path == span.path and each.source.start < span.end and span.start < each.source.end
        for each in outcome.variant.offsets.segments
    )
