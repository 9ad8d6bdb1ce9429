"""The answers of the migration functions, with the JSON documents that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from nodepath_cli.migrate.ledger import Entry
from nodepath_cli.schema.diff import Difference

if TYPE_CHECKING:
    from nodepath_cli.migrate.carry_over import TablePlan

State = Literal["at-head", "behind", "empty", "unadopted", "interrupted", "ahead"]
Shape = Literal["production", "renamed", "partial", "absent", "unknown"]


class Move(Struct, frozen=True):
    """What an upgrade or downgrade did."""

    from_: str | None
    """The revision before, None for none; several heads are joined with commas."""
    current: str | None
    head: str
    applied: tuple[str, ...]
    """The revisions that this process applied or took back, in order."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {"from": self.from_, "current": self.current, "head": self.head, "applied": list(self.applied)}


class Current(Struct, frozen=True):
    """Where a database stands."""

    current: str | None
    head: str
    state: State
    interrupted: tuple[str, ...] = ()
    """The revisions that were begun and not finished, as the ledger has them."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {"current": self.current, "head": self.head, "state": self.state}


class TableShape(Struct, frozen=True):
    """How an owned table looks in a database."""

    table: str
    shape: Shape
    rows: int | None
    """None for an absent table."""
    differences: tuple[Difference, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "table": self.table,
            "shape": self.shape,
            "rows": self.rows,
            "differences": [item.document() for item in self.differences],
        }


class Status(Struct, frozen=True):
    """Where a database stands, with what is pending and how the owned tables look."""

    where: Current
    pending: tuple[str, ...]
    tables: tuple[TableShape, ...]
    ledger: tuple[Entry, ...] = ()
    """Every recorded statement, of finished revisions, too."""

    @property
    def clean(self) -> bool:
        """At head, with nothing half done."""
        return self.where.state == "at-head" and all(entry.state == "done" for entry in self.ledger)

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            **self.where.document(),
            "pending": list(self.pending),
            "tables": [item.document() for item in self.tables],
            "ledger": [item.document() for item in self.ledger],
        }


class Adoption(Struct, frozen=True):
    """What became of an adoption."""

    state: Literal["stamped", "already", "refused", "planned"]
    revision: str | None
    tables: tuple[TableShape, ...]
    plan: tuple[TablePlan, ...] = ()
    """What carrying the tables over takes, where it was asked for and not done."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        document: dict[str, Any] = {
            "state": self.state,
            "revision": self.revision,
            "tables": [item.document() for item in self.tables],
        }
        if self.state == "planned":
            document["plan"] = [{"table": item.table, "statements": list(item.statements)} for item in self.plan]
        return document


class RevisionLine(Struct, frozen=True):
    """A revision as `db history` and `db heads` list it."""

    revision: str
    down: tuple[str, ...]
    message: str
    is_head: bool

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "revision": self.revision,
            "down": list(self.down),
            "message": self.message,
            "head": self.is_head,
        }
