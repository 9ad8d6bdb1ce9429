"""From recorded calls to statements: each literal once, with the variants of its text and the call that receives it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.source.hosts._go.attach import with_uses
from nodepath_cli.source.hosts._go.dialects import Foreign
from nodepath_cli.source.hosts._go.gaps import finished, piece_at
from nodepath_cli.source.hosts._go.groups import Group, Order, grouped, order_of
from nodepath_cli.source.hosts._go.joints import separators
from nodepath_cli.source.hosts._go.judging import Judge
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.opaque import not_followed
from nodepath_cli.source.hosts._go.records import Call, Received
from nodepath_cli.source.hosts._go.repeats import ranges
from nodepath_cli.source.hosts._go.values import Text
from nodepath_cli.source.migrations import version_of
from nodepath_cli.source.replacing import Pairs, in_statement, in_variant
from nodepath_cli.source.statement import CallSite, Guess, Hole, OffsetMap, Segment, Span, Statement, Variant, Wrapper

MAX_VARIANTS = 24
"""Most texts of one statement."""
_BRANCH_LENGTH = 200


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


def collect(m: Machine, dialect: Dialect, pairs: Pairs = ()) -> list[Collected]:
    """Return the statements of everything that was recorded, each literal once, with what `pairs` replace."""
    judge = Judge(m, dialect, pairs)
    result: list[Collected] = []
    owners: list[Group | None] = []
    seen: dict[Span | None, set[str]] = {}
    by_origin: dict[Span | None, list[Received]] = {}
    for record in m.received:
        by_origin.setdefault(record.origin, []).append(record)
    everything = grouped(m, judge)
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
                result.append(_statement(m, judge, group, fresh, None))
                owners.append(group)
            # With what no database reads that the program opens, a branch is as wrong as a whole statement.
            foreign = [each for each in foreign if judge.misplaced(*each)]
        if foreign and (own or group.origin not in by_literal):
            fresh_foreign = [(record, why) for record, why in foreign if record.text.plain not in texts]
            texts.update(record.text.plain for record, _ in foreign)
            if fresh_foreign:
                why = fresh_foreign[0][1]
                alone = group.origin is None or judge.path(group.origin.path) is None
                result.append(_statement(m, judge, group, [record for record, _ in fresh_foreign], why, alone))
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
    result.extend(
        Collected(statement, "other", each.call, order_of(each)) for each, statement in not_followed(m, judge)
    )
    return [_replaced(each, pairs) for each in result] if pairs else result


def _replaced(each: Collected, pairs: Pairs) -> Collected:
    rounds = tuple((in_variant(variant, pairs), migration) for variant, migration in each.rounds)
    return replace(each, statement=in_statement(each.statement, pairs), rounds=rounds)


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
    m: Machine, judge: Judge, group: Group, records: Sequence[Received], foreign: Foreign | None, alone: bool = True
) -> Collected:
    """Return the statement of a group. `alone`: that its SQL is another database's is not said by its own file."""
    records = sorted(records, key=order_of)
    records = finished(m, records)
    varying = _varying(records)
    variants = tuple(_variant(m, record, varying) for record in _kept(records))
    surely = all(record.surely for record in records)
    call = CallSite(group.call.name, group.call.span, _wrapper(m, group, records), surely, group.rank > 2)
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
        misplaced=judge.misplaced(records[0], foreign) if foreign else None,
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
    return sorted([*telling, *others][:MAX_VARIANTS], key=order_of)


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
