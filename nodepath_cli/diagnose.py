"""`nodepath doctor`: is everything there that the commands need, and what would an audit see?"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from nodepath_cli.config import Dialect, Settings
from nodepath_cli.config_file import find_file
from nodepath_cli.database_url import DatabaseUrl
from nodepath_cli.errors import NodepathError

Health = Literal["ok", "note", "problem"]
"""A note is nothing wrong: it says what is not there, and what it would be good for."""


class Check(Struct, frozen=True):
    """One thing that was looked at."""

    code: str
    """`python`, `parser`, `configuration`, `schema`, `database`, `privileges`, `migrations`, `audit`."""
    health: Health
    message: str
    next_step: str | None = None
    """What to do about it; None where all is well."""


def diagnose(paths: Sequence[str], settings: Settings | NodepathError, config: str | None = None) -> Iterator[Check]:
    """Yield every check, in the order in which one thing rests on another. Never raises a NodepathError.

    `settings` is the error where the configuration could not be read; the other checks then go on without it. `config`
    is the file that was asked for.
    """
    yield _python()
    yield from _guarded("parser", _parser)
    if isinstance(settings, NodepathError):
        yield Check("configuration", "problem", settings.message, settings.next_step)
        settings = Settings()
    else:
        yield _configuration(config)
    told = settings
    schema = tuple(_guarded("schema", lambda: _schema(told)))
    yield from schema
    yield from _database(told)
    for check in _guarded("audit", lambda: _audit(paths, told)):
        said = check.health == "problem" and any(each.message.endswith(check.message) for each in schema)
        yield Check("audit", "note", "not looked at, as the schema cannot be read") if said else check


def _guarded(code: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except NodepathError as error:
        yield Check(code, "problem", error.message, error.next_step)


def _python() -> Check:
    from nodepath_cli import __version__

    return Check("python", "ok", f"nodepath {__version__} on Python {platform.python_version()}")


def _parser() -> Iterator[Check]:
    """Parse a line of Go and one of SQL: a wheel for another platform fails only here."""
    from nodepath_cli.source.files import SourceFile

    try:
        from nodepath_cli.source.hosts import HostOptions, host_for, hosts

        host = host_for("probe.go")
        file = SourceFile("probe.go", "package p\n\nfunc f() { db.Exec(`SELECT 1`) }\n")
        found = list(host.open([file], HostOptions(Dialect())).statements(file)) if host else []
    except (ImportError, OSError, ValueError) as error:
        yield Check(
            "parser",
            "problem",
            f"the Go parser does not work here: {type(error).__name__}",
            "run `pip install --force-reinstall tree-sitter tree-sitter-go`",
        )
        return
    if len(found) == 1:
        suffixes = ", ".join(suffix for each in hosts() for suffix in each.suffixes)
        yield Check("parser", "ok", f"files that are read: {suffixes}")
    else:
        yield Check("parser", "problem", "the Go parser reads no SQL", "run `pip install --force-reinstall nodepath`")


def _configuration(config: str | None) -> Check:
    found = find_file(config)
    if found is None:
        return Check(
            "configuration", "note", "no nodepath.toml: every key has its default", "run `nodepath init` for one"
        )
    return Check("configuration", "ok", f"read from {found}")


def _schema(settings: Settings) -> Iterator[Check]:
    from nodepath_cli.schema.sources import load, shown

    for source in settings.schema or ("head",):
        try:
            found = load((source,), settings)
        except NodepathError as error:
            yield Check("schema", "problem", f"{shown(source)}: {error.message}", error.next_step)
            continue
        counted = f"{shown(source)}: {len(found.tables)} tables, {found.column_count} columns"
        if found.problems:
            first = found.problems[0]
            yield Check(
                "schema",
                "problem",
                f"{counted}; {len(found.problems)} statements could not be replayed, the first at "
                f"{first.path}:{first.line}: {first.message}",
                f"run `nodepath schema show --schema {shown(source)}` for all of them",
            )
        else:
            yield Check("schema", "ok", counted)
    if not settings.schema:
        yield Check("schema", "note", "no schema is configured: head, and the DDL of the audited tree, stand for it")


def _database(settings: Settings) -> Iterator[Check]:
    from nodepath_cli.database_url import find

    try:
        url = find(settings.database_url, os.environ)
    except NodepathError as error:
        yield Check("database", "problem", error.message, error.next_step)
        return
    if url is None:
        yield Check(
            "database",
            "note",
            "no database is configured: audits of the code need none",
            "set NODEPATH_DATABASE_URL for `--schema live` and `nodepath db`",
        )
        return
    yield from _guarded("database", lambda: _account(url))


def _account(url: DatabaseUrl) -> Iterator[Check]:
    from nodepath_cli.schema.live_privileges import READING, UPGRADING, account

    found = account(url)
    yield Check("database", "ok", f"{url.masked} answers ({found.server})")
    unread, unwritten = found.lacks(READING), found.lacks(UPGRADING)
    if unread:
        yield Check(
            "privileges",
            "note",
            "SELECT on the whole database is not granted to the account itself: only tables that it may read are seen",
            "GRANT SELECT on the database, unless a role does",
        )
    if unwritten:
        yield Check(
            "privileges",
            "note",
            f"`nodepath db upgrade` needs {', '.join(unwritten)}, too, which the account itself is not granted",
            "use another account for migrations; for audits this one is right",
        )
    else:
        yield Check("privileges", "ok", "the account may read the schema and run migrations")
    yield from _guarded("migrations", lambda: _migrations(url))


def _migrations(url: DatabaseUrl) -> Iterator[Check]:
    from nodepath_cli.migrate.state import current

    here = current(url)
    state = "there are no lock tables yet" if here.state == "empty" else f"the lock tables are {here.state}"
    at = f"{state}: revision {here.current or 'none'} of {here.head}"
    if here.state == "at-head":
        yield Check("migrations", "ok", at)
    else:
        step = {"unadopted": "nodepath db adopt", "interrupted": "nodepath db status"}.get(here.state)
        yield Check("migrations", "note", at, f"run `{step or 'nodepath db upgrade'}`")


def _audit(paths: Sequence[str], settings: Settings) -> Iterator[Check]:
    from nodepath_cli.audit.analyse import analyse
    from nodepath_cli.audit.run import counted

    if settings.baseline and not Path(settings.baseline).is_file():
        yield Check("audit", "problem", f"no baseline {settings.baseline}", "run `nodepath baseline create`")
    analysis = analyse(paths, settings)
    counts = counted(analysis)
    understood = counts.resolved + counts.partial
    share = f"{100 * understood / counts.statements:.1f} %" if counts.statements else "nothing"
    noun = "statement" if counts.statements == 1 else "statements"
    message = (
        f"{counts.files} files, {counts.statements} {noun}: {counts.resolved} resolved, {counts.partial} partial, "
        f"{counts.unresolved} unresolved ({share} understood)"
    )
    for path in analysis.files.missing:
        yield Check("audit", "problem", f"no such path: {path}", "name a file or folder that exists")
    skipped = analysis.files.skipped
    if skipped:
        path, why = skipped[0]
        yield Check("audit", "note", f"{len(skipped)} files are skipped, the first: {path} ({why})")
    if counts.unresolved:
        yield Check("audit", "note", message, "run `nodepath queries --by status` for the reasons")
    else:
        yield Check("audit", "ok", message)
