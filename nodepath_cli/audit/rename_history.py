"""The former names that the migrations at hand know, for a schema that comes from elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from nodepath_cli.config import Settings
from nodepath_cli.errors import NodepathError
from nodepath_cli.schema.migrated import own_versions
from nodepath_cli.schema.model import Rename
from nodepath_cli.schema.revisions import revisions
from nodepath_cli.source.files import collect
from nodepath_cli.source.hosts import HostOptions, Program, host_for
from nodepath_cli.sql.ddl import DdlText
from nodepath_cli.sql.renames import RenameHistory


def rename_history(settings: Settings, programs: Sequence[Program], *, with_revisions: bool) -> RenameHistory:
    """Return what Alembic's revisions, the configured folder of SQL migrations and those of the tree have renamed.

    Never raises: migrations that cannot be read know no names.
    """
    found = RenameHistory(settings.dialect)
    if with_revisions:
        with contextlib.suppress(NodepathError):
            _of_revisions(found, settings)
    own = _configured(settings)
    for program in [*([own] if own else []), *programs]:
        for statement in program.migrations():
            if statement.dialect is None:
                found.read(DdlText(statement.sql, statement.span.path))
    return found


def _of_revisions(found: RenameHistory, settings: Settings) -> None:
    for item in revisions(own_versions(settings), "sqlite" if settings.dialect.name == "sqlite" else "mysql"):
        for sql in item.statements:
            found.read(DdlText(sql, item.file))
        found.declare(Rename(table, old, new, f"former name ({item.id})") for table, old, new in item.former_names)


def _configured(settings: Settings) -> Program | None:
    """Return the configured folder's SQL migrations, None where it has none."""
    folder = Path(settings.migrations) if settings.migrations else None
    host = host_for("x.sql")
    if folder is None or host is None or not folder.is_dir() or own_versions(settings) is not None:
        return None
    files = collect([str(folder)], Settings(include_vendored=True), host.suffixes).files
    return host.open(files, HostOptions(settings.dialect, replace=settings.replace)) if files else None
