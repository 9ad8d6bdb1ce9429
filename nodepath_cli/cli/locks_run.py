"""`nodepath locks run`: a command under a lock. Arguments in, one call, the command's exit code out."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from nodepath_cli.cli.flatten import flattened
from nodepath_cli.cli.locks_view import LocksOptions, seconds

DEFAULT_TABLE = "ai_whatsapp_session_nodepath"


@flattened
def run_command(
    options: LocksOptions,
    command: Annotated[list[str], typer.Argument(metavar="-- COMMAND", help="What is run while the lock is held.")],
    prospect: Annotated[str, typer.Option("--prospect", metavar="PHONE", help="The prospect of the lock.")],
    device: Annotated[str, typer.Option("--device", metavar="DEVICE", help="The device of the lock.")],
    table: Annotated[str, typer.Option("--table", metavar="NAME", help="The lock table.")] = DEFAULT_TABLE,
    lease: Annotated[
        str | None,
        typer.Option("--lease", metavar="TIME", help="Not renewed for so long, the lock is free again; default 30 s."),
    ] = None,
    wait: Annotated[
        str, typer.Option("--wait", metavar="TIME", help="How long another holder is waited for; default 0.")
    ] = "0",
    keep_last_seen: Annotated[
        bool, typer.Option("--keep-last-seen", help="Leave the row behind, with the time of the release.")
    ] = False,
) -> None:
    """Run a command while holding a lock, without a shell. Exit code: the command's own; 75 where another has the
    lock, 4 where the database fails or the lock was lost (the command is then ended), 126 or 127 where the command
    cannot be run. A descendant of the command that leaves its process group is out of reach."""
    from nodepath_cli.locks.connections import of_url
    from nodepath_cli.locks.run import run
    from nodepath_cli.locks.session_lock import SessionLock

    url, settings = options.opened()
    waited = seconds("--wait", wait)
    length = settings.lease if lease is None else seconds("--lease", lease)
    with closing(of_url(url)) as connections:
        lock = SessionLock(connections, table, prospect, device, length, keep_last_seen=keep_last_seen)
        code = run(lock, command, waited)
    raise typer.Exit(code)
