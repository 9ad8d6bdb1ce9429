"""What is shown before an upgrade: its statements, how large their tables are, and who stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from nodepath_cli.config import Dialect
from nodepath_cli.migrate.blockers import Holders, holders
from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.migrate.plan import Plan
from nodepath_cli.schema.revisions import Family, render

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection

_SIZES = """SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE LIKE '%%TABLE' AND TABLE_NAME IN ({marks})"""


class RevisionPlan(Struct, frozen=True):
    """A revision of the plan, with its statements."""

    revision: str
    message: str
    statements: tuple[str, ...]
    """As rendered without a database."""
    failure: str | None
    """Why there may be more or others, None where these are all."""
    done: int
    """How many steps the ledger has from a run that was interrupted."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "revision": self.revision,
            "message": self.message,
            "statements": list(self.statements),
            "unknown": self.failure,
            "steps_done": self.done,
        }


class TableSize(Struct, frozen=True):
    """A table that the plan touches."""

    table: str
    rows: int | None
    """The server's estimate; None for a table that is not there, and where the server does not tell."""
    bytes: int | None
    """Of data and indexes."""

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {"table": self.table, "rows": self.rows, "bytes": self.bytes}


class Preflight(Struct, frozen=True):
    """Everything that can be told before the first statement."""

    from_: str | None
    head: str
    revisions: tuple[RevisionPlan, ...]
    tables: tuple[TableSize, ...]
    """Those of the plan that are there already."""
    locks: Holders | None
    """Who holds metadata locks on them; None on SQLite, which has none."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document of a dry run: that of an upgrade that has applied nothing, and the plan."""
        return {
            "from": self.from_,
            "current": self.from_,
            "head": self.head,
            "applied": [],
            "dry_run": True,
            "plan": [item.document() for item in self.revisions],
            "tables": [item.document() for item in self.tables],
            "locks": {
                "instrumented": self.locks is not None and self.locks.instrumented,
                "holders": [item.document() for item in self.locks.found] if self.locks else [],
            },
        }


def make_preflight(plan: Plan, head: str, script: ScriptDirectory, connection: Connection | None) -> Preflight:
    """Return what a plan comes to on a database, read-only.

    `connection` is None for a SQLite file that is not there.
    """
    lite = connection is None or connection.dialect.name == "sqlite"
    family: Family = "sqlite" if lite else "mysql"
    ledger = Ledger(connection) if connection is not None else None
    half = ledger.passes() if ledger is not None else {}
    direction = "up" if plan.up else "down"
    revisions = []
    for step in plan.steps:
        rendered = render(script, step.script, family, up=plan.up)
        done = ledger.entries(step.revision) if ledger and half.get(step.revision) == direction else ()
        count = sum(entry.state == "done" for entry in done)
        revisions.append(RevisionPlan(step.revision, step.message, rendered.statements, rendered.failure, count))
    names = _tables(revisions, Dialect(family, ()))
    if ledger is None or lite:
        return Preflight(plan.from_, head, tuple(revisions), (), None)
    sizes = _sizes(ledger, names)
    locks = holders(ledger, [each.table for each in sizes])
    return Preflight(plan.from_, head, tuple(revisions), sizes, locks)


def _tables(revisions: list[RevisionPlan], dialect: Dialect) -> list[str]:
    """Return the tables that the plan's DDL names, in order."""
    from nodepath_cli.source.script import split
    from nodepath_cli.sql.ddl import builds_schema
    from nodepath_cli.sql.ddl_objects import touched

    found: dict[str, None] = {}
    for revision in revisions:
        for statement in (each.sql for sql in revision.statements for each in split(sql)):
            if builds_schema(statement, dialect):
                found |= dict.fromkeys(
                    each.name for each in touched(statement, dialect).objects if each.kind == "table"
                )
    return list(found)


def _sizes(ledger: Ledger, names: list[str]) -> tuple[TableSize, ...]:
    if not names:
        return ()
    rows = ledger.ask(_SIZES.format(marks=", ".join(["%s"] * len(names))), names)
    sizes = {str(name): (count, size) for name, count, size in rows}
    return tuple(
        TableSize(name, *(None if value is None else int(value) for value in sizes[name]))
        for name in names
        if name in sizes
    )
