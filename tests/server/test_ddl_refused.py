"""DDL that is told to be wrong at any moment: the server's numbers."""

from __future__ import annotations

from collections.abc import Callable

import pymysql
import pytest

from tests.mariadb import PrivateMariaDB
from tests.rules.test_ddl_refused import DDL, WRONG
from tests.rules.test_foreign_refused import PARENTS, RIGHT
from tests.rules.test_foreign_refused import WRONG as REFERENCES
from tests.rules.test_scripts_refused import BEGIN, STEPS
from tests.rules.test_scripts_refused import WRONG as SCRIPTS

pytestmark = pytest.mark.server


@pytest.mark.parametrize(("sql", "errno"), [each[:2] for each in WRONG])
def test_the_number_is_the_servers(refusal: Callable[..., int], sql: str, errno: int) -> None:
    assert refusal(DDL.replace("TABLE", "TABLE IF NOT EXISTS"), sql) == errno


@pytest.mark.parametrize(("sql", "errno"), SCRIPTS)
def test_the_number_of_a_script_is_the_servers(refusal: Callable[..., int], sql: str, errno: int) -> None:
    assert refusal(sql) == errno


@pytest.mark.parametrize(("sql", "errno"), STEPS)
def test_the_number_of_a_step_is_the_servers(refusal: Callable[..., int], sql: str, errno: int) -> None:
    assert refusal("DROP TABLE IF EXISTS workflows", BEGIN, sql) == errno


def test_foreign_keys_are_refused_as_the_server_does(mariadb: PrivateMariaDB, database: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(PARENTS)
        for sql in RIGHT:
            cursor.execute(sql)
            cursor.execute("DROP TABLE a")
        for sql, *_ in REFERENCES:
            with pytest.raises(pymysql.MySQLError) as refused:
                cursor.execute(sql)
            assert refused.value.args[0] == 1005
        cursor.execute("DROP TABLE suppliers")
