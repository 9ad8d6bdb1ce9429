"""Carrying out a plan: compare and delete, row by row, with a line for every row that went."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from nodepath_cli.errors import UsageError
from nodepath_cli.locks.clock import sample
from nodepath_cli.locks.connections import Connections
from nodepath_cli.locks.plans import Plan
from nodepath_cli.locks.records import Lock
from nodepath_cli.locks.session import Session, trouble
from nodepath_cli.locks.tables import LockTable, lock_tables
from nodepath_cli.locks.timestamps import offset_text

_BATCH = 100
"""Rows in one transaction, which holds their locks for some milliseconds."""
_TRIES = 5


def apply(plan: Plan, connections: Connections, audit: TextIO) -> list[Lock]:
    """Remove the rows of a plan that still are as they were shown, and return those that went.

    Each gets a line of JSON in `audit`, written before the transaction is committed: a row that is gone always has one,
    and a line whose row is still there restores nothing. Raises a DatabaseError.
    """
    gone: list[Lock] = []
    rest = iter(plan.locks)
    about: dict[str, Any] = {"version": 1, "action": plan.action, "database": connections.url.masked}
    tables: dict[str, LockTable] = {}
    while batch := list(islice(rest, _BATCH)):

        def remove(session: Session, batch: Sequence[Lock] = batch) -> list[Lock]:
            now = sample(session).server
            if not tables:
                found = lock_tables(session, sorted({lock.table for lock in plan.locks}))
                tables.update((each.name, each) for each in found)
            return _removed(batch, session, tables, about | {"at": now.text(), "zone": offset_text(now.offset)}, audit)

        gone += _retried(remove, connections)
    return gone


def _retried(work: Callable[[Session], list[Lock]], connections: Connections) -> list[Lock]:
    """Do some rows as a whole; where another transaction is in the way, try again."""
    for number in range(_TRIES):
        try:
            with connections.session() as session:
                return work(session)
        except Exception as error:
            # After a lost connection the rows may or may not be there: comparing again finds out.
            if trouble(error) is None or number == _TRIES - 1:
                raise (connections.failed(error) or error) from error
    return []


def _removed(
    locks: Sequence[Lock], session: Session, tables: Mapping[str, LockTable], about: dict[str, Any], audit: TextIO
) -> list[Lock]:
    gone: list[Lock] = []
    with session.transaction():
        for lock in locks:
            table = tables.get(lock.table)
            if table is None:
                continue
            values = {"prospect": lock.prospect, "device": lock.device, "seen": lock.timestamp}
            parts = table.parts(session) | {"columns": ", ".join(session.quoted(each) for each in table.columns)}
            rows = session.rows("row", values, **parts)
            if rows and session.run("delete", values, **parts):
                gone.append(lock)
                lines = (about | {"table": table.name, "row": _row(table, row)} for row in rows)
                audit.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        audit.flush()
    return gone


def _row(table: LockTable, row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as JSON has it; the server reads the texts again."""
    return {name: _plain(value) for name, value in zip(table.columns, row, strict=True)}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (int, float, str)):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def default_audit_file() -> str:
    """Return a new name for the lines of one run, for `--undo`, in the user's folder for state (XDG Base Directory).

    It is never the working directory: the lines have phones in them, and that may well be a repository.
    """
    base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    folder = Path(base, "nodepath")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir())
    return str(folder / f"locks-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.jsonl")


def audit_file(name: str) -> AbstractContextManager[TextIO]:
    """Open the file that the lines are added to. Raises UsageError where it cannot be written."""
    try:
        handle = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise UsageError(f"{name} cannot be written: {why}", "name a file with --audit that can be") from None
    return _synced(os.fdopen(handle, "a", encoding="utf-8", errors="surrogateescape"))


@contextmanager
def _synced(stream: TextIO) -> Iterator[TextIO]:
    with stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())
