"""The migrations of a folder of SQL files, in the order in which their tool runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.deploy.records import Pending, Step
from nodepath_cli.errors import SchemaError, UsageError
from nodepath_cli.patterns import lazy
from nodepath_cli.source.files import SourceFile, collect, display
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts.sql_file import HOST
from nodepath_cli.source.migrations import in_order, numbered, version_of
from nodepath_cli.source.statement import Statement

# A migration with data can be far larger than a source file.
_NO_LIMIT = 1 << 40
_UP = lazy(r"(?:[._-]up)?(?:\.(?:mysql|mariadb|sqlite3?))?$", re.IGNORECASE)


class Migration(Struct, frozen=True):
    """One file of the folder."""

    name: str
    """Its path in the folder without endings; it begins with its number."""
    version: tuple[int, ...] | None
    file: SourceFile
    pending: Pending


def migrations(folder: str, dialect: Dialect) -> tuple[Migration, ...]:
    """Return the migrations of a folder. Scripts that undo one are left out, and so are those of other dialects.

    Raises UsageError where there is no such folder, SchemaError where it holds no migration.
    """
    if not Path(folder).is_dir():
        raise UsageError(f"there is no migrations folder '{folder}'", "check --migrations")
    found = collect([folder], Settings(max_file_size=_NO_LIMIT, include_vendored=True), [".sql"])
    prefix = _prefix(folder)
    unread = {path.removeprefix(prefix): reason for path, reason in found.skipped if path.endswith(".sql")}
    inside = {file.path.removeprefix(prefix): file for file in found.files}
    inside |= {path: SourceFile(prefix + path, "") for path in unread}
    # What lies above the folder must not tell a file's dialect.
    program = HOST.open([SourceFile(path, file.text) for path, file in inside.items()], HostOptions(dialect))
    order = numbered(inside, dialect.name) or in_order(inside, dialect.name)
    if not order:
        raise SchemaError(f"{folder} holds no migrations", "name a folder of SQL migrations or of Alembic revisions")
    by_path: dict[str, list[Statement]] = {}
    for script in (program.migrations(), *program.scripts()):
        for statement in script:
            by_path.setdefault(statement.span.path, []).append(statement)
    cut = _common_folder(order)
    return tuple(
        _migration(path, path[len(cut) :], inside[path], by_path.get(path), unread.get(path)) for path in order
    )


def _prefix(folder: str) -> str:
    shown = display(folder)
    return "" if shown == "." else shown + "/"


def _common_folder(paths: Sequence[str]) -> str:
    """Return the folder, with its slash, that all paths lie in."""
    common = paths[0].rpartition("/")[0].split("/")
    for path in paths:
        parts = path.rpartition("/")[0].split("/")
        while common and parts[: len(common)] != common:
            common.pop()
    joined = "/".join(common)
    return joined + "/" if joined else ""


def _migration(
    path: str, shown: str, file: SourceFile, statements: list[Statement] | None, unread: str | None
) -> Migration:
    name = _name(shown)
    foreign = statements is None and _has_sql(file.text)
    problem = "it is written for another database" if foreign else unread
    steps = tuple(_steps(statements or (), file))
    return Migration(name, version_of(path), file, Pending(name, file.path, steps, problem))


def _has_sql(text: str) -> bool:
    from nodepath_cli.source.script import split

    return any(not each.down for each in split(text))


def _steps(statements: Sequence[Statement], file: SourceFile) -> Iterator[Step]:
    for statement in statements:
        if statement.dialect is None:
            start, end = file.position(statement.span.start), file.position(statement.span.end)
            yield Step(statement.sql, file.path, *start, *end)


def _name(shown: str) -> str:
    """Return a migration's name: `000001_x.up.sql` is `000001_x`, `V1__x.sql` `1__x`, `0.2/00__y.sql` `0.2/00__y`."""
    folder, slash, name = shown.rpartition("/")
    stem = _UP.sub("", name.removesuffix(".sql"))
    if version_of(name) is not None and not stem[:1].isdigit():
        first = next(index for index, character in enumerate(stem) if character.isdigit())
        stem = stem[first:]
    return (folder + slash + stem) if folder else stem or name
