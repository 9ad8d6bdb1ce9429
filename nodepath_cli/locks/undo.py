"""Putting back what a release or a purge removed, from the lines that it left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from msgspec import Struct

from nodepath_cli.errors import UsageError
from nodepath_cli.locks.connections import Connections
from nodepath_cli.locks.records import masked
from nodepath_cli.locks.session import Session, trouble
from nodepath_cli.locks.statements import for_mysql
from nodepath_cli.locks.tables import LockTable, lock_tables

_BATCH = 100
_FORM = "give the file that --audit of nodepath locks release or purge has written"


class Removed(Struct, frozen=True):
    """A row that was removed."""

    table: str
    row: dict[str, Any]
    """Its columns with their values."""
    zone: str | None
    """The zone that its TIMESTAMP columns were written down in."""


class Left(Struct, frozen=True):
    """A row that was not put back."""

    removed: Removed
    reason: str

    def document(self, show_phones: bool) -> dict[str, Any]:
        """Return the JSON object."""
        row = self.removed.row
        prospect = str(row.get("id_prospect", row.get("phone_number", "")))
        return {
            "table": self.removed.table,
            "prospect": prospect if show_phones else masked(prospect),
            "device": row.get("id_device", row.get("device_id")),
            "reason": self.reason,
        }


def read_audit(name: str) -> list[Removed]:
    """Return the rows of a file of audit lines, each once. Raises UsageError where it is none."""
    try:
        text = Path(name).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {(error.strerror or 'error').lower()}", _FORM) from None
    found: dict[str, Removed] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            removed = _read_line(line, f"{name}:{number}")
            found[json.dumps([removed.table, removed.row], sort_keys=True)] = removed
    return list(found.values())


def _read_line(line: str, place: str) -> Removed:
    try:
        document = json.loads(line)
        table, row, zone = document["table"], document["row"], document.get("zone")
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"{place} is no line of an audit", _FORM) from None
    plain = isinstance(row, dict) and all(isinstance(each, (str, int, float, type(None))) for each in row.values())
    if not (plain and row and isinstance(table, str) and isinstance(zone, (str, type(None)))):
        raise UsageError(f"{place} is no line of an audit", _FORM)
    return Removed(table, row, zone)


def put_back(rows: Sequence[Removed], connections: Connections, *, dry_run: bool) -> tuple[int, list[Left]]:
    """Insert the rows again and return how many, with those that were left: never over a row that is there now.

    A dry run only says what is in the way. Raises the driver's errors.
    """
    done = 0
    left: list[Left] = []
    zones = groupby(sorted(rows, key=_zone), key=_zone)
    with connections.session() as session:
        # Its zone is changed: it is not kept.
        session.private = False
        tables = {each.name: each for each in lock_tables(session)}
        for zone, same in zones:
            if zone and session.server != "sqlite":
                session.run("use_zone", {"zone": zone})
            while batch := list(islice(same, _BATCH)):
                with session.transaction():
                    found = [(each, _one(each, tables.get(each.table), session, dry_run)) for each in batch]
                left += [Left(each, reason) for each, reason in found if reason is not None]
                done += sum(reason is None for _, reason in found)
    return done, left


def _zone(removed: Removed) -> str:
    return removed.zone or ""


def _one(removed: Removed, table: LockTable | None, session: Session, dry_run: bool) -> str | None:
    reason = _in_the_way(removed, table, session)
    return reason if reason is not None or dry_run else _insert(removed, session)


def _in_the_way(removed: Removed, table: LockTable | None, session: Session) -> str | None:
    if table is None or not table.readable:
        return "there is no such lock table"
    unknown = [name for name in removed.row if name not in table.columns]
    if unknown:
        return f"the table has no column {unknown[0]} any more"
    columns = {"columns": ", ".join(session.quoted(each) for each in removed.row)}
    values = {"prospect": removed.row.get(table.prospect or ""), "device": removed.row.get(table.device or "")}
    there = session.rows("key", values, **table.parts(session) | columns)
    if not there:
        return None
    same = any([str(each) for each in row] == [str(each) for each in removed.row.values()] for row in there)
    return "it is there already" if same else "another row has its place now"


def _insert(removed: Removed, session: Session) -> str | None:
    names = list(removed.row)
    places = ", ".join(f":value_{_letters(number)}" for number in range(len(names)))
    values = {f"value_{_letters(number)}": removed.row[name] for number, name in enumerate(names)}
    try:
        session.run(
            "restore",
            values,
            table=session.quoted(removed.table),
            columns=", ".join(session.quoted(each) for each in names),
            places=places if session.server == "sqlite" else for_mysql(places),
        )
    except Exception as error:
        if trouble(error) != "duplicate":
            raise
        return "another row has its place now"
    return None


def _letters(number: int) -> str:
    """Return a name for a value: the statements' names have no digits."""
    return "".join(_of(number))


def _of(number: int) -> Iterator[str]:
    for digit in str(number):
        yield "abcdefghij"[int(digit)]
