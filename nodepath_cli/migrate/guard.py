"""What must hold before a migration may start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nodepath_cli.errors import Interrupted, Refused
from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.schema.revisions import VERSION_TABLE

if TYPE_CHECKING:
    from sqlalchemy import Connection

FIRST = "0001"
"""The revision that creates them."""
OWNED = ("ai_whatsapp_session_nodepath", "wasapBot_session_nodepath")
"""The tables that revision 0001 creates; nothing else in the database is ever changed by it."""


def recorded(connection: Connection) -> tuple[str, ...] | None:
    """Return the revisions that the version table holds, None where there is no version table."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    rows = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalars().all()
    return tuple(sorted(str(row) for row in rows))


def present(connection: Connection) -> tuple[str, ...]:
    """Return the owned tables that are there."""
    from sqlalchemy import inspect

    inspector = inspect(connection)
    return tuple(name for name in OWNED if inspector.has_table(name))


def refuse_unadopted(connection: Connection) -> None:
    """Stop where an owned table is there without a stamp: migrating would fail half way, or hide a drift.

    Raises Interrupted where a run has died between two tables without a ledger, else Refused.
    """
    found = recorded(connection)
    there = present(connection) if not found else ()
    if not there or (found == () and Ledger(connection).passes().get(FIRST) == "up"):
        # With a ledger, the recorder goes on where the run has died.
        return
    names = f"{' and '.join(there)} {'is' if len(there) == 1 else 'are'} there without a stamp in {VERSION_TABLE}"
    if half_done(found, there):
        raise Interrupted(
            f"an upgrade died half way: {names}",
            f"if nodepath db status shows it with 0 rows, drop {there[0]} and run nodepath db upgrade again",
        )
    raise Refused(names, "run nodepath db adopt, which checks their shape and stamps them")


def half_done(found: tuple[str, ...] | None, there: tuple[str, ...]) -> bool:
    """Say whether a run has died between two tables: the version table, made just before the first revision runs, is
    there without a row, and so are some of the owned tables, but not all."""
    return found == () and 0 < len(there) < len(OWNED)
