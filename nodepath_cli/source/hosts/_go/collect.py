"""From recorded calls to statements: each literal once, with the variants of its text and the call that receives it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.source.hosts._go.attach import with_uses
from nodepath_cli.source.hosts._go.calls import SINKS, base_name
from nodepath_cli.source.hosts._go.dialects import Foreign
from nodepath_cli.source.hosts._go.gaps import finished, piece_at
from nodepath_cli.source.hosts._go.judging import Judge
from nodepath_cli.source.hosts._go.machine import ARGUMENT, Machine
from nodepath_cli.source.hosts._go.makers import SET_IN
from nodepath_cli.source.hosts._go.records import Call, NotFollowed, Received
from nodepath_cli.source.hosts._go.repeats import ranges, separators
from nodepath_cli.source.hosts._go.values import Text
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.statement import CallSite, Guess, Hole, OffsetMap, Segment, Span, Statement, Variant, Wrapper

MAX_VARIANTS = 24
"""Most texts of one statement."""
_BRANCH_LENGTH = 200


Order: TypeAlias = tuple[str, int, int]
"""File and byte offset of the function from which something was recorded, and its number: in order of the source,
however a program is divided."""


class Group(Struct):
    """The records of one call that begin in one literal."""

    call: Call
    origin: Span | None
    records: list[Received] = field(default_factory=list)
    orders: dict[str, list[int]] = field(default_factory=dict)
    """The numbers of all records of a text, of which `records` keeps one."""
    rank: int = 0
    """The best rank of its records."""
    order: Order = ("", 0, 0)
    """The first of its records."""

    @property
    def key(self) -> tuple[str, int]:
        """The call's identity."""
        return self.call.key


class Collected(Struct, frozen=True):
    """A statement with what the order of DDL needs to know."""

    statement: Statement
    kind: str
    call: Call
    order: Order
    rounds: tuple[tuple[Variant, str | None], ...] = ()
    """The first text of each time that the call is come to, by another way or in another round of a loop around it, and
    the numbered file that leads there."""
    roots: frozenset[tuple[str, int]] = frozenset()
    """The functions that hand the text on, down to the call: file and byte offset of each."""


def collect(m: Machine, dialect: Dialect) -> list[Collected]:
    """Return the statements of everything that was recorded, each literal once."""
    judge = Judge(m, dialect)
    result: list[Collected] = []
    owners: list[Group | None] = []
    seen: dict[Span | None, set[str]] = {}
    by_origin: dict[Span | None, list[Received]] = {}
    for record in m.received:
        by_origin.setdefault(record.origin, []).append(record)
    everything = _groups(m, judge)
    # What a function of the tree makes a part of its SQL: that is what is sent.
    parts = {
        piece.literal
        for group in everything
        if group.rank > 1
        for record in group.records
        for piece in record.text.pieces
        if piece.literal is not None and piece.literal != group.origin
    }
    groups = [
        group
        for group in everything
        if not _only_handed_on(m, group, by_origin[group.origin])
        and not _only_parsed(m, group)
        and not (group.rank == 1 and group.key in m.followed and group.origin in parts)
    ]
    judged = [(group, *judge.split(group.records)) for group in groups]
    # Own SQL first: a constant that two providers share belongs to the audited one.
    judged.sort(key=lambda item: (not item[1], -item[0].rank, item[0].order))
    by_literal = {group.origin for group, own, _ in judged if own}
    for group, own, foreign in judged:
        texts = seen.setdefault(group.origin, set())
        if own:
            fresh = [record for record in own if record.text.plain not in texts]
            if group.rank == 1 and group.key in m.followed:
                # `newBuilder("SELECT ... WHERE 1 = 1")`: what it is built up to is sent, and listed.
                fresh = [record for record in fresh if not any(t.startswith(record.text.plain) for t in texts)]
            texts.update(record.text.plain for record in own)
            if fresh:
                result.append(_statement(m, group, fresh, None))
                owners.append(group)
        elif foreign and group.origin not in by_literal:
            fresh_foreign = [(record, why) for record, why in foreign if record.text.plain not in texts]
            texts.update(record.text.plain for record, _ in foreign)
            if fresh_foreign:
                why = fresh_foreign[0][1]
                alone = group.origin is None or judge.path(group.origin.path) is None
                result.append(_statement(m, group, [record for record, _ in fresh_foreign], why, alone))
                owners.append(None)
    texts_of = {
        (group.origin, variant.sql): (index, number)
        for index, group in enumerate(owners)
        if group is not None
        for number, variant in enumerate(result[index].statement.variants)
    }
    places = {
        order: texts_of[group.origin, record.text.plain]
        for group, own, _ in judged
        for record in own
        if (group.origin, record.text.plain) in texts_of
        for order in group.orders[record.text.plain]
    }
    # A text that was only handed on is that of the call which got it.
    for group in everything:
        for plain, orders in group.orders.items():
            if (group.origin, plain) in texts_of and group.key in m.handed_on:
                places.update((order, texts_of[group.origin, plain]) for order in orders if order not in places)
    elsewhere = {
        order for group, _, foreign in judged for record, _ in foreign for order in group.orders[record.text.plain]
    }
    used = with_uses(m, [each.statement for each in result], places, elsewhere)
    result = [replace(each, statement=statement) for each, statement in zip(result, used, strict=True)]
    result.extend(_opaque(m, judge))
    return result


def _groups(m: Machine, judge: Judge) -> list[Group]:
    groups: dict[tuple[str, int, Span | None], Group] = {}
    for record in m.received:
        key = (*record.call.key, record.origin)
        groups.setdefault(key, Group(record.call, record.origin)).records.append(record)
    for group in groups.values():
        if any(record.rank == 3 for record in group.records):
            # A caller from which it is too deep to the database has only what it gave the wrapper.
            near = {record.root for record in group.records if record.rank == 3}
            group.records = [record for record in group.records if record.rank == 3 or record.root not in near]
        if any(record.bound for record in group.records):
            kept = [
                record
                for record in group.records
                if record.bound or not (_of_arguments(record.text) or _of_any(m, record))
            ]
            group.records = kept or group.records
        if any(record.bound and not _mixes(m, record) for record in group.records):
            # Callers say which parts go together.
            group.records = [record for record in group.records if not _mixes(m, record)]
        if len({record.root for record in group.records}) > 1:
            kept = [record for record in group.records if not (_of_arguments(record.text) and _on_its_own(m, record))]
            group.records = kept or group.records
        distinct: dict[str, Received] = {}
        for record in group.records:
            first = distinct.setdefault(record.text.plain, record)
            if first is not record and judge.guard(first.guard) and not judge.guard(record.guard):
                # Two databases that get the same text: it belongs to the audited one.
                distinct[record.text.plain] = record
            group.orders.setdefault(record.text.plain, []).append(record.order)
        group.records = list(distinct.values())
        group.rank = max(record.rank for record in group.records)
        group.order = min(_order(record) for record in group.records)
    return list(groups.values())


def _order(record: Received | NotFollowed) -> Order:
    """Return where a record comes among all. What the variables of a package lead to comes behind the functions."""
    return (*(record.root or (record.call.file.path, sys.maxsize)), record.order)


def _on_its_own(m: Machine, record: Received) -> bool:
    """Say whether a record stems from the function that the call stands in, evaluated without its arguments."""
    routine = m.routine(record.root) if record.root is not None else None
    return routine is not None and routine.name == record.call.function and routine.file is record.call.file


def _of_arguments(text: Text) -> bool:
    return any(piece.hole is not None and piece.hole[1] == ARGUMENT for piece in text.pieces)


def _of_any(m: Machine, record: Received) -> bool:
    """Say whether a text has what any value of a type may have in a field: callers say what theirs has."""
    return any(m.decisions.guessed(decision) == "part" for decision, _ in record.guard)


def _mixes(m: Machine, record: Received) -> bool:
    """Say whether a text is made of several fields of which each may have been set by several functions.

    A table that one of them sets may never meet the joins that another one adds.
    """
    return len({decision for decision, arm in record.guard if m.decisions.arm(decision, arm).startswith(SET_IN)}) > 1


def _guessed(m: Machine, record: Received) -> Guess:
    found = {m.decisions.guessed(decision) for decision, _ in record.guard}
    if "text" in found:
        return "text"
    # A list or loop without elements leaves nothing between two pieces; what one literal says is meant.
    left = record.left
    if left and piece_at(record.text, left[0]) != piece_at(record.text, left[1] - 1):
        return "text"
    return "part" if "part" in found else ""


def _only_handed_on(m: Machine, group: Group, records: Sequence[Received]) -> bool:
    """A call that returned its SQL to one that was recorded too. `records` are those of its literal."""
    handed = m.handed_on.get(group.key)
    if not handed or group.origin not in handed or group.rank > 1:
        return False
    return any(
        record.call.key != group.key and record.origin not in m.handed_on.get(record.call.key, ())
        for record in records
        if record.origin is not None
    )


def _only_parsed(m: Machine, group: Group) -> bool:
    """A text that the program parses itself and sends to no database (`sqlparser.Parse("select * from t")`)."""
    return group.rank == 1 and group.origin in m.parsed


def _statement(
    m: Machine, group: Group, records: Sequence[Received], foreign: Foreign | None, alone: bool = True
) -> Collected:
    """Return the statement of a group. `alone`: that its SQL is another database's is not said by its own file."""
    records = sorted(records, key=_order)
    records = finished(m, records)
    varying = _varying(records)
    variants = tuple(_variant(m, record, varying) for record in _kept(records))
    surely = all(record.surely for record in records)
    call = CallSite(group.call.name, group.call.span, _wrapper(m, group, records), surely)
    span = _span(records[0].text, group.origin, call.span)
    statement = Statement(
        variants,
        span,
        "go",
        group.call.function,
        call,
        None,
        foreign.dialect if foreign else None,
        foreign.reason if foreign else None,
        # A literal of another file does not make that file the other database's.
        bool(foreign and foreign.whole_file and (span.path == call.span.path or not alone)),
        migration=_migration(records[0]),
    )
    rounds = _rounds(m, records)
    roots = frozenset(record.root for record in records if record.root is not None)
    return Collected(statement, records[0].kind, group.call, group.order, rounds, roots)


def _kept(records: Sequence[Received]) -> Sequence[Received]:
    """The texts that a statement shows: of too many, first those with a literal that no other one before has."""
    if len(records) <= MAX_VARIANTS:
        return records
    met: set[Span] = set()
    telling: list[Received] = []
    others: list[Received] = []
    for record in records:
        literals = {piece.span for piece in record.text.pieces if piece.span is not None}
        (others if literals <= met else telling).append(record)
        met |= literals
    return sorted([*telling, *others][:MAX_VARIANTS], key=_order)


def _wrapper(m: Machine, group: Group, records: Sequence[Received]) -> Wrapper | None:
    """The function that hands the SQL on: one that was followed, else the one of that name that needs its callers."""
    seen = next((record.wrapper for record in records if record.wrapper is not None), None)
    if seen is None:
        name = group.call.name.rpartition(".")[2]
        keys = [key for key in m.wrappers if key in m.routines and m.routines[key].name == name]
        if group.rank > 1 or len(keys) != 1:
            return None
        seen = (keys[0], min(m.wrappers[keys[0]]))
    (path, offset), argument = seen
    file = m.index.by_path[path]
    routine = m.index.enclosing(file, offset)
    if routine is None or routine.start_byte != offset:
        return None
    name_node = routine.node.child_by_field_name("name")
    if name_node is None:
        return None
    return Wrapper(routine.name, file.span(name_node), argument + 1)


def _migration(record: Received) -> str | None:
    """Return the innermost numbered file on the way to a call: a migration in code may have its helpers elsewhere."""
    places = [record.call.file.path, *(key[0] for key, _ in reversed(record.way)), *(record.root or ())[:1]]
    return next((path for path in places if version_of(path) is not None), None)


def _rounds(m: Machine, records: Sequence[Received]) -> tuple[tuple[Variant, str | None], ...]:
    first: dict[tuple[object, ...], Received] = {}
    for record in records:
        first.setdefault((record.way, record.iteration), record)
    if len(first) < 2:
        return ()
    return tuple((_variant(m, record, set()), _migration(record)) for record in first.values())


def _varying(records: Sequence[Received]) -> set[int]:
    """The fewest branches that tell these records apart: what a report has to name."""
    if len(records) < 2:
        return set()
    guards = [set(record.guard) for record in records]
    common = set.intersection(*guards)
    varying = {decision for guard in guards for decision, _ in guard - common}
    forms = len({frozenset(guard) for guard in guards})
    for decision in sorted(varying):
        fewer = varying - {decision}
        if len({frozenset(entry for entry in guard if entry[0] in fewer) for guard in guards}) == forms:
            varying = fewer
    return varying


def _variant(m: Machine, record: Received, varying: set[int]) -> Variant:
    segments: list[Segment] = []
    holes: list[Hole] = []
    offset = 0
    for piece in record.text.pieces:
        end = offset + len(piece.text)
        if piece.hole is not None:
            holes.append(Hole(offset, *piece.hole, piece.number))
        if end > offset:
            segments.append(Segment(offset, end, piece.span, piece.linear))
        offset = end
    words = [m.decisions.arm(decision, arm) for decision, arm in record.guard if decision in varying]
    branch = " and ".join(dict.fromkeys(word for word in words if word))
    if len(branch) > _BRANCH_LENGTH:
        branch = branch[: _BRANCH_LENGTH - 3] + "..."
    guessed = _guessed(m, record)
    return Variant(
        record.text.plain,
        OffsetMap(tuple(segments)),
        tuple(holes),
        branch,
        ranges(record.text),
        guessed,
        separators(record.text),
    )


def _span(text: Text, origin: Span | None, call: Span) -> Span:
    if origin is None:
        return call
    ends = [piece.literal.end for piece in text.pieces if piece.literal and piece.literal.path == origin.path]
    return Span(origin.path, origin.start, max([origin.end, *(end for end in ends if end > origin.start)]))


def _opaque(m: Machine, judge: Judge) -> Iterable[Collected]:
    known = {record.call.key for record in m.received}
    done: set[tuple[str, int]] = set()
    names = {record.call.name.rpartition(".")[2] for record in m.received}
    for each in m.not_followed:
        key = each.call.key
        if (key in known and not each.beside) or key in done or key in m.covered:
            continue
        if (
            each.wrapper in m.covered_by_callers
            or _called(m, each, names)
            or (each.beside and judge.guard(each.ambient) is not None)
        ):
            continue
        done.add(key)
        yield _opaque_statement(each, judge)


def _called(m: Machine, each: NotFollowed, names: set[str]) -> bool:
    """A wrapper whose calls are listed themselves: by its name, where an interface or a field stands between.

    One that is named like a method of a database package is a database call wherever it is called.
    """
    routine = m.routine(each.wrapper) if each.wrapper is not None else None
    name = routine.name if routine is not None else each.call.function or ""
    return each.parameter and (name in names or base_name(name) in SINKS)


def _opaque_statement(each: NotFollowed, judge: Judge) -> Collected:
    call = CallSite(each.call.name, each.call.span)
    foreign = judge.guard(each.ambient) or judge.path(each.call.file.path)
    nothing = Variant("", OffsetMap(()))
    statement = Statement(
        (nothing,),
        call.span,
        "go",
        each.call.function,
        call,
        _sentence(each.reason),
        foreign.dialect if foreign else None,
        foreign.reason if foreign else None,
    )
    return Collected(statement, "other", each.call, _order(each))


def _sentence(reason: str) -> str:
    if reason.startswith("nodepath "):
        return reason
    if reason == "file":
        return "SQL is read from a file"
    if reason.startswith(("result of", "element of", "part of")):
        return f"SQL is the {reason}"
    if reason.startswith(("field ", "variable ", "list:")) or "." in reason:
        return f"SQL is {reason}, whose value is not known"
    article = "an" if reason[:1] in "aeiou" else "a"
    return f"SQL is {article} {reason}"
