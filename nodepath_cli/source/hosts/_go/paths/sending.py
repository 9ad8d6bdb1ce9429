"""Statements that a call sends: which, in what transaction, with what values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nodepath_cli.patterns import lazy
from nodepath_cli.source.functions import Known, Mixed, Outcome, Ran, Value
from nodepath_cli.source.hosts._go.calls import SINKS, base_name, sql_argument
from nodepath_cli.source.hosts._go.paths import following
from nodepath_cli.source.hosts._go.paths.assigning import pointed_at
from nodepath_cli.source.hosts._go.paths.state import (
    Any,
    Instance,
    Many,
    Prepared,
    State,
    Texts,
    Transaction,
    exported,
)
from nodepath_cli.source.hosts._go.paths.walker import Values

if TYPE_CHECKING:
    from nodepath_cli.source.hosts._go.paths.calling import Calling

_PREPARES = frozenset(("Prepare", "Preparex", "PrepareNamed", "MustPrepare"))
_ROWS = frozenset(("Query", "Queryx", "NamedQuery"))
_ROW = frozenset(("QueryRow", "QueryRowx"))
_INTO = frozenset(("Get", "Select", "SelectOne"))
_POOLS = frozenset(("database/sql.DB", "github.com/jmoiron/sqlx.DB"))
_TRANSACTION_NAME = lazy(r"(?:^|\.)\w*(?:[tT]x|trx|txn|[tT]ransaction)(?:\(\))?$")
_BEGIN = lazy(r"\s*(?:begin|start\s+transaction)\b", re.IGNORECASE)
_TX = ("database/sql.Tx", "sqlx.Tx")
"""How the types of transactions end."""
_END = lazy(r"\s*(?:commit|rollback)\b", re.IGNORECASE)


def send(made: Calling, state: State) -> Values | None:
    """Return what a call that sends a statement gives, None where it sends none itself."""
    base = base_name(made.method)
    if isinstance(made.receiver, Prepared):
        if base not in ("Exec", "Query", "QueryRow", "MustExec", "Queryx", "QueryRowx", "Get", "Select"):
            return [(state, Known(None))] if made.method == "Close" else None
        skip = 1 if base != made.method else 0
        return _sent(made, state, base, made.receiver.texts, made.receiver.transaction, made.arguments[skip:])
    key = made.place.file.path, made.node.start_byte, made.node.end_byte
    texts = _meant(made.w.texts.get(key, ()), made.arguments)
    if key in made.w.prepared:
        behind = made.arguments[int(base != made.method) + int(base in _INTO) :]
        return _sent(made, state, base, texts, transaction_of(made, state), behind)
    if not texts and base in SINKS:
        texts = made.place.pending if _is_handle(made) else ()
        if not texts:
            return _session(made, state)
    if not texts:
        return None
    if base in _PREPARES:
        prepared = Prepared(texts, transaction_of(made, state))
        return [(state, Many((prepared, Known(None))))]
    if base not in SINKS and following.resolve(made):
        return following.follow(made, state, texts)
    return _sent(made, state, base, texts, transaction_of(made, state), _values(made))


def _meant(texts: Texts, arguments: tuple[Any, ...]) -> Texts:
    """Return the texts that a call may send on this path: that of its variable, or those with the names in them that it
    splices into its SQL."""
    if len(texts) < 2:
        return texts
    whole = {each.value for each in arguments[:3] if isinstance(each, Known)}
    if chosen := tuple(each for each in texts if each[1] in whole):
        return chosen
    for word in (word for each in arguments[:2] for word in _names(exported(each))):
        having = tuple(each for each in texts if re.search(rf"\b{word}\b", each[1]))
        texts = having or texts
    return texts


def _names(value: Value) -> Iterator[str]:
    for part in value.parts if isinstance(value, Mixed) else ():
        if isinstance(part, Known) and isinstance(part.value, str) and part.value.isidentifier():
            yield part.value
        yield from _names(part)


def _is_handle(made: Calling) -> bool:
    return not isinstance(made.receiver, Outcome) and "." in made.name


def transaction_of(made: Calling, state: State) -> Transaction | None:
    """Return the transaction that a call's receiver, or one of its arguments, is."""
    for each in (made.receiver, *made.arguments[:2]):
        if isinstance(each, Transaction):
            return each
        if isinstance(each, Instance) and any(kind.endswith(_TX) for kind in made.w.index.embedded(each.type)):
            # `type tx struct{ *sql.Tx }`: one function has no more than one of them.
            return Transaction(f"of {each.type}")
    receiver = made.name.rpartition(".")[0]
    if receiver and _TRANSACTION_NAME.search(receiver):
        return Transaction(f"given {receiver}")
    return Transaction(state.session) if state.session else None


def _session(made: Calling, state: State) -> Values | None:
    """`BEGIN` and `COMMIT` as SQL are no statements that are checked, but they begin and end a transaction."""
    texts = [each.value for each in made.arguments[:2] if isinstance(each, Known) and isinstance(each.value, str)]
    after = state.fork()
    if texts and _BEGIN.match(texts[0]):
        after.session = f"{made.place.file.path}:{made.node.start_byte}"
    elif texts and _END.match(texts[0]):
        after.session = None
    else:
        return None
    return [(after, Many((Known(None), Known(None))))]


def _values(made: Calling) -> tuple[Any, ...] | None:
    """Return the values for the placeholders: what stands behind the SQL."""
    first_text = made.place.file.source(made.nodes[0]) if made.nodes else ""
    position = sql_argument(made.method, first_text, len(made.nodes))
    if position is None:
        known = (number for number, each in enumerate(made.arguments) if isinstance(each, Known) and _is_sql(each))
        position = next(known, None)
        if position is None:
            return None
    if base_name(made.method).startswith("Named"):
        return None
    values = made.arguments[position + 1 :]
    return None if any(isinstance(each, Many) for each in values) else values


def _is_sql(value: Known) -> bool:
    return isinstance(value.value, str) and " " in value.value.strip()


def _sent(
    made: Calling,
    state: State,
    base: str,
    texts: Texts,
    transaction: Transaction | None,
    values: tuple[Any, ...] | None,
) -> Values:
    after = state.fork()
    number = after.runs
    after.runs += 1
    if _BEGIN.match(texts[0][1]):
        after.session = f"{made.place.file.path}:{made.node.start_byte}"
        return [(after, Many((Known(None), Known(None))))]
    if _END.match(texts[0][1]):
        after.session = None
        return [(after, Many((Known(None), Known(None))))]
    after.add(
        Ran(
            number,
            texts,
            made.place.file.span(made.node),
            transaction.name if transaction is not None else None,
            transaction.isolation if transaction is not None else "",
            None if values is None else tuple(exported(each) for each in values),
            transaction is None and isinstance(made.receiver, Instance) and made.receiver.type in _POOLS,
        )
    )
    result, error = Outcome(number, "result"), Outcome(number, "error")
    if base in _ROW:
        return [(after, result)]
    if base in _INTO:
        pointed_at(made.place, made.scope, made.nodes[:3], Outcome(number, "row"), after)
        return [(after, error)]
    if base == "MustExec":
        return [(after, result)]
    if base not in SINKS:
        # A wrapper that is not in the tree: what it gives back is most probably what the driver gave.
        pointed_at(made.place, made.scope, made.nodes, Outcome(number, "row"), after)
    return [(after, Many((result, error)))]
