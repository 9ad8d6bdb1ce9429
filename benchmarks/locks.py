"""Session locks against the two bare statements through the same driver, and lists of 100,000 rows."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.timing import report
from tests.mariadb import PrivateMariaDB

TABLE = "ai_whatsapp_session_nodepath"
PAIRS, ROUNDS = 300, 15
ROWS = 100_000
LEAST_SHARE = 0.8
TEXT_SECONDS, JSON_SECONDS, MEGABYTES = 1.0, 3.0, 250


def run() -> bool:
    """Measure both; each lock is taken between two turns of the bare statements."""
    from nodepath_cli import migrate

    with tempfile.TemporaryDirectory(prefix="np") as name, PrivateMariaDB(Path(name)) as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE bench CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        migrate.upgrade(server.url("bench"))
        return all([_throughput(server), _lists(server)])


def _throughput(server: PrivateMariaDB) -> bool:
    from sqlalchemy import create_engine

    from nodepath_cli.locks import SessionLock

    engine = create_engine(server.url("bench").replace("mysql://", "mysql+pymysql://"))
    raw = server.connect("bench")
    cursor = raw.cursor()

    seen = "2026-01-01 00:00:00.00000050000003000000000000"
    insert = f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES (%s, %s, %s)"
    delete = f"DELETE FROM {TABLE} WHERE id_prospect = %s AND id_device = %s AND timestamp = %s"

    def bare() -> None:
        cursor.execute(insert, ("600000001", "device", seen))
        cursor.execute(delete, ("600000001", "device", seen))

    def locked() -> None:
        lock = SessionLock(engine, TABLE, "600000001", "device")
        assert lock.acquire()
        lock.release()

    def turns() -> tuple[float, float]:
        """Seconds of either, in turns: the server slows down with each row that it deletes, until it has cleaned up."""
        spent = [0.0, 0.0]
        for number in range(PAIRS):
            for which in (number % 2, 1 - number % 2):
                spent[which] += _seconds((bare, locked)[which])
        return spent[0], spent[1]

    turns()
    rounds = [turns() for _ in range(ROUNDS)]
    share = statistics.median(first / second for first, second in rounds)
    per = [statistics.median(times) / PAIRS * 1e6 for times in zip(*rounds, strict=True)]
    print(f"     INSERT and DELETE {per[0]:.0f} us, acquire and release {per[1]:.0f} us")
    raw.close()
    engine.dispose()
    return report("acquire and release", share, LEAST_SHARE, "of the bare statements' throughput", at_least=True)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _lists(server: PrivateMariaDB) -> bool:
    """Half of the rows as the service writes them, a quarter in RFC 3339, a quarter tokens."""
    now = datetime.now(UTC)
    with server.connect("bench") as connection, connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.executemany(
            f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES (%s, %s, %s)",
            [(f"6000{number:07}", f"device-{number % 100}", _text(now, number)) for number in range(ROWS)],
        )
        cursor.execute("COMMIT")
    text, _ = _command(server, "text")
    whole, memory = _command(server, "json")
    return all(
        [
            report(f"locks list, {ROWS:,} rows, text", text, TEXT_SECONDS, "s"),
            report(f"locks list, {ROWS:,} rows, json", whole, JSON_SECONDS, "s"),
            report("its memory", memory, MEGABYTES, "MB"),
        ]
    )


def _text(now: datetime, number: int) -> str:
    at = now - timedelta(seconds=number / 100)
    plain = f"{at:%Y-%m-%d %H:%M:%S}"
    return (plain, at.isoformat(), plain, f"{at:%Y-%m-%d %H:%M:%S.%f}50000003000012345678")[number % 4]


def _command(server: PrivateMariaDB, form: str) -> tuple[float, float]:
    """Return the best of five runs in seconds, and the memory of the last in MB."""
    script = Path(sys.executable).with_name("nodepath")
    command = [str(script), "locks", "list", "--format", form, "--database-url", server.url("bench")]
    best, memory = 1e9, 0.0
    for _ in range(5):
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, code, usage = os.wait4(process.pid, 0)
        best = min(best, time.perf_counter() - started)
        if code:
            raise RuntimeError(f"{' '.join(command)} exited with {code}")
        memory = usage.ru_maxrss / 1024
    return best, memory
