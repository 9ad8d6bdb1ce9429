"""The Alembic revisions as data: which there are, what SQL each sends, and the former names that each declares.

The bundled revisions are kept ready in `alembic/offline-*.json`, keyed by the content of their files: rendering them
takes Alembic and SQLAlchemy, and importing those costs more time (measured: 210-370 ms) than a whole audit of a small
tree. Where the files have changed since, and for revisions of one's own, Alembic renders them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from msgspec import Struct

from nodepath_cli.errors import SchemaError, UsageError
from nodepath_cli.patterns import lazy

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import Script, ScriptDirectory

_ID = lazy(r"^revision\s*(?::\s*[\w.\[\], |]+?)?\s*=\s*[\"']([^\"']+)", re.MULTILINE)
VERSION_TABLE = "nodepath_alembic_version"
MEMO_FORMAT = 1

Family = Literal["mysql", "sqlite"]
"""Whose SQL is rendered: MySQL's, which MariaDB takes too, or SQLite's."""
T = TypeVar("T")


class Revision(Struct, frozen=True):
    """One revision and what it does to a database, without a database."""

    id: str
    down: tuple[str, ...]
    """The ids that it follows: none for the first, several for a merge."""
    message: str
    file: str
    """The revision file's name."""
    statements: tuple[str, ...]
    """What `upgrade()` sends, without terminators, in order (`downgrade()` where it was rendered so)."""
    former_names: tuple[tuple[str, str, str], ...] = ()
    """(table, former column name, name now), as the file's FORMER_NAMES declares them."""
    failure: str | None = None
    """Why `upgrade()` could not be rendered to its end without a database, None where it could."""
    path: str = ""
    """Where the revision file lies."""
    lines: tuple[int, ...] = ()
    """For each statement the line of `upgrade()` that sends it; () where that was not kept."""


def scripts_folder() -> Path:
    """Return the folder that holds env.py and versions/: inside the wheel, or at the top of a checkout.

    Raises SchemaError where the installation has lost it.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_bundle" / "alembic", package.parent / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise SchemaError("the bundled Alembic revisions are missing", "install nodepath again")


def is_versions_folder(folder: Path) -> bool:
    """Say whether a folder holds Alembic revisions (rather than SQL migrations)."""
    return folder.is_dir() and any(
        "down_revision" in file.read_text("utf-8", "replace") for file in sorted(folder.glob("*.py"))
    )


def revisions(migrations: Path | None = None, dialect: Family = "mysql", upto: str = "head") -> tuple[Revision, ...]:
    """Return the revisions up to and with `upto`, each after those that it follows.

    `migrations` is a versions folder of one's own whose revisions follow the bundled ones. Raises SchemaError where
    `upto` names no revision or the revisions cannot be read, UsageError where there is no such folder.
    """
    folder = scripts_folder()
    if migrations is None:
        ready = _from_memo(folder, dialect)
        if ready is not None:
            return _cut(ready, upto)
    script = script_directory(migrations)
    wanted = {item.revision for item in _read(lambda: list(script.iterate_revisions(_alembic_name(upto), "base")))}
    return tuple(item for item in rendered(script, dialect) if item.id in wanted)


def memo_file(dialect: Family) -> Path:
    """Return the file that keeps what the bundled revisions send to a server of that dialect."""
    return scripts_folder() / f"offline-{dialect}.json"


def memo_text(dialect: Family) -> str:
    """Return what that file has to hold."""
    items = [
        {
            "id": item.id,
            "down": list(item.down),
            "message": item.message,
            "file": item.file,
            "statements": list(item.statements),
            "former_names": [list(name) for name in item.former_names],
        }
        for item in rendered(script_directory(None), dialect)
    ]
    document = {"format": MEMO_FORMAT, "digest": digest(scripts_folder()), "revisions": items}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def digest(folder: Path) -> str:
    """Return a hash over the names and contents of the revision files."""
    found = hashlib.sha256()
    for file in sorted((folder / "versions").glob("*.py")):
        content = file.read_bytes()
        found.update(f"{file.name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()


def _from_memo(folder: Path, dialect: Family) -> tuple[Revision, ...] | None:
    """Return the memo's revisions, None where there is none or the revision files are not those it was made from."""
    try:
        document = json.loads(memo_file(dialect).read_text("utf-8"))
        if document["format"] != MEMO_FORMAT or document["digest"] != digest(folder):
            return None
        return tuple(
            Revision(
                item["id"],
                tuple(item["down"]),
                item["message"],
                item["file"],
                tuple(item["statements"]),
                tuple((table, old, new) for table, old, new in item["former_names"]),
                path=str(folder / "versions" / item["file"]),
            )
            for item in document["revisions"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _cut(items: tuple[Revision, ...], upto: str) -> tuple[Revision, ...]:
    if upto in ("head", "heads"):
        return items
    if upto == "base":
        return ()
    by_id = {item.id: item for item in items}
    # Alembic accepts the beginning of an id where only one revision begins so.
    matching = [upto] if upto in by_id else [name for name in by_id if upto and name.startswith(upto)]
    if len(matching) != 1:
        raise _no_revision(upto, by_id)
    wanted: set[str] = set()
    waiting = [matching[0]]
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting.extend(by_id[name].down)
    return tuple(item for item in items if item.id in wanted)


def _no_revision(name: str, known: object) -> SchemaError:
    names = ", ".join(cast("dict[str, object]", known)) if isinstance(known, dict) else ""
    # Like a file that is not there: a source that is well formed, but not available.
    return SchemaError(
        f"there is no single revision '{name[:60]}'", f"use head or one of {names}" if names else "use head"
    )


def _alembic_name(name: str) -> str:
    return "heads" if name == "head" else name


def alembic_config(migrations: Path | None) -> Config:
    """Return a Config for the bundled env.py, with a versions folder of one's own beside the bundled one."""
    from alembic.config import Config

    folder = scripts_folder()
    ini = folder.parent / "alembic.ini"
    config = Config(str(ini) if ini.is_file() else None, stdout=io.StringIO())
    # `%` has a meaning in configuration files, and a path may hold one.
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    locations = [folder / "versions", *([migrations.resolve()] if migrations else [])]
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(item) for item in locations).replace("%", "%%"))
    config.set_main_option("prepend_sys_path", "")
    return config


def script_directory(migrations: Path | None) -> ScriptDirectory:
    """Return Alembic's view of the revisions, all of which have been read.

    Raises UsageError where `migrations` is no folder of revisions, SchemaError where they cannot be read.
    """
    from alembic.script import ScriptDirectory

    if migrations is not None and not migrations.is_dir():
        raise UsageError(f"there is no migrations folder '{migrations}'", "check --migrations")
    folder = scripts_folder()
    locations = [folder / "versions", *([migrations.resolve()] if migrations else [])]
    if migrations is not None:
        # Alembic takes one of them and says nothing of the other one.
        _refuse_twice(locations)
    script = _read(lambda: ScriptDirectory(str(folder), version_locations=[str(item) for item in locations]))
    _read(lambda: list(script.walk_revisions("base", "heads")))
    return script


def _refuse_twice(folders: Sequence[Path]) -> None:
    """Raise SchemaError where two revision files have one id."""
    known: dict[str, Path] = {}
    for file in (file for folder in folders for file in sorted(folder.glob("*.py"))):
        found = _ID.search(file.read_text("utf-8", "replace"))
        if found is None:
            continue
        other = known.setdefault(found[1], file)
        if other != file:
            raise SchemaError(
                f"revision {found[1][:60]} is there twice: {other.name} and {file.name}", "give one of them another id"
            )


def rendered(script: ScriptDirectory, dialect: Family) -> tuple[Revision, ...]:
    """Return every revision with the SQL that it sends to a server of that dialect, rendered by Alembic offline.

    Raises SchemaError where the revisions cannot be read (a syntax error, two roots for one id, a missing parent).
    """
    walked = _read(lambda: list(script.walk_revisions("base", "heads")))
    return tuple(render(script, item, dialect) for item in reversed(walked))


def render(script: ScriptDirectory, item: Script, dialect: Family, *, up: bool = True) -> Revision:
    """Return one revision with the SQL that it sends; that of `downgrade()` where `up` is false. Never raises for what
    the revision does."""
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext

    written = _Statements(str(item.path))
    failure = None
    with EnvironmentContext(Config(stdout=io.StringIO()), script, as_sql=True) as environment:
        environment.configure(
            dialect_name=dialect,
            literal_binds=True,
            output_buffer=cast("Any", written),
            version_table=VERSION_TABLE,
            # Otherwise every `%` of a statement would be doubled for the driver.
            dialect_opts={"paramstyle": "named"},
        )
        try:
            # A revision that prints must not write into the report.
            with contextlib.redirect_stdout(sys.stderr), Operations.context(environment.get_context()):
                item.module.upgrade() if up else item.module.downgrade()
        except Exception as error:
            failure = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    down = item.down_revision
    return Revision(
        item.revision,
        (down,) if isinstance(down, str) else tuple(down or ()),
        item.doc,
        Path(item.path).name,
        tuple(written.statements),
        tuple(_former_names(item.module)),
        failure,
        str(item.path),
        tuple(written.lines),
    )


class _Statements:
    """An output buffer that keeps what Alembic writes as a list: it writes one statement at a time."""

    def __init__(self, path: str) -> None:
        self.statements: list[str] = []
        self.lines: list[int] = []
        self._path = path

    def write(self, text: str) -> None:
        """Take a statement with its terminator."""
        statement = text.strip().removesuffix(";").rstrip()
        if statement:
            self.statements.append(statement)
            self.lines.append(self._line())

    def flush(self) -> None:
        """Do nothing: it is all kept."""

    def _line(self) -> int:
        """Return the line of the revision file that is being run, the innermost one; 1 where none is."""
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != self._path:
            if frame.f_back is None:
                return 1
            frame = frame.f_back
        return frame.f_lineno


def _former_names(module: object) -> Iterator[tuple[str, str, str]]:
    declared = getattr(module, "FORMER_NAMES", {})
    if not isinstance(declared, dict):
        return
    for table, names in declared.items():
        if isinstance(names, dict):
            yield from ((str(table), str(old), str(new)) for old, new in names.items())


def _read(step: Callable[[], T]) -> T:
    """Run a step of Alembic that reads revision files, and say in one line what is wrong with them."""
    from alembic.util import CommandError

    try:
        with contextlib.redirect_stdout(sys.stderr), warnings.catch_warnings():
            # What Alembic warns of here, such as a missing parent, it raises in the next step.
            warnings.simplefilter("ignore")
            return step()
    except CommandError as error:
        text = " ".join(str(error).split())
        if "locate revision" in text or "Relative revision" in text:
            raise UsageError(text[:200], "see nodepath db history for the revisions") from error
        raise SchemaError(f"the revisions cannot be read: {text[:200]}", "check the migrations folder") from error
    except SyntaxError as error:
        name = Path(error.filename or "?").name
        raise SchemaError(
            f"revision file {name} is not valid Python (line {error.lineno})", "correct the revision file"
        ) from error
    except KeyError as error:
        raise SchemaError(
            f"the revisions cannot be read: none has the id {error}, which another one follows",
            "correct its down_revision",
        ) from error
    except (Exception, SystemExit) as error:
        text = " ".join(str(error).split())[:200]
        raise SchemaError(
            f"the revisions cannot be read: {type(error).__name__}: {text}", "check the migrations folder"
        ) from error
