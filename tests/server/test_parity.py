"""nodepath says of a statement what the server says: the same error, about the same name, in the same clause."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB
from tests.server.generated import run, run_wide
from tests.server.judge import NAME_ERRORS, Connection, load_schema, nodepath_says, server_verdict
from tests.server.mutants import mutate
from tests.server.points import POINTS, SETUP

pytestmark = pytest.mark.server

DATABASE = "points"


@pytest.fixture(scope="module")
def prepared(mariadb: PrivateMariaDB) -> Iterator[tuple[Connection, Schema]]:
    """A connection to a database with the tables of the points, and their schema."""
    with mariadb.connect() as connection, connection.cursor() as cursor:
        for name in (DATABASE, "r2"):
            cursor.execute(f"CREATE DATABASE {name}")
        cursor.execute(f"USE {DATABASE}")
        for statement in SETUP:
            cursor.execute(statement)
        yield connection, load_schema(connection, DATABASE)
        for name in (DATABASE, "r2"):
            cursor.execute(f"DROP DATABASE {name}")


@pytest.mark.parametrize(("point", "sql"), [(point, sql) for point, statements in POINTS.items() for sql in statements])
def test_the_verdict_is_the_servers(prepared: tuple[Connection, Schema], point: str, sql: str) -> None:
    connection, schema = prepared
    sql = sql.format(db=DATABASE)
    # What the server checks only when it runs the statement is an error of the statement, too.
    server = server_verdict(connection, sql) or server_verdict(connection, sql, execute=True)
    said = nodepath_says(sql, schema)
    assert said.unparsed is None or (server is not None and server.errno == 1064), said.unparsed
    if server is None or server.errno in NOT_NAMES:
        # Not every one of these is seen, but nothing else may be said.
        errnos = {verdict.errno for verdict in said.verdicts}
        assert errnos <= {server.errno if server else None}, f"{point}: the server says {server}"
        return
    same = server.agrees(said.verdicts)
    assert same, f"{point}: the server says {server}, nodepath {said.verdicts}"
    if server.clause:
        assert server.clause.lower() in {(verdict.clause or "").lower() for verdict in same}, point


def test_random_statements_have_the_servers_verdict(mariadb: PrivateMariaDB) -> None:
    """Fixed seeds, so that a failure can be read again: no false error, and hardly a missed one."""
    with mariadb.connect() as connection:
        counts: Counter[str] = Counter()
        wrong = []
        for verdict, found in run(connection, seed=1000, schemas=8, statements=150):
            counts[verdict] += 1
            if found:
                counts[found.kind] += 1
                wrong.append(f"{found.kind}: {found.sql} :: {found.server} :: {found.said}")
    assert counts["valid"] > 200 and counts["refused"] > 400
    assert counts["false"] == counts["unparsed"] == 0, "\n".join(wrong)
    assert counts["missed"] + counts["clause"] <= counts["refused"] * 0.005, "\n".join(wrong)


def test_random_statements_of_the_whole_grammar_have_the_servers_verdict(mariadb: PrivateMariaDB) -> None:
    """Views, table functions, windows, other databases. Some such statements bring the server down: not these."""
    with mariadb.connect() as connection:
        counts: Counter[str] = Counter()
        wrong = []
        for verdict, found in run_wide(connection, seed=212, schemas=3, statements=100):
            counts[verdict] += 1
            if found:
                counts[found.kind] += 1
                wrong.append(f"{found.kind}: {found.sql} :: {found.server} :: {found.said}")
    assert counts["valid"] > 100 and counts["refused"] > 120
    assert counts["false"] == counts["unparsed"] == 0, "\n".join(wrong)
    assert counts["missed"] + counts["clause"] <= 1, "\n".join(wrong)


def test_a_renamed_identifier_is_found_where_it_stands(prepared: tuple[Connection, Schema]) -> None:
    connection, schema = prepared
    rng = random.Random(5)
    judged = found = placed = 0
    missed = []
    for statements in POINTS.values():
        for template in statements:
            sql = template.format(db=DATABASE)
            if server_verdict(connection, sql) is not None:
                continue
            for mutant in mutate(sql, schema, rng, most=6):
                server = server_verdict(connection, mutant.sql)
                if server is None or server.errno not in NAME_ERRORS:
                    continue
                judged += 1
                said = nodepath_says(mutant.sql, schema)
                same = server.agrees(said.verdicts)
                if not same or (server.clause and server.clause not in {verdict.clause for verdict in same}):
                    missed.append(f"{mutant.sql} :: {server} :: {said}")
                    continue
                found += 1
                # A wrong qualifier is said of the column behind it: only the name itself has the mutant's place.
                own = bool(server.name) and (server.name or "").split(".")[-1] == mutant.name
                placed += not own or (mutant.start, mutant.end) in said.spans
    assert judged > 400
    assert not missed, "\n".join(missed)
    assert placed == found


NOT_NAMES = frozenset((1048, 1111, 1364, 1265, 1366, 1062, 1906, 4161, 4015, 1210, 1292, 4079))
"""Errors of values and of aggregates: no name is wrong."""
