"""`nodepath db`: the migrations that own the lock tables. Arguments in, one call, the answer out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.errors import EXIT_FINDINGS, EXIT_SCHEMA, Refused, UsageError

if TYPE_CHECKING:
    from nodepath_cli.cli.db_output import Output
    from nodepath_cli.config import Settings
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.migrate.records import Adoption

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
    str | None, typer.Option("--migrations", metavar="DIR", help="A folder of Alembic revisions that follow 0001.")
]
Config = Annotated[
    str | None, typer.Option("--config", metavar="FILE", help="The configuration file, instead of looking for one.")
]
NoConfig = Annotated[bool, typer.Option("--no-config", help="Read no configuration file.")]
Format = Annotated[OutputFormat | None, typer.Option("--format", help="How the answer is written.  [default: text]")]
Colour = Annotated[Color | None, typer.Option("--color", help="When text is coloured; NO_COLOR turns it off.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say on stderr what Alembic does.")]
LockTimeout = Annotated[
    str, typer.Option("--lock-timeout", help="How long another upgrade is waited for: seconds, or 30s, 10m.")
]
_REVISION = {"ignore_unknown_options": True}
"""`-1` is a revision here, not an option."""


@dataclass(frozen=True)
class _Run:
    """The shared options of one command, and what follows from them."""

    database_url: str | None
    migrations_option: str | None
    config: str | None
    no_config: bool
    format: OutputFormat | None
    color: Color | None
    quiet: bool
    verbose: bool

    @cached_property
    def output(self) -> Output:
        from nodepath_cli.cli.db_output import Output, log_alembic

        if self.verbose or self._settings.verbose:
            log_alembic()
        as_json = self.format is OutputFormat.JSON or (self.format is None and self._settings.format == "json")
        quiet = self.quiet or self._settings.quiet
        return Output(as_json=as_json, color=self.color or self._settings.color, quiet=quiet)

    @cached_property
    def _settings(self) -> Settings:
        from nodepath_cli.config_file import load_settings

        return load_settings({"migrations": self.migrations_option}, config=self.config, use_config=not self.no_config)

    def target(self) -> DatabaseUrl:
        """Look the database up and show which one it is, before anything is done to it."""
        from nodepath_cli.migrate.target import configured_database

        url = configured_database(self._settings, self.database_url)
        self.output.database(url)
        return url

    @property
    def migrations(self) -> Path | None:
        from nodepath_cli.migrate.target import configured_migrations

        return configured_migrations(self._settings)


@app.command("upgrade", context_settings=_REVISION)
def upgrade_command(
    revision: Annotated[str, typer.Argument(help="Where to: head, an id, +1.")] = "head",
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Bring the database to a revision."""
    from nodepath_cli.migrate import upgrade

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    run.output.moved("upgraded", upgrade(run.target(), revision, run.migrations, _seconds(lock_timeout)))


@app.command("downgrade", context_settings=_REVISION)
def downgrade_command(
    revision: Annotated[str, typer.Argument(help="Where to: base, an id, -1.")],
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take the database back to a revision; tables that a revision created are dropped with their rows."""
    from nodepath_cli.migrate import downgrade

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    run.output.moved("downgraded", downgrade(run.target(), revision, run.migrations, _seconds(lock_timeout)))


@app.command("current")
def current_command(
    database_url: Url = None,
    migrations: Migrations = None,
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Say at which revision the database stands."""
    from nodepath_cli.migrate import current

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    run.output.current(current(run.target(), run.migrations))


@app.command("status")
def status_command(
    database_url: Url = None,
    migrations: Migrations = None,
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show the revision, what is pending, and how the lock tables look."""
    from nodepath_cli.migrate import status

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    run.output.status(status(run.target(), run.migrations))


@app.command("check")
def check_command(
    database_url: Url = None,
    migrations: Migrations = None,
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what status shows, and exit with 1 unless the database is at head."""
    from nodepath_cli.migrate import check

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    found = check(run.target(), run.migrations)
    run.output.status(found)
    if not found.clean:
        raise typer.Exit(EXIT_FINDINGS)


@app.command("adopt")
def adopt_command(
    database_url: Url = None,
    migrations: Migrations = None,
    lock_timeout: LockTimeout = "60",
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Stamp a database that already has the lock tables in production's exact shape."""
    from nodepath_cli.migrate import adopt

    run = _Run(database_url, migrations, config, no_config, output, color, quiet, verbose)
    found = adopt(run.target(), run.migrations, _seconds(lock_timeout))
    error = _refusal(found) if found.state == "refused" else None
    run.output.adopted(found, error)
    if error is not None:
        raise typer.Exit(EXIT_SCHEMA)


@app.command("history")
def history_command(
    migrations: Migrations = None,
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the revisions, the oldest first. Needs no database."""
    from nodepath_cli.migrate import history

    run = _Run(None, migrations, config, no_config, output, color, quiet, verbose)
    run.output.revisions(history(run.migrations))


@app.command("heads")
def heads_command(
    migrations: Migrations = None,
    config: Config = None,
    no_config: NoConfig = False,
    output: Format = None,
    color: Colour = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the revisions that no other follows. Needs no database."""
    from nodepath_cli.migrate import heads

    run = _Run(None, migrations, config, no_config, output, color, quiet, verbose)
    run.output.revisions(heads(run.migrations))


def _refusal(found: Adoption) -> Refused:
    if all(item.shape == "absent" for item in found.tables):
        return Refused("there is nothing to adopt: the lock tables are not there", "run nodepath db upgrade")
    shown = ", ".join(f"{item.table} is {item.shape}" for item in found.tables if item.shape != "production")
    return Refused(
        f"only the exact shape of revision 0001 is adopted ({shown}); nothing was written",
        "bring the tables into that shape by hand: nodepath db status lists the differences",
    )


def _seconds(text: str) -> float:
    """Read a duration: seconds, or a number with s, m or h. Raises UsageError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h)?", text.strip())
    if match is None:
        raise UsageError(f"'{text[:40]}' is not a duration", "use --lock-timeout 30, 30s, 10m or 2h")
    return float(match[1]) * {"s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}[match[2]]
