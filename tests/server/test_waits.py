"""Real waits between real connections: the blocker is named, whatever the server follows."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pymysql
import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.database_url import parse
from nodepath_cli.locks.wait_records import Wait, Waits
from nodepath_cli.locks.waits import waits
from tests.mariadb import PrivateMariaDB

Connection = Any
FOLLOWED = ("--performance-schema=ON", "--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON")
REMEMBERED = ("--performance-schema-consumer-events-statements-current=ON",)


@pytest.fixture(scope="module", params=["blind", "plugin", "performance schema"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateMariaDB]:
    options = (*FOLLOWED, *REMEMBERED) if kind == "performance schema" else ()
    with PrivateMariaDB(tmp_path_factory.mktemp("waits"), options) as running:
        with running.connect() as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE chat")
            cursor.execute("CREATE TABLE chat.orders (id INT PRIMARY KEY, note VARCHAR(20))")
            cursor.execute("INSERT INTO chat.orders VALUES (1, 'a'), (2, 'b')")
            if kind == "plugin":
                cursor.execute("INSTALL SONAME 'metadata_lock_info'")
        yield running


@pytest.fixture
def holder(server: PrivateMariaDB) -> Iterator[Connection]:
    connection = server.connect("chat")
    connection.autocommit(False)
    yield connection
    with contextlib.suppress(pymysql.err.Error):
        connection.close()


class Waiting:
    """Statements that wait in connections of their own, until the holder lets go."""

    def __init__(self, server: PrivateMariaDB) -> None:
        self._server = server
        self._threads: list[threading.Thread] = []

    def start(self, sql: str) -> int:
        """Begin a statement; return the connection's id."""
        connection = self._server.connect("chat")

        def run() -> None:
            with contextlib.suppress(pymysql.err.Error), connection, connection.cursor() as cursor:
                cursor.execute(sql)

        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()
        return int(connection.thread_id())  # type: ignore[no-untyped-call]

    def end(self) -> None:
        for thread in self._threads:
            thread.join(20)


@pytest.fixture
def waiting(server: PrivateMariaDB, holder: Connection) -> Iterator[Waiting]:
    started = Waiting(server)
    yield started
    with contextlib.suppress(pymysql.err.Error):
        holder.close()
    started.end()


def look(server: PrivateMariaDB, enough: Callable[[Waits], bool]) -> Waits:
    """Look until the waits are there: InnoDB renews its tables of locks ten times a second at most."""
    url = parse(server.url("chat"))
    deadline = time.monotonic() + 10
    while True:
        found = waits(url)
        if enough(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def of(found: Waits, waiter: int) -> list[Wait]:
    return [each for each in found.waits if each.waiter.id == waiter]


def seen(*waiters: int) -> Callable[[Waits], bool]:
    return lambda found: all(of(found, waiter) for waiter in waiters)


def test_a_row_lock_names_its_idle_holder(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("SELECT note FROM orders WHERE id = 1 FOR UPDATE")
    waiter = waiting.start("UPDATE orders SET note = 'x' WHERE id = 1")
    found = look(server, seen(waiter))
    (wait,) = of(found, waiter)
    assert (wait.kind, wait.table) == ("row", "chat.orders")
    assert wait.waiter.query == "UPDATE orders SET note = 'x' WHERE id = 1"
    assert wait.blocker is not None
    assert (wait.blocker.id, wait.blocker.idle) == (holder.thread_id(), True)
    assert wait.blocker.transaction_seconds is not None
    assert "row" not in found.blind
    if kind == "performance schema":
        assert wait.blocker.query == "SELECT note FROM orders WHERE id = 1 FOR UPDATE"


def test_an_alter_behind_an_open_transaction_and_what_queues_behind_the_alter(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM orders")
    alter = waiting.start("ALTER TABLE orders ADD COLUMN extra INT")
    look(server, seen(alter))
    reader = waiting.start("SELECT note FROM orders o WHERE id = 2")

    def settled(found: Waits) -> bool:
        # InnoDB's list of transactions may be a moment old.
        told = kind != "blind" or any(each.candidates for each in of(found, alter))
        return seen(alter, reader)(found) and told

    found = look(server, settled)
    (first,), (second,) = of(found, alter), of(found, reader)
    assert (first.kind, second.kind) == ("metadata", "metadata")
    if kind == "blind":
        assert (first.blocker, second.blocker) == (None, None)
        assert [each.id for each in first.candidates] == [holder.thread_id()]
        assert "metadata" in found.blind
    else:
        assert first.blocker is not None
        assert second.blocker is not None
        assert (first.blocker.id, second.blocker.id) == (holder.thread_id(), alter)
        assert first.blocker.idle
        assert (first.table, second.table) == ("chat.orders", "chat.orders")
        assert "metadata" not in found.blind


def test_a_writer_behind_lock_tables(server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting) -> None:
    with holder.cursor() as cursor:
        cursor.execute("LOCK TABLES orders READ")
    waiter = waiting.start("INSERT INTO chat.orders VALUES (9, 'z')")
    (wait,) = of(look(server, seen(waiter)), waiter)
    assert wait.kind == "metadata"
    if kind != "blind":
        assert wait.blocker is not None
        assert wait.blocker.id == holder.thread_id()


@pytest.mark.parametrize("statement", ["INSERT INTO orders VALUES (9, 'z')", "CREATE TABLE other (id INT)"])
def test_everybody_behind_flush_tables_with_read_lock(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting, statement: str
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("FLUSH TABLES WITH READ LOCK")
    waiter = waiting.start(statement)
    (wait,) = of(look(server, seen(waiter)), waiter)
    assert (wait.kind, wait.table) == ("metadata", None)
    if kind != "blind":
        assert wait.blocker is not None
        assert wait.blocker.id == holder.thread_id()
    holder.close()
    waiting.end()
    with server.connect("chat") as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS other")
        cursor.execute("DELETE FROM orders WHERE id = 9")


def test_a_drop_of_a_database_behind_lock_tables(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS spare")
        cursor.execute("CREATE TABLE IF NOT EXISTS spare.things (id INT)")
        cursor.execute("LOCK TABLES spare.things WRITE")
    waiter = waiting.start("DROP DATABASE spare")
    (wait,) = of(look(server, seen(waiter)), waiter)
    if kind != "blind":
        assert (wait.kind, wait.table) == ("metadata", "spare")
        assert wait.blocker is not None
        assert wait.blocker.id == holder.thread_id()


def test_get_lock_names_its_holder_even_where_nothing_is_instrumented(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK('it''s mine', 1)")
    waiter = waiting.start("SELECT GET_LOCK('it''s mine', 15)")
    found = look(server, seen(waiter))
    (wait,) = of(found, waiter)
    assert (wait.kind, wait.name, wait.table) == ("user", "it's mine", None)
    assert wait.blocker is not None
    assert (wait.blocker.id, wait.blocker.idle) == (holder.thread_id(), True)
    assert ("user" in found.blind) == (kind == "blind")


def test_nobody_waits_is_told_apart_from_cannot_be_told(server: PrivateMariaDB, kind: str) -> None:
    document = waits(parse(server.url("chat"))).document()
    assert document["waits"] == []
    told = kind != "blind"
    assert document["instrumented"] == {"row": True, "metadata": told, "user": told}
    json.dumps(document)


def test_an_account_without_process_says_what_it_cannot_see(server: PrivateMariaDB) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE USER IF NOT EXISTS little@localhost")
        cursor.execute("GRANT SELECT ON chat.* TO little@localhost")
    url = parse(server.url("chat").replace("root@", "little@"))
    found = waits(url)
    assert found.blind == dict.fromkeys(("row", "metadata", "user"), "the privilege PROCESS is missing")


def test_the_command_shows_the_tree_and_fails_a_check_only_for_long_waits(
    server: PrivateMariaDB,
    kind: str,
    holder: Connection,
    waiting: Waiting,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = server.url("chat")
    assert main(("locks", "waits", "--check", "--database-url", url)) == 0
    with holder.cursor() as cursor:
        cursor.execute("SELECT note FROM orders WHERE id = 1 FOR UPDATE")
    waiter = waiting.start("UPDATE orders SET note = 'x' WHERE id = 1")
    look(server, lambda found: bool(of(found, waiter)) and found.longest() >= 1)
    capsys.readouterr()
    assert main(("locks", "waits", "--check", "1h", "--database-url", url)) == 0
    assert main(("locks", "waits", "--check", "--database-url", url)) == 1
    shown = capsys.readouterr().out
    assert f"#{holder.thread_id()} root@localhost: blocks, idle, transaction open for" in shown
    assert f"└─ #{waiter} root@localhost: waits for row lock on chat.orders" in shown
    assert main(("locks", "waits", "--check", "0", "--format", "json", "--database-url", url)) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["waits"][0]["blocker"]["id"] == holder.thread_id()


def test_kill_shows_first_and_ends_only_with_yes(
    server: PrivateMariaDB, kind: str, holder: Connection, waiting: Waiting, capsys: pytest.CaptureFixture[str]
) -> None:
    with holder.cursor() as cursor:
        cursor.execute("SELECT note FROM orders WHERE id = 1 FOR UPDATE")
    waiter = waiting.start("UPDATE orders SET note = 'x' WHERE id = 1")
    look(server, seen(waiter))
    arguments = ("locks", "kill", str(holder.thread_id()), "--database-url", server.url("chat"))
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert f"└─ #{waiter} root@localhost: waits for row lock" in shown
    assert "its open transaction will be rolled back" in shown
    assert "nothing was done" in shown
    with holder.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert main((*arguments, "--yes", "--format", "json")) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["killed"], document["connection"]["id"]) == (True, holder.thread_id())
    with pytest.raises(pymysql.err.OperationalError), holder.cursor() as cursor:
        cursor.execute("SELECT 1")
    waiting.end()
    assert not of(waits(parse(server.url("chat"))), waiter)


def test_a_connection_that_is_not_there_and_the_servers_own_are_never_ended(
    server: PrivateMariaDB, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL event_scheduler = ON")
        cursor.execute("SELECT id FROM information_schema.processlist WHERE user = 'event_scheduler'")
        (scheduler,) = cursor.fetchone() or (0,)
    url = server.url("chat")
    assert main(("locks", "kill", "999999", "--yes", "--database-url", url)) == 2
    assert "no connection 999999" in capsys.readouterr().err
    assert main(("locks", "kill", str(scheduler), "--yes", "--database-url", url)) == 4
    assert "the server's or replication's own" in capsys.readouterr().err
