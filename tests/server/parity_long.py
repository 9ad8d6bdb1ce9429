"""The long comparison: every DML statement of the MariaDB regression suite, judged by nodepath and by the server.

    python -m tests.server.parity_long [--limit N] [--every N] [--offset N] [--seed N] [--mutants] [--show N] [FILES]

Needs the Debian packages mariadb-test and mariadb-test-data. Each test's DDL is run on a scratch server; each distinct
SELECT, INSERT, REPLACE, UPDATE, DELETE, WITH and VALUES is prepared there and read by nodepath.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.schema.model import Schema
from tests.mariadb import PrivateMariaDB
from tests.server.judge import (
    MARIADB,
    NAME_ERRORS,
    Connection,
    Said,
    Verdict,
    load_schema,
    name_quoted,
    nodepath_says,
    server_verdict,
)
from tests.server.mutants import mutate
from tests.server.suite import SUITE, statements

_DML = re.compile(r"(?i)[\s(]*(?:/\*.*?\*/\s*)*(select|insert|replace|update|delete|with|values)\b", re.DOTALL)
_DDL = re.compile(r"(?i)\s*(create|alter|drop|rename|use|set\s+(?:session\s+|local\s+)?sql_mode)\b")
_DANGER = re.compile(
    r"(?i)(replicate|global|password|plugin|soname|shutdown|outfile|infile|max_statement_time|\bserver\b|tablespace|"
    r"create\s+(or\s+replace\s+)?(user|role|event)|drop\s+(user|role)|connection\s*=|data\s+directory|"
    r"drop\s+(database|schema)\s+(if\s+exists\s+)?`?(mysql|sys)|rename\s+user|alter\s+user|"
    r"(table|view|into|update|from|to)\s+`?(mysql|sys|performance_schema)`?\s*\.|use\s+`?(mysql|sys|perf|inf))"
)


@dataclass
class Figures:
    """What was counted."""

    seen: set[str] = field(default_factory=set)
    valid: int = 0
    unparsed: int = 0
    false: int = 0
    unknown: int = 0
    accepted_1064: int = 0
    refused_1064: int = 0
    errors: Counter[int] = field(default_factory=Counter)
    found: Counter[int] = field(default_factory=Counter)
    clause_right: int = 0
    clause_asked: int = 0
    mutants: int = 0
    mutants_found: int = 0
    mutants_position: int = 0
    mutants_unknown: int = 0
    mutant_clauses: int = 0
    mutant_clauses_right: int = 0
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seconds: float = 0.0

    def note(self, kind: str, text: str) -> None:
        """Keep an example of a disagreement."""
        self.examples[kind].append(text)


class Replay:
    """Runs one test's DDL and hands out its DML with the schema of that moment."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.database = "test"
        self.temporary: set[str] = set()
        self._schema: Schema | None = None
        self._dialect: Dialect | None = MARIADB
        self._reset()

    def _reset(self) -> None:
        with self.connection.cursor() as cursor:
            for statement in (
                "SET SESSION sql_mode = DEFAULT, max_statement_time = 4, lock_wait_timeout = 2, foreign_key_checks = 0",
                "SHOW DATABASES",
            ):
                cursor.execute(statement)
            names = [str(row[0]) for row in cursor.fetchall()]
            for name in names:
                if name not in ("information_schema", "mysql", "performance_schema", "sys"):
                    cursor.execute(f"DROP DATABASE `{name}`")
            cursor.execute("CREATE DATABASE test CHARACTER SET latin1")
            cursor.execute("USE test")

    def run(self, sql: str) -> None:
        """Run a statement that shapes the schema; what fails changes nothing."""
        if _DANGER.search(sql):
            return
        with self.connection.cursor() as cursor:
            try:
                cursor.execute(sql)
                while cursor.nextset():
                    pass
            except (pymysql.err.MySQLError, UnicodeError):
                pass
        found = re.match(
            r"(?i)\s*create\s+(?:or\s+replace\s+)?temporary\s+table\s+(?:if\s+not\s+exists\s+)?`?(\w+)", sql
        )
        if found:
            self.temporary.add(found.group(1))
        self._schema = None
        self._dialect = self._mode() if "sql_mode" in sql.lower() else self._dialect

    def _mode(self) -> Dialect | None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT @@sql_mode")
            modes = str((cursor.fetchone() or ("",))[0]).split(",")
        if {"ORACLE", "MSSQL", "NO_BACKSLASH_ESCAPES"} & set(modes):
            return None
        return replace(MARIADB, ansi_quotes="ANSI_QUOTES" in modes)

    @property
    def dialect(self) -> Dialect | None:
        """The dialect of the session as it is now, None for a mode that nodepath does not audit."""
        return self._dialect

    def look_again(self, said: Said) -> bool:
        """Read the schema anew with the tables that are in no catalogue, as temporary ones are."""
        gone = {verdict.name for verdict in said.verdicts if verdict.errno == 1146 and verdict.name}
        self.temporary |= {name for name in gone if self._is_there(name)}
        before, self._schema = self._schema, None
        return self.schema() != before

    def _is_there(self, name: str) -> bool:
        with self.connection.cursor() as cursor:
            try:
                cursor.execute("SHOW COLUMNS FROM " + name_quoted(name))
            except pymysql.err.MySQLError:
                return False
        return True

    def schema(self) -> Schema:
        """Return the schema as it is now."""
        if self._schema is None:
            with self.connection.cursor() as cursor:
                cursor.execute("SELECT DATABASE()")
                self.database = str((cursor.fetchone() or ("",))[0] or "")
            self._schema = load_schema(self.connection, self.database, self.temporary)
        return self._schema


def compare(figures: Figures, replay: Replay, sql: str, dialect: Dialect) -> bool:
    """Ask both; return whether the server accepts the statement."""
    connection, schema = replay.connection, replay.schema()
    server = server_verdict(connection, sql)
    started = time.perf_counter()
    said = nodepath_says(sql, schema, dialect)
    figures.seconds += time.perf_counter() - started
    if server is None and said.verdicts and replay.look_again(said):
        return compare(figures, replay, sql, dialect)
    if server is None and said.verdicts:
        # PREPARE leaves some clauses to EXECUTE.
        server = server_verdict(connection, sql, execute=True)
        if server is not None and server.errno not in {verdict.errno for verdict in said.verdicts}:
            server = None
    if server is None:
        _judge_valid(figures, sql, said)
        return True
    if server.errno == 1064:
        figures.accepted_1064 += said.unparsed is None
        figures.refused_1064 += said.unparsed is not None
        return False
    _judge_refused(figures, sql, server, said)
    return False


def _judge_valid(figures: Figures, sql: str, said: Said) -> None:
    figures.valid += 1
    if said.unparsed:
        figures.unparsed += 1
        figures.note("unparsed", f"{said.unparsed} || {sql}")
    elif said.verdicts:
        figures.false += 1
        figures.note("false", f"{said.verdicts} || {sql}")
    elif said.unknown:
        figures.unknown += 1


def _judge_refused(figures: Figures, sql: str, server: Verdict, said: Said) -> None:
    figures.errors[server.errno] += 1
    same = server.agrees(said.verdicts)
    if same:
        figures.found[server.errno] += 1
        if server.clause:
            figures.clause_asked += 1
            if any((verdict.clause or "").lower() == server.clause.lower() for verdict in same):
                figures.clause_right += 1
            else:
                figures.note("clause", f"{server} {same} || {sql}")
    elif server.errno in _KNOWN_ERRORS:
        figures.note(f"missed {server.errno}", f"{server} said {said.unparsed or said.verdicts} || {sql}")


_KNOWN_ERRORS = NAME_ERRORS | {1051, 1056, 1060, 1066, 1109, 1110, 1222, 1247, 1250, 1288, 1327, 4002, 4004, 4009, 1248}


def judge_mutants(
    figures: Figures, connection: Connection, sql: str, schema: Schema, dialect: Dialect, rng: random.Random
) -> None:
    """Rename one identifier at a time; the server says whether that is an error of ours to find."""
    for mutant in mutate(sql, schema, rng):
        server = server_verdict(connection, mutant.sql)
        if server is None or server.errno not in NAME_ERRORS:
            continue
        said = nodepath_says(mutant.sql, schema, dialect)
        figures.mutants += 1
        same = server.agrees(said.verdicts)
        if not same:
            figures.mutants_unknown += bool(said.unparsed)
            figures.note("mutant missed", f"{server} said {said.unparsed or said.verdicts} || {mutant.sql}")
            continue
        figures.mutants_found += 1
        if server.errno == 1136 or (mutant.start, mutant.end) in said.spans or server.name != mutant.name:
            figures.mutants_position += 1
        else:
            figures.note("mutant position", f"{(mutant.start, mutant.end)} {said.spans} || {mutant.sql}")
        if server.clause:
            figures.mutant_clauses += 1
            if any((verdict.clause or "").lower() == server.clause.lower() for verdict in same):
                figures.mutant_clauses_right += 1
            else:
                figures.note("mutant clause", f"{server} {same} || {mutant.sql}")


def files(every: int, limit: int, offset: int = 0) -> Iterator[Path]:
    """Yield every n-th test file of the suite from `offset` on, at most `limit`."""
    found = [path for path in sorted(SUITE.rglob("*.test")) if not {"include", "stress"} & set(path.parts)]
    # The files of the main suite hold most of the statements: they come first, so that a budget is spent well.
    found.sort(key=lambda path: path.parent.name != "main")
    yield from found[offset::every][:limit]


def run(paths: list[Path], mutants: bool, budget: float, seed: int = 11) -> Figures:
    """Judge the statements of these files within so many seconds."""
    figures = Figures()
    rng = random.Random(seed)
    started = time.monotonic()
    waiting = list(reversed(paths))
    while waiting and time.monotonic() - started < budget:
        # Some tests bring the server down: it is started anew for the rest.
        with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
            while waiting and time.monotonic() - started < budget:
                path = waiting.pop()
                try:
                    _run_file(path, server, figures, mutants, rng, started + budget)
                except (pymysql.err.MySQLError, OSError) as error:
                    figures.note("file", f"{path.name}: {error}")
                    break
    return figures


def _run_file(
    path: Path, server: PrivateMariaDB, figures: Figures, mutants: bool, rng: random.Random, until: float
) -> None:
    with server.connect() as connection:
        replay = Replay(connection)
        for sql in statements(path):
            if time.monotonic() > until:
                return
            if _DML.match(sql):
                # The same words on another table are another statement, but mostly the same construct.
                dialect = replay.dialect
                if dialect is None or sql in figures.seen or len(sql) > 20000:
                    continue
                figures.seen.add(sql)
                accepted = compare(figures, replay, sql, dialect)
                if accepted and mutants and rng.random() < 0.3:
                    judge_mutants(figures, connection, sql, replay.schema(), dialect, rng)
            elif _DDL.match(sql):
                replay.run(sql)


def _percent(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.3f} %)" if whole else "none"


def report(figures: Figures, show: int) -> None:
    """Print the figures and examples of every disagreement."""
    for kind, texts in sorted(figures.examples.items()):
        print(f"== {kind}: {len(texts)}")
        for text in texts[:show]:
            print("  ", " ".join(text.split())[:600])
    print("distinct statements", len(figures.seen), "valid", figures.valid)
    print("parsed", _percent(figures.valid - figures.unparsed, figures.valid))
    print("false", _percent(figures.false, figures.valid))
    print("could not be told", _percent(figures.unknown, figures.valid))
    print("refused with 1064: unparsed", _percent(figures.refused_1064, figures.refused_1064 + figures.accepted_1064))
    for errno in sorted(figures.errors):
        if errno in _KNOWN_ERRORS:
            print(f"found {errno}", _percent(figures.found[errno], figures.errors[errno]))
    print("clause words", _percent(figures.clause_right, figures.clause_asked))
    if figures.mutants:
        print("mutants found", _percent(figures.mutants_found, figures.mutants))
        print("right position", _percent(figures.mutants_position, figures.mutants_found))
        print("right clause", _percent(figures.mutant_clauses_right, figures.mutant_clauses))
    print(f"nodepath: {figures.seconds:.1f} s")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--offset", type=int, default=0)
    parser.add_argument("--seed", type=int, default=11, help="which identifiers are renamed")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--show", type=int, default=12)
    parser.add_argument("--budget", type=float, default=3600.0, help="seconds")
    given = parser.parse_args()
    paths = given.files or list(files(given.every, given.limit, given.offset))
    if not paths:
        parser.error(f"no test files under {SUITE}: apt-get install mariadb-test mariadb-test-data")
    report(run(paths, given.mutants, given.budget, given.seed), given.show)


if __name__ == "__main__":
    main()
