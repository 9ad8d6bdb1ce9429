"""What the evaluation of a part of the program found, as plain data that another process can send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import NOWHERE, Call, Key, Noted, NotFollowed, Place, Received
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Guard
from nodepath_cli.source.statement import Span

Carriers = dict[str, set[str]]
"""By folder: the names of constants, variables and functions that carry SQL to other files."""

_Call = tuple[str, int, int, str, str | None]
"""A call's file, start and end in bytes, name and function."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a part of the program adds to the whole."""

    received: tuple[tuple[_Call, Received], ...]
    """Each record with its call, which the record itself is sent without."""
    not_followed: tuple[tuple[_Call, NotFollowed], ...]
    arms: tuple[list[str], ...]
    """The words of the arms of every branch, by the number that guards name it with."""
    places: dict[int, Guard]
    """The branches around a branch, by its number."""
    doubts: set[tuple[int, int]]
    """Arms that may never be taken."""
    covered: set[Key]
    covered_by_callers: set[Key]
    wrappers: dict[Key, set[int]]
    handed_on: dict[Key, set[Span]]
    parsed: set[Span]
    followed: set[Key]
    possible: set[int]
    noted: tuple[Noted, ...]
    tainted: set[Key]
    evaluated: frozenset[Key]
    """The functions that were evaluated on their own."""
    carriers: Carriers
    imports: Mapping[str, dict[str, str]]
    """The imports of the part's files, by path."""
    broken: Mapping[str, bool]
    """Whether a file of the part has a syntax error, by path."""


def facts_of(m: Machine, files: Sequence[GoFile], carriers: Carriers) -> Facts:
    """Return what a machine found in these files."""
    return Facts(
        tuple((_sent(each.call), replace(each, call=NOWHERE)) for each in m.received),
        tuple((_sent(each.call), replace(each, call=NOWHERE)) for each in m.not_followed),
        tuple(m.decisions.arms()),
        m.decisions.places(),
        m.decisions.doubts(),
        m.covered,
        m.covered_by_callers,
        m.wrappers,
        m.handed_on,
        m.parsed,
        m.followed,
        m.possible,
        tuple(m.noted),
        m.tainted,
        frozenset(m.summaries),
        carriers,
        {file.path: m.index.imports(file) for file in files},
        {file.path: file.broken for file in files},
    )


def take(m: Machine, facts: Facts, carriers: Carriers) -> None:
    """Add what another machine found before this one began."""
    numbers = [m.decisions.get(("elsewhere", id(facts), number), arms, facts) for number, arms in enumerate(facts.arms)]
    for decision, around in facts.places.items():
        m.decisions.enter(numbers[decision], _numbered(around, numbers))
    for decision, arm in facts.doubts:
        m.decisions.doubt(numbers[decision], arm)
    received = [
        replace(
            each,
            call=_received(m, call),
            guard=_numbered(each.guard, numbers),
            ambient=_numbered(each.ambient, numbers),
        )
        for call, each in facts.received
    ]
    not_followed = [
        replace(each, call=_received(m, call), ambient=_numbered(each.ambient, numbers))
        for call, each in facts.not_followed
    ]
    m.received[:0] = received
    m.not_followed[:0] = not_followed
    m.covered |= facts.covered
    m.covered_by_callers |= facts.covered_by_callers
    m.parsed |= facts.parsed
    m.followed |= facts.followed
    m.possible |= facts.possible
    m.noted = dict.fromkeys((*facts.noted, *m.noted))
    m.tainted |= facts.tainted
    m.elsewhere |= facts.evaluated
    for key, positions in facts.wrappers.items():
        m.wrappers.setdefault(key, set()).update(positions)
    for key, literals in facts.handed_on.items():
        m.handed_on.setdefault(key, set()).update(literals)
    for folder, names in facts.carriers.items():
        carriers.setdefault(folder, set()).update(names)
    for path, imports in facts.imports.items():
        m.index.know_imports(path, imports)
    for path, broken in facts.broken.items():
        m.index.by_path[path].know_broken(broken)


def _sent(call: Call) -> _Call:
    return call.file.path, call.node.start_byte, call.node.end_byte, call.name, call.function


def _received(m: Machine, sent: _Call) -> Call:
    path, start, end, name, function = sent
    return Call(m.index.by_path[path], Place(start, end), name, function)


def _numbered(guard: Guard, numbers: Sequence[int]) -> Guard:
    return tuple((numbers[decision], arm) for decision, arm in guard)
