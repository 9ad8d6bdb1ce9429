"""Work in shares gives the same in one process and in two, and is done whatever becomes of the second."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from nodepath_cli import in_shares
from nodepath_cli.in_shares import Work, in_turn, side_by_side

pytestmark = pytest.mark.usefixtures("alone")


def counted(number: int) -> Work[tuple[int, list[int], int]]:
    """Tell two things one after the other, and return what was heard and the process."""
    heard = yield number + 1
    more = yield sum(heard) * 10 + number
    return number, [*heard, *more], os.getpid()


def test_both_hear_what_both_tell() -> None:
    expected = [(0, [1, 2, 30, 31]), (1, [1, 2, 30, 31])]
    assert [each[:2] for each in in_turn(counted)] == expected
    found = side_by_side(counted, pickle.dumps)
    assert found is not None
    own, other = found[0], pickle.loads(found[1])
    assert [own[:2], other[:2]] == expected
    assert own[2] == os.getpid() != other[2]


def _worked(costs: list[int], seconds: float = 0.0) -> Callable[[int], Work[tuple[list[int], list[int]]]]:
    """Return shares that do items of some costs, the second a little slower, and then tell how many they did."""

    def share(number: int) -> Work[tuple[list[int], list[int]]]:
        done: list[int] = []

        def do(half: int, item: int) -> None:
            time.sleep(seconds * (1 + number))
            done.append(item + half * middle)

        middle = len(costs) // 2
        halves = [[1] * middle, [1] * (len(costs) - middle)]
        yield from in_shares.dealt(halves, do, lambda: sum(costs[each] for each in done))
        heard = yield len(done)
        return done, list(heard)

    return share


@pytest.mark.parametrize(
    "costs", [[], [5], [1, 1], [1] * 30, [90] + [1] * 29, [1] * 29 + [90], [7 * n % 13 for n in range(200)]]
)
def test_items_are_dealt_out_as_evenly_as_they_come_however_many_processes_there_are(costs: list[int]) -> None:
    found = in_turn(_worked(costs))
    (first, heard), (second, _) = found
    assert sorted(first + second) == list(range(len(costs)))
    assert heard == [len(first), len(second)]
    spent = [sum(costs[item] + 1 for item in done) for done in (first, second)]
    assert abs(spent[0] - spent[1]) <= max(costs, default=0) + sum(costs) // 10 + 1
    beside = side_by_side(_worked(costs), pickle.dumps)
    assert beside is not None
    assert [beside[0], pickle.loads(beside[1])] == found


def test_who_gets_an_item_does_not_rest_on_the_clock() -> None:
    costs = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    beside = side_by_side(_worked(costs, seconds=0.002), pickle.dumps)
    assert beside is not None
    assert [beside[0], pickle.loads(beside[1])] == in_turn(_worked(costs))


@pytest.mark.parametrize("late", [True, False])
def test_where_the_second_process_dies_while_items_are_dealt_out_nothing_is_returned(late: bool) -> None:
    def share(number: int) -> Work[int]:
        def do(_half: int, item: int) -> None:
            if number and (item > 2 or not late):
                _killed()

        yield from in_shares.dealt([[1] * 5, [1] * 5], do, lambda: 0)
        return number

    assert side_by_side(share, pickle.dumps) is None


def _killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _failing() -> None:
    raise ValueError("broken")


def _ending() -> None:
    raise SystemExit(0)


@pytest.mark.parametrize("fate", [_killed, _failing, _ending])
@pytest.mark.parametrize("late", [True, False])
def test_where_the_second_process_dies_nothing_is_returned(fate: Callable[[], None], late: bool) -> None:
    def share(number: int) -> Work[int]:
        if number and not late:
            fate()
        yield number
        if number and late:
            fate()
        return number

    assert side_by_side(share, pickle.dumps) is None


def test_an_error_of_the_first_share_ends_the_second_process() -> None:
    children: list[int] = []

    def share(number: int) -> Work[int]:
        children.extend((yield os.getpid()))
        if number:
            time.sleep(60)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        side_by_side(share, pickle.dumps)
    with pytest.raises(ProcessLookupError):
        os.kill(children[1], 0)


def test_much_that_both_tell_at_once_blocks_neither() -> None:
    def share(number: int) -> Work[int]:
        heard = yield bytes(3_000_000)
        return sum(map(len, heard)) + number

    found = side_by_side(share, pickle.dumps)
    assert found is not None
    assert (found[0], pickle.loads(found[1])) == (6_000_000, 6_000_001)


def test_beside_a_thread_there_is_no_second_process() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert side_by_side(counted, pickle.dumps) is None
    finally:
        done.set()
        thread.join()


def test_without_room_for_another_process_nothing_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    # What earlier tests have left in cycles closes its files whenever it is collected.
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "fork", refused)
    assert side_by_side(counted, pickle.dumps) is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_the_second_process_dies_while_it_tells_nothing_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    here, send = os.getpid(), Connection.send

    def cut(self: Connection, told: object) -> None:
        if os.getpid() == here:
            send(self, told)
        else:
            # A length of which not all follows: what a process leaves that is killed while it writes.
            os.write(self.fileno(), (1_000).to_bytes(4, "big") + b"cut")
            _killed()

    monkeypatch.setattr(Connection, "send", cut)
    assert side_by_side(counted, pickle.dumps) is None


def test_processes_that_have_ended_do_not_pile_up() -> None:
    assert side_by_side(counted, pickle.dumps) is not None
    first = in_shares._ENDING[-1]
    # Until it has ended; it is still there to be waited for.
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert side_by_side(counted, pickle.dumps) is not None
    assert first not in in_shares._ENDING
    with pytest.raises(ChildProcessError):
        os.waitpid(first, os.WNOHANG)
