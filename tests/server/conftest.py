"""What server tests share."""

from __future__ import annotations

from collections.abc import Iterator

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
