"""`nodepath db`: the migrations that own the lock tables. Arguments in, one call, the answer out."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from nodepath_cli.cli.db_audit import AuditPaths, refuse_unsafe
from nodepath_cli.cli.db_lint import lint
from nodepath_cli.cli.db_options import (
    AsSql,
    ChangeOptions,
    DatabaseOptions,
    DryRun,
    RevisionOptions,
    RunOptions,
    Yes,
    waits,
)
from nodepath_cli.cli.flatten import flattened
from nodepath_cli.errors import EXIT_FINDINGS, EXIT_SCHEMA, UsageError

app = typer.Typer(
    name="db",
    help="Run the migrations that own the lock tables.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_REVISION = {"ignore_unknown_options": True}
"""`-1` is a revision here, not an option."""


@app.command("upgrade", context_settings=_REVISION)
@flattened
def upgrade_command(
    options: RunOptions,
    revision: Annotated[str, typer.Argument(help="Where to: head, an id, +1.")] = "head",
    dry_run: DryRun = False,
    sql: AsSql = False,
    audit: AuditPaths = None,
) -> None:
    """Bring the database to a revision, one process at a time. A half-applied revision is gone on with."""
    _move(options, revision, dry_run=dry_run, sql=sql, up=True, audit=audit)


@app.command("downgrade", context_settings=_REVISION)
@flattened
def downgrade_command(
    options: RunOptions,
    revision: Annotated[str, typer.Argument(help="Where to: base, an id, -1.")],
    dry_run: DryRun = False,
    sql: AsSql = False,
) -> None:
    """Take the database back. Tables that a revision created are dropped with their rows."""
    _move(options, revision, dry_run=dry_run, sql=sql, up=False)


def _move(options: RunOptions, revision: str, *, dry_run: bool, sql: bool, up: bool, audit: AuditPaths = None) -> None:
    from nodepath_cli import migrate
    from nodepath_cli.cli.db_run import run_hooks
    from nodepath_cli.migrate import offline

    _check(revision)
    if dry_run and sql:
        raise UsageError("--dry-run and --sql exclude each other", "give one of them")
    if sql:
        output, settings = options.output()
        text = offline.script_text(revision, options.folder(settings), options.family(settings), up=up)
        output.script(text)
        return
    output, url, settings = options.opened()
    folder = options.folder(settings)
    refuse_unsafe(audit, revision, folder, options.database_url, settings)
    if dry_run:
        output.preflight(offline.dry_run(url, revision, folder, up=up))
        return
    move = migrate.upgrade if up else migrate.downgrade
    with run_hooks(output, settings) as hooks:
        done = move(url, revision, folder, settings.lock_timeout, waits(settings), hooks)
    output.moved("upgraded" if up else "downgraded", done)


def _check(revision: str) -> None:
    if not revision.strip():
        raise UsageError("the revision is empty", "name one of `nodepath db history`, or head or base")


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
    """Show the revision, what is pending, and the lock tables. What is half applied is shown, too."""
    from nodepath_cli.migrate import status

    output, url, settings = options.opened()
    output.status(status(url, options.folder(settings)))


@app.command("check")
@flattened
def check_command(options: DatabaseOptions) -> None:
    """Show the status; exit 1 unless it is at head. Nothing may be half applied either."""
    from nodepath_cli.migrate import check

    output, url, settings = options.opened()
    found = check(url, options.folder(settings))
    output.status(found)
    if not found.clean:
        raise typer.Exit(EXIT_FINDINGS)


@app.command("adopt")
@flattened
def adopt_command(
    options: RunOptions,
    carry_over: Annotated[
        bool,
        typer.Option(
            "--carry-over",
            help="Show how renamed or half-renamed tables are brought back with every row; --yes does it.",
        ),
    ] = False,
    yes: Yes = False,
) -> None:
    """Stamp lock tables that are there already. They must have production's exact shape."""
    from nodepath_cli.cli.db_output import refusal
    from nodepath_cli.migrate import adopt

    if yes and not carry_over:
        raise UsageError("--yes belongs to --carry-over", "leave it out, or give both")
    output, url, settings = options.opened()
    found = adopt(
        url, options.folder(settings), settings.lock_timeout, carry_over=carry_over, yes=yes, waits=waits(settings)
    )
    error = refusal(found) if found.state == "refused" else None
    output.adopted(found, error)
    if error is not None:
        raise typer.Exit(EXIT_SCHEMA)


@app.command("repair")
@flattened
def repair_command(
    options: RunOptions,
    assume: Annotated[
        str | None,
        typer.Option(
            "--assume", metavar="ran|not-run", help="Whether the last statement has run, where nothing shows it."
        ),
    ] = None,
    yes: Yes = False,
) -> None:
    """Finish a revision that was left half applied."""
    from nodepath_cli.migrate.repair import repair

    assumed: dict[str, Literal["ran", "not-run"]] = {"ran": "ran", "not-run": "not-run"}
    if assume is not None and assume not in assumed:
        raise UsageError(f"--assume: {assume!r} is neither ran nor not-run", "give one of them")
    output, url, settings = options.opened()
    found = repair(
        url,
        options.folder(settings),
        yes=yes,
        assume=assumed[assume] if assume else None,
        lock_seconds=settings.lock_timeout,
        waits=waits(settings),
    )
    output.repaired(found)
    if found.error is not None:
        raise typer.Exit(found.error.exit_code)


@app.command("stamp", context_settings=_REVISION)
@flattened
def stamp_command(
    options: ChangeOptions, revision: Annotated[str, typer.Argument(help="What the database is at: head, an id, base.")]
) -> None:
    """Record a revision without running anything. `adopt` looks at the tables first; this does not."""
    from nodepath_cli.migrate import stamp

    _check(revision)
    output, url, settings = options.opened()
    output.stamped(stamp(url, revision, options.folder(settings), settings.lock_timeout))


@app.command("revision")
@flattened
def revision_command(
    options: RevisionOptions,
    message: Annotated[str, typer.Option("--message", "-m", metavar="TEXT", help="What the revision does.")],
    rev_id: Annotated[str | None, typer.Option("--rev-id", metavar="ID", help="Default: the next number.")] = None,
) -> None:
    """Write an empty revision into the folder of --migrations."""
    from nodepath_cli.migrate.new_revision import new_revision

    output, settings = options.output()
    output.written(new_revision(options.folder(settings), message, rev_id))


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


app.command("lint")(lint)
