"""Acquires of every kind, run by many callers at once: the ones that exclude, and the ones that do not."""

from __future__ import annotations

import itertools
import json
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest

from nodepath_cli.__main__ import main
from nodepath_cli.database_url import parse
from nodepath_cli.locks.prove import prove
from nodepath_cli.migrate import upgrade
from tests.mariadb import PrivateMariaDB

TABLE = "ai_whatsapp_session_nodepath"
INSERT = f"INSERT INTO {TABLE} (id_prospect, id_device, `timestamp`) VALUES (?, ?, ?)"
UPSERT = f"{INSERT} ON DUPLICATE KEY UPDATE `timestamp` = VALUES(`timestamp`)"
RECENT = f"SELECT 1 FROM {TABLE} WHERE id_prospect = ? AND id_device = ? AND `timestamp` > NOW() - INTERVAL 30 SECOND"
FOR_UPDATE = f"SELECT `timestamp` FROM {TABLE} WHERE id_prospect = ? AND id_device = ? FOR UPDATE"


@pytest.fixture
def url(mariadb: PrivateMariaDB, database: str) -> str:
    upgrade(mariadb.url(database))
    return mariadb.url(database)


def rows(mariadb: PrivateMariaDB, database: str) -> Any:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE}")
        return cursor.fetchall()


def databases(mariadb: PrivateMariaDB) -> set[str]:
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        return {str(row[0]) for row in cursor.fetchall()}


def test_an_upsert_that_always_succeeds_is_no_lock(url: str) -> None:
    found = prove(parse(url), [UPSERT], rounds=2)
    assert found.winners() == (16, 16)
    assert not found.exclusive


def test_an_insert_that_fails_on_the_second_caller_is_one(url: str) -> None:
    found = prove(parse(url), [INSERT])
    assert found.winners() == (1, 1, 1, 1, 1)
    assert found.outcomes() == {"ok": 5, "1062": 75}
    assert found.exclusive


def test_a_select_behind_the_upsert_decides_nothing(url: str) -> None:
    assert prove(parse(url), [UPSERT, RECENT], rounds=1, decides="row").winners() == (16,)


def test_insert_ignore_excludes_only_where_the_affected_rows_decide(url: str) -> None:
    found = prove(parse(url), [INSERT.replace("INSERT", "INSERT IGNORE")], rounds=2, decides="rows-affected")
    assert found.exclusive
    assert found.winners("no-error") == (16, 16)


def test_no_round_meets_what_is_left_of_the_round_before(url: str) -> None:
    found = prove(parse(url), [INSERT], rounds=60)
    assert found.outcomes() == {"ok": 60, "1062": 60 * 15}


def test_all_callers_of_a_round_ask_for_the_same_key_when_the_second_changes(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        """Every look at it is a second later."""

        seconds = itertools.count()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls(2026, 1, 1, tzinfo=tz) + timedelta(seconds=next(cls.seconds))

    monkeypatch.setattr("nodepath_cli.locks.prove.datetime", Clock)
    assert prove(parse(url), [INSERT], rounds=3).winners() == (1, 1, 1)


def test_select_for_update_and_insert_deadlocks(url: str) -> None:
    found = prove(parse(url), [FOR_UPDATE, "SELECT SLEEP(0.2)", INSERT], rounds=2)
    assert 1213 in found.errors


def test_nothing_is_left_behind_and_the_real_table_is_not_touched(
    mariadb: PrivateMariaDB, database: str, url: str
) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(INSERT.replace("?", "'kept'"))
    before, there = rows(mariadb, database), databases(mariadb)
    prove(parse(url), [INSERT], values=["a", "b", "{now} {caller}"], rounds=1)
    assert (rows(mariadb, database), databases(mariadb)) == (before, there)


def test_an_account_that_may_create_no_database_names_an_empty_one(
    mariadb: PrivateMariaDB, database: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spare = f"{database}_spare"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {spare}")
        cursor.execute("CREATE OR REPLACE USER prover@localhost")
        cursor.execute(f"GRANT SELECT ON {database}.* TO prover@localhost")
        cursor.execute(f"GRANT ALL ON {spare}.* TO prover@localhost")
        little = url.replace("root@", "prover@")
        try:
            assert main(("locks", "prove", "--acquire-sql", INSERT, "--database-url", little)) == 4
            assert "Access denied" in capsys.readouterr().err
            arguments = ("locks", "prove", "--acquire-sql", INSERT, "--rounds", "1", "--database-url", little)
            assert main((*arguments, "--scratch", spare)) == 0
            cursor.execute(f"SHOW TABLES FROM {spare}")
            assert cursor.fetchall() == ()
            assert main((*arguments, "--scratch", database)) == 2
        finally:
            cursor.execute(f"DROP DATABASE {spare}")


def test_the_command_says_it_in_one_line_and_in_one_document(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("locks", "prove", "--acquire-sql", UPSERT, "--rounds", "1", "--database-url", url)
    assert main(arguments) == 1
    assert "16 of 16 callers acquired: this is not a lock" in capsys.readouterr().out
    assert main((*arguments, "--format", "json")) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], document["callers"], document["acquired"]) == (1, 16, [16])
    assert document["exclusive"] is False


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (f"DROP TABLE {TABLE}", "is not one SELECT, INSERT"),
        (f"{INSERT}; {INSERT}", "is not one SELECT, INSERT"),
        (INSERT.replace(TABLE, f"mysql.{TABLE}"), "names the database mysql"),
        (INSERT.replace(TABLE, "nowhere"), "no table 'nowhere'"),
        ("INSERT INTO", "is not understood"),
    ],
)
def test_what_cannot_be_run_safely_is_refused(
    url: str, sql: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(("locks", "prove", "--acquire-sql", sql, "--database-url", url)) == 2
    assert said in capsys.readouterr().err


def test_the_statements_of_a_go_function_are_taken_in_their_order(
    url: str, tree: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.write(
        "lock.go",
        'package lock\n\nimport "database/sql"\n\n'
        "func (r *repo) TryAcquireSession(db *sql.DB, p, d, t string) (bool, error) {\n"
        f'\t_, err := db.Exec("{UPSERT.replace("`", "")}", p, d, t)\n'
        "\treturn err == nil, err\n}\n",
    )
    arguments = ("locks", "prove", "--function", "TryAcquireSession", "--rounds", "1", "--database-url", url)
    assert main((*arguments, ".")) == 1
    assert "16 of 16" in capsys.readouterr().out
    assert main(("locks", "prove", "--function", "Nothing", "--database-url", url, ".")) == 2
