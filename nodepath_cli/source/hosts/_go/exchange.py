"""What calls give to SQL and take from its rows: arguments, Scan targets, and the rows and statements in between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.source.hosts._go import arguments, scans
from nodepath_cli.source.hosts._go.alternatives import agree
from nodepath_cli.source.hosts._go.calls import base_name
from nodepath_cli.source.hosts._go.constants import constants
from nodepath_cli.source.hosts._go.handles import Counts, Held, held, judge, note, opened
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.reasons import ARGUMENT
from nodepath_cli.source.hosts._go.records import Evaluated, Received
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.values import CAP, Alternative, Guard, Unknown, Value
from nodepath_cli.source.uses import Given

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.calling import Callee

_SENDS = frozenset(("Exec", "MustExec", "Query", "QueryRow", "Queryx", "QueryRowx", "Get", "Select"))
_ROWS = frozenset(("Query", "QueryRow", "Queryx", "QueryRowx"))
_INTO = frozenset(("Get", "Select"))
_FUNCTIONS = frozenset(("MustExec", "NamedExec", "NamedQuery", "Preparex"))
"""Functions of sqlx that are given a handle, the SQL, and what goes with it."""
_DRIVER = "database/sql/driver."
"""What drivers are made of: its statements take a list of values, not each in an argument (`stmt.Query(nil)`)."""
_WRAPPED = frozenset(("Stmt", "Stmtx", "NamedStmt", "Unsafe"))


def exchanged(m: Machine, f: Frame, done: Evaluated, sink: int | None, made: Sequence[Received]) -> Value | None:
    """Remember what a call gives or takes; return the rows or the statement that it makes, None where it makes none.

    `made` are the records of the SQL that the call was just seen to receive as its argument `sink`.
    """
    callee, nodes, values = done.callee, done.nodes, done.values
    if m.quiet or callee.functions:
        return None
    if sink is None and made:
        sink = _of_function(callee, values)
    if sink is not None and made:
        return _sent(m, f, done, sink, made)
    if made and (callee.method == "BindNamed" or arguments.rewrites(callee)):
        arguments.rewritten(m, f, done, made)
        return None
    if callee.package is None and callee.receiver is not None and callee.method:
        base = base_name(callee.method)
        if base in _WRAPPED:
            return _wrapped(m, f, done)
        if base in ("Scan", "StructScan") or base in _SENDS:
            there = held(m, f, callee.receiver_node, callee.receiver)
            return _used(m, f, done, base, there) if there else None
    elif callee.package is not None and callee.package.endswith("sqlx") and callee.method == "StructScan" and nodes:
        for each in held(m, f, nodes[0], first_of(values[0])):
            # sqlx.StructScan reads all rows into a list.
            note(m, done.call, each, [_destination(m, f, values[1:], many=True)], all_known=True)
    return None


def _of_function(callee: Callee, values: Sequence[Value]) -> int | None:
    """Return which argument is the SQL of a function of sqlx that does what a method of a handle does."""
    if callee.package is None or not callee.package.endswith("sqlx"):
        return None
    base = base_name(callee.method)
    position = 2 if base in _INTO else 1 if base in _FUNCTIONS else None
    if position is None:
        return None
    # A context and the handle come first.
    position += base != callee.method
    return position if position < len(values) else None


def _sent(m: Machine, f: Frame, done: Evaluated, sink: int, made: Sequence[Received]) -> Value | None:
    call, callee, values = done.call, done.callee, done.values
    sql = [each for each in first_of(values[sink]) if agree(each.guard, f.ambient)]
    whole = len(sql) == len(made) and len(first_of(values[sink])) < CAP
    judge(m, made, whole=whole)
    if len(made) > 1 and _hands_on_arguments(done):
        m.ask()
    arguments.given(m, f, done, sink, made, whole=whole)
    if callee.receiver_type.startswith(_DRIVER) or _unsafe(f, callee):
        return None
    rows = opened(callee.method, made, f.ambient, whole=whole)
    if base_name(callee.method) in _INTO and sink > 0 and _is_sqlx(m, f, callee):
        handle = opened("Query", made, f.ambient, whole=whole)
        many = base_name(callee.method) == "Select"
        for each in held(m, f, None, handle or ()):
            note(m, call, each, [_destination(m, f, values[sink - 1 : sink], many=many)], all_known=True)
    return rows


def _unsafe(f: Frame, callee: Callee) -> bool:
    """Say whether sqlx leaves the columns out for which a struct has no field (`db.Unsafe().Queryx(query)`)."""
    return callee.receiver_node is not None and ".Unsafe()" in f.file.source(callee.receiver_node)


def _hands_on_arguments(done: Evaluated) -> bool:
    """Say whether a call gives its SQL the arguments that its function was given (`args...`)."""
    last = done.values[-1][0].atom if done.nodes and done.nodes[-1].type == "variadic_argument" else None
    return isinstance(last, Unknown) and last.reason == ARGUMENT


def _is_sqlx(m: Machine, f: Frame, callee: Callee) -> bool:
    type_id = callee.receiver_type
    if type_id.startswith("database/sql."):
        return False
    return "sqlx." in type_id or (
        arguments.trusted(m, f, callee) and any("sqlx" in path for path in m.index.of(f.file).imports.values())
    )


def _used(m: Machine, f: Frame, done: Evaluated, base: str, there: Sequence[Held]) -> Value | None:
    """A call on rows or on a prepared statement."""
    call, callee, nodes, values = done.call, done.callee, done.nodes, done.values
    if base != callee.method:
        nodes, values = nodes[1:], values[1:]
    made: list[Alternative] = []
    singles = [first_of(value) for value in values] if len(values) > 1 else list(values)
    for each in there:
        statement = each.handle.type.endswith("Stmt")
        if statement != (base in _SENDS):
            continue
        given: tuple[Given, ...] = ()
        if base == "Scan":
            counts, known = scans.targets(m, f, nodes, singles)
        elif base == "StructScan":
            counts, known = [_destination(m, f, singles[:1], many=False)], True
        else:
            rest = 1 if base in _INTO else 0
            behind = base != callee.method or rest > 0
            counts, known = arguments.counts_of(
                m, f, nodes[rest:], singles[rest:], named=each.handle.named, rest=behind
            )
            if len(counts) == 1 and not each.handle.named:
                given = constants(m, f, nodes[rest:], singles[rest:], f.ambient)
            if base in _INTO:
                counts.append(_destination(m, f, singles[:1], many=base == "Select"))
        note(m, call, each, counts, given, all_known=known)
        if base in _ROWS:
            kind = "Row" if base.startswith("QueryRow") else "Rows"
            made.append(Alternative(_outer(each.guard, f.ambient), replace(each.handle, type=f"database/sql.{kind}")))
    return tuple(made) or None


def _outer(guard: Guard, ambient: Guard) -> Guard:
    return tuple(entry for entry in guard if entry not in ambient)


def _wrapped(m: Machine, f: Frame, done: Evaluated) -> Value | None:
    """`tx.StmtContext(ctx, stmt)` and `rows.Unsafe()` return what they are given."""
    if base_name(done.callee.method) == "Unsafe" or not done.nodes:
        return None
    there = held(m, f, done.nodes[-1], first_of(done.values[-1]))
    return tuple(Alternative(_outer(each.guard, f.ambient), each.handle) for each in there) or None


def _destination(m: Machine, f: Frame, values: Sequence[Value], *, many: bool) -> Counts:
    if not values:
        return Counts("fields", reason="no destination")
    return scans.destination(m, f, first_of(values[0]), many=many)
