"""What `nodepath fix` has rewritten is accepted by the server, where the statement was before the names changed."""

from __future__ import annotations

import random

import pytest

from nodepath_cli.config import Settings
from nodepath_cli.fixing.run import plan
from tests.mariadb import PrivateMariaDB
from tests.server.generator import Generator
from tests.server.judge import MARIADB, Connection, server_verdict
from tests.tree import Tree, go

pytestmark = pytest.mark.server


def renames(generator: Generator, rng: random.Random) -> list[str]:
    """Rename about half of the columns, some to a name that another table has."""
    found: list[str] = []
    for table in generator.tables:
        for column in table.columns:
            if rng.random() < 0.5:
                new = rng.choice(
                    [f"new_{column}", f"{column}_{table.name}", "shared" if column == "a" else "z" + column]
                )
                found.append(f"ALTER TABLE {table.name} CHANGE {column} {new} INT")
    return found


def accepted(connection: Connection, generator: Generator, count: int) -> list[str]:
    """Statements that the server accepts, values and all."""
    found: list[str] = []
    while len(found) < count:
        sql = generator.statement()
        if server_verdict(connection, sql) is None and server_verdict(connection, sql, execute=True) is None:
            found.append(sql)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("seed", range(8))
def test_a_rewritten_statement_runs(tree: Tree, mariadb: PrivateMariaDB, database: str, seed: int) -> None:
    rng = random.Random(seed)
    generator = Generator(rng)
    ddl = generator.ddl()
    changes = renames(generator, rng)
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        for statement in ddl:
            cursor.execute(statement)
        statements = accepted(connection, generator, 40)
        for statement in changes:
            cursor.execute(statement)
        tree.write("schema.sql", ";\n".join([*ddl, *changes]) + ";\n")
        tree.write("store.go", go(*(f"`{sql}`" for sql in statements)))
        fix = plan(("store.go",), Settings(schema=("schema.sql",), dialect=MARIADB, dialect_given=True))
        if not fix.files:
            assert fix.edits == ()
            return
        before, after = (
            [line.split("`")[1] for line in text.splitlines() if line.count("`") == 2]
            for text in (fix.files[0].before.text, fix.files[0].after.text)
        )
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert changed
        for old, new in changed:
            verdict = server_verdict(connection, new, execute=True)
            assert verdict is None, f"{old}\n{new}\n{verdict}"
        lines = {each.line for each in fix.left}
        for number, (old, new) in enumerate(zip(before, after, strict=True), 6):
            if old == new and server_verdict(connection, old) is not None:
                assert number in lines, old
