"""Functions of the tree that a call means, walked with their arguments bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tree_sitter import Node

from nodepath_cli.source.functions import Called, outcomes
from nodepath_cli.source.hosts._go.declarations import Routine
from nodepath_cli.source.hosts._go.paths import assigning, meaning
from nodepath_cli.source.hosts._go.paths.state import (
    UNKNOWN,
    Any,
    Closure,
    Instance,
    Many,
    Place,
    Scope,
    State,
    Texts,
    Transaction,
    exported,
)
from nodepath_cli.source.hosts._go.paths.walker import MAX_INLINE, TooManyPaths, Values, Walker
from nodepath_cli.source.hosts._go.syntax import GoFile, named

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.paths.calling import Calling

_MAX_BODY = 6_000
"""Bytes of a function that is walked from its caller: a longer one does more than give an answer."""
_MAX_HELPER = 1_500
"""The same for a function that has nothing to do with the statements that are asked for, but is given something of
their outcome, a transaction or a function."""
_MAX_ANSWER = 300
"""The same for one that is given nothing of the kind: it may return the time, or a constant."""


def resolve(made: Calling) -> Routine | Closure | None:
    """Return the function that a call means, None where it is not in the tree or cannot be told."""
    w, place, scope = made.w, made.place, made.scope
    function = made.function
    if function.type == "func_literal":
        return Closure(function, scope, place)
    if function.type == "identifier":
        return w.index.routine(place.file.folder, made.name)
    operand = function.child_by_field_name("operand")
    if function.type != "selector_expression" or operand is None:
        return None
    if operand.type == "identifier" and scope.find(place.file.source(operand)) is None:
        found = w.index.package_of(place.file, place.file.source(operand))
        if found is not None:
            return w.index.routine(found[1], made.method) if found[1] is not None else None
    if isinstance(made.receiver, Instance) and (made.receiver.row is None or made.receiver.fields):
        method = w.index.method(made.receiver.type, made.method)
        if method is not None:
            return method
    return _only(made)


def _only(made: Calling) -> Routine | None:
    """Return the one method of that name that has to do with such SQL: the receiver is an interface."""
    known = [each for each in made.w.known.get(made.method, ()) if each.receiver]
    meant = meaning.of_value(made.w, made.receiver, made.method) if known and made.receiver is not None else None
    if meant is not None:
        known = [each for each in known if each.file.span(each) in meant]
    if len(known) > 1 and isinstance(made.receiver, Instance):
        wanted = _bare(made.receiver.type)
        known = [each for each in known if _bare(each.receiver) == wanted]
    return known[0] if len(known) == 1 else None


def _bare(type_name: str) -> str:
    name = type_name.rpartition(".")[2].lower()
    for ending in ("impl", "implementation", "interface"):
        name = name.removesuffix(ending)
    return name.removeprefix("mysql").removeprefix("sql").removeprefix("default")


def follow(made: Calling, state: State, texts: Texts = ()) -> Values | None:
    """Walk the function that a call means; None where it is not walked. `texts` is the SQL that it is given."""
    w = made.w
    found = _local(made, state) or resolve(made)
    if isinstance(found, Closure):
        return closure(w, found, made.arguments, state)
    if found is None:
        return None
    body = found.node.child_by_field_name("body")
    key = (found.file.path, found.node.start_byte)
    too_long = found.node.end_byte - found.node.start_byte > _limit(made, found, bool(texts))
    if body is None or key in w.active or len(w.active) > MAX_INLINE or too_long:
        w.dropped = True
        return None
    after = state.fork()
    after.add(Called(found.name, False, meant=(found.file.span(found),)))
    place = Place(found.file, found, texts or (made.place.pending if _hands_on(made) else ()))
    scope = w.scope()
    bind(w, found.file, found.node, scope, after, made.arguments)
    receiver = found.node.child_by_field_name("receiver")
    if receiver is not None:
        held = () if made.receiver is None else (made.receiver,)
        type_id = f"{found.file.folder}.{found.receiver}"
        bind(w, found.file, found.node, scope, after, held, "receiver", type_id)
    w.active.append(key)
    try:
        ends = w.body(place, w.scope(scope), body, after)
    finally:
        w.active.pop()
    return [(end, values[0] if len(values) == 1 else Many(values)) for end, values in ends]


def _limit(made: Calling, found: Routine, sends: bool) -> int:
    if sends or found in made.w.known.get(found.name, ()):
        return _MAX_BODY
    values = (made.receiver, *made.arguments)
    if any(isinstance(each, (Closure, Transaction)) or any(outcomes(exported(each))) for each in values if each):
        return _MAX_HELPER
    return _MAX_ANSWER


def _hands_on(made: Calling) -> bool:
    """Say whether a wrapper may give its SQL to the function that it calls: it then has an argument."""
    return bool(made.place.pending) and bool(made.arguments)


def _local(made: Calling, state: State) -> Closure | None:
    if made.function.type != "identifier":
        return None
    variable = made.scope.find(made.name)
    value = state.variables.get(variable) if variable is not None else None
    return value if isinstance(value, Closure) else None


def closure(w: Walker, found: Closure, arguments: Sequence[Any], state: State) -> Values:
    """Walk a function literal. Raises TooManyPaths."""
    body = found.node.child_by_field_name("body")
    key = (found.place.file.path, found.node.start_byte)
    if body is None or key in w.active:
        return [(state, UNKNOWN)]
    if len(w.active) > MAX_INLINE + 2:
        raise TooManyPaths
    scope = w.scope(found.scope)
    after = state.fork()
    bind(w, found.place.file, found.node, scope, after, arguments)
    w.active.append(key)
    try:
        ends = w.body(Place(found.place.file, found.place.routine, found.place.pending), w.scope(scope), body, after)
    finally:
        w.active.pop()
    return [(end, values[0] if len(values) == 1 else Many(values)) for end, values in ends]


def bind(
    w: Walker,
    file: GoFile,
    node: Node,
    scope: Scope,
    state: State,
    arguments: Sequence[Any],
    field: str = "parameters",
    type_id: str = "",
) -> None:
    """Give the parameters of a function their values, and its named results their zero values."""
    values = list(arguments)
    listing = node.child_by_field_name(field)
    for declaration in named(listing) if listing is not None else ():
        kind = declaration.child_by_field_name("type")
        known = assigning.of_type(type_id or w.index.type_id(file, kind))
        names = [file.source(name) for name in declaration.children_by_field_name("name")]
        for name in names:
            if declaration.type == "variadic_parameter_declaration":
                value: Any = Many(tuple(values)) if arguments else Many(())
                values = []
            else:
                value = values.pop(0) if values else UNKNOWN
            replaced = value == UNKNOWN or (isinstance(known, Transaction) and not isinstance(value, Transaction))
            if known is not None and replaced:
                value = known
            state.variables[scope.declare(name)] = value
    if field == "parameters":
        results(w, file, node, scope, state)


def results(w: Walker, file: GoFile, node: Node, scope: Scope, state: State) -> None:
    """Declare the named results of a function."""
    listing = node.child_by_field_name("result")
    for declaration in named(listing) if listing is not None and listing.type == "parameter_list" else ():
        for name in declaration.children_by_field_name("name"):
            variable = scope.declare(file.source(name))
            state.variables[variable] = assigning.zero(w, file, declaration.child_by_field_name("type"))
