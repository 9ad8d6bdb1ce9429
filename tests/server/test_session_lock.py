"""The session lock, on a real server and on SQLite: one holder at a time, leases, tokens, other writers."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, create_engine, event, text

from nodepath_cli.errors import DatabaseError, Refused, UsageError
from nodepath_cli.locks import LockHeld, LockLost, SessionLock
from nodepath_cli.locks.connections import of_engine
from nodepath_cli.locks.timestamps import RELEASED, read
from tests.mariadb import PrivateMariaDB
from tests.server.locks_fixture import DEVICE, PHONE, TABLE, engine, lock, put, run, texts, url

__all__ = ["engine", "url"]

ZONELESS = "%Y-%m-%d %H:%M:%S"


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime(ZONELESS)


def holds(one: SessionLock) -> bool:
    return one.held


def test_one_has_it_until_it_is_given_back(engine: Engine) -> None:
    first, second = lock(engine), lock(engine)
    assert first.acquire() and first.held
    assert not second.acquire() and not second.held
    assert texts(engine) == [first.token]
    assert first.release() and not holds(first)
    assert texts(engine) == []
    assert second.acquire() and second.release()


def test_other_keys_are_other_locks(engine: Engine) -> None:
    others = [SessionLock(engine, TABLE, *key) for key in ((PHONE, "x"), ("600000002", DEVICE))]
    assert lock(engine).acquire()
    assert all(each.acquire() for each in others)


def test_the_token_is_read_by_the_service_and_never_twice_the_same(engine: Engine) -> None:
    held = lock(engine, lease=12.5)
    assert held.acquire() and held.token is not None
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{26}", held.token)
    assert abs(datetime.strptime(held.token[:19], ZONELESS) - datetime.now(UTC).replace(tzinfo=None)) < (
        timedelta(hours=14)
    )
    first = held.token
    assert read(first).lease == 12.5
    assert held.renew() and held.token != first
    assert texts(engine) == [held.token]


def test_an_expired_lease_is_taken_over_and_its_first_owner_can_neither_renew_nor_release(engine: Engine) -> None:
    first, second = lock(engine, lease=0.3), lock(engine, lease=0.3)
    assert first.acquire()
    assert second.acquire(wait=5)
    assert not first.renew() and first.lost
    with pytest.raises(LockLost):
        first.ensure()
    assert not first.release()
    assert texts(engine) == [second.token]
    assert second.release()


def test_a_short_lease_waits_for_the_long_lease_of_the_holder(engine: Engine) -> None:
    assert lock(engine, lease=60).acquire()
    time.sleep(0.2)
    assert not lock(engine, lease=0.1).acquire()


def test_with_renews_and_tells_when_it_is_lost(engine: Engine) -> None:
    told = threading.Event()
    with lock(engine, lease=0.6) as held:
        first = held.token
        time.sleep(1.2)
        assert held.held and held.token != first
        with pytest.raises(LockHeld), lock(engine):
            pass
    assert texts(engine) == []
    with pytest.raises(LockLost), lock(engine, lease=0.6, on_lost=told.set) as held:
        run(engine, f"UPDATE {TABLE} SET timestamp = :t", t=ago(0))
        assert told.wait(5)
        assert held.lost and not held.held
    assert len(texts(engine)) == 1


def test_keep_last_seen_leaves_a_row_that_the_next_one_takes_at_once(engine: Engine) -> None:
    first, second = lock(engine, keep_last_seen=True), lock(engine)
    assert first.acquire() and first.release()
    (kept,) = texts(engine)
    assert kept.endswith(RELEASED) and read(kept).lease == 30
    assert second.acquire()
    assert not first.acquire()
    assert second.release() and texts(engine) == []


@pytest.mark.parametrize(
    "seen", ["soon", "", "2026-02-30 10:00:00", "2999-01-01 00:00:00", "2999-01-01T00:00:00+08:00"]
)
def test_a_text_that_is_no_time_or_lies_ahead_is_never_taken_over(engine: Engine, seen: str) -> None:
    put(engine, seen)
    assert not lock(engine, lease=0.1).acquire(wait=0.3)
    assert texts(engine) == [seen]


def test_rows_of_other_writers_are_held_for_the_lease_by_the_servers_clock(engine: Engine) -> None:
    now = (
        "datetime('now', '-{} seconds')"
        if engine.dialect.name == "sqlite"
        else "CAST(NOW() - INTERVAL {} SECOND AS CHAR)"
    )
    for age, taken in ((20, False), (29, False), (40, True), (86400, True)):
        run(engine, f"DELETE FROM {TABLE}")
        put(engine, "")
        run(engine, f"UPDATE {TABLE} SET timestamp = {now.format(age)}")
        assert lock(engine, lease=30).acquire() is taken, age
    for zone in (UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-9, minutes=-30))):
        for age, taken in ((20, False), (40, True)):
            run(engine, f"DELETE FROM {TABLE}")
            put(engine, (datetime.now(zone) - timedelta(seconds=age)).isoformat())
            assert lock(engine, lease=30).acquire() is taken, (zone, age)


def test_a_table_that_lets_everybody_in_is_refused(engine: Engine) -> None:
    run(
        engine,
        "CREATE TABLE open_session_nodepath (id_prospect VARCHAR(9), id_device VARCHAR(9), timestamp VARCHAR(99))",
    )
    for table in ("open_session_nodepath", "nowhere"):
        with pytest.raises(Refused):
            SessionLock(engine, table, "p", "d").acquire()


def test_what_cannot_be_a_lock_is_refused_before_anything_is_asked(engine: Engine) -> None:
    for prospect, lease in (("", 30.0), ("6" * 256, 30.0), ("6", 0.0), ("6", 1e9)):
        with pytest.raises(UsageError):
            SessionLock(engine, TABLE, prospect, DEVICE, lease)
    held = lock(engine)
    assert held.acquire()
    with pytest.raises(UsageError):
        held.acquire()


def test_a_v1_writer_and_the_lock_shut_each_other_out(engine: Engine) -> None:
    put(engine, ago(1) if engine.dialect.name == "sqlite" else texts_now(engine))
    assert not lock(engine).acquire()
    assert run(engine, f"DELETE FROM {TABLE} WHERE id_prospect = :p AND id_device = :d", p=PHONE, d=DEVICE) == 1
    held = lock(engine)
    assert held.acquire()
    with pytest.raises(Exception, match=r"(?i)duplicate|unique"):
        put(engine, ago(0))
    assert held.release()


def texts_now(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT CAST(NOW() AS CHAR)")).scalar())


def test_a_v1_writer_beyond_the_lease_deletes_the_lock_of_its_successor_who_notices(engine: Engine) -> None:
    put(engine, ago(86400 * 2))
    held = lock(engine)
    assert held.acquire()
    run(engine, f"DELETE FROM {TABLE} WHERE id_prospect = :p AND id_device = :d", p=PHONE, d=DEVICE)
    other = lock(engine)
    assert other.acquire()
    assert not held.renew() and held.lost


def test_an_upsert_takes_the_row_from_its_holder_who_notices(engine: Engine) -> None:
    held = lock(engine)
    assert held.acquire()
    if engine.dialect.name == "sqlite":
        clause = "ON CONFLICT (id_prospect, id_device) DO UPDATE SET timestamp = excluded.timestamp"
    else:
        clause = "ON DUPLICATE KEY UPDATE timestamp = VALUES(timestamp)"
    run(
        engine,
        f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES (:p, :d, :t) {clause}",
        p=PHONE,
        d=DEVICE,
        t=ago(0),
    )
    assert not held.renew() and held.lost
    assert not held.release()
    assert len(texts(engine)) == 1


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("found_rows", [False, True])
def test_isolation_levels_and_client_found_rows_change_nothing(
    mariadb: PrivateMariaDB, database: str, level: str, found_rows: bool
) -> None:
    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    flag = 2 if found_rows else 0
    made = create_engine(
        mariadb.url(database).replace("mysql://", "mysql+pymysql://"),
        isolation_level=level,
        connect_args={"client_flag": flag},
    )
    first, second = lock(made, lease=0.3), lock(made, lease=0.3)
    assert first.acquire() and first.renew() and not second.acquire()
    assert second.acquire(wait=5)
    assert not first.renew() and not first.release()
    assert second.renew() and second.release()
    made.dispose()


def test_another_transaction_on_the_row_is_waited_for_within_the_deadline(
    mariadb: PrivateMariaDB, database: str
) -> None:
    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    made = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"))
    put(made, "2020-01-01 00:00:00")
    with made.connect() as connection:
        connection.execute(text(f"SELECT * FROM {TABLE} FOR UPDATE"))
        assert not lock(made).acquire()
        ending = threading.Timer(2.5, connection.rollback)
        ending.start()
        assert lock(made).acquire(wait=20)
        ending.join()
    made.dispose()


def test_a_killed_connection_is_replaced_and_the_lock_stays(mariadb: PrivateMariaDB, database: str) -> None:
    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    made = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"))
    held = lock(made)

    def kill_all() -> None:
        with mariadb.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = %s", (database,))
            for (number,) in cursor.fetchall():
                cursor.execute(f"KILL {number}")

    assert held.acquire()
    kill_all()
    assert held.renew()
    kill_all()
    assert held.release() and texts(made) == []
    assert held.acquire()
    made.dispose()


def test_an_answer_that_is_lost_leaves_no_doubt_who_has_it(engine: Engine) -> None:
    """The statement is carried out, and the connection breaks before the answer is read."""
    from nodepath_cli.errors import Unreachable
    from nodepath_cli.locks.session import Session

    real = Session.run
    broken: list[str] = []

    def once_deaf(self: Session, name: str, *arguments: object, **parts: object) -> int:
        count = real(self, name, *arguments, **parts)  # type: ignore[arg-type]
        if name in ("take", "replace", "remove") and name not in broken:
            broken.append(name)
            raise Unreachable("gone", "wait")
        return count

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "run", once_deaf)
        held = lock(engine)
        assert held.acquire() and texts(engine) == [held.token]
        assert held.renew() and texts(engine) == [held.token]
        assert held.release() and texts(engine) == []
    assert broken == ["take", "replace", "remove"]


def test_a_database_that_is_gone_is_one_error_and_loses_the_lock_after_the_lease(tmp_path: object) -> None:
    from pathlib import Path

    with PrivateMariaDB(Path(str(tmp_path))) as server:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE lost CHARACTER SET utf8mb4")
        from nodepath_cli import migrate

        migrate.upgrade(server.url("lost"))
        made = create_engine(server.url("lost").replace("mysql://", "mysql+pymysql://"))
        told = threading.Event()
        held = lock(made, lease=1.5, on_lost=told.set)
        assert held.acquire()
        held.keep()
    assert told.wait(10) and held.lost
    with pytest.raises(DatabaseError):
        lock(made).acquire()


def test_nothing_that_the_lock_sets_reaches_the_engines_pool(mariadb: PrivateMariaDB, database: str) -> None:
    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    made = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"), pool_size=1, max_overflow=0)
    began: list[object] = []
    event.listen(made, "begin", began.append)
    held = lock(made)
    assert held.acquire() and held.release()
    with made.connect() as connection:
        row = connection.execute(text("SELECT @@autocommit, @@innodb_lock_wait_timeout")).one()
    assert tuple(row) == (0, 50)
    assert len(began) == 1
    of_engine(made).close()
    made.dispose()


def test_a_database_in_memory_works_too() -> None:
    from sqlalchemy.pool import StaticPool

    made = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    run(
        made,
        f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY, id_prospect TEXT, id_device TEXT, timestamp TEXT, "
        "UNIQUE (id_prospect, id_device))",
    )
    first = lock(made)
    assert first.acquire() and not lock(made).acquire()
    assert first.renew() and first.release() and texts(made) == []
