"""System variables as the server has them: those that are listed, and what is one slip away from them (1193)."""

from __future__ import annotations

import pytest

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.system_variables import _OTHERS, _SHARED, meant
from tests.mariadb import PrivateMariaDB
from tests.server.judge import nodepath_says, server_verdict

pytestmark = pytest.mark.server


def test_the_listed_variables_are_there_and_their_slips_are_not(mariadb: PrivateMariaDB, database: str) -> None:
    differ, found = [], 0
    with mariadb.connect(database) as connection:
        for name in sorted(_SHARED):
            assert server_verdict(connection, f"SELECT @@{name}") is None
        for name in sorted(_SHARED | _OTHERS):
            slips = {name.replace("_", ""), name + "S", name[:-1], name.replace("_", "__", 1), name[1:]} - {name}
            for slip in sorted(slips):
                sql = f"SELECT @@{'session.' if len(slip) % 2 else ''}{slip.lower()}"
                verdict = server_verdict(connection, sql)
                ours = {each.errno for each in nodepath_says(sql, Schema()).verdicts}
                found += 1193 in ours
                if 1193 in ours and (verdict is None or verdict.errno != 1193):
                    differ.append((sql, verdict, meant(f"@@{slip}")))
    assert differ == []
    assert found > 150
