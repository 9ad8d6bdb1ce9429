"""The replay of DDL against the server: the same statements, then information_schema beside the replayed schema."""

from __future__ import annotations

import itertools

import pymysql
import pytest
from hypothesis import HealthCheck, given, settings

from nodepath_cli.source.script import split
from tests.mariadb import PrivateMariaDB
from tests.server.ddl_judge import Connection, Judged, database_of, judge
from tests.server.ddl_random import scripts
from tests.server.ddl_scripts import SCRIPTS

pytestmark = pytest.mark.server
_numbers = itertools.count(1)


def fresh(mariadb: PrivateMariaDB) -> Connection:
    """Connect to a new, empty database."""
    name = f"ddl_{next(_numbers)}"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    return mariadb.connect(name)


def judged(mariadb: PrivateMariaDB, statements: list[str], *, numbers: bool = True) -> Judged:
    """Judge the statements in a new database."""
    connection = fresh(mariadb)
    try:
        return judge(connection, statements, numbers=numbers)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET foreign_key_checks = 0")
            cursor.execute(f"DROP DATABASE {database_of(connection)}")
        connection.close()


@pytest.mark.parametrize("name", list(SCRIPTS))
def test_a_script_makes_the_same_schema_and_the_same_refusals(mariadb: PrivateMariaDB, name: str) -> None:
    result = judged(mariadb, [statement.sql for statement in split(SCRIPTS[name])])
    assert result.all == []
    assert result.statements > 0


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=scripts())
def test_a_random_script_makes_the_same_schema_and_the_same_refusals(
    mariadb: PrivateMariaDB, script: list[str]
) -> None:
    assert judged(mariadb, script, numbers=False).all == []


def test_the_judge_sees_a_difference(mariadb: PrivateMariaDB) -> None:
    connection = fresh(mariadb)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE unseen (a INT)")
    found = judge(connection, ["CREATE TABLE t (a INT)", "CREATE TABLE unseen (b INT)"])
    connection.close()
    assert len(found.verdicts) == 1
    assert found.shapes == ["unseen: server ['a'], replay ['b']"]


def test_the_judge_reads_errors_as_pymysql_gives_them(mariadb: PrivateMariaDB) -> None:
    connection = fresh(mariadb)
    with pytest.raises(pymysql.err.Error) as caught, connection.cursor() as cursor:
        cursor.execute("DROP TABLE nothing")
    assert caught.value.args[0] == 1051
    connection.close()
