"""`--schema SOURCE`: what each form of a source means, and how several are laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.database_url import is_url, parse
from nodepath_cli.errors import SchemaError, UsageError
from nodepath_cli.schema.model import Schema

FORMS = "use head, rev:ID, live, a database URL, a .sql or .json file, or a folder"

_USUAL_VERSIONS = {"mysql": (8, 0), "mariadb": (10, 11), "sqlite": (3,)}
"""The version that is assumed of a snapshot's server, which names none."""


def load(sources: Sequence[str], settings: Settings) -> Schema:
    """Return the schema that the sources make together, each laid over those before it.

    Where no dialect was given, a database or a snapshot decides on it for the sources that follow. Raises UsageError
    for a text that is no source, SchemaError for one that cannot be read or says nothing, and a DatabaseError where a
    database does not answer.
    """
    dialect = settings.dialect
    schema = Schema(
        dialect=dialect.name,
        version=dialect.version,
        case_sensitive_tables=settings.case_sensitive_tables and dialect.name != "sqlite",
    )
    for source in sources:
        before = schema.sources
        schema = _one(source, schema, settings)
        schema = replace(schema, sources=(*before, shown(source)))
        if not settings.dialect_given and schema.version:
            answered: Dialect = replace(settings.dialect, name=schema.dialect, version=schema.version)
            settings = replace(settings, dialect=answered)
    return schema


def shown(source: str) -> str:
    """Return a source as reports show it: a URL without its password."""
    return parse(source).masked if _is_url(source) else source


def _one(source: str, base: Schema, settings: Settings) -> Schema:
    if source == "head" or source.startswith("rev:"):
        from nodepath_cli.schema import migrated

        revision = source.removeprefix("rev:")
        if not revision:
            raise UsageError("rev: names no revision", "use rev:ID, as in rev:0001")
        return migrated.load(revision, base, settings)
    if is_database(source):
        from nodepath_cli.schema import live

        return live.load(source, base, settings)
    return _path(source, base, settings)


def is_database(source: str) -> bool:
    """Say whether a source is a running database."""
    return source == "live" or _is_url(source)


def _is_url(source: str) -> bool:
    return is_url(source) and not Path(source).exists()


def _path(source: str, base: Schema, settings: Settings) -> Schema:
    path = Path(source)
    try:
        folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        folder = there = False
    if folder and source:
        from nodepath_cli.schema.ddl_files import load_folder

        return load_folder(source, base, settings.dialect, settings.replace)
    suffix = path.suffix.lower()
    if not source or (there and suffix not in (".sql", ".json")):
        raise UsageError(f"{source!r} is no schema source", FORMS)
    if not there:
        raise SchemaError(f"no such file or folder: {source!r}", FORMS)
    if not path.is_file():
        # A pipe or a device might never end.
        raise SchemaError(f"{source!r} is not a regular file", FORMS)
    if suffix == ".sql":
        from nodepath_cli.schema.ddl_files import load_sql_file

        return load_sql_file(source, base, settings.dialect, settings.replace)
    from nodepath_cli.schema import snapshot

    found = snapshot.load(source)
    if not settings.dialect_given and found.dialect != base.dialect:
        base = replace(base, dialect=found.dialect, version=_USUAL_VERSIONS.get(found.dialect, ()))
    return base.layered(found)
