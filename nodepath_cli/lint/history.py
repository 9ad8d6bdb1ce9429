"""From folders and files to the history that the rules look at."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from nodepath_cli.audit.finding import Position
from nodepath_cli.audit.history import Change, History, Migration, Tool
from nodepath_cli.config import Dialect, Settings
from nodepath_cli.deploy.alembic_folder import pending
from nodepath_cli.deploy.records import Pending, Step
from nodepath_cli.deploy.sql_folder import Migration as SqlMigration
from nodepath_cli.deploy.sql_folder import migrations
from nodepath_cli.errors import NothingToAudit, UsageError
from nodepath_cli.schema.model import Schema
from nodepath_cli.schema.revisions import is_versions_folder, revisions, scripts_folder
from nodepath_cli.schema.sources import load
from nodepath_cli.source.files import SourceFile, collect, display
from nodepath_cli.source.hosts import HostOptions
from nodepath_cli.source.hosts.sql_file import HOST
from nodepath_cli.source.migrations import is_down, numbered
from nodepath_cli.source.script import split
from nodepath_cli.sql.ddl import DdlText, Replay, nodes, read

_NO_LIMIT = 1 << 40


class Collected(Struct, frozen=True):
    """The history, and the files that it was read from."""

    history: History
    files: dict[str, SourceFile] = field(default_factory=dict)


def collected(paths: Sequence[str], settings: Settings) -> Collected:
    """Return the history of versions folders, of folders with SQL migrations and of SQL scripts.

    Without paths it is the configured migrations folder, else the SQL migrations below the working directory, else the
    bundled revisions. Raises UsageError where a path does not exist, NothingToAudit where the paths hold no migration,
    SchemaError as the revisions and the schema sources do.
    """
    running = _Running(settings)
    for path in paths or _default(settings):
        running.add(path)
    if not running.migrations:
        raise NothingToAudit("no migrations in " + ", ".join(paths or (".",)), "name a folder that holds migrations")
    history = History(tuple(running.migrations), settings.dialect, running.schema, tuple(sorted(running.heads)))
    return Collected(history, running.files)


def _default(settings: Settings) -> tuple[str, ...]:
    if settings.migrations:
        return (settings.migrations,)
    here = collect(["."], Settings(max_file_size=_NO_LIMIT), [".sql"]).files
    return (".",) if numbered([file.path for file in here], settings.dialect.name) else ("head",)


class _Running:
    """The history so far: each folder is a sequence of its own, over the same base."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._dialect = settings.dialect
        self.migrations: list[Migration] = []
        self.files: dict[str, SourceFile] = {}
        self.heads: list[str] = []
        self.schema = Schema()

    def add(self, path: str) -> None:
        if path != "head" and not Path(path).exists():
            raise UsageError(f"no such path: {path}", "name a folder of migrations, or a SQL script")
        if path == "head" or is_versions_folder(Path(path)):
            self._alembic(None if path == "head" else Path(path))
        elif Path(path).is_dir():
            self._folder(path)
        else:
            self._script(path)

    def _alembic(self, folder: Path | None) -> None:
        bundled = scripts_folder() / "versions"
        known = revisions(folder, "sqlite" if self._dialect.name == "sqlite" else "mysql")
        followed = {down for item in known for down in item.down}
        self.heads += [item.id for item in known if item.id not in followed]
        sequence = self._sequence(())
        for item in known:
            steps, text = pending(item)
            migration = sequence.run(steps, "alembic", down=_has_downgrade(text))
            if folder is None or Path(item.path).parent.resolve() != bundled.resolve():
                self._keep(migration, SourceFile(steps.path, text))
        self.schema = sequence.schema

    def _folder(self, path: str) -> None:
        for folder in _sequences(path, self._dialect):
            sequence = self._sequence(("head",))
            known = migrations(folder, self._dialect)
            undone = _undone(folder)
            for item in known:
                down = _stem(item.file.path) in undone or any(each.down for each in split(item.file.text))
                self._keep(sequence.run(item.pending, "sql", down=down, of=item), item.file)
            self.schema = sequence.schema

    def _script(self, path: str) -> None:
        files = collect([path], Settings(max_file_size=_NO_LIMIT, include_vendored=True), [".sql"]).files
        if not files:
            raise NothingToAudit(f"{path} is no SQL script", "name a .sql file or a folder of migrations")
        program = HOST.open(files, HostOptions(self._dialect))
        for file in files:
            sequence = self._sequence(("head",))
            steps = [
                Step(each.sql, file.path, *file.position(each.span.start), *file.position(each.span.end))
                for script in (program.migrations(), *program.scripts())
                for each in script
                if each.dialect is None
            ]
            waiting = Pending(file.path.rpartition("/")[2].removesuffix(".sql"), file.path, tuple(steps))
            down = any(each.down for each in split(file.text))
            self._keep(sequence.run(waiting, "sql", down=down or None), file)
            self.schema = sequence.schema

    def _sequence(self, below: tuple[str, ...]) -> _Sequence:
        sources = self._settings.schema or below
        base = load(sources, self._settings) if sources else Schema()
        return _Sequence(base, self._dialect)

    def _keep(self, migration: Migration, file: SourceFile) -> None:
        self.migrations.append(migration)
        self.files[migration.path] = file


class _Sequence:
    """Migrations that run one behind the other."""

    def __init__(self, base: Schema, dialect: Dialect) -> None:
        self._dialect = dialect
        self._replay = Replay(base, dialect, settled=True)
        self.schema = base

    def run(self, waiting: Pending, tool: Tool, *, down: bool | None, of: SqlMigration | None = None) -> Migration:
        """Replay one migration and return it."""
        made: set[str] = set()
        changes = []
        checked = True
        for step in waiting.steps:
            ddl = read(step.sql, self._dialect)
            before = self.schema
            said = self._replay.run(DdlText(step.sql, step.path, step.line))
            self.schema = self._replay.schema() if ddl is not None else before
            if isinstance(ddl, nodes.CreateTable) and before.table(ddl.name.name, ddl.name.database) is None:
                made.add(ddl.name.name.lower())
            if isinstance(ddl, nodes.SetVariables):
                switched = [value for name, value in ddl.values if name.lower() == "foreign_key_checks"]
                checked = switched[-1].strip().upper() not in ("0", "OFF", "FALSE") if switched else checked
            end = (step.end_line, step.end_column) if step.end_line else (step.line, step.column + 1)
            position = Position(step.line, step.column, *end)
            changes.append(
                Change(
                    waiting.revision,
                    step.sql,
                    step.path,
                    position,
                    ddl,
                    before,
                    self.schema,
                    said,
                    frozenset(made),
                    exact=tool == "sql",
                    checks_foreign_keys=checked,
                )
            )
        return Migration(
            waiting.revision,
            waiting.path,
            tool,
            tuple(changes),
            waiting.path.rpartition("/")[0],
            of.version if of else None,
            down,
            waiting.problem,
        )


def _sequences(path: str, dialect: Dialect) -> Iterator[str]:
    """Yield the folders below a path that hold numbered migrations; the path itself where none does."""
    files = collect([path], Settings(max_file_size=_NO_LIMIT, include_vendored=True), [".sql"]).files
    names = numbered([file.path for file in files], dialect.name)
    folders = list(dict.fromkeys(name.rpartition("/")[0] or "." for name in names))
    # A folder of versions (`0.2/01__x.sql`) belongs to the one above it.
    parents = {folder.rpartition("/")[0] or "." for folder in folders if folder.rpartition("/")[2][:1].isdigit()}
    kept = [folder for folder in folders if not folder.rpartition("/")[2][:1].isdigit()]
    found = dict.fromkeys([*kept, *parents])
    yield from found or ([display(path)] if files else [])


def _undone(folder: str) -> frozenset[str]:
    """Return the stems of the migrations that a down script beside them undoes."""
    files = collect([folder], Settings(max_file_size=_NO_LIMIT, include_vendored=True), [".sql"]).files
    return frozenset(_stem(file.path) for file in files if is_down(file.path))


def _stem(path: str) -> str:
    """Return what a migration and its down script have in common: the name without direction."""
    name = path.rpartition("/")[2].removesuffix(".sql")
    for ending in ("up", "down", "undo", "rollback", "revert"):
        for mark in "._-":
            name = name.removesuffix(f"{mark}{ending}")
    return "V" + name[1:] if name[:1] == "U" and name[1:2].isdigit() else name


def _has_downgrade(text: str) -> bool:
    """Say whether a revision's `downgrade()` does anything; one that raises says that it is a decision."""
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return True
    found: Iterable[ast.stmt] = next(
        (each.body for each in body if isinstance(each, ast.FunctionDef) and each.name == "downgrade"), ()
    )
    return any(not isinstance(each, ast.Pass) and not _is_text(each) for each in found)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
