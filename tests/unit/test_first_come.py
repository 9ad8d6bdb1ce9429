"""Pieces of work are each done once, by whichever process comes first, all of them even where the other dies."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Sequence

import pytest

from nodepath_cli.first_come import FirstCome, pieces
from nodepath_cli.in_shares import Work, in_turn, side_by_side

pytestmark = pytest.mark.usefixtures("alone")

ITEMS = range(1_000)


def length(item: int) -> int:
    """What an item seems to cost."""
    return 1 + item % 7


class Slow:
    """Shares that take items first come first served, the second share a hundred times as slow as it seems."""

    def __init__(self, *, dies: bool = False) -> None:
        self.first_come = FirstCome()
        self.dies = dies

    def __call__(self, number: int) -> Work[tuple[int, list[int]]]:
        """Return a share: its process, and what it has done."""
        done: list[int] = []
        mine = os.getpid()
        for item in self.first_come.of(ITEMS, length):
            if number and self.dies and len(done) > 20:
                os._exit(9)
            time.sleep(0.001 if number else 0.00001)
            done.append(item)
        yield None
        return mine, done


def test_each_is_done_once_and_the_quicker_process_does_more() -> None:
    share = Slow()
    found = side_by_side(share, pickle.dumps, share.first_come)
    assert found is not None
    (here, own), (there, other) = found[0], pickle.loads(found[1])
    assert here != there
    assert sorted(own + other) == list(ITEMS)
    assert len(own) > 2 * len(other) > 0


def test_where_the_other_process_dies_everything_waits_again() -> None:
    share = Slow(dies=True)
    assert side_by_side(share, pickle.dumps, share.first_come) is None
    results = in_turn(lambda _: share(0))
    assert sorted(item for _, done in results for item in done) == list(ITEMS)


def test_without_room_for_a_pipe_one_process_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> tuple[int, int]:
        raise OSError(24, "Too many open files")

    share = Slow()
    monkeypatch.setattr(os, "pipe", full)
    assert side_by_side(share, pickle.dumps, share.first_come) is None
    assert sorted(item for _, done in in_turn(lambda _: share(0)) for item in done) == list(ITEMS)


@pytest.mark.parametrize("items", [[], [5], list(ITEMS)])
def test_pieces_cost_alike_and_keep_the_order(items: Sequence[int]) -> None:
    cut = pieces(items, length, 64)
    assert len(cut) == 64
    assert [item for piece in cut for item in piece] == list(items)
    if len(items) > 100:
        costs = [sum(map(length, piece)) for piece in cut]
        assert max(costs) - min(costs) <= 14
