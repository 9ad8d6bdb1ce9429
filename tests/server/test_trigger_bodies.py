"""Triggers against the server: what it says at CREATE TRIGGER or when the trigger runs."""

from __future__ import annotations

import pymysql
import pytest

from tests.mariadb import PrivateMariaDB
from tests.rules.test_trigger_bodies import HEAD, TABLES, WRONG

pytestmark = pytest.mark.server


@pytest.mark.parametrize(("body", "errno"), [(each[0], each[3]) for each in WRONG])
def test_the_number_is_the_servers(mariadb: PrivateMariaDB, database: str, body: str, errno: int) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for sql in ("DROP TABLE IF EXISTS incidents", "DROP TABLE IF EXISTS changes", *TABLES.split(";\n")[:2]):
            cursor.execute(sql)
        cursor.execute("INSERT INTO incidents VALUES (1, 'open')")
        with pytest.raises(pymysql.MySQLError) as refused:
            cursor.execute(HEAD + body)
            cursor.execute("UPDATE incidents SET status = 'done'")
    assert refused.value.args[0] == errno
