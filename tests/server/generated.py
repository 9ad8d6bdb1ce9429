"""Random statements through nodepath and the server.

python -m tests.server.generated [--seed N] [--schemas N] [--statements N] [--show N]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB
from tests.server.generator import Generator
from tests.server.judge import Connection, Said, Verdict, load_schema, nodepath_says, server_verdict

JUDGED = frozenset(
    (1054, 1052, 1146, 1136, 1051, 1056, 1060, 1066, 1109, 1110, 1222, 1247, 1248, 1250, 1288, 1327, 4002, 4004, 4009)
)
"""The errors that are nodepath's to find. Others (values, aggregates, subquery width) say nothing of a name."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A statement on which the two differ."""

    kind: str
    sql: str
    server: Verdict | None
    said: Said


def disagreement(connection: Connection, schema: Schema, sql: str) -> tuple[str, Disagreement | None]:
    """Ask both; return what the server says, in a word, and how nodepath differs."""
    server = server_verdict(connection, sql)
    said = nodepath_says(sql, schema)
    if server is None and said.verdicts:
        server = server_verdict(connection, sql, execute=True)
    if server is not None and server.errno not in JUDGED:
        return "other", None
    if server is None:
        if said.unparsed:
            return "valid", Disagreement("unparsed", sql, server, said)
        return "valid", Disagreement("false", sql, server, said) if said.verdicts else None
    same = server.agrees(said.verdicts)
    if not same:
        return "refused", Disagreement("missed", sql, server, said)
    if server.clause and server.clause.lower() not in {(verdict.clause or "").lower() for verdict in same}:
        return "refused", Disagreement("clause", sql, server, said)
    return "refused", None


def run(connection: Connection, seed: int, schemas: int, statements: int) -> Iterator[tuple[str, Disagreement | None]]:
    """Judge so many statements over each of so many schemas."""
    for number in range(seed, seed + schemas):
        generator = Generator(random.Random(number))
        database = f"generated_{number}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database}")
            cursor.execute(f"USE {database}")
            for statement in generator.ddl():
                cursor.execute(statement)
            for table in generator.tables:
                # A row in each, so that EXECUTE reaches every clause.
                cursor.execute(f"INSERT INTO {table.name} VALUES ({', '.join('1' for _ in table.columns)})")
            schema = load_schema(connection, database)
            for _ in range(statements):
                yield disagreement(connection, schema, generator.statement())
            cursor.execute(f"DROP DATABASE {database}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemas", type=int, default=50)
    parser.add_argument("--statements", type=int, default=200)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
        for verdict, found in run(server.connect(), given.seed, given.schemas, given.statements):
            counts[verdict] += 1
            if found:
                counts[f"{verdict}: {found.kind}"] += 1
                shown[found.kind] += 1
                if shown[found.kind] <= given.show:
                    print(f"{found.kind}: {found.sql}\n   server {found.server}")
                    print(f"   nodepath {found.said.unparsed or found.said.verdicts}")
    for key, count in sorted(counts.items()):
        print(key, count)


if __name__ == "__main__":
    main()
