"""Work that is done in shares: one behind the other in this process, or two side by side in two.

A share is a generator. It yields what the others need to know of it, as plain data, is sent what all of them have
yielded, and ends in the same round as they do. So what comes out does not rest on how many processes there are.

Where all of them yield a `Deal`, items are dealt out: each share takes those of its half from the front, and when it is
done with them, what is left of the other's from the back. Who is sooner is told by what the items are found to cost, in
steps that both count alike, and not by the clock: so this does not rest on the number of processes, or on their speed.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from nodepath_cli import errands
from nodepath_cli.first_come import FirstCome

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SHARES = 2

T = TypeVar("T")


class Deal(NamedTuple):
    """Items to be dealt out; what is yielded next is what a share has spent by then in all, until it is sent None."""

    least: Sequence[int]
    """What each item costs at least, more than 0."""
    middle: int
    """How many of them are the first share's half."""


_HANDS = 48
"""About how many times items are dealt out by `dealt`: the last is what one share may have to wait for."""
Work: TypeAlias = Generator[Any, Any, T]


def dealt(
    halves: Sequence[Sequence[int]], do: Callable[[int, int], None], spent: Callable[[], int]
) -> Generator[Any, Any, None]:
    """Deal out items, some at a time; a share's part of a generator (`yield from`).

    `halves` are what the items of each share's half cost at least, more than 0; `do` is given the half of an item and
    its number in that, and `spent` returns what a share has spent so far beside that.
    """
    most = sum(map(sum, halves)) // _HANDS
    hands: list[list[tuple[int, int]]] = []
    costs: list[int] = []
    middle = 0
    for half, least in enumerate(halves):
        middle = len(hands) if half else 0
        for number, each in enumerate(least):
            if number == 0 or costs[-1] + each > most:
                hands.append([])
                costs.append(0)
            hands[-1].append((half, number))
            costs[-1] += each
    before, own = spent(), 0
    hand = yield Deal(costs, middle)
    while hand is not None:
        for half, number in hands[hand]:
            do(half, number)
        own += costs[hand]
        hand = yield spent() - before + own


def in_turn(work: Callable[[int], Work[T]]) -> list[T]:
    """Do all shares in this process, each up to where it waits for the others; return what they return."""
    shares = [work(number) for number in range(SHARES)]
    told: list[Any] = [next(share) for share in shares]
    results: list[T] = []
    while not results:
        if isinstance(told[0], Deal):
            told = _deal_in_turn(shares, told[0])
            continue
        answers, told = told, []
        for share in shares:
            try:
                told.append(share.send(answers))
            except StopIteration as end:
                results.append(end.value)
    return results


def _deal_in_turn(shares: Sequence[Work[Any]], deal: Deal) -> list[Any]:
    """Deal out items in one process; return what the shares tell behind that."""
    spent: list[list[int]] = [[] for _ in shares]
    told: list[Any] = [None] * len(shares)
    waiting = set(range(len(shares)))
    while waiting:
        number = min(waiting, key=lambda each: (spent[each][-1] if spent[each] else 0, each))
        item, _ = _next(deal, spent, number)
        answer = shares[number].send(item)
        if item is None:
            told[number] = answer
            waiting.remove(number)
        else:
            spent[number].append(answer)
    return told


def _next(deal: Deal, spent: Sequence[Sequence[int]], own: int) -> tuple[int | None, bool]:
    """Return which item a share is to take next, and whether that is certain.

    `spent` is what each share is known to have spent by the end of each of its items. Where more is to be known of the
    other, it is taken to be as quick as can be: an item that is left for this share even so is certainly its own.
    """
    left = [range(deal.middle), range(deal.middle, len(deal.least))]
    certain = True
    at, taken = [0] * SHARES, [0] * SHARES
    while any(left):
        number = at.index(min(at))
        half = number if left[number] else 1 - number
        item = left[half][0 if half == number else -1]
        if number == own and taken[own] == len(spent[own]):
            return item, True
        left[half] = left[half][1:] if half == number else left[half][:-1]
        if taken[number] < len(spent[number]):
            at[number] = spent[number][taken[number]]
        else:
            at[number] += deal.least[item]
            certain = False
        taken[number] += 1
    return None, certain


def side_by_side(
    work: Callable[[int], Work[T]], packed: Callable[[T], bytes], first_come: FirstCome | None = None
) -> tuple[T, bytes] | None:
    """Do the first share here and the second in a process of its own; return the first's result and the other's packed.

    None where that cannot be, or has failed: nothing is known of the second share then. Both take what is `first_come`.
    """
    if first_come is None:
        return _side_by_side(work, packed)
    try:
        first_come.open()
    except OSError:
        # No room for a pipe.
        return None
    try:
        return _side_by_side(work, packed)
    finally:
        first_come.close()


def _side_by_side(work: Callable[[int], Work[T]], packed: Callable[[T], bytes]) -> tuple[T, bytes] | None:
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return None
    # What it brings with it takes longer to import than a small program to read.
    from multiprocessing.connection import Pipe

    try:
        here, there = Pipe()
    except OSError:
        return None
    try:
        child = os.fork()
    except OSError:
        # No room for another process: this one does all the work.
        here.close()
        there.close()
        return None
    given = errands.taken()
    if not child:
        # Nothing of the parent's may be cleaned up or written a second time here.
        with suppress(BaseException):
            here.close()
            there.send_bytes(packed(_in_step(work(1), there, first=False)))
            errands.run(given, there)
            os._exit(0)
        os._exit(1)
    there.close()
    done = False
    try:
        own = _in_step(work(0), here, first=True)
        other = here.recv_bytes()
        done = True
        return own, other
    except (EOFError, OSError):
        # The other process has died, perhaps in the middle of what it told.
        return None
    finally:
        if done:
            # It has errands at most, and to give a large memory back takes a while: nobody has to wait for that.
            errands.Bearer(here, given)
            _reap_later(child)
        else:
            here.close()
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


_ENDING: list[int] = []
"""Processes that have told the results of their shares and end by themselves."""


def _reap_later(child: int) -> None:
    """Wait for a process when this one ends, or when the next one is started and it has ended by then."""
    for each in list(_ENDING):
        with suppress(ChildProcessError):
            if os.waitpid(each, os.WNOHANG)[0] == 0:
                continue
        _ENDING.remove(each)
    _ENDING.append(child)


@atexit.register
def _end_all() -> None:
    """End the processes that still have errands: nobody will ask for the results any more."""
    for child in _ENDING:
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    _ENDING.clear()


def _in_step(work: Work[T], other: Connection, *, first: bool) -> T:
    """Do a share, exchanging what it tells with that of the other process."""
    told = next(work)
    while True:
        if isinstance(told, Deal):
            told = _deal(work, told, other, 0 if first else 1)
            continue
        # One speaks while the other listens: two that speak at once could wait for each other.
        if first:
            other.send(told)
            answers = [told, other.recv()]
        else:
            answers = [other.recv(), told]
            other.send(told)
        try:
            told = work.send(answers)
        except StopIteration as end:
            result: T = end.value
            return result


def _deal(work: Work[Any], deal: Deal, other: Connection, own: int) -> Any:
    """Deal out items between two processes; return what this one's share tells behind that."""
    spent: list[list[int]] = [[] for _ in range(SHARES)]
    while True:
        item, certain = _next(deal, spent, own)
        while not certain:
            # It has an item that this share does not know the end of: that is what it tells next.
            spent[1 - own].append(other.recv())
            item, certain = _next(deal, spent, own)
        told = work.send(item)
        if item is None:
            break
        spent[own].append(told)
        other.send(told)
    while len(spent[1 - own]) < len(deal.least) - len(spent[own]):
        spent[1 - own].append(other.recv())
    return told
