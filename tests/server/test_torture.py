"""Upgrades killed at random moments: the next one reaches head, with every row, and the same tables as if nothing had
been. `make torture` does it for longer."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mariadb import PrivateMariaDB
from tests.server.torture import Torture, forked

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def torture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Torture]:
    options = ("--innodb-flush-log-at-trx-commit=1",)
    with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder), options) as server:
        yield Torture(server, tmp_path_factory.mktemp("torture") / "revisions", forked, seed=7, revisions=3)


@pytest.mark.parametrize("number", range(4))
def test_the_client_is_killed(torture: Torture, number: int) -> None:
    torture.round(number, victim_is_server=False)


@pytest.mark.parametrize("number", range(2))
def test_the_server_is_killed(torture: Torture, number: int) -> None:
    torture.round(100 + number, victim_is_server=True)
