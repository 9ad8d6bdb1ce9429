"""The command line: thin commands, each of which is imported when it is called for, and its subsystem when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.models import CommandInfo

from nodepath_cli.cli.flatten import flat
from nodepath_cli.cli.own_options import Configured

COMMANDS: Mapping[str, str] = {
    "audit-columns": "audit:audit_columns",
    "audit-deploy": "deploy:audit_deploy",
    "queries": "audit:queries",
    "uses": "uses:uses",
    "fix": "fix:fix",
    "explain": "explain:explain",
    "rules": "explain:rules",
    "init": "setup:init",
    "doctor": "setup:doctor",
    "demo": "demo:demo",
    "baseline": "baseline:app",
    "schema": "schema:app",
    "db": "db:app",
    "locks": "locks:app",
}
"""Every command in the order of the help: its module here, and the function or group of commands in it.


Making Typer read the options of all of them takes longer than most of them run.
"""


_HELP = "Proves before the deploy that every raw SQL query in your code runs against the schema that will be there."


class _Commands(TyperGroup):
    """The commands by name; only the one that is asked for is imported."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
        """Return the command of that name, None where there is none."""
        # Of a wrong name Typer says which one is near: it looks at all of them.
        for name in (cmd_name,) if cmd_name in COMMANDS else COMMANDS:
            if name not in self.commands:
                self.commands[name] = _made(name)
        return self.commands.get(cmd_name)


def _app(kind: type[TyperGroup]) -> typer.Typer:
    return typer.Typer(
        name="nodepath",
        cls=kind,
        help=_HELP,
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )


app = _app(_Commands)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    # `nodepath --version` alone is answered before Typer is imported; this one stands before a command.
    if version:
        from nodepath_cli import __version__

        typer.echo(f"nodepath {__version__}")
        raise typer.Exit


def _made(name: str) -> Any:
    """Return a command or a group as Typer makes it where it is the only one."""
    module, _, attribute = COMMANDS[name].partition(":")
    found = getattr(import_module(f"{__name__}.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        return _alone(CommandInfo(name, callback=found))
    alone = _app(TyperGroup)
    alone.callback()(_options)
    alone.add_typer(_later(found), name=name)
    group: Any = get_command(alone)
    return group.commands[name]


def _alone(info: CommandInfo) -> Any:
    alone = _app(TyperGroup)
    alone.callback()(_options)
    alone.registered_commands.append(copy(info))
    alone.registered_commands[0].callback = flat(info.callback) if info.callback else None
    alone.registered_commands[0].cls = Configured
    group: Any = get_command(alone)
    return next(iter(group.commands.values()))


def _later(found: typer.Typer) -> typer.Typer:
    """Return a group with the same commands, each made when it is called for."""
    infos = {info.name or info.callback.__name__: info for info in found.registered_commands if info.callback}

    class Later(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
            return list(infos)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - as above
            # As for the commands at the top.
            for name in (cmd_name,) if cmd_name in infos else infos:
                if name not in self.commands:
                    self.commands[name] = _alone(infos[name])
            return self.commands.get(cmd_name)

    group = typer.Typer(
        name=found.info.name,
        cls=Later,
        help=found.info.help,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    group.callback()(_nothing)
    return group


def _nothing() -> None:
    """Run before a group's command: Typer takes a group without commands and without this for none."""
