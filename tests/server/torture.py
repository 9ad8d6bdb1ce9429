"""Upgrades that are killed at random moments, and what has to hold after the next one.

`python -m tests.server.torture 30` runs 30 rounds on the client and 30 on the server, through the command line.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from tests.mariadb import PrivateMariaDB

REVISIONS = 12
ROWS = 40

REVISION = '''"""Step {number}"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"
t = sa.table("t_{number}", sa.column("id", sa.Integer), sa.column("who", sa.String), sa.column("n", sa.Integer))


def upgrade():
    op.create_table(
        "t_{number}",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("who", sa.String(60), nullable=False),
        sa.Column("n", sa.Integer, nullable=False, server_default="0"),
    )
    op.bulk_insert(t, [{{"id": i, "who": f"w{{i}}", "n": i}} for i in range(1, 31)])
    op.execute("UPDATE t_{number} SET n = n + 1000 WHERE who LIKE 'w1%'")
    op.add_column("t_{number}", sa.Column("twice", sa.Integer))
    bind = op.get_bind()
    for row in bind.execute(sa.text("SELECT id, n FROM t_{number} WHERE twice IS NULL ORDER BY id")).all():
        bind.execute(sa.text("UPDATE t_{number} SET twice = :n WHERE id = :id"), {{"n": row.n * 2, "id": row.id}})
    op.execute("UPDATE counters SET n = n + 1 WHERE name = 'upgrades'")
    op.execute("ALTER TABLE leads ADD COLUMN c_{number} INT NOT NULL DEFAULT 7, ADD INDEX i_{number} (c_{number})")
    op.execute("UPDATE leads SET total = total + {number}")
    if not any(i["name"] == "by_who" for i in sa.inspect(bind).get_indexes("t_{number}")):
        op.create_index("by_who", "t_{number}", ["who"])
    op.execute("INSERT INTO t_{number} SELECT id + 1000, who, n, twice FROM t_{number} WHERE id < 11")
    op.execute("CREATE TABLE a_{number} LIKE t_{number}")
    op.execute("INSERT INTO a_{number} SELECT * FROM t_{number}")
    op.execute("RENAME TABLE a_{number} TO b_{number}")
    op.execute("INSERT INTO counters VALUES ('r_{number}', 1)")
    op.alter_column("t_{number}", "who", existing_type=sa.String(60), type_=sa.String(90), existing_nullable=False)
    op.execute("INSERT INTO counters VALUES ('end_{number}', 1)")


def downgrade():
    op.execute("DELETE FROM counters WHERE name IN ('r_{number}', 'end_{number}')")
    op.drop_table("b_{number}")
    op.drop_table("t_{number}")
    op.execute("UPDATE leads SET total = total - {number}")
    op.execute("ALTER TABLE leads DROP COLUMN c_{number}")
    op.execute("UPDATE counters SET n = n - 1 WHERE name = 'upgrades'")
'''

Client = Callable[[str, Path], "Victim"]


@dataclass
class Victim:
    """A running upgrade."""

    pid: int
    wait: Callable[[], int]


def write_revisions(folder: Path, count: int = REVISIONS) -> None:
    """Write revisions that mix DDL and data statements, generated and conditional ones among them."""
    folder.mkdir(exist_ok=True)
    for number in range(2, count + 2):
        text = REVISION.format(number=number, revision=f"{number:04}", down=f"{number - 1:04}")
        (folder / f"{number:04}_step.py").write_text(text)


def make_database(server: PrivateMariaDB, name: str) -> None:
    """Make a database with a service's own tables and rows in it."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
        cursor.execute(f"USE {name}")
        cursor.execute("CREATE TABLE leads (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40), total INT DEFAULT 0)")
        cursor.execute("CREATE TABLE counters (name VARCHAR(40) PRIMARY KEY, n INT NOT NULL)")
        cursor.execute("INSERT INTO counters VALUES ('upgrades', 0)")
        cursor.executemany("INSERT INTO leads (name) VALUES (%s)", [(f"lead {i}",) for i in range(ROWS)])


def contents(server: PrivateMariaDB, name: str) -> dict[str, Any]:
    """Return every table's definition and rows but nodepath's ledger."""
    found: dict[str, Any] = {}
    with server.connect(name) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        for (table,) in cursor.fetchall():
            if table == "nodepath_ledger":
                continue
            cursor.execute(f"SHOW CREATE TABLE `{table}`")
            row = cursor.fetchone()
            cursor.execute(f"SELECT * FROM `{table}` ORDER BY 1")
            found[table] = (row[1] if row else "", cursor.fetchall())
    return found


def command_line(url: str, folder: Path) -> Victim:
    """Start `nodepath db upgrade`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "nodepath_cli", "db", "upgrade", "--database-url", url, "--migrations", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )

    def wait() -> int:
        _, err = process.communicate()
        if process.returncode not in (0, -signal.SIGKILL):
            sys.stderr.write(err.decode())
        return process.returncode

    return Victim(process.pid, wait)


def forked(url: str, folder: Path) -> Victim:
    """Start an upgrade in a copy of this process, which has everything imported: more of its time is the upgrade's."""
    pid = os.fork()
    if pid == 0:
        code = 9
        try:
            from nodepath_cli import migrate
            from nodepath_cli.errors import NodepathError

            try:
                migrate.upgrade(url, "head", folder)
                code = 0
            except NodepathError as error:
                sys.stderr.write(error.line() + "\n")
                code = error.exit_code
        finally:
            os._exit(code)
    return Victim(pid, lambda: os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


class Torture:
    """Rounds of killing on one server."""

    def __init__(
        self, server: PrivateMariaDB, folder: Path, client: Client, seed: int, revisions: int = REVISIONS
    ) -> None:
        self.server = server
        self.folder = folder
        self.client = client
        self.random = random.Random(seed)
        self.resumed = 0
        """How many rounds left a half-applied revision behind."""
        write_revisions(folder, revisions)
        make_database(server, "whole")
        self._run("whole")
        started = time.monotonic()
        make_database(server, "whole")
        self._run("whole")
        self.seconds = time.monotonic() - started
        self.expected = contents(server, "whole")

    def _run(self, name: str) -> None:
        code = self.client(self.server.url(name), self.folder).wait()
        if code != 0:
            raise AssertionError(f"the upgrade of {name} ended with {code}")

    def round(self, number: int, victim_is_server: bool) -> None:
        """Kill one upgrade, run the next, and compare with one that nobody killed. Raises AssertionError."""
        name = f"r_{number}"
        make_database(self.server, name)
        for _ in range(self.random.choice((1, 1, 2, 3))):
            self._kill(name, victim_is_server)
        self._note(name)
        self._run(name)
        found = contents(self.server, name)
        if found != self.expected:
            wrong = [table for table in {*found, *self.expected} if found.get(table) != self.expected.get(table)]
            shown = {table: (found.get(table), self.expected.get(table)) for table in wrong}
            raise AssertionError(f"round {number}: {wrong} differ: {shown}")
        self._check(name)
        with self.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")

    def _kill(self, name: str, victim_is_server: bool) -> None:
        victim = self.client(self.server.url(name), self.folder)
        time.sleep(self.random.uniform(0, self.seconds))
        if victim_is_server:
            self.server.kill()
            victim.wait()
            self.server.start()
        else:
            os.kill(victim.pid, signal.SIGKILL)
            victim.wait()

    def _note(self, name: str) -> None:
        from nodepath_cli import migrate

        self.resumed += migrate.current(self.server.url(name), self.folder).state == "interrupted"

    def _check(self, name: str) -> None:
        from nodepath_cli import migrate

        status = migrate.check(self.server.url(name), self.folder)
        if not status.clean:
            raise AssertionError(f"{name} is not clean: {json.dumps(status.document())}")
        verified = migrate.verify(self.server.url(name), self.folder)
        if not verified.ok:
            raise AssertionError(f"{name} is not verified: {json.dumps(verified.document())}")


def main() -> int:
    """Run the rounds that the command line asks for; 0 where all of them hold."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    print(f"seed {seed}")
    with (
        tempfile.TemporaryDirectory(prefix="np") as folder,
        PrivateMariaDB(Path(folder), ("--innodb-flush-log-at-trx-commit=1",)) as server,
    ):
        torture = Torture(server, Path(folder) / "revisions", command_line, seed)
        for number in range(2 * rounds):
            torture.round(number, victim_is_server=number % 2 == 1)
            print(
                f"round {number + 1} of {2 * rounds}: head, the same tables and rows ({torture.resumed} were resumed)"
            )
    return 0


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except (AssertionError, pymysql.err.Error) as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
