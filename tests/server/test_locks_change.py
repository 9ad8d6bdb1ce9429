"""Release and purge: shown first, compared with what was shown, never over a renewal, and put back exactly."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from nodepath_cli.__main__ import main
from nodepath_cli.database_url import parse
from nodepath_cli.locks import SessionLock
from nodepath_cli.locks.connections import of_url
from nodepath_cli.locks.listing import View, Wanted
from nodepath_cli.locks.plans import plan_purge, plan_release
from nodepath_cli.locks.removal import apply, audit_file
from tests.server.locks_fixture import DEVICE, OTHER, PHONE, TABLE, engine, lock, put, run, texts, url
from tests.server.locks_prompt import document

__all__ = ["engine", "url"]
OLD = "2020-01-01 00:00:00"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {TABLE} ORDER BY 1"))]


def test_nothing_goes_without_yes_and_no_file_is_made(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(engine, OLD)
    at = ("--database-url", url)
    code, found = document(capsys, "release", "--prospect", PHONE, *at)
    assert (code, found["dry_run"], found["released"], len(found["locks"])) == (0, True, 0, 1)
    code, found = document(capsys, "purge", "--older-than", "30", *at)
    assert (code, found["dry_run"], found["rows"]) == (0, True, 1)
    assert {"table": TABLE, "rows": 1} in found["tables"]
    assert main(["locks", "purge", "--older-than", "30", *at]) == 0
    assert "dry run: nothing was removed" in capsys.readouterr().out
    assert texts(engine) == [OLD]
    assert list(Path().iterdir()) == [] and not Path("../state").exists()


def test_each_run_leaves_a_file_of_its_own_outside_the_working_directory(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(engine, OLD)
    assert main(["locks", "purge", "--older-than", "30", "--yes", "--database-url", url]) == 0
    said = capsys.readouterr().err
    (file,) = Path("../state/nodepath").resolve().iterdir()
    assert str(file) in said and file.stat().st_mode & 0o077 == 0 and list(Path().iterdir()) == []
    assert main(["locks", "purge", "--undo", str(file), "--yes", "--database-url", url]) == 0
    assert texts(engine) == [OLD]


def test_a_release_takes_the_named_lock_alone(engine: Engine, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    held = lock(engine)
    assert held.acquire()
    put(engine, OLD, device="other")
    at = ("--database-url", url)
    code, found = document(capsys, "release", "--prospect", PHONE, "--device", DEVICE, "--yes", *at)
    assert (code, found["dry_run"], found["released"]) == (0, False, 1)
    assert texts(engine) == [OLD]
    assert not held.renew()
    code, found = document(capsys, "release", "--prospect", PHONE, "--device", DEVICE, "--yes", *at)
    assert (code, found["released"]) == (1, 0)
    code, found = document(capsys, "release", "--seen", "2020-01-01 00:00:01", "--yes", *at)
    assert (code, texts(engine)) == (1, [OLD])
    code, found = document(capsys, "release", "--seen", OLD, "--prospect", PHONE, "--yes", *at)
    assert (code, found["released"], texts(engine)) == (0, 1, [])


def test_a_purge_passes_over_what_nobody_knows_the_age_of(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = lock(engine, keep_last_seen=True)
    assert kept.acquire() and kept.release()
    (released,) = texts(engine)
    for number, seen in enumerate((OLD, "2999-01-01 00:00:00", "soon")):
        put(engine, seen, device=f"purge-{number}")
    put(engine, OLD, table=OTHER)
    at = ("--database-url", url)
    code, found = document(capsys, "purge", "--older-than", "1h", "--yes", "--table", TABLE, *at)
    assert (code, found) == (
        0,
        {"version": 1, "dry_run": False, "rows": 1, "tables": [{"table": TABLE, "rows": 1}]},
    )
    assert sorted(texts(engine)) == sorted([released, "2999-01-01 00:00:00", "soon"])
    assert texts(engine, OTHER) == [OLD]
    document(capsys, "release", "--device", "purge-2", "--yes", *at)
    assert "soon" in texts(engine)
    everything = ("--include", "future", "--include", "unparseable", "--include", "released")
    assert document(capsys, "purge", "--older-than", "0", "--yes", *everything, *at)[1]["rows"] == 4
    assert texts(engine) + texts(engine, OTHER) == []


def test_a_row_that_blocks_for_good_is_released_by_its_name(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(engine, "26/11/2026")
    code, found = document(capsys, "release", "--prospect", PHONE, "--device", DEVICE, "--yes", "--database-url", url)
    assert (code, found["released"], texts(engine)) == (0, 1, [])


def test_undo_puts_back_exactly_what_was_removed(engine: Engine, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number, seen in enumerate((OLD, "2020-01-01T00:00:00.5+08:00", "né le 1ᵉʳ — 😀")):
        put(engine, seen, device=f"d'{number}`%s")
    before = rows(engine)
    at = ("--database-url", url)
    document(capsys, "purge", "--older-than", "0", "--include", "unparseable", "--yes", "--audit", "removed", *at)
    assert rows(engine) == []
    assert Path("removed").stat().st_mode & 0o077 == 0
    lines = [json.loads(line) for line in Path("removed").read_text().splitlines()]
    assert [(line["action"], line["table"]) for line in lines] == [("purge", TABLE)] * 3
    code, found = document(capsys, "purge", "--undo", "removed", *at)
    assert (code, found["dry_run"], found["restored"], rows(engine)) == (0, True, 0, [])
    code, found = document(capsys, "purge", "--undo", "removed", "--yes", *at)
    assert (code, found["restored"], rows(engine)) == (0, 3, before)
    code, found = document(capsys, "release", "--undo", "removed", "--yes", *at)
    assert (code, found["restored"], {each["reason"] for each in found["left"]}) == (1, 0, {"it is there already"})
    run(engine, f"UPDATE {TABLE} SET timestamp = 'now'")
    found = document(capsys, "release", "--undo", "removed", "--yes", *at)[1]
    assert {each["reason"] for each in found["left"]} == {"another row has its place now"}


def test_undo_restores_moments_whatever_the_zone(
    mariadb: Any, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {TABLE} (id_sessionX INT PRIMARY KEY, phone_number VARCHAR(255), device_id VARCHAR(255), "
            "timestamp VARCHAR(255), locked_at TIMESTAMP NULL, UNIQUE (phone_number, device_id))"
        )
        cursor.execute(f"INSERT INTO {TABLE} VALUES (7, 'p', 'd', '', FROM_UNIXTIME(1700000000))")
        at = ("--database-url", mariadb.url(database), "--audit", "removed")
        cursor.execute("SET GLOBAL time_zone = '+08:00'")
        try:
            assert document(capsys, "purge", "--older-than", "1", "--yes", *at)[1]["rows"] == 1
        finally:
            cursor.execute("SET GLOBAL time_zone = 'SYSTEM'")
        assert document(capsys, "purge", "--undo", "removed", "--yes", *at)[1]["restored"] == 1
        cursor.execute(f"SELECT id_sessionX, UNIX_TIMESTAMP(locked_at) FROM {TABLE}")
        assert cursor.fetchall() == ((7, 1700000000),)


def test_a_lock_that_is_renewed_between_plan_and_deed_stays(engine: Engine, url: str, tmp_path: Path) -> None:
    held = lock(engine)
    assert held.acquire()
    with of_url(parse(url)).session() as session:
        view = View(session, Wanted(prospect=PHONE, device=DEVICE), 30)
        plans = [plan_release(view), plan_purge(view, -60)]
    assert [len(plan.locks) for plan in plans] == [1, 1]
    assert held.renew()
    with audit_file(str(tmp_path / "audit")) as audit:
        assert [apply(plan, of_url(parse(url)), audit) for plan in plans] == [[], []]
    assert texts(engine) == [held.token] and held.renew()


def test_a_purge_that_races_with_renewals_never_takes_a_renewed_lock(engine: Engine, url: str, tmp_path: Path) -> None:
    """Whatever went had the text that was shown: the holder's token then, and no later one."""
    held = lock(engine)
    assert held.acquire()
    lost = threading.Event()
    tokens: list[str | None] = [held.token]

    def renewing() -> None:
        while held.renew():
            tokens.append(held.token)
            # SQLite has no queue for writers: without a pause nobody else would have a turn.
            time.sleep(0.003)
        lost.set()

    thread = threading.Thread(target=renewing)
    thread.start()
    gone: list[Any] = []
    connections = of_url(parse(url))
    for _ in range(60):
        with connections.session() as session:
            plan = plan_purge(View(session, Wanted(), 30), -60)
        with audit_file(str(tmp_path / "audit")) as audit:
            gone = apply(plan, connections, audit)
        if gone:
            break
    held_to_the_end = not gone
    if held_to_the_end:
        assert texts(engine) != []
        run(engine, f"DELETE FROM {TABLE}")
    assert lost.wait(20)
    thread.join()
    if gone:
        assert [each.timestamp for each in gone] == [tokens[-1]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["release"],
        ["release", "--table", TABLE],
        ["purge"],
        ["purge", "--older-than", "soon"],
        ["purge", "--older-than", "1", "--include", "held"],
        ["release", "--undo", "nowhere"],
        ["purge", "--undo", "."],
        ["list", "--lease", "x"],
        ["list", "--table", "no_such_session_nodepath"],
        ["show"],
        ["run", "--prospect", "p", "--device", "d"],
        ["run", "--prospect", "p", "--device", "d", "--lease", "0", "--", "true"],
    ],
)
def test_wrong_usage_is_one_line(arguments: list[str], url: str, capsys: pytest.CaptureFixture[str]) -> None:
    verb, rest = arguments[0], arguments[1:]
    assert main(["locks", verb, "--database-url", url, *rest]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ") and captured.err.count("\n") == 1


def test_a_file_that_is_no_audit_is_one_line(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for content in ("hello", "{}", '{"table": 1, "row": {}}', '{"table": "x", "row": {"a": []}}', "[1]"):
        Path("audit").write_text(content + "\n")
        assert main(["locks", "release", "--undo", "audit", "--database-url", url]) == 2
        assert capsys.readouterr().err.startswith("error: audit:1 is no line of an audit")


def test_a_table_that_is_no_lock_table_is_not_written_to(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(engine, "CREATE TABLE users (id_prospect VARCHAR(9))")
    Path("audit").write_text('{"table": "users", "row": {"id_prospect": "x"}, "zone": null}\n')
    code, found = document(capsys, "release", "--undo", "audit", "--yes", "--database-url", url)
    assert (code, found["restored"], found["left"][0]["reason"]) == (1, 0, "there is no such lock table")


def test_locks_of_other_processes_survive_a_purge(engine: Engine, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(url, ready, done))
    holder.start()
    assert ready.wait(60)
    put(engine, OLD)
    _, found = document(capsys, "purge", "--older-than", "30", "--yes", "--database-url", url)
    done.set()
    holder.join(60)
    assert (found["rows"], holder.exitcode, texts(engine)) == (1, 0, [])


def _hold(url: str, ready: Any, done: Any) -> None:
    with SessionLock(of_url(parse(url)), TABLE, "held", DEVICE, lease=0.9):
        ready.set()
        done.wait(60)
