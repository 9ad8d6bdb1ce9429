"""What a person sees while `nodepath db upgrade` runs: the plan, a bar in a terminal, and what takes long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from nodepath_cli.cli.progress import progress

if TYPE_CHECKING:
    from nodepath_cli.cli.db_output import Output
    from nodepath_cli.config import Settings
    from nodepath_cli.migrate import Hooks
    from nodepath_cli.migrate.runner import Gate


@contextmanager
def run_hooks(output: Output, settings: Settings, gates: tuple[Gate, ...] = ()) -> Iterator[Hooks]:
    """Give the hooks of a run. `gates` are asked before the first statement and raise to stop it."""
    from nodepath_cli.migrate import Hooks

    def told(line: str) -> None:
        typer.echo(line, err=True)

    with progress("migrating", quiet=output.quiet) as bar:
        yield Hooks(
            gates=gates,
            preflight=output.announced if settings.verbose or output.watched else None,
            progress=bar,
            told=None if output.quiet else told,
        )
