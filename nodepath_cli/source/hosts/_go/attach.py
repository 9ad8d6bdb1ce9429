"""The statements of a program with what is done beside sending them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set

from msgspec.structs import replace

from nodepath_cli.source.hosts._go.fields import VARIABLE
from nodepath_cli.source.hosts._go.given_names import MAP
from nodepath_cli.source.hosts._go.machine import Machine
from nodepath_cli.source.hosts._go.records import Noted
from nodepath_cli.source.hosts._go.structs import own_mapping
from nodepath_cli.source.hosts._go.unsafe import unsafe_calls
from nodepath_cli.source.hosts._go.values import Handle, Unknown
from nodepath_cli.source.statement import Span, Statement
from nodepath_cli.source.uses import Use

Place = tuple[int, int]
"""The index of a statement and that of one of its texts."""


def with_uses(
    m: Machine, statements: Sequence[Statement], places: Mapping[int, Place], elsewhere: Set[int]
) -> list[Statement]:
    """Return the statements with their uses.

    `places` says by the number of a record what became of it; `elsewhere` are the records of other databases' SQL.
    """
    found: dict[int, dict[Use, bool]] = defaultdict(dict)
    of_structs = [each for each in m.noted if each.kind in ("fields", "names") and each.owner != MAP]
    left_out = set(of_structs) if of_structs and own_mapping(m.index.files) else set()
    unsafe = unsafe_calls(m.index) if of_structs else set()
    left_out |= {each for each in of_structs if each.kind == "fields" and (unsafe is None or each.call in unsafe)}
    for noted in m.noted:
        if noted in left_out:
            continue
        shared = not elsewhere.isdisjoint(noted.texts)
        for index, use in _uses(m, noted, places, elsewhere):
            found[index][use] = shared
    return [
        replace(each, uses=tuple(_doubted(found[index]))) if index in found else each
        for index, each in enumerate(statements)
    ]


def of_prepared(m: Machine) -> dict[tuple[str, int, int], tuple[tuple[Span, str], ...]]:
    """Return the SQL that calls on statements prepared elsewhere send, by file and byte offsets of the call."""
    records = {record.order: record for record in m.received}
    found: dict[tuple[str, int, int], tuple[tuple[Span, str], ...]] = {}
    for noted in m.noted:
        if noted.kind != "arguments" or noted.field is None:
            continue
        handles, _ = _prepared(m, noted.field)
        sent = [records[order] for handle in handles for _, order in handle.texts if order in records]
        texts = dict.fromkeys((each.origin, each.text.plain) for each in sent if each.origin is not None)
        text = m.index.by_path[noted.call.path].text
        start = len(text[: noted.call.start].encode())
        end = start + len(text[noted.call.start : noted.call.end].encode())
        if texts:
            found[noted.call.path, start, end] = tuple(texts)
    return found


def _doubted(uses: Mapping[Use, bool]) -> Iterator[Use]:
    """Yield the uses; those that may be meant for another database's text (`True`) need not fit this one.

    `if schema == "" { Query(q) } else { Query(q, schema) }` with a `q` of each database: which call goes with which
    text is known only at run time. Where all calls give the same number, it is that of every text.
    """
    for use, shared in uses.items():
        others = any(each.kind == use.kind and each.call != use.call and each.count != use.count for each in uses)
        yield replace(use, whole=False, apart=0) if shared and others else use


def _uses(m: Machine, noted: Noted, places: Mapping[int, Place], elsewhere: Set[int]) -> list[tuple[int, Use]]:
    orders, surely, whole = set(noted.texts), set(noted.surely), noted.whole
    evaluation = noted.evaluation
    if noted.field is not None:
        handles, complete = _prepared(m, noted.field)
        orders = {order for handle in handles for _, order in handle.texts}
        whole = whole and complete and all(handle.whole for handle in handles)
        evaluation = min(orders, default=0)
    texts: dict[int, set[int]] = defaultdict(set)
    certain: dict[int, set[int]] = defaultdict(set)
    possible: dict[int, set[int]] = defaultdict(set)
    for order in orders:
        place = places.get(order)
        if place is None:
            whole = whole and order in elsewhere
            continue
        texts[place[0]].add(place[1])
        if order in surely:
            certain[place[0]].add(place[1])
        if order in m.possible:
            possible[place[0]].add(place[1])
    only = whole and len(texts) == 1
    return [
        (
            index,
            Use(
                *(noted.kind, noted.call, noted.name, noted.number, noted.names, noted.owner, noted.reason),
                tuple(sorted(own)),
                tuple(sorted(certain[index])),
                only,
                noted.exhaustive,
                evaluation,
                tuple(sorted(possible[index])),
                noted.rounds,
                noted.constants,
                noted.function,
                noted.apart,
            ),
        )
        for index, own in texts.items()
    ]


def _prepared(m: Machine, field: tuple[str, str, str]) -> tuple[list[Handle], bool]:
    """Return the statements that a field or a package's variable holds, and whether they are all."""
    folder, type_id, name = field
    handles: list[Handle] = []
    complete = True
    for entry in m.fields.get((folder, name), {}).values():
        if (entry.type == VARIABLE) != (type_id == VARIABLE) or entry.type not in ("", type_id):
            continue
        for each in entry.value:
            if isinstance(each.atom, Handle):
                handles.append(each.atom)
            elif not (isinstance(each.atom, Unknown) and each.atom.reason == "nil"):
                complete = False
    return handles, complete
