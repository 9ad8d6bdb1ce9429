"""Errands are done by the second process where there is one, and by whoever asks where there is none."""

from __future__ import annotations

import os
import pickle
import signal
import time
from pathlib import Path

import pytest

from nodepath_cli.errands import _WAITING, Errand, taken
from nodepath_cli.in_shares import Work, side_by_side

pytestmark = pytest.mark.usefixtures("alone")


def _share(number: int) -> Work[int]:
    yield number
    return os.getpid()


def test_the_second_process_does_them_after_its_share() -> None:
    first, second = Errand(os.getpid), Errand(lambda: "more")
    found = side_by_side(_share, pickle.dumps)
    assert found is not None
    assert first.result() == pickle.loads(found[1])
    assert second.result() == "more"


def test_without_a_second_process_whoever_asks_does_it_once() -> None:
    done: list[int] = []

    def do() -> int:
        done.append(1)
        return os.getpid()

    errand = Errand(do)
    assert errand.result() == errand.result() == os.getpid()
    assert done == [1]


def test_one_that_was_given_after_the_process_began_is_done_here() -> None:
    assert side_by_side(_share, pickle.dumps) is not None
    assert Errand(os.getpid).result() == os.getpid()


def test_where_the_process_dies_with_them_they_are_done_here() -> None:
    here = os.getpid()

    def dies_elsewhere() -> int:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return 5

    errand, other = Errand(dies_elsewhere), Errand(lambda: 6)
    assert side_by_side(_share, pickle.dumps) is not None
    assert (errand.result(), other.result()) == (5, 6)


def test_an_errand_that_fails_there_fails_where_it_is_asked_for() -> None:
    def fails() -> int:
        raise ValueError("broken")

    errand = Errand(fails)
    assert side_by_side(_share, pickle.dumps) is not None
    with pytest.raises(ValueError, match="broken"):
        errand.result()


def test_what_nobody_holds_is_not_done(tmp_path: Path) -> None:
    Errand((tmp_path / "done").touch)
    kept = Errand(os.getpid)
    assert side_by_side(_share, pickle.dumps) is not None
    assert kept.result() != os.getpid()
    assert not (tmp_path / "done").exists()


def test_runs_that_start_no_process_leave_nothing_behind() -> None:
    taken()
    for _ in range(3):
        assert Errand(lambda: 5).result() == 5
    assert not _WAITING


def test_the_results_do_not_wait_for_them() -> None:
    slow = Errand(lambda: time.sleep(60))
    begun = time.monotonic()
    assert side_by_side(_share, pickle.dumps) is not None
    assert time.monotonic() - begun < 30
    del slow


def test_the_last_one_is_done_first_and_does_not_wait_for_the_others() -> None:
    slow = Errand(lambda: time.sleep(60))
    quick = Errand(os.getpid)
    begun = time.monotonic()
    assert side_by_side(_share, pickle.dumps) is not None
    assert quick.result() != os.getpid()
    assert time.monotonic() - begun < 30
    del slow
