"""Many processes under one key, holders killed with SIGKILL: `python -m tests.server.lock_torture` (or `make torture`).

Whoever is inside holds a lock of the kernel on a file, which ends with its process however it ends: a second one inside
finds it taken. What happens is written to a log, one line an event, from which the waiting after each kill is read.
"""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nodepath_cli import migrate
from nodepath_cli.database_url import parse
from nodepath_cli.locks import SessionLock
from nodepath_cli.locks.connections import Connections, of_url
from nodepath_cli.locks.session import trouble
from tests.mariadb import PrivateMariaDB

TABLE = "ai_whatsapp_session_nodepath"
KEY = ("600000000", "torture")
GRACE_SECONDS = 3.0
"""What a waiter may need beyond the lease of a killed holder."""


@dataclass(frozen=True)
class Outcome:
    """What a run has shown."""

    acquired: int
    kills: int
    two_inside: int
    longest: float
    """The longest time from a kill to the next acquisition, in seconds."""


def torture(url: str, folder: Path, *, workers: int, rounds: int, kills: int, lease: float, v1: int = 0) -> Outcome:
    """Let so many workers, and so many writers of the protocol V1 beside them, take the lock in all `rounds` times."""
    folder.mkdir(exist_ok=True)
    (folder / "inside").touch()
    log = folder / "log"
    log.touch()
    running: list[subprocess.Popen[bytes]] = []
    chance = min(0.5, 1.5 * kills / rounds)
    while (lines := log.read_text().splitlines()) is not None:
        acquired = sum(line.startswith(("in", "v1")) for line in lines)
        if acquired >= rounds:
            break
        running = [each for each in running if each.poll() is None]
        killed = sum(line.startswith("kill") for line in lines)
        for number in range(len(running), workers + v1):
            kind = "v1" if sum(each.args[-1] == "v1" for each in running) < v1 else "lock"  # type: ignore[index]
            risk = 0.0 if killed >= kills or kind == "v1" else chance
            command = [
                sys.executable,
                "-m",
                "tests.server.lock_torture",
                url,
                str(folder),
                str(lease),
                str(risk),
                str(number),
                kind,
            ]
            running.append(subprocess.Popen(command))
        time.sleep(0.05)
    for each in running:
        each.terminate()
    for each in running:
        each.wait()
    return _outcome(log.read_text().splitlines())


def _outcome(lines: list[str]) -> Outcome:
    events = sorted((float(at), kind) for kind, at in (line.split() for line in lines))
    longest = 0.0
    killed: float | None = None
    for at, kind in events:
        if kind == "kill":
            killed = at
        elif killed is not None and kind == "in":
            longest = max(longest, at - killed)
            killed = None
    kinds = [kind for _, kind in events]
    return Outcome(kinds.count("in") + kinds.count("v1"), kinds.count("kill"), kinds.count("TWO"), longest)


def _worker(url: str, folder: Path, lease: float, risk: float, kind: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    connections = of_url(parse(url))
    log = os.open(folder / "log", os.O_WRONLY | os.O_APPEND)
    inside = os.open(folder / "inside", os.O_RDWR)
    one = _v1_round if kind == "v1" else _round
    while True:
        one(connections, log, inside, lease, risk)


def _round(connections: Connections, log: int, inside: int, lease: float, risk: float) -> None:
    lock = SessionLock(connections, TABLE, *KEY, lease=lease)
    if not lock.acquire(wait=60):
        return
    with _alone(log, inside, "in"):
        time.sleep(random.uniform(0, 0.02))
        if random.random() < risk:
            _write(log, "kill")
            os.kill(os.getpid(), signal.SIGKILL)
    lock.release()


def _v1_round(connections: Connections, log: int, inside: int, lease: float, risk: float) -> None:
    """INSERT, 1062 is busy; DELETE by the key alone. The work is done well within the lease."""
    time.sleep(random.uniform(0, 0.05))
    with connections.session() as session:
        mark = "?" if session.server == "sqlite" else "%s"
        now = "datetime('now')" if session.server == "sqlite" else "CAST(NOW() AS CHAR)"
        cursor = session.raw.cursor()
        try:
            cursor.execute(
                f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES ({mark}, {mark}, {now})", KEY
            )
        except Exception as error:
            assert trouble(error) in ("duplicate", "undone", "wait"), error
            return
        with _alone(log, inside, "v1"):
            time.sleep(random.uniform(0, lease / 4))
        while True:
            try:
                cursor.execute(f"DELETE FROM {TABLE} WHERE id_prospect = {mark} AND id_device = {mark}", KEY)
                return
            except Exception as error:
                assert trouble(error) in ("undone", "wait"), error


@contextmanager
def _alone(log: int, inside: int, kind: str) -> Iterator[None]:
    try:
        fcntl.flock(inside, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        _write(log, "TWO")
    _write(log, kind)
    yield
    fcntl.flock(inside, fcntl.LOCK_UN)


def _write(log: int, kind: str) -> None:
    os.write(log, f"{kind} {time.time():.6f}\n".encode())


def main() -> int:
    """Run the long version on MariaDB and SQLite; return 1 where two were inside or one waited too long."""
    good = True
    with tempfile.TemporaryDirectory(prefix="np") as name, PrivateMariaDB(Path(name)) as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE torture CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        urls = {"mariadb": server.url("torture"), "sqlite": f"sqlite:///{name}/torture.db"}
        for database, url in urls.items():
            migrate.upgrade(url)
            for v1 in (0, 4):
                lease = 2.0
                found = torture(
                    url, Path(name, f"{database}-{v1}"), workers=12 - v1, rounds=300, kills=20, lease=lease, v1=v1
                )
                kept = not found.two_inside and found.longest <= lease + GRACE_SECONDS
                good = good and kept
                beside = f" beside {v1} V1 writers" if v1 else ""
                print(f"{'ok  ' if kept else 'MISS'} {database}{beside}: {found}", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    if len(sys.argv) == 7:
        _worker(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[6])
    raise SystemExit(main())
