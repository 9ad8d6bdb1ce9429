"""`nodepath locks waits` and `nodepath locks kill`: the server's own waits. Arguments in, one call, the answer out."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.locks_view import LocksOptions, seconds
from nodepath_cli.errors import EXIT_FINDINGS, UsageError

if TYPE_CHECKING:
    from nodepath_cli.config import Settings
    from nodepath_cli.database_url import DatabaseUrl
    from nodepath_cli.locks.wait_records import Waits

_INTERVAL = "2s"


@flattened
def waits(
    options: LocksOptions,
    longer_than: Annotated[
        str | None, typer.Argument(metavar="[TIME]", help="With --check: how long somebody may wait; default 0.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 1 where somebody has been waiting for longer than TIME.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show it again and again, until Ctrl-C.")] = False,
    interval: Annotated[str, typer.Option("--interval", metavar="TIME", help="Between two looks.")] = _INTERVAL,
) -> None:
    """Show who waits for whom on the server. Row locks, metadata locks, GET_LOCK; nothing is changed there."""
    from nodepath_cli.locks.waits import waits as look

    url, settings = options.opened()
    pause = seconds("--interval", interval)
    most = seconds("TIME", longer_than) if longer_than is not None else 0.0
    if longer_than is not None and not check:
        raise UsageError(f"{longer_than} says how long somebody may wait, for --check", "add --check, or leave it out")
    if watch:
        _watch(url, settings, pause, check=check)
        return
    found = look(url)
    _show(found, settings)
    if check and any(longer_than is None or (each.seconds or 0) > most for each in found.waits):
        raise typer.Exit(EXIT_FINDINGS)


@flattened
def kill(
    options: LocksOptions,
    connection: Annotated[int, typer.Argument(metavar="ID", min=1, help="The connection, as locks waits shows it.")],
    yes: Annotated[bool, typer.Option("--yes", help="End it. Without this it is only shown, or asked for.")] = False,
) -> None:
    """End one connection, so that those that wait go on. Shown first, done with --yes or when confirmed."""
    import json

    from nodepath_cli.cli.output import render_options
    from nodepath_cli.locks.ending import end, plan
    from nodepath_cli.report.pages.waits import render_ending

    url, settings = options.opened()
    found = plan(url, connection)
    as_json = settings.format == "json"
    if not as_json:
        render_ending(found, sys.stdout, render_options(settings), shutil.get_terminal_size().columns)
    done = yes or (not as_json and sys.stdin.isatty() and typer.confirm(f"End connection {connection}?"))
    if done:
        end(url, found)
    if as_json:
        typer.echo(json.dumps({"version": 1, **found.document(killed=done)}, ensure_ascii=False))
    else:
        typer.echo(f"ended connection {connection}" if done else "nothing was done; --yes ends it")


def _show(found: Waits, settings: Settings) -> None:
    from nodepath_cli.cli.output import render_options
    from nodepath_cli.report.pages.waits import render_json, render_text

    if settings.format == "json":
        render_json(found, sys.stdout)
    else:
        render_text(found, sys.stdout, render_options(settings), shutil.get_terminal_size().columns)


def _watch(url: DatabaseUrl, settings: Settings, interval: float, *, check: bool) -> None:
    import contextlib
    import time

    from nodepath_cli.locks.waits import waits as look

    if settings.format == "json" or check:
        other = "--check" if check else "--format json"
        raise UsageError(f"--watch and {other} do not go together", "leave one of them out")
    if interval < 0.1:
        raise UsageError("--interval: a server is not to be asked more than ten times a second", "use 0.1 or more")
    with contextlib.suppress(KeyboardInterrupt):
        if sys.stdout.isatty():
            _screen(url, settings, interval)
        while True:
            typer.echo(time.strftime("-- %H:%M:%S"))
            _show(look(url), settings)
            sys.stdout.flush()
            time.sleep(interval)


def _screen(url: DatabaseUrl, settings: Settings, interval: float) -> None:
    """Redraw the terminal until Ctrl-C, in its other screen, so that what was there before is there again."""
    import time

    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    from nodepath_cli.cli.output import colored
    from nodepath_cli.locks.waits import waits as look
    from nodepath_cli.report._style import Style
    from nodepath_cli.report.pages.waits import lines

    console = Console()
    style = Style(colored(settings.color))
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            head = style.faint(f"{time.strftime('%H:%M:%S')}  {url.masked}, every {interval:g} s, Ctrl-C ends")
            found = "\n".join([head, "", *lines(look(url), style, console.width)])
            live.update(Text.from_ansi(found, no_wrap=True, overflow="ellipsis"), refresh=True)
            time.sleep(interval)
