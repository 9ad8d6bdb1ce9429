"""Values of several alternatives: put under branches, joined behind them, and kept to as many as can be followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.values import (
    CAP,
    Alternative,
    Atom,
    Guard,
    Items,
    Number,
    Record,
    Table,
    Text,
    Truth,
    Unknown,
    Value,
)

_LISTS = 64
"""Most alternatives that are all lists: each migration has one, and lists do not multiply as joined texts do."""
_TWICE = 2
"""How many alternatives stay for each arm of a branch: one may turn out to be no statement, such as `IN ()`."""
_SAME = 2
"""More structs without a known text than this are one unknown struct."""
_DEEPEST = 3


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
        # No list of arguments at all (`return "", nil`) goes with the text of its own branch.
        return (guard, atom) if atom.reason == "nil" else atom
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
