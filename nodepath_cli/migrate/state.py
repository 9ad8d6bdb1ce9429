"""Where a database stands, read-only."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nodepath_cli.database_url import DatabaseUrl, parse
from nodepath_cli.migrate.guard import half_done, present, recorded
from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.migrate.records import Current, RevisionLine, State, Status
from nodepath_cli.migrate.unfinished import unfinished
from nodepath_cli.schema.connection import connect, one_line_errors
from nodepath_cli.schema.revisions import script_directory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection


def current(url: DatabaseUrl | str, migrations: Path | None = None) -> Current:
    """Return where a database stands. Raises a DatabaseError where it does not answer as needed."""
    url = target(url)
    script = script_directory(migrations)
    with _reading(url) as connection:
        return where(connection, script)


def status(url: DatabaseUrl | str, migrations: Path | None = None) -> Status:
    """Return where a database stands, what is pending, and how the owned tables look. Raises as `current` does."""
    from nodepath_cli.migrate.shapes import shapes

    url = target(url)
    script = script_directory(migrations)
    with _reading(url) as connection:
        here = where(connection, script)
        # The stamp says that the last statement of a revision has run, and is there before its row says so.
        entries = tuple(
            entry if entry.revision in here.interrupted or entry.state == "done" else replace(entry, state="done")
            for entry in Ledger(connection).entries()
        )
        return Status(here, _pending(here, script), shapes(url, connection), entries)


check = status
"""`check` asks the same question; `Status.clean` answers it."""


def history(migrations: Path | None = None) -> tuple[RevisionLine, ...]:
    """Return the revisions, the oldest first. Needs no database. Raises SchemaError where they cannot be read."""
    script = script_directory(migrations)
    at_head = set(script.get_heads())
    lines = []
    for item in reversed(list(script.walk_revisions("base", "heads"))):
        down = item.down_revision
        parents = (down,) if isinstance(down, str) else tuple(down or ())
        lines.append(RevisionLine(item.revision, parents, item.doc, item.revision in at_head))
    return tuple(lines)


def heads(migrations: Path | None = None) -> tuple[RevisionLine, ...]:
    """Return the revisions that no other follows; more than one means that two branches were not merged."""
    return tuple(line for line in history(migrations) if line.is_head)


def target(url: DatabaseUrl | str) -> DatabaseUrl:
    """Return a URL as `parse` reads it. Raises UsageError or TlsError for a text that cannot be read."""
    return parse(url) if isinstance(url, str) else url


def where(connection: Connection, script: ScriptDirectory) -> Current:
    """Return where the database behind a connection stands."""
    found = recorded(connection)
    all_heads = tuple(sorted(script.get_heads()))
    head = ",".join(all_heads)
    half = tuple(unfinished(connection, script))
    if found:
        state = _stamped(found, all_heads, script)
        if state == "ahead":
            # Which revisions lie below one that is not known here cannot be told: finished ones may.
            begun = {entry.revision for entry in Ledger(connection).entries() if entry.state != "done"}
            return Current(",".join(found), head, state, tuple(each for each in half if each in begun))
        return Current(",".join(found), head, "interrupted" if half else state, half)
    if half:
        return Current(None, head, "interrupted", half)
    there = present(connection)
    if not there:
        return Current(None, head, "empty")
    return Current(None, head, "interrupted" if half_done(found, there) else "unadopted")


def _stamped(found: tuple[str, ...], all_heads: tuple[str, ...], script: ScriptDirectory) -> State:
    known = {item.revision for item in script.walk_revisions("base", "heads")}
    if not set(found) <= known:
        return "ahead"
    return "at-head" if found == all_heads else "behind"


def _pending(here: Current, script: ScriptDirectory) -> tuple[str, ...]:
    if here.state == "ahead":
        return ()
    lower = tuple(here.current.split(",")) if here.current else "base"
    return tuple(item.revision for item in reversed(list(script.iterate_revisions("heads", lower))))


@contextlib.contextmanager
def _reading(url: DatabaseUrl) -> Iterator[Connection]:
    with one_line_errors(url), connect(url, "read").connect() as connection:
        yield connection
