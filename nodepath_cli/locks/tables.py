"""The lock tables that a database has, and where in each the parts of a lock stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.locks.session import Session
from nodepath_cli.locks.statements import quoted
from nodepath_cli.schema.model import Key, Schema, Table

SUFFIX = "_session_nodepath"
"""What the names of lock tables end with."""
UNKNOWN = "unknown"


class LockTable(Struct, frozen=True):
    """A lock table as it is there."""

    name: str
    shape: str
    """`production`, `renamed`, `partial` or `unknown`."""
    columns: tuple[str, ...]
    prospect: str | None
    """The column of the phone; None where there is none, and then it holds no locks that could be read."""
    device: str | None
    raw: str | None
    """SQL for the text of the time, which stands in `timestamp`, `locked_at` or `last_activity`."""
    order: tuple[str, ...]
    """The columns of the primary key."""
    unique: bool
    """It has a unique key on prospect and device, without which it locks nothing."""

    @property
    def readable(self) -> bool:
        """It has the columns of a lock."""
        return None not in (self.prospect, self.device, self.raw)

    def parts(self, session: Session, where: str = "1 = 1") -> dict[str, str]:
        """Return what goes into the statements of `listing.py` for this table."""
        raw = self.raw or "NULL"
        sqlite = session.server == "sqlite"
        age = session.sql("age").replace("{zone}", "ltrim(substr({raw}, 20), '.0123456789')")
        # The text of a released row without its mark.
        before = f"substr({raw}, 1, length({raw}) - 9)" if sqlite else f"LEFT({raw}, CHAR_LENGTH({raw}) - 9)"
        order = ", ".join(session.quoted(each) for each in self.order or (self.prospect or "", self.device or ""))
        return {
            "table": session.quoted(self.name),
            "prospect": session.quoted(self.prospect or ""),
            "device": session.quoted(self.device or ""),
            "age_before": age.replace("{raw}", before),
            "age": age.replace("{raw}", raw),
            "zone": f"ltrim(substr({raw}, 20), '.0123456789')",
            "raw": raw,
            "where": where,
            "order": order,
        }


def lock_tables(session: Session, only: Sequence[str] = ()) -> tuple[LockTable, ...]:
    """Return the lock tables of a database, or those among `only`, in order of name. Raises the driver's errors."""
    names = [str(name) for (name,) in session.rows("tables") if str(name).endswith(SUFFIX)]
    if only:
        names = [name for name in names if name in only]
    if not names:
        return ()
    schema = _schema(session, names)
    found = (schema.table(name) for name in names)
    return tuple(_lock_table(table, schema) for table in found if table is not None)


def _schema(session: Session, names: Sequence[str]) -> Schema:
    if session.server == "sqlite":
        from nodepath_cli.schema.live_sqlite import read_sqlite

        return read_sqlite(session.raw, names)
    from nodepath_cli.schema.live_mysql import read_mysql

    return read_mysql(session.raw, names)


def _lock_table(table: Table, schema: Schema) -> LockTable:
    prospect = _first(table, "id_prospect", "phone_number")
    device = _first(table, "id_device", "device_id")
    pair = sorted(each.lower() for each in (prospect, device) if each)
    unique = any(_columns(key) == pair for key in (*table.unique_keys, Key("", table.primary_key)))
    return LockTable(
        table.name,
        _shape(table, schema),
        tuple(column.name for column in table.columns),
        prospect,
        device,
        _raw(table, schema.dialect, renamed=prospect is not None and prospect.lower() == "phone_number"),
        table.primary_key,
        unique,
    )


def _columns(key: Key) -> list[str]:
    return sorted((column or "").lower() for column in key.columns)


def _first(table: Table, *names: str) -> str | None:
    return next((column.name for name in names if (column := table.column(name))), None)


def _raw(table: Table, dialect: str, *, renamed: bool) -> str | None:
    """Return SQL for the text of the time.

    Code that knows the former names writes `locked_at`, and NULL there for a release; the `timestamp` beside it is
    what an INSERT had to fill in. Code that knows the new ones writes `timestamp`.
    """
    text = _first(table, "timestamp")
    moment = _first(table, "locked_at", "last_activity")
    if moment is None:
        column = table.column(text) if text else None
        if column is None:
            return None
        # A DATETIME would come as such.
        is_text = re.search("char|text|clob", column.type) is not None
        return quoted(column.name) if is_text else f"CAST({quoted(column.name)} AS CHAR)"
    # A text that was made of a moment and a column have two collations, which COALESCE does not bring together.
    form = "{}" if dialect == "sqlite" else "CONVERT({} USING utf8mb4) COLLATE utf8mb4_bin"
    moments = [form.format(f"CAST({quoted(moment)} AS CHAR)")]
    texts = [form.format(f"NULLIF({quoted(text)}, '')")] if text else []
    parts = moments + texts if renamed else texts + moments
    return parts[0] if len(parts) == 1 else f"COALESCE({', '.join(parts)})"


def _shape(table: Table, schema: Schema) -> str:
    """Return the name of a table's shape. One that revision 0001 does not own is compared with one that it does."""
    from nodepath_cli.migrate.shapes import classified, expected_tables
    from nodepath_cli.schema.diff import differences

    owned = expected_tables(schema)
    expected = owned.get(table.name) or _adapted(next(iter(owned.values())), table)
    return classified(expected, table, differences(expected, table))


def _adapted(model: Table, table: Table) -> Table:
    """Return a model with the names that say nothing of the shape: the primary key's and the keys'."""
    primary = table.primary_key if len(table.primary_key) == 1 else model.primary_key
    columns = tuple(
        replace(column, name=primary[0]) if column.name == model.primary_key[0] else column for column in model.columns
    )
    named = {_names(key): key.name for key in (*table.unique_keys, *table.indexes)}
    return replace(
        model,
        name=table.name,
        columns=columns,
        primary_key=primary,
        unique_keys=tuple(replace(key, name=named.get(_names(key), key.name)) for key in model.unique_keys),
        indexes=tuple(replace(key, name=named.get(_names(key), key.name)) for key in model.indexes),
    )


def _names(key: Key) -> tuple[str, ...]:
    return tuple((column or "").lower() for column in key.columns)
