"""The options that the `nodepath db` commands share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.options import OutputOptions
from nodepath_cli.errors import UsageError

if TYPE_CHECKING:
    from nodepath_cli.cli.db_output import Output
    from nodepath_cli.config import Settings
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate import Waits
    from nodepath_cli.schema.revisions import Family

FORMATS = ("text", "json")


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

    def family(self, settings: Settings) -> Family:
        """Return whose SQL is written without reaching the database: the one that is named, else MySQL's."""
        import os

        from nodepath_cli.database_url import find

        url = find(self.database_url, os.environ, settings.database_url)
        return "sqlite" if url is not None and url.dialect == "sqlite" else "mysql"


@dataclass(frozen=True, kw_only=True)
class ChangeOptions(DatabaseOptions):
    """How a change waits for another one."""

    lock_timeout: Annotated[
        str | None,
        typer.Option("--lock-timeout", metavar="TIME", help="How long another upgrade is waited for; default 60 s."),
    ] = None


@dataclass(frozen=True, kw_only=True)
class RunOptions(ChangeOptions):
    """How a run of DDL waits for its tables."""

    ddl_lock_timeout: Annotated[
        str | None,
        typer.Option(
            "--ddl-lock-timeout",
            metavar="TIME",
            help="How long one try of a DDL statement may wait for its table, while the service queues behind it; "
            "default 5 s.",
        ),
    ] = None
    retries: Annotated[
        str | None,
        typer.Option("--retries", metavar="N", help="How often it is tried again, with growing pauses; default 5."),
    ] = None


def waits(settings: Settings) -> Waits:
    """Return how DDL statements wait."""
    from nodepath_cli.migrate import Waits

    return Waits(settings.ddl_lock_timeout, settings.retries)


DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan; write nothing.")]
AsSql = Annotated[
    bool, typer.Option("--sql", help="Print the run as a SQL script, without a database; REVISION may be FROM:TO.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this it is a plan.")]
