"""The schema that the Alembic revisions make, without a database: their SQL, rendered offline and replayed."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from nodepath_cli.config import Settings
from nodepath_cli.errors import UsageError
from nodepath_cli.schema.model import Problem, Rename, Schema
from nodepath_cli.schema.revisions import Revision, is_versions_folder, revisions


def load(revision: str, base: Schema, settings: Settings) -> Schema:
    """Lay the schema at a revision (`head`, or an id) over `base`.

    The revisions are the bundled ones and, where `settings.migrations` is a folder of revisions, those in it. The
    former names that they declare become renames. Raises SchemaError where there is no such revision or
    the revisions cannot be read. A revision that needs a database to say what it does is a problem of the schema.
    """
    from nodepath_cli.source.script import split
    from nodepath_cli.sql.ddl import DdlText, replay

    found = revisions(own_versions(settings), "sqlite" if settings.dialect.name == "sqlite" else "mysql", upto=revision)
    # One op.execute() may hold several statements.
    texts = ((_path(item), each.sql) for item in found for sql in item.statements for each in split(sql))
    result = replay((DdlText(sql, path, 1) for path, sql in texts), base, settings.dialect)
    name = "head" if revision in ("head", "heads") else f"rev:{revision}"
    return replace(
        result,
        sources=(*base.sources, name),
        renames=(*result.renames, *(rename for item in found for rename in _renames(item))),
        problems=(*result.problems, *(problem for item in found for problem in _problems(item))),
    )


def own_versions(settings: Settings) -> Path | None:
    """Return the configured folder of Alembic revisions, None where there is none or it holds SQL migrations.

    Raises UsageError where the configured folder is not there.
    """
    folder = Path(settings.migrations) if settings.migrations else None
    if folder is not None and not folder.is_dir():
        raise UsageError(f"there is no migrations folder '{folder}'", "check --migrations")
    return folder if folder is not None and is_versions_folder(folder) else None


def _renames(item: Revision) -> list[Rename]:
    return [Rename(table, old, new, f"former name ({item.id})") for table, old, new in item.former_names]


def _problems(item: Revision) -> list[Problem]:
    if item.failure is None:
        return []
    return [Problem(_path(item), 1, f"revision {item.id} cannot be replayed without a database: {item.failure}")]


def _path(item: Revision) -> str:
    return f"alembic/versions/{item.file}"
