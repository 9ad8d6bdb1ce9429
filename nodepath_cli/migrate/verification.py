"""The live schema against what the recorded revisions make: `nodepath schema verify`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from nodepath_cli.config import Dialect
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.migrate.ledger import Ledger
from nodepath_cli.migrate.session import opened
from nodepath_cli.migrate.state import target, where
from nodepath_cli.migrate.unfinished import applied_revisions
from nodepath_cli.schema import live
from nodepath_cli.schema.diff import Difference, differences
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.revisions import Family, Revision, rendered, script_directory

if TYPE_CHECKING:
    from sqlalchemy import Connection


NO_SUCH_TABLE = 1146
"""What the replay says of a statement about a table that no revision has created: it is somebody else's."""


class Verification(Struct, frozen=True):
    """Whether a database is what its recorded revisions say."""

    revision: str | None
    head: str
    ok: bool
    """A revision is recorded, nothing is half applied, all of it could be compared, and there are no differences."""
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    """What could not be compared, and why."""

    def document(self) -> dict[str, Any]:
        """Return the JSON document."""
        return {
            "revision": self.revision,
            "head": self.head,
            "ok": self.ok,
            "differences": [item.document() for item in self.differences],
            "notes": list(self.notes),
        }


def verify(url: DatabaseUrl | str, migrations: Path | None = None) -> Verification:
    """Compare the tables that the revisions create with what the recorded ones make of them, read-only.

    Without a recorded revision it is the head that is compared with. Raises a DatabaseError where the database does not
    answer as needed, SchemaError where the revisions cannot be read.
    """
    url = target(url)
    script = script_directory(migrations)
    with opened(url, "read") as connection:
        here = where(connection, script)
        charset = _charset(connection)
        sent = _recorded(connection)
    found = live.read(url)
    heads = tuple(here.current.split(",")) if here.current else tuple(script.get_heads())
    applied = applied_revisions(heads, script)
    family: Family = "sqlite" if url.dialect == "sqlite" else "mysql"
    revisions = tuple(item for item in rendered(script, family) if item.id in applied)
    revisions = tuple(_as_run(item, sent.get(item.id)) for item in revisions)
    expected = _replayed(revisions, found, charset)
    different = tuple(each for table in expected.tables for each in differences(table, found.table(table.name)))
    notes = tuple(_notes(revisions, expected))
    ok = here.current is not None and here.state not in ("interrupted", "ahead") and not different and not notes
    return Verification(here.current, here.head, ok, different, notes)


def _replayed(revisions: tuple[Revision, ...], found: Schema, charset: str | None) -> Schema:
    """Return the tables that the revisions create. What they do to other tables is the owner's of those."""
    from nodepath_cli.source.script import split
    from nodepath_cli.sql.ddl import DdlText, Replay

    dialect = Dialect(found.dialect, found.version)
    base = Schema(dialect=found.dialect, version=found.version, case_sensitive_tables=found.case_sensitive_tables)
    replay = Replay(base, dialect, ordered=False)
    if charset:
        replay.run(DdlText(charset))
    for revision in revisions:
        for statement in (each.sql for sql in revision.statements for each in split(sql)):
            replay.run(DdlText(statement, revision.file, 1))
    schema = replay.schema()
    return replace(schema, tables=tuple(table for table in schema.tables if not table.open))


def _recorded(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the DDL that each revision has really sent, where the ledger has it."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in Ledger(connection).entries():
        if entry.direction == "up" and entry.kind == "ddl":
            found[entry.revision] = (*found.get(entry.revision, ()), entry.statement)
    return found


def _as_run(revision: Revision, statements: tuple[str, ...] | None) -> Revision:
    """A revision that looks at the database is told by what it has sent, where it has been run with a ledger."""
    if revision.failure is None or statements is None:
        return revision
    return replace(revision, statements=statements, failure=None)


def _notes(revisions: tuple[Revision, ...], expected: Schema) -> Iterator[str]:
    for revision in revisions:
        if revision.failure is not None:
            yield f"revision {revision.id} cannot be replayed without a database: {revision.failure}"
    for problem in expected.problems:
        if problem.errno != NO_SUCH_TABLE:
            yield f"{problem.path}: {problem.message}"


def _charset(connection: Connection) -> str | None:
    """Return the statement that gives a replay the database's own character set, which CREATE TABLE takes over."""
    if connection.dialect.name == "sqlite":
        return None
    charset, collation = Ledger(connection).ask("SELECT @@character_set_database, @@collation_database")[0]
    return f"ALTER DATABASE CHARACTER SET {charset} COLLATE {collation}"
