"""NP201 to NP203: what each revision means for a site, read off the site's course through the states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from nodepath_cli.audit.finding import Rule
from nodepath_cli.audit.rules.breaks_between_steps import RULE as BETWEEN
from nodepath_cli.audit.rules.breaks_on_migration import RULE as BREAKS
from nodepath_cli.audit.rules.needs_migration_first import RULE as NEEDS
from nodepath_cli.deploy.across import Course, Status, Told
from nodepath_cli.deploy.records import State, Step


class Change(Struct, frozen=True):
    """What a revision means for one site."""

    rule: Rule
    course: Course
    told: Told
    """What the server would say in the state in which the site fails."""
    revision: str
    cause: Step | None
    """The statement that brings, takes or breaks the name."""
    mended: Step | None = None
    """NP203: the statement after which the name is there again."""
    place: State | None = None
    """NP203: the state in which it fails first."""


class RevisionSpan(Struct, frozen=True):
    """A revision's states: the one before it, and its last one."""

    revision: str
    before: int
    last: int


def spans(states: Sequence[State]) -> tuple[RevisionSpan, ...]:
    """Return the revisions with their places among the states."""
    found = []
    before = 0
    for index, state in enumerate(states):
        if state.revision is not None and not state.between:
            found.append(RevisionSpan(state.revision, before, index))
            before = index
    return tuple(found)


def changes(course: Course, states: Sequence[State], *, steps: bool) -> Iterator[Change]:
    """Yield what the revisions mean for a site; `steps` is false where a revision runs in one transaction.

    What counts is the base: a name that is there and is taken gives NP202 under the first revision that takes it; a
    name that is not there and is at the end gives NP201 under the revision that brings it for good. One that comes and
    goes again has both. A state in which the site cannot be judged says nothing: what was known before it holds on.
    """
    turns = _turns(course.statuses, spans(states))
    brings = [turn for turn in turns if turn.after is Status.FINE and turn.failing is not None]
    takes = [turn for turn in turns if turn.after is Status.FAILS and turn.before is Status.FINE]
    at_end = turns[-1].after if turns else course.statuses[0]
    if course.statuses[0] is Status.FINE:
        brings, takes = [], takes[:1]
    elif at_end is Status.FINE:
        brings, takes = brings[-1:], []
    else:
        brings, takes = brings[:1], takes[-1:]
    for turn in brings:
        yield _change(NEEDS, turn, turn.failing or 0, course, states)
    for turn in takes:
        yield _change(BREAKS, turn, turn.span.last, course, states)
    if steps:
        for span in spans(states):
            if course.statuses[span.before] is Status.FINE:
                yield from _between(course, states, span)


class _Turn(Struct, frozen=True):
    """A revision after which a site fares otherwise than was known before."""

    span: RevisionSpan
    before: Status
    after: Status
    failing: int | None
    """The last state before the revision's own in which the site fails."""


def _turns(statuses: Sequence[Status], found: Sequence[RevisionSpan]) -> list[_Turn]:
    turns = []
    known = statuses[0]
    failing = 0 if known is Status.FAILS else None
    for span in found:
        after = statuses[span.last]
        if after in (known, Status.HIDDEN):
            continue
        turns.append(_Turn(span, known, after, failing))
        known = after
        failing = span.last if after is Status.FAILS else failing
    return turns


def _change(rule: Rule, turn: _Turn, failing: int, course: Course, states: Sequence[State]) -> Change:
    cause = states[_begin(course.statuses, turn.span)].cause
    return Change(rule, course, course.told[failing], turn.span.revision, cause)


def _begin(statuses: Sequence[Status], span: RevisionSpan) -> int:
    """Return the first state of the run of equal statuses that ends with the revision."""
    index = span.last
    while index - 1 > span.before and statuses[index - 1] is statuses[span.last]:
        index -= 1
    return index


def _between(course: Course, states: Sequence[State], span: RevisionSpan) -> Iterator[Change]:
    statuses = course.statuses
    for index in range(span.before + 1, span.last):
        if statuses[index] is Status.FAILS:
            later = range(index + 1, span.last + 1)
            mended = next((states[each].cause for each in later if statuses[each] is Status.FINE), None)
            yield Change(BETWEEN, course, course.told[index], span.revision, states[index].cause, mended, states[index])
            return
