"""What is pending: the schema that is there, and the migrations of the folder that it has not seen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.database_url import WAYS, DatabaseUrl, find, is_url, parse
from nodepath_cli.deploy import alembic_folder
from nodepath_cli.deploy.recorded import alembic_heads, applied, asking, done_statements
from nodepath_cli.deploy.records import Plan
from nodepath_cli.deploy.sql_folder import migrations
from nodepath_cli.errors import ConfigError, Refused
from nodepath_cli.migrate.guard import FIRST, OWNED
from nodepath_cli.migrate.ledger import LEDGER_TABLE
from nodepath_cli.migrate.shapes import expected_tables
from nodepath_cli.schema.diff import differences
from nodepath_cli.schema.migrated import own_versions
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.revisions import Family, revisions
from nodepath_cli.schema.sources import load, shown

LIVE = "live"
_SHAPE = frozenset({"missing-table", "missing-column", "extra-column", "changed-column"})
"""The differences that say that a table is not as revision 0001 makes it; a dump may leave out engine and charset."""


def plan(settings: Settings, below: Sequence[str] = ()) -> tuple[Plan, Dialect]:
    """Return what is pending after the base schema (`--from`, default `live`), and the dialect of its server.

    `below` are sources that the base is laid over. Raises ConfigError (exit 2) where no database is configured for
    `live`, UsageError and SchemaError as the sources and the migrations folder do, Refused where the database is at a
    revision that is not known.
    """
    source = settings.from_source or LIVE
    url = _database(source, settings)
    base = load((*below, source), settings)
    dialect = settings.dialect
    if not settings.dialect_given and base.version:
        dialect = replace(dialect, name=base.dialect, version=base.version)
    sensitive = base.case_sensitive_tables and settings.case_sensitive_tables
    base = replace(base, case_sensitive_tables=sensitive)
    own = own_versions(settings)
    if own is None and settings.migrations is not None:
        return _of_sql(shown(source), base, settings.migrations, url, dialect), dialect
    return _of_alembic(shown(source), base, own, url, dialect), dialect


def _database(source: str, settings: Settings) -> DatabaseUrl | None:
    if source == LIVE:
        found = find(settings.database_url, os.environ)
        if found is None:
            raise ConfigError(
                "no database is configured, and no other schema is named",
                "give --from SOURCE, or " + WAYS.removeprefix("give "),
            )
        return found
    return parse(source) if is_url(source) and not Path(source).exists() else None


def _of_sql(name: str, base: Schema, folder: str, url: DatabaseUrl | None, dialect: Dialect) -> Plan:
    known = migrations(folder, dialect)
    recorded = None
    if url is not None:
        with asking(url) as ask:
            recorded = applied(ask, base, known)
    done = recorded.applied if recorded else frozenset()
    notes = [recorded.note] if recorded and recorded.note else []
    if url is not None and recorded is None:
        notes.append("the database records no migration of a known tool: all of the folder count as pending")
    waiting = [each for each in known if each.name not in done]
    texts = {each.file.path: each.file.text for each in waiting}
    return Plan(name, base, tuple(each.pending for each in waiting), texts, tuple(notes))


def _of_alembic(name: str, base: Schema, own: Path | None, url: DatabaseUrl | None, dialect: Dialect) -> Plan:
    family: Family = "sqlite" if dialect.name == "sqlite" else "mysql"
    # Revisions of one's own may have a root of their own, and then Alembic has no order for the two.
    known = sorted(revisions(own, family), key=lambda item: not alembic_folder.is_bundled(item))
    ids = {item.id for item in known}
    heads: tuple[str, ...] | None = None
    half: dict[str, frozenset[str]] = {}
    if url is not None:
        with asking(url) as ask:
            heads = alembic_heads(ask, base)
            half = done_statements(ask, base)
        if heads and not set(heads) <= ids:
            raise Refused(
                f"the database is at revision {', '.join(heads)}, which is not among the revisions",
                "give the folder that has it with --migrations",
            )
    if heads is None:
        heads = _told_by_name(name, own, family) or ((FIRST,) if _first_shape(base) else ())
    done = alembic_folder.up_to(known, heads)
    waiting = [alembic_folder.pending(item, half.get(item.id)) for item in known if item.id not in done]
    texts = {each.path: text for each, text in waiting if text}
    notes = tuple(
        f"{each.revision} is half applied, as {LEDGER_TABLE} says" for each, _ in waiting if half.get(each.revision)
    )
    return Plan(name, base, tuple(each for each, _ in waiting), texts, notes)


def _told_by_name(source: str, own: Path | None, family: Family) -> tuple[str, ...]:
    """Return where `head` and `rev:ID` stand: at the revisions that no other one of theirs follows."""
    if source != "head" and not source.startswith("rev:"):
        return ()
    there = revisions(own, family, upto=source.removeprefix("rev:"))
    followed = {down for item in there for down in item.down}
    return tuple(item.id for item in there if item.id not in followed)


def _first_shape(base: Schema) -> bool:
    """Say whether the owned tables are there as revision 0001 makes them."""
    expected = expected_tables(base)
    found = [each for name in OWNED for each in differences(expected[name], base.table(name))]
    return not any(each.kind in _SHAPE for each in found)
