"""Rows and prepared statements: which database call they come from, followed through variables and fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from nodepath_cli.source.hosts._go import fields
from nodepath_cli.source.hosts._go.alternatives import agree, join_guards
from nodepath_cli.source.hosts._go.calls import base_name
from nodepath_cli.source.hosts._go.counting import implied
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.names import package_name
from nodepath_cli.source.hosts._go.ordering import orders_only
from nodepath_cli.source.hosts._go.records import Call, Noted, Received
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.texts import plain, type_of
from nodepath_cli.source.hosts._go.values import CAP, Guard, Handle, Record, Unknown, Value, just
from nodepath_cli.source.uses import Given, UseKind

if TYPE_CHECKING:
    from tree_sitter import Node

_ROWS = {
    **dict.fromkeys(("Query", "Queryx", "NamedQuery"), "Rows"),
    **dict.fromkeys(("QueryRow", "QueryRowx"), "Row"),
}
_PREPARED = {
    **dict.fromkeys(("Prepare", "Preparex", "MustPrepare"), "Stmt"),
    "PrepareNamed": "NamedStmt",
}
_EMBEDDED = ("Rows", "Row", "Stmt", "NamedStmt")
_STATEMENTS = (".Stmt", ".NamedStmt")


class Held(Struct, frozen=True):
    """Rows or a prepared statement at a point of a function, and the branches that lead there."""

    handle: Handle
    guard: Guard
    alone: bool
    """It can be nothing else there."""


class Counts(Struct, frozen=True):
    """What one call gives or takes, under the branches that lead to it."""

    kind: UseKind
    guard: Guard = ()
    number: int | None = None
    names: tuple[str, ...] | None = None
    owner: str = ""
    reason: str = ""
    rounds: tuple[tuple[int, ...], ...] = ()
    none: tuple[int, ...] = ()
    """As in `Counted`."""


def opened(method: str, made: Sequence[Received], ambient: Guard, *, whole: bool) -> Value | None:
    """Return the rows or the statement that a database call makes of the texts it was given, None for other calls."""
    base = base_name(method)
    kind = _ROWS.get(base) or _PREPARED.get(base)
    if kind is None or not made:
        return None
    texts = tuple((record.guard, record.order) for record in made)
    package = (
        "github.com/jmoiron/sqlx" if base.endswith("x") or base in ("NamedQuery", "PrepareNamed") else "database/sql"
    )
    return just(Handle(f"{package}.{kind}", texts, ambient, whole, None, base == "PrepareNamed"))


def held(m: Machine, f: Frame, node: Node | None, value: Value) -> list[Held]:
    """Return the rows and statements that an expression can be."""
    found: list[Held] = []
    possible = [each for each in value if agree(each.guard, f.ambient)]
    for each in possible:
        inner = _embedded(each.atom) if isinstance(each.atom, Record) else each.atom
        if isinstance(inner, Handle):
            joined = join_guards(each.guard, f.ambient)
            if joined is not None:
                found.append(Held(inner, joined, len(possible) == 1 and len(value) < CAP))
    if not found and node is not None and type_of(value).endswith(_STATEMENTS):
        place = place_of(m, f, node)
        if place is not None:
            kind = type_of(value)
            found.append(Held(Handle(kind, (), (), True, place, kind.endswith(".NamedStmt")), f.ambient, True))
    return found


def _embedded(record: Record) -> Handle | None:
    for name in _EMBEDDED:
        value = record.get(name)
        if value is not None and len(value) == 1 and isinstance(value[0].atom, Handle):
            return value[0].atom
    return None


def pointed(m: Machine, f: Frame, node: Node, value: Value) -> Value:
    """Return the address of a field or variable for a prepared statement; that of anything else is its value."""
    atom = value[0].atom
    if isinstance(atom, (Unknown, Handle)) and atom.type.endswith(_STATEMENTS) and node.type != "index_expression":
        place = place_of(m, f, node)
        if place is not None:
            return just(Unknown("pointer", atom.type, place))
    return value


def target_of(m: Machine, f: Frame, node: Node) -> tuple[str, str, str] | None:
    """Return the field or variable behind a pointer that is assigned through (`*p.target = stmt`)."""
    value = first_of(m.evaluate(f, node))
    atom = value[0].atom
    return atom.place if len(value) == 1 and isinstance(atom, Unknown) else None


def place_of(m: Machine, f: Frame, node: Node) -> tuple[str, str, str] | None:
    """Return the field or the package's variable that an expression names, or the entry of a map in one."""
    if node.type == "index_expression":
        operand, index = node.child_by_field_name("operand"), node.child_by_field_name("index")
        if operand is None or index is None:
            return None
        around = place_of(m, f, operand)
        key = plain(first_of(m.evaluate(f, index))[0].atom)
        return (around[0], around[1], f"{around[2]}[{key}]") if around is not None and key is not None else None
    if node.type == "identifier":
        name = f.file.source(node)
        return (
            (f.file.folder, fields.VARIABLE, name)
            if f.scope.get(name) is None and package_name(m, f.file.folder, name)
            else None
        )
    operand, member = node.child_by_field_name("operand"), node.child_by_field_name("field")
    if node.type != "selector_expression" or operand is None or member is None:
        return None
    owner = type_of(first_of(m.evaluate(f, operand)))
    folder = owner.rpartition(".")[0]
    return (folder, owner, f.file.source(member)) if folder in m.index.folders else None


def note(
    m: Machine,
    call: Call,
    each: Held,
    counts: Iterable[Counts],
    constants: tuple[Given, ...] = (),
    *,
    all_known: bool,
) -> None:
    """Remember what a call on rows or on a statement gives or takes. `all_known`: there can be no other counts.

    `constants` are those that it gives for placeholders.
    """
    handle = each.handle
    for found in counts:
        guard = join_guards(each.guard, found.guard)
        if guard is None:
            continue
        texts = [(known, order) for known, order in handle.texts if agree(known, guard)]
        if not texts and handle.field is None:
            continue
        surely = tuple(
            order
            for known, order in texts
            if order in m.possible
            and _follows(m, guard, known, handle.ambient)
            # Which of several functions goes with which entry is not followed.
            and not (m.one_of_several and any(m.decisions.is_choice(decision) for decision, _ in known))
        )
        m.noted[
            Noted(
                *(found.kind, call.span, call.name, found.number, found.names, found.owner, found.reason),
                tuple(order for _, order in texts),
                surely,
                each.alone and handle.whole and all_known,
                False,
                handle.texts[0][1] if handle.texts else 0,
                handle.field,
                constants=constants if found.kind == "arguments" else (),
                function=call.function,
            )
        ] = None


def _follows(m: Machine, guard: Guard, *known: Guard) -> bool:
    """Say whether a call happens wherever the known branches are taken. A loop over the rows does not count as one."""
    return implied(tuple(entry for entry in guard if not m.decisions.is_round(*entry)), *known)


def judge(m: Machine, made: Sequence[Received], *, whole: bool) -> None:
    """Tell which of the texts of a call surely can reach it.

    Where the call stands in a branch that the text was not made in, the two may be one condition in other words: what
    that branch gives fits some of the texts only, and rightly so.
    """
    telling = [_telling(m, record) for record in made]
    alone = whole and (len(made) == 1 or (all(each.guard for each in made) and not any(telling)))
    for record, guard in zip(made, telling, strict=True):
        if alone or (guard and all(_free(m, record, *entry) for entry in guard)):
            m.possible.add(record.order)


def _telling(m: Machine, record: Received) -> Guard:
    """Return the branches that lead to a text, but for choices of what its rows are ordered by."""
    return tuple(
        entry
        for entry in record.guard
        if not (places := m.decisions.spelled(entry[0])) or not orders_only(record.text, places)
    )


def _free(m: Machine, record: Received, decision: int, arm: int) -> bool:
    around = m.decisions.around(decision, m.root)
    if around is None or m.decisions.is_doubtful(decision, arm):
        return False
    ambient = [
        entry
        for entry in record.ambient
        if not m.decisions.is_round(*entry) and not m.decisions.is_present(*entry, decision)
    ]
    return implied(tuple(ambient), around, record.guard)
