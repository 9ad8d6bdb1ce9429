"""SET and DO against the server: its numbers, and the modes that it knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nodepath_cli.sql.set_statements import _MODES
from tests.mariadb import PrivateMariaDB
from tests.rules.test_set_statements import RIGHT, WRONG

pytestmark = pytest.mark.server

_MYSQLS = {"TIME_TRUNCATE_FRACTIONAL"}


@pytest.mark.parametrize(("sql", "errno"), [each[:2] for each in WRONG])
def test_the_number_is_the_servers(refusal: Callable[..., int], sql: str, errno: int) -> None:
    assert refusal(sql) == errno


def test_the_server_takes_what_is_right(mariadb: PrivateMariaDB, database: str) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for sql in (*RIGHT, *(f"SET SESSION sql_mode = '{mode}'" for mode in sorted(_MODES - _MYSQLS))):
            cursor.execute(sql)
