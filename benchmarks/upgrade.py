"""`db upgrade` against plain Alembic: 200 revisions on a private MariaDB, whole processes, in pairs."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import report, wall
from tests.mariadb import PrivateMariaDB

REVISIONS = 200
PAIRS = 5
LIMIT = 1.2

_REVISION = '''"""Step {number}"""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t_{number}", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    op.add_column("t_{number}", sa.Column("who", sa.String(40)))
    op.execute("INSERT INTO t_{number} (id, n, who) VALUES (1, 2, 'x'), (2, 3, 'y')")
    op.create_index("by_who_{number}", "t_{number}", ["who"])


def downgrade():
    op.drop_table("t_{number}")
'''
_ENV = """from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine({url!r}, poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def run() -> bool:
    """Run both sides in turn, each on a fresh database, and compare the median of the ratios with the limit."""
    with tempfile.TemporaryDirectory(prefix="np") as place, PrivateMariaDB(Path(place)) as server:
        folder = Path(place)
        _write(folder / "ours", first=2, root='"0001"')
        _write(folder / "plain" / "versions", first=2, root="None")
        (folder / "plain" / "script.py.mako").write_text("")
        (folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/plain\npath_separator = os\n")
        times = [_pair(server, folder, number) for number in range(PAIRS + 1)][1:]
    ours, plain = (statistics.median(side) for side in zip(*times, strict=True))
    ratio = statistics.median(left / right for left, right in times)
    print(f"     {REVISIONS} revisions: nodepath db upgrade {ours:.2f} s, alembic upgrade {plain:.2f} s")
    return report("upgrade", ratio, LIMIT, "times plain Alembic")


def _write(folder: Path, first: int, root: str) -> None:
    folder.mkdir(parents=True)
    for number in range(first, first + REVISIONS):
        down = root if number == first else f'"{number - 1:04}"'
        text = _REVISION.format(number=number, revision=f"{number:04}", down=down)
        (folder / f"{number:04}_step.py").write_text(text)


def _pair(server: PrivateMariaDB, folder: Path, number: int) -> tuple[float, float]:
    for name in ("ours", "plain"):
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
    url = f"mysql+pymysql://root@localhost/plain?unix_socket={server.socket}"
    (folder / "plain" / "env.py").write_text(_ENV.format(url=url))
    programs = Path(sys.executable)
    ours = [str(programs.with_name("nodepath")), "db", "upgrade", "--database-url", server.url("ours"), "--migrations"]
    plain = [str(programs.with_name("alembic")), "-c", str(folder / "alembic.ini"), "upgrade", "head"]
    ours.append(str(folder / "ours"))
    if number % 2:
        seconds = wall(plain, str(folder))
        return wall(ours, str(folder)), seconds
    return wall(ours, str(folder)), wall(plain, str(folder))
