"""Rows of the ledger around a revision's end, and around a table that is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodepath_cli import migrate
from nodepath_cli.errors import Refused
from tests.mariadb import PrivateMariaDB
from tests.server.test_ledger import GOOD, STEPS, recorded, rows, write

pytestmark = pytest.mark.server

NEXT = """revision = "0003"\ndown_revision = "0002"\nfrom alembic import op
def upgrade():
    op.execute("{first}")
def downgrade():
    op.execute("DROP TABLE IF EXISTS more")
"""


def test_a_stamp_says_that_the_last_statement_has_run(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    """A SIGKILL between the stamp of a revision and the first row of the next one."""
    url = mariadb.url(database)
    migrate.upgrade(url, migrations=write(tmp_path, STEPS.format(last=GOOD)))
    rows(mariadb, database, "UPDATE nodepath_ledger SET state = 'started' WHERE revision = '0002' AND step = 5")
    status = migrate.check(url, tmp_path)
    assert status.clean and {entry.state for entry in status.ledger} == {"done"}
    (tmp_path / "0003_next.py").write_text(NEXT.format(first="CREATE TABLE more (id INT)"))
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0003",)
    assert migrate.check(url, tmp_path).clean and migrate.verify(url, tmp_path).ok
    migrate.downgrade(url, "0001", migrations=tmp_path)
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002", "0003")
    assert recorded(mariadb, database)[-1] == (5, "ddl", "done")


@pytest.mark.parametrize("first", ["CREATE TABLE more (id INT)", "INSERT INTO leads VALUES (3, 'd', 3)", "SELECT 1"])
def test_the_last_row_of_a_revision_is_closed_by_what_follows(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path, first: str
) -> None:
    url = mariadb.url(database)
    write(tmp_path, STEPS.format(last=GOOD))
    (tmp_path / "0003_next.py").write_text(NEXT.format(first=first))
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0001", "0002", "0003")
    assert rows(mariadb, database, "SELECT DISTINCT state FROM nodepath_ledger") == [("done",)]


def test_what_fails_later_leaves_no_open_row_of_an_earlier_revision(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = mariadb.url(database)
    write(tmp_path, STEPS.format(last=GOOD))
    (tmp_path / "0003_next.py").write_text(NEXT.format(first="SELECT nosuch"))
    with pytest.raises(Exception, match="1054"):
        migrate.upgrade(url, migrations=tmp_path)
    assert {state for _, _, state in recorded(mariadb, database)} == {"done"}


def test_a_table_that_is_there_already_is_never_taken_for_the_revisions_own(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    """Not in the same shape either, and not by the second run."""
    url = mariadb.url(database)
    migrate.upgrade(url)
    rows(mariadb, database, "CREATE TABLE leads (id INT PRIMARY KEY, name VARCHAR(40))")
    rows(mariadb, database, "INSERT INTO leads VALUES (7, 'kept')")
    write(tmp_path, STEPS.format(last=GOOD))
    for _ in range(2):
        with pytest.raises(Refused, match="there already"):
            migrate.upgrade(url, migrations=tmp_path)
        assert recorded(mariadb, database) == []
        assert rows(mariadb, database, "SELECT * FROM leads") == [(7, "kept")]
    rows(mariadb, database, "DROP TABLE leads")
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)
    assert migrate.check(url, tmp_path).clean
