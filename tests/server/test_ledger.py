"""Half-applied revisions on a MariaDB: what is recorded, what the next run does, and what it refuses to do."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from nodepath_cli import migrate
from nodepath_cli.errors import Busy, DatabaseError, Interrupted
from nodepath_cli.migrate.repair import repair
from nodepath_cli.migrate.runner import Hooks
from nodepath_cli.migrate.waits import Waits
from tests.mariadb import PrivateMariaDB

pytestmark = pytest.mark.server

HEAD = 'revision = "0002"\ndown_revision = "0001"\nimport sqlalchemy as sa\nfrom alembic import op\n'
STEPS = """
def upgrade():
    op.execute("CREATE TABLE leads (id INT PRIMARY KEY, name VARCHAR(40))")
    op.execute("INSERT INTO leads VALUES (1, 'a%b'), (2, 'c')")
    op.execute("ALTER TABLE leads ADD COLUMN seen INT")
    op.execute("UPDATE leads SET seen = id")
    op.execute("{last}")
def downgrade():
    op.execute("ALTER TABLE leads DROP COLUMN seen")
    op.execute("DROP TABLE leads")
"""
GOOD = "CREATE INDEX by_name ON leads (name)"
BAD = "ALTER TABLE nosuch ADD COLUMN x INT"


def rows(mariadb: PrivateMariaDB, database: str, query: str) -> list[Any]:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def write(folder: Path, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "0002_leads.py").write_text(HEAD + body)
    return folder


def half_applied(mariadb: PrivateMariaDB, database: str, folder: Path) -> str:
    """A run that failed at its third DDL statement."""
    url = mariadb.url(database)
    with pytest.raises(DatabaseError):
        migrate.upgrade(url, migrations=write(folder, STEPS.format(last=BAD)))
    return url


def recorded(mariadb: PrivateMariaDB, database: str, revision: str = "0002") -> list[Any]:
    return rows(
        mariadb, database, f"SELECT step, kind, state FROM nodepath_ledger WHERE revision = '{revision}' ORDER BY step"
    )


def test_every_statement_of_a_revision_is_recorded(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = mariadb.url(database)
    migrate.upgrade(url, migrations=write(tmp_path, STEPS.format(last=GOOD)))
    steps = [(1, "ddl"), (2, "data"), (3, "ddl"), (4, "data"), (5, "ddl")]
    assert recorded(mariadb, database) == [(step, kind, "done") for step, kind in steps]
    assert rows(mariadb, database, "SELECT * FROM leads") == [(1, "a%b", 1), (2, "c", 2)]
    status = migrate.check(url, tmp_path)
    assert status.clean
    assert {entry["state"] for entry in status.document()["ledger"]} == {"done"}
    assert migrate.verify(url, tmp_path).ok


def test_a_failed_revision_is_gone_on_with_behind_what_has_run(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = half_applied(mariadb, database, tmp_path)
    found = migrate.status(url, tmp_path)
    assert (found.where.state, found.where.current, found.where.interrupted) == ("interrupted", "0001", ("0002",))
    # The statement that the server has refused has left nothing behind; it has committed the one before it.
    assert [state for _, _, state in recorded(mariadb, database)] == ["done"] * 4
    assert not migrate.verify(url, tmp_path).ok
    # Its mistake is corrected, what has run is as it was.
    write(tmp_path, STEPS.format(last=GOOD))
    said: list[str] = []
    assert migrate.upgrade(url, migrations=tmp_path, hooks=Hooks(told=said.append)).applied == ("0002",)
    assert said == ["0002: 4 steps have run before"]
    assert rows(mariadb, database, "SELECT * FROM leads") == [(1, "a%b", 1), (2, "c", 2)]
    assert migrate.check(url, tmp_path).clean


def started(mariadb: PrivateMariaDB, database: str, folder: Path, ran: bool) -> str:
    """What a SIGKILL leaves behind around the last DDL statement: its row says started, and it has run or not."""
    url = half_applied(mariadb, database, folder)
    write(folder, STEPS.format(last=GOOD))
    with pytest.raises(KeyboardInterrupt):
        migrate.upgrade(url, migrations=folder, hooks=Hooks(told=_interrupt))
    migrate.upgrade(url, migrations=folder)
    rows(mariadb, database, "UPDATE nodepath_ledger SET state = 'started' WHERE revision = '0002' AND step = 5")
    rows(mariadb, database, "UPDATE nodepath_alembic_version SET version_num = '0001'")
    if not ran:
        rows(mariadb, database, "DROP INDEX by_name ON leads")
    return url


def _interrupt(_: str) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("ran", [True, False])
def test_a_started_statement_is_told_by_the_live_shape(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path, ran: bool
) -> None:
    url = started(mariadb, database, tmp_path, ran)
    plan = repair(url, tmp_path)
    assert [(step.step, step.action) for step in plan.steps][-1] == (5, "kept" if ran else "finished")
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)
    assert recorded(mariadb, database)[-1] == (5, "ddl", "done")
    assert len(rows(mariadb, database, "SHOW INDEX FROM leads WHERE Key_name = 'by_name'")) == 1
    assert rows(mariadb, database, "SELECT COUNT(*) FROM leads") == [(2,)]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE leads MODIFY seen VARCHAR(9)",
        "ALTER TABLE leads DROP COLUMN name",
        "ALTER TABLE leads RENAME COLUMN name TO nom",
        "DROP TABLE leads",
    ],
)
def test_a_shape_that_fits_no_step_is_refused(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path, change: str
) -> None:
    url = started(mariadb, database, tmp_path, ran=True)
    rows(mariadb, database, change)
    before = rows(mariadb, database, "SELECT * FROM nodepath_ledger")
    with pytest.raises(Interrupted) as caught:
        migrate.upgrade(url, migrations=tmp_path)
    assert "nodepath db repair" in caught.value.line()
    assert rows(mariadb, database, "SELECT * FROM nodepath_ledger") == before
    assert migrate.current(url, tmp_path).state == "interrupted"
    if change.startswith("ALTER"):
        refused = repair(url, tmp_path, yes=True)
        assert refused.state == "interrupted"
        assert refused.differences
        assert rows(mariadb, database, "SELECT * FROM nodepath_ledger") == before


def test_repair_is_a_plan_until_it_is_confirmed(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = half_applied(mariadb, database, tmp_path)
    write(tmp_path, STEPS.format(last=GOOD))
    before = rows(mariadb, database, "SELECT * FROM nodepath_ledger")
    plan = repair(url, tmp_path)
    assert [(step.step, step.action) for step in plan.steps] == [
        (1, "kept"),
        (2, "kept"),
        (3, "kept"),
        (4, "kept"),
        (5, "finished"),
    ]
    assert rows(mariadb, database, "SELECT * FROM nodepath_ledger") == before
    done = repair(url, tmp_path, yes=True)
    assert (done.state, done.revision) == ("repaired", "0002")
    assert [step.action for step in done.steps] == ["kept"] * 4 + ["finished"]
    assert migrate.current(url, tmp_path).state == "at-head"
    assert repair(url, tmp_path, yes=True).document()["state"] == "clean"


def test_columns_that_somebody_added_may_stay(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = half_applied(mariadb, database, tmp_path)
    write(tmp_path, STEPS.format(last=GOOD))
    rows(mariadb, database, "ALTER TABLE leads ADD COLUMN note TEXT")
    with pytest.raises(Interrupted, match="extra-column note"):
        migrate.upgrade(url, migrations=tmp_path)
    assert repair(url, tmp_path, yes=True).state == "repaired"
    assert migrate.upgrade(url, migrations=tmp_path).applied == ()
    assert rows(mariadb, database, "SELECT id, seen FROM leads") == [(1, 1), (2, 2)]


def test_a_downgrade_is_gone_on_with_too(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = mariadb.url(database)
    broken = STEPS.format(last=GOOD).replace('op.execute("DROP TABLE leads")', 'op.execute("DROP TABLE nosuch")')
    migrate.upgrade(url, migrations=write(tmp_path, broken))
    with pytest.raises(DatabaseError):
        migrate.downgrade(url, "0001", tmp_path)
    assert migrate.current(url, tmp_path).state == "interrupted"
    with pytest.raises(Interrupted, match="half taken back"):
        migrate.upgrade(url, migrations=tmp_path)
    write(tmp_path, STEPS.format(last=GOOD))
    assert migrate.downgrade(url, "0001", tmp_path).applied == ("0002",)
    assert migrate.current(url, tmp_path).state == "behind"
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)


CONDITIONAL = """
def upgrade():
    bind = op.get_bind()
    if not sa.inspect(bind).has_table("leads"):
        op.create_table("leads", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
    op.bulk_insert(sa.table("leads", sa.column("id"), sa.column("n")), [{{"id": 1, "n": 5}}, {{"id": 2, "n": 6}}])
    if "twice" not in [c["name"] for c in sa.inspect(bind).get_columns("leads")]:
        op.add_column("leads", sa.Column("twice", sa.Integer))
    for row in bind.execute(sa.text("SELECT id, n FROM leads")).all():
        assert bind.execute(sa.text("UPDATE leads SET twice = :n WHERE id = :i"), dict(n=row.n * 2, i=row.id)).rowcount
    op.execute("SET @text = 'ALTER TABLE leads ADD COLUMN more INT'")
    op.execute("PREPARE st FROM @text")
    op.execute("EXECUTE st")
    op.execute("CREATE TRIGGER tr BEFORE INSERT ON leads FOR EACH ROW SET NEW.more = 1")
    op.execute("{last}")
"""


def test_a_revision_that_looks_at_the_database_is_resumed(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = mariadb.url(database)
    with pytest.raises(DatabaseError):
        migrate.upgrade(url, migrations=write(tmp_path, CONDITIONAL.format(last=BAD)))
    # What the service writes meanwhile is its own.
    rows(mariadb, database, "INSERT INTO leads (id, n) VALUES (3, 7)")
    for _ in range(2):
        with pytest.raises(DatabaseError):
            migrate.upgrade(url, migrations=tmp_path)
    rows(mariadb, database, "CREATE TABLE nosuch (a INT)")
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)
    assert rows(mariadb, database, "SELECT id, n, twice, more FROM leads WHERE id < 3") == [
        (1, 5, 10, None),
        (2, 6, 12, None),
    ]
    assert migrate.verify(url, tmp_path).ok


def test_a_changed_revision_is_not_guessed_at(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = half_applied(mariadb, database, tmp_path)
    write(tmp_path, STEPS.format(last=GOOD).replace("VARCHAR(40)", "VARCHAR(50)"))
    with pytest.raises(Interrupted, match="step 1"):
        migrate.upgrade(url, migrations=tmp_path)
    assert [state for _, _, state in recorded(mariadb, database)] == ["done"] * 4


def test_a_revision_that_catches_an_error_itself_ends_clean(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    body = """
def upgrade():
    op.execute("CREATE TABLE leads (id INT)")
    try:
        op.execute("ALTER TABLE leads ADD COLUMN id INT")
    except Exception:
        pass
    op.execute("LOCK TABLES leads WRITE")
    op.execute("INSERT INTO leads VALUES (4)")
    op.execute("UNLOCK TABLES")
    op.execute("CREATE TEMPORARY TABLE scratch AS SELECT id FROM leads")
    op.execute("INSERT INTO scratch VALUES (5)")
    op.execute("INSERT INTO leads SELECT id + 10 FROM scratch")
    with op.get_context().autocommit_block():
        op.execute("INSERT INTO leads VALUES (6)")
"""
    url = mariadb.url(database)
    migrate.upgrade(url, migrations=write(tmp_path, body))
    assert migrate.check(url, tmp_path).clean
    assert rows(mariadb, database, "SELECT id FROM leads ORDER BY id") == [(4,), (6,), (14,), (15,)]


def test_a_stamp_settles_what_was_half_applied(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    url = half_applied(mariadb, database, tmp_path)
    move = migrate.stamp(url, "head", tmp_path)
    assert (move.from_, move.current, move.applied) == ("0001", "0002", ())
    assert migrate.check(url, tmp_path).clean
    assert migrate.stamp(url, "base", tmp_path).current is None


def test_a_half_applied_revision_that_is_not_known_here_is_not_passed_over(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = half_applied(mariadb, database, tmp_path / "versions")
    said = "0002 was begun and not finished, and is not among these revisions"
    with pytest.raises(Interrupted, match=said):
        migrate.upgrade(url)
    with pytest.raises(Interrupted, match=said):
        migrate.downgrade(url, "base")
    assert migrate.current(url).interrupted == ("0002",)
    write(tmp_path / "versions", STEPS.format(last=GOOD))
    assert migrate.upgrade(url, migrations=tmp_path / "versions").current == "0002"


def test_a_stamp_below_a_finished_revision_does_not_leave_it_half_applied(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = mariadb.url(database)
    migrate.upgrade(url, migrations=write(tmp_path, STEPS.format(last=GOOD)))
    rows(mariadb, database, "DROP TABLE leads")
    assert migrate.stamp(url, "0001", tmp_path).current == "0001"
    assert migrate.current(url, tmp_path).state == "behind"
    assert migrate.upgrade(url, migrations=tmp_path).applied == ("0002",)
    assert rows(mariadb, database, "SELECT * FROM leads") == [(1, "a%b", 1), (2, "c", 2)]


def test_finished_revisions_below_one_that_is_not_known_here_are_not_called_half_applied(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = mariadb.url(database)
    migrate.upgrade(url, migrations=write(tmp_path, STEPS.format(last=GOOD)))
    found = migrate.status(url).where
    assert (found.current, found.state, found.interrupted) == ("0002", "ahead", ())


def test_a_waiting_ddl_does_not_queue_the_service_and_names_who_blocks_it(
    mariadb: PrivateMariaDB, database: str, tmp_path: Path
) -> None:
    url = mariadb.url(database)
    rows(mariadb, database, "CREATE TABLE leads (id INT PRIMARY KEY)")
    body = '\ndef upgrade():\n    op.execute("ALTER TABLE leads ADD COLUMN x INT")\n'
    write(tmp_path, body)
    said: list[str] = []
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM leads")
        cursor.execute("SELECT CONNECTION_ID()")
        ((number,),) = cursor.fetchall()
        with pytest.raises(Busy) as caught:
            migrate.upgrade(url, migrations=tmp_path, waits=Waits(1, 1), hooks=Hooks(told=said.append))
        assert f"connection {number}" in caught.value.message
        assert any("retry 1 of 1" in line for line in said)
        assert recorded(mariadb, database) == []
        later = threading.Timer(1.5, lambda: cursor.execute("COMMIT"))
        later.start()
        assert migrate.upgrade(url, migrations=tmp_path, waits=Waits(1, 5)).applied == ("0002",)
        later.join()


def test_a_gate_stops_a_run_before_its_first_statement(mariadb: PrivateMariaDB, database: str) -> None:
    def closed(plan: object) -> None:
        raise Interrupted("the code is not ready", "wait")

    with pytest.raises(Interrupted, match="not ready"):
        migrate.upgrade(mariadb.url(database), hooks=Hooks(gates=(closed,)))
    assert rows(mariadb, database, "SHOW TABLES") == []


def test_sixteen_upgrades_at_once(mariadb: PrivateMariaDB, database: str, tmp_path: Path) -> None:
    write(tmp_path, STEPS.format(last=GOOD))
    results: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(migrate.upgrade(mariadb.url(database), migrations=tmp_path).applied)
        )
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(results) == [()] * 15 + [("0001", "0002")]
    assert rows(mariadb, database, "SELECT * FROM leads") == [(1, "a%b", 1), (2, "c", 2)]


def test_another_run_waits_for_one_whose_client_is_gone(mariadb: PrivateMariaDB, database: str) -> None:
    from nodepath_cli.migrate.lock import lock_name

    connection = mariadb.connect(database)
    connection.cursor().execute("SELECT GET_LOCK(%s, 0)", (lock_name(database),))
    ended = threading.Timer(0.7, connection.close)
    ended.start()
    begun = time.monotonic()
    assert migrate.upgrade(mariadb.url(database), lock_seconds=30).applied == ("0001",)
    assert time.monotonic() - begun > 0.4
    ended.join()
