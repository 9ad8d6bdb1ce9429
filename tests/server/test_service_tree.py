"""The service tree before a MariaDB: what nodepath calls right is prepared, what it calls wrong is refused for that."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from pymysql.cursors import Cursor

from nodepath_cli.audit.finding import Severity
from nodepath_cli.audit.run import audit, inventory
from nodepath_cli.config import Settings
from tests.mariadb import PrivateMariaDB
from tests.service_defects import DEFECTS, Defect

pytestmark = pytest.mark.server

TREE = Path(__file__).parents[1] / "service"
EXAMPLE = Path(__file__).parents[2] / "examples" / "nodepath-chat" / "fixed"
DDL = re.compile(r"\s*(?:CREATE|ALTER|DROP)\b", re.IGNORECASE)
HOLE = re.compile(r"__h\d*")


@pytest.fixture
def cursor(mariadb: PrivateMariaDB, database: str) -> Iterator[Cursor]:
    """A cursor in a fresh database."""
    with mariadb.connect(database) as connection, connection.cursor() as opened:
        yield opened


def texts(tree: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """The DDL and the complete other statements of a tree, each in source order, as the inventory gives them."""
    monkeypatch.chdir(tree)
    items, _ = inventory((".",), Settings())
    known = [text for item in items if item.status == "resolved" for text in (item.variants or (item.sql,))]
    up = [item for item in items if not item.path.endswith(".down.sql")]
    ddl = [text for item in up for text in (item.variants or (item.sql,)) if DDL.match(text)]
    return ddl, [text for text in known if not DDL.match(text) and not HOLE.search(text)]


def create(cursor: Cursor, ddl: list[str]) -> None:
    """Run DDL until nothing more succeeds: the inventory's order is that of the files, not that of the boot."""
    left = [text for text in ddl if not HOLE.search(text)]
    while left:
        failed = []
        for text in left:
            try:
                cursor.execute(text)
            except pymysql.MySQLError:
                failed.append(text)
        if len(failed) == len(left):
            return
        left = failed


def errno(cursor: Cursor, sql: str) -> int | None:
    """The server's answer to PREPARE, or to EXECUTE with some text for every value where the statement writes.

    The tables are empty. PREPARE checks neither required columns nor the right sides of a joined UPDATE's SET.
    """
    try:
        cursor.execute("PREPARE asked FROM %s", (sql,))
        if not re.match(r"\s*SELECT", sql, re.IGNORECASE):
            values = ", ".join(["'3'"] * sql.count("?"))
            cursor.execute("EXECUTE asked" + (f" USING {values}" if values else ""))
    except pymysql.MySQLError as error:
        return int(error.args[0])
    return None


@pytest.mark.parametrize("tree", [TREE, EXAMPLE], ids=["service", "example"])
def test_the_server_prepares_what_is_called_resolved(
    tree: Path, cursor: Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ddl, statements = texts(tree, monkeypatch)
    create(cursor, ddl)
    refused = {}
    for sql in statements:
        try:
            cursor.execute("PREPARE asked FROM %s", (sql,))
        except pymysql.MySQLError as error:
            refused[sql] = error.args
    assert refused == {}
    assert len(statements) >= 25


@pytest.mark.parametrize("defect", [each for each in DEFECTS if not each.seen], ids=lambda defect: str(defect.name))
def test_the_server_refuses_a_planted_defect_with_the_number_that_is_reported(
    defect: Defect, cursor: Cursor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ddl, _ = texts(TREE, monkeypatch)
    create(cursor, ddl)
    tree = tmp_path / "service"
    shutil.copytree(TREE, tree)
    monkeypatch.chdir(tree)
    (tree / defect.file).write_bytes(defect.plant((tree / defect.file).read_bytes().decode()).encode())
    # The driver refuses wrong counts (NP107, NP108) before the server sees them.
    settings = Settings(ignore=("NP107", "NP108"))
    found = [each for each in audit((".",), settings).findings if each.severity is Severity.ERROR]
    assert found
    for each in found:
        if not HOLE.search(each.sql):
            assert errno(cursor, each.sql) == each.errno
