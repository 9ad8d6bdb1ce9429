"""`nodepath locks`."""

from __future__ import annotations

import typer

from nodepath_cli.cli.locks_change import purge_command, release_command
from nodepath_cli.cli.locks_prove import prove
from nodepath_cli.cli.locks_run import run_command
from nodepath_cli.cli.locks_view import doctor_command, list_command, show_command, stale_command, watch_command
from nodepath_cli.cli.locks_waits import kill, waits

app = typer.Typer(
    name="locks",
    help="Session locks: who holds what, and for how long. And who waits for whom on the server.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("list")(list_command)
app.command("show")(show_command)
app.command("stale")(stale_command)
app.command("watch")(watch_command)
app.command("doctor")(doctor_command)
app.command("release")(release_command)
app.command("purge")(purge_command)
# What stands behind the command's name is the command's own, options included.
app.command("run", context_settings={"allow_interspersed_args": False})(run_command)
app.command("waits")(waits)
app.command("prove")(prove)
app.command("kill")(kill)
