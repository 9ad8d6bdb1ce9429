"""Locks by name that one connection takes and another one gives back: each is asked for in its function, and closed.

`conn, err := db.Conn(ctx)` with `defer conn.Close()`: at the end of the function the connection goes back into the
pool, and the lock with it. RELEASE_LOCK answers 0 to any other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from nodepath_cli.audit.locking.named import belong_together, one_connection
from nodepath_cli.audit.locking.protocols import Protocols
from nodepath_cli.audit.locking.sites import ServerLock
from nodepath_cli.patterns import lazy
from nodepath_cli.source.statement import Span

_SENT_BY = lazy(r"(\w+)\.\s*\w+\(")
_LOOP = lazy(r"\b(?:for|goto)\b")


class _Connection(Struct, frozen=True):
    """A connection that a function takes out of a pool and gives back at its end."""

    path: str
    taken: int
    """Where it does."""
    repeats: bool
    """A loop stands there: the same call may send several statements."""


def released_by_another(protocols: Protocols) -> Iterator[tuple[ServerLock, ServerLock]]:
    """Yield the releases that another connection sends than that of the lock, each with its GET_LOCK."""
    sites = protocols.sites
    if not sites.server_locks or not sites.server_releases or one_connection(protocols):
        return
    calls = _calls(protocols)
    texts: dict[str, str] = {}
    taken = {
        lock: by
        for lock in sites.server_locks.values()
        if (by := _sent_by(calls[lock.place], texts, protocols)) is not None
    }
    given = {
        each: _sent_by(calls[each.place], texts, protocols)
        for each in (sites.server_releases.values() if taken else ())
    }
    for lock, by in taken.items():
        backs = [each for each in given if belong_together(lock, each)]
        if any(_may_be_same(by, given[each]) for each in backs):
            continue
        yield from ((each, lock) for each in backs[:1])


def _calls(protocols: Protocols) -> dict[tuple[str, int], set[Span]]:
    """Return the innermost calls that send statements, by the places of these."""
    found: dict[tuple[str, int], set[Span]] = defaultdict(set)
    for run in (run for ways in protocols.ways.values() for way in ways for run in way.runs):
        for span, _ in run.ran.texts:
            found[span.path, span.start].add(run.ran.call)
    for each in protocols.statements_by_name():
        if each.call is not None and each.call.wrapper is None:
            found[each.span.path, each.span.start].add(each.call.span)
    return found


def _may_be_same(one: tuple[Span, _Connection], other: tuple[Span, _Connection] | None) -> bool:
    """Say whether two statements may be sent by the same connection: of one function, by two calls or in a loop."""
    if other is None:
        return True
    return one[1] == other[1] and (one[0] != other[0] or one[1].repeats)


def _sent_by(calls: set[Span], texts: dict[str, str], protocols: Protocols) -> tuple[Span, _Connection] | None:
    """Return the one call that sends a statement, with its connection; None where that is not a function's own."""
    if len(calls) != 1:
        return None
    [call] = calls
    text = texts.get(call.path)
    if text is None:
        text = texts[call.path] = protocols.text_of(call.path)
    begin, end = text.rfind("\nfunc ", 0, call.start), text.find("\n}", call.end)
    sent = _SENT_BY.match(text, call.start, call.end)
    if begin < 0 or end < 0 or sent is None:
        return None
    name = re.escape(sent[1])
    declared = list(re.finditer(rf"\b{name}\s*,\s*\w+\s*:?=\s*[\w.()]+\.Connx?\(", text[begin:end]))
    if len(declared) != 1 or begin + declared[0].start() > call.start:
        return None
    taken = begin + declared[0].start()
    later = text[taken + len(sent[1]) : end]
    closed = re.search(rf"\bdefer\s+{name}\.Close\(\)", later)
    escapes = re.search(rf"(?<![\w.]){name}\b(?!\s*\.|\s*,\s*\w+\s*:?=)", later)
    if closed is None or escapes is not None:
        return None
    return call, _Connection(call.path, taken, bool(_LOOP.search(later)))
