"""The columns of SHOW and DESCRIBE, as the server gives them."""

from __future__ import annotations

import pytest

from nodepath_cli.sql.shown import shown_columns
from tests.mariadb import PrivateMariaDB

pytestmark = pytest.mark.server


@pytest.mark.parametrize(
    "sql",
    [
        "SHOW STATUS",
        "SHOW GLOBAL STATUS LIKE 'Threads%'",
        "SHOW SESSION VARIABLES LIKE 'version'",
        "SHOW VARIABLES",
        "SHOW WARNINGS",
        "SHOW ERRORS LIMIT 1",
        "SHOW COLUMNS FROM shown",
        "SHOW FULL COLUMNS FROM shown LIKE 'a'",
        "SHOW FIELDS FROM shown",
        "SHOW FULL FIELDS IN shown",
        "DESCRIBE shown",
        "DESC shown",
    ],
)
def test_the_names_are_the_servers(mariadb: PrivateMariaDB, database: str, sql: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS shown (a INT)")
        cursor.execute(sql)
        assert shown_columns(sql.upper().split()) == tuple(each[0] for each in cursor.description)
