"""The judge: a private MariaDB with the schema of the tree, asked by PREPARE and EXECUTE."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pymysql
from msgspec.structs import replace
from pymysql.cursors import Cursor

from tests.mariadb import PrivateMariaDB

if TYPE_CHECKING:
    from nodepath_cli.schema.model import Column, Schema

DATABASE = "exam"
NAMES = frozenset({1054, 1146, 1052, 1136})
"""What nodepath must say wherever the server says it at PREPARE."""

_SYSTEM = frozenset({"information_schema", "mysql", "performance_schema", "sys", "test"})

REQUIRED = 1364
"""A column without a value and without a default."""

_WRITE = re.compile(r"\s*(?:INSERT|REPLACE|UPDATE|DELETE)\b", re.IGNORECASE)
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*"|`[^`]*`|/\*.*?\*/""", re.DOTALL)
_DOWN = re.compile(r"^-- (?:\+(?:goose|migrate|micrate) Down|migrate:down)\b.*", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\d+")
_DATABASE = re.compile(
    r"^\s*(?:USE\s+\S+|(?:CREATE|DROP)\s+(?:DATABASE|SCHEMA)\b[^;]*)\s*;", re.IGNORECASE | re.MULTILINE
)
"""A project's own databases are one here: its statements name their tables without one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server does not prepare a text."""

    errno: int
    message: str


class Judge:
    """A connection to the private server, with the schema loaded."""

    def __init__(self, server: PrivateMariaDB) -> None:
        self._server = server
        self._cursor = self.clear()

    def clear(self) -> Cursor:
        """Take away what was loaded before, for another tree, and return a cursor in the empty database."""
        with self._server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SHOW DATABASES")
            for (name,) in cursor.fetchall():
                if name not in _SYSTEM:
                    cursor.execute(f"DROP DATABASE {_quoted(name)}")
            cursor.execute(f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        self._cursor = self._connect()
        return self._cursor

    def _connect(self) -> Cursor:
        connection = pymysql.connect(
            unix_socket=self._server.socket, user="root", database=DATABASE, autocommit=True, charset="utf8mb4"
        )
        return connection.cursor()

    def load(self, tree: Path, sources: Sequence[str]) -> list[str]:
        """Load the sources in order and return what the server refused.

        Files and folders of SQL go through the client as they are; anything else, and the default, is loaded from the
        schema that nodepath has read, so that only names are judged, not the reading of DDL.
        """
        if sources and all(_is_sql(tree / each) for each in sources):
            return [line for each in sources for path in _scripts(tree / each) for line in self._client(path)]
        return self._create(schema_of(tree, sources))

    def _client(self, script: Path) -> list[str]:
        client = shutil.which("mariadb") or shutil.which("mysql") or "mariadb"
        text = _DATABASE.sub("", _DOWN.sub("", script.read_text(encoding="utf-8", errors="replace")))
        done = subprocess.run(
            [client, "--no-defaults", "--user=root", f"--socket={self._server.socket}", "--force", DATABASE],
            input="SET foreign_key_checks = 0;\n" + text,
            capture_output=True,
            text=True,
            check=False,
        )
        return [f"{script.name}: {line}" for line in done.stderr.splitlines() if line.startswith("ERROR")]

    def _create(self, schema: Schema) -> list[str]:
        refused = []
        for table in schema.tables:
            columns = ", ".join(_column(each) for each in table.columns) or "`no_columns` INT"
            name = ".".join(_quoted(part) for part in (table.database, table.name) if part)
            try:
                if table.database:
                    self._cursor.execute(f"CREATE DATABASE IF NOT EXISTS {_quoted(table.database)}")
                self._cursor.execute(f"CREATE TABLE {name} ({columns}) ENGINE=InnoDB")
            except pymysql.MySQLError as error:
                refused.append(f"{table.name}: {error.args[0]} {error.args[1]}")
        return refused

    def columns(self) -> frozenset[str]:
        """The names of all columns of the loaded tables, in lower case."""
        self._cursor.execute(
            "SELECT DISTINCT LOWER(COLUMN_NAME) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s", (DATABASE,)
        )
        return frozenset(str(row[0]) for row in self._cursor.fetchall())

    def tables(self) -> int:
        """How many tables there are."""
        self._cursor.execute("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = %s", (DATABASE,))
        row = self._cursor.fetchone()
        return int(row[0]) if row else 0

    def ask(self, sql: str) -> Refusal | None:
        """Return why the server refuses a text, None where it accepts it.

        PREPARE leaves some names of writes to EXECUTE (the column list of INSERT ... SELECT, the right sides of a
        joined UPDATE's SET), so writes are run and rolled back; of what that says only names count, not data.
        """
        refusal = self._run("PREPARE exam FROM %s", (sql,))
        if refusal or not _WRITE.match(sql):
            return refusal
        values = ", ".join(["'1'"] * _QUOTED.sub("", sql).count("?"))
        self._run("BEGIN")
        refusal = self._run("EXECUTE exam" + (f" USING {values}" if values else ""))
        self._run("ROLLBACK")
        return refusal if refusal and refusal.errno in NAMES | {REQUIRED} else None

    def _run(self, sql: str, values: tuple[str, ...] = ()) -> Refusal | None:
        try:
            self._cursor.execute(sql, values)
        except pymysql.MySQLError as error:
            if error.args and error.args[0] in (2006, 2013):
                self._cursor = self._connect()
            return Refusal(int(error.args[0]), str(error.args[1]) if len(error.args) > 1 else "")
        return None


@contextlib.contextmanager
def judge() -> Iterator[Judge]:
    """Start the server, and stop it at the end."""
    # A socket's path may have about 100 characters.
    with tempfile.TemporaryDirectory(prefix="np") as folder, PrivateMariaDB(Path(folder)) as server:
        yield Judge(server)


def _is_sql(path: Path) -> bool:
    return path.suffix == ".sql" or (path.is_dir() and any(path.rglob("*.sql")) and not any(path.rglob("*.go")))


def _scripts(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    up = [each for each in path.rglob("*.sql") if ".down." not in each.name]
    return sorted(up, key=lambda each: ([int(number) for number in _NUMBER.findall(str(each.relative_to(path)))], each))


def schema_of(tree: Path, sources: Sequence[str]) -> Schema:
    """Return the schema of a tree: of these sources or, without any, what an audit finds in it."""
    from nodepath_cli.audit.analyse import analyse
    from nodepath_cli.config import Settings
    from nodepath_cli.schema.sources import load

    with contextlib.chdir(tree):
        settings = replace(Settings(), schema=tuple(sources))
        return load(sources, settings) if sources else analyse((".",), settings).main.schema


def _column(column: Column) -> str:
    kind = "TEXT" if not column.type else column.type.split(" auto_increment")[0]
    # Only names and counts are judged: types that have a length, a sign or members of their own may be left plain.
    needed = not (column.nullable or column.default or column.auto_increment or column.generated or "enum" in kind)
    return f"{_quoted(column.name)} {kind if _PLAIN.fullmatch(kind) else 'TEXT'} {'NOT NULL' if needed else 'NULL'}"


_PLAIN = re.compile(
    r"(?:tiny|small|medium|big)?int(?:eger)?(?:\(\d+\))?(?: unsigned)?|(?:var)?char\(\d{1,3}\)|datetime|text"
)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def environment() -> dict[str, str]:
    """The environment for nodepath: no configured database, the checkout importable from any folder."""
    root = str(Path(__file__).resolve().parents[2])
    kept = {key: value for key, value in os.environ.items() if key not in ("NODEPATH_DATABASE_URL", "MYSQL_URI")}
    return {**kept, "PYTHONPATH": root}
