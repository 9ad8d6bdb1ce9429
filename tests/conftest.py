"""Fixtures that all tests share: the private MariaDB and a fresh database on it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from nodepath_cli.packing import Packing
from tests.mariadb import PrivateMariaDB
from tests.tree import Tree

_numbers = itertools.count(1)

# The same examples in every run: a red build is then about the change at hand. `HYPOTHESIS_PROFILE=search` looks on.
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

# A run in the background of a shell ignores Ctrl-C, and so would every process that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.default_int_handler)

CONFIGURED = ("NODEPATH_DATABASE_URL", "MYSQL_URI", "DATABASE_URL", "MYSQL_HOST", "MYSQL_DATABASE", "NO_COLOR")


@pytest.fixture(autouse=True)
def _no_configured_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CONFIGURED:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_cache_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below a file no folder can be made: a test that wants the cache says where it is."""
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[PrivateMariaDB]:
    """A private MariaDB for the whole run. A missing server is an error, never a skipped test."""
    # A socket's path may have about 100 characters, so the folder's name stays short.
    with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
        yield server


@pytest.fixture
def database(mariadb: PrivateMariaDB) -> Iterator[str]:
    """The name of a fresh, empty database, dropped after the test."""
    name = f"np_{next(_numbers)}"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        yield name
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """An empty source tree; the working directory is inside it."""
    monkeypatch.chdir(tmp_path)
    return Tree(tmp_path)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that other tests have left in this process do not count: beside any, no second process is started."""
    count = threading.active_count
    others = count() - 1
    monkeypatch.setattr(threading, "active_count", lambda: count() - others)


@pytest.fixture(params=[True, False], ids=["killed", "failing"])
def second_process_fails(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process ends where it is to tell what it has found: by a signal, or by an error."""
    parent = os.getpid()

    def fails(*_: object) -> bytes:
        if request.param and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError("only the second process tells what it found")

    monkeypatch.setattr(Packing, "packed", fails)
