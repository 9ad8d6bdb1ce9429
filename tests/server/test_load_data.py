"""The columns of LOAD DATA: what the server says of them."""

from __future__ import annotations

from pathlib import Path

import pymysql
import pytest

from tests.mariadb import PrivateMariaDB
from tests.rules.test_load_data import DDL, LOAD, RIGHT, WRONG

pytestmark = pytest.mark.server


@pytest.mark.parametrize(("rest", "errno"), [*((each, 1054) for each in WRONG), *((each, 0) for each in RIGHT)])
def test_the_number_is_the_servers(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path, rest: str, errno: int
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("")
    sql = f"{LOAD} {rest}".replace("LOCAL ", "").replace("a.csv", str(file))
    tmp_path.chmod(0o755)
    file.chmod(0o644)
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(DDL.replace("TABLE", "TABLE IF NOT EXISTS"))
        try:
            cursor.execute(sql)
            said = 0
        except pymysql.MySQLError as refused:
            said = refused.args[0]
    assert said == errno
