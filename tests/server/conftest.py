"""What server tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pymysql
import pytest

from tests.mariadb import PrivateMariaDB
from tests.server.judge import Connection


@pytest.fixture
def connection(request: pytest.FixtureRequest, mariadb: PrivateMariaDB, database: str) -> Iterator[Connection]:
    """A connection to the tables of the module's DDL, behind the statements that it has in READY."""
    with mariadb.connect(database) as opened, opened.cursor() as cursor:
        for statement in (*request.module.DDL, *getattr(request.module, "READY", ())):
            cursor.execute(statement)
        yield opened


@pytest.fixture
def refusal(mariadb: PrivateMariaDB, database: str) -> Callable[..., int]:
    """Run statements that the server takes, and return its error number for the last, which it has to refuse."""

    def run(*statements: str) -> int:
        *taken, last = statements
        with mariadb.connect(database) as connection, connection.cursor() as cursor:
            for statement in taken:
                cursor.execute(statement)
            with pytest.raises(pymysql.MySQLError) as refused:
                cursor.execute(last)
        return int(refused.value.args[0])

    return run
