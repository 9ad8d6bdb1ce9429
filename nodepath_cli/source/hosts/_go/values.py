"""The values that the evaluator computes: alternatives, each under the branches that lead to it.

A `Value` is a tuple of alternatives. Each pairs an atom (a text, a list, a number, something unknown) with a guard: the
arms of the branches that have to be taken for it. Two alternatives can be combined only where their guards agree, so
`if a { q += x; r = y }` gives two texts, not four.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from nodepath_cli.source.hosts._go.scope import Closure
    from nodepath_cli.source.hosts._go.syntax import GoFile

CAP = 16
"""Most alternatives of one value: enough for four independent branches in every combination."""
MAX_TEXT = 120_000
"""Longest text that is built, in characters; a longer one is unknown."""
MAX_ITEMS = 400
"""Longest list that is followed element by element."""

_LISTS = 64
"""Most alternatives that are all lists: each migration has one, and lists do not multiply as joined texts do."""
_TWICE = 2
"""How many alternatives stay for each arm of a branch: one may turn out to be no statement, such as `IN ()`."""
_SAME = 2
"""More structs without a known text than this are one unknown struct."""
_DEEPEST = 3

Guard = tuple[tuple[int, int], ...]
"""Decisions and the arm taken, `(decision, arm)`, in order of decision; arm 0 is the one that is written first."""


class Piece(Struct, frozen=True):
    """A run of a text's characters that came from one place."""

    text: str
    span: Span
    linear: bool
    literal: Span | None
    """The whole literal with its quotes that the run stands in; None for computed text and holes."""
    hole: tuple[str, str] | None = None
    """Expression and reason where the run is one hole."""
    repeats: tuple[int, ...] = ()
    """The loops and calls that make it stand for any number of copies, by a number of each."""
    number: bool = False
    """Where it is a hole: it holds digits and nothing else."""


class Text(Struct, frozen=True):
    """A string: its pieces, and their characters joined."""

    pieces: tuple[Piece, ...]
    plain: str
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type statement string`)."""


class Number(Struct, frozen=True):
    """An integer known before the program runs."""

    value: int
    sample: bool = False
    """It is one of many that are possible: the length of a list that a loop fills."""
    loop: int = 0
    """Where it is a sample: the number of the loop whose rounds it counts, 0 where that is not known."""
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type dialect int`)."""
    worded: bool = False
    """That type has a method `String`: in a text it is what that says."""


class Truth(Struct, frozen=True):
    """A condition known before the program runs."""

    truth: bool
    sample: bool = False
    """It rests on a number that is one of many."""


class Items(Struct, frozen=True):
    """A slice or array: the elements that are known, in order."""

    items: tuple[Value, ...]
    open: bool = False
    """There may be more elements, or in another order."""
    type: str = ""
    """The element type's id, empty where it is not known."""
    sample: bool = False
    """The elements have the forms that there are, but each can be there any number of times."""
    named: str = ""
    """The list's own type's id, where it has a name and so may have methods."""
    rounds: tuple[tuple[int, ...], ...] | None = None
    """Where it is a sample: for each element the loops, by their numbers, each of whose rounds has one; () for one that
    is there once. None where that is not known."""
    none: tuple[int, ...] = ()
    """Where it is a sample: loops that had no round."""
    size: int = 0
    """Of a list made with a length that is not known: the number of that length, as of a loop with so many rounds."""


class Table(Struct, frozen=True):
    """A map: the entries that are known."""

    entries: tuple[tuple[Value, Value], ...]
    open: bool = False


class Record(Struct, frozen=True):
    """A struct value: its type's id (empty if anonymous) and the fields that were set."""

    type: str
    fields: tuple[tuple[str, Value], ...]
    complete: bool = False
    """Made here: a field that was not set has its zero value."""

    def get(self, name: str) -> Value | None:
        """Return a field that was set, or None."""
        return next((value for key, value in self.fields if key == name), None)

    def set(self, name: str, value: Value) -> Record:
        """Return the struct with a field set anew."""
        kept = tuple(entry for entry in self.fields if entry[0] != name)
        return Record(self.type, (*kept, (name, value)), self.complete)


class Function(Struct, frozen=True, eq=False):
    """A function, method or closure that can be called."""

    file: GoFile
    node: Node
    closure: Closure | None = None
    """The variables that a function literal sees; None for a declared function."""
    receiver: Value | None = None
    """What a method value is bound to."""
    named: str = ""
    """The id of its own type, where that has a name and so may have methods (`type option func(*query)`)."""


class Several(Struct, frozen=True):
    """The results of a call that returns more than one value."""

    values: tuple[Value, ...]


class Unknown(Struct, frozen=True):
    """Something known only at run time, with the reason as a noun phrase (`function argument`)."""

    reason: str
    type: str = ""
    """Its type's id where that is known (`database/sql.DB`, `int`)."""
    place: tuple[str, str, str] | None = None
    """Where it is a pointer to one for a prepared statement (`&s.insert`): the folder, type and name of the field."""


class Handle(Struct, frozen=True):
    """Rows or a prepared statement: what a database call made of its SQL."""

    type: str
    """Its type's id (`database/sql.Rows`)."""
    texts: tuple[tuple[Guard, int], ...]
    """The SQL texts that it can come from: the branches that lead to each, and the number of its record."""
    ambient: Guard
    """The branches that the call stands in."""
    whole: bool
    """Every text that it can come from is among `texts`."""
    field: tuple[str, str, str] | None = None
    """Folder, type and name of the field or variable that holds the prepared statement, where that is all that is
    known."""
    named: bool = False
    """A prepared statement that takes its values by name."""


Atom: TypeAlias = Text | Number | Truth | Items | Table | Record | Function | Several | Unknown | Handle


class Alternative(Struct, frozen=True):
    """One atom, and the branches that lead to it."""

    guard: Guard
    atom: Atom


Value = tuple[Alternative, ...]

EMPTY = Text((), "")


def just(atom: Atom) -> Value:
    """Return the value that has this one atom."""
    return (Alternative((), atom),)


def named_list(value: Value, type_id: str) -> Value:
    """Return a list as one of a type that has a name, and so may have methods (`Filters{...}.Where()`)."""
    return tuple(
        Alternative(each.guard, replace(each.atom, named=type_id)) if isinstance(each.atom, Items) else each
        for each in value
    )


def named_basic(value: Value, type_id: str, *, worded: bool = False) -> Value:
    """Return a text or number as one of a type that has a name, unless it is of such a type already."""
    return tuple(Alternative(each.guard, _named(each.atom, type_id, worded)) for each in value)


def _named(atom: Atom, type_id: str, worded: bool) -> Atom:
    if isinstance(atom, Text) and not atom.named:
        return replace(atom, named=type_id)
    if isinstance(atom, Number) and not atom.named:
        return replace(atom, named=type_id, worded=worded)
    return atom


def unknown(reason: str, type_id: str = "") -> Value:
    """Return the value of which nothing is known but the reason."""
    return (Alternative((), Unknown(reason, type_id)),)


def join_guards(first: Guard, second: Guard) -> Guard | None:
    """Return the guard under which both hold, None where they take different arms of one branch."""
    if not first or first == second:
        return second
    if not second:
        return first
    return _joined(first, _arms(first), second)


class _Latest:
    """The guard that was looked into last: the branches around a point are asked about for each value in turn."""

    guard: Guard = ()
    arms: Mapping[int, int] = MappingProxyType({})


def _arms(guard: Guard) -> Mapping[int, int]:
    """Return the arm taken at each decision."""
    if guard is not _Latest.guard:
        _Latest.guard, _Latest.arms = guard, dict(guard)
    return _Latest.arms


def _joined(guard: Guard, arms: Mapping[int, int], other: Guard) -> Guard | None:
    """Return the guard under which both of two guards hold, None where they contradict; `arms` are the first one's."""
    more = []
    taken = arms.get
    for entry in other:
        arm = taken(entry[0])
        if arm is None:
            more.append(entry)
        elif arm != entry[1]:
            return None
    if not more:
        return guard
    if more[0] > guard[-1]:
        # Most branches are met one after the other: both are in order already.
        return (*guard, *more)
    return tuple(sorted((*guard, *more)))


def agree(first: Guard, second: Guard) -> bool:
    """Say whether two guards can hold together."""
    if not first or not second:
        return True
    arms = dict(first)
    return all(arms.get(decision, arm) == arm for decision, arm in second)


def under(value: Value, guard: Guard) -> Value:
    """Return the value's alternatives with a guard added; those that contradict it are left out."""
    if not guard:
        return value
    result = []
    arms = _arms(guard)
    for each in value:
        known = each.guard
        if not known or known == guard:
            result.append(Alternative(guard, each.atom))
            continue
        both = _joined(guard, arms, known)
        if both is not None:
            result.append(Alternative(both, each.atom))
    return tuple(result)


def given(value: Value, guard: Guard) -> Value:
    """Return the alternatives that are possible where a guard holds, all of them if that leaves none."""
    if not guard or len(value) == 1:
        return value
    taken = _arms(guard).get
    kept = []
    for each in value:
        for decision, arm in each.guard:
            if taken(decision, arm) != arm:
                break
        else:
            kept.append(each)
    return tuple(kept) or value


def limit(alternatives: Iterable[Alternative]) -> Value:
    """Return the distinct alternatives, at most CAP of them.

    Above the cap these remain, in their order: everything taken, nothing taken, two for each arm (each case of a
    switch), each branch taken alone, the first.
    """
    if isinstance(alternatives, list) and len(alternatives) == 1:
        return (alternatives[0],)
    distinct: dict[object, Alternative] = {}
    for alternative in alternatives:
        key = _identity(alternative)
        before = distinct.setdefault(key, alternative)
        if before is not alternative and before.guard != alternative.guard:
            distinct[key] = Alternative(_common(before.guard, alternative.guard), before.atom)
    found = list(distinct.values())
    if len(found) > _SAME and all(_textless(each.atom, 0) for each in found):
        kinds = {each.atom.type for each in found if isinstance(each.atom, (Record, Unknown))}
        return (Alternative((), Unknown("run-time value", kinds.pop() if len(kinds) == 1 else "")),)
    if len(found) > 1 and isinstance(found[0].atom, (Number, Truth)) and all(a.atom == found[0].atom for a in found):
        return (Alternative((), found[0].atom),)
    if len(found) <= CAP or (len(found) <= _LISTS and all(isinstance(each.atom, Items) for each in found)):
        return tuple(found)
    return tuple(found[index] for index in _chosen([alternative.guard for alternative in found]))


def _textless(atom: Atom, depth: int) -> bool:
    """Say whether no text is known of a struct or of what it holds: which of several it is makes no SQL differ."""
    if isinstance(atom, Unknown):
        return True
    if depth > _DEEPEST:
        return False
    if isinstance(atom, Record):
        return all(_textless(each.atom, depth + 1) for _, value in atom.fields for each in value)
    if depth == 0:
        return False
    if isinstance(atom, Text):
        return not atom.plain
    if isinstance(atom, Items):
        return not atom.items
    return isinstance(atom, (Number, Truth)) or (isinstance(atom, Table) and not atom.entries)


def _common(first: Guard, second: Guard) -> Guard:
    """What holds wherever one of two guards does."""
    return tuple(entry for entry in first if entry in second)


def _chosen(guards: Sequence[Guard]) -> list[int]:
    if len(guards) <= CAP:
        return list(range(len(guards)))
    taken = [[arm for _, arm in guard].count(0) for guard in guards]
    most, least = max(taken), min(taken)
    keep = {taken.index(most), taken.index(least)}
    seen: dict[tuple[int, int], int] = {}
    for index in keep:
        _count(seen, guards[index])
    for index in sorted(range(len(guards)), key=taken.__getitem__):
        if len(keep) == CAP:
            return sorted(keep)
        if index in keep:
            continue
        for entry in guards[index]:
            if seen.get(entry, 0) < _TWICE:
                keep.add(index)
                _count(seen, guards[index])
                break
    for wanted in (least + 1, None):
        for index, count in enumerate(taken):
            if len(keep) == CAP:
                return sorted(keep)
            if wanted is None or count == wanted:
                keep.add(index)
    return sorted(keep)


def _count(seen: dict[tuple[int, int], int], guard: Guard) -> None:
    for entry in guard:
        seen[entry] = seen.get(entry, 0) + 1


def _identity(alternative: Alternative) -> object:
    guard, atom = alternative.guard, alternative.atom
    if isinstance(atom, Unknown):
        return atom
    if isinstance(atom, Text):
        if not atom.pieces:
            return guard, atom.plain
        return guard, atom.plain, atom.pieces[0].span
    if isinstance(atom, (Number, Truth)):
        return guard, type(atom), atom
    return guard, id(atom)


def merge(arms: Sequence[tuple[Guard, Value]]) -> Value:
    """Return the value behind a branch: each arm's value under its guard; what all arms agree on stays."""
    first = arms[0][1]
    for _, value in arms:
        if value is not first:
            break
    else:
        return first
    for _, value in arms:
        if len(value) != 1 or not isinstance(value[0].atom, Unknown):
            break
    else:
        atom = first[0].atom
        if isinstance(atom, Unknown) and (atom.type[:1] == "[" or atom.type == "int"):
            # Which of them it is, and so how many, is not known: none that was counted before.
            return (Alternative(first[0].guard, replace(atom)),)
        return first
    others = {id(value): value for _, value in arms[1:] if value is not first}
    common = [a for a in first if all(a in value for value in others.values())]
    shared = set(map(id, common))
    result: list[Alternative] = []
    if len(arms) > CAP:
        # More arms than can be told apart: those that leave the value as it was are one.
        distinct: dict[int, tuple[Guard, Value]] = {}
        for guard, value in arms:
            distinct[id(value)] = (() if id(value) in distinct else guard, value)
        arms = list(distinct.values())
    for guard, value in arms:
        taken = _arms(guard)
        for alternative in value:
            if id(alternative) in shared:
                result.append(alternative)
            elif alternative not in common:
                known = alternative.guard
                both = _joined(guard, taken, known) if known and guard else known or guard
                if both is not None:
                    result.append(Alternative(both, alternative.atom))
    return limit(result) or first


def product(values: Sequence[Value]) -> list[tuple[Guard, tuple[Atom, ...]]]:
    """Return every consistent choice of one alternative per value, capped as by `limit`."""
    rows: list[tuple[Guard, tuple[Atom, ...]]] = [((), ())]
    for value in values:
        if len(value) == 1 and not value[0].guard:
            atom = value[0].atom
            rows = [(guard, (*atoms, atom)) for guard, atoms in rows]
            continue
        longer: list[tuple[Guard, tuple[Atom, ...]]] = []
        for guard, atoms in rows:
            if not guard:
                longer.extend((each.guard, (*atoms, each.atom)) for each in value)
                continue
            arms = _arms(guard)
            for each in value:
                known = each.guard
                joined = _joined(guard, arms, known) if known and known != guard else guard
                if joined is not None:
                    longer.append((joined, (*atoms, each.atom)))
        rows = [longer[index] for index in _chosen([guard for guard, _ in longer])]
    return rows
