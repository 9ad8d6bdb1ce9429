"""`nodepath locks list`, `show`, `stale`, `doctor` and `watch`: arguments in, one call, the answer out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.options import OutputOptions
from nodepath_cli.cli.output import render_options
from nodepath_cli.errors import EXIT_FINDINGS, UsageError

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.locks.listing import View
    from nodepath_cli.locks.records import Lock
    from nodepath_cli.report.pages.locks_watch import Frame

FORMATS = ("text", "json")


@dataclass(frozen=True, kw_only=True)
class LocksOptions(OutputOptions):
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

    def opened(self) -> tuple[DatabaseUrl, Settings]:
        """Return the database and the settings. Raises ConfigError where no database is named."""
        from nodepath_cli.migrate.target import configured_database

        shared = OutputOptions(
            format=self.format,
            color=self.color,
            quiet=self.quiet,
            verbose=self.verbose,
            config=self.config,
            no_config=self.no_config,
        )
        settings = shared.settings(FORMATS)
        return configured_database(settings, self.database_url), settings


def seconds(option: str, text: str) -> float:
    """Read a duration: seconds, or with a unit. Raises UsageError."""
    from nodepath_cli.config_values import duration

    try:
        return duration(text)
    except ValueError as expected:
        raise UsageError(f"{option} {text!r} is not a duration", f"give {expected}") from None


@dataclass(frozen=True, kw_only=True)
class ViewOptions(LocksOptions):
    """Which locks are looked at."""

    table: Annotated[
        list[str] | None,
        typer.Option("--table", metavar="NAME", help="This lock table only; may be repeated. Default: all."),
    ] = None
    prospect: Annotated[str | None, typer.Option("--prospect", metavar="PHONE", help="This prospect's only.")] = None
    device: Annotated[str | None, typer.Option("--device", metavar="DEVICE", help="This device's only.")] = None
    lease: Annotated[
        str | None, typer.Option("--lease", metavar="TIME", help="From this age on a lock is stale; default 30 s.")
    ] = None
    show_phones: Annotated[bool, typer.Option("--show-phones", help="Show prospects in full.")] = False

    @contextmanager
    def view(self) -> Iterator[tuple[View, Settings]]:
        """Look at the lock tables. Raises UsageError for a table that is not there, and a DatabaseError."""
        from nodepath_cli.locks.connections import of_url
        from nodepath_cli.locks.listing import View, Wanted
        from nodepath_cli.schema.connection import one_line_errors

        url, settings = self.opened()
        lease = settings.lease if self.lease is None else seconds("--lease", self.lease)
        wanted = Wanted(tuple(self.table or ()), self.prospect, self.device)
        with one_line_errors(url), closing(of_url(url)) as connections, connections.session() as session:
            view = View(session, wanted, lease, connections.session)
            missing = set(wanted.tables) - {each.name for each in view.tables}
            if missing:
                raise UsageError(
                    f"there is no lock table '{min(missing)}' in the database",
                    "name one that ends with _session_nodepath; nodepath locks list shows them",
                )
            yield view, settings


@dataclass(frozen=True, kw_only=True)
class ListOptions(ViewOptions):
    """How the locks are listed."""

    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many are shown in text, the oldest first.")
    ] = 50
    check: Annotated[
        bool, typer.Option("--check", help="Exit 1 where a lock is stale, future-dated or unparseable.")
    ] = False


@flattened
def list_command(options: ListOptions) -> None:
    """Show all locks: in text the oldest, in JSON every one."""
    with options.view() as (view, settings):
        _show(view, settings, options, list, view.all)


@flattened
def show_command(options: ListOptions) -> None:
    """Show the locks of one prospect or device."""
    if options.prospect is None and options.device is None:
        raise UsageError("it is not said whose locks are to be shown", "give --prospect or --device")
    with options.view() as (view, settings):
        _show(view, settings, options, list, view.all)


@flattened
def stale_command(options: ListOptions) -> None:
    """Show the locks that are older than the lease."""
    with options.view() as (view, settings):
        lease = view.lease
        _show(
            view,
            settings,
            options,
            lambda locks: [each for each in locks if each.state == "stale"],
            lambda: view.older(lease),
        )


@flattened
def doctor_command(
    options: ViewOptions,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 where there are problems.")] = False,
) -> None:
    """Say what is wrong with the lock tables, and what to do about it."""
    from nodepath_cli.locks.doctor import diagnose
    from nodepath_cli.report.pages.locks import doctor_document, render_doctor, render_document

    with options.view() as (view, settings):
        found = diagnose(view)
    if settings.format == "json":
        render_document(doctor_document(found), sys.stdout)
    else:
        render_doctor(found, sys.stdout, render_options(settings))
    if check and found.problems:
        raise typer.Exit(EXIT_FINDINGS)


@flattened
def watch_command(
    options: ViewOptions,
    interval: Annotated[str, typer.Option("--interval", metavar="TIME", help="How often it looks; default 2 s.")] = "2",
) -> None:
    """Show the locks live; q or Ctrl-C ends it. Without a terminal, and in JSON, they are shown once."""
    from nodepath_cli.locks.overview import overview
    from nodepath_cli.report.pages.locks_watch import watch

    pause = max(0.2, seconds("--interval", interval))
    url, settings = options.opened()
    if settings.format == "json" or not (sys.stdout.isatty() and sys.stdin.isatty()):
        with options.view() as (view, settings):
            _show(view, settings, ListOptions(show_phones=options.show_phones), list, view.all)
        return

    def frame(most: int) -> Frame:
        with options.view() as (view, _):
            return view.clocks, *overview(view, most)

    watch(frame, url.masked, pause, show_phones=options.show_phones, color=settings.color != "never")


def _show(
    view: View,
    settings: Settings,
    options: ListOptions,
    some: Callable[[list[Lock]], list[Lock]],
    every: Callable[[], Iterator[Lock]],
) -> None:
    from nodepath_cli.locks.overview import overview
    from nodepath_cli.report.pages.locks import render_locks_json, render_locks_text

    if settings.format == "json":
        totals = view.totals()
        phones = options.show_phones
        render_locks_json(view.clocks, view.lease, totals, every(), sys.stdout, show_phones=phones)
    else:
        totals, oldest = overview(view, options.limit)
        locks = some(oldest)
        render_locks_text(
            view.clocks,
            totals,
            locks,
            sys.stdout,
            render_options(settings),
            show_phones=options.show_phones,
            whole=len(locks) < options.limit,
        )
    if options.check and any(each.stale or each.future or each.unparseable for each in totals):
        raise typer.Exit(EXIT_FINDINGS)
