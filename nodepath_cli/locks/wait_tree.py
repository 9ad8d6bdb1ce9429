"""Waits as trees: on top who is in the way and waits for nobody, below each the ones that wait for it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from nodepath_cli.locks.wait_records import Party, Wait


class Node(Struct, frozen=True):
    """A connection in a tree of waits."""

    party: Party | None
    """None for a holder that the server does not name."""
    waits: Wait | None = None
    """Its own wait for the connection above; None at a root."""
    below: tuple[Node, ...] = ()
    again: bool = False
    """It stands in the tree above, too: the connections wait for each other (a deadlock that the server will end)."""

    def count(self) -> int:
        """Return how many connections wait below."""
        return sum(1 + each.count() for each in self.below)


def trees(waits: Sequence[Wait]) -> tuple[Node, ...]:
    """Return the roots; those that hold up the most come first, waits without a known holder last."""
    below: dict[int, list[Wait]] = {}
    for wait in waits:
        if wait.blocker is not None:
            below.setdefault(wait.blocker.id, []).append(wait)
    waiting = {wait.waiter.id for wait in waits}
    roots = {wait.blocker.id: wait.blocker for wait in waits if wait.blocker and wait.blocker.id not in waiting}
    found = [_node(party, None, below, ()) for party in roots.values()]
    shown = {id_ for root in found for id_ in _ids(root)}
    for wait in waits:
        # Only where connections wait for each other in a circle is there no root that leads to them.
        if wait.blocker is not None and wait.waiter.id not in shown:
            circle = _node(wait.blocker, None, below, ())
            found.append(circle)
            shown |= _ids(circle)
    found.sort(key=lambda node: -node.count())
    unknown = [_node(wait.waiter, wait, below, ()) for wait in waits if wait.blocker is None]
    return (*found, *([Node(None, None, tuple(unknown))] if unknown else []))


def _node(party: Party, wait: Wait | None, below: dict[int, list[Wait]], above: tuple[int, ...]) -> Node:
    if party.id in above:
        return Node(party, wait, again=True)
    path = (*above, party.id)
    return Node(party, wait, tuple(_node(each.waiter, each, below, path) for each in below.get(party.id, ())))


def _ids(node: Node) -> set[int]:
    own = {node.party.id} if node.party else set()
    return own.union(*(_ids(each) for each in node.below))
