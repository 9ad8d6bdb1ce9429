"""`nodepath db`: the migrations that own the lock tables. Arguments in, one call, the answer out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nodepath_cli.errors import EXIT_FINDINGS, EXIT_SCHEMA, Refused, UsageError

if TYPE_CHECKING:
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate.records import Move, RevisionLine, Status, TableShape

app = typer.Typer(
    name="db",
    help="Run the migrations that own the lock tables.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class OutputFormat(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


class Color(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


Url = Annotated[
    str | None,
    typer.Option("--database-url", help="The database; otherwise NODEPATH_DATABASE_URL, MYSQL_URI, ... name it."),
]
Migrations = Annotated[
    Path | None, typer.Option("--migrations", help="A folder of Alembic revisions that follow 0001.")
]
Format = Annotated[OutputFormat, typer.Option("--format", help="How the answer is written.")]
Colour = Annotated[Color, typer.Option("--color", help="When text is coloured; NO_COLOR turns it off.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say on stderr what Alembic does.")]
LockTimeout = Annotated[
    str, typer.Option("--lock-timeout", help="How long another upgrade is waited for: seconds, or 30s, 10m.")
]
_REVISION_CONTEXT = {"ignore_unknown_options": True}
"""`-1` is a revision here, not an option."""

_NEXT = {
    "at-head": "",
    "behind": "run nodepath db upgrade",
    "empty": "run nodepath db upgrade",
    "unadopted": "run nodepath db adopt: the tables are there without a stamp",
    "interrupted": "an upgrade died half way: compare the tables below with revision 0001",
    "ahead": "install the version of nodepath that has this revision, or give --migrations",
}


@app.command("upgrade", context_settings=_REVISION_CONTEXT)
def upgrade_command(
    revision: Annotated[str, typer.Argument(help="Where to: head, an id, +1.")] = "head",
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Bring the database to a revision."""
    from nodepath_cli.migrate import upgrade

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    url = out.target(database_url)
    out.moved("upgraded", upgrade(url, revision, migrations, _seconds(lock_timeout)))


@app.command("downgrade", context_settings=_REVISION_CONTEXT)
def downgrade_command(
    revision: Annotated[str, typer.Argument(help="Where to: base, an id, -1.")],
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take the database back to a revision; tables that a revision created are dropped with their rows."""
    from nodepath_cli.migrate import downgrade

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    url = out.target(database_url)
    out.moved("downgraded", downgrade(url, revision, migrations, _seconds(lock_timeout)))


@app.command("current")
def current_command(
    database_url: Url = None,
    migrations: Migrations = None,
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say at which revision the database stands."""
    from nodepath_cli.migrate import current

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    found = current(out.target(database_url), migrations)
    out.document(found.document())
    out.state(found.current, found.head, found.state)


@app.command("status")
def status_command(
    database_url: Url = None,
    migrations: Migrations = None,
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show the revision, what is pending, and how the lock tables look."""
    from nodepath_cli.migrate import status

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    out.status(status(out.target(database_url), migrations))


@app.command("check")
def check_command(
    database_url: Url = None,
    migrations: Migrations = None,
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what status shows, and exit with 1 unless the database is at head."""
    from nodepath_cli.migrate import check

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    found = check(out.target(database_url), migrations)
    out.status(found)
    if not found.clean:
        raise typer.Exit(EXIT_FINDINGS)


@app.command("adopt")
def adopt_command(
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Stamp a database that already has the lock tables in production's exact shape."""
    from nodepath_cli.migrate import adopt

    out = _Out(output, color, quiet=quiet, verbose=verbose)
    found = adopt(out.target(database_url), migrations, _seconds(lock_timeout))
    if found.state != "refused":
        out.document(found.document())
        already = " already" if found.state == "already" else ""
        out.line(f"{already.strip() or 'stamped'}{' at' if already else ':'} {found.revision}")
        return
    shown = ", ".join(f"{item.table} is {item.shape}" for item in found.tables if item.shape != "production")
    error = Refused(
        f"only the exact shape of revision 0001 is adopted ({shown}); nothing was written",
        "run nodepath db upgrade" if all(item.shape == "absent" for item in found.tables) else "see the differences",
    )
    details = {"code": error.code, "message": error.message, "next": error.next_step}
    out.document({**found.document(), "error": details})
    out.tables(found.tables)
    typer.echo(error.line(), err=True)
    raise typer.Exit(EXIT_SCHEMA)


@app.command("history")
def history_command(
    migrations: Migrations = None,
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the revisions, the oldest first. Needs no database."""
    from nodepath_cli.migrate import history

    _Out(output, color, quiet=quiet, verbose=verbose).revisions(history(migrations))


@app.command("heads")
def heads_command(
    migrations: Migrations = None,
    output: Format = OutputFormat.TEXT,
    color: Colour = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the revisions that no other follows. Needs no database."""
    from nodepath_cli.migrate import heads

    _Out(output, color, quiet=quiet, verbose=verbose).revisions(heads(migrations))


class _Out:
    """Where answers go: text on stdout, or one JSON document there."""

    def __init__(self, output: OutputFormat, color: Color, *, quiet: bool, verbose: bool) -> None:
        self.json = output is OutputFormat.JSON
        self.quiet = quiet
        self.color = {Color.ALWAYS: True, Color.NEVER: False, Color.AUTO: _terminal()}[color]
        if verbose:
            _log_alembic()

    def target(self, option: str | None) -> DatabaseUrl:
        """Look the database up and show which one it is, before anything is done to it."""
        from nodepath_cli.migrate.target import configured_database

        url = configured_database(option)
        if not self.quiet:
            typer.echo(f"database: {url.masked}", err=self.json)
        return url

    def line(self, text: str, style: Callable[[str], str] | None = None) -> None:
        """Write a line of text, unless the answer is JSON or nothing is wanted."""
        if not self.json and not self.quiet:
            typer.echo(style(text) if style and self.color else text, color=self.color)

    def document(self, document: dict[str, Any]) -> None:
        """Write the JSON document, where JSON is wanted."""
        if self.json:
            typer.echo(json.dumps({"version": 1, **document}, ensure_ascii=False))

    def moved(self, verb: str, move: Move) -> None:
        """Write what an upgrade or downgrade did."""
        self.document(move.document())
        if not move.applied:
            self.line(f"nothing to do: at {move.current or 'base'}")
            return
        here = f"{move.current or 'base'}{' (head)' if move.current == move.head else ''}"
        self.line(f"{verb}: {move.from_ or 'base'} -> {here}", _green)

    def state(self, current: str | None, head: str, state: str) -> None:
        """Write where the database stands, and what to do about it."""
        self.line(f"revision: {current or 'none'}, head: {head}, {state}", _green if state == "at-head" else _yellow)
        if _NEXT[state]:
            self.line(f"next: {_NEXT[state]}")

    def status(self, found: Status) -> None:
        """Write a whole status."""
        self.document(found.document())
        self.state(found.where.current, found.where.head, found.where.state)
        if found.pending:
            self.line(f"pending: {', '.join(found.pending)}")
        self.tables(found.tables)

    def tables(self, tables: tuple[TableShape, ...]) -> None:
        """Write how the owned tables look."""
        for item in tables:
            rows = "" if item.rows is None else f", {item.rows} row{'' if item.rows == 1 else 's'}"
            self.line(f"table {item.table}: {item.shape}{rows}", _green if item.shape == "production" else _yellow)
            for difference in item.differences if item.shape != "absent" else ():
                expected = difference.expected or "nothing"
                self.line(
                    f"  {difference.kind} {difference.name}: expected {expected}, is {difference.actual or 'not there'}"
                )

    def revisions(self, lines: tuple[RevisionLine, ...]) -> None:
        """Write a list of revisions."""
        self.document({"revisions": [item.document() for item in lines]})
        for item in lines:
            self.line(
                f"{','.join(item.down) or 'base'} -> {item.revision}{' (head)' if item.is_head else ''}, {item.message}"
            )


def _green(text: str) -> str:
    return typer.style(text, fg="green")


def _yellow(text: str) -> str:
    return typer.style(text, fg="yellow")


def _terminal() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _log_alembic() -> None:
    """Send what Alembic logs to stderr: revision ids and messages, never a URL."""
    import logging

    logger = logging.getLogger("alembic")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)


def _seconds(text: str) -> float:
    """Read a duration: seconds, or a number with s, m or h. Raises UsageError."""
    import re

    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", text.strip())
    if match is None:
        raise UsageError(f"'{text[:40]}' is not a duration", "use --lock-timeout 30, 30s, 10m or 2h")
    return float(match[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}[match[2]]
