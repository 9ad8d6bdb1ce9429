"""DDL that is told to be wrong at any moment: the server's numbers."""

from __future__ import annotations

import pymysql
import pytest

from tests.mariadb import PrivateMariaDB
from tests.rules.test_ddl_refused import DDL, WRONG

pytestmark = pytest.mark.server


@pytest.mark.parametrize(("sql", "errno"), [each[:2] for each in WRONG])
def test_the_number_is_the_servers(mariadb: PrivateMariaDB, database: str, sql: str, errno: int) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(DDL.replace("TABLE", "TABLE IF NOT EXISTS"))
        with pytest.raises(pymysql.MySQLError) as refused:
            cursor.execute(sql)
    assert refused.value.args[0] == errno
