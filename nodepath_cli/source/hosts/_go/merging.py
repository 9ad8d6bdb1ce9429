"""What the shares of a program were found to do, put together as if they had been evaluated as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.packing import Packing
from nodepath_cli.source.hosts._go.decisions import Branch
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.index import Index
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import Key, Noted, NotFollowed, Received, Written
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.values import Alternative, Guard, Handle, Unknown, Value
from nodepath_cli.source.statement import Span


class Found(Struct):
    """What an evaluation found, as plain data that another process can be told; the fields are the machine's."""

    branches: list[Branch]
    received: list[Received]
    not_followed: list[NotFollowed]
    noted: list[Noted]
    possible: set[int]
    covered: set[Key]
    wrappers: dict[Key, set[int]]
    covered_by_callers: set[Key]
    followed: set[Key]
    parsed: set[Span]
    handed_on: dict[Key, set[Span]]
    prepared: dict[tuple[str, str], dict[Key, Written]]
    """Of `fields`, those that hold prepared statements; what else is in them is unknown."""
    routines: dict[Key, tuple[int, str, str]]
    """The functions that were evaluated: their end, name and receiver."""
    imports: dict[str, dict[str, str]]
    """What the files around the records import."""
    opened: dict[str, Sequence[tuple[str, str]]]
    """What the files of its folders with SQL open."""


def found_by(m: Machine) -> Found:
    """Return what a machine has found."""
    prepared = {
        place: {key: replace(entry, value=_prepared(entry.value)) for key, entry in entries.items()}
        for place, entries in m.fields.items()
        if any(isinstance(each.atom, Handle) for entry in entries.values() for each in entry.value)
    }
    routines = {key: (each.end_byte, each.name, each.receiver) for key, each in m.routines.items()}
    paths = {each.call.file.path for each in m.received} | {each.call.file.path for each in m.not_followed}
    paths |= {each.origin.path for each in m.received if each.origin is not None}
    imports = {path: m.index.imports(m.index.by_path[path]) for path in sorted(paths) if path in m.index.by_path}
    return Found(
        *(m.decisions.branches(), m.received, m.not_followed, list(m.noted), m.possible, m.covered, m.wrappers),
        *(m.covered_by_callers, m.followed, m.parsed, m.handed_on),
        *(prepared, routines, imports, m.index.opened),
    )


def _prepared(value: Value) -> Value:
    other = Unknown("value")
    return tuple(each if isinstance(each.atom, (Handle, Unknown)) else replace(each, atom=other) for each in value)


def packing(index: Index) -> Packing:
    """Return how what was found is told another process of the same program."""
    # Of a file its path is enough: the other process has it, too.
    return Packing(GoFile, attrgetter("path"), index.by_path.__getitem__)


def merged(m: Machine, others: Iterable[Found]) -> Machine:
    """Add to what the first share's machine has found what the other shares have."""
    for other in others:
        _Merge(m).take(other)
    return m


class _Merge(Struct):
    m: Machine
    numbers: Mapping[int, int] = field(default_factory=dict)
    """The numbers of the other's decisions in the machine."""
    orders: dict[int, int] = field(default_factory=dict)
    """Records of the other that the machine has itself: a function that both have evaluated."""

    def take(self, other: Found) -> None:
        m = self.m
        self.numbers = m.decisions.take(other.branches)
        known = {_identity(record): record.order for record in m.received if record.root is not None}
        for record in other.received:
            same = known.get(_identity(record)) if record.root in m.routines else None
            if same is not None:
                self.orders[record.order] = same
            else:
                m.received.append(replace(record, guard=self._guard(record.guard), ambient=self._guard(record.ambient)))
        lost = {(each.call.key, each.reason, each.root) for each in m.not_followed}
        m.not_followed.extend(
            replace(each, ambient=self._guard(each.ambient))
            for each in other.not_followed
            if (each.call.key, each.reason, each.root) not in lost
        )
        m.noted.update(dict.fromkeys(map(self._noted, other.noted)))
        m.possible.update(self._orders(other.possible))
        m.covered |= other.covered
        m.covered_by_callers |= other.covered_by_callers
        m.followed |= other.followed
        m.parsed |= other.parsed
        for key, positions in other.wrappers.items():
            m.wrappers[key] = m.wrappers.get(key, set()) | positions
        for key, spans in other.handed_on.items():
            m.handed_on[key] = m.handed_on.get(key, set()) | spans
        for place, entries in other.prepared.items():
            own = m.fields.setdefault(place, {})
            for key, entry in entries.items():
                own.setdefault(key, replace(entry, value=self._value(entry.value)))
        m.index.told_imports.update(other.imports)
        m.index.opened.update(other.opened)
        for key, (end, name, receiver) in other.routines.items():
            if key not in m.routines:
                m.routines[key] = Routine(m.index.by_path[key[0]], _Extent(key[1], end), name, receiver)

    def _guard(self, guard: Guard) -> Guard:
        return tuple(sorted((self.numbers[decision], arm) for decision, arm in guard))

    def _orders(self, orders: Iterable[int]) -> tuple[int, ...]:
        return tuple(self.orders.get(order, order) for order in orders)

    def _noted(self, noted: Noted) -> Noted:
        return replace(
            noted,
            texts=self._orders(noted.texts),
            surely=self._orders(noted.surely),
            evaluation=self.orders.get(noted.evaluation, noted.evaluation),
        )

    def _value(self, value: Value) -> Value:
        return tuple(Alternative(self._guard(each.guard), self._handle(each.atom)) for each in value)

    def _handle(self, atom: Handle | object) -> Handle | Unknown:
        if not isinstance(atom, Handle):
            return atom if isinstance(atom, Unknown) else Unknown("value")
        texts = tuple((self._guard(guard), self.orders.get(order, order)) for guard, order in atom.texts)
        return replace(atom, texts=texts, ambient=self._guard(atom.ambient))


class _Extent(Struct, frozen=True):
    start_byte: int
    end_byte: int


def _identity(record: Received) -> Sequence[object]:
    text = record.text.plain
    return record.root, record.call.key, record.origin, text, record.iteration, record.kind, record.rank, record.bound
