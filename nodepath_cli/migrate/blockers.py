"""Who holds a metadata lock that a migration waits for, where the server can tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from nodepath_cli.errors import Busy

if TYPE_CHECKING:
    from nodepath_cli.migrate.ledger import Ledger
    from nodepath_cli.migrate.statements import Sent
    from nodepath_cli.migrate.waits import Waits


class Holder(Struct, frozen=True):
    """A connection that stands in the way, or may."""

    table: str | None
    """The table whose metadata lock it holds; None for an open transaction of which the server does not tell."""
    id: int
    user: str | None
    host: str | None
    idle: bool
    """It runs no statement."""
    seconds: int | None
    """How long it has been in this state; of a transaction, how long it is open."""
    query: str | None

    def document(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {
            "table": self.table,
            "id": self.id,
            "user": self.user,
            "host": self.host,
            "idle": self.idle,
            "seconds": self.seconds,
            "query": self.query,
        }

    def words(self) -> str:
        """Return it in words."""
        who = f"{self.user}@{self.host}" if self.user else "user not shown"
        since = f" for {self.seconds} s" if self.seconds is not None else ""
        doing = f"idle in a transaction{since}" if self.idle else f"running a statement{since}"
        return f"connection {self.id} ({who}, {doing})"


class Holders(Struct, frozen=True):
    """What the server tells of locks."""

    instrumented: bool
    """Whether it tells who holds metadata locks."""
    found: tuple[Holder, ...]
    """The holders, or where they are not told the open transactions; () also where those may not be seen."""


def holders(ledger: Ledger, tables: Sequence[str]) -> Holders:
    """Return who holds metadata locks on some tables of the connection's database. Never raises for a missing right."""
    names = {name.lower() for name in tables}
    for name in ("mariadb_metadata_locks", "mysql_metadata_locks"):
        rows = _rows(ledger, name) if _instrumented(ledger, name) else None
        if rows is not None:
            own = [_holder(row[0], row[1:]) for row in rows if str(row[0]).lower() in names]
            return Holders(True, tuple({(each.table, each.id): each for each in own}.values()))
    rows = _rows(ledger, "long_transactions") or []
    return Holders(False, tuple(_holder(None, row) for row in rows))


def too_long(ledger: Ledger, statement: Sent, waits: Waits) -> Busy:
    """Return the error for a DDL statement that did not get its lock, with who holds it where that can be told."""
    from nodepath_cli.config import Dialect
    from nodepath_cli.sql.ddl_objects import touched

    names = [each.name for each in touched(statement.text, Dialect("mysql", ())).objects]
    found = holders(ledger, names)
    shown = " ".join(statement.text.split())[:60]
    tries = f"{waits.retries + 1} {'try' if waits.retries == 0 else 'tries'} of {max(1, round(waits.seconds))} s"
    what = f"'{shown}' did not get its lock in {tries}"
    if not found.found:
        why = "" if found.instrumented else "; the server does not tell who holds it"
        return Busy(f"{what}{why}", "end the transactions on that table, then run nodepath db upgrade, which goes on")
    first = found.found[0]
    held = "held by" if found.instrumented else "not instrumented, but the oldest open transaction is"
    return Busy(
        f"{what}: {held} {first.words()}",
        f"end it (KILL {first.id}) or wait, then run nodepath db upgrade, which goes on from there",
    )


def _instrumented(ledger: Ledger, name: str) -> bool:
    query = (
        "SELECT 1 FROM information_schema.PLUGINS WHERE PLUGIN_NAME = 'METADATA_LOCK_INFO' AND PLUGIN_STATUS = 'ACTIVE'"
        if name.startswith("mariadb")
        else "SELECT 1 FROM performance_schema.setup_instruments "
        "WHERE NAME = 'wait/lock/metadata/sql/mdl' AND ENABLED = 'YES' AND @@performance_schema = 1"
    )
    return bool(_answer(ledger, query))


def _rows(ledger: Ledger, name: str) -> list[tuple[Any, ...]] | None:
    return _answer(ledger, _query(name))


def _answer(ledger: Ledger, query: str) -> list[tuple[Any, ...]] | None:
    """Return a query's rows, None where the server refuses it (a missing right, another server's table)."""
    from pymysql.err import Error

    try:
        return ledger.ask(query)
    except Error:
        return None


@cache
def _query(name: str) -> str:
    return (Path(__file__).parent / "queries" / f"{name}.sql").read_text("utf-8")


def _holder(table: str | None, row: Sequence[Any]) -> Holder:
    number, user, host, command, seconds, query = row[:6]
    shown = " ".join(str(query).split())[:200] if query is not None else None
    return Holder(
        table, int(number), user, host, command == "Sleep", None if seconds is None else max(0, int(seconds)), shown
    )
