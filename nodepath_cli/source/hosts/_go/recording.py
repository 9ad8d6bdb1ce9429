"""Recording the SQL that calls receive, and the database calls whose SQL cannot be followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from nodepath_cli.patterns import lazy
from nodepath_cli.source.hosts._go import gorm
from nodepath_cli.source.hosts._go.alternatives import given, join_guards
from nodepath_cli.source.hosts._go.calls import (
    ALWAYS,
    SINKS,
    base_name,
    hands_on,
    is_context,
    is_database,
    is_statement,
    migrates,
    never_sends,
    parses,
    sql_argument,
)
from nodepath_cli.source.hosts._go.gaps import gap
from nodepath_cli.source.hosts._go.looks_like_sql import kind_behind_hole, misspelled_kind, sql_kind, sql_kind_at_sink
from nodepath_cli.source.hosts._go.machine import Frame, Machine
from nodepath_cli.source.hosts._go.not_followed import note_opaque
from nodepath_cli.source.hosts._go.own_verbs import opened
from nodepath_cli.source.hosts._go.reasons import ARGUMENT, MAP_KEY, SET_BY
from nodepath_cli.source.hosts._go.records import Call, Handed, Received
from nodepath_cli.source.hosts._go.results import first_of
from nodepath_cli.source.hosts._go.syntax import GoFile
from nodepath_cli.source.hosts._go.text_parts import has_hole
from nodepath_cli.source.hosts._go.texts import type_of
from nodepath_cli.source.hosts._go.values import Alternative, Atom, Guard, Items, Piece, Several, Text, Unknown, Value
from nodepath_cli.source.statement import Span

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.calling import Callee

Literal = Span

_TEXT_NODES = frozenset(("interpreted_string_literal", "raw_string_literal", "binary_expression"))
_NO_TEXT = frozenset(("nil", "no value"))
_DATABASE_IMPORT = lazy(
    r"(?:^|[/ ])(?:database/sql|sqlx|pgx|pgxpool|gorp|gorm|bun|xorm|dbr|squirrel|scany|goqu|sqlbuilder|mysql|pq|"
    r"go-sqlite3|sqlite)(?:/|$|\.v\d)"
)

_TEXT_PACKAGES = frozenset(("fmt", "strings", "bytes", "strconv", "slices", "maps"))


def named_text(value: Value) -> bool:
    """Say whether a value is a text of a type that has a name, and so may have methods."""
    atom = value[0].atom
    return isinstance(atom, Text) and bool(atom.named)


def is_sql(value: Value) -> bool:
    """Say whether a value is SQL in one of its alternatives."""
    return any(isinstance(each.atom, Text) and sql_kind(each.atom.plain) for each in value)


def spread_results(value: Value) -> list[Value]:
    """Return the values that a call's single argument stands for: `f(g())` hands on all results of g."""
    atom = value[0].atom
    return list(atom.values) if isinstance(atom, Several) else [value]


def record(
    m: Machine, f: Frame, call: Call, callee: Callee, nodes: Sequence[Node], values: Sequence[Value]
) -> frozenset[Literal]:
    """Record the SQL among a call's arguments; return the literals that it consists of."""
    if m.quiet:
        return frozenset()
    sink = sink_of(f, callee, nodes, values)
    if sink is not None:
        sql = gorm.filled(f.file, nodes, values, sink)
        return _record_sink(m, f, call, nodes[sink], sql, _surely(f, callee), sends=_sends(m, f, callee))
    if base_name(callee.method) in SINKS and not callee.functions and is_statement(callee.receiver_type):
        # A text among the values of a prepared statement is none, whatever it looks like.
        return frozenset()
    literals: set[Literal] = set()
    handed = _handed(m, f, callee, nodes, values)
    if handed is not None:
        literals |= _record_sink(m, f, call, nodes[handed], first_of(values[handed]), True)
    elif never_sends(callee.name, callee.package, callee.method, declared=bool(callee.functions)):
        return frozenset()
    if parses(callee.package, callee.receiver_type):
        m.parsed.update(piece.literal for value in values for piece in _pieces(value) if piece.literal is not None)
        return frozenset()
    own = (callee.receiver,) if callee.on_text and callee.receiver is not None else ()
    for position, value in enumerate((*values, *own)):
        for alternative in given(first_of(value), f.ambient) if position != handed else ():
            atom = alternative.atom
            if isinstance(atom, Text) and len(atom.plain) > 5:
                kind = sql_kind(atom.plain) or kind_behind_hole(atom.plain)
                if kind is not None:
                    literals |= _note(m, f, call, alternative, atom, kind, 1)
    return frozenset(literals)


def migration(m: Machine, f: Frame, call: Call, value: Value) -> None:
    """Record the SQL that a migration of another package's tool is made of: a text, or a list of them."""
    for outer in given(value, f.ambient) if not m.quiet else ():
        items = outer.atom.items if isinstance(outer.atom, Items) else ((outer,),)
        for alternative in (each for item in items for each in item):
            guard = join_guards(outer.guard, alternative.guard)
            kind = sql_kind_at_sink(alternative.atom.plain) if isinstance(alternative.atom, Text) else None
            if kind is not None and guard is not None and isinstance(alternative.atom, Text):
                _note(m, f, call, Alternative(guard, alternative.atom), alternative.atom, kind, 2)


def _pieces(value: Value) -> list[Piece]:
    return [piece for each in first_of(value) if isinstance(each.atom, Text) for piece in each.atom.pieces]


def sink_of(f: Frame, callee: Callee, nodes: Sequence[Node], values: Sequence[Value]) -> int | None:
    """Return which argument is the SQL of a database call, None where the call is none."""
    sink = _sink(f, callee, nodes)
    if sink is not None and not is_sql(first_of(values[sink])):
        # `sqlx.Get(db, &row, query)` and its like have one argument more than the method of that name.
        sink = next((position for position, value in enumerate(values) if is_sql(first_of(value))), sink)
    return sink


def is_sink(f: Frame, callee: Callee, nodes: Sequence[Node]) -> bool:
    """Say whether a call is a database call by its name and shape."""
    return _sink(f, callee, nodes) is not None


def wanted(f: Frame, callee: Callee, nodes: Sequence[Node]) -> range | None:
    """Return which arguments of a call may be SQL, None where all may."""
    sink = _sink(f, callee, nodes)
    if sink is not None:
        return range(sink, sink + 1)
    known = bool(callee.functions)
    if callee.package not in _TEXT_PACKAGES and never_sends(callee.name, callee.package, callee.method, declared=known):
        return range(0) if callee.method else None
    return None


def _sink(f: Frame, callee: Callee, nodes: Sequence[Node]) -> int | None:
    """Return which argument is the SQL of a database method, None where the call is none."""
    if base_name(callee.method) not in SINKS or callee.package is not None or callee.on_text:
        return None
    position = sql_argument(callee.method, f.file.source(nodes[0]) if nodes else "", len(nodes))
    if position is not None and callee.texts is not None and not any(callee.texts[position : position + 1]):
        # Declared in the tree with another order of its parameters, or with none that is a text (`Get(dest, keys...)`).
        position = next((at for at in range(position, min(len(callee.texts), len(nodes))) if callee.texts[at]), None)
    if position is None or nodes[position].type in ("func_literal", "variadic_argument", "nil"):
        return None
    if nodes[position].type == "type_conversion_expression" and f.file.source(nodes[position]).startswith("[]byte("):
        # A key, and what it is to be copied to (`db.Get(buffer, []byte(key))`): SQL is a string.
        return None
    if SINKS[base_name(callee.method)] == 1 and position and nodes[position - 1].type in _TEXT_NODES:
        # What stands before the SQL takes the rows: a text there is a key (`client.Get(ctx, "prefix/", option)`).
        return None
    receiver = f.file.source(callee.receiver_node) if callee.receiver_node is not None else ""
    database = is_database("".join(receiver.split()), callee.receiver_type, base_name(callee.method))
    if database is False or (database is None and base_name(callee.method) not in ALWAYS):
        return None
    return position


def _surely(f: Frame, callee: Callee) -> bool:
    receiver = f.file.source(callee.receiver_node) if callee.receiver_node is not None else ""
    named = is_database("".join(receiver.split()), callee.receiver_type, base_name(callee.method))
    return named is True or (named is None and callee.of_handles)


def _sends(m: Machine, f: Frame, callee: Callee) -> bool:
    """Say whether what a call is given goes to a database as it stands: its receiver's type, or name, is a handle's."""
    return _surely(f, callee) and not callee.functions and (bool(callee.receiver_type) or _uses_database(m, f.file))


def _handed(m: Machine, f: Frame, callee: Callee, nodes: Sequence[Node], values: Sequence[Value]) -> int | None:
    """Return which argument is the SQL where a function of a package that is not among the files gets a database, too.

    `sqlutils.ExecNoPrepare(db, query)`: its name says that it runs what it is given.
    """
    if callee.package is None or callee.functions or not hands_on(callee.method) or migrates(callee.package):
        return None
    if never_sends(callee.name, callee.package, callee.method):
        return None
    for at, (node, value) in enumerate(zip(nodes, values, strict=False)):
        shown = "".join(f.file.source(node).split())
        if is_context(shown) or not is_database(shown, type_of(value), "Exec"):
            continue
        if not type_of(value) and not _uses_database(m, f.file):
            return None
        texts = [
            behind
            for behind in range(at + 1, len(values))
            if nodes[behind].type not in ("unary_expression", "func_literal", "variadic_argument")
            and _may_be_text(first_of(values[behind]))
        ]
        return next((each for each in texts if is_sql(first_of(values[each]))), texts[0] if texts else None)
    return None


def _record_sink(
    m: Machine, f: Frame, call: Call, node: Node, value: Value, surely: bool, *, sends: bool = False
) -> frozenset[Literal]:
    """Record what a database call gets. `surely`: it is one by more than its name; `sends`: it adds nothing."""
    literals: set[Literal] = set()
    reason: str | None = None
    branch: Guard = ()
    for alternative in given(value, f.ambient):
        atom = alternative.atom
        if isinstance(atom, Text):
            kind = sql_kind_at_sink(atom.plain) if surely else sql_kind(atom.plain)
            # The server answers such a text with a syntax error, and so does the parser.
            kind = kind or misspelled_kind(atom.plain) or kind_behind_hole(atom.plain)
            if kind is not None:
                literals |= _note(m, f, call, alternative, atom, kind, 2, surely=sends)
                continue
            if not has_hole(atom) and (atom.plain.strip() or not sends or len(value) > 1):
                continue
        if reason is None:
            reason, branch = _why(atom), alternative.guard
    if reason is None or (literals and reason in _NO_TEXT):
        return frozenset(literals)
    if surely or literals or (_may_be_text(value) and _uses_database(m, f.file)):
        note_opaque(m, f, call, reason, node, branch if literals else None)
    return frozenset(literals)


def _uses_database(m: Machine, file: GoFile) -> bool:
    """Say whether a file imports a database package: `Query` of anything else is a search, a graph or a metric."""
    return any(_DATABASE_IMPORT.search(path) for path in m.index.of(file).imports.values())


def _may_be_text(value: Value) -> bool:
    atom = value[0].atom
    return isinstance(atom, Text) or (isinstance(atom, Unknown) and atom.type in ("", "string"))


def of_caller(reason: str) -> bool:
    """Say whether something is not known for a reason that a caller may know better."""
    return reason in (ARGUMENT, "receiver", MAP_KEY) or reason.startswith(("field ", "list: ", "element of ", SET_BY))


def _why(atom: Atom) -> str:
    """Why an alternative is no SQL that can be read."""
    if isinstance(atom, Unknown):
        return atom.reason
    if isinstance(atom, Text):
        # No program sends one: what is written into it was not seen.
        default = "run-time value" if atom.plain.strip() else "text that is empty as far as it is followed"
        return next((piece.hole[1] for piece in atom.pieces if piece.hole is not None), default)
    return "run-time value"


def _note(
    m: Machine,
    f: Frame,
    call: Call,
    alternative: Alternative,
    text: Text,
    kind: str,
    rank: int,
    *,
    surely: bool = False,
) -> set[Literal]:
    literals = {piece.literal for piece in text.pieces if piece.literal is not None}
    visible = [piece.literal for piece in text.pieces if piece.literal is not None and not piece.text.isspace()]
    outer = _outer_call(m, literals)
    if outer is not None and rank < 2:
        # Another function that the wrapper gives the SQL to: the wrapper's own call is recorded.
        return literals
    if outer is not None:
        m.covered.add(call.key)
        call, rank = outer.call, 3
        visible = [literal for literal in visible if literal in outer.literals] or visible
    if m.root is not None and (has_hole(text) or any(m.decisions.guessed(each) for each, _ in alternative.guard)):
        # Callers know more: what the holes are, or which of a type's values theirs is.
        m.dependent.add(m.root)
        if any(piece.hole is not None and piece.hole[1].startswith(SET_BY) for piece in text.pieces):
            # Options that a function hands on (`s.find(append(own, options...)...)`) are known to its callers.
            m.asked.add(m.root)
    m.tell(call, text.plain)
    m.received.append(
        Received(
            call,
            text if surely else opened(text),
            alternative.guard,
            f.ambient,
            kind,
            rank,
            m.inline_depth > 0,
            m.next_order(),
            visible[0] if visible else None,
            f.iteration,
            m.root,
            (outer.wrapper, outer.argument) if outer is not None else None,
            tuple(m.way),
            gap(m, text),
            surely,
        )
    )
    return literals


def hand_on(m: Machine, call: Call, literals: frozenset[Literal], result: Value) -> None:
    """Remember a call that returns the SQL that it was given: whoever gets the result is the database call."""
    for each in result:
        atom = first_of((each,))[0].atom
        if isinstance(atom, Text):
            same = {piece.literal for piece in atom.pieces if piece.literal in literals and piece.literal is not None}
            if same:
                m.handed_on.setdefault(call.key, set()).update(same)


def _outer_call(m: Machine, literals: set[Literal]) -> Handed | None:
    """Return the outermost call that was given one of these literals as SQL: that is where the wrapper is used."""
    found = next((entry for entry in m.arguments if entry.literals & literals), None)
    if found is not None or not m.chosen:
        return found
    for literal in literals & m.chosen.keys():
        depth, entry = m.chosen[literal]
        if depth < len(m.calls) and m.calls[depth] is entry.call:
            return entry
    return None


def choose(m: Machine, key: Atom, value: Value) -> None:
    """Remember which of the calls being followed was given the key that chose a SQL text of a list or map."""
    for depth, (wrapper, values) in enumerate(m.bound):
        for position, given_value in enumerate(values):
            if any(_same(each.atom, key) for each in given_value):
                literals = frozenset(piece.literal for piece in _pieces(value) if piece.literal is not None)
                entry = depth, Handed(literals, m.calls[depth], wrapper, position)
                m.chosen.update(dict.fromkeys(literals, entry))
                return


def _same(given_atom: Atom, key: Atom) -> bool:
    """Say whether a key is what a call was given: that very value, not one that happens to be equal."""
    if isinstance(given_atom, Text) and isinstance(key, Text):
        return bool(key.pieces) and given_atom.pieces is key.pieces
    return given_atom is key


RECEIVER = -1
"""Stands for the receiver among the arguments of a method."""


def argument_of(literals: frozenset[Literal], values: Sequence[Value], receiver: Value | None) -> int:
    """Return which of a call's values consists of these literals."""
    for position, value in enumerate(values):
        if any(piece.literal in literals for piece in _pieces(value)):
            return position
    if receiver is not None and any(piece.literal in literals for piece in _pieces(receiver)):
        return RECEIVER
    return 0
