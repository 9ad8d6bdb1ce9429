"""Random statements through nodepath and the server.

python -m tests.server.generated [--wide] [--seed N] [--schemas N] [--statements N] [--show N]

A statement on which the two differ is cut down to the smallest one on which they still differ in the same way.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql

from nodepath_cli.schema.model import Schema
from nodepath_cli.sql.lexer import LexError, tokenize
from tests.mariadb import PrivateMariaDB
from tests.server.generator import Generator
from tests.server.generator_wide import WideGenerator
from tests.server.judge import Connection, Said, Verdict, load_schema, nodepath_says, server_verdict

JUDGED = frozenset(
    (1054, 1052, 1146, 1136, 1051, 1056, 1060, 1066, 1109, 1110, 1222, 1247, 1248, 1250, 1288, 1327, 4002, 4004, 4009)
)
"""The errors that are nodepath's to find. Others (values, aggregates, subquery width) say nothing of a name."""


_LOST = frozenset((0, 2006, 2013))


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A statement on which the two differ."""

    kind: str
    sql: str
    server: Verdict | None
    said: Said
    schema: Schema


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
            return "valid", Disagreement("unparsed", sql, server, said, schema)
        return "valid", Disagreement("false", sql, server, said, schema) if said.verdicts else None
    same = server.agrees(said.verdicts)
    if not same:
        return "refused", Disagreement("missed", sql, server, said, schema)
    if server.clause and server.clause.lower() not in {(verdict.clause or "").lower() for verdict in same}:
        return "refused", Disagreement("clause", sql, server, said, schema)
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


def run_wide(
    connection: Connection, seed: int, schemas: int, statements: int
) -> Iterator[tuple[str, Disagreement | None]]:
    """Judge so many statements of the whole grammar over each of so many schemas."""
    for number in range(seed, seed + schemas):
        database = f"wide_{number}"
        generator = WideGenerator(random.Random(number), database)
        with connection.cursor() as cursor:
            for name in (generator.other, database):
                cursor.execute(f"CREATE DATABASE {name}")
            cursor.execute(f"USE {database}")
            for statement in generator.ddl():
                cursor.execute(statement)
            schema = load_schema(connection, database)
            for _ in range(statements):
                yield disagreement(connection, schema, generator.statement())
            for name in (generator.other, database):
                cursor.execute(f"DROP DATABASE {name}")


def shrunk(connection: Connection, found: Disagreement) -> Disagreement:
    """Return the disagreement with as few words as keep it what it is."""
    best = found
    if found.said.unparsed and found.server:
        # The server finds some errors before it comes to a syntax error: any text would do.
        return best
    size = max(len(best.sql) // 8, 1)
    while size:
        words = _words(best.sql)
        for start in range(len(words) - size + 1):
            shorter = " ".join(("".join(words[:start]).rstrip(), "".join(words[start + size :]))).strip()
            _, smaller = disagreement(connection, found.schema, shorter)
            if smaller and _same(smaller, best):
                best = smaller
                break
        else:
            size //= 2
        size = min(size, len(_words(best.sql)))
    return best


def _same(one: Disagreement, other: Disagreement) -> bool:
    """Say whether two disagreements are of one kind, and nodepath says no more of the one than of the other."""
    numbers = [each.server.errno if each.server else None for each in (one, other)]
    said = [{verdict.errno for verdict in each.said.verdicts} for each in (one, other)]
    unparsed = [each.said.unparsed is None for each in (one, other)]
    return one.kind == other.kind and numbers[0] == numbers[1] and said[0] <= said[1] and unparsed[0] == unparsed[1]


def _words(sql: str) -> list[str]:
    """Return the tokens, each with the space behind it."""
    tokens = tokenize(sql)
    if isinstance(tokens, LexError):
        return [sql]
    starts = [start for start in tokens.starts if start < len(sql)]
    return [sql[start:end] for start, end in zip([0, *starts[1:]], [*starts[1:], len(sql)], strict=True)]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wide", action="store_true", help="the whole grammar")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemas", type=int, default=50)
    parser.add_argument("--statements", type=int, default=200)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    number, end = given.seed, given.seed + given.schemas
    while number < end:
        # Some statements bring the server down: it is started anew for the rest.
        with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
            while number < end:
                try:
                    _schema(server, number, given, counts)
                except pymysql.err.MySQLError as error:
                    counts[f"server lost: {error.args[0] if error.args else error}"] += 1
                    break
                finally:
                    number += 1
    for key, count in sorted(counts.items()):
        print(key, count)


def _schema(server: PrivateMariaDB, number: int, given: argparse.Namespace, counts: Counter[str]) -> None:
    with server.connect() as connection:
        for verdict, found in (run_wide if given.wide else run)(connection, number, 1, given.statements):
            if found and found.server and found.server.errno in _LOST:
                raise pymysql.err.OperationalError(found.server.errno, found.sql)
            counts[verdict] += 1
            if found:
                counts[f"{verdict}: {found.kind}"] += 1
                if counts[f"{verdict}: {found.kind}"] <= given.show:
                    _print(shrunk(connection, found))


def _print(found: Disagreement) -> None:
    print(f"{found.kind}: {found.sql}\n   server {found.server}")
    print(f"   nodepath {found.said.unparsed or found.said.verdicts}")


if __name__ == "__main__":
    main()
