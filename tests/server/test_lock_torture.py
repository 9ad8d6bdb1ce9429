"""The short version of `make torture`: processes under one key, holders killed with SIGKILL, V1 writers beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.lock_torture import GRACE_SECONDS, torture
from tests.server.locks_fixture import url

__all__ = ["url"]
LEASE = 1.0


@pytest.mark.parametrize("v1", [0, 2])
def test_never_two_inside_and_never_long_waits_after_a_kill(url: str, tmp_path: Path, v1: int) -> None:
    found = torture(url, tmp_path / "torture", workers=4 - v1, rounds=30, kills=2, lease=LEASE, v1=v1)
    assert found.two_inside == 0
    assert found.acquired >= 30
    assert found.longest <= LEASE + GRACE_SECONDS
