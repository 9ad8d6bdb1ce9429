"""What `nodepath locks waits` shows: a tree of who waits for whom, root blockers first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from nodepath_cli.audit.finding import Severity
from nodepath_cli.locks.ending import Ending
from nodepath_cli.locks.wait_records import KINDS, Party, Wait, Waits
from nodepath_cli.locks.wait_tree import Node, trees
from nodepath_cli.report import RenderOptions
from nodepath_cli.report._style import Style
from nodepath_cli.report._words import one_line, plural

_LOCKS = {"row": "row lock", "metadata": "metadata lock", "user": "GET_LOCK"}
_NARROW = 40
"""A query gets at least this many characters, however narrow the terminal is."""


def render_json(waits: Waits, out: TextIO) -> None:
    """Write the document of the JSON contract."""
    json.dump({"version": 1, **waits.document()}, out, indent=2, ensure_ascii=False)
    out.write("\n")


def render_text(waits: Waits, out: TextIO, options: RenderOptions, width: int = 80) -> None:
    """Write the trees, each line cut to `width` characters, and what the server cannot tell."""
    style = Style(options.color)
    for line in lines(waits, style, width):
        out.write(line.rstrip() + "\n")


def render_ending(ending: Ending, out: TextIO, options: RenderOptions, width: int = 80) -> None:
    """Write what ending a connection means: what it does, and who waits for it."""
    style = Style(options.color)
    below = tuple(Node(each.waiter, each) for each in ending.waiting)
    for line in _node(Node(ending.party, None, below), "", "", style, width):
        out.write(line.rstrip() + "\n")
    if ending.party.transaction_seconds is not None:
        out.write("its open transaction will be rolled back\n")
    if not ending.waiting:
        out.write("nobody is seen waiting for it\n")


def lines(waits: Waits, style: Style, width: int) -> Iterator[str]:
    """Yield the lines of the view, without line ends."""
    for root in trees(waits.waits):
        yield from _node(root, "", "", style, width)
        yield ""
    for kind in KINDS:
        if kind in waits.blind:
            words = f"{_LOCKS[kind]}s: holders not instrumented, {waits.blind[kind]}"
            yield style.severity(Severity.INFO, "note") + f": {words}"
    seen = len({wait.waiter.id for wait in waits.waits})
    if seen:
        yield style.strong(f"{plural(seen, 'connection')} waiting, the longest for {waits.longest()} s")
    elif waits.blind:
        yield "nobody is seen waiting"
    else:
        yield style.good("nobody waits")


def _node(node: Node, first: str, rest: str, style: Style, width: int) -> Iterator[str]:
    yield first + _head(node, style)
    party = node.party
    bar = rest + ("│ " if node.below else "  ")
    if party is not None and party.query:
        label = "last: " if party.idle else ""
        yield style.faint(bar + label + one_line(party.query, max(width - len(bar) - len(label), _NARROW)))
    elif party is not None and party.idle:
        yield style.faint(f"{bar}last statement not known")
    if node.waits is not None and node.waits.candidates:
        ids = ", ".join(f"#{each.id} {_state(each)}" for each in node.waits.candidates)
        yield style.faint(bar + one_line(f"perhaps: {ids}", max(width - len(bar), _NARROW)))
    for number, each in enumerate(node.below, 1):
        last = number == len(node.below)
        yield from _node(each, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "), style, width)


def _head(node: Node, style: Style) -> str:
    party, wait = node.party, node.waits
    if party is None:
        return style.strong("holder not known")
    name = f"#{party.id} {party.user or '?'}@{(party.host or '?')}"
    if node.again:
        return f"{name}: {_waiting(wait)}, each waits for the other"
    if wait is not None:
        return f"{style.strong(name)}: {_waiting(wait)}"
    blocks = "blocks, " if node.below else ""
    return f"{style.severity(Severity.ERROR if party.idle else Severity.WARNING, name)}: {blocks}{_state(party)}"


def _waiting(wait: Wait | None) -> str:
    if wait is None:
        return "waits"
    on = wait.table or (f"'{wait.name}'" if wait.name else "")
    place = f" on {on}" if on and wait.kind != "user" else f" {on}" if on else ""
    seconds = "" if wait.seconds is None else f", {wait.seconds} s"
    return one_line(f"waits for {_LOCKS[wait.kind]}{place}{seconds}")


def _state(party: Party) -> str:
    words = "idle" if party.idle else (party.state or "running")
    if party.transaction_seconds is None:
        return one_line(words)
    return one_line(f"{words}, transaction open for {party.transaction_seconds} s")
