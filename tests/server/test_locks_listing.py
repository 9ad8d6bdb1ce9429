"""What the DBA is told: every text classified, whatever the zones; counts by the server and rows read here agree."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from nodepath_cli.__main__ import main
from nodepath_cli.database_url import parse
from nodepath_cli.locks.connections import Connections, of_url
from nodepath_cli.locks.listing import View, Wanted
from nodepath_cli.locks.session import Session
from tests.mariadb import PrivateMariaDB
from tests.server.locks_fixture import OTHER, PHONE, TABLE, engine, lock, put, run, url
from tests.server.locks_prompt import document

__all__ = ["engine", "url"]
SECRET = "60000000089"

EXPECTED = {
    "fresh": ("held", "datetime"),
    "forty": ("stale", "datetime"),
    "ten-minutes": ("stale", "datetime"),
    "rfc-here": ("held", "rfc3339"),
    "rfc-there": ("stale", "rfc3339"),
    "rfc-utc": ("stale", "rfc3339"),
    "unparseable": ("unparseable", "unparseable"),
    "future": ("future", "datetime"),
}


def rows_for(offset: int) -> dict[str, str]:
    """Texts as writers in a zone so many minutes east of UTC leave them."""
    here = datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=offset)
    there = timezone(timedelta(hours=-7))

    def plain(seconds: float) -> str:
        return (here - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")

    now = datetime.now(UTC)
    return {
        "fresh": plain(2),
        "forty": plain(40),
        "ten-minutes": plain(600),
        "rfc-here": (now - timedelta(seconds=3)).astimezone(timezone(timedelta(hours=8))).isoformat(),
        "rfc-there": (now - timedelta(seconds=400)).astimezone(there).isoformat(),
        "rfc-utc": (now - timedelta(seconds=50)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "unparseable": "26/11/2026 10:04",
        "future": plain(-8 * 3600),
    }


@contextmanager
def server_zone(mariadb: PrivateMariaDB, zone: str) -> Iterator[None]:
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SET GLOBAL time_zone = %s", (zone,))
        try:
            yield
        finally:
            cursor.execute("SET GLOBAL time_zone = 'SYSTEM'")


@pytest.mark.parametrize(
    ("zone", "offset", "client"),
    [
        ("+08:00", 480, "UTC"),
        ("+08:00", 480, "America/New_York"),
        ("+00:00", 0, "Asia/Kuala_Lumpur"),
        ("-03:30", -210, "UTC"),
    ],
)
def test_every_row_is_classified_whatever_the_zones(
    mariadb: PrivateMariaDB,
    database: str,
    client: str,
    zone: str,
    offset: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sqlalchemy import create_engine

    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    made = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"))
    monkeypatch.setenv("TZ", client)
    time.tzset()
    try:
        with server_zone(mariadb, zone):
            for name, seen in rows_for(offset).items():
                put(made, seen, device=name)
            assert lock(made).acquire()
            code, found = document(capsys, "list", "--database-url", mariadb.url(database))
    finally:
        monkeypatch.undo()
        time.tzset()
    assert code == 0
    assert {each["device"]: (each["state"], each["format"]) for each in found["locks"]} == (
        EXPECTED | {"device-1": ("held", "datetime")}
    )
    (totals,) = (each for each in found["tables"] if each["table"] == TABLE)
    counts = (totals["rows"], totals["over_30s"], totals["over_5min"], totals["future"], totals["unparseable"])
    assert counts == (9, 4, 2, 1, 1)
    assert 600 <= totals["oldest_seconds"] < 660
    assert found["clock"]["server"].endswith(zone) and abs(found["clock"]["skew_seconds"]) < 2
    made.dispose()


def test_the_configuration_sets_the_lease_and_the_option_goes_over_it(
    url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nodepath.toml").write_text('lease = "5m"\n')
    assert document(capsys, "list", "--database-url", url)[1]["lease_seconds"] == 300
    assert document(capsys, "list", "--database-url", url, "--lease", "10")[1]["lease_seconds"] == 10
    assert document(capsys, "list", "--database-url", url, "--no-config")[1]["lease_seconds"] == 30


def test_a_token_is_read_right_by_a_connection_in_another_zone(
    mariadb: PrivateMariaDB, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from sqlalchemy import create_engine

    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    made = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"))
    assert lock(made).acquire()
    with server_zone(mariadb, "-08:00"):
        assert document(capsys, "list", "--database-url", mariadb.url(database))[1]["locks"][0]["state"] == "held"
        other = create_engine(mariadb.url(database).replace("mysql://", "mysql+pymysql://"))
        assert not lock(other, lease=0.1).acquire()


def test_phones_are_masked_unless_they_are_asked_for(
    engine: Engine, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    put(engine, "2020-01-01 00:00:00", prospect=SECRET)
    at = ("--database-url", url)
    for command in (("list",), ("stale",), ("show", "--prospect", SECRET), ("release", "--prospect", SECRET)):
        for form in ((), ("--format", "json")):
            assert main(["locks", *command, *at, *form]) == 0
            captured = capsys.readouterr()
            assert SECRET not in captured.out + captured.err and "60*******89" in captured.out
            assert main(["locks", *command, *at, *form, "--show-phones"]) == 0
            assert SECRET in capsys.readouterr().out


def test_text_shows_the_oldest_and_json_all(engine: Engine, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(60):
        put(engine, f"2020-01-01 00:00:{number % 60:02}", device=f"device-{number:02}")
    put(engine, "2021-01-01 00:00:00", table=OTHER)
    code, found = document(capsys, "list", "--database-url", url)
    assert (code, len(found["locks"]), [each["rows"] for each in found["tables"]]) == (0, 61, [60, 1])
    assert main(["locks", "list", "--database-url", url]) == 0
    out = capsys.readouterr().out
    shown = [line for line in out.splitlines() if line.startswith("stale")]
    assert len(shown) == 50 and "device-00" in shown[0] and "device-49" in shown[-1]
    assert "the oldest 50 of 61" in out
    assert main(["locks", "list", "--limit", "3", "--database-url", url, "--check"]) == 1
    assert sum(line.startswith("stale") for line in capsys.readouterr().out.splitlines()) == 3


def test_former_shapes_are_shown_too(url: str, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    run(engine, f"DROP TABLE {TABLE}")
    moment = "TIMESTAMP NULL" if engine.dialect.name != "sqlite" else "TEXT"
    run(
        engine,
        f"CREATE TABLE {TABLE} (id_sessionX INTEGER PRIMARY KEY, phone_number VARCHAR(255) NOT NULL, "
        f"device_id VARCHAR(255) NOT NULL, timestamp VARCHAR(255) NOT NULL, locked_at {moment}, "
        f"last_activity {moment}, created_at {moment}, UNIQUE (phone_number, device_id))",
    )
    insert = (
        f"INSERT INTO {TABLE} (id_sessionX, phone_number, device_id, timestamp, locked_at) VALUES (:n, 'p', :d, :t, :l)"
    )
    run(engine, insert, n=1, d="locked", t="", l="2020-01-01 00:00:00")
    run(engine, insert, n=2, d="given back", t="", l=None)
    run(engine, insert, n=3, d="text only", t="2020-01-01 00:00:00", l=None)
    _, found = document(capsys, "list", "--database-url", url)
    assert "error" not in found, found
    assert found["tables"][0]["shape"] == "renamed"
    assert {each["device"]: each["state"] for each in found["locks"]} == {
        "locked": "stale",
        "given back": "released",
        "text only": "stale",
    }
    codes = {each["code"] for each in document(capsys, "doctor", "--database-url", url)[1]["problems"]}
    assert codes == {"old-shape", "stale-locks"}
    code, found = document(capsys, "purge", "--older-than", "60", "--yes", "--database-url", url)
    assert (code, found["rows"]) == (0, 2)


def test_tables_of_unknown_shape_are_counted(url: str, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    run(engine, "CREATE TABLE odd_session_nodepath (id INTEGER PRIMARY KEY, token VARCHAR(9))")
    run(engine, "INSERT INTO odd_session_nodepath VALUES (1, 'x'), (2, 'y')")
    run(
        engine,
        "CREATE TABLE typed_session_nodepath (phone_number VARCHAR(9), id_device VARCHAR(9), timestamp DATETIME)",
    )
    run(engine, "INSERT INTO typed_session_nodepath VALUES (NULL, 'd', '2020-01-01 00:00:00'), ('p', NULL, NULL)")
    code, found = document(capsys, "list", "--database-url", url)
    tables = {each["table"]: each for each in found["tables"]}
    assert (code, tables["odd_session_nodepath"]["rows"], tables["odd_session_nodepath"]["shape"]) == (0, 2, "unknown")
    assert sorted((each["device"], each["state"]) for each in found["locks"]) == [("", "released"), ("d", "stale")]
    codes = {each["code"] for each in document(capsys, "doctor", "--database-url", url)[1]["problems"]}
    assert {"old-shape", "missing-unique-key"} <= codes


def test_doctor_names_every_problem_and_its_next_step(
    url: str, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert document(capsys, "doctor", "--check", "--database-url", url)[1]["problems"] == []
    for name, seen in rows_for(0).items():
        put(engine, seen, device=name)
    run(engine, f"DROP TABLE {OTHER}")
    run(engine, f"CREATE TABLE {OTHER} (id_prospect VARCHAR(9), id_device VARCHAR(9), timestamp VARCHAR(99))")
    code, found = document(capsys, "doctor", "--check", "--database-url", url)
    problems = {(each["code"], each["table"]): each["count"] for each in found["problems"]}
    assert code == 1
    assert problems == {
        ("stale-locks", TABLE): 4,
        ("unparseable-timestamp", TABLE): 1,
        ("future-timestamp", TABLE): 1,
        ("mixed-formats", TABLE): 3,
        ("old-shape", OTHER): 1,
        ("missing-unique-key", OTHER): 1,
    }
    assert all(each["next"] for each in found["problems"] + found["notes"])
    assert {"other-writers"} <= {each["code"] for each in found["notes"]}


def test_clocks_that_differ_are_a_problem(
    monkeypatch: pytest.MonkeyPatch, mariadb: PrivateMariaDB, database: str
) -> None:
    from nodepath_cli.locks.doctor import diagnose

    with of_url(parse(mariadb.url(database))).session() as session:
        session.raw.cursor().execute("SET timestamp = UNIX_TIMESTAMP() - 600")
        found = diagnose(View(session, Wanted(), 30))
        session.raw.cursor().execute("SET timestamp = DEFAULT")
    assert [each.code for each in found.problems] == ["clock-skew"]
    assert found.clocks.skew_seconds == pytest.approx(-600, abs=5)
    assert "no-lock-tables" in {each.code for each in found.notes}


def test_looking_needs_no_more_than_select(
    mariadb: PrivateMariaDB, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from nodepath_cli import migrate

    migrate.upgrade(mariadb.url(database))
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE USER looker@localhost")
        cursor.execute(f"GRANT SELECT ON {database}.* TO looker@localhost")
    at = ("--database-url", mariadb.url(database).replace("root@", "looker@"))
    for command in ("list", "stale", "doctor"):
        assert document(capsys, command, *at)[0] == 0
    notes = {each["code"] for each in document(capsys, "doctor", *at)[1]["notes"]}
    assert "privileges" in notes
    assert main(["locks", "run", *at, "--prospect", PHONE, "--device", "d", "--", "true"]) == 4


@pytest.fixture(scope="module")
def sessions(mariadb: PrivateMariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Session]]:
    """A connection to each kind of database, with the lock tables."""
    from nodepath_cli import migrate

    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE np_texts CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        urls = [mariadb.url("np_texts"), f"sqlite:///{tmp_path_factory.mktemp('texts')}/texts.db"]
        kept: list[Connections] = []
        for each in urls:
            migrate.upgrade(each)
            kept.append(of_url(parse(each)))
        with kept[0].session() as one, kept[1].session() as two:
            yield [one, two]
        cursor.execute("DROP DATABASE np_texts")


DIGITS = st.text("0123456789", max_size=28)
TEXTS = st.one_of(
    st.text("0123456789-: TZ+.released", max_size=48),
    st.builds(
        lambda at, between, fraction, zone, end: (
            at.isoformat(sep=between, timespec="seconds") + (f".{fraction}" if fraction else "") + zone + end
        ),
        st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)),
        st.sampled_from([" ", "T", "t", "_"]),
        DIGITS,
        st.sampled_from(["", "Z", "z", "+08:00", "-03:30", "+24:00", "+8:00", "+0800"]),
        st.sampled_from(["", "", " released", "\n", " "]),
    ),
    st.sampled_from(["2026-02-30 10:00:00", "2026-11-26 24:00:00", "0000-00-00 00:00:00", "2026-11-26 10:00:60", ""]),
)


@settings(max_examples=30, phases=(Phase.explicit, Phase.generate))
@given(st.lists(TEXTS, min_size=1, max_size=12, unique=True))
def test_the_servers_counts_are_those_of_the_rows(sessions: list[Session], seen: list[str]) -> None:
    for session in sessions:
        mark = "?" if session.server == "sqlite" else "%s"
        cursor = session.raw.cursor()
        cursor.execute(f"DELETE FROM {TABLE}")
        for number, each in enumerate(seen):
            cursor.execute(
                f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES ({mark}, 'd', {mark})",
                (str(number), each),
            )
        view = View(session, Wanted((TABLE,)), 30)
        (totals,) = view.totals()
        rows = list(view.all())
        states = [each.state for each in rows]
        assert {each.timestamp for each in rows} == set(seen)
        assert (totals.future, totals.unparseable, totals.stale, totals.released) == tuple(
            states.count(state) for state in ("future", "unparseable", "stale", "released")
        ), session.server
        formats = [each.format for each in rows if each.state != "released"]
        assert (totals.datetime, totals.rfc3339) == (formats.count("datetime"), formats.count("rfc3339"))
        ages = [each.age_seconds for each in rows if each.state in ("held", "stale") and each.age_seconds is not None]
        assert (totals.oldest_seconds is None) == (not ages)
        if ages and totals.oldest_seconds is not None:
            assert abs(max(ages) - totals.oldest_seconds) < 0.01
        assert sorted(str(each.timestamp) for each in view.older(30)) == sorted(
            str(each.timestamp) for each in rows if each.state == "stale"
        )


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """The document of `list` is written as the rows come."""
    import sqlite3

    from nodepath_cli import migrate

    migrate.upgrade(f"sqlite:///{tmp_path}/many.db")
    with sqlite3.connect(tmp_path / "many.db") as connection:
        rows = ((f"6000{number:07}", "d", "2020-01-01 00:00:00") for number in range(30_000))
        connection.executemany(f"INSERT INTO {TABLE} (id_prospect, id_device, timestamp) VALUES (?, ?, ?)", rows)
    connection.close()
    code = (
        "import sys; from nodepath_cli.__main__ import main; "
        "main(['locks', 'list', '--format', 'json', '--database-url', sys.argv[1]]); "
        "status = open('/proc/self/status').read(); sys.stderr.write(status.split('VmHWM:')[1].split()[0])"
    )
    environment: dict[str, Any] = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    result = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{tmp_path}/many.db"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert result.stdout.count('"prospect"') == 30_000
    assert int(result.stderr) < 100_000
