"""`nodepath db`: the migrations that own the lock tables. Arguments in, one call, the answer out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions
from nodepath_cli.errors import EXIT_FINDINGS, EXIT_SCHEMA, Refused, UsageError

if TYPE_CHECKING:
    from nodepath_cli.cli.db_output import Output
    from nodepath_cli.config import Settings
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate import Adoption

FORMATS = ("text", "json")

app = typer.Typer(
    name="db",
    help="Run the migrations that own the lock tables.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@dataclass(frozen=True, kw_only=True)
class RevisionOptions(OutputOptions):
    """Which revisions there are."""

    migrations: Annotated[
        str | None,
        typer.Option("--migrations", metavar="DIR", help="A folder of revisions that follow the bundled ones."),
    ] = None

    def output(self) -> tuple[Output, Settings]:
        """Return where the answer goes, and the settings. Raises as `load_settings` does."""
        from nodepath_cli.cli.db_output import Output, log_alembic
        from nodepath_cli.cli.output import colored

        settings = self.settings(FORMATS)
        if settings.verbose:
            log_alembic()
        as_json = settings.format == "json"
        return Output(as_json=as_json, color=colored(settings.color), quiet=settings.quiet), settings

    def folder(self, settings: Settings) -> Path | None:
        """Return the folder of one's own revisions, None where there is none.

        The configuration may name a folder of SQL migrations, which are audited but not run: here it counts as none.
        Raises UsageError where `--migrations` names such a folder.
        """
        from nodepath_cli.schema.revisions import is_versions_folder

        folder = Path(settings.migrations) if settings.migrations else None
        if folder is None or is_versions_folder(folder) or not any(folder.glob("*.sql")):
            return folder
        if self.migrations is not None:
            raise UsageError(
                f"{folder} holds SQL migrations; nodepath runs Alembic revisions", "leave --migrations out"
            )
        return None


@dataclass(frozen=True, kw_only=True)
class DatabaseOptions(RevisionOptions):
    """Which database it is."""

    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            metavar="URL",
            help="The database. Otherwise NODEPATH_DATABASE_URL, MYSQL_URI, DATABASE_URL, MYSQL_HOST with its "
            "companions or the configuration name it.",
        ),
    ] = None

    def opened(self) -> tuple[Output, DatabaseUrl, Settings]:
        """Show which database it is, before anything is done to it; return where the answer goes, the database, and
        the settings. Raises ConfigError where no database is named."""
        from nodepath_cli.migrate.target import configured_database

        # Whether the option or the file named it is told apart here, so that an error can say which.
        output, settings = replace(self, database_url=None).output()
        url = configured_database(settings, self.database_url)
        output.database(url)
        return output, url, settings


@dataclass(frozen=True, kw_only=True)
class ChangeOptions(DatabaseOptions):
    """How a change waits for another one."""

    lock_timeout: Annotated[
        str | None,
        typer.Option("--lock-timeout", metavar="TIME", help="How long another upgrade is waited for; default 60 s."),
    ] = None


_REVISION = {"ignore_unknown_options": True}
"""`-1` is a revision here, not an option."""


@app.command("upgrade", context_settings=_REVISION)
@flattened
def upgrade_command(
    options: ChangeOptions, revision: Annotated[str, typer.Argument(help="Where to: head, an id, +1.")] = "head"
) -> None:
    """Bring the database to a revision."""
    from nodepath_cli.migrate import upgrade

    output, url, settings = options.opened()
    output.moved("upgraded", upgrade(url, revision, options.folder(settings), settings.lock_timeout))


@app.command("downgrade", context_settings=_REVISION)
@flattened
def downgrade_command(
    options: ChangeOptions, revision: Annotated[str, typer.Argument(help="Where to: base, an id, -1.")]
) -> None:
    """Take the database back. Tables that a revision created are dropped with their rows."""
    from nodepath_cli.migrate import downgrade

    output, url, settings = options.opened()
    output.moved("downgraded", downgrade(url, revision, options.folder(settings), settings.lock_timeout))


@app.command("current")
@flattened
def current_command(options: DatabaseOptions) -> None:
    """Say at which revision the database stands."""
    from nodepath_cli.migrate import current

    output, url, settings = options.opened()
    output.current(current(url, options.folder(settings)))


@app.command("status")
@flattened
def status_command(options: DatabaseOptions) -> None:
    """Show the revision, what is pending, and the shape of the lock tables."""
    from nodepath_cli.migrate import status

    output, url, settings = options.opened()
    output.status(status(url, options.folder(settings)))


@app.command("check")
@flattened
def check_command(options: DatabaseOptions) -> None:
    """Show the status; exit 1 unless the database is at head."""
    from nodepath_cli.migrate import check

    output, url, settings = options.opened()
    found = check(url, options.folder(settings))
    output.status(found)
    if not found.clean:
        raise typer.Exit(EXIT_FINDINGS)


@app.command("adopt")
@flattened
def adopt_command(options: ChangeOptions) -> None:
    """Stamp lock tables that are there already, in production's exact shape."""
    from nodepath_cli.migrate import adopt

    output, url, settings = options.opened()
    found = adopt(url, options.folder(settings), settings.lock_timeout)
    error = _refusal(found) if found.state == "refused" else None
    output.adopted(found, error)
    if error is not None:
        raise typer.Exit(EXIT_SCHEMA)


@app.command("history")
@flattened
def history_command(options: RevisionOptions) -> None:
    """List the revisions, the oldest first. Needs no database."""
    from nodepath_cli.migrate import history

    output, settings = options.output()
    output.revisions(history(options.folder(settings)))


@app.command("heads")
@flattened
def heads_command(options: RevisionOptions) -> None:
    """List the revisions that no other follows. Needs no database."""
    from nodepath_cli.migrate import heads

    output, settings = options.output()
    output.revisions(heads(options.folder(settings)))


def _refusal(found: Adoption) -> Refused:
    if all(item.shape == "absent" for item in found.tables):
        return Refused("there is nothing to adopt: the lock tables are not there", "run nodepath db upgrade")
    shown = ", ".join(f"{item.table} is {item.shape}" for item in found.tables if item.shape != "production")
    return Refused(
        f"only the exact shape of revision 0001 is adopted ({shown}); nothing was written",
        "bring the tables into that shape by hand: nodepath db status lists the differences",
    )
