"""Adopting tables that are there already: production's exact shape is stamped, any other is refused or carried over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nodepath_cli.config import Dialect
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import Interrupted, Refused
from nodepath_cli.migrate.carry_over import TablePlan, plan_table
from nodepath_cli.migrate.guard import FIRST, OWNED
from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.migrate.listening import recording
from nodepath_cli.migrate.lock import LOCK_SECONDS, one_at_a_time, settle
from nodepath_cli.migrate.records import Adoption, TableShape
from nodepath_cli.migrate.session import opened, run_alembic
from nodepath_cli.migrate.shapes import expected_tables, shapes
from nodepath_cli.migrate.state import target, where
from nodepath_cli.migrate.waits import Waits
from nodepath_cli.schema import live
from nodepath_cli.schema.revisions import revisions, script_directory

if TYPE_CHECKING:
    from sqlalchemy import Connection


def adopt(
    url: DatabaseUrl | str,
    migrations: Path | None = None,
    lock_seconds: float = LOCK_SECONDS,
    *,
    carry_over: bool = False,
    yes: bool = False,
    waits: Waits | None = None,
) -> Adoption:
    """Stamp a database whose owned tables are there in production's exact shape; nothing else is written.

    Where they are not in that shape the answer is `refused`, with the differences, and nothing is written. With
    `carry_over` it is `planned`, with the statements that bring the renamed and the half-renamed shapes back with every
    row; with `yes` they are run, in the ledger, and the database is stamped. Raises Refused where the rows do not allow
    it (a key that would stand twice) or a column is not known; Busy, or another DatabaseError.
    """
    url = target(url)
    with opened(url, "write") as connection, one_at_a_time(connection, url, lock_seconds):
        before = where(connection, script_directory(migrations))
        tables = shapes(url, connection)
        settle(connection, url)
        if before.current is not None:
            return Adoption("already", before.current, tables)
        if any(item.shape != "production" for item in tables):
            if not carry_over or not _can_be_carried(url, tables):
                return Adoption("refused", None, tables)
            plan = _plan(url, connection)
            settle(connection, url)
            if not yes:
                return Adoption("planned", None, tables, plan)
            _carry_over(url, connection, plan, waits)
            tables = shapes(url, connection)
            settle(connection, url)
            if any(item.shape != "production" for item in tables):
                raise Interrupted(
                    "the tables were carried over, but are not in production's shape", "see nodepath db status"
                )
        _stamp(connection, migrations)
        return Adoption("stamped", FIRST, tables)


def _can_be_carried(url: DatabaseUrl, tables: tuple[TableShape, ...]) -> bool:
    found = {item.shape for item in tables}
    return url.dialect != "sqlite" and "unknown" not in found and found != {"absent"}


def _plan(url: DatabaseUrl, connection: Connection) -> tuple[TablePlan, ...]:
    """Return what each table takes, after its rows were asked. Raises Refused where they do not allow it."""
    found = live.read(url, only=OWNED)
    dialect = Dialect(found.dialect, found.version)
    plans = []
    for name, expected in expected_tables(found).items():
        actual = found.table(name)
        plans.append(plan_table(expected, actual, dialect) if actual else TablePlan(name, (), _creating(name)))
    ledger = Ledger(connection)
    for check in (check for plan in plans for check in plan.checks):
        count = int(ledger.ask(check.query)[0][0])
        if count:
            raise Refused(
                f"{check.problem.format(count=count)}; nothing was written", "settle these rows by hand, then try again"
            )
    return tuple(plan for plan in plans if plan.statements)


def _creating(name: str) -> tuple[str, ...]:
    """Return the statement of revision 0001 that makes a table which is not there."""
    first = next(item for item in revisions() if item.id == FIRST)
    return tuple(statement for statement in first.statements if f"CREATE TABLE `{name}`" in statement)


def _carry_over(url: DatabaseUrl, connection: Connection, plan: tuple[TablePlan, ...], waits: Waits | None) -> None:
    with recording(connection, url, waits) as recorder:
        recorder.ledger.create()
        # The plan is made from what is there: of an earlier one, nothing is to be skipped.
        recorder.ledger.remove(FIRST)
        recorder.ledger.commit()
        recorder.begin(FIRST, "adopt")
        for statement in (statement for table in plan for statement in table.statements):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        recorder.end()
        recorder.close()
        connection.commit()


def _stamp(connection: Connection, migrations: Path | None) -> None:
    from alembic import command

    run_alembic(lambda config: command.stamp(config, FIRST), connection, migrations)
    connection.commit()
