"""Random migrations and statements: nodepath says which statement fails in which state, the server runs the migrations
one statement after the other and is asked in every state.

python -m tests.server.deploy_judge [--seed N] [--deploys N] [--statements N] [--show N]
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymysql

from nodepath_cli.config import Settings
from nodepath_cli.deploy.across import Status, courses
from nodepath_cli.deploy.changes import RevisionSpan, changes, spans
from nodepath_cli.deploy.code import Read, understood
from nodepath_cli.deploy.records import Pending, Plan, State, Step
from nodepath_cli.deploy.states import replayed
from nodepath_cli.schema.model import Schema
from nodepath_cli.source.files import FileSet, SourceFile
from nodepath_cli.source.statement import OffsetMap, Span, Statement, Variant
from nodepath_cli.sql.ddl import DdlText, replay
from tests.mariadb import PrivateMariaDB
from tests.server.generated import JUDGED
from tests.server.generator import Generator
from tests.server.judge import MARIADB, Connection, Verdict, server_verdict

OURS = JUDGED | {1364}
_WRITES = re.compile(r"\s*(?:insert|replace)\b", re.IGNORECASE)
_NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
_TYPES = ("INT", "INT", "INT NOT NULL", "INT NOT NULL DEFAULT 0", "VARCHAR(20)")


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement in a state: what the server says and what nodepath says."""

    sql: str
    state: str
    server: Verdict | None
    fails: bool

    @property
    def agrees(self) -> bool:
        """Whether both refuse or both accept it; an error that is not about names decides nothing."""
        if self.server is not None and self.server.errno not in OURS:
            return True
        return (self.server is not None) == self.fails


@dataclass(frozen=True, slots=True)
class Told:
    """A statement, what the server says of it in every state, and what nodepath makes of that."""

    sql: str
    states: tuple[State, ...]
    accepted: tuple[bool | None, ...]
    """None where the server has another complaint than about names."""
    found: frozenset[tuple[str, str]]
    """Rule and revision of each finding."""

    def wrong(self) -> list[str]:
        """Return what of the findings does not follow from what the server says."""
        if None in self.accepted:
            return []
        ends = spans(self.states)
        said: list[str] = []
        taken = [end.revision for end in ends if self.accepted[end.before] and not self.accepted[end.last]]
        brought = [end.revision for end in ends if not self.accepted[end.before] and self.accepted[end.last]]
        gaps = [end.revision for end in ends if self.accepted[end.before] and self._refused_between(end)]
        if self.accepted[0] and taken and ("NP202", taken[0]) not in self.found:
            said.append(f"no NP202 under {taken[0]}")
        if not self.accepted[0] and self.accepted[-1] and ("NP201", brought[-1]) not in self.found:
            said.append(f"no NP201 under {brought[-1]}")
        said += [f"no NP203 under {each}" for each in gaps if ("NP203", each) not in self.found]
        last = {end.revision: end for end in ends}
        for rule, revision in sorted(self.found):
            end = last[revision]
            if rule == "NP202" and self.accepted[end.last]:
                said.append(f"NP202 under {revision}, after which it runs")
            elif rule == "NP201" and self.accepted[end.before]:
                said.append(f"NP201 under {revision}, before which it runs")
            elif rule == "NP203" and not self._refused_between(end):
                said.append(f"NP203 under {revision}, between whose statements it runs")
        return said

    def _refused_between(self, end: RevisionSpan) -> bool:
        return not all(self.accepted[end.before + 1 : end.last])


class Migrations:
    """Writes migrations that mostly fit the tables that are there."""

    def __init__(self, rng: random.Random, tables: dict[str, list[str]]) -> None:
        self._rng = rng
        self._tables = tables

    def revision(self) -> list[str]:
        """Return the statements of one revision."""
        return [self._statement() for _ in range(self._rng.randint(1, 3))]

    def _statement(self) -> str:
        rng = self._rng
        table = rng.choice(sorted(self._tables))
        columns = self._tables[table]
        kind = rng.choices(
            ("add", "drop", "change", "rename", "table", "create", "gone", "two"), (5, 4, 4, 3, 2, 1, 1, 2)
        )[0]
        free = [name for name in _NAMES if name not in columns] or ["z"]
        new, old = rng.choice(free), rng.choice(columns)
        match kind:
            case "add":
                columns.append(new)
                return f"ALTER TABLE {table} ADD COLUMN {new} {rng.choice(_TYPES)}"
            case "drop" if len(columns) > 1:
                columns.remove(old)
                return f"ALTER TABLE {table} DROP COLUMN {old}"
            case "rename":
                columns[columns.index(old)] = new
                return f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}"
            case "table":
                to = rng.choice(("t1", "t2", "t3", "t4", "t9"))
                if to not in self._tables:
                    self._tables[to] = self._tables.pop(table)
                return f"RENAME TABLE {table} TO {to}"
            case "create":
                self._tables.setdefault("t7", ["a", "b"])
                return "CREATE TABLE IF NOT EXISTS t7 (a INT, b INT)"
            case "gone" if len(self._tables) > 1:
                del self._tables[table]
                return f"DROP TABLE {table}"
            case "two":
                columns[columns.index(old)] = new
                return f"ALTER TABLE {table} ADD COLUMN x{len(columns)} INT, CHANGE {old} {new} {rng.choice(_TYPES)}"
        columns[columns.index(old)] = new
        return f"ALTER TABLE {table} CHANGE {old} {new} {rng.choice(_TYPES)}"


def deploys(connection: Connection, seed: int, count: int, statements: int) -> Iterator[Compared | Told]:
    """Compare so many statements in every state of each of so many deploys, and what is told of them as a whole."""
    for number in range(seed, seed + count):
        rng = random.Random(number)
        generator = Generator(rng)
        database = f"deploy_{number}"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database}")
            cursor.execute(f"USE {database}")
            migrations = Migrations(rng, {table.name: list(table.columns) for table in generator.tables})
            revisions = [migrations.revision() for _ in range(rng.randint(1, 4))]
            texts = list(dict.fromkeys(generator.statement() for _ in range(statements)))
            yield from deploy(connection, generator.ddl(), revisions, texts)
            cursor.execute(f"DROP DATABASE {database}")


def deploy(
    connection: Connection, base: Sequence[str], revisions: Sequence[Sequence[str]], statements: Sequence[str]
) -> Iterator[Compared | Told]:
    """Compare the statements in every state of one deploy; the connection's database is empty."""
    schema = replay((DdlText(sql) for sql in base), Schema(dialect="mariadb", version=(10, 11)), MARIADB)
    pending = tuple(
        Pending(f"{number:04}", "m.sql", tuple(Step(sql, "m.sql", 1) for sql in steps))
        for number, steps in enumerate(revisions, 1)
    )
    states = replayed(Plan("base", schema, pending), MARIADB).states
    failing, found = _said(statements, states, schema)
    accepted: dict[int, list[bool | None]] = {number: [] for number in range(len(statements))}
    for sql in base:
        _run(connection, sql)
    for table in schema.tables:
        # A row in each, so that EXECUTE reaches every clause.
        _run(connection, f"INSERT INTO {table.name} VALUES ({', '.join('1' for _ in table.columns)})")
    waiting = iter([(each.revision, step) for each in pending for step in each.steps])
    for index, state in enumerate(states):
        while state.cause is not None:
            _, step = next(waiting)
            _run(connection, step.sql)
            if step is state.cause:
                break
        for number, sql in enumerate(statements):
            fails = index in failing[number]
            server = server_verdict(connection, sql)
            if server is None and (fails or _WRITES.match(sql)):
                # Some names are looked up, and a missing value is noticed, when the statement runs.
                server = server_verdict(connection, sql, execute=True)
            accepted[number].append(server is None if server is None or server.errno in OURS else None)
            yield Compared(sql, state.name, server, fails)
    for number, sql in enumerate(statements):
        yield Told(sql, states, tuple(accepted[number]), frozenset(found[number]))


def _run(connection: Connection, sql: str) -> None:
    """Run a statement as a migration tool would; one that the server refuses changes nothing, as in the replay."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except pymysql.err.MySQLError:
            return


def _said(
    statements: Sequence[str], states: Sequence[State], schema: Schema
) -> tuple[dict[int, set[int]], dict[int, set[tuple[str, str]]]]:
    """Return, for each statement, the states in which nodepath says that it fails, and its findings."""
    file = SourceFile("x.sql", "\n".join(statements))
    made = []
    position = 0
    for sql in statements:
        offsets = OffsetMap.identity(file.path, position, position + len(sql))
        made.append(Statement((Variant(sql, offsets),), Span(file.path, position, position + len(sql)), "sql"))
        position += len(sql) + 1
    settings = Settings(dialect=MARIADB, dialect_given=True)
    read = Read(FileSet((file,)), tuple((each, file) for each in made))
    numbers = {id(each): number for number, each in enumerate(made)}
    failing: dict[int, set[int]] = {number: set() for number in range(len(statements))}
    found: dict[int, set[tuple[str, str]]] = {number: set() for number in range(len(statements))}
    for course in courses(understood(read, None, schema, settings, None), states, settings):
        number = numbers[id(course.analysed.statement)]
        failing[number] |= {index for index, status in enumerate(course.statuses) if status is Status.FAILS}
        found[number] |= {(each.rule.id, each.revision) for each in changes(course, states, steps=True)}
    return failing, found


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deploys", type=int, default=100)
    parser.add_argument("--statements", type=int, default=60)
    parser.add_argument("--show", type=int, default=20)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
        for each in deploys(server.connect(), given.seed, given.deploys, given.statements):
            if isinstance(each, Told):
                counts["statements"] += 1
                counts["findings"] += len(each.found)
                if wrong := each.wrong():
                    counts["wrongly told"] += 1
                    if counts["wrongly told"] <= given.show:
                        print(f"{each.sql}\n   {wrong} {each.accepted}")
                continue
            counts["compared"] += 1
            counts["refused" if each.server else "accepted"] += 1
            if not each.agrees:
                kind = "false" if each.fails else "missed"
                counts[kind] += 1
                if counts[kind] <= given.show:
                    print(f"{kind} in {each.state}: {each.sql}\n   server {each.server}")
    for key, count in sorted(counts.items()):
        print(key, count)


if __name__ == "__main__":
    main()
